import {
  ALWAYS,
  type Alternative,
  alternativeOf,
  type Contribution,
  outsidePointConditions,
  placesOfUse,
  sumWithin,
} from "./alternatives.ts";
import { forwardMode } from "./forward-mode.ts";
import type { Graph, LoopNode, Node, ResultNode } from "./graph.ts";
import { inOrder } from "./order.ts";
import { partialsOver } from "./partials.ts";
import { substitute } from "./rewrite.ts";
import { type Term, termsOf } from "./sums.ts";

/** An output, and what it is multiplied by in the function whose gradient is taken: the sum of output times adjoint. */
export interface Seed {
  readonly output: Node;
  readonly adjoint: Node;
}

export interface Gradient {
  /** The outputs, to be used in the place of those given: their loops are those that carry the derivatives. */
  readonly outputs: readonly Node[];
  /** One for each of the nodes asked for. */
  readonly gradient: readonly Node[];
}

/**
 * What to go on with in the place of the adjoint that a node of rate `call` has at each point: a node of rate `call`
 * for the total over points.
 */
export type Crossing = (node: Node, adjoint: Node) => Node;

/**
 * Reverse mode: the gradient of the sum of output times adjoint by each of `variables` (inputs, or any nodes: below
 * them nothing is looked at), in one sweep from the outputs down.
 *
 * With `crossing`, where the sweep passes from rate `point` to rate `call` it goes on with totals: the gradient is that
 * of a sum over all points, and its part of rate `call` is done once for all of them.
 *
 * **Alternatives.** Within an alternative of a `select` the sweep goes on as if it were taken; contributions are
 * selected where they leave it (`alternatives.ts`).
 *
 * **Sums** (`sums.ts`). The derivatives by what goes into the terms are a sum over the same rows, of the terms' own.
 *
 * **Other loops.** The derivatives of a loop's result by what goes into it come from forward mode, in the same loop: each of
 * its S states is joined by its derivatives by each of the V differentiable initial and captured values (those that are
 * zero apart), about S V products a step. That needs no memory for the way back, and suits series: short bodies into
 * which few values go. A formula is the cheaper for it the fewer these are: a factor that all terms share belongs
 * outside.
 */
export function reverseMode(
  graph: Graph,
  seeds: readonly Seed[],
  variables: readonly Node[],
  crossing?: Crossing,
): Gradient {
  const partialsOf = partialsOver(graph);
  const zero = graph.constant(0);
  const isVariable = new Set(variables);
  const given = seeds.map(({ output }) => output);
  const { outputs, slopes } = openLoops(graph, given, isVariable);
  const order = downTo(variables, outputs);
  const active = activeOf(order, isVariable);
  const places = placesOfUse(order, outputs);
  const ofSums = new Map<LoopNode, Node[]>();
  const pending = new Map<Node, (Contribution & { readonly atPoint: boolean })[]>();

  function send(to: Node, within: Alternative, adjoint: Node, atPoint: boolean): void {
    if (!active.has(to)) return;
    const contribution = { within, adjoint, atPoint };
    const before = pending.get(to);
    if (before === undefined) pending.set(to, [contribution]);
    else before.push(contribution);
  }

  /** Below the crossing there are no conditions of rate `point` any more. */
  function placeOf(node: Node): Alternative {
    const place = places.get(node) as Alternative;
    return crossing === undefined || node.rate === "point" ? place : outsidePointConditions(place);
  }

  /**
   * Contributions of points become one of their total, in which alternatives not taken count as zero already: where
   * conditions of rate `call` are decided before the points (`variants.ts`), nothing is computed for them.
   */
  function cross(node: Node, contributions: readonly (Contribution & { readonly atPoint: boolean })[]): Contribution[] {
    const ofPoints = contributions.filter(({ atPoint }) => atPoint);
    if (crossing === undefined || node.rate === "point" || ofPoints.length === 0) return [...contributions];
    const total = crossing(node, sumWithin(graph, ofPoints, ALWAYS));
    return [...contributions.filter(({ atPoint }) => !atPoint), { within: placeOf(node), adjoint: total }];
  }

  function sweepSum(loop: LoopNode): void {
    const adjoints = ofSums.get(loop);
    if (adjoints === undefined) return;
    const within = placeOf(loop);
    const atPoint = loop.rate === "point";
    loop.initial.forEach((node, position) => {
      send(node, within, adjoints[position], atPoint);
    });
    for (const [node, adjoint] of sumAdjoints(graph, loop, adjoints, active)) send(node, within, adjoint, atPoint);
  }

  seeds.forEach(({ adjoint }, i) => {
    send(outputs[i], ALWAYS, adjoint, true);
  });
  const gradients = new Map<Node, Node>();
  for (const node of order.toReversed()) {
    if (node.op === "loop") {
      sweepSum(node);
      continue;
    }
    const received = pending.get(node);
    if (received === undefined) continue;
    const contributions = cross(node, received);
    if (isVariable.has(node)) {
      gradients.set(node, sumWithin(graph, contributions, ALWAYS));
      continue;
    }
    const within = placeOf(node);
    const adjoint = sumWithin(graph, contributions, within);
    const atPoint = node.rate === "point";
    if (node.op === "result" && !slopes.has(node)) {
      const adjoints = ofSums.get(node.loop) ?? node.loop.state.map(() => zero);
      adjoints[node.position] = sumWithin(graph, contributions, placeOf(node.loop));
      ofSums.set(node.loop, adjoints);
    } else if (node.op === "result") {
      for (const [operand, slope] of slopes.get(node) as Slopes)
        send(operand, within, graph.apply("mul", adjoint, slope), atPoint);
    } else if (node.op === "select") {
      send(node.operands[2], alternativeOf(node, true, within), adjoint, atPoint);
      send(node.operands[3], alternativeOf(node, false, within), adjoint, atPoint);
    } else if (node.op !== "constant" && node.op !== "input" && node.op !== "placeholder" && node.op !== "entry") {
      const partials = partialsOf(node.op, node.operands, node);
      partials.forEach((partial, i) => {
        send(node.operands[i], within, graph.apply("mul", adjoint, partial), atPoint);
      });
    }
  }
  return { outputs, gradient: variables.map((variable) => gradients.get(variable) ?? zero) };
}

