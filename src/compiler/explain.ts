import type { CompiledGradient, CompiledKernel } from "./compile.ts";
import type { Node } from "./graph.ts";
import { bodyOf, inOrder } from "./order.ts";
import { slotsOf } from "./point-program.ts";

/** How often each operation stands in a graph, the most frequent first. */
export type Counts = ReadonlyMap<string, number>;

/** What a compiled function does, in numbers and in its generated text. */
export interface Explanation {
  /** Operations done once a call, on the parameters, before the points. */
  readonly call: Counts;
  /** Operations done at every point. A loop's body counts once. */
  readonly point: Counts;
  /** How many values are computed once a call and used at every point. */
  readonly frontier: number;
  /** How many derivatives are computed at every point; absent without a gradient. */
  readonly derivatives?: number;
  readonly code: CompiledKernel["code"];
}

/** Explains a compiled function, in the variant that was compiled first. */
export function explain(kernel: CompiledKernel | CompiledGradient): Explanation {
  const { frontier, outputs } = kernel.program;
  const below = new Set(frontier);
  const roots = outputs.map(({ node }) => node);
  return {
    call: count(inOrder(frontier)),
    point: count(inOrder(roots, (node) => below.has(node))),
    frontier: slotsOf(frontier).length,
    ...("derivatives" in kernel && { derivatives: kernel.derivatives }),
    code: kernel.code,
  };
}

/** The explanation as text: sizes first, then the code. */
export function explanationText({ call, point, frontier, derivatives, code }: Explanation): string {
  const line = (title: string, counts: Counts) => {
    const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
    return `${title}: ${total} operations (${[...counts].map(([op, n]) => `${n} ${op}`).join(", ")})`;
  };
  return [
    line("once a call", call),
    line("at every point", point),
    `values from the call to the points: ${frontier}`,
    ...(derivatives === undefined ? [] : [`derivatives at every point: ${derivatives}`]),
    `\nonce a call:\n\n${code.call}`,
    `\nat every point:\n\n${code.point}`,
  ].join("\n");
}

function count(nodes: readonly Node[]): Counts {
  const counts = new Map<string, number>();
  const add = (node: Node) => {
    if (node.op === "loop" || node.op === "table") for (const inner of bodyOf(node)) add(inner);
    if (["constant", "input", "placeholder", "result", "table"].includes(node.op)) return;
    counts.set(node.op, (counts.get(node.op) ?? 0) + 1);
  };
  for (const node of nodes) add(node);
  return new Map([...counts].toSorted(([, a], [, b]) => b - a));
}
