import type { Graph, Node } from "./graph.ts";

/**
 * What is used where `less < than` holds, or where it does not, within another alternative or (depth 0) within none.
 * Selects that ask the same share their alternatives.
 */
export interface Alternative {
  readonly depth: number;
  /** Absent at depth 0. */
  readonly of?: {
    readonly less: Node;
    readonly than: Node;
    readonly holds: boolean;
    readonly parent: Alternative;
  };
}

/** What is used whatever the conditions. */
export const ALWAYS: Alternative = { depth: 0 };

/** Where the condition of a select, itself used within `parent`, holds or does not. */
export function alternativeOf(select: Node, holds: boolean, parent: Alternative): Alternative {
  const [less, than] = select.operands;
  return { depth: parent.depth + 1, of: { less, than, holds, parent } };
}

/** An adjoint that holds where an alternative is taken, and may be anything elsewhere. */
export interface Contribution {
  readonly within: Alternative;
  readonly adjoint: Node;
}

/**
 * For every node of `order` (operands before users) that is used, the narrowest alternative that contains all of its uses. The
 * compared operands of a select are used wherever the select is.
 */
export function placesOfUse(order: readonly Node[], outputs: readonly Node[]): ReadonlyMap<Node, Alternative> {
  const places = new Map<Node, Alternative>(outputs.map((output) => [output, ALWAYS]));
  const use = (node: Node, within: Alternative) => {
    const before = places.get(node);
    places.set(node, before === undefined ? within : common(before, within));
  };
  for (const node of order.toReversed()) {
    const within = places.get(node);
    if (within === undefined) continue;
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
 * The sum of contributions, as it holds within an alternative that contains all of theirs. Only on leaving an
 * alternative is a contribution selected (zero where the other one is taken): what would be infinite or undefined in an
 * alternative that is not taken is never multiplied by zero, but thrown away as its value is.
 */
export function sumWithin(graph: Graph, contributions: readonly Contribution[], target: Alternative): Node {
  let open = [...contributions];
  for (;;) {
    const depth = Math.max(...open.map(({ within }) => within.depth));
    const leaving = open.find(({ within }) => within.depth === depth)?.within.of;
    if (leaving === undefined || depth <= target.depth) return sumOf(graph, open);
    const { less, than, parent } = leaving;
    // Where the condition holds and where it does not are left together.
    const taken = (holds: boolean) => open.filter(({ within }) => same(within, { depth, of: { ...leaving, holds } }));
    const [first, second] = [taken(true), taken(false)];
    const adjoint = graph.apply("select", less, than, sumOf(graph, first), sumOf(graph, second));
    open = open.filter((contribution) => !first.includes(contribution) && !second.includes(contribution));
    open.push({ within: parent, adjoint });
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
    const { less, than, parent } = around.of;
    if (less.rate === "point" || than.rate === "point") result = parent;
  }
  return result;
}

function common(a: Alternative, b: Alternative): Alternative {
  if (a.of === undefined || b.of === undefined) return ALWAYS;
  if (same(a, b)) return a;
  return a.depth >= b.depth ? common(a.of.parent, b) : common(a, b.of.parent);
}

function same(a: Alternative, b: Alternative): boolean {
  if (a.of === undefined || b.of === undefined) return a.of === b.of;
  const { less, than, holds, parent } = a.of;
  return less === b.of.less && than === b.of.than && holds === b.of.holds && same(parent, b.of.parent);
}
