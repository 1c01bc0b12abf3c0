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

/** Both alternatives of a select that is itself used within `parent`. */
export function alternativesOf(select: Node, parent: Alternative): readonly [Alternative, Alternative] {
  const alternative = (whenLess: boolean) => ({ depth: parent.depth + 1, of: { select, whenLess, parent } });
  return [alternative(true), alternative(false)];
}

/** An adjoint that holds where an alternative is taken, and may be anything elsewhere. */
export interface Contribution {
  readonly within: Alternative;
  readonly adjoint: Node;
}

/**
 * The sum of contributions, as it holds within the narrowest alternative common to them all. Only on leaving an
 * alternative is a contribution selected (zero where the other one is taken): what would be infinite or undefined in an
 * alternative that is not taken is never multiplied by zero, but thrown away as its value is.
 */
export function gather(graph: Graph, contributions: readonly Contribution[]): Contribution {
  const within = contributions.map((contribution) => contribution.within).reduce(common);
  return { within, adjoint: sumWithin(graph, contributions, within) };
}

/** The sum of contributions as it holds within an alternative that contains all of theirs. */
export function sumWithin(graph: Graph, contributions: readonly Contribution[], target: Alternative): Node {
  const zero = graph.constant(0);
  const sums = new Map<Alternative, Node>();
  const add = (to: Alternative, adjoint: Node) => {
    const before = sums.get(to);
    sums.set(to, before === undefined ? adjoint : graph.apply("add", before, adjoint));
  };
  for (const { within, adjoint } of contributions) add(within, adjoint);
  for (;;) {
    const [deepest] = [...sums.keys()].toSorted((a, b) => b.depth - a.depth);
    if (deepest.of === undefined || deepest.depth <= target.depth) return sums.get(deepest) as Node;
    const { select, parent } = deepest.of;
    // Both alternatives of one select leave it together.
    const alternatives = [...sums.keys()].filter((other) => other.of?.select === select);
    const taken = (whenLess: boolean) => {
      const alternative = alternatives.find((other) => other.of?.whenLess === whenLess);
      return alternative === undefined ? zero : (sums.get(alternative) as Node);
    };
    const adjoint = graph.apply("select", select.operands[0], select.operands[1], taken(true), taken(false));
    for (const alternative of alternatives) sums.delete(alternative);
    add(parent, adjoint);
  }
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
  if (a === b) return a;
  if (a.depth >= b.depth) return common((a.of as { parent: Alternative }).parent, b);
  return common(a, (b.of as { parent: Alternative }).parent);
}
