import type { InputNode, Node } from "./graph.ts";

/**
 * What becomes of an output: one value a point; the mean over each group of consecutive points (the sub-pixels of a
 * pixel); or the sum over the points of a run.
 */
export type Reduction = "each" | "groupMean" | "sum";

export interface PointOutput {
  readonly node: Node;
  readonly reduction: Reduction;
}

/**
 * What a back end emits: outputs at every point from the point's inputs and from the frontier, which is the values of
 * rate `call` that nodes of rate `point` use, computed once a call in JavaScript. Walking operands down from the
 * outputs, stop at constants, at `frontier` and at `inputs`: there is nothing else below. (An output may itself be a
 * constant or of the frontier.) Bodies of loops also have nodes of rate `call` that are not of the frontier: those that
 * depend on the loop's index or state.
 */
export interface PointProgram {
  readonly frontier: readonly Node[];
  /** Of rate `point`. */
  readonly inputs: readonly InputNode[];
  readonly outputs: readonly PointOutput[];
}

/** Where each node of a frontier has its values, a table all of its own, and how many there are. */
export function slotsOf(frontier: readonly Node[]): { readonly slots: readonly number[]; readonly length: number } {
  let length = 0;
  const slots = frontier.map((node) => {
    const slot = length;
    length += node.op === "table" ? node.count : 1;
    return slot;
  });
  return { slots, length };
}

/** Where a kernel reads and writes; made by the kernel, so that nothing is copied. */
export interface PointArrays {
  readonly groupSize: number;
  /** In the program's order, tables in whole (`slotsOf`); written by the caller before a run. */
  readonly frontier: Float64Array;
  /** One array for each of the program's inputs, one value a point; written by the caller, often once. */
  readonly inputs: readonly Float64Array[];
  /** One array for each of the program's outputs: of one value a point, a group, or (`sum`) of a single value. */
  readonly outputs: readonly Float64Array[];
}

/** A point program made executable. */
export interface PointKernel {
  /** Arrays for this many points in groups of `groupSize` consecutive ones, which divides it. */
  allocate(points: number, groupSize: number): PointArrays;
  /** Points [from, to), whole groups. Sums are of these points alone and written, not added. */
  run(arrays: PointArrays, from: number, to: number): void;
  /** What was generated, to be read by a person. */
  readonly code: string;
}

/** Turns a program into something that runs: plain JavaScript, or WebAssembly. */
export type PointBackend = (program: PointProgram) => PointKernel;
