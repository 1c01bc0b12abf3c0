import { beforeAll, describe, expect, test } from "vitest";
import { draws, normal, randomState } from "../../src/inference/rng.ts";
import type { SampleSet } from "../../src/inference/sampler.ts";
import { fromUnit, toUnit } from "../../src/inference/unconstrained.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import type { FittedPhase } from "../../src/pipeline/fit-phase.ts";
import { fitSpec } from "../../src/pipeline/fit-spec.ts";
import { journalInMemory } from "../../src/pipeline/journal.ts";
import { scattered } from "../../src/pipeline/mesh-scatter.ts";
import { onOtherMesh } from "../../src/pipeline/other-meshes.ts";
import { opener } from "../likelihood/imaging-observation.ts";
import { BULGE, FILES, galaxy, HST, MASS, mesh, spec } from "../likelihood/observed-together.ts";

// A posterior over several meshes is that of one, moved and spread by where the tops of all are.

const COUNT = 20_000;
/** Of a Gaussian over x, with a deviation of 0.1 in the first coordinate and 0.3 in the second. */
const SAMPLES: SampleSet = {
  dimensions: 2,
  points: toUnit(draws(randomState(1), 2 * COUNT, normal).map((value, at) => (at % 2 === 0 ? 0.1 : 0.3) * value)),
  logLikelihoods: new Float64Array(COUNT),
  logWeights: new Float64Array(COUNT).fill(-Math.log(COUNT)),
  chains: null,
  logEvidence: null,
  evaluations: COUNT,
  diagnostics: {},
  warnings: [],
};
const topsAt = (...positions: number[][]) => positions.map((position) => toUnit(Float64Array.from(position)));

function momentsOf({ points }: SampleSet) {
  const x = fromUnit(points);
  const axes = [0, 1].map((axis) => x.filter((_, at) => at % 2 === axis));
  const mean = axes.map((values) => values.reduce((sum, value) => sum + value, 0) / COUNT);
  const covariance = (i: number, j: number) =>
    axes[i].reduce((sum, value, n) => sum + (value - mean[i]) * (axes[j][n] - mean[j]), 0) / COUNT;
  return { mean, covariance: [covariance(0, 0), covariance(0, 1), covariance(1, 1)] };
}

describe("samples over meshes", () => {
  // Tops at 0, 0.3 and 0.6 in x_0 and twice as far in x_1: mean 0.3, variance 0.09 (of three, over two).
  const tops = topsAt([1, 1], [1.3, 1.6], [1.6, 2.2]);

  test("have the mean of the tops, and the sum of the covariances", () => {
    const { mean, covariance } = momentsOf(scattered(SAMPLES, tops, randomState(2)));
    // Five standard errors of 20,000 draws, of deviations 0.32 and 0.67.
    expect(Math.abs(mean[0] - 0.3)).toBeLessThan(5 * (0.32 / Math.sqrt(COUNT)));
    expect(Math.abs(mean[1] - 0.6)).toBeLessThan(5 * (0.67 / Math.sqrt(COUNT)));
    const expected = [0.01 + 0.09, 0.18, 0.09 + 0.36];
    covariance.forEach((value, k) => {
      expect(Math.abs(value / expected[k] - 1)).toBeLessThan(5 * Math.sqrt(2 / COUNT));
    });
  });

  test("say by how much the tops scatter, and warn where it is more than the data do", () => {
    const wide = scattered(SAMPLES, tops, randomState(2));
    // Of the first coordinate: 0.3 over 0.1.
    expect(wide.diagnostics.meshScatter).toBeCloseTo(3, 1);
    expect(wide.diagnostics.meshes).toBe(3);
    const wider = scattered(SAMPLES, topsAt([0, 0], [0.7, 0]), randomState(2));
    expect(wider.warnings.join()).toMatch(/scatters by 4\.9\d* standard deviations|scatters by 5\.0/);
    expect(scattered(SAMPLES, topsAt([0, 0], [0.1, 0]), randomState(2)).warnings).toEqual([]);
  });

  test("are the same of the same seed, and as they were where there is one mesh or all have one top", () => {
    const again = () => scattered(SAMPLES, tops, randomState(2)).points;
    expect(again()).toEqual(again());
    expect(scattered(SAMPLES, tops.slice(0, 1), randomState(2))).toBe(SAMPLES);
    const still = scattered(SAMPLES, topsAt([1, 1], [1, 1]), randomState(2)).points;
    // x and back.
    still.forEach((value, at) => void expect(Math.abs(value - SAMPLES.points[at])).toBeLessThan(1e-15));
  });
});

