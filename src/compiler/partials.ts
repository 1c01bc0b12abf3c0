import { isPositive } from "./bounds.ts";
import { formula } from "./formula.ts";
import type { Graph, Node } from "./graph.ts";
import type { OperationName } from "./operations.ts";
import { tracing } from "./trace.ts";

/** From an operation, its operands and its value to its partial derivatives by the operands. */
export type Partials = (op: OperationName, operands: readonly Node[], value: Node) => readonly Node[];

/**
 * The partial derivatives of operations over a graph, written with the operation's own value where that saves work.
 *
 * **Kinks.** Where a function is finite and its derivative is not, the derivative is taken as zero: sqrt at 0, pow at
 * base 0, atan2 at the origin. (Light and mass are even or odd about such a point, and what comes before the kink there
 * has a zero derivative of its own: the product, infinity times zero, is what would spoil a gradient.) The guard is
 * left out where `bounds.ts` shows that it is not needed. A power at base 0 whose exponent turns out to be 1 has the
 * partial 0 instead of 1. A logarithm, a quotient and an atanh at their poles have no finite value to begin with.
 *
 * `select` is not here: it has no partials that may be multiplied (`derivative.ts`).
 */
export function partialsOver(graph: Graph): Partials {
  const algebra = tracing(graph);
  const { constant } = algebra;
  const f = formula(algebra);
  return (op, operands, value) => {
    const [a, b] = operands;
    switch (op) {
      case "add":
        return [constant(1), constant(1)];
      case "sub":
        return [constant(1), constant(-1)];
      case "mul":
        return [b, a];
      case "div": {
        const inverse = graph.apply("reciprocal", b);
        return [inverse, f`-(${value} * ${inverse})`];
      }
      case "neg":
        return [constant(-1)];
      case "reciprocal":
        return [f`-(${value} * ${value})`];
      case "sqrt":
        return [f`0.5 * ${reciprocalOrZero(value)}`];
      case "exp":
        return [value];
      case "exp2":
        return [f`${constant(Math.LN2)} * ${value}`];
      case "log":
        return [graph.apply("reciprocal", a)];
      case "log2":
        return [f`${constant(Math.LOG2E)} * ${graph.apply("reciprocal", a)}`];
      case "pow":
        return powerPartials(operands, value);
      case "sin":
        return [f`cos(${a})`];
      case "cos":
        return [f`-sin(${a})`];
      case "atan":
        return [graph.apply("reciprocal", f`1 + ${a} * ${a}`)];
      case "atan2": {
        const inverse = reciprocalOrZero(f`${a} * ${a} + ${b} * ${b}`);
        return [f`${b} * ${inverse}`, f`-(${a} * ${inverse})`];
      }
      case "atanh":
        return [graph.apply("reciprocal", f`(1 - ${a}) * (1 + ${a})`)];
      case "tanh":
        return [f`(1 - ${value}) * (1 + ${value})`];
      case "erf":
        return [f`${constant(2 / Math.sqrt(Math.PI))} * exp(-(${a} * ${a}))`];
      case "floor":
        return [constant(0)];
      case "select":
        throw new TypeError("select has no partial derivatives");
    }
  };

  /** 1 / x of an x that is not negative, and 0 at 0. */
  function reciprocalOrZero(x: Node): Node {
    const inverse = graph.apply("reciprocal", x);
    return isPositive(x) ? inverse : whereAboveZero(x, inverse);
  }

  function powerPartials([base, exponent]: readonly Node[], value: Node): readonly Node[] {
    const byBase = f`${exponent} * ${value} / ${base}`;
    const byExponent = f`${value} * log(${base})`;
    if (isPositive(base)) return [byBase, byExponent];
    return [whereAboveZero(base, byBase), whereAboveZero(base, byExponent)];
  }

  function whereAboveZero(x: Node, value: Node): Node {
    return graph.apply("select", constant(0), x, value, constant(0));
  }
}
