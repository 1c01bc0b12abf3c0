import { copiesOf, FRAME, type KernelPlan } from "./kernel-plan.ts";
import type { Schedule } from "./schedule.ts";
import { VECTOR_INSTRUCTIONS, type VectorInstruction } from "./vector-instructions.ts";
import { initialOf, type Vector, type VectorLoop } from "./vectors.ts";
import type { WasmCode } from "./wasm-module.ts";

/**
 * The vectors of a level (a loop's body, or what is outside of loops), each for all copies in turn: copies do not depend on
 * each other, so while one waits for an operand the others go on.
 * @param after Called when a vector is computed.
 */
export function emitLevel(
  code: WasmCode,
  plan: KernelPlan,
  level: VectorLoop | undefined,
  after?: (vector: Vector) => void,
): void {
  for (const vector of plan.schedules.get(level) as Schedule) {
    if (vector.loop !== undefined) emitLoop(code, plan, vector, vector.loop);
    else if (vector.kind !== "result")
      for (let copy = 0; copy < copiesOf(vector, plan.copies); copy++) emitVector(code, plan, vector, copy);
    after?.(vector);
  }
}

/**
 * Pushes the vector of a copy. Constants are read from memory: engines make one of 128 bits in the code anew wherever it is
 * used.
 */
export function push(code: WasmCode, plan: KernelPlan, vector: Vector, copy: number): void {
  const { frame } = plan;
  if (vector.kind === "constant") code.get(FRAME).access("v128.load", frame.constants.get(vector) as number);
  else if (vector.kind === "uniform") code.get(FRAME).access("v128.loadSplat", frame.frontier + 8 * vector.index);
  else code.get(localOf(plan, vector, copy));
}

function localOf({ locals }: KernelPlan, vector: Vector, copy: number): number {
  return (locals.vectors.get(vector) as number) + (vector.shared ? 0 : copy);
}

function emitVector(code: WasmCode, plan: KernelPlan, vector: Vector, copy: number): void {
  const { index, kind, operands } = vector;
  const local = localOf(plan, vector, copy);
  if (kind === "input") {
    const address = (lane: 0 | 1) => {
      code.get(FRAME).access("i32.load", 4 * index);
      code.get(plan.locals.lanes + 2 * copy + lane).plain("i32.add");
    };
    address(0);
    code.access("v128.loadFirst", 0).set(local);
    address(1);
    code.get(local).lane("load", 1, 0);
  } else if (kind === "entry") {
    const { frame, locals } = plan;
    code
      .get(FRAME)
      .get(locals.offsets.get(vector.home as VectorLoop) as number)
      .plain("i32.add");
    code.access("v128.loadSplat", frame.tables.get(vector) as number);
  } else {
    for (const operand of operands) push(code, plan, operand, copy);
    if (kind === "shiftLeft" || kind === "shiftRight") code.i32(index);
    code.simd(VECTOR_INSTRUCTIONS[kind as VectorInstruction].opcode);
  }
  code.set(local);
}

function emitLoop(code: WasmCode, plan: KernelPlan, vector: Vector, loop: VectorLoop): void {
  const counter = plan.locals.counters.get(loop) as number;
  const offset = plan.locals.offsets.get(loop) as number;
  push(code, plan, loop.count, 0);
  code.firstLane().ceilToI32().set(counter);
  code.i32(0).set(offset);
  replaceStates(code, plan, loop, initialOf(vector));
  code.loopWhile(
    // The count may be negative.
    () => code.i32(0).get(counter).plain("i32.less"),
    () => {
      emitLevel(code, plan, loop);
      replaceStates(code, plan, loop, loop.results);
      code.get(counter).i32(1).plain("i32.sub").set(counter);
      code.get(offset).i32(8).plain("i32.add").set(offset);
    },
  );
}

/** All values are read before any state is written. */
function replaceStates(code: WasmCode, plan: KernelPlan, { states }: VectorLoop, values: readonly Vector[]): void {
  for (let copy = 0; copy < plan.copies; copy++) {
    const replaced = states.filter(({ shared }) => copy === 0 || !shared);
    for (const { index } of replaced) push(code, plan, values[index], copy);
    for (const state of replaced.toReversed()) code.set(localOf(plan, state, copy));
  }
}
