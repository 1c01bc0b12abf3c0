import { dot, matrixTimesVector } from "../operators/matrix.ts";
import { sweptFree } from "./positive-only-sweeps.ts";
import { type Reconstruction, type ReconstructionArgs, reconstruction } from "./solve.ts";

/**
 * A source that is nowhere negative: the s >= 0 of least 1/2 s'As - D's, A = F + H.
 *
 * It is known by its conditions (Karush, Kuhn and Tucker) alone: with the gradient g = A s - D, a pixel is either free
 * (s > 0, g = 0) or held at zero (s = 0, g >= 0). A set of free pixels fixes s, since there A s = D, so the search is for
 * the set.
 */

export interface PositiveOnlyArgs extends ReconstructionArgs {
  /** (S) 1 for the free pixels of a first guess; without it they are all free. */
  readonly firstGuess?: Uint8Array;
}

/** A solved problem; the numbers are NaN unless `positiveDefinite` and `converged`. */
export interface PositiveReconstruction extends Reconstruction {
  /** Whether the values satisfy the conditions to `kktTolerance`. */
  readonly converged: boolean;
  /** (S) 1 where a pixel is free, 0 where it is held at zero. */
  readonly free: Uint8Array;
  /** How often the whole or a set was solved for; drafts are not counted. */
  readonly factorizations: number;
}

/** A source and the slope of the objective there. */
export interface Point {
  /** (S) */
  readonly values: Float64Array;
  /** (S) A s - D */
  readonly gradient: Float64Array;
}

/** s, zero but on the free pixels, where A s = D. */
export interface FreeSolution extends Point {
  /** ln det A where all pixels are free, of a draft too; of other sets it is not asked. */
  readonly logDeterminant: number;
  /** Whether these are numbers to choose the next free pixels by and no more. */
  readonly draft?: boolean;
}

/**
 * Solves for free pixels, given in ascending order; null where their block is not positive definite. The same pixels
 * give the same bytes. Where a draft will do, as on the way to the last set, the solution may be one.
 */
export type SolveFree = (free: Int32Array, draft: boolean) => FreeSolution | null;

/** Block exchanges in a row that need not leave fewer pixels misplaced than any before. */
const PATIENCE = 6;

/** Fewer misplaced pixels than this part of all are left to exchanges, which sweeps would not end. */
const SWEPT = 50;

/** By how much fewer pixels are freed at once where so many did not lower the objective, and more where they did. */
const SHRINK = 4;

/** s >= 0 on the way to the least. */
interface Iterate extends Point {
  /** 1/2 s'As - D's */
  readonly objective: number;
  /** Whether A s = D where s > 0. */
  readonly solved: boolean;
}

/**
 * Block exchanges first, and where they come round in circles an active-set search from where they led; sources take some
 * 2 to 8 factorizations. The first set is all pixels, even where there is a guess: ln det A is part of the evidence.
 */
export function positiveOnlyWith(prepare: (args: ReconstructionArgs) => SolveFree) {
  return (args: PositiveOnlyArgs): PositiveReconstruction => {
    const size = args.dataVector.length;
    const solveFree = prepare(args);
    let factorizations = 0;
    let positiveDefinite = true;
    // A search that is this long has lost its way in roundings.
    const most = 100 + 3 * size;
    const solve: SolveFree = (free, draft) => {
      if (factorizations === most) return null;
      const solution = solveFree(free, draft);
      if (factorizations === 0 || solution?.draft !== true) factorizations++;
      positiveDefinite = solution !== null;
      return solution;
    };
    const all = new Uint8Array(size).fill(1);
    const whole = solve(indexesOf(all), true);
    const exchanged = whole && exchangeBlocks(args, solve, all, whole);
    const found = exchanged && descend(args, solve, exchanged);
    const converged = found !== null && kktOf(args, found) <= kktTolerance(size);
    return {
      positiveDefinite,
      converged,
      values: converged ? found.values : new Float64Array(size).fill(Number.NaN),
      logDeterminant: whole?.logDeterminant ?? Number.NaN,
      free: converged ? positive(found.values) : new Uint8Array(size),
      factorizations,
    };
  };
}

/**
 * Block principal pivoting (Portugal, Judice & Vicente 1994, Mathematics of Computation 63, 625): all misplaced pixels
 * change sides, until none is misplaced or there are no fewer of them for a while. Null where a solve is.
 */
