import { type PointProgram, slotsOf } from "./point-program.ts";
import { type Schedules, scheduleAll } from "./schedule.ts";
import type { Vector, VectorLoop } from "./vectors.ts";

/** What is decided about a kernel before its code is written: the order of its vectors, and where everything is. */
export interface KernelPlan {
  readonly program: PointProgram;
  /** The program's outputs as vectors. */
  readonly roots: readonly Vector[];
  readonly schedules: Schedules;
  /** How many vectors go in lock step. */
  readonly copies: number;
  readonly frame: FrameLayout;
  readonly scratch: ScratchLayout;
  readonly locals: Locals;
}

/** What a run is given, in bytes from the frame: addresses of input arrays, then of output arrays, as i32, and then: */
export interface FrameLayout {
  /** The frontier's values, f64. */
  readonly frontier: number;
  /** Each in both lanes. */
  readonly constants: ReadonlyMap<Vector, number>;
  /** Of entries, f64. */
  readonly tables: ReadonlyMap<Vector, number>;
  readonly bytes: number;
}

/** What a part has for itself: for each output a place of `copies` vectors, in which groups and runs are summed, and then: */
export interface ScratchLayout {
  /** For each output the sum over the groups done, f64. */
  readonly sums: number;
  readonly bytes: number;
}

/** Local variables of the function `part` by number; its parameters come first. */
export interface Locals {
  /** The last lane with a group of its own. */
  readonly lastLane: number;
  /** Points that are left of each group. */
  readonly remaining: number;
  /** Of the first lane, the others following: 8 bytes times its point, counted through all groups. */
  readonly lanes: number;
  /** Of each loop: 8 bytes times the steps done. */
  readonly offsets: ReadonlyMap<VectorLoop, number>;
  /** Steps that are left. */
  readonly counters: ReadonlyMap<VectorLoop, number>;
  /** The first copy's; those of the others follow it, unless the vector is shared. */
  readonly vectors: ReadonlyMap<Vector, number>;
  /** How many there are of each type, parameters apart. */
  readonly i32s: number;
  readonly v128s: number;
}

/** Parameters of the function `part`. */
export const PART = 0;
export const FRAME = 1;
export const SCRATCH = 2;
export const GROUP = 3;
export const END = 4;
export const GROUP_SIZE = 5;
export const PART_GROUPS = 6;
export const PARAMETERS = 7;

/** Engines allow 50,000 locals; each copy has one for every vector. */
const MOST_LOCALS = 40_000;

/** @throws RangeError for a program of tens of thousands of instructions. */
export function planKernel(program: PointProgram, roots: readonly Vector[]): KernelPlan {
  const schedules = scheduleAll(roots);
  const count = [...schedules.values()].reduce((sum, { length }) => sum + length, 0);
  const copies = [4, 2, 1].find((some) => some * count <= MOST_LOCALS);
  if (copies === undefined) throw new RangeError(`a kernel of ${count} instructions: ${MOST_LOCALS} at most`);
  return {
    program,
    roots,
    schedules,
    copies,
    frame: frameLayout(program, roots, schedules),
    scratch: scratchLayout(program, copies),
    locals: planLocals(schedules, copies),
  };
}

function frameLayout({ frontier, inputs, outputs }: PointProgram, roots: readonly Vector[], schedules: Schedules) {
  const frontierAt = roundUp(4 * (inputs.length + outputs.length), 8);
  const constants = new Map<Vector, number>();
  let bytes = roundUp(frontierAt + 8 * slotsOf(frontier).length, 16);
  const place = (vector: Vector) => {
    if (vector.kind !== "constant" || constants.has(vector)) return;
    constants.set(vector, bytes);
    bytes += 16;
  };
  roots.forEach(place);
  for (const [loop, order] of schedules) {
    loop?.results.forEach(place);
    for (const { operands } of order) operands.forEach(place);
  }
  const tables = new Map<Vector, number>();
  for (const vector of [...schedules.values()].flat())
    if (vector.kind === "entry") {
      tables.set(vector, bytes);
      bytes += 8 * vector.values.length;
    }
  return { frontier: frontierAt, constants, tables, bytes };
}

function scratchLayout({ outputs }: PointProgram, copies: number): ScratchLayout {
  const sums = 16 * copies * outputs.length;
  // Parts on different threads share no line of a cache.
  return { sums, bytes: roundUp(sums + 8 * outputs.length, 64) };
}

function planLocals(schedules: Schedules, copies: number): Locals {
  let next = PARAMETERS;
  const take = (count: number) => {
    next += count;
    return next - count;
  };
  const lastLane = take(1);
  const remaining = take(1);
  const lanes = take(2 * copies);
  const counters = new Map<VectorLoop, number>();
  const offsets = new Map<VectorLoop, number>();
  for (const loop of schedules.keys()) {
    if (loop === undefined) continue;
    counters.set(loop, take(1));
    offsets.set(loop, take(1));
  }
  const i32s = next - PARAMETERS;

  const vectors = new Map<Vector, number>();
  for (const loop of counters.keys())
    for (const state of loop.states) vectors.set(state, take(copiesOf(state, copies)));
  for (const order of schedules.values())
    for (const vector of order) {
      // A loop's results are in its states when it is done.
      if (vector.kind === "result") vectors.set(vector, vectors.get(stateOf(vector)) as number);
      else if (vector.kind !== "loop") vectors.set(vector, take(copiesOf(vector, copies)));
    }
  return { lastLane, remaining, lanes, counters, offsets, vectors, i32s, v128s: next - PARAMETERS - i32s };
}

/** What is the same for all points is there once. */
export function copiesOf({ shared }: Vector, copies: number): number {
  return shared ? 1 : copies;
}

function stateOf({ index, operands: [loop] }: Vector): Vector {
  return (loop.loop as VectorLoop).states[index];
}

function roundUp(bytes: number, unit: number): number {
  return unit * Math.ceil(bytes / unit);
}
