import { describe, expect, test } from "vitest";
import { importanceSampler } from "../../src/inference/importance/importance.ts";
import { modesOf } from "../../src/inference/modes/modes.ts";
import { toUnit, unconstrained } from "../../src/inference/unconstrained.ts";
import { ridgeTarget } from "./ridge-target.ts";
import { runSampler } from "./run-sampler.ts";

// Hills that are bent along their longest axis.

const toX = (unit: Float64Array) => unit.map((u) => Math.log(u / (1 - u)));

async function modesFrom(bend: number, ...alongs: readonly number[]) {
  const target = ridgeTarget(5, bend);
  const smooth = unconstrained(target, true, 0);
  const ends = await smooth.evaluate(alongs.map((along) => toX(target.crest(along))));
  return { target, smooth, modes: await modesOf(ends, smooth) };
}

describe("the ridge of a mode", () => {
  test("is walked to both of its ends", async () => {
    const { target, modes } = await modesFrom(3, 0);
    expect(modes).toHaveLength(1);
    const points = modes[0].ridge.map(({ at }) => toUnit(at.position));
    const alongs = points.map((point) => (point[0] - 0.5) / 0.05);
    expect(Math.min(...alongs)).toBeLessThan(-2.5);
    expect(Math.max(...alongs)).toBeGreaterThan(2.5);
    // On the crest, where nothing but the way along it lowers the density, to within what the walk calls off it.
    const likelihoods = await target.logLikelihoods(Float64Array.from(points.flatMap((point) => [...point])));
    for (const [n, along] of alongs.entries()) expect(likelihoods[n] + along ** 2 / 2).toBeGreaterThan(-1);
  });

  test("is not walked where the hill is straight, which two values tell", async () => {
    const { modes, smooth } = await modesFrom(0, 0);
    expect(modes[0].ridge).toEqual([]);
    const bent = await modesFrom(3, 0);
    expect(bent.smooth.evaluations()).toBeGreaterThan(smooth.evaluations() + 50);
  });

  test("holds the climbs that stopped along it", async () => {
    const { modes } = await modesFrom(3, 0, -2.2, 1.8);
    expect(modes.map(({ hits }) => hits)).toEqual([3]);
  });
});

test.each([
  [5, 0.5],
  [8, 1],
  [5, 3],
])("importance sampling in %s dimensions knows the arms of a ridge bent by %s", async (dimensions, bend) => {
  const target = ridgeTarget(dimensions, bend);
  const pulls: number[] = [];
  for (let seed = 1; seed <= 6; seed++) {
    const { samples } = await runSampler(importanceSampler({ starts: 4, climbers: 2 }), target, seed);
    expect(samples.diagnostics.basins).toBe(1);
    const { value, error } = samples.logEvidence!;
    pulls.push((value - target.logEvidence) / error);
  }
  // From the Gaussian of the top alone they were -5 to -17.
  expect(Math.max(...pulls.map(Math.abs))).toBeLessThan(3.5);
});
