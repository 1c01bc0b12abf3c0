import type { Algebra } from "./algebra.ts";
import type { Graph, Node } from "./graph.ts";
import { meaningOf, OPERATION_NAMES, type OperationName } from "./operations.ts";

/** The algebra of nodes: over it a formula builds its graph instead of computing. */
export function tracing(graph: Graph): Algebra<Node> {
  // `terms.reduce(add)` hands over more than two.
  const operations = Object.fromEntries(
    OPERATION_NAMES.map((op) => [op, (...given: Node[]) => graph.apply(op, ...given.slice(0, meaningOf(op).arity))]),
  ) as Record<OperationName, (...operands: Node[]) => Node>;
  return {
    ...operations,
    constant: graph.constant,
    selectLess: operations.select,
    loop: graph.loop,
    sumOver: (rows, terms) => {
      const columns = rows[0].map((_, column) => rows.map((row) => row[column]));
      // A row's terms are traced and thrown away to know how many there are.
      const zeros = terms(rows[0].map(graph.constant)).map(() => graph.constant(0));
      return graph.loop(graph.constant(rows.length), zeros, (sums, index) => {
        const added = terms(columns.map((column) => graph.entry(column, index)));
        return sums.map((sum, i) => operations.add(sum, added[i]));
      });
    },
  };
}
