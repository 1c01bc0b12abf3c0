import type { LoopNode, Node } from "./graph.ts";

/**
 * The nodes at and below these roots, operands before users: loops count as their operands, their bodies are apart
 * (`bodyOf`). Below a node for which `stop` is true nothing is visited, and the node itself is left out.
 */
export function inOrder(roots: readonly Node[], stop: (node: Node) => boolean = () => false): Node[] {
  const seen = new Set<Node>();
  const open = [...roots];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (seen.has(node) || stop(node)) continue;
    seen.add(node);
    open.push(...node.operands);
  }
  return [...seen].toSorted((a, b) => a.id - b.id);
}

/** The nodes of a loop's body in order, placeholders included. */
export function bodyOf(loop: LoopNode): Node[] {
  return inOrder(loop.next, ({ depth }) => depth < loop.level);
}
