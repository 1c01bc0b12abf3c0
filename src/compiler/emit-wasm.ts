import { listing } from "./listing.ts";
import type { PointProgram } from "./point-program.ts";
import { type Schedule, type Schedules, scheduleAll } from "./schedule.ts";
import { VECTOR_INSTRUCTIONS } from "./vector-instructions.ts";
import { initialOf, isLeaf, type Vector, type VectorLoop } from "./vectors.ts";
import { I32, V128, WasmCode, type WasmFunction } from "./wasm-module.ts";

/*
 * One function for a whole program:
 *
 *   part(part, frame, scratch, from, to, groupSize, partGroups)
 *
 * computes the groups [from, to), or of these the part of `partGroups` with the given number; parts share nothing but what
 * they read.
 *
 * Groups go side by side, one in each lane of `copies` vectors, and step through their points together. The schedule is
 * that of one vector; each of its instructions is then emitted for all copies in turn, and copies do not depend on each
 * other, which hides latencies. Lanes beyond the last group repeat it, reading and writing the same places, so that no
 * number of groups is special.
 *
 * Constants are read from memory: engines make a constant of 128 bits anew wherever it is used.
 */

/** Where things are, in bytes from the frame: what a run is given, and constants. */
export interface FrameLayout {
  /** Addresses of input arrays, then of output arrays, as i32. */
  readonly addresses: number;
  /** The frontier's values. */
  readonly frontier: number;
  /** Each in both lanes. */
  readonly constants: readonly { readonly offset: number; readonly bits: bigint }[];
  readonly bytes: number;
}

export interface EmittedKernel {
  readonly part: WasmFunction;
  readonly layout: FrameLayout;
  /** Bytes of scratch for each part. */
  readonly scratchBytes: number;
  /** Where in its scratch a part leaves the sum of each output that is one, as f64. */
  readonly sums: number;
  /** The schedule, as text. */
  readonly listing: string;
}

/** Engines allow 50,000 locals; each copy has one for every vector. */
const MOST_LOCALS = 40_000;

const PART = 0;
const FRAME = 1;
const SCRATCH = 2;
const GROUP = 3;
const END = 4;
const GROUP_SIZE = 5;
const PART_GROUPS = 6;
const PARAMETERS = 7;

/** @param roots The program's outputs as vectors. */
export function emitKernel(program: PointProgram, roots: readonly Vector[]): EmittedKernel {
  const emitter = new KernelEmitter(program, roots);
  return emitter.emit();
}

class KernelEmitter {
  readonly #program: PointProgram;
  readonly #roots: readonly Vector[];
  readonly #schedules: Schedules;
  readonly #code = new WasmCode();
  readonly #constants = new Map<Vector, number>();
  /** The local of the first copy; those of the others follow it. */
  readonly #locals = new Map<Vector, number>();
  readonly #counters = new Map<VectorLoop, number>();
  readonly #copies: number;
  readonly #frontierAt: number;
  readonly #inverseGroupSize: number;
  readonly #lastLane: number;
  readonly #remaining: number;
  /** Of each lane: 8 bytes times the point, counted through all groups. */
  readonly #lanes: number;
  readonly #scratchBytes: number;
  readonly #sumsAt: number;
  #frameBytes: number;
  #i32s = 0;
  #vectors = 0;

  constructor(program: PointProgram, roots: readonly Vector[]) {
    this.#program = program;
    this.#roots = roots;
    this.#schedules = scheduleAll(roots);
    const count = [...this.#schedules.values()].reduce((sum, { length }) => sum + length, 0);
    if (count > MOST_LOCALS) throw new RangeError(`a kernel of ${count} instructions: ${MOST_LOCALS} at most`);
    this.#copies = [4, 2, 1].find((copies) => copies * count <= MOST_LOCALS) as number;
    const addresses = program.inputs.length + program.outputs.length;
    this.#frontierAt = 8 * Math.ceil(addresses / 2);
    this.#frameBytes = 16 * Math.ceil((this.#frontierAt + 8 * program.frontier.length) / 16);
    this.#sumsAt = 16 * this.#copies * program.outputs.length;
    // Parts on different threads share no line of a cache.
    this.#scratchBytes = 64 * Math.ceil((this.#sumsAt + 8 * program.outputs.length) / 64);
    this.#lastLane = this.#newI32();
    this.#remaining = this.#newI32();
    this.#lanes = this.#newI32(2 * this.#copies);
    for (const loop of this.#schedules.keys()) if (loop !== undefined) this.#counters.set(loop, this.#newI32());
    this.#inverseGroupSize = this.#newVector();
    for (const [loop, order] of this.#schedules) this.#placeAll(loop, order);
  }

  #newI32(count = 1): number {
    this.#i32s += count;
    return PARAMETERS + this.#i32s - count;
  }

  /** Numbers of vectors begin after all i32 locals. */
  #newVector(count = 1): number {
    this.#vectors += count;
    return PARAMETERS + this.#i32s + this.#vectors - count;
  }

  /** A local for every vector and copy; results of loops are where the states of the loop are. */
  #placeAll(loop: VectorLoop | undefined, order: Schedule): void {
    for (const state of loop?.states ?? []) this.#locals.set(state, this.#newVector(this.#copies));
    for (const vector of order) {
      if (vector.kind === "loop" || vector.kind === "result") continue;
      this.#locals.set(vector, this.#newVector(this.#copies));
    }
  }

