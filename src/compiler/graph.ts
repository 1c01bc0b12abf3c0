import { fold } from "./fold.ts";
import { meaningOf, OPERATION_NAMES, type OperationName } from "./operations.ts";
import { inOrder } from "./order.ts";

/**
 * How often a value changes: never; once a call, with the parameters; at every point, with the position. Ordered: a
 * node is of the latest rate among its operands.
 */
export type Rate = "constant" | "call" | "point";

interface NodeRecord {
  /** Unique within its graph; an operand's is smaller than its user's. */
  readonly id: number;
  readonly operands: readonly Node[];
  readonly rate: Rate;
  /** The number of the innermost loop level whose placeholders it depends on; 0 outside of loops. */
  readonly depth: number;
}

export interface ConstantNode extends NodeRecord {
  readonly op: "constant";
  readonly value: number;
}

/** A named leaf: a parameter (`call`) or something of the position (`point`). */
export interface InputNode extends NodeRecord {
  readonly op: "input";
  readonly name: string;
}

/**
 * What a loop's body calls its index (the number of steps done) or its state. It belongs to a level of nesting and not
 * to one loop, so that equal bodies are equal nodes.
 */
export interface PlaceholderNode extends NodeRecord {
  readonly op: "placeholder";
  readonly position: "index" | number;
}

/** What a table of constants has at a loop's index, its operand: one value a step. */
export interface EntryNode extends NodeRecord {
  readonly op: "entry";
  readonly values: readonly number[];
}

export interface OperationNode extends NodeRecord {
  readonly op: OperationName;
}

/**
 * `next` applied `count` times (rounded up; of rate `call` or `constant`) to the state. Its operands are the count, the
 * initial state, and `captured`: everything from outside that the body uses, so that what does not change from step to
 * step is computed before the loop. Nodes of the body have a depth of at least `level`.
 */
export interface LoopNode extends NodeRecord {
  readonly op: "loop";
  readonly level: number;
  readonly count: Node;
  readonly initial: readonly Node[];
  readonly captured: readonly Node[];
  readonly index: PlaceholderNode;
  readonly state: readonly PlaceholderNode[];
  readonly next: readonly Node[];
}

/** One entry of a loop's final state; its operand is the loop. */
export interface ResultNode extends NodeRecord {
  readonly op: "result";
  readonly loop: LoopNode;
  readonly position: number;
}

export type Node = ConstantNode | InputNode | PlaceholderNode | EntryNode | OperationNode | LoopNode | ResultNode;

/** One step of a loop, over nodes. */
export type Step = (state: readonly Node[], index: Node) => readonly Node[];

/** Makes nodes, each only once: equal operations on equal operands are the same object. */
export interface Graph {
  constant(value: number): ConstantNode;
  input(name: string, rate: "call" | "point"): InputNode;
  /** The operation on these operands, folded (`fold.ts`) where that is exact. */
  apply(op: OperationName, ...operands: readonly Node[]): Node;
  /** The value at an index, which counts a loop's steps. */
  entry(values: readonly number[], index: Node): Node;
  /** The final state. @throws RangeError where the count is of rate `point`: a mistake in the formula. */
  loop(count: Node, initial: readonly Node[], step: Step): readonly Node[];
  /** How many nodes there are. */
  readonly size: number;
}

const RATES: readonly Rate[] = ["constant", "call", "point"];

/** The later of the rates of these nodes. */
export function latestRate(nodes: readonly Node[]): Rate {
  let latest: Rate = "constant";
  for (const { rate } of nodes) {
    if (rate === "point") return rate;
    if (rate === "call") latest = rate;
  }
  return latest;
}

export function isConstant(node: Node, value?: number): node is ConstantNode {
  return node.op === "constant" && (value === undefined || Object.is(node.value, value));
}

/** Loops of a constant number of steps up to this are written out. */
const UNROLLED_STEPS = 8;

/** So that an operation and two ids make a key of one number. */
const LARGEST_SIZE = 2 ** 20;

