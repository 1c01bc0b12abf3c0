import type { Graph, Node } from "./graph.ts";
import { isConstant } from "./graph.ts";
import { meaningOf, type OperationName } from "./operations.ts";

/**
 * What an operation on these operands is without being computed, or undefined.
 *
 * Operations on constants are done. The rest are identities that hold exactly in f64 for every **finite** value, the
 * sign of zero aside: x + 0, x 1, -(-x), x - x = 0, 0 x = 0, 0 / x = 0. The last three forget an infinite or undefined
 * x, which a formula must not have anyway (`Algebra`): where it has one in an alternative not taken, zero is what is
 * meant. Powers of 1, 2 and 1/2 are correctly rounded products and roots, at least as near the truth as `pow`.
 */
export function fold(graph: Graph, op: OperationName, operands: readonly Node[]): Node | undefined {
  if (operands.every((operand) => operand.op === "constant"))
    return graph.constant(meaningOf(op).compute(...operands.map((operand) => operand.value)));
  const [a, b] = operands;
  switch (op) {
    case "add":
      if (isZero(b)) return a;
      if (b.op === "neg") return graph.apply("sub", a, b.operands[0]);
      if (a.op === "neg") return graph.apply("sub", b, a.operands[0]);
      return;
    case "sub":
      if (isZero(b)) return a;
      if (isZero(a)) return graph.apply("neg", b);
      if (a === b) return graph.constant(0);
      if (b.op === "neg") return graph.apply("add", a, b.operands[0]);
      if (a.op === "neg") return graph.apply("neg", graph.apply("add", a.operands[0], b));
      return;
    case "mul":
      if (isZero(b)) return graph.constant(0);
      if (isConstant(b, 1)) return a;
      if (isConstant(b, -1)) return graph.apply("neg", a);
      if (a.op === "neg" && b.op === "neg") return graph.apply("mul", a.operands[0], b.operands[0]);
      if (a.op === "neg") return graph.apply("neg", graph.apply("mul", a.operands[0], b));
      if (b.op === "neg") return graph.apply("neg", graph.apply("mul", a, b.operands[0]));
      return;
    case "div":
      if (isZero(a)) return graph.constant(0);
      if (isConstant(b, 1)) return a;
      if (isConstant(b, -1)) return graph.apply("neg", a);
      return;
    case "neg":
      if (a.op === "neg") return a.operands[0];
      if (a.op === "sub") return graph.apply("sub", a.operands[1], a.operands[0]);
      return;
    case "reciprocal":
      return a.op === "reciprocal" ? a.operands[0] : undefined;
    case "pow":
      if (isZero(b)) return graph.constant(1);
      if (isConstant(b, 1)) return a;
      if (isConstant(b, 2)) return graph.apply("mul", a, a);
      if (isConstant(b, 0.5)) return graph.apply("sqrt", a);
      return;
    case "select":
      return foldSelect(graph, operands);
    default:
      return;
  }
}

/** An alternative that asks the same again is known to be taken the same way; a sign common to both moves out. */
function foldSelect(graph: Graph, [a, b, whenLess, otherwise]: readonly Node[]): Node | undefined {
  if (whenLess === otherwise || a === b) return otherwise;
  if (a.op === "constant" && b.op === "constant") return a.value < b.value ? whenLess : otherwise;
  const asksAgain = (node: Node) => node.op === "select" && node.operands[0] === a && node.operands[1] === b;
  if (asksAgain(whenLess)) return graph.apply("select", a, b, whenLess.operands[2], otherwise);
  if (asksAgain(otherwise)) return graph.apply("select", a, b, whenLess, otherwise.operands[3]);
  const opposite = (node: Node) => (node.op === "neg" ? node.operands[0] : isZero(node) ? node : undefined);
  const opposites = [opposite(whenLess), opposite(otherwise)];
  if (opposites[0] !== undefined && opposites[1] !== undefined && (whenLess.op === "neg" || otherwise.op === "neg"))
    return graph.apply("neg", graph.apply("select", a, b, opposites[0], opposites[1]));
  return;
}

const isZero = (node: Node) => node.op === "constant" && node.value === 0;
