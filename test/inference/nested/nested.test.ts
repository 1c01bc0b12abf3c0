import { describe, expect, test } from "vitest";
import { momentErrors, momentsOf } from "../../../bench/sampling/moments.ts";
import {
  correlatedGaussian,
  eggbox,
  gaussianShells,
  mixture,
  rosenbrock,
  targetOf,
} from "../../../bench/sampling/problems.ts";
import { InputError } from "../../../src/errors.ts";
import { dynamicNestedSampler } from "../../../src/inference/nested/dynamic.ts";
import { nestedSampler, pointsOf } from "../../../src/inference/nested/static.ts";
import { randomState } from "../../../src/inference/rng.ts";
import { runSampler } from "../../../src/inference/run.ts";
import type { Sampler, SamplerState, SampleSet, Target } from "../../../src/inference/sampler.ts";

async function finished<State extends SamplerState>(sampler: Sampler<State>, target: Target, seed: number) {
  let state = await sampler.init(target, randomState(seed));
  while (!sampler.isDone(state)) ({ state } = await sampler.step(state, target));
  return { state, result: sampler.samples(state) };
}

function stoppedAt<State extends SamplerState>(most: number, sampler: Sampler<State>, target: Target) {
  const stop = (evaluations: number) => (evaluations >= most ? "enough" : null);
  return runSampler(sampler, target, { random: randomState(1), stop });
}