  emit(): EmittedKernel {
    const code = this.#code;
    const copies = this.#copies;
    this.#takePart();
    this.#forSums((offset) => {
      code.get(SCRATCH).f64(0).access("f64.store", offset);
    });
    code.f64(1).get(GROUP_SIZE).plain("f64.fromI32").plain("f64.div").simd(0x14).set(this.#inverseGroupSize);
    code.loopWhile(
      () => code.get(GROUP).get(END).plain("i32.less"),
      () => {
        this.#beginBlock();
        code.loopWhile(
          () => code.get(this.#remaining),
          () => {
            this.#emitPoint();
            for (let lane = 0; lane < 2 * copies; lane++)
              code
                .get(this.#lanes + lane)
                .i32(8)
                .plain("i32.add")
                .set(this.#lanes + lane);
            code.get(this.#remaining).i32(1).plain("i32.sub").set(this.#remaining);
          },
        );
        this.#endBlock();
        code
          .get(GROUP)
          .i32(2 * copies)
          .plain("i32.add")
          .set(GROUP);
      },
    );
    return {
      part: {
        name: "part",
        parameters: Array(PARAMETERS).fill(I32),
        results: [],
        locals: [
          [this.#i32s, I32],
          [this.#vectors, V128],
        ],
        code,
      },
      layout: {
        addresses: 0,
        frontier: this.#frontierAt,
        constants: [...this.#constants].map(([{ bits }, offset]) => ({ offset, bits })),
        bytes: this.#frameBytes,
      },
      scratchBytes: this.#scratchBytes,
      sums: this.#sumsAt,
      listing: listing(this.#schedules),
    };
  }

  /** What is summed over the points of a group or a run has a place for each copy in scratch. */
  #accumulator(output: number): number {
    return 16 * this.#copies * output;
  }

  #forSums(emit: (offset: number, output: number) => void): void {
    this.#program.outputs.forEach(({ reduction }, output) => {
      if (reduction === "sum") emit(this.#sumsAt + 8 * output, output);
    });
  }

  /** Moves the range and scratch on to those of the part. */
  #takePart(): void {
    const code = this.#code;
    code.get(SCRATCH).get(PART).i32(this.#scratchBytes).plain("i32.mul").plain("i32.add").set(SCRATCH);
    code.get(GROUP).get(PART).get(PART_GROUPS).plain("i32.mul").plain("i32.add").tee(GROUP);
    code.get(PART_GROUPS).plain("i32.add").tee(PART_GROUPS).get(END);
    code.get(PART_GROUPS).get(END).plain("i32.less").plain("select").set(END);
  }

  #outputAddress(output: number): number {
    return 4 * (this.#program.inputs.length + output);
  }

  #beginBlock(): void {
    const code = this.#code;
    // The smaller of what is left and of the lanes, less one.
    const most = 2 * this.#copies - 1;
    code.get(END).get(GROUP).plain("i32.sub").i32(1).plain("i32.sub").tee(this.#lastLane).i32(most);
    code.get(this.#lastLane).i32(most).plain("i32.less").plain("select").set(this.#lastLane);
    for (let lane = 0; lane <= most; lane++) {
      this.#groupOfLane(lane);
      code
        .get(GROUP_SIZE)
        .plain("i32.mul")
        .i32(3)
        .plain("i32.shiftLeft")
        .set(this.#lanes + lane);
    }
    this.#program.outputs.forEach(({ reduction }, output) => {
      if (reduction === "each") return;
      for (let copy = 0; copy < this.#copies; copy++)
        code
          .get(SCRATCH)
          .v128Zero()
          .access("v128.store", this.#accumulator(output) + 16 * copy);
    });
    code.get(GROUP_SIZE).set(this.#remaining);
  }

  #groupOfLane(lane: number): void {
    const code = this.#code;
    code.get(GROUP).get(this.#lastLane).i32(lane).get(this.#lastLane).i32(lane);
    code.plain("i32.less").plain("select").plain("i32.add");
  }

  #endBlock(): void {
    const code = this.#code;
    this.#program.outputs.forEach(({ reduction }, output) => {
      if (reduction !== "groupMean") return;
      for (let lane = 0; lane < 2 * this.#copies; lane++) {
        code.get(FRAME).access("i32.load", this.#outputAddress(output));
        this.#groupOfLane(lane);
        code.i32(3).plain("i32.shiftLeft").plain("i32.add");
        code
          .get(SCRATCH)
          .access("f64.load", this.#accumulator(output) + 8 * lane)
          .access("f64.store", 0);
      }
    });
    this.#forSums((offset, output) => {
      code.get(SCRATCH).get(SCRATCH).access("f64.load", offset);
      for (let lane = 0; lane < 2 * this.#copies; lane++) {
        code
          .f64(0)
          .get(SCRATCH)
          .access("f64.load", this.#accumulator(output) + 8 * lane);
        code.get(this.#lastLane).i32(lane).plain("i32.less").plain("select").plain("f64.add");
      }
      code.access("f64.store", offset);
    });
  }

  #emitPoint(): void {
    const users = new Map<Vector, number[]>();
    this.#roots.forEach((root, output) => {
      users.set(root, [...(users.get(root) ?? []), output]);
    });
    for (const [root, outputs] of users) if (isLeaf(root)) for (const output of outputs) this.#emitOutput(output);
    this.#emitSchedule(undefined, (vector) => {
      for (const output of users.get(vector) ?? []) this.#emitOutput(output);
    });
  }

  #emitOutput(output: number): void {
    const code = this.#code;
    const { reduction } = this.#program.outputs[output];
    for (let copy = 0; copy < this.#copies; copy++) {
      if (reduction === "each") {
        for (const lane of [0, 1] as const) {
          code.get(FRAME).access("i32.load", this.#outputAddress(output));
          code.get(this.#lanes + 2 * copy + lane).plain("i32.add");
          this.#push(this.#roots[output], copy);
          code.lane("store", lane, 0);
        }
        continue;
      }
      const place = this.#accumulator(output) + 16 * copy;
      code.get(SCRATCH);
      this.#push(this.#roots[output], copy);
      if (reduction === "groupMean") code.get(this.#inverseGroupSize).simd(VECTOR_INSTRUCTIONS.mul.opcode);
      code.get(SCRATCH).access("v128.load", place).simd(VECTOR_INSTRUCTIONS.add.opcode).access("v128.store", place);
    }
  }

  #emitSchedule(home: VectorLoop | undefined, after?: (vector: Vector) => void): void {
    for (const vector of this.#schedules.get(home) as Schedule) {
      if (vector.loop !== undefined) this.#emitLoop(vector.loop, vector);
      else if (vector.kind === "result") this.#locals.set(vector, this.#resultLocal(vector));
      else for (let copy = 0; copy < this.#copies; copy++) this.#emitVector(vector, copy);
      after?.(vector);
    }
  }

  #resultLocal({ operands, index }: Vector): number {
    return this.#locals.get((operands[0].loop as VectorLoop).states[index]) as number;
  }

  #emitVector(vector: Vector, copy: number): void {
    const code = this.#code;
    if (vector.kind === "input") {
      for (const lane of [0, 1] as const) {
        code
          .get(FRAME)
          .access("i32.load", 4 * vector.index)
          .get(this.#lanes + 2 * copy + lane)
          .plain("i32.add");
        if (lane === 0) code.access("v128.loadFirst", 0).set(this.#local(vector, copy));
        else code.get(this.#local(vector, copy)).lane("load", 1, 0);
      }
    } else {
      for (const operand of vector.operands) this.#push(operand, copy);
      if (vector.kind === "shiftLeft" || vector.kind === "shiftRight") code.i32(vector.index);
      code.simd(VECTOR_INSTRUCTIONS[vector.kind as keyof typeof VECTOR_INSTRUCTIONS].opcode);
    }
    code.set(this.#local(vector, copy));
  }

  #emitLoop({ count, results, states }: VectorLoop, loop: Vector): void {
    const code = this.#code;
    const counter = this.#counters.get(loop.loop as VectorLoop) as number;
    this.#push(count, 0);
    code.firstLane().ceilToI32().set(counter);
    for (let copy = 0; copy < this.#copies; copy++) this.#replaceStates(states, initialOf(loop), copy);
    // The count may be negative.
    code.loopWhile(
      () => code.i32(0).get(counter).plain("i32.less"),
      () => {
        this.#emitSchedule(loop.loop);
        for (let copy = 0; copy < this.#copies; copy++) this.#replaceStates(states, results, copy);
        code.get(counter).i32(1).plain("i32.sub").set(counter);
      },
    );
  }

  /** All are read before any is written. */
  #replaceStates(states: readonly Vector[], values: readonly Vector[], copy: number): void {
    for (const value of values) this.#push(value, copy);
    for (const state of states.toReversed()) this.#code.set(this.#local(state, copy));
  }

  #local(vector: Vector, copy: number): number {
    return (this.#locals.get(vector) as number) + copy;
  }

  #push(vector: Vector, copy: number): void {
    if (vector.kind === "constant") this.#code.get(FRAME).access("v128.load", this.#constantAt(vector));
    else if (vector.kind === "uniform")
      this.#code.get(FRAME).access("v128.loadSplat", this.#frontierAt + 8 * vector.index);
    else this.#code.get(this.#local(vector, copy));
  }

  #constantAt(constant: Vector): number {
    let offset = this.#constants.get(constant);
    if (offset === undefined) {
      offset = this.#frameBytes;
      this.#frameBytes += 16;
      this.#constants.set(constant, offset);
    }
    return offset;
  }
}
