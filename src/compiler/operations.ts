import { erf } from "./erf.ts";

/** An operation of the graph: how many operands it takes, whether their order matters, and what it means over f64. */
interface OperationMeaning {
  readonly arity: number;
  readonly commutative?: true;
  readonly compute: (...operands: number[]) => number;
}

/**
 * Every operation that a node may have. Those beyond `Algebra` (`reciprocal`, `exp2`, `log2`) come from `simplify.ts`,
 * `floor` from `interpolation.ts`; `select` is `a < b ? c : d`.
 */
export const OPERATIONS = {
  add: { arity: 2, commutative: true, compute: (a, b) => a + b },
  sub: { arity: 2, compute: (a, b) => a - b },
  mul: { arity: 2, commutative: true, compute: (a, b) => a * b },
  div: { arity: 2, compute: (a, b) => a / b },
  neg: { arity: 1, compute: (a) => -a },
  reciprocal: { arity: 1, compute: (a) => 1 / a },
  sqrt: { arity: 1, compute: Math.sqrt },
  exp: { arity: 1, compute: Math.exp },
  exp2: { arity: 1, compute: (a) => 2 ** a },
  log: { arity: 1, compute: Math.log },
  log2: { arity: 1, compute: Math.log2 },
  pow: { arity: 2, compute: (a, b) => a ** b },
  sin: { arity: 1, compute: Math.sin },
  cos: { arity: 1, compute: Math.cos },
  atan: { arity: 1, compute: Math.atan },
  atan2: { arity: 2, compute: Math.atan2 },
  atanh: { arity: 1, compute: Math.atanh },
  tanh: { arity: 1, compute: Math.tanh },
  erf: { arity: 1, compute: erf },
  floor: { arity: 1, compute: Math.floor },
  select: { arity: 4, compute: (a, b, whenLess, otherwise) => (a < b ? whenLess : otherwise) },
} as const satisfies Record<string, OperationMeaning>;

export type OperationName = keyof typeof OPERATIONS;

export const OPERATION_NAMES = Object.keys(OPERATIONS) as readonly OperationName[];

/** The meaning of an operation, its type forgotten. */
export function meaningOf(op: OperationName): OperationMeaning {
  return OPERATIONS[op];
}
