import type { LoopNode, Node } from "./graph.ts";
import { inOrder } from "./order.ts";

/*
 * Sums among loops: those whose steps add to each state a term that depends on no state. The derivatives of a sum are
 * sums again (`reverse-mode.ts`), and sums over as many rows can be one loop (`rewrite.ts`).
 */

/** What a step of a sum does to a state. */
export interface Term {
  readonly op: "add" | "sub";
  readonly node: Node;
}

/** The terms of a sum, or of several side by side; undefined for any other loop. */
export function termsOf({ level, next, state }: LoopNode): readonly Term[] | undefined {
  const terms: Term[] = [];
  for (const [position, { op, operands }] of next.entries()) {
    const before = state[position];
    if (op === "add" && operands.includes(before))
      terms.push({ op, node: operands[0] === before ? operands[1] : operands[0] });
    else if (op === "sub" && operands[0] === before) terms.push({ op, node: operands[1] });
    else return undefined;
  }
  const inside = inOrder(
    terms.map(({ node }) => node),
    ({ depth }) => depth < level,
  );
  return inside.some((node) => (state as readonly Node[]).includes(node)) ? undefined : terms;
}

/**
 * These nodes, operands before users still, with the loops in groups: sums of one level and count, of which none needs
 * another, together, any other loop alone.
 */
export function groupLoops(order: readonly Node[]): readonly (Node | readonly LoopNode[])[] {
  if (!order.some(({ op }) => op === "loop")) return order;
  // How many loops come after another at most, up to a node.
  const heights = new Map<Node, number>();
  for (const node of order) {
    const below = node.operands.reduce((most, operand) => Math.max(most, heights.get(operand) ?? 0), 0);
    heights.set(node, node.op === "loop" ? below + 1 : below);
  }
  const groups = new Map<string | LoopNode, LoopNode[]>();
  const grouped: (Node | readonly LoopNode[])[] = [];
  for (const node of order.toSorted((a, b) => (heights.get(a) as number) - (heights.get(b) as number))) {
    if (node.op !== "loop") {
      grouped.push(node);
      continue;
    }
    const key = termsOf(node) === undefined ? node : `${heights.get(node)} ${node.level} ${node.count.id}`;
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [node]);
      grouped.push(groups.get(key) as LoopNode[]);
    } else group.push(node);
  }
  return grouped;
}
