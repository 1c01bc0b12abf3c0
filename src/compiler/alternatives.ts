import type { Graph, Node } from "./graph.ts";

/** One alternative of a `select`, within another select's alternative or (depth 0) within none. */
export interface Alternative {
  readonly depth: number;
  /** Absent at depth 0. */
  readonly of?: {
    readonly select: Node;
    readonly whenLess: boolean;
    readonly parent: Alternative;
  };
}

/** What is used whatever the conditions. */
export const ALWAYS: Alternative = { depth: 0 };

/** An alternative of a select that is itself used within `parent`. */
export function alternativeOf(select: Node, whenLess: boolean, parent: Alternative): Alternative {
  return { depth: parent.depth + 1, of: { select, whenLess, parent } };
}

/** An adjoint that holds where an alternative is taken, and may be anything elsewhere. */
export interface Contribution {
  readonly within: Alternative;
  readonly adjoint: Node;
}

/**
 * For every node of `order` (operands before users), the narrowest alternative that contains all of its uses. The compared
 * operands of a select are used wherever the select is.
 */
export function placesOfUse(order: readonly Node[], outputs: readonly Node[]): ReadonlyMap<Node, Alternative> {
  const places = new Map<Node, Alternative>(outputs.map((output) => [output, ALWAYS]));
  const use = (node: Node, within: Alternative) => {
    const before = places.get(node);
    places.set(node, before === undefined ? within : common(before, within));
  };
  for (const node of order.toReversed()) {
    const within = places.get(node) as Alternative;
    if (node.op === "select") {
      const [a, b, whenLess, otherwise] = node.operands;
      use(a, within);
      use(b, within);
      use(whenLess, alternativeOf(node, true, within));
      use(otherwise, alternativeOf(node, false, within));
    } else for (const operand of node.operands) use(operand, within);
  }
  return places;
}

/**
 * The sum of contributions, as it holds within an alternative that contains all of theirs. Only on leaving an alternative
 * is a contribution selected (zero where the other one is taken): what would be infinite or undefined in an
 * alternative that is not taken is never multiplied by zero, but thrown away as its value is.
 */
export function sumWithin(graph: Graph, contributions: readonly Contribution[], target: Alternative): Node {
  let open = [...contributions];
  for (;;) {
    const depth = Math.max(...open.map(({ within }) => within.depth));
    const leaving = open.find(({ within }) => within.depth === depth)?.within.of;
    if (leaving === undefined || depth <= target.depth) return sumOf(graph, open);
    const { select, parent } = leaving;
    // Both alternatives of one select leave it together.
    const ofSelect = open.filter(({ within }) => within.of?.select === select);
    const taken = (whenLess: boolean) =>
      sumOf(
        graph,
        ofSelect.filter(({ within }) => within.of?.whenLess === whenLess),
      );
    const [a, b] = select.operands;
    const adjoint = graph.apply("select", a, b, taken(true), taken(false));
    open = [...open.filter((contribution) => !ofSelect.includes(contribution)), { within: parent, adjoint }];
  }
}

function sumOf(graph: Graph, contributions: readonly Contribution[]): Node {
  const [first, ...rest] = contributions.map(({ adjoint }) => adjoint);
  return rest.reduce((sum, adjoint) => graph.apply("add", sum, adjoint), first ?? graph.constant(0));
}

/** The widest alternative around this one, itself included, that no condition of rate `point` is part of. */
export function outsidePointConditions(alternative: Alternative): Alternative {
  let result = alternative;
  for (let around = alternative; around.of !== undefined; around = around.of.parent) {
    const [a, b] = around.of.select.operands;
    if (a.rate === "point" || b.rate === "point") result = around.of.parent;
  }
  return result;
}

function common(a: Alternative, b: Alternative): Alternative {
  if (a === b || (a.of !== undefined && a.of.select === b.of?.select && a.of.whenLess === b.of.whenLess)) return a;
  if (a.depth >= b.depth) return common((a.of as { parent: Alternative }).parent, b);
  return common(a, (b.of as { parent: Alternative }).parent);
}
