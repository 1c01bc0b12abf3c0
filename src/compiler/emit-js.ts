import { erf } from "./erf.ts";
import type { EntryNode, InputNode, LoopNode, Node } from "./graph.ts";
import type { OperationName } from "./operations.ts";
import { bodyOf, inOrder, withBodies } from "./order.ts";
import type { PointArrays, PointBackend, PointProgram } from "./point-program.ts";

/*
 * The plain JavaScript back end. It makes functions from text, which a web page whose Content-Security-Policy lacks
 * 'unsafe-eval' forbids; such a page is without the compiler. An interpreter would be the way around that.
 */

/** A function of rate `call`: writes the outputs of these values of its inputs. */
export type CallFunction = (inputs: Float64Array, outputs: Float64Array) => void;

/** The function of rate `call` from these inputs to these outputs, and its text. */
export function emitCallFunction(
  inputs: readonly InputNode[],
  outputs: readonly Node[],
): { readonly run: CallFunction; readonly code: string } {
  const reads = inputs.map((node, slot) => `const ${nameOf(node)} = inputs[${slot}];`);
  const writes = outputs.map((node, slot) => `outputs[${slot}] = ${nameOf(node)};`);
  const given = new Set<Node>(inputs);
  const computed = inOrder(outputs, (node) => given.has(node));
  const code = [...reads, ...statements(computed), ...writes].join("\n");
  const make = new Function("erf", `"use strict";\n${tables(computed)}return (inputs, outputs) => {\n${code}\n};`);
  return { run: make(erf) as CallFunction, code };
}

/** The back end for programs of rate `point`. */
export const javascript: PointBackend = (program) => {
  const roots = program.outputs.map(({ node }) => node);
  const given = new Set<Node>([...program.frontier, ...program.inputs]);
  const computed = inOrder(roots, (node) => given.has(node));
  const code = pointText(program, computed);
  const make = new Function(
    "erf",
    `"use strict";\n${tables(computed)}return ({ frontier, inputs, outputs, groupSize }, from, to) => {\n${code}\n};`,
  );
  const run = make(erf) as (arrays: PointArrays, from: number, to: number) => void;
  return { allocate: (points, groupSize) => allocate(program, points, groupSize), run, code };
};

function allocate({ frontier, inputs, outputs }: PointProgram, points: number, groupSize: number): PointArrays {
  const length = { each: points, groupMean: points / groupSize, sum: 1 };
  return {
    groupSize,
    frontier: new Float64Array(frontier.length),
    inputs: inputs.map(() => new Float64Array(points)),
    outputs: outputs.map(({ reduction }) => new Float64Array(length[reduction])),
  };
}

function pointText({ frontier, inputs, outputs }: PointProgram, computed: readonly Node[]): string {
  const each = (reduction: string, text: (name: string, slot: number) => string) =>
    outputs.flatMap((output, slot) => (output.reduction === reduction ? [text(nameOf(output.node), slot)] : []));
  return [
    ...frontier.map((node, slot) => `const ${nameOf(node)} = frontier[${slot}];`),
    ...inputs.map((_, slot) => `const input${slot} = inputs[${slot}];`),
    ...outputs.map((_, slot) => `const output${slot} = outputs[${slot}];`),
    ...each("sum", (_, slot) => `let sum${slot} = 0;`),
    "for (let group = from / groupSize; group < to / groupSize; group++) {",
    ...each("groupMean", (_, slot) => `let sum${slot} = 0;`),
    "for (let point = group * groupSize; point < (group + 1) * groupSize; point++) {",
    ...inputs.map((node, slot) => `const ${nameOf(node)} = input${slot}[point];`),
    ...statements(computed),
    ...each("each", (name, slot) => `output${slot}[point] = ${name};`),
    ...each("groupMean", (name, slot) => `sum${slot} += ${name};`),
    ...each("sum", (name, slot) => `sum${slot} += ${name};`),
    "}",
    ...each("groupMean", (_, slot) => `output${slot}[group] = sum${slot} / groupSize;`),
    "}",
    ...each("sum", (_, slot) => `output${slot}[0] = sum${slot};`),
  ].join("\n");
}

