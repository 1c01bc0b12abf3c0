import { emitLevel, push } from "./emit-vectors.ts";
import {
  END,
  FRAME,
  GROUP,
  GROUP_SIZE,
  type KernelPlan,
  PARAMETERS,
  PART,
  PART_GROUPS,
  SCRATCH,
} from "./kernel-plan.ts";
import type { Reduction } from "./point-program.ts";
import { VECTOR_INSTRUCTIONS } from "./vector-instructions.ts";
import { isLeaf, type Vector } from "./vectors.ts";
import { I32, V128, WasmCode, type WasmFunction } from "./wasm-module.ts";

/**
 * One function for a whole program:
 *
 *   part(part, frame, scratch, from, to, groupSize, partGroups)
 *
 * computes, of the groups [from, to), the part of `partGroups` that has the given number; parts share nothing but what they
 * read. The sum of an output over its groups is left in the part's scratch.
 *
 * Groups go side by side, one in each lane of `copies` vectors, and step through their points together. Lanes beyond
 * the last group repeat it, reading and writing the same places, so that no number of groups is special.
 */
export function emitPart(plan: KernelPlan): WasmFunction {
  const { locals } = plan;
  const code = new WasmCode();
  takePart(code, plan);
  for (const sum of sumsOf(plan)) code.get(SCRATCH).f64(0).access("f64.store", sum.total);
  code.loopWhile(
    () => code.get(GROUP).get(END).plain("i32.less"),
    () => {
      beginBlock(code, plan);
      code.loopWhile(
        () => code.get(locals.remaining),
        () => {
          emitPoint(code, plan);
          for (let lane = 0; lane < 2 * plan.copies; lane++) add(code, locals.lanes + lane, 8);
          add(code, locals.remaining, -1);
        },
      );
      endBlock(code, plan);
      add(code, GROUP, 2 * plan.copies);
    },
  );
  return {
    name: "part",
    parameters: Array(PARAMETERS).fill(I32),
    results: [],
    locals: [
      [locals.i32s, I32],
      [locals.v128s, V128],
    ],
    code,
  };
}

function add(code: WasmCode, local: number, amount: number): void {
  code.get(local).i32(amount).plain("i32.add").set(local);
}

/** Moves the range and the scratch on to those of the part. */
function takePart(code: WasmCode, { scratch }: KernelPlan): void {
  code.get(SCRATCH).get(PART).i32(scratch.bytes).plain("i32.mul").plain("i32.add").set(SCRATCH);
  code.get(GROUP).get(PART).get(PART_GROUPS).plain("i32.mul").plain("i32.add").tee(GROUP);
  code.get(PART_GROUPS).plain("i32.add").tee(PART_GROUPS).get(END);
  code.get(PART_GROUPS).get(END).plain("i32.less").plain("select").set(END);
}

/** Outputs with this reduction, by number. */
function outputsWith({ program }: KernelPlan, wanted: Reduction): number[] {
  return program.outputs.flatMap(({ reduction }, output) => (reduction === wanted ? [output] : []));
}

/** Where in scratch an output is summed, lane by lane. */
function accumulator({ copies }: KernelPlan, output: number): number {
  return 16 * copies * output;
}

function sumsOf(plan: KernelPlan) {
  return outputsWith(plan, "sum").map((output) => ({
    lanes: accumulator(plan, output),
    total: plan.scratch.sums + 8 * output,
  }));
}

function pushOutputAddress(code: WasmCode, { program }: KernelPlan, output: number): void {
  code.get(FRAME).access("i32.load", 4 * (program.inputs.length + output));
}

function beginBlock(code: WasmCode, plan: KernelPlan): void {
  const { copies, locals } = plan;
  // The smaller of what is left and of the lanes, less one.
  const most = 2 * copies - 1;
  code.get(END).get(GROUP).plain("i32.sub").i32(1).plain("i32.sub").tee(locals.lastLane).i32(most);
  code.get(locals.lastLane).i32(most).plain("i32.less").plain("select").set(locals.lastLane);
  for (let lane = 0; lane <= most; lane++) {
    pushGroup(code, plan, lane);
    code.get(GROUP_SIZE).plain("i32.mul").i32(3).plain("i32.shiftLeft");
    code.set(locals.lanes + lane);
  }
  for (const output of [...outputsWith(plan, "groupMean"), ...outputsWith(plan, "sum")])
    for (let copy = 0; copy < copies; copy++)
      code
        .get(SCRATCH)
        .v128Zero()
        .access("v128.store", accumulator(plan, output) + 16 * copy);
  code.get(GROUP_SIZE).set(locals.remaining);
}

/** The group in a lane: the last one again in lanes beyond it. */
function pushGroup(code: WasmCode, { locals: { lastLane } }: KernelPlan, lane: number): void {
  code.get(GROUP).get(lastLane).i32(lane).get(lastLane).i32(lane).plain("i32.less").plain("select").plain("i32.add");
}

function endBlock(code: WasmCode, plan: KernelPlan): void {
  const lanes = Array.from({ length: 2 * plan.copies }, (_, lane) => lane);
  for (const output of outputsWith(plan, "groupMean"))
    for (const lane of lanes) {
      pushOutputAddress(code, plan, output);
      pushGroup(code, plan, lane);
      code.i32(3).plain("i32.shiftLeft").plain("i32.add");
      code.get(SCRATCH).access("f64.load", accumulator(plan, output) + 8 * lane);
      code.get(GROUP_SIZE).plain("f64.fromI32").plain("f64.div").access("f64.store", 0);
    }
  for (const sum of sumsOf(plan)) {
    code.get(SCRATCH).get(SCRATCH).access("f64.load", sum.total);
    for (const lane of lanes) {
      code
        .f64(0)
        .get(SCRATCH)
        .access("f64.load", sum.lanes + 8 * lane);
      code.get(plan.locals.lastLane).i32(lane).plain("i32.less").plain("select").plain("f64.add");
    }
    code.access("f64.store", sum.total);
  }
}

function emitPoint(code: WasmCode, plan: KernelPlan): void {
  const { roots } = plan;
  const outputs = new Map<Vector, number[]>();
  roots.forEach((root, output) => {
    outputs.set(root, [...(outputs.get(root) ?? []), output]);
  });
  for (const [root, some] of outputs) if (isLeaf(root)) for (const output of some) emitOutput(code, plan, output);
  // Each as soon as it is there, so that none waits in a register.
  emitLevel(code, plan, undefined, (vector) => {
    for (const output of outputs.get(vector) ?? []) emitOutput(code, plan, output);
  });
}

function emitOutput(code: WasmCode, plan: KernelPlan, output: number): void {
  const root = plan.roots[output];
  const { reduction } = plan.program.outputs[output];
  for (let copy = 0; copy < plan.copies; copy++) {
    if (reduction === "each") {
      for (const lane of [0, 1] as const) {
        pushOutputAddress(code, plan, output);
        code.get(plan.locals.lanes + 2 * copy + lane).plain("i32.add");
        push(code, plan, root, copy);
        code.lane("store", lane, 0);
      }
      continue;
    }
    const place = accumulator(plan, output) + 16 * copy;
    code.get(SCRATCH);
    push(code, plan, root, copy);
    code.get(SCRATCH).access("v128.load", place).simd(VECTOR_INSTRUCTIONS.add.opcode);
    code.access("v128.store", place);
  }
}
