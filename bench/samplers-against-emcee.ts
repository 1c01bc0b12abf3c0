/*
 * The affine-invariant ensemble against emcee, in the same run, from the same walkers and with as many steps:
 *
 *   node bench/samplers-against-emcee.ts --peers PYTHON [--steps 4000] [--seed 1]
 *
 * Of each problem and choice of moves: acceptance; the longest autocorrelation time of the coordinates, in steps; effective
 * samples for a thousand evaluations; microseconds of the processor an evaluation (of all threads: its compiler's and garbage
 * collector's too), and how many of them are the sampler's own. Arclet does not evaluate proposals outside the prior, and
 * tries a whole difference in every tenth move of differential evolution.
 * Likelihoods take a half of the walkers at once on both sides: there the Gaussian is numpy's, the lens jitted JAX, and both
 * are held to Arclet's at the first walkers.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { aligned } from "../src/bench/table.ts";
import { ensembleSampler } from "../src/inference/ensemble/ensemble.ts";
import { draws, normal, randomState } from "../src/inference/rng.ts";
import type { Target } from "../src/inference/sampler.ts";
import { autocorrelationTime } from "../src/inference/statistics/autocorrelation.ts";
import { extremeOver, historyFrom } from "../src/inference/statistics/chains.ts";
import { lensScene } from "./sampling/lens-scene.ts";
import { correlatedGaussian, targetOf } from "./sampling/problems.ts";

const WALKERS = 32;
/** Steps that are left out, of as many that are kept. */
const BURN_IN = 0.25;

interface Contest {
  readonly name: string;
  readonly target: Target;
  /** What tells bench/peers/ensemble.py the same. */
  readonly problem: Readonly<Record<string, unknown>>;
  /** (WALKERS, dimensions) a ball in the bulk of the posterior. */
  readonly start: Float64Array;
}

interface Run {
  readonly acceptance: number;
  readonly autocorrelation_time: number;
  /** After the burn-in, as the seconds. */
  readonly evaluations: number;
  readonly seconds: number;
  readonly likelihood_seconds: number;
  /** (WALKERS) where they start, up to a constant. */
  readonly log_likelihood_at_start: readonly number[];
}

const { values } = parseArgs({
  options: {
    peers: { type: "string" },
    steps: { type: "string", default: "4000" },
    seed: { type: "string", default: "1" },
  },
});
const [steps, seed] = [Number(values.steps), Number(values.seed)];
const MOVES = { stretch: 0, "stretch and differential evolution": 0.5 };

const header = ["", "moves", "", "acceptance", "time", "samples / 1000", "us", "own us"];
const rows = [header];
for (const contest of [gaussianContest(), await lensContest()]) {
  for (const moves of Object.keys(MOVES) as (keyof typeof MOVES)[]) {
    const own = await ownRun(contest, moves);
    rows.push([contest.name, moves, "arclet", ...cellsOf(own)]);
    if (values.peers === undefined) continue;
    const peer = peerRun(values.peers, contest, moves);
    requireSameLikelihood(contest.name, own, peer);
    rows.push(["", "", "emcee", ...cellsOf(peer)]);
  }
}
console.log(aligned(rows, 3));

function gaussianContest(): Contest {
  const [dimensions, correlation] = [5, 0.9];
  const target = targetOf(correlatedGaussian(dimensions, correlation));
  const start = ball(new Float64Array(dimensions).fill(0.5), 0.01);
  return { name: "Gaussian", target, problem: { kind: "gaussian", dimensions, correlation, sigma: 0.05 }, start };
}

async function lensContest(): Promise<Contest> {
  const noise = 0.3;
  const scene = lensScene({ noise });
  const truth = new Float64Array(scene.model.parameters.length).fill(0.5);
  const data = await scene.observe(truth, randomState(seed));
  const [side] = scene.grid.shape;
  const problem = {
    kind: "lens",
    priors: scene.model.parameters.map(({ prior }) => prior),
    disk: [0.2, 1],
    side,
    pixel_scale: scene.grid.pixelScale,
    psf: Array.from({ length: scene.psf.shape[0] }, (_, row) => {
      const [, columns] = scene.psf.shape;
      return [...scene.psf.values.subarray(row * columns, (row + 1) * columns)];
    }),
    noise,
    data: [...data],
  };
  return { name: "lens", target: scene.targetOf(data), problem, start: ball(truth, 0.01) };
}

function ball(centre: Float64Array, sigma: number): Float64Array {
  const scatter = draws(randomState(seed), WALKERS * centre.length, normal);
  return scatter.map((z, i) => centre[i % centre.length] + sigma * z);
}

async function ownRun({ target, start }: Contest, moves: keyof typeof MOVES): Promise<Run> {
  let likelihoodSeconds = 0;
  const timed: Target = {
    dimensions: target.dimensions,
    async logLikelihoods(points) {
      const began = processorSeconds();
      const found = await target.logLikelihoods(points);
      likelihoodSeconds += processorSeconds() - began;
      return found;
    },
  };
  const burnIn = BURN_IN * steps;
  const sampler = ensembleSampler({
    walkers: WALKERS,
    start,
    maximumSteps: burnIn + steps,
    autocorrelationTimes: 1e6,
    differentialEvolution: MOVES[moves],
  });
  let state = await sampler.init(timed, randomState(seed));
  const first = [...state.logLikelihoods];
  for (let step = 0; step < burnIn; step++) ({ state } = await sampler.step(state, timed));
  const before = state;
  likelihoodSeconds = 0;
  const began = processorSeconds();
  while (!sampler.isDone(state)) ({ state } = await sampler.step(state, timed));
  const seconds = processorSeconds() - began;
  return {
    acceptance: (state.accepted - before.accepted) / (steps * WALKERS),
    autocorrelation_time: extremeOver(Math.max, historyFrom(state.history, burnIn), autocorrelationTime),
    evaluations: state.evaluations - before.evaluations,
    seconds,
    likelihood_seconds: likelihoodSeconds,
    log_likelihood_at_start: first,
  };
}

/** What other programs do at the same time does not count. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function peerRun(python: string, { problem, start }: Contest, moves: string): Run {
  const script = fileURLToPath(new URL("peers/ensemble.py", import.meta.url));
  const dimensions = start.length / WALKERS;
  const request = {
    problem,
    moves,
    start: Array.from({ length: WALKERS }, (_, k) => [...start.subarray(k * dimensions, (k + 1) * dimensions)]),
    steps,
    burn_in: BURN_IN * steps,
    seed,
  };
  return JSON.parse(execFileSync(python, [script], { input: JSON.stringify(request), encoding: "utf8" }));
}

/** Differences between walkers: constants are left out there. */
function requireSameLikelihood(name: string, own: Run, peer: Run): void {
  const off = own.log_likelihood_at_start.map((value, k) => value - peer.log_likelihood_at_start[k]);
  const spread = Math.max(...off) - Math.min(...off);
  if (!(spread < 1e-6)) throw new Error(`the ${name}'s likelihoods differ by ${spread}`);
}

function cellsOf(run: Run): string[] {
  const effective = (WALKERS * steps) / run.autocorrelation_time;
  const each = (seconds: number) => ((1e6 * seconds) / run.evaluations).toPrecision(3);
  return [
    run.acceptance.toFixed(3),
    run.autocorrelation_time.toFixed(1),
    ((1000 * effective) / run.evaluations).toFixed(2),
    each(run.seconds),
    each(run.seconds - run.likelihood_seconds),
  ];
}
