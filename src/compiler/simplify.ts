import { boundsOf, isPositive } from "./bounds.ts";
import { type Graph, isConstant, latestRate, type Node, type OperationNode } from "./graph.ts";
import { inOrder, withBodies } from "./order.ts";
import { rewrite } from "./rewrite.ts";

/*
 * Algebra before emission: what rounds differently and costs less. Each rule adds a rounding or two of 1.1e-16 to those
 * that the formula has.
 *
 *  - exp, log and pow become exp2, log2 and products. The factor log2(e), and an exponent of rate `call`, join other
 *    factors of rate `call`. An exponent's rounding is seen as |exponent| ln 2 roundings of the power, as with exp
 *    itself.
 *  - In a logarithm roots, powers and positive factors of rate `call` become factors and terms outside of it.
 *  - Factors of rate `call` gather: (x u) v = x (u v), (x u) y = (x y) u unless x u is needed elsewhere; in an exponent
 *    also (x + u) v = x v + u v, where it is the absolute error that counts.
 *  - Division by a value of rate `call`, or by one that is divided by more than once, is multiplication by its inverse.
 */

/** The roots simplified. */
export function simplify(graph: Graph, roots: readonly Node[]): readonly Node[] {
  const { divisors, products } = shared(roots);
  const { apply, constant } = graph;

  function rule({ op, operands: before }: OperationNode, operands: readonly Node[]): Node {
    const [a, b] = operands;
    switch (op) {
      case "exp":
        return apply("exp2", times(a, constant(Math.LOG2E)));
      case "log":
        return multiply(log2(a), constant(Math.LN2));
      case "pow":
        return pow(a, b);
      case "mul":
        if (a.rate === b.rate && before.some((product) => products.has(product))) return apply("mul", a, b);
        return multiply(a, b);
      case "div":
        if (b.rate !== "point" || divisors.has(before[1])) return multiply(a, apply("reciprocal", b));
        return apply("div", a, b);
      case "log2":
        return log2(a);
      case "neg":
        return a.op === "mul" && a.rate === "point" && a.operands[1].rate !== "point"
          ? apply("mul", a.operands[0], apply("neg", a.operands[1]))
          : apply("neg", a);
      case "select":
        return select(operands);
      default:
        return apply(op, ...operands);
    }
  }

  /** Of a product and zero: the factor of the earlier rate can come after. */
  function select([less, than, whenLess, otherwise]: readonly Node[]): Node {
    const [first, second] = [slowFactor(whenLess), slowFactor(otherwise)];
    if (first !== undefined && isConstant(otherwise, 0))
      return multiply(select([less, than, first[0], otherwise]), first[1]);
    if (second !== undefined && isConstant(whenLess, 0))
      return multiply(select([less, than, whenLess, second[0]]), second[1]);
    return apply("select", less, than, whenLess, otherwise);
  }

  /** A product whose slower factors stand together, on the right. */
  function multiply(a: Node, b: Node): Node {
    const [fast, slow] = precedes(a, b) ? [b, a] : [a, b];
    const gathered = slowFactor(fast);
    if (gathered !== undefined) {
      const [rest, factor] = gathered;
      return slow.rate === fast.rate ? multiply(multiply(rest, slow), factor) : multiply(rest, multiply(factor, slow));
    }
    const other = slow.rate === fast.rate ? slowFactor(slow) : undefined;
    if (other !== undefined) return multiply(multiply(fast, other[0]), other[1]);
    if (fast.op === "reciprocal" && fast.operands[0] === slow) return constant(1);
    if (slow.op === "reciprocal" && slow.operands[0] === fast) return constant(1);
    if (fast === slow && fast.op === "sqrt") return fast.operands[0];
    return apply("mul", fast, slow);
  }

  /** An exponent times a factor of whatever rate, the factor brought to where it is computed once. */
  function times(exponent: Node, factor: Node): Node {
    const [a, b] = exponent.operands;
    if (
      factor.rate !== "point" &&
      (exponent.op === "add" || exponent.op === "sub") &&
      (a.rate !== "point" || b.rate !== "point")
    )
      return apply(exponent.op, times(a, factor), times(b, factor));
    if (factor.rate !== "point" && exponent.op === "mul" && b.rate !== "point") return times(a, multiply(b, factor));
    return multiply(exponent, factor);
  }

  function log2(a: Node): Node {
    const [base, second] = a.operands;
    if (a.op === "sqrt") return multiply(log2(base), constant(0.5));
    if (a.op === "exp2") return base;
    if (a.op === "reciprocal" && a.rate === "point") return apply("neg", log2(base));
    if (a.op === "mul" && a.rate === "point" && second.rate !== "point" && boundsOf(second).lower >= 0)
      return apply("add", log2(base), log2(second));
    return apply("log2", a);
  }

  /** Small whole powers are products; others are exp2 of a multiple of log2, which at base 0 needs saying apart. */
  function pow(base: Node, exponent: Node): Node {
    if (isConstant(exponent) && WHOLE_POWERS.includes(Math.abs(exponent.value))) {
      const product = whole(base, Math.abs(exponent.value));
      return exponent.value < 0 ? apply("reciprocal", product) : product;
    }
    if (base.rate !== "point" && exponent.rate !== "point") return apply("pow", base, exponent);
    const away = apply("exp2", times(log2(base), exponent));
    if (isPositive(base)) return away;
    return apply("select", constant(0), base, away, apply("pow", constant(0), exponent));
  }

  function whole(base: Node, exponent: number): Node {
    if (exponent === 1) return base;
    const half = whole(base, Math.floor(exponent / 2));
    const square = multiply(half, half);
    return exponent % 2 === 0 ? square : multiply(square, base);
  }

  return rewrite(graph, roots, rule);
}

/** Powers at most this often multiplied: two or three products, as exact as `pow`. */
const WHOLE_POWERS = [1, 2, 3, 4, 5, 6, 8];

/** Whether `a` is of an earlier rate than `b`. */
function precedes(a: Node, b: Node): boolean {
  return a.rate !== b.rate && latestRate([a, b]) === b.rate;
}

/** The factors of a product with one of an earlier rate. */
function slowFactor(node: Node): readonly [rest: Node, slow: Node] | undefined {
  if (node.op !== "mul") return undefined;
  const [fast, slow] = node.operands;
  return precedes(slow, fast) ? [fast, slow] : undefined;
}

/** What is divided by more than once, and products that are used more than once. */
function shared(roots: readonly Node[]) {
  const seen = { divisors: new Set<Node>(), products: new Set<Node>() };
  const result = { divisors: new Set<Node>(), products: new Set<Node>() };
  const use = (kind: keyof typeof seen, node: Node) => {
    (seen[kind].has(node) ? result : seen)[kind].add(node);
  };
  for (const node of withBodies(inOrder(roots))) {
    if (node.op === "div") use("divisors", node.operands[1]);
    if (node.op === "reciprocal") use("divisors", node.operands[0]);
    for (const operand of node.operands) if (operand.op === "mul") use("products", operand);
  }
  return result;
}
