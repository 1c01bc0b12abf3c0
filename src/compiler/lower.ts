import { boundsOf } from "./bounds.ts";
import type { LoopNode, Node } from "./graph.ts";
import type { OperationName } from "./operations.ts";
import { inOrder } from "./order.ts";
import type { PointProgram } from "./point-program.ts";
import { SMALLEST_NORMAL } from "./vector-exponential.ts";
import { VECTOR_MATH } from "./vector-math.ts";
import type { Vector, VectorBuilder } from "./vectors.ts";

/** The outputs of a program as vectors: transcendental functions expanded, products and sums joined to multiply-adds. */
export function lower(v: VectorBuilder, { frontier, inputs, outputs }: PointProgram): readonly Vector[] {
  const known = new Map<Node, Vector>();
  frontier.forEach((node, index) => {
    known.set(node, v.uniform(index));
  });
  inputs.forEach((node, index) => {
    known.set(node, v.input(index));
  });
  return lowerAll(
    v,
    outputs.map(({ node }) => node),
    known,
  );
}

/** @param outside What is known already: the frontier, inputs, and in a loop's body everything around it. */
function lowerAll(v: VectorBuilder, roots: readonly Node[], outside: ReadonlyMap<Node, Vector>): readonly Vector[] {
  const known = new Map(outside);
  const loops = new Map<LoopNode, readonly Vector[]>();
  const vectorOf = (node: Node): Vector => {
    const vector = node.op === "constant" ? v.constant(node.value) : known.get(node);
    if (vector === undefined) throw new Error(`a ${node.op} stands outside of the program`);
    return vector;
  };
  for (const node of inOrder(roots, (candidate) => known.has(candidate))) {
    if (node.op === "constant") continue;
    if (node.op === "loop") loops.set(node, lowerLoop(v, node, known, vectorOf));
    else if (node.op === "result") known.set(node, (loops.get(node.loop) as readonly Vector[])[node.position]);
    else if (node.op === "entry") known.set(node, v.entry(node.values, vectorOf(node.operands[0])));
    else if (node.op === "input" || node.op === "placeholder") vectorOf(node);
    else known.set(node, lowerOperation(v, node.op, node.operands, vectorOf));
  }
  return roots.map(vectorOf);
}

function lowerLoop(
  v: VectorBuilder,
  { count, initial, index, next, state }: LoopNode,
  outside: ReadonlyMap<Node, Vector>,
  vectorOf: (node: Node) => Vector,
): readonly Vector[] {
  return v.loop(vectorOf(count), initial.map(vectorOf), (values, step) => {
    const inside = new Map(outside).set(index, step);
    state.forEach((placeholder, position) => {
      inside.set(placeholder, values[position]);
    });
    return lowerAll(v, next, inside);
  });
}

function lowerOperation(
  v: VectorBuilder,
  op: OperationName,
  operands: readonly Node[],
  vectorOf: (node: Node) => Vector,
): Vector {
  const [first, second] = operands;
  const vectors = operands.map(vectorOf);
  const [a, b, c, d] = vectors;
  // A product that others use too costs nothing more here, and the sum comes sooner.
  // (What is below the frontier is not here.)
  const factors = (node: Node) =>
    node.op === "mul" && vectorOf(node).kind !== "uniform" ? node.operands.map(vectorOf) : undefined;
  switch (op) {
    case "add": {
      const right = factors(second);
      if (right !== undefined) return v.multiplyAdd(right[0], right[1], a);
      const left = factors(first);
      return left === undefined ? v.add(a, b) : v.multiplyAdd(left[0], left[1], b);
    }
    case "sub": {
      const right = factors(second);
      if (right !== undefined) return v.negatedMultiplyAdd(right[0], right[1], a);
      const left = factors(first);
      if (left !== undefined && second.op === "constant")
        return v.multiplyAdd(left[0], left[1], v.constant(-second.value));
      return v.sub(a, b);
    }
    case "mul":
      return v.mul(a, b);
    case "div":
      return v.div(a, b);
    case "reciprocal":
      return v.div(v.constant(1), a);
    case "neg":
      return v.neg(a);
    case "sqrt":
      return v.sqrt(a);
    case "select":
      return v.select(v.less(a, b), c, d);
    case "log":
    case "log2":
      return VECTOR_MATH[op](v, a, boundsOf(first).lower >= SMALLEST_NORMAL);
    case "pow":
    case "atan2":
      return VECTOR_MATH[op](v, a, b);
    default:
      return VECTOR_MATH[op](v, a);
  }
}