/** What JSON would not keep is no state. */
function finite(key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${key} is ${value}`);
  return value;
}

// One seed each; bench/sampler-problems.ts has a hundred.
describe.each([
  { problem: correlatedGaussian(2, 0.95), options: {} },
  { problem: correlatedGaussian(5, 0.95), options: {} },
  { problem: correlatedGaussian(3, 0.4), options: { proposal: "random-walk" } },
  { problem: correlatedGaussian(3, 0.4), options: { proposal: "slice" } },
  { problem: gaussianShells(2), options: {} },
  { problem: gaussianShells(5), options: {} },
  { problem: eggbox, options: { livePoints: 500 } },
  { problem: rosenbrock, options: {} },
  { problem: mixture, options: {} },
] as const)("$problem.name, $options", ({ problem, options }) => {
  test("evidence and moments are within their errors", async () => {
    const { state, result } = await finished(nestedSampler(options), targetOf(problem), 1);
    const { value, error } = result.logEvidence!;
    const skilling = Math.sqrt(result.diagnostics.information / state.run.size);
    expect(error).toBeLessThan(1.5 * skilling);
    expect(error).toBeGreaterThan(0.7 * skilling);
    expect(Math.abs(value - problem.logEvidence)).toBeLessThan(3 * error);
    expect(result.logWeights.reduce((sum, weight) => sum + Math.exp(weight), 0)).toBeCloseTo(1, 9);
    expect(result.warnings).toEqual([]);
    const truth = [...problem.mean, ...problem.covariance.flatMap((row, i) => row.slice(0, i + 1))];
    const moments = momentsOf(pointsOf(state.run), problem.dimensions);
    const errors = momentErrors(pointsOf(state.run), problem.dimensions, 20, randomState(1));
    // Of up to twenty numbers with errors from twenty resamplings, one beyond 4 is one run in two hundred.
    truth.forEach((moment, i) => {
      expect(Math.abs(moments[i] - moment) / errors[i]).toBeLessThan(4);
    });
  });
});

describe.each([
  { name: "uniform", sampler: nestedSampler({ livePoints: 60 }) as Sampler<SamplerState> },
  {
    name: "random walks",
    sampler: nestedSampler({ livePoints: 60, proposal: "random-walk" }) as Sampler<SamplerState>,
  },
  { name: "slices", sampler: nestedSampler({ livePoints: 60, proposal: "slice" }) as Sampler<SamplerState> },
  {
    name: "dynamic",
    sampler: dynamicNestedSampler({ livePoints: 60, effectiveSamples: 500 }) as Sampler<SamplerState>,
  },
])("$name", ({ sampler }) => {
  const target = targetOf(correlatedGaussian(2, 0.5));

  test("same seed, same bytes, however the target works and from any checkpoint", async () => {
    const { result } = await finished(sampler, target, 3);
    const slow: Target = {
      dimensions: 2,
      async logLikelihoods(points) {
        const answers = new Float64Array(points.length / 2);
        for (let i = answers.length - 1; i >= 0; i--) {
          answers[i] = (await target.logLikelihoods(points.slice(2 * i, 2 * i + 2)))[0];
        }
        return answers;
      },
    };
    let state = await sampler.init(slow, randomState(3));
    for (let steps = 0; !sampler.isDone(state); steps++) {
      if (steps % 20 === 0) {
        const before = JSON.stringify(state, finite);
        await sampler.step(state, slow);
        expect(JSON.stringify(state, finite)).toBe(before);
        state = structuredClone(state);
      }
      ({ state } = await sampler.step(state, slow));
    }
    expect(sampler.samples(state)).toEqual(result);
  });

  test("samples may be asked for at any time", async () => {
    let state = await sampler.init(target, randomState(3));
    expect(sampler.samples(state).logLikelihoods).toHaveLength(0);
    for (let step = 0; step < 20; step++) {
      const next = await sampler.step(state, target);
      state = next.state;
      const { progress, best } = next.info;
      expect(progress).toBeGreaterThanOrEqual(0);
      expect(progress).toBeLessThanOrEqual(1);
      const samples = sampler.samples(state);
      expect(samples.logLikelihoods.at(-1)).toBe(best.logLikelihood);
      expect([...samples.points.slice(-2)]).toEqual([...best.point]);
    }
  });
});

describe("likelihoods that are flat or absent", () => {
  /** ln L = `inside` in a ball, `outside` of it another. */
  const ball = (radius: number, inside: number, outside: number): Target =>
    targetOf({ dimensions: 2, logLikelihood: ([x, y]) => (Math.hypot(x - 0.5, y - 0.5) < radius ? inside : outside) });
  const area = (radius: number) => Math.PI * radius ** 2;

  test("a constant is its own evidence", async () => {
    const { result } = await finished(nestedSampler(), ball(1, -7, 0), 1);
    expect(result.logEvidence!.value).toBeCloseTo(-7, 9);
    expect(result.logEvidence!.error).toBeLessThan(1e-9);
    expect(result.warnings.join()).toContain("plateau");
  });

  test("no likelihood in most of the prior", async () => {
    const { result } = await finished(nestedSampler(), ball(0.1, 3, Number.NEGATIVE_INFINITY), 1);
    const { value, error } = result.logEvidence!;
    // The first points decide: 200 of which some 6 are inside.
    expect(error).toBeGreaterThan(0.2);
    expect(Math.abs(value - 3 - Math.log(area(0.1)))).toBeLessThan(3 * error);
    expect(result.warnings.join()).toContain("had no likelihood");
    expect(result.logLikelihoods[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(result.logWeights[0]).toBe(Number.NEGATIVE_INFINITY);
  });

  test("steps: every value is a plateau", async () => {
    const stairs = targetOf({
      dimensions: 2,
      logLikelihood: ([x, y]) => -Math.floor(Math.hypot(x - 0.5, y - 0.5) / 0.1),
    });
    // Rings of the cube, 0.1 wide, by their areas; the corners by quadrature would be the rest, so count on a grid.
    let truth = 0;
    for (let i = 0; i < 1000; i++) {
      for (let j = 0; j < 1000; j++) {
        truth += Math.exp((await stairs.logLikelihoods(Float64Array.of((i + 0.5) / 1000, (j + 0.5) / 1000)))[0]) / 1e6;
      }
    }
    const { result } = await finished(nestedSampler(), stairs, 1);
    const { value, error } = result.logEvidence!;
    expect(Math.abs(value - Math.log(truth))).toBeLessThan(3 * error);
  });

  test("none anywhere ends, and says so", async () => {
    const { result } = await finished(nestedSampler({ batch: 100 }), ball(0, 0, Number.NEGATIVE_INFINITY), 1);
    expect(result.logEvidence!.value).toBe(Number.NEGATIVE_INFINITY);
    expect(result.warnings.join()).toContain("given up");
  });

  test("where there is none, none is the best", async () => {
    const nowhere = ball(0, 0, Number.NEGATIVE_INFINITY);
    const bests = [
      await stoppedAt(Infinity, nestedSampler({ batch: 100 }), nowhere),
      await stoppedAt(Infinity, dynamicNestedSampler({ batch: 100 }), nowhere),
    ].map(({ best }) => best.logLikelihood);
    expect(bests).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });
});

test.each([
  [100, true],
  [20_000, false],
])("what is stopped on its way up says so: at %d evaluations, %s", async (most, isOnItsWay) => {
  const target = targetOf(correlatedGaussian(2, 0.5));
  const runs = [
    await stoppedAt(most, nestedSampler({ livePoints: 50 }), target),
    await stoppedAt(most, dynamicNestedSampler({ livePoints: 50 }), target),
  ];
  for (const { samples } of runs) expect(samples.warnings.join().includes("on its way up")).toBe(isOnItsWay);
});

describe("dynamic", () => {
  const problem = correlatedGaussian(3, 0.5);

  test("reaches its goals, and finds what is there", async () => {
    const sampler = dynamicNestedSampler({ livePoints: 100, effectiveSamples: 3000 });
    const { result } = await finished(sampler, targetOf(problem), 1);
    const { value, error } = result.logEvidence!;
    expect(result.diagnostics.effectiveSamples).toBeGreaterThanOrEqual(3000);
    expect(Math.abs(value - problem.logEvidence)).toBeLessThan(3 * error);
  });

  test("for the evidence, errors of it; for the posterior, samples", async () => {
    const goals = { livePoints: 100, effectiveSamples: 1e9, batches: 5 };
    const [evidence, posterior] = await Promise.all(
      [0, 1].map((priority) => finished(dynamicNestedSampler({ ...goals, priority }), targetOf(problem), 1)),
    );
    expect(evidence.result.logEvidence!.error).toBeLessThan(posterior.result.logEvidence!.error);
    const samplesPerPoint = ({ diagnostics, logWeights }: SampleSet) =>
      diagnostics.effectiveSamples / logWeights.length;
    expect(samplesPerPoint(posterior.result)).toBeGreaterThan(1.5 * samplesPerPoint(evidence.result));
  });
});

test("options out of range are refused", async () => {
  const target = targetOf(correlatedGaussian(3, 0.5));
  await expect(nestedSampler({ livePoints: 7 }).init(target, randomState(1))).rejects.toThrow(InputError);
  await expect(nestedSampler({ batch: 0 }).init(target, randomState(1))).rejects.toThrow(InputError);
  await expect(nestedSampler({ walkLength: 1.5 }).init(target, randomState(1))).rejects.toThrow(InputError);
  expect(() => dynamicNestedSampler({ priority: 2 })).toThrow(InputError);
  expect(() => nestedSampler({ evidenceTolerance: 0 })).toThrow(InputError);
});