/** The derivatives of a loop's result by what goes into the loop. */
type Slopes = readonly (readonly [operand: Node, slope: Node])[];

/** The outputs with every loop that depends on the variables remade to carry its derivatives. */
function openLoops(graph: Graph, given: readonly Node[], isVariable: ReadonlySet<Node>) {
  const slopes = new Map<Node, Slopes>();
  const order = downTo([...isVariable], given);
  const results = order.filter((node) => node.op === "result").filter(({ loop }) => termsOf(loop) === undefined);
  if (results.length === 0) return { outputs: given, slopes };
  const active = activeOf(order, isVariable);
  const opened = new Map<Node, Node>([...isVariable].map((variable) => [variable, variable]));
  for (const loop of new Set(results.map((result) => result.loop)))
    if (active.has(loop))
      openLoop(
        graph,
        results.filter((result) => result.loop === loop),
        active,
        opened,
        slopes,
      );
  return { outputs: substitute(graph, given, opened), slopes };
}

function openLoop(
  graph: Graph,
  results: readonly ResultNode[],
  active: ReadonlySet<Node>,
  opened: Map<Node, Node>,
  slopes: Map<Node, Slopes>,
): void {
  const { initial, captured }: LoopNode = results[0].loop;
  const inner = [
    ...new Set(
      substitute(
        graph,
        [...initial, ...captured].filter((node) => active.has(node)),
        opened,
      ),
    ),
  ];
  const unit = (at: number) => inner.map((_, i) => graph.constant(i === at ? 1 : 0));
  const seeds = new Map(inner.map((node, i) => [node, unit(i)]));
  const dual = forwardMode(graph, substitute(graph, results, opened), seeds, inner.length);
  dual.forEach(({ value, tangents }, i) => {
    opened.set(results[i], value);
    slopes.set(
      value,
      inner.map((node, direction) => [node, tangents[direction]]),
    );
  });
}

/**
 * The adjoints of what goes into the terms of a sum, from those of its states. One state's own comes in after the sum, so
 * that this one need not wait for it.
 */
function sumAdjoints(
  graph: Graph,
  loop: LoopNode,
  adjoints: readonly Node[],
  active: ReadonlySet<Node>,
): (readonly [node: Node, adjoint: Node])[] {
  const variables = loop.captured.filter((node) => active.has(node));
  const factor = adjoints.length === 1 ? adjoints[0] : graph.constant(1);
  const inside = adjoints.length === 1 ? [graph.constant(1)] : adjoints;
  const terms = termsOf(loop) as readonly Term[];
  const outside = loop.captured.map((node) => [node, node] as const);
  const sums = graph.loop(
    loop.count,
    variables.map(() => graph.constant(0)),
    (state, index) => {
      const outputs = substitute(
        graph,
        terms.map(({ node }) => node),
        new Map([...outside, [loop.index, index]]),
      );
      const seeds = outputs.map((output, position) => {
        const adjoint = inside[position];
        return { output, adjoint: terms[position].op === "sub" ? graph.apply("neg", adjoint) : adjoint };
      });
      const { gradient } = reverseMode(graph, seeds, variables);
      return gradient.map((slope, i) => graph.apply("add", state[i], slope));
    },
  );
  return variables.map((node, i) => [node, graph.apply("mul", sums[i], factor)] as const);
}

/** The nodes from the variables, which come first, to these roots, operands before users. */
function downTo(variables: readonly Node[], roots: readonly Node[]): Node[] {
  const isVariable = new Set(variables);
  return [...variables, ...inOrder(roots, (node) => isVariable.has(node))];
}

/** The nodes that depend on the variables; a loop's number of steps is whole, and has no derivative. */
function activeOf(order: readonly Node[], isVariable: ReadonlySet<Node>): Set<Node> {
  const active = new Set<Node>();
  for (const node of order)
    if (isVariable.has(node) || changing(node).some((operand) => active.has(operand))) active.add(node);
  return active;
}

/** The operands by which a node may have derivatives. */
function changing(node: Node): readonly Node[] {
  return node.op === "loop" ? [...node.initial, ...node.captured] : node.operands;
}
