/*
 * Are the errors that nested sampling states right? Problems of known evidence, many seeds each:
 *
 *   node bench/nested-calibration.ts [--seeds 100] [--only text] [--live 200] [--proposal slice] [--walk 100]
 *
 * Of each: the part of runs whose ln Z is within 3 of its error, and all of whose posterior moments are within 4 of
 * theirs; mean and scatter of (ln Z - truth) / error, which should be 0 and 1; evaluations; milliseconds.
 */
import { parseArgs } from "node:util";
import type { Proposal } from "../src/inference/nested/settings.ts";
import { type NestedState, nestedSampler, pointsOf } from "../src/inference/nested/static.ts";
import { randomState } from "../src/inference/rng.ts";
import { momentErrors, momentsOf } from "./sampling/moments.ts";
import * as problems from "./sampling/problems.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    only: { type: "string", default: "" },
    live: { type: "string", default: "200" },
    proposal: { type: "string", default: "auto" },
    walk: { type: "string" },
  },
});

const all: readonly problems.Problem[] = [
  problems.correlatedGaussian(2, 0.95),
  problems.correlatedGaussian(5, 0.95),
  problems.correlatedGaussian(10, 0.4),
  problems.correlatedGaussian(25, 0.4),
  problems.gaussianShells(2),
  problems.gaussianShells(5),
  problems.eggbox,
  problems.rosenbrock,
  problems.mixture,
];

const sampler = nestedSampler({
  livePoints: Number(values.live),
  proposal: values.proposal as Proposal | "auto",
  ...(values.walk === undefined ? {} : { walkLength: Number(values.walk) }),
});
const seeds = Number(values.seeds);
for (const problem of all.filter(({ name }) => name.includes(values.only))) {
  const target = problems.targetOf(problem);
  const began = performance.now();
  const runs: { pull: number; ratio: number; worst: number; evaluations: number; samples: number }[] = [];
  let warnings = 0;
  let steps = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    let state: NestedState = await sampler.init(target, randomState(seed));
    for (; !sampler.isDone(state); steps++) state = (await sampler.step(state, target)).state;
    const result = sampler.samples(state);
    const { value, error } = result.logEvidence!;
    const points = pointsOf(state.run);
    const truth = [...problem.mean, ...problem.covariance.flatMap((row, i) => row.slice(0, i + 1))];
    const moments = momentsOf(points, problem.dimensions);
    const errors = momentErrors(points, problem.dimensions, 30, randomState(seed));
    runs.push({
      pull: (value - problem.logEvidence) / error,
      ratio: error / Math.sqrt(result.diagnostics.information / Number(values.live)),
      worst: Math.max(...truth.map((moment, i) => Math.abs(moments[i] - moment) / errors[i])),
      evaluations: result.evaluations,
      samples: result.diagnostics.effectiveSamples,
    });
    if (result.warnings.length > 0) warnings++;
    if (result.warnings.length > 0 && warnings === 1) console.log(`  ${result.warnings.join("; ")}`);
  }
  const mean = (of: (run: (typeof runs)[number]) => number) => runs.reduce((sum, run) => sum + of(run), 0) / seeds;
  const bias = mean(({ pull }) => pull);
  console.log(
    [
      problem.name,
      `ln Z ${runs.filter(({ pull }) => Math.abs(pull) <= 3).length}/${seeds}`,
      `pull ${bias.toFixed(2)} +- ${Math.sqrt(mean(({ pull }) => (pull - bias) ** 2)).toFixed(2)}`,
      `error / sqrt(H / n) <= ${Math.max(...runs.map(({ ratio }) => ratio)).toFixed(3)}`,
      `moments ${runs.filter(({ worst }) => worst <= 4).length}/${seeds}`,
      `evaluations ${mean(({ evaluations }) => evaluations).toFixed(0)}`,
      `effective samples ${mean(({ samples }) => samples).toFixed(0)}`,
      `${(steps / seeds).toFixed(0)} steps`,
      `${((performance.now() - began) / seeds).toFixed(0)} ms`,
      `${warnings} warned`,
    ].join(", "),
  );
}
