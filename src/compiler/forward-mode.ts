import type { Graph, LoopNode, Node, OperationNode } from "./graph.ts";
import { isConstant } from "./graph.ts";
import { inOrder } from "./order.ts";
import { partialsOver } from "./partials.ts";

/** For some nodes, their derivatives along each of a number of directions. */
export type Tangents = ReadonlyMap<Node, readonly Node[]>;

/** A value, and its derivatives along the directions. */
export interface WithTangents {
  readonly value: Node;
  readonly tangents: readonly Node[];
}

/**
 * Forward mode: the roots and their derivatives along `directions` directions, where the nodes in `seeds` have the
 * derivatives given and what does not depend on them has none. The values come back too, for a loop is made anew, with
 * the derivatives in its state: whoever uses values and derivatives should use these values, or loops run twice. An
 * entry of the state whose derivative stays zero costs nothing.
 *
 * Of a `select` the derivative is selected as the value is, so the alternative not taken has no say.
 */
export function forwardMode(
  graph: Graph,
  roots: readonly Node[],
  seeds: Tangents,
  directions: number,
): readonly WithTangents[] {
  const partialsOf = partialsOver(graph);
  const zero = graph.constant(0);
  const none: readonly Node[] = Array.from({ length: directions }, () => zero);
  const add = (a: Node, b: Node) => graph.apply("add", a, b);
  const mul = (a: Node, b: Node) => graph.apply("mul", a, b);
  const directionsOf = (make: (direction: number) => Node) => none.map((_, direction) => make(direction));

  type Known = ReadonlyMap<Node, WithTangents>;
  const at = (done: Known, node: Node): WithTangents => done.get(node) ?? { value: node, tangents: none };

  function all(targets: readonly Node[], given: Known): readonly WithTangents[] {
    const done = new Map(given);
    const loops = new Map<LoopNode, readonly WithTangents[]>();
    for (const node of inOrder(targets, (candidate) => done.has(candidate))) {
      if (node.op === "loop") loops.set(node, loop(node, done));
      else if (node.op === "result") done.set(node, (loops.get(node.loop) as readonly WithTangents[])[node.position]);
      else if (node.op === "entry")
        done.set(node, { value: graph.entry(node.values, at(done, node.operands[0]).value), tangents: none });
      else if (node.op !== "constant" && node.op !== "input" && node.op !== "placeholder")
        done.set(
          node,
          operation(
            node,
            node.operands.map((operand) => at(done, operand)),
          ),
        );
    }
    return targets.map((target) => at(done, target));
  }

  function operation(node: OperationNode, operands: readonly WithTangents[]): WithTangents {
    const value = graph.apply(node.op, ...operands.map((operand) => operand.value));
    if (operands.every(({ tangents }) => tangents.every((tangent) => isConstant(tangent, 0))))
      return { value, tangents: none };
    if (node.op === "select") {
      const [a, b, whenLess, otherwise] = operands;
      const choose = (direction: number) =>
        graph.apply("select", a.value, b.value, whenLess.tangents[direction], otherwise.tangents[direction]);
      return { value, tangents: directionsOf(choose) };
    }
    const partials = partialsOf(
      node.op,
      operands.map((operand) => operand.value),
      value,
    );
    const along = (direction: number) =>
      partials.map((partial, i) => mul(partial, operands[i].tangents[direction])).reduce(add);
    return { value, tangents: directionsOf(along) };
  }

  function loop(node: LoopNode, outside: Known): readonly WithTangents[] {
    const size = node.state.length;
    const pack = (state: readonly WithTangents[]) => [
      ...state.map(({ value }) => value),
      ...state.flatMap(({ tangents }) => tangents),
    ];
    const unpack = (packed: readonly Node[]): WithTangents[] =>
      node.state.map((_, i) => ({
        value: packed[i],
        tangents: directionsOf((direction) => packed[size + i * directions + direction]),
      }));
    const first = node.initial.map((initial) => at(outside, initial));
    const last = graph.loop(at(outside, node.count).value, pack(first), (packed, index) => {
      const inside = new Map(outside);
      inside.set(node.index, { value: index, tangents: none });
      unpack(packed).forEach((entry, i) => {
        inside.set(node.state[i], entry);
      });
      return pack(all(node.next, inside));
    });
    return unpack(last);
  }

  const given = new Map([...seeds].map(([node, tangents]) => [node, { value: node, tangents }]));
  return all(roots, given);
}
