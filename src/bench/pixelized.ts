import type { VoiceName } from "../backend/contract.ts";
import type { Evaluation, Likelihood } from "../likelihood/evaluation.ts";
import type { Contender, TimedCall } from "./contender.ts";
import type { PixelizedScene, Solve } from "./pixelized-cases.ts";
import type { ObservedScene } from "./pixelized-scene.ts";

/**
 * The pixelized cases: whole likelihoods of images, from a vector of parameters to the evidence of the source that is
 * found, with nothing kept from the call before but what belongs to the dataset.
 */

/** What the rows compute; the gradient comes after its evidence. */
export type PixelizedKernel = `${"evidence" | "gradient"}_${Solve}`;

/** A row of a scene with what tells rows apart on the command line. */
export interface PixelizedContender extends Contender {
  readonly voice: VoiceName;
}

/** Every row of a scene. @param rowBudget Seconds that a row may take. */
export function pixelizedContenders(
  scene: PixelizedScene,
  observed: ObservedScene,
  rowBudget: number,
): PixelizedContender[] {
  const plans = new Map<string, Promise<Likelihood>>();
  const planned = (solve: Solve, voice: VoiceName): Promise<Likelihood> => {
    const key = `${solve} ${voice}`;
    const plan = plans.get(key) ?? observed.plan(solve, voice);
    plans.set(key, plan);
    return plan;
  };
  return rowsOf(scene).map(({ voice, solve, gradient }) => ({
    kernel: `${gradient ? "gradient" : "evidence"}_${solve}`,
    name: voice,
    voice,
    by: "arclet",
    tolerance: gradient ? 1e-5 : 1e-9,
    refuses: () => (scene.needs <= rowBudget ? null : `it is long: give --row-budget ${scene.needs} or more`),
    partOf: [],
    work: ({ sourcePixels }) => sourcePixels ** 3,
    keeps: () => ({}),
    // Of every band F, its sum over them, F + H and the factor.
    takes: ({ sourcePixels }) => 2 ** 28 + 8 * (scene.bands.length + 4) * sourcePixels ** 2,
    peakBytes: async () => null,
    async call(_, round, checked): Promise<TimedCall> {
      const likelihood = await planned(solve, voice);
      const vector = observed.vector(round);
      const start = performance.now();
      const [evaluation] = await likelihood.evaluate(vector, { gradient });
      const seconds = (performance.now() - start) / 1000;
      const { total, ...steps } = evaluation.seconds;
      const call = { seconds, steps: { ...steps, other: seconds - total } };
      if (!checked) return { ...call, error: null, sampled: null };
      if (evaluation.failure !== null) throw new Error(evaluation.failure);
      if (gradient) return { ...call, ...(await slopeError(likelihood, vector, evaluation)) };
      if (scene.reference === "none") return { ...call, ...solverError(evaluation) };
      const [{ logEvidence }] = await (await planned(solve, "reference")).evaluate(vector);
      return { ...call, error: Math.abs(evaluation.logEvidence! / logEvidence! - 1), sampled: null };
    },
  }));
}

interface PixelizedRow {
  readonly voice: VoiceName;
  readonly solve: Solve;
  readonly gradient: boolean;
}

function rowsOf({ solves, gradient, reference }: PixelizedScene): PixelizedRow[] {
  const traced = solves.flatMap((solve) => {
    return (gradient ? [false, true] : [false]).map((gradient) => ({ voice: "traced" as const, solve, gradient }));
  });
  return reference === "row" ? [...traced, { voice: "reference", solve: solves[0], gradient: false }] : traced;
}

/** So small that hardly a ray crosses an edge of the mesh, nor do vertices change neighbors, at which H jumps. */
const STEP = 1e-8;

/** Every derivative at once: where all parameters move the way in which the evidence rises. */
async function slopeError(likelihood: Likelihood, vector: Float64Array, { gradient }: Evaluation) {
  const slope = gradient!.reduce((sum, each) => sum + Math.abs(each), 0);
  const moved = async (step: number): Promise<number> => {
    const [{ logEvidence }] = await likelihood.evaluate(
      vector.map((value, p) => value + step * Math.sign(gradient![p])),
    );
    return logEvidence!;
  };
  const difference = ((await moved(STEP)) - (await moved(-STEP))) / (2 * STEP);
  return {
    error: Math.abs(slope / difference - 1),
    sampled: "the sum of the derivatives' sizes, against a difference",
  };
}

/** Where the reference would take minutes. */
function solverError({ positiveOnly, solveResidual }: Evaluation) {
  return { error: positiveOnly?.kktResidual ?? solveResidual, sampled: "the solver's own residual" };
}
