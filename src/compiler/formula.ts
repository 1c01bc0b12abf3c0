import type { Algebra } from "./algebra.ts";

/** A formula with its holes filled: what a template's tag returns. */
export type Formula<T> = (strings: TemplateStringsArray, ...holes: readonly T[]) => T;

/** What a parsed template does with an algebra and what stands in its holes. */
type Expression = <T>(algebra: Algebra<T>, holes: readonly T[]) => T;

/** The functions that a formula may name, with the number of their arguments. */
const FUNCTIONS = {
  sqrt: 1,
  exp: 1,
  log: 1,
  pow: 2,
  sin: 1,
  cos: 1,
  atan: 1,
  atan2: 2,
  atanh: 1,
  tanh: 1,
  erf: 1,
  selectLess: 4,
} as const satisfies Partial<Record<keyof Algebra<never>, number>>;

const parsed = new WeakMap<TemplateStringsArray, Expression>();

/**
 * Formulas as they are written on paper, over any algebra: with `const f = formula(algebra)`,
 *
 *   f`2 * ${einsteinRadius} * ${q} / ((1 + ${q}) * sqrt(${squared}))`
 *
 * Numbers, + - * / with the usual precedence, parentheses and the functions of the algebra; holes take scalars of it. A
 * template is parsed once, where it stands.
 * @throws SyntaxError for what is not a formula: a mistake in the source, which tracing any profile shows.
 */
export function formula<T>(algebra: Algebra<T>): Formula<T> {
  return (strings, ...holes) => {
    let expression = parsed.get(strings);
    if (expression === undefined) {
      expression = parse(strings.raw);
      parsed.set(strings, expression);
    }
    return expression(algebra, holes);
  };
}

type Token = { readonly text: string } | { readonly hole: number };

const LEXEME = /\s*(?:(\d+(?:\.\d+)?(?:e[+-]?\d+)?|[A-Za-z]\w*|[-+*/(),])|$)/gy;

function tokensOf(strings: readonly string[]): Token[] {
  const tokens: Token[] = [];
  strings.forEach((text, index) => {
    if (index > 0) tokens.push({ hole: index - 1 });
    LEXEME.lastIndex = 0;
    while (LEXEME.lastIndex < text.length) {
      const from = LEXEME.lastIndex;
      const match = LEXEME.exec(text);
      if (match === null) throw new SyntaxError(`formula: '${text.slice(from).trim()}' is not understood`);
      if (match[1] === undefined) break;
      tokens.push({ text: match[1] });
    }
  });
  return tokens;
}

/** Recursive descent: sum of products of signed atoms. */
function parse(strings: readonly string[]): Expression {
  const tokens = tokensOf(strings);
  let next = 0;
  const peek = () => {
    const token = tokens[next];
    return token !== undefined && "text" in token ? token.text : undefined;
  };
  const accept = (text: string) => peek() === text && ++next > 0;
  const expect = (text: string) => {
    if (!accept(text)) throw new SyntaxError(`formula: '${text}' expected in '${strings.join("_")}'`);
  };

  function sum(): Expression {
    let left = product();
    for (;;) {
      const a = left;
      if (accept("+")) {
        const b = product();
        left = (algebra, holes) => algebra.add(a(algebra, holes), b(algebra, holes));
      } else if (accept("-")) {
        const b = product();
        left = (algebra, holes) => algebra.sub(a(algebra, holes), b(algebra, holes));
      } else return left;
    }
  }

  function product(): Expression {
    let left = signed();
    for (;;) {
      const a = left;
      if (accept("*")) {
        const b = signed();
        left = (algebra, holes) => algebra.mul(a(algebra, holes), b(algebra, holes));
      } else if (accept("/")) {
        const b = signed();
        left = (algebra, holes) => algebra.div(a(algebra, holes), b(algebra, holes));
      } else return left;
    }
  }

  function signed(): Expression {
    if (!accept("-")) return atom();
    const a = signed();
    return (algebra, holes) => algebra.neg(a(algebra, holes));
  }

  function atom(): Expression {
    const token = tokens[next++];
    if (token === undefined) throw new SyntaxError(`formula: '${strings.join("_")}' ends too early`);
    if ("hole" in token) return (_, holes) => holes[token.hole];
    if (token.text === "(") {
      const inner = sum();
      expect(")");
      return inner;
    }
    const value = Number(token.text);
    if (!Number.isNaN(value)) return (algebra) => algebra.constant(value);
    return call(token.text);
  }

  function call(name: string): Expression {
    if (!Object.hasOwn(FUNCTIONS, name)) throw new SyntaxError(`formula: there is no function '${name}'`);
    const known = name as keyof typeof FUNCTIONS;
    expect("(");
    const parts = [sum()];
    while (accept(",")) parts.push(sum());
    expect(")");
    if (parts.length !== FUNCTIONS[known])
      throw new SyntaxError(`formula: ${name} takes ${FUNCTIONS[known]} arguments`);
    const [a, b, c, d] = parts;
    // Spreading the arguments takes longer than most of the functions.
    if (known === "selectLess")
      return (algebra, holes) =>
        algebra.selectLess(a(algebra, holes), b(algebra, holes), c(algebra, holes), d(algebra, holes));
    if (known === "pow" || known === "atan2")
      return (algebra, holes) => algebra[known](a(algebra, holes), b(algebra, holes));
    return (algebra, holes) => algebra[known](a(algebra, holes));
  }

  const whole = sum();
  if (next < tokens.length) throw new SyntaxError(`formula: '${strings.join("_")}' goes on after its end`);
  return whole;
}
