import type { EntryNode, LoopNode, Node } from "./graph.ts";
import type { OperationName } from "./operations.ts";
import { bodyOf, inOrder, withBodies } from "./order.ts";
import { type PointProgram, type Reduction, slotsOf } from "./point-program.ts";
import { literal, wgslFunctions } from "./wgsl-math.ts";

/*
 * The WGSL back end: a compute shader in f32, without optional features, for any conforming implementation.
 *
 * An invocation takes a group of points one after the other. A sum is taken over the groups of a workgroup, and the sums
 * of workgroups are for the caller to add. Outputs stand one after the other in one buffer (`bufferOrder`), since only
 * eight buffers are certain to be had.
 *
 * f32 has 24 bits. Nothing is done for more of them: an error is that of positions and parameters rounded to 6e-8,
 * passed on by the formula, and of its own roundings. What f32 lacks in range is met: see `wgsl-math.ts`, and `FLOOR`.
 */

/** Invocations to a workgroup. */
export const WORKGROUP = 64;

/**
 * The least that a comparison tells from zero. Formulas hold squared radii and bases of powers at 1e-30 or so, and powers of
 * their inverses in derivatives are beyond f32; those of this are not. It is the square of 3e-8 arcsec, less than f32 tells
 * positions apart by, but more than the first nodes of a quadrature: a steep cusp loses digits (a convergence of r^-1.5 some 1e-4
 * of its deflection, one of r^-1 some 1e-8).
 */
const FLOOR = 2 ** -50;

/** Outputs by number in the order in which they stand in the buffer: sums at the end. */
export function bufferOrder(outputs: PointProgram["outputs"]): number[] {
  const rank = (slot: number) => Number(outputs[slot].reduction === "sum");
  return outputs.map((_, slot) => slot).toSorted((a, b) => rank(a) - rank(b));
}

/** The shader of a program; its entry point is `main`. */
export function emitWgsl({ frontier, inputs, outputs }: PointProgram): string {
  const given = new Set<Node>([...frontier, ...inputs]);
  const roots = outputs.map(({ node }) => node);
  const computed = inOrder(roots, (node) => given.has(node));
  const each = (wanted: Reduction, text: (name: string, slot: number) => string) =>
    outputs.flatMap(({ node, reduction }, slot) => (reduction === wanted ? [text(nameOf(node), slot)] : []));
  const order = bufferOrder(outputs);
  const { slots } = slotsOf(frontier);
  const offsets = order.map((slot, place) => {
    const before = order.slice(0, place).map((other) => EXTENT[outputs[other].reduction]);
    return `let output${slot} = ${before.join(" + ") || "0u"};`;
  });
  const sums = outputs.flatMap(({ reduction }, slot) => (reduction === "sum" ? [slot] : []));
  const main = [
    "let workgroup = id.x + id.y * count.x;",
    `let group = workgroup * ${WORKGROUP}u + lane;`,
    "let inside = group < extent.groups;",
    ...offsets,
    // Of a table, where it begins.
    ...frontier.map(
      (node, i) => `let ${nameOf(node)} = ${node.op === "table" ? `${slots[i]}u` : `frontier[${slots[i]}]`};`,
    ),
    ...(sums.length > 0 ? [`var sums: array<f32, ${sums.length}>;`] : []),
    ...each("groupMean", (_, slot) => `var mean${slot} = 0.0f;`),
    // Those beyond the last group go on to the barriers of the sums.
    "if (inside) {",
    "for (var point = group * extent.groupSize; point < (group + 1u) * extent.groupSize; point++) {",
    ...inputs.map((node, slot) => `let ${nameOf(node)} = inputs[${slot}u * extent.points + point];`),
    ...statements(computed),
    ...each("each", (name, slot) => `outputs[output${slot} + point] = ${name};`),
    ...each("groupMean", (name, slot) => `mean${slot} += ${name};`),
    ...each("sum", (name, slot) => `sums[${sums.indexOf(slot)}] += ${name};`),
    "}",
    ...each("groupMean", (_, slot) => `outputs[output${slot} + group] = mean${slot} / f32(extent.groupSize);`),
    "}",
    ...(sums.length > 0 ? [addUp(sums)] : []),
  ].join("\n");
  const parts = [HEADER, tables(computed), wgslFunctions(main), `${ENTRY} {\n${main}\n}`];
  return parts.filter((text) => text !== "").join("\n\n");
}

const EXTENT: Readonly<Record<Reduction, string>> = {
  each: "extent.points",
  groupMean: "extent.groups",
  sum: "extent.workgroups",
};

const HEADER = `struct Extent { points: u32, groups: u32, groupSize: u32, workgroups: u32 }
@group(0) @binding(0) var<uniform> extent: Extent;
@group(0) @binding(1) var<storage, read> frontier: array<f32>;
@group(0) @binding(2) var<storage, read> inputs: array<f32>;
@group(0) @binding(3) var<storage, read_write> outputs: array<f32>;
var<workgroup> terms: array<f32, ${WORKGROUP}>;`;

