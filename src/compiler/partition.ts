import type { Graph, InputNode, Node } from "./graph.ts";
import { inOrder } from "./order.ts";
import type { PointOutput, PointProgram } from "./point-program.ts";
import { reverseMode, type Seed } from "./reverse-mode.ts";
import { substitute } from "./rewrite.ts";
import { simplify } from "./simplify.ts";

/**
 * The part of these outputs that is of rate `point`. The rest, everything at and below its `frontier`, is computed once
 * a call.
 */
export function pointProgram(outputs: readonly PointOutput[], inputs: readonly InputNode[]): PointProgram {
  const roots = outputs.map(({ node }) => node);
  const frontier = new Set(roots.filter(({ rate }) => rate === "call"));
  for (const { operands } of inOrder(roots, ({ rate }) => rate !== "point"))
    for (const operand of operands) if (operand.rate === "call") frontier.add(operand);
  return { frontier: [...frontier].toSorted((a, b) => a.id - b.id), inputs, outputs };
}

/** A gradient cut at the frontier: a part done at every point, and a part done once on its totals. */
export interface SplitGradient {
  /** The outputs, in the place of those given (`reverseMode`). */
  readonly outputs: readonly Node[];
  /** At each point, the derivatives by the values of rate `call` that nodes of rate `point` use. */
  readonly adjoints: readonly Node[];
  /** What the totals of `adjoints` over points are called in `gradient`. */
  readonly totals: readonly InputNode[];
  /** By each parameter, of rate `call`. */
  readonly gradient: readonly Node[];
}

/**
 * The gradient, by parameters, of a sum over points of outputs times adjoints. The derivatives at a point by the
 * frontier's few values are swept down to the parameters once, whatever comes between a point and the total: a mean
 * over sub-pixels, weights, the transpose of a convolution, since all of these are linear. Signs and factors of rate
 * `call` wait for the total too. Everything comes back simplified.
 */
export function splitGradient(graph: Graph, seeds: readonly Seed[], parameters: readonly Node[]): SplitGradient {
  const atPoints: Node[] = [];
  const placeholders: InputNode[] = [];
  const reverse = reverseMode(graph, seeds, parameters, (_, adjoint) => {
    const total = graph.input(`adjoint ${atPoints.length}`, "call");
    atPoints.push(adjoint);
    placeholders.push(total);
    return total;
  });
  const simple = simplify(graph, [...reverse.outputs, ...atPoints]);
  const adjoints: Node[] = [];
  const totals = new Map<Node, InputNode>();
  const totalOf = (adjoint: Node) => {
    const known = totals.get(adjoint) ?? graph.input(`total ${adjoints.length}`, "call");
    if (!totals.has(adjoint)) adjoints.push(adjoint);
    totals.set(adjoint, known);
    return known;
  };
  const given = new Map(
    simple.slice(seeds.length).map((adjoint, i) => {
      const { variable, factor } = withoutFactor(graph, adjoint);
      return [placeholders[i], graph.apply("mul", totalOf(variable), factor)] as const;
    }),
  );
  return {
    outputs: simple.slice(0, seeds.length),
    adjoints,
    totals: [...totals.values()],
    gradient: simplify(graph, substitute(graph, reverse.gradient, given)),
  };
}

/** A node as a factor that is the same at all points times the rest. */
function withoutFactor(graph: Graph, node: Node): { readonly variable: Node; readonly factor: Node } {
  if (node.op === "neg") {
    const { variable, factor } = withoutFactor(graph, node.operands[0]);
    return { variable, factor: graph.apply("neg", factor) };
  }
  if (node.op === "mul" && node.operands[1].rate !== "point") {
    const { variable, factor } = withoutFactor(graph, node.operands[0]);
    return { variable, factor: graph.apply("mul", factor, node.operands[1]) };
  }
  return { variable: node, factor: graph.constant(1) };
}
