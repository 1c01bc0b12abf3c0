import type { Algebra } from "./algebra.ts";
import type { Graph, Node } from "./graph.ts";
import { OPERATION_NAMES, type OperationName } from "./operations.ts";

/** The algebra of nodes: over it a formula builds its graph instead of computing. */
export function tracing(graph: Graph): Algebra<Node> {
  const operations = Object.fromEntries(
    OPERATION_NAMES.map((op) => [op, (...operands: Node[]) => graph.apply(op, ...operands)]),
  ) as Record<OperationName, (...operands: Node[]) => Node>;
  return {
    ...operations,
    constant: graph.constant,
    selectLess: operations.select,
    loop: graph.loop,
    sumOver: (rows, terms) =>
      rows
        .map((row) => terms(row.map(graph.constant)))
        .reduce((sums, added) => sums.map((sum, i) => operations.add(sum, added[i]))),
  };
}
