/*
 * The study's model of 25 parameters on images of the Hubble Space Telescope, from the priors of examples/hst-25.yaml to the
 * posterior, by gigaLens with its defaults. Every seed makes an image of its own and searches it:
 *
 *   node bench/twenty-five-parameters.ts [--seeds 20] [--first 1] [--threads 2]
 *
 * Of each: whether it ended in the right basin (a fit at least as good as the truth, all parameters within five of their
 * errors), the log likelihood of its best point over that of the truth, the largest error in units of the stated one, how many of
 * the climbs found the basin, evaluations, seconds, R-hat, effective samples, acceptance, warnings. Then medians.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { withLikelihoodThreads } from "../src/cli/likelihood-threads.ts";
import { gigaLens } from "../src/inference/giga-lens/giga-lens.ts";
import { randomState } from "../src/inference/rng.ts";
import type { SampleSet } from "../src/inference/sampler.ts";
import { planSpec } from "../src/likelihood/from-spec.ts";
import { simulateSpec } from "../src/likelihood/simulate.ts";
import { targetOf, vectorsFromUnit } from "../src/likelihood/target.ts";
import { freedModel, type Model } from "../src/model/model.ts";
import { parseSpec } from "../src/model/parse-spec.ts";
import type { Spec } from "../src/model/spec.ts";
import { simulatedFiles } from "../src/result/simulated-files.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    first: { type: "string", default: "1" },
    threads: { type: "string", default: "2" },
  },
});

async function example(name: string): Promise<Spec> {
  const path = resolve(import.meta.dirname, "../examples", name);
  return parseSpec(await readFile(path, "utf8"), path);
}

const known = await example("simulate-hst-25.yaml");
const searched = await example("hst-25.yaml");

/** The files of an image, made in memory. */
async function image(seed: number) {
  const open = async (path: string): Promise<never> => {
    throw new Error(`a simulation reads no ${path}`);
  };
  const files = simulatedFiles((await simulateSpec(known, { seed, open })).datasets, []);
  return async (path: string) => {
    const bytes = files.get(path)!;
    const read = async (offset: number, length: number) => bytes.slice(offset, offset + length);
    return { name: path, size: bytes.length, read };
  };
}

async function searchOf(seed: number) {
  const open = await image(seed);
  const [truth] = await (await planSpec(known, { open })).likelihood.evaluate(new Float64Array(0));
  const { datasets, model, likelihood } = await planSpec(searched, { open });
  const start = { datasets, model, options: {} };
  const began = performance.now();
  const { samples, best } = await withLikelihoodThreads(Number(values.threads), likelihood, start, async (shared) => {
    const target = targetOf(model, shared);
    const sampler = gigaLens();
    let state = await sampler.init(target, randomState(seed));
    while (!sampler.isDone(state)) state = (await sampler.step(state, target)).state;
    return { samples: sampler.samples(state), best: state.best.logLikelihood };
  });
  const worst = largestError(model, samples);
  const gain = best - truth.logLikelihood;
  return {
    seed,
    isRight: gain > 0 && worst < 5,
    gain,
    worst,
    seconds: (performance.now() - began) / 1000,
    evaluations: samples.evaluations,
    ...samples.diagnostics,
    warnings: samples.warnings,
  };
}

/** Of all parameters the largest difference of mean and truth, in standard deviations of the samples. */
function largestError(model: Model, { points }: SampleSet): number {
  const freed = freedModel(known);
  const truth = new Map(freed.model.parameters.map(({ path }, p) => [path, freed.vector[p]]));
  const vectors = vectorsFromUnit(model, points);
  const [d, count] = [model.parameters.length, vectors.length / model.parameters.length];
  const average = (of: (n: number) => number) => {
    let sum = 0;
    for (let n = 0; n < count; n++) sum += of(n);
    return sum / count;
  };
  const errors = model.parameters.map(({ path }, p) => {
    const mean = average((n) => vectors[n * d + p]);
    return Math.abs(mean - truth.get(path)!) / Math.sqrt(average((n) => (vectors[n * d + p] - mean) ** 2));
  });
  return Math.max(...errors);
}

const COLUMNS: readonly (readonly [name: string, digits: number])[] = [
  ["gain", 1],
  ["worst", 1],
  ["hits", 0],
  ["evaluations", 0],
  ["seconds", 0],
  ["splitRHat", 4],
  ["effectiveSamples", 0],
  ["acceptance", 3],
];
const row = (first: string, second: string, cells: readonly string[]) =>
  console.log([first.padStart(6), second.padEnd(5), ...cells.map((cell) => cell.padStart(16))].join(" "));

row("seed", "basin", [...COLUMNS.map(([name]) => name), "warnings"]);
const runs: Awaited<ReturnType<typeof searchOf>>[] = [];
for (let seed = Number(values.first); runs.length < Number(values.seeds); seed++) {
  const run = await searchOf(seed);
  runs.push(run);
  const numbers = COLUMNS.map(([name, digits]) => Number(run[name as keyof typeof run]).toFixed(digits));
  row(String(seed), run.isRight ? "right" : "wrong", [...numbers, run.warnings.join("; ") || "none"]);
}
const medians = COLUMNS.map(([name, digits]) => {
  const sorted = runs.map((run) => Number(run[name as keyof typeof run])).sort((a, b) => a - b);
  return sorted[sorted.length >> 1].toFixed(digits);
});
const right = runs.filter(({ isRight }) => isRight);
row("median", "", [...medians, ""]);
console.log(
  `${right.length} of ${runs.length} in the right basin, ${right.filter(({ warnings }) => warnings.length > 0).length} of these warned`,
);
