import { type Algebra, numbers } from "../compiler/algebra.ts";
import { InputError } from "../errors.ts";

/*
 * What a parameter may be tied to: numbers, parameters, + - * / ^ and three functions, as plain data. A spec writes it as
 * text, in which leaves are paths; a model holds it over its free parameters.
 */

/** A number, a leaf, or an operation on such. */
export type Expression<Leaf> = number | Leaf | Operation<Leaf>;

export interface Operation<Leaf> {
  readonly operator: Operator;
  readonly of: readonly Expression<Leaf>[];
}

export type Operator = "+" | "-" | "*" | "/" | "^" | "negative" | FunctionName;

type FunctionName = (typeof FUNCTIONS)[number];

/** A parameter by its path in the spec. */
export interface PathLeaf {
  readonly path: string;
}

const FUNCTIONS = ["sqrt", "exp", "log"] as const;

const NAMED = { "+": "add", "-": "sub", "*": "mul", "/": "div", "^": "pow" } as const;

/** More is another program; and nesting is bounded by it, since every level is a character. */
const LONGEST_TEXT = 500;

/** Powers up to here are products, which may be of negative numbers. */
const LARGEST_PRODUCT = 16;

/**
 * Reads an expression such as `2 * galaxies.lens.mass.einstein_radius + 0.1`. A name may hold a dash, so a minus after
 * one is set apart by a space. Of `-a^b` the power is taken first, of `a^b^c` the right one.
 * @throws InputError for what is not an expression.
 */
export function parseExpression(text: string): Expression<PathLeaf> {
  const tokens = tokensOf(text);
  let next = 0;
  const accept = (token: string) => tokens[next] === token && ++next > 0;

  function chain(operators: readonly Operator[], part: () => Expression<PathLeaf>): Expression<PathLeaf> {
    let left = part();
    for (;;) {
      const operator = operators.find(accept);
      if (operator === undefined) return left;
      left = { operator, of: [left, part()] };
    }
  }

  const sum = () => chain(["+", "-"], product);
  const product = () => chain(["*", "/"], signed);

  function signed(): Expression<PathLeaf> {
    if (accept("+")) return signed();
    if (accept("-")) return { operator: "negative", of: [signed()] };
    const base = atom();
    return accept("^") ? { operator: "^", of: [base, signed()] } : base;
  }

  function atom(): Expression<PathLeaf> {
    const token = tokens[next++];
    if (token === undefined) throw syntaxError(text, "ends too early");
    if (token === "(") return closed();
    if (/^[\d.]/.test(token)) return Number(token);
    if (!/^\w/.test(token)) throw syntaxError(text, `has '${token}' where a number or a parameter belongs`);
    const name = FUNCTIONS.find((known) => known === token);
    if (name !== undefined && accept("(")) return { operator: name, of: [closed()] };
    if (token.includes(".")) return { path: token.replace(/\[(\d+)\]/g, ".$1") };
    throw syntaxError(text, `has '${token}', which is no parameter`);
  }

  function closed(): Expression<PathLeaf> {
    const inner = sum();
    if (!accept(")")) throw syntaxError(text, "has a parenthesis that is not closed");
    return inner;
  }

  const whole = sum();
  if (next < tokens.length) throw syntaxError(text, `goes on with '${tokens[next]}' after its end`);
  return whole;
}

const TOKEN =
  /\s*(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|[A-Za-z_](?:[\w.-]|\[\d+\])*|[-+*/^()]|\S|$)/gy;

function tokensOf(text: string): string[] {
  if (text.length > LONGEST_TEXT) throw syntaxError(`${text.slice(0, 40)}...`, `has ${text.length} characters`);
  return Array.from(text.matchAll(TOKEN), ([, token]) => token).filter((token) => token !== "");
}

function syntaxError(text: string, what: string): InputError {
  const remedy = `give numbers, paths as galaxies.lens.mass.slope, + - * / ^, parentheses, ${FUNCTIONS.join(", ")}`;
  return new InputError("expression/syntax", `'${text}' ${what}`, remedy);
}

/** The expression's value over an algebra, such as numbers, or symbols that are compiled. */
export function valueOver<T, Leaf extends object>(
  algebra: Algebra<T>,
  expression: Expression<Leaf>,
  leaf: (leaf: Leaf) => T,
): T {
  if (typeof expression === "number") return algebra.constant(expression);
  if (!isOperation(expression)) return leaf(expression);
  const [first, second] = expression.of;
  const a = valueOver(algebra, first, leaf);
  if (expression.operator === "negative") return algebra.neg(a);
  if (isFunction(expression.operator)) return algebra[expression.operator](a);
  if (expression.operator === "^" && typeof second === "number" && isProduct(second)) {
    return wholePower(algebra, a, second);
  }
  const b = valueOver(algebra, second, leaf);
  return algebra[NAMED[expression.operator]](a, b);
}

/** The expression with others in the place of its leaves; what is known then is computed. */
export function substituted<From extends object, To extends object>(
  expression: Expression<From>,
  leaf: (leaf: From) => Expression<To>,
): Expression<To> {
  if (typeof expression === "number") return expression;
  if (!isOperation(expression)) return leaf(expression);
  const of = expression.of.map((part) => substituted(part, leaf));
  const made: Expression<To> = { operator: expression.operator, of };
  return of.every((part) => typeof part === "number") ? valueOver<number, To>(numbers, made, noLeaf) : made;
}

/** Its leaves, as often as they occur. */
export function leavesOf<Leaf extends object>(expression: Expression<Leaf>): readonly Leaf[] {
  if (typeof expression === "number") return [];
  return isOperation(expression) ? expression.of.flatMap(leavesOf) : [expression];
}

function isOperation<Leaf extends object>(expression: Leaf | Operation<Leaf>): expression is Operation<Leaf> {
  return "operator" in expression;
}

function isFunction(operator: Operator): operator is FunctionName {
  return FUNCTIONS.some((name) => name === operator);
}

function noLeaf(): number {
  return Number.NaN;
}

function isProduct(exponent: number): boolean {
  return Number.isInteger(exponent) && Math.abs(exponent) <= LARGEST_PRODUCT;
}

function wholePower<T>(algebra: Algebra<T>, base: T, exponent: number): T {
  if (exponent < 0) return algebra.div(algebra.constant(1), wholePower(algebra, base, -exponent));
  if (exponent === 0) return algebra.constant(1);
  if (exponent === 1) return base;
  const half = wholePower(algebra, base, Math.floor(exponent / 2));
  const square = algebra.mul(half, half);
  return exponent % 2 === 0 ? square : algebra.mul(square, base);
}
