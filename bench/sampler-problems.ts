/*
 * Are the errors that nested sampling states right? Problems of known evidence, many seeds each:
 *
 *   node bench/sampler-problems.ts [--seeds 100] [--problem TEXT] [--live 200] [--proposal slice] [--walk 100]
 *
 * `pull` is (ln Z - truth) / error, its mean and its scatter, which should be 0 and 1; `within 3` counts runs; `error` is the
 * largest over sqrt(H / live points); `moments` counts runs whose posterior means and covariances are all within 4 of their
 * errors, `each` is the share of all of them within 3, 0.997 of normal ones; evaluations and seconds are of one run.
 */
import { parseArgs } from "node:util";
import { mean, standardDeviation } from "../src/bench/statistics.ts";
import { aligned } from "../src/bench/table.ts";
import type { NestedOptions, Proposal } from "../src/inference/nested/settings.ts";
import { type NestedState, nestedSampler, pointsOf } from "../src/inference/nested/static.ts";
import { randomState } from "../src/inference/rng.ts";
import { momentErrors, momentsOf } from "./sampling/moments.ts";
import * as problems from "./sampling/problems.ts";

const PROBLEMS: readonly problems.Problem[] = [
  problems.correlatedGaussian(2, 0.95),
  problems.correlatedGaussian(5, 0.95),
  problems.correlatedGaussian(10, 0.4),
  problems.correlatedGaussian(20, 0.4),
  problems.correlatedGaussian(25, 0.4),
  problems.gaussianShells(2),
  problems.gaussianShells(5),
  problems.eggbox,
  problems.rosenbrock,
  problems.mixture,
];

const HEADER = [
  "problem",
  "dimensions",
  "ln Z",
  "mean",
  "pull",
  "",
  "within 3",
  "error",
  "moments",
  "each",
  "evaluations",
  "seconds",
  "warned",
];

/** Errors from few have tails of their own: of 30, one in 2500 moments is beyond 4 of them, of 100 one in 8000. */
const RESAMPLINGS = 100;

interface Outcome {
  readonly logEvidence: number;
  readonly pull: number;
  /** The stated error over sqrt(H / n). */
  readonly ratio: number;
  /** Deviations of the moments, in their errors. */
  readonly deviations: readonly number[];
  readonly evaluations: number;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

async function outcomeOf(problem: problems.Problem, options: NestedOptions, seed: number): Promise<Outcome> {
  const sampler = nestedSampler(options);
  const target = problems.targetOf(problem);
  const began = performance.now();
  let state: NestedState = await sampler.init(target, randomState(seed));
  while (!sampler.isDone(state)) ({ state } = await sampler.step(state, target));
  const seconds = (performance.now() - began) / 1000;
  const { logEvidence, diagnostics, evaluations, warnings } = sampler.samples(state);
  const { value, error } = logEvidence!;
  const points = pointsOf(state.run);
  const truth = [...problem.mean, ...problem.covariance.flatMap((row, i) => row.slice(0, i + 1))];
  const moments = momentsOf(points, problem.dimensions);
  const errors = momentErrors(points, problem.dimensions, RESAMPLINGS, randomState(seed));
  return {
    logEvidence: value,
    pull: (value - problem.logEvidence) / error,
    ratio: error / Math.sqrt(diagnostics.information / state.run.size),
    deviations: truth.map((moment, i) => Math.abs(moments[i] - moment) / errors[i]),
    evaluations,
    seconds,
    warnings,
  };
}

function row({ name, dimensions, logEvidence }: problems.Problem, outcomes: readonly Outcome[]): string[] {
  const of = (value: (outcome: Outcome) => number) => outcomes.map(value);
  const count = (isSo: (outcome: Outcome) => boolean) => `${outcomes.filter(isSo).length}/${outcomes.length}`;
  const pulls = of(({ pull }) => pull);
  return [
    name,
    `${dimensions}`,
    logEvidence.toFixed(3),
    mean(of((outcome) => outcome.logEvidence)).toFixed(3),
    mean(pulls).toFixed(2),
    `+- ${standardDeviation(pulls, mean(pulls)).toFixed(2)}`,
    count(({ pull }) => Math.abs(pull) <= 3),
    Math.max(...of(({ ratio }) => ratio)).toFixed(3),
    count(({ deviations }) => Math.max(...deviations) <= 4),
    mean(outcomes.flatMap(({ deviations }) => deviations.map((of) => (of <= 3 ? 1 : 0)))).toFixed(4),
    mean(of(({ evaluations }) => evaluations)).toFixed(0),
    mean(of(({ seconds }) => seconds)).toPrecision(3),
    count(({ warnings }) => warnings.length > 0),
  ];
}

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "100" },
    problem: { type: "string", default: "" },
    live: { type: "string" },
    proposal: { type: "string", default: "auto" },
    walk: { type: "string" },
  },
});
const options: NestedOptions = {
  proposal: values.proposal as Proposal | "auto",
  ...(values.live === undefined ? {} : { livePoints: Number(values.live) }),
  ...(values.walk === undefined ? {} : { walkLength: Number(values.walk) }),
};
const rows = [HEADER];
for (const problem of PROBLEMS.filter(({ name }) => name.includes(values.problem))) {
  const outcomes: Outcome[] = [];
  for (let seed = 1; seed <= Number(values.seeds); seed++) outcomes.push(await outcomeOf(problem, options, seed));
  rows.push(row(problem, outcomes));
  console.error(rows[rows.length - 1].join(", "));
}
console.log(aligned(rows, 1));