function exchangeBlocks(
  args: PositiveOnlyArgs,
  solve: SolveFree,
  all: Uint8Array,
  whole: FreeSolution,
): Iterate | null {
  let free = all;
  let solution: FreeSolution | null = whole;
  let [fewest, patience] = [Number.POSITIVE_INFINITY, PATIENCE];
  // How many were misplaced before the last sweeps: they go on while each halves the number.
  let lastSwept = Number.POSITIVE_INFINITY;
  for (let guess = args.firstGuess; solution !== null; guess = undefined) {
    const { values } = solution;
    const pulls = pullsOf(args, free, solution);
    const misplaced = free.map((is, i) => ((is === 1 ? !(values[i] > 0) : pulls[i] > 0) ? 1 : 0));
    const count = misplaced.reduce((sum, is) => sum + is, 0);
    patience = count < fewest ? PATIENCE : patience - 1;
    if (count === 0 || patience === 0)
      return solution.draft ? settled(args, solve, free, solution) : landed(args, free, solution);
    const sweep: boolean =
      solution !== whole && !solution.draft && 2 * count < lastSwept && SWEPT * count > values.length;
    if (sweep) lastSwept = count;
    if (guess === undefined) fewest = Math.min(fewest, count);
    free = guess ?? (sweep ? sweptFree(args, values) : free.map((is, i) => is ^ misplaced[i]));
    solution = solve(indexesOf(free), true);
  }
  return null;
}

/** Where drafts have led: the solution itself, or the draft where that is negative, which is close by. */
function settled(args: ReconstructionArgs, solve: SolveFree, free: Uint8Array, draft: Point): Iterate | null {
  const solution = solve(indexesOf(free), false);
  if (solution === null) return null;
  const exact = landed(args, free, solution);
  return exact.solved ? exact : iterateAt(args, raised(draft.values));
}

/**
 * The active-set search of Lawson & Hanson (1974, Solving Least Squares Problems, chapter 23; in terms of A and D: Bro & De
 * Jong 1997, Journal of Chemometrics 11, 393), from any s >= 0. The objective falls with every step, so no set comes
 * back: solved for a set, the pixels that are pulled up the most become free, as many at once as lower the objective; one
 * always does; pixels that turn negative are held, all at
 * once where that lowers the objective, or else the first to reach zero. Null where a solve is.
 */
function descend(args: ReconstructionArgs, solve: SolveFree, start: Iterate): Iterate | null {
  let iterate = start;
  let atOnce = start.values.length;
  for (;;) {
    const held = iterate.solved ? strongestPulls(args, iterate) : [];
    if (iterate.solved && held.length === 0) return iterate;
    for (atOnce = Math.min(atOnce, held.length); ; atOnce = Math.max(1, Math.floor(atOnce / SHRINK))) {
      const free = positive(iterate.values);
      for (const pixel of held.slice(0, atOnce)) free[pixel] = 1;
      const solution = solve(indexesOf(free), false);
      if (solution === null) return null;
      const next = stepped(args, iterate, free, solution);
      if (next === null && atOnce <= 1) return iterate;
      if (next === null) continue;
      iterate = next;
      break;
    }
    atOnce = SHRINK * Math.max(1, atOnce);
  }
}

/** Of the pixels that are held, those that are pulled up, the strongest first. */
function strongestPulls(args: ReconstructionArgs, iterate: Iterate): number[] {
  const pulls = pullsOf(args, positive(iterate.values), iterate);
  return [...pulls.keys()].filter((i) => pulls[i] > 0).sort((i, j) => pulls[j] - pulls[i]);
}

/** The reference: Cholesky's factorization of each free block. */
export const positiveOnly = positiveOnlyWith(({ curvatureRegMatrix, dataVector }) => {
  const { rows: size, values } = curvatureRegMatrix;
  return (free) => {
    const rows = free.length;
    const block = new Float64Array(rows * rows);
    free.forEach((i, a) => {
      free.forEach((j, b) => {
        block[a * rows + b] = values[i * size + j];
      });
    });
    const solved = reconstruction({
      curvatureRegMatrix: { rows, columns: rows, values: block },
      dataVector: Float64Array.from(free, (i) => dataVector[i]),
    });
    if (!solved.positiveDefinite) return null;
    const spreadOut = spread(size, free, solved.values);
    const gradient = gradientOf({ curvatureRegMatrix, dataVector }, spreadOut);
    return { values: spreadOut, gradient, logDeterminant: solved.logDeterminant };
  };
});

/** (S) the values of the free pixels where they belong, zeros elsewhere. */
export function spread(size: number, free: Int32Array, ofFree: Float64Array): Float64Array {
  const values = new Float64Array(size);
  free.forEach((i, a) => {
    values[i] = ofFree[a];
  });
  return values;
}

/**
 * How far s is from its conditions: the largest of |g_i| where s_i > 0 and of -g_i where s_i = 0, in parts of
 * |D_i| + sqrt(A_ii) sum_j sqrt(A_jj) |s_j|, and of -s_i, in parts of the largest |s|. It needs nothing of how s was
 * found. NaN where a number is.
 * @param gradient (S) g, where it is at hand.
 */
export function kktResidual(
  args: ReconstructionArgs,
  values: Float64Array,
  gradient: Float64Array = gradientOf(args, values),
): number {
  return kktOf(args, { values, gradient });
}

