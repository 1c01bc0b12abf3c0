import { InputError } from "../errors.ts";
import { type Expression, type PathLeaf, parseExpression } from "./expression.ts";
import { type Slot, valueAt } from "./slot.ts";

const RELATIONS = ["<=", ">=", "<", ">"] as const;

/** What must hold between parameters; a model where it does not has no likelihood. */
export interface AssertionOf<Value> {
  /** As a person wrote it, or would have. */
  readonly text: string;
  readonly left: Value;
  readonly relation: (typeof RELATIONS)[number];
  readonly right: Value;
}

export type Assertion = AssertionOf<Slot>;

/**
 * Reads `galaxies.lens.mass.slope > galaxies.halo.mass.slope`: an expression on either side.
 * @throws InputError for what is not one relation between two expressions.
 */
export function parseAssertion(text: string): AssertionOf<Expression<PathLeaf>> {
  const sides = text.split(/<=|>=|<|>/);
  const relation = RELATIONS.find((known) => text.includes(known));
  if (relation === undefined || sides.length !== 2) {
    const what = `'${text}' has ${relation === undefined ? "no" : "more than one"} relation`;
    throw new InputError("expression/relation", what, "give two sides with one of < <= > >= between them");
  }
  const [left, right] = sides.map(parseExpression);
  return { text, left, relation, right };
}

/** The first of the assertions that does not hold under a vector of the free parameters, or null. */
export function failedAssertion(assertions: readonly Assertion[], vector: ArrayLike<number>): Assertion | null {
  return assertions.find((assertion) => !holds(assertion, vector)) ?? null;
}

/** Never with a side that is not a number. */
function holds({ left, relation, right }: Assertion, vector: ArrayLike<number>): boolean {
  const [a, b] = [valueAt(left, vector), valueAt(right, vector)];
  if (relation === "<") return a < b;
  if (relation === "<=") return a <= b;
  return relation === ">" ? a > b : a >= b;
}
