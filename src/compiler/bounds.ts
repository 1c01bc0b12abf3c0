import type { Node } from "./graph.ts";
import { inOrder } from "./order.ts";

/** Between which values a node lies, both included, for finite inputs: as much as its operations show. */
export interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

const ANY: Bounds = { lower: -Infinity, upper: Infinity };
const known = new WeakMap<Node, Bounds>();

/** The bounds of a node. Rounding is monotonic, so bounds found by the operations hold for rounded values. */
export function boundsOf(node: Node): Bounds {
  const found = known.get(node);
  if (found !== undefined) return found;
  for (const below of inOrder([node], (candidate) => known.has(candidate))) known.set(below, infer(below));
  return known.get(node) as Bounds;
}

/** Whether it can be seen that the node is above zero. */
export function isPositive(node: Node): boolean {
  return boundsOf(node).lower > 0;
}

function infer(node: Node): Bounds {
  const [a, b] = node.operands;
  switch (node.op) {
    case "constant":
      return { lower: node.value, upper: node.value };
    case "entry":
      return { lower: Math.min(...node.values), upper: Math.max(...node.values) };
    case "add":
      return sum(boundsOf(a), boundsOf(b));
    case "sub":
      return sum(boundsOf(a), negative(boundsOf(b)));
    case "neg":
      return negative(boundsOf(a));
    case "mul":
      return a === b ? square(boundsOf(a)) : product(boundsOf(a), boundsOf(b));
    case "div":
      return product(boundsOf(a), inverse(boundsOf(b)));
    case "reciprocal":
      return inverse(boundsOf(a));
    case "sqrt":
      return increasing(Math.sqrt, boundsOf(a), 0, Infinity);
    case "exp":
      return increasing(Math.exp, boundsOf(a), 0, Infinity);
    case "exp2":
      return increasing((x) => 2 ** x, boundsOf(a), 0, Infinity);
    case "pow":
      return { lower: 0, upper: Infinity };
    case "atan":
    case "atan2":
      return { lower: -Math.PI, upper: Math.PI };
    case "sin":
    case "cos":
    case "tanh":
    case "erf":
      return { lower: -1, upper: 1 };
    case "select":
      return selected(node.operands);
    default:
      return ANY;
  }
}

/** A function that grows, whose values for any argument lie within the limits. */
function increasing(f: (x: number) => number, { lower, upper }: Bounds, least: number, most: number): Bounds {
  return { lower: Math.max(least, orElse(f(lower), least)), upper: Math.min(most, orElse(f(upper), most)) };
}

function sum(a: Bounds, b: Bounds): Bounds {
  return { lower: orElse(a.lower + b.lower, -Infinity), upper: orElse(a.upper + b.upper, Infinity) };
}

const negative = ({ lower, upper }: Bounds): Bounds => ({ lower: -upper, upper: -lower });

/** Zero times an infinite bound is zero: the bound stands for finite values as large as they like. */
function product(a: Bounds, b: Bounds): Bounds {
  const corners = [a.lower * b.lower, a.lower * b.upper, a.upper * b.lower, a.upper * b.upper].map((x) => orElse(x, 0));
  const lower = Math.min(...corners);
  return { lower: a.lower > 0 && b.lower > 0 ? aboveZero(lower) : lower, upper: Math.max(...corners) };
}

function square(a: Bounds): Bounds {
  if (a.lower > 0) return product(a, a);
  const { upper } = product(a, a);
  return { lower: a.upper < 0 ? a.upper ** 2 : 0, upper };
}

function inverse({ lower, upper }: Bounds): Bounds {
  if (lower >= 0) return { lower: aboveZero(1 / upper), upper: lower === 0 ? Infinity : 1 / lower };
  if (upper <= 0) return { lower: upper === 0 ? -Infinity : 1 / upper, upper: -aboveZero(-1 / lower) };
  return ANY;
}

/** A product or quotient of what is not zero is not zero: underflow is not reckoned with. */
const aboveZero = (bound: number) => Math.max(bound, Number.MIN_VALUE);

/** `a < b ? c : d`, where an alternative that is compared is known from the comparison as well. */
function selected([a, b, whenLess, otherwise]: readonly Node[]): Bounds {
  const first = { ...boundsOf(whenLess) };
  const second = { ...boundsOf(otherwise) };
  if (whenLess === a) first.upper = Math.min(first.upper, boundsOf(b).upper);
  if (whenLess === b) first.lower = Math.max(first.lower, boundsOf(a).lower);
  if (otherwise === a) second.lower = Math.max(second.lower, boundsOf(b).lower);
  if (otherwise === b) second.upper = Math.min(second.upper, boundsOf(a).upper);
  return { lower: Math.min(first.lower, second.lower), upper: Math.max(first.upper, second.upper) };
}

const orElse = (value: number, otherwise: number) => (Number.isNaN(value) ? otherwise : value);
