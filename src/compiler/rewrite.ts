import type { Graph, LoopNode, Node, OperationNode } from "./graph.ts";
import { inOrder } from "./order.ts";

/** What an operation becomes on its rewritten operands. */
export type Rule = (node: OperationNode, operands: readonly Node[]) => Node;

/** The roots rewritten operand by operand, bodies of loops included; nodes in `given` become what is given. */
export function rewrite(
  graph: Graph,
  roots: readonly Node[],
  rule: Rule,
  given: ReadonlyMap<Node, Node> = new Map(),
): readonly Node[] {
  const image = (done: ReadonlyMap<Node, Node>, node: Node) => done.get(node) ?? node;

  function all(targets: readonly Node[], known: ReadonlyMap<Node, Node>): readonly Node[] {
    const done = new Map(known);
    const loops = new Map<LoopNode, readonly Node[]>();
    for (const node of inOrder(targets, (candidate) => done.has(candidate))) {
      if (node.op === "loop") loops.set(node, loop(node, done));
      else if (node.op === "result") done.set(node, (loops.get(node.loop) as readonly Node[])[node.position]);
      else if (node.op !== "constant" && node.op !== "input" && node.op !== "placeholder")
        done.set(
          node,
          rule(
            node,
            node.operands.map((operand) => image(done, operand)),
          ),
        );
    }
    return targets.map((target) => image(done, target));
  }

  function loop(node: LoopNode, outside: ReadonlyMap<Node, Node>): readonly Node[] {
    return graph.loop(
      image(outside, node.count),
      node.initial.map((first) => image(outside, first)),
      (state, index) => {
        const inside = new Map(outside);
        inside.set(node.index, index);
        node.state.forEach((placeholder, position) => {
          inside.set(placeholder, state[position]);
        });
        return all(node.next, inside);
      },
    );
  }

  return all(roots, given);
}

/** The roots with some nodes exchanged for others. */
export function substitute(graph: Graph, roots: readonly Node[], given: ReadonlyMap<Node, Node>): readonly Node[] {
  return rewrite(graph, roots, ({ op }, operands) => graph.apply(op, ...operands), given);
}