/** An empty graph. */
export function createGraph(): Graph {
  const table = new Map<number | string, Node>();
  let size = 0;
  let level = 0;

  function intern<N extends Node>(key: number | string, make: (id: number) => N): N {
    const found = table.get(key);
    if (found !== undefined) return found as N;
    if (size === LARGEST_SIZE) throw new RangeError(`a graph of more than ${LARGEST_SIZE} nodes`);
    const node = make(size++);
    table.set(key, node);
    return node;
  }

  function constant(value: number): ConstantNode {
    const key = `constant ${Object.is(value, -0) ? "-0" : value}`;
    return intern(key, (id) => ({ id, op: "constant", operands: [], rate: "constant", depth: 0, value }));
  }

  function input(name: string, rate: "call" | "point"): InputNode {
    return intern(`input ${rate} ${name}`, (id) => ({ id, op: "input", operands: [], rate, depth: 0, name }));
  }

  function placeholder(position: "index" | number, rate: Rate, depth: number): PlaceholderNode {
    const key = `placeholder ${depth} ${position} ${rate}`;
    return intern(key, (id) => ({ id, op: "placeholder", operands: [], rate, depth, position }));
  }

  function operation(op: OperationName, operands: readonly Node[]): Node {
    return intern(keyOf(op, operands), (id) => ({
      id,
      op,
      operands,
      rate: latestRate(operands),
      depth: deepest(operands),
    }));
  }

  function entry(values: readonly number[], index: Node): Node {
    if (index.op === "constant") return constant(values[index.value]);
    const { rate, depth } = index;
    return intern(`entry ${index.id} ${values}`, (id) => ({ id, op: "entry", operands: [index], rate, depth, values }));
  }

  function apply(op: OperationName, ...operands: readonly Node[]): Node {
    const ordered =
      meaningOf(op).commutative && comesAfter(operands[0], operands[1]) ? operands.toReversed() : operands;
    return fold(graph, op, ordered) ?? operation(op, ordered);
  }

  function loop(count: Node, initial: readonly Node[], step: Step): readonly Node[] {
    if (count.rate === "point") throw new RangeError("the number of steps of a loop depends on the position");
    if (count.op === "constant" && count.value <= UNROLLED_STEPS) {
      let state = initial;
      for (let index = 0; index < count.value; index++) state = step(state, constant(index));
      return state;
    }
    level++;
    const body = traceBody(initial, step);
    level--;
    const kept = body.positions;
    const node = loopNode(
      count,
      kept.map((position) => initial[position]),
      body,
    );
    return initial.map((first, position) => {
      const at = kept.indexOf(position);
      return at < 0 ? first : resultOf(node, at);
    });
  }

  interface Body {
    readonly positions: readonly number[];
    readonly state: readonly PlaceholderNode[];
    readonly next: readonly Node[];
  }

  /**
   * The body, with the fewest and slowest placeholders that it can have: an entry of the state is first believed to
   * keep its initial value and then to be of its initial value's rate, and the step is traced again while that proves
   * wrong.
   */
  function traceBody(initial: readonly Node[], step: Step): Body {
    const beliefs: Node[] = [...initial];
    for (;;) {
      const next = step(beliefs, placeholder("index", "call", level));
      const wrong = next.flatMap((node, position) => {
        const belief = beliefs[position];
        if (belief.op === "placeholder" && belief.depth === level) return outruns(node, belief) ? [position] : [];
        return node === belief ? [] : [position];
      });
      if (wrong.length === 0) return compact(beliefs, next);
      for (const position of wrong) {
        const rate = latestRate([next[position], initial[position]]);
        beliefs[position] = placeholder(position, rate === "point" ? "point" : "call", level);
      }
    }
  }

  function compact(beliefs: readonly Node[], next: readonly Node[]): Body {
    const positions = beliefs.flatMap((belief, position) =>
      belief.op === "placeholder" && belief.depth === level ? [position] : [],
    );
    return {
      positions,
      state: positions.map((position) => beliefs[position] as PlaceholderNode),
      next: positions.map((position) => next[position]),
    };
  }

  function loopNode(count: Node, initial: readonly Node[], { state, next }: Body): LoopNode {
    const bodyLevel = level + 1;
    const captured = capturedBy(next, bodyLevel);
    const operands = [count, ...initial, ...captured];
    const index = placeholder("index", "call", bodyLevel);
    const key = `loop ${bodyLevel} ${count.id} ${initial.map(idOf)} ${state.map(idOf)} ${next.map(idOf)}`;
    return intern(key, (id) => ({
      id,
      op: "loop",
      operands,
      rate: latestRate([...operands, ...next]),
      depth: deepest(operands),
      level: bodyLevel,
      count,
      initial,
      captured,
      index,
      state,
      next,
    }));
  }

  function resultOf(loop: LoopNode, position: number): ResultNode {
    const { rate, depth } = loop;
    return intern(`result ${loop.id} ${position}`, (id) => ({
      id,
      op: "result",
      operands: [loop],
      rate,
      depth,
      loop,
      position,
    }));
  }

  const graph: Graph = {
    constant,
    input,
    apply,
    entry,
    loop,
    get size() {
      return size;
    },
  };
  return graph;
}

const idOf = ({ id }: Node) => id;

function deepest(nodes: readonly Node[]): number {
  let depth = 0;
  for (const node of nodes) depth = Math.max(depth, node.depth);
  return depth;
}

/** The canonical order of commutative operands: later rates first, then the older node. */
function comesAfter(a: Node, b: Node): boolean {
  const difference = RATES.indexOf(a.rate) - RATES.indexOf(b.rate);
  return difference < 0 || (difference === 0 && a.id > b.id);
}

function outruns(node: Node, placeholder: Node): boolean {
  return node.rate === "point" && placeholder.rate !== "point";
}

function keyOf(op: OperationName, operands: readonly Node[]): number | string {
  const code = OPERATION_NAMES.indexOf(op) + 1;
  if (operands.length > 2) return `${op} ${operands.map(idOf)}`;
  return (code * LARGEST_SIZE + operands[0].id) * LARGEST_SIZE + (operands.length > 1 ? operands[1].id : 0);
}

/** What nodes of a body at `level` use from outside of it, constants apart. */
function capturedBy(next: readonly Node[], level: number): Node[] {
  const isOutside = ({ depth }: Node) => depth < level;
  const used = [...next, ...inOrder(next, isOutside).flatMap(({ operands }) => operands)];
  const captured = new Set(used.filter((node) => isOutside(node) && node.op !== "constant"));
  return [...captured].toSorted((a, b) => a.id - b.id);
}