/**
 * The largest `kktResidual` of a result: what roundings leave at the worst. Cholesky's factorization solves a system in
 * which A_ij is off by at most (3 S + 1) u sqrt(A_ii A_jj), u = 2^-53 (Higham 2002, Accuracy and Stability of Numerical
 * Algorithms, section 10.1), and taking g adds S + 1 roundings. Most results are within 2 u.
 */
export function kktTolerance(size: number): number {
  return 4 * (size + 1) * 2 ** -53;
}

function kktOf(args: ReconstructionArgs, { values, gradient }: Point): number {
  const scales = gradientScales(args, values);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let residual = 0;
  values.forEach((value, i) => {
    const slope = value > 0 ? Math.abs(gradient[i]) : Math.max(0, -gradient[i]);
    residual = Math.max(residual, slope === 0 ? 0 : slope / scales[i], value < 0 ? -value / largest : 0);
  });
  return residual;
}

/** The largest |g_i| of the free pixels, in the same parts. */
export function freeResidual(args: ReconstructionArgs, isFree: Uint8Array, { values, gradient }: Point): number {
  const scales = gradientScales(args, values);
  // Infinite where a number is NaN.
  return gradient.reduce((most, slope, i) => {
    const part = isFree[i] === 0 || slope === 0 ? 0 : Math.abs(slope) / scales[i];
    return part <= most ? most : part;
  }, 0);
}

/** (S) what the gradient of each pixel is large or small against. */
function gradientScales({ curvatureRegMatrix, dataVector }: ReconstructionArgs, values: Float64Array): Float64Array {
  const roots = dataVector.map((_, i) => Math.sqrt(curvatureRegMatrix.values[i * (dataVector.length + 1)]));
  const sum = values.reduce((total, value, j) => total + roots[j] * Math.abs(value), 0);
  return dataVector.map((value, i) => Math.abs(value) + roots[i] * sum);
}

/** (S) of pixels that are held, how strongly the gradient pulls them up; 0 where that may be rounding. */
function pullsOf(args: ReconstructionArgs, free: Uint8Array, { values, gradient }: Point): Float64Array {
  const scales = gradientScales(args, values);
  const tolerance = kktTolerance(values.length);
  return scales.map((scale, i) => (free[i] === 0 && -gradient[i] > tolerance * scale ? -gradient[i] / scale : 0));
}

/** Towards the solution for the free pixels, as far as the objective falls; null where it does not. */
function stepped(args: ReconstructionArgs, from: Iterate, free: Uint8Array, solution: Point): Iterate | null {
  const to = landed(args, free, solution);
  if (to.solved || to.objective < from.objective) return to;
  // The part of the way at which each pixel reaches zero.
  const parts = solution.values.map((value, i) =>
    free[i] === 1 && !(value > 0) ? from.values[i] / (from.values[i] - value) : Number.POSITIVE_INFINITY,
  );
  const part = parts.reduce((first, other) => Math.min(first, other));
  if (!(part > 0)) return null;
  // Zero itself for the first, or a rounding would leave it free.
  const between = from.values.map((value, i) => (parts[i] <= part ? 0 : value + part * (solution.values[i] - value)));
  return iterateAt(args, between);
}

/** The solution for the free pixels itself, or with those below zero raised to it. */
function landed(args: ReconstructionArgs, free: Uint8Array, { values, gradient }: Point): Iterate {
  if (free.every((is, i) => is === 0 || values[i] > 0)) {
    return { values, gradient, objective: objectiveOf(args, { values, gradient }), solved: true };
  }
  return iterateAt(args, raised(values));
}

function raised(values: Float64Array): Float64Array {
  return values.map((value) => (value > 0 ? value : 0));
}

function iterateAt(args: ReconstructionArgs, values: Float64Array): Iterate {
  const gradient = gradientOf(args, values);
  return { values, gradient, objective: objectiveOf(args, { values, gradient }), solved: false };
}

/** 1/2 s'As - D's */
function objectiveOf({ dataVector }: ReconstructionArgs, { values, gradient }: Point): number {
  return 0.5 * (dot(values, gradient) - dot(values, dataVector));
}

function gradientOf({ curvatureRegMatrix, dataVector }: ReconstructionArgs, values: Float64Array): Float64Array {
  return matrixTimesVector(curvatureRegMatrix, values).map((value, i) => value - dataVector[i]);
}

function positive(values: Float64Array): Uint8Array {
  return Uint8Array.from(values, (value) => (value > 0 ? 1 : 0));
}

function indexesOf(flags: Uint8Array): Int32Array {
  const indexes = new Int32Array(flags.length);
  let count = 0;
  for (let i = 0; i < flags.length; i++) if (flags[i] === 1) indexes[count++] = i;
  return indexes.subarray(0, count);
}