/** The tables that entries are of, declared. */
function tables(nodes: readonly Node[]): string {
  return withBodies(nodes)
    .flatMap((node) => (node.op === "entry" ? [`const ${tableName(node)} = [${node.values.map(literal)}];\n`] : []))
    .join("");
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
        return [`const ${nameOf(node)} = ${tableName(node)}[${nameOf(node.operands[0])}];`];
      case "loop":
        return loopText(node);
      default:
        return [`const ${nameOf(node)} = ${TEXT[node.op](...node.operands.map(nameOf))};`];
    }
  });
}

/** The state is in variables of the block around the body; the results are declared outside of it. */
function loopText(loop: LoopNode): string[] {
  const { count, index, initial, state } = loop;
  const counter = nameOf(index);
  return [
    `let ${state.map((_, position) => resultName(loop, position)).join(", ")};`,
    "{",
    ...state.map((placeholder, position) => `let ${nameOf(placeholder)} = ${nameOf(initial[position])};`),
    `for (let ${counter} = 0; ${counter} < ${nameOf(count)}; ${counter}++) {`,
    ...statements(bodyOf(loop)),
    ...replaced(loop),
    "}",
    ...state.map((placeholder, position) => `${resultName(loop, position)} = ${nameOf(placeholder)};`),
    "}",
  ];
}

/** States take their next values at once: one that is the next of another is kept first. */
function replaced({ id, next, state }: LoopNode): string[] {
  const keeps = next.map((node) => node.op === "placeholder" && state.includes(node));
  const kept = (position: number) => `kept${id}_${position}`;
  return [
    ...next.flatMap((node, position) => (keeps[position] ? [`const ${kept(position)} = ${nameOf(node)};`] : [])),
    ...state.map((before, i) => `${nameOf(before)} = ${keeps[i] ? kept(i) : nameOf(next[i])};`),
  ];
}

const resultName = (loop: LoopNode, position: number) => `r${loop.id}_${position}`;

function nameOf(node: Node): string {
  switch (node.op) {
    case "constant":
      return node.value < 0 || Object.is(node.value, -0) ? `(${literal(node.value)})` : literal(node.value);
    case "placeholder":
      return node.position === "index" ? `i${node.depth}` : `s${node.depth}_${node.position}`;
    case "result":
      return resultName(node.loop, node.position);
    default:
      return `n${node.id}`;
  }
}

const literal = (value: number) => (Object.is(value, -0) ? "-0" : String(value));

const TEXT: Record<OperationName, (...operands: string[]) => string> = {
  add: (a, b) => `${a} + ${b}`,
  sub: (a, b) => `${a} - ${b}`,
  mul: (a, b) => `${a} * ${b}`,
  div: (a, b) => `${a} / ${b}`,
  neg: (a) => `-${a}`,
  reciprocal: (a) => `1 / ${a}`,
  sqrt: (a) => `Math.sqrt(${a})`,
  exp: (a) => `Math.exp(${a})`,
  exp2: (a) => `2 ** ${a}`,
  log: (a) => `Math.log(${a})`,
  log2: (a) => `Math.log2(${a})`,
  pow: (a, b) => `${a} ** ${b}`,
  sin: (a) => `Math.sin(${a})`,
  cos: (a) => `Math.cos(${a})`,
  atan: (a) => `Math.atan(${a})`,
  atan2: (a, b) => `Math.atan2(${a}, ${b})`,
  atanh: (a) => `Math.atanh(${a})`,
  tanh: (a) => `Math.tanh(${a})`,
  erf: (a) => `erf(${a})`,
  select: (a, b, whenLess, otherwise) => `${a} < ${b} ? ${whenLess} : ${otherwise}`,
};
