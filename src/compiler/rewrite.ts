import type { Graph, LoopNode, Node, OperationNode } from "./graph.ts";
import { inOrder } from "./order.ts";
import { groupLoops, type Term, termsOf } from "./sums.ts";

/** What an operation becomes on its rewritten operands. */
export type Rule = (node: OperationNode, operands: readonly Node[]) => Node;

/**
 * The roots rewritten operand by operand, bodies of loops included; nodes in `given` become what is given. Sums over as
 * many rows become one loop: a sum and its derivatives have most of their bodies in common.
 */
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
    for (const node of groupLoops(inOrder(targets, (candidate) => done.has(candidate)))) {
      if (isGroup(node)) {
        const results = termsOf(node[0]) === undefined ? loop(node[0], done) : sum(node, done);
        let first = 0;
        for (const member of node) {
          loops.set(member, results.slice(first, first + member.state.length));
          first += member.state.length;
        }
      } else if (node.op === "result") done.set(node, (loops.get(node.loop) as readonly Node[])[node.position]);
      else if (node.op === "entry") done.set(node, graph.entry(node.values, image(done, node.operands[0])));
      else if (node.op !== "constant" && node.op !== "input" && node.op !== "placeholder" && node.op !== "loop")
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

  /** Sums of one number of terms, side by side. */
  function sum(sums: readonly LoopNode[], outside: ReadonlyMap<Node, Node>): readonly Node[] {
    const terms = sums.flatMap((node) => termsOf(node) as readonly Term[]);
    const initial = sums.flatMap((node) => node.initial.map((first) => image(outside, first)));
    return graph.loop(image(outside, sums[0].count), initial, (state, index) => {
      const inside = new Map(outside);
      for (const node of sums) inside.set(node.index, index);
      const added = all(
        terms.map(({ node }) => node),
        inside,
      );
      return terms.map(({ op }, position) => graph.apply(op, state[position], added[position]));
    });
  }

  return all(roots, given);
}

const isGroup = (item: Node | readonly LoopNode[]): item is readonly LoopNode[] => Array.isArray(item);

/** The roots with some nodes exchanged for others. */
export function substitute(graph: Graph, roots: readonly Node[], given: ReadonlyMap<Node, Node>): readonly Node[] {
  return rewrite(graph, roots, ({ op }, operands) => graph.apply(op, ...operands), given);
}
