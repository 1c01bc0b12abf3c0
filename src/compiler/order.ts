import type { LoopNode, Node } from "./graph.ts";

/**
 * The nodes at and below these roots, operands before users: loops count as their operands, their bodies are apart
 * (`bodyOf`). Below a node for which `stop` is true nothing is visited, and the node itself is left out.
 */
export function inOrder(roots: readonly Node[], stop: (node: Node) => boolean = () => false): Node[] {
  const last = roots.reduce((largest, { id }) => Math.max(largest, id), -1);
  const found = new Array<Node | undefined>(last + 1);
  const order: Node[] = [];
  const find = (node: Node) => {
    if (found[node.id] === undefined && !stop(node)) found[node.id] = node;
  };
  roots.forEach(find);
  // Operands have smaller numbers, so that going down all users of a node come before it.
  for (let id = last; id >= 0; id--) {
    const node = found[id];
    if (node === undefined) continue;
    order.push(node);
    node.operands.forEach(find);
  }
  return order.reverse();
}

/** These nodes, with the bodies of the loops among them, each before its loop; what bodies share once. */
export function withBodies(nodes: readonly Node[]): Node[] {
  const all = nodes.flatMap((node) => (node.op === "loop" ? [...withBodies(bodyOf(node)), node] : [node]));
  return [...new Set(all)];
}

/** The nodes of a loop's body in order, placeholders included. */
export function bodyOf(loop: LoopNode): Node[] {
  return inOrder(loop.next, ({ depth }) => depth < loop.level);
}