test("other meshes have a pixel more or fewer a side, in turn", () => {
  const of = parseSpec(pixelized(""), "lens.yaml");
  const shapes = [0, 1, 2, 3, 4].map((k) => {
    const { mesh } = onOtherMesh(of, k).galaxies.source.pixelization ?? {};
    return mesh !== undefined && "shape" in mesh ? mesh.shape : [];
  });
  expect(shapes).toEqual([
    [6, 6],
    [7, 7],
    [5, 5],
    [8, 8],
    [4, 4],
  ]);
});

const open = opener(FILES);
const RADIUS = MASS.replace(/einstein_radius: .*/, "einstein_radius: { prior: uniform, lower: 0.7, upper: 1.1 } }");

function pixelized(search: string): string {
  const coefficient = "{ prior: log_uniform, lower: 0.1, upper: 100 }";
  return `${spec(HST, galaxy("lens", 0.5, RADIUS), galaxy("source", 1, mesh(6, 6, 0).replace("coefficient: 0", `coefficient: ${coefficient}`)))}${search}`;
}

const SEARCH = "search: { method: nuts, chains: 2, warmup: 30, samples: 30, meshes: 3 }\n";

describe("a search over meshes", () => {
  const searched = async (text: string, options: Partial<Parameters<typeof fitSpec>[2]> = {}) =>
    (await fitSpec(text, "lens.yaml", { open, seed: 4, journal: journalInMemory(), ...options }))[0];
  const journal = journalInMemory();
  let over: FittedPhase;
  let alone: FittedPhase;
  beforeAll(async () => {
    over = await searched(pixelized(SEARCH), { journal });
    alone = await searched(pixelized(SEARCH.replace(", meshes: 3", "")));
  });

  test("has the samples of one mesh, moved, but for how strongly that is regularized", () => {
    const [moved, still] = [over, alone].map(({ outcome }) => outcome.samples);
    expect(moved.logLikelihoods).toEqual(still.logLikelihoods);
    const [radius, coefficient] = over.outcome.model.parameters.map(({ path }) => path);
    expect([radius, coefficient]).toEqual([
      "galaxies.lens.mass.einstein_radius",
      "galaxies.source.pixelization.regularization.coefficient",
    ]);
    moved.points.forEach((value, at) => {
      if (at % 2 === 0) expect(value).not.toBe(still.points[at]);
      else expect(value).toBeCloseTo(still.points[at], 14);
    });
    expect(moved.evaluations).toBeGreaterThan(still.evaluations + 3);
    expect(over.outcome.best).toEqual(alone.outcome.best);
  });

  test("goes on from its journal to the same bytes, wherever it was cut", async () => {
    const { entries } = journal;
    // Within the sampler, and within the climbs.
    for (const kept of [entries.length >> 1, entries.length - 2]) {
      const resumed = await searched(pixelized(SEARCH), { journal: journalInMemory(entries.slice(0, kept)) });
      expect(resumed.outcome).toEqual(over.outcome);
    }
  });

  test("tells how far it is, without going back", async () => {
    const told: number[] = [];
    await searched(pixelized(SEARCH), {
      journal: journalInMemory([...journal.entries]),
      onStep: ({ progress }) => void told.push(progress),
    });
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(1);
  });

  test("that is paused in a climb says so", async () => {
    const { evaluations } = alone.outcome.samples;
    const pause = (spent: number) => (spent > evaluations + 2 ? "time" : null);
    expect((await searched(pixelized(SEARCH), { pause })).outcome.stopped).toBe("time");
  });

  test("is refused where there is one mesh, or none", async () => {
    const parametric = `${spec(HST, galaxy("lens", 0.5, RADIUS), galaxy("source", 1, BULGE))}${SEARCH}`;
    await expect(searched(parametric)).rejects.toThrow(/search\.meshes is 3.*leave it out/);
  });

  test("is not for methods that end without a posterior", () => {
    expect(() => parseSpec(pixelized("search: { method: lbfgs, meshes: 3 }\n"), "lens.yaml")).toThrow(/meshes/);
  });
});
