import type { Algebra } from "./algebra.ts";
import { formula } from "./formula.ts";
import type { Graph, Node } from "./graph.ts";

/*
 * A function of one variable tabulated once a call, and interpolated at every point.
 *
 * Its values stand at equal steps, and between two of them the polynomial of degree 7 through the four on either side is
 * taken (Lagrange). Its coefficients, in v from -1/2 to 1/2, are tables too: a point looks up eight and multiplies out.
 * Between the middle nodes the error is at most
 *
 *   (1/2 3/2 5/2 7/2)^2 / 8! h^8 max |f^(8)| = 1.07e-3 h^8 max |f^(8)|
 *
 * to leading order, and largest halfway. Derivatives are those of the interpolant: by the variable, of its polynomials
 * (with an error of 3.6e-3 h^7 max |f^(8)| at a node, where they jump by twice that at most); by parameters, interpolated
 * from derivatives of the values, so that they have the error of a value.
 */

/** In steps from the middle of two nodes. */
const NODES = [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5];

/** How far before its range a function is asked, in steps; it is asked one further behind it. */
export const MARGIN = 3;

/** [k][j]: what the value at node j adds to the coefficient of v^k. */
export const COEFFICIENTS = NODES.map((_, k) => NODES.map((node) => basis(node)[k]));

/** The polynomial that is 1 at this node and 0 at the others. */
function basis(node: number): readonly number[] {
  let polynomial = [1];
  for (const other of NODES) {
    if (other === node) continue;
    const times = [0, ...polynomial];
    polynomial.forEach((coefficient, k) => {
      times[k] -= other * coefficient;
    });
    polynomial = times.map((coefficient) => coefficient / (node - other));
  }
  return polynomial;
}

/** A value held within a range. */
export function heldWithin<T>({ selectLess }: Algebra<T>, [lower, upper]: readonly [lower: T, upper: T], at: T): T {
  return selectLess(at, lower, lower, selectLess(upper, at, upper, at));
}

/** `Algebra.tabulated` over nodes. */
export function interpolated(
  graph: Graph,
  algebra: Algebra<Node>,
  [lower, upper]: readonly [lower: Node, upper: Node],
  pieces: number,
  f: (t: Node) => Node,
  at: Node,
): Node {
  const formulas = formula(algebra);
  const step = formulas`(${upper} - ${lower}) / ${graph.constant(pieces)}`;
  const first = formulas`${lower} - ${graph.constant(MARGIN)} * ${step}`;
  // One piece more than there are: the upper end may round into it.
  const values = graph.table(pieces + NODES.length, (index) => f(formulas`${first} + ${index} * ${step}`));
  const coefficients = COEFFICIENTS.map((weights) =>
    graph.table(pieces + 1, (piece) =>
      weights
        .map((weight, j) =>
          algebra.mul(graph.lookup(values, algebra.add(piece, graph.constant(j))), graph.constant(weight)),
        )
        .reduce((sum, term) => algebra.add(sum, term)),
    ),
  );
  const position = formulas`(${heldWithin(algebra, [lower, upper], at)} - ${lower}) * (1 / ${step})`;
  const piece = graph.apply("floor", position);
  const v = formulas`${position} - ${piece} - 0.5`;
  return coefficients
    .map((table) => graph.lookup(table, piece))
    .reduceRight((sum, coefficient) => formulas`${sum} * ${v} + ${coefficient}`);
}

/**
 * The largest difference, found halfway between nodes, of a tabulated function from the function itself. Where that is
 * near to rounding there is no more to gain from further pieces.
 */
export function interpolationError(
  [lower, upper]: readonly [lower: number, upper: number],
  pieces: number,
  f: (t: number) => number,
): number {
  const step = (upper - lower) / pieces;
  const values = Array.from({ length: pieces + NODES.length - 1 }, (_, index) => f(lower + (index - MARGIN) * step));
  let worst = 0;
  for (let piece = 0; piece < pieces; piece++) {
    const halfway = COEFFICIENTS[0].reduce((sum, weight, j) => sum + weight * values[piece + j], 0);
    worst = Math.max(worst, Math.abs(halfway - f(lower + (piece + 0.5) * step)));
  }
  return worst;
}