const ENTRY = `@compute @workgroup_size(${WORKGROUP})
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(num_workgroups) count: vec3u,
  @builtin(local_invocation_index) lane: u32,
)`;

/** The sums of the workgroup, one after the other, by halves: few roundings, in a fixed order. */
const addUp = (sums: readonly number[]) => `for (var k = 0u; k < ${sums.length}u; k++) {
  terms[lane] = sums[k];
  for (var left = ${WORKGROUP / 2}u; left > 0u; left /= 2u) {
    workgroupBarrier();
    if (lane < left) { terms[lane] += terms[lane + left]; }
  }
  if (lane == 0u && workgroup < extent.workgroups) {
    outputs[output${sums[0]} + k * extent.workgroups + workgroup] = terms[0];
  }
  workgroupBarrier();
}`;

/** The tables that entries are of. */
function tables(nodes: readonly Node[]): string {
  return withBodies(nodes)
    .flatMap((node) => (node.op === "entry" ? [`const ${tableName(node)} = array(${node.values.map(literal)});`] : []))
    .join("\n");
}

const tableName = ({ id }: EntryNode) => `t${id}`;

/** One statement for every node that is computed. */
function statements(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => {
    switch (node.op) {
      case "constant":
      case "input":
      case "placeholder":
      case "result":
        return [];
      case "entry":
        return [`let ${nameOf(node)} = ${tableName(node)}[u32(${nameOf(node.operands[0])})];`];
      case "lookup":
        return [`let ${nameOf(node)} = frontier[${nameOf(node.table)} + u32(${nameOf(node.operands[1])})];`];
      case "table":
        throw new Error("a table stands outside of the frontier");
      case "loop":
        return loopText(node);
      case "select":
        return [`let ${nameOf(node)} = ${selectText(node.operands)};`];
      default:
        return [`let ${nameOf(node)} = ${TEXT[node.op](...node.operands.map(nameOf))};`];
    }
  });
}

/** The state is in variables of the block around the body; the results are declared outside of it. */
function loopText(loop: LoopNode): string[] {
  const { count, index, initial, next, state } = loop;
  const counter = nameOf(index);
  return [
    ...state.map((_, position) => `var ${resultName(loop, position)}: f32;`),
    "{",
    ...state.map((placeholder, position) => `var ${nameOf(placeholder)} = ${nameOf(initial[position])};`),
    `for (var ${counter} = 0.0f; ${counter} < ${nameOf(count)}; ${counter} += 1.0f) {`,
    ...statements(bodyOf(loop)),
    // All at once: one may be the next of another.
    ...next.map((node, position) => `let next${position} = ${nameOf(node)};`),
    ...state.map((placeholder, position) => `${nameOf(placeholder)} = next${position};`),
    "}",
    ...state.map((placeholder, position) => `${resultName(loop, position)} = ${nameOf(placeholder)};`),
    "}",
  ];
}

const resultName = (loop: LoopNode, position: number) => `r${loop.id}_${position}`;

function nameOf(node: Node): string {
  switch (node.op) {
    case "constant":
      return literal(node.value);
    case "placeholder":
      return node.position === "index" ? `i${node.depth}` : `s${node.depth}_${node.position}`;
    case "result":
      return resultName(node.loop, node.position);
    default:
      return `n${node.id}`;
  }
}

/** Constants of a comparison, and the alternatives that go with them, are raised to the floor. */
function selectText(operands: readonly Node[]): string {
  const [a, b, whenLess, otherwise] = operands.map((node) => {
    if (node.op !== "constant" || node.value === 0) return nameOf(node);
    return literal(Math.sign(node.value) * Math.max(FLOOR, Math.abs(node.value)));
  });
  return `select(${otherwise}, ${whenLess}, ${a} < ${b})`;
}

const TEXT: Record<Exclude<OperationName, "select">, (...operands: string[]) => string> = {
  add: (a, b) => `${a} + ${b}`,
  sub: (a, b) => `${a} - ${b}`,
  mul: (a, b) => `${a} * ${b}`,
  div: (a, b) => `${a} / ${b}`,
  neg: (a) => `-${a}`,
  reciprocal: (a) => `1.0f / ${a}`,
  floor: (a) => `floor(${a})`,
  // What f64 leaves above zero, rounding in f32 may bring below.
  sqrt: (a) => `sqrt(max(${a}, 0.0f))`,
  exp: (a) => `f_exp2(${literal(Math.LOG2E)} * ${a})`,
  exp2: (a) => `f_exp2(${a})`,
  log: (a) => `${literal(Math.LN2)} * f_log2(${a})`,
  log2: (a) => `f_log2(${a})`,
  pow: (a, b) => `f_pow(${a}, ${b})`,
  sin: (a) => `f_sin_cos(${a}).x`,
  cos: (a) => `f_sin_cos(${a}).y`,
  atan: (a) => `f_atan2(${a}, 1.0f)`,
  atan2: (a, b) => `f_atan2(${a}, ${b})`,
  atanh: (a) => `f_atanh(${a})`,
  tanh: (a) => `f_tanh(${a})`,
  erf: (a) => `f_erf(${a})`,
};
