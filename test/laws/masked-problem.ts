import fc from "fast-check";
import { nativeIndexForSlimIndex } from "../../src/dataset/mask.ts";
import { type RandomState, randomState, uniform } from "../../src/inference/rng.ts";
import type { SparseMatrix } from "../../src/operators/matrix.ts";
import type { WCompact, WCompactTimesArgs } from "../../src/operators/w-compact.ts";

// Masks with holes, mappings with gaps and any lattices that have W's symmetry: what kernels of T' W T must take.

type MaskShape = "full" | "disc" | "ring" | "scattered" | "two islands" | "one pixel";

export interface Problem {
  readonly shape: readonly [rows: number, columns: number];
  readonly mask: MaskShape;
  readonly sourcePixels: number;
  /** Share of the source pixels that image pixels map to. */
  readonly mapped: number;
  readonly mappings: number;
  readonly unequalNoise: boolean;
  readonly shuffled: boolean;
  readonly seed: number;
}

/** Any, of so many source pixels at the most. */
export function problemsOf(mostSourcePixels: number): fc.Arbitrary<Problem> {
  return fc.record<Problem>({
    shape: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 60 })),
    mask: fc.constantFrom("full", "disc", "ring", "scattered", "two islands", "one pixel"),
    sourcePixels: fc.integer({ min: 1, max: mostSourcePixels }),
    mapped: fc.constantFrom(1, 0.4),
    mappings: fc.integer({ min: 0, max: 4 }),
    unequalNoise: fc.boolean(),
    shuffled: fc.boolean(),
    seed: fc.nat(),
  });
}

function isMasked(mask: MaskShape, y: number, x: number, random: RandomState): boolean {
  const radius = Math.hypot(y, x);
  switch (mask) {
    case "full":
      return false;
    case "disc":
      return radius > 1;
    case "ring":
      return radius > 1 || radius < 0.7;
    case "scattered":
      return uniform(random) > 0.15;
    case "two islands":
      return Math.hypot(y - 0.6, x - 0.7) > 0.3 && Math.hypot(y + 0.5, x + 0.7) > 0.3;
    case "one pixel":
      return true;
  }
}

/** Unmasked pixels; at least one. */
function nativeIndexOf({ shape, mask, seed, shuffled }: Problem): Int32Array {
  const random = randomState(seed);
  const [rows, columns] = shape;
  const masked = Uint8Array.from({ length: rows * columns }, (_, pixel) => {
    const y = (2 * Math.floor(pixel / columns) + 1) / rows - 1;
    const x = (2 * (pixel % columns) + 1) / columns - 1;
    return isMasked(mask, y, x, random) ? 1 : 0;
  });
  if (masked.every((value) => value === 1)) masked[Math.floor(uniform(random) * masked.length)] = 0;
  const sorted = nativeIndexForSlimIndex({ shape, masked });
  if (!shuffled) return sorted;
  const order = Array.from({ length: sorted.length / 2 }, (_, i) => [uniform(random), i]).sort(([a], [b]) => a - b);
  return Int32Array.from(order.flatMap(([, i]) => [sorted[2 * i], sorted[2 * i + 1]]));
}

/** Any lattices with W's symmetry. */
function latticeOf({ shape, unequalNoise }: Problem, draw: () => number): WCompact {
  const [rows, columns] = shape;
  const width = 2 * columns - 1;
  const minus = Float64Array.from({ length: rows * width }, draw);
  for (let e = 1; e < columns; e++) minus[columns - 1 - e] = minus[columns - 1 + e];
  const plus = unequalNoise ? Float64Array.from({ length: (2 * rows - 1) * width }, draw) : null;
  return { shape, minus, plus };
}

function mappingOf(problem: Problem, rows: number, random: RandomState, draw: () => number): SparseMatrix {
  const { sourcePixels, mappings } = problem;
  const mapped = Math.max(1, Math.floor(problem.mapped * sourcePixels));
  const rowStart = new Int32Array(rows + 1);
  const columnIndex: number[] = [];
  for (let i = 0; i < rows; i++) {
    const wanted = Array.from({ length: Math.floor(uniform(random) * (mappings + 1)) }, () => {
      // Spread over the source, so that the pixels nobody maps to stand between others.
      return Math.floor((Math.floor(uniform(random) * mapped) * sourcePixels) / mapped);
    });
    columnIndex.push(...[...new Set(wanted)].sort((a, b) => a - b));
    rowStart[i + 1] = columnIndex.length;
  }
  const values = Float64Array.from(columnIndex, draw);
  return { rows, columns: sourcePixels, rowStart, columnIndex: Int32Array.from(columnIndex), values };
}

export function argsOf(problem: Problem, drawFrom: (random: RandomState) => number): WCompactTimesArgs {
  const random = randomState(problem.seed + 1);
  const draw = () => drawFrom(random);
  const nativeIndex = nativeIndexOf(problem);
  return {
    wCompact: latticeOf(problem, draw),
    nativeIndex,
    sparseMappingMatrix: mappingOf(problem, nativeIndex.length / 2, random, draw),
  };
}

/** Small ones, so that every sum of products is exact. */
export const integers = (random: RandomState) => Math.floor(uniform(random) * 15) - 7;
