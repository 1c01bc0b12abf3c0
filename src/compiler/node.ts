import type { OperationName } from "./operations.ts";

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

/**
 * `count` values computed once a call, for points to look up: no value itself, but an operand of lookups. Its operands
 * are `captured`: everything from outside, of rate `call`, that the value at an index uses. That value's nodes have a depth
 * of at least `level`.
 */
export interface TableNode extends NodeRecord {
  readonly op: "table";
  readonly level: number;
  readonly count: number;
  readonly captured: readonly Node[];
  readonly index: PlaceholderNode;
  readonly value: Node;
}

/** What a table has at an index; its operands are the table and the index, a whole number from 0 to below the count. */
export interface LookupNode extends NodeRecord {
  readonly op: "lookup";
  readonly table: TableNode;
}

export type Node =
  | ConstantNode
  | InputNode
  | PlaceholderNode
  | EntryNode
  | OperationNode
  | LoopNode
  | ResultNode
  | TableNode
  | LookupNode;

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

/** What a table, or a loop, captures other than tables. */
export function scalarsOf({ captured }: TableNode | LoopNode): Node[] {
  return captured.filter(({ op }) => op !== "table");
}
