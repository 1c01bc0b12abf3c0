import type { Graph, InputNode, Node } from "./graph.ts";
import type { PointOutput, PointProgram } from "./point-program.ts";
import { reverseMode, type Seed } from "./reverse-mode.ts";
import { inOrder } from "./rewrite.ts";

/**
 * The part of these outputs that is of rate `point`. The rest, everything at and below its `frontier`, is computed once a
 * call.
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
  /** The outputs, of which those given are to be replaced by these (`reverseMode`). */
  readonly outputs: readonly Node[];
  /** At each point, the derivatives by the values of rate `call` that nodes of rate `point` use. */
  readonly adjoints: readonly Node[];
  /** What the totals of `adjoints` over points are called in `gradient`. */
  readonly totals: readonly InputNode[];
  /** By each parameter, of rate `call`. */
  readonly gradient: readonly Node[];
}

/**
 * The gradient, by parameters, of a sum over points of outputs times adjoints. The derivatives at a point by the frontier's
 * few values are swept down to the parameters once, whatever comes between a point and the total: a mean over sub-pixels,
 * weights, the transpose of a convolution, since all of these are linear.
 */
export function splitGradient(graph: Graph, seeds: readonly Seed[], parameters: readonly Node[]): SplitGradient {
  const adjoints: Node[] = [];
  const totals: InputNode[] = [];
  const { outputs, gradient } = reverseMode(graph, seeds, parameters, (_, adjoint) => {
    const total = graph.input(`total ${totals.length}`, "call");
    adjoints.push(adjoint);
    totals.push(total);
    return total;
  });
  return { outputs, adjoints, totals, gradient };
}
