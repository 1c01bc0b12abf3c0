import type { VectorInstruction } from "./vector-instructions.ts";

/**
 * A value of two f64 lanes and how it comes about: the last form of a formula before it becomes code. Equal ones are one
 * object, so a common subexpression is computed once.
 */
export interface Vector {
  /** Grows from operands to results. */
  readonly id: number;
  readonly kind: VectorInstruction | "constant" | "uniform" | "input" | "entry" | "state" | "loop" | "result";
  readonly operands: readonly Vector[];
  /** Of a constant: the bits of one lane. */
  readonly bits: bigint;
  /** Which uniform, input, state of its loop or result of its loop; the count of a shift. */
  readonly index: number;
  /** Of an entry: the table, one value for each step of the loop that is its home. */
  readonly values: readonly number[];
  /** Whether it is the same for all points. */
  readonly shared: boolean;
  /** The innermost loop in whose body it is computed; undefined for what is computed once a point. */
  readonly home: VectorLoop | undefined;
  /** Of a loop: its body. */
  readonly loop: VectorLoop | undefined;
}

/**
 * The body of a loop: `results`, the next states, in terms of `states`, the last of which is the number of steps done
 * before. The operands of the loop itself are the initial states, the count and what the body takes from outside.
 */
export interface VectorLoop {
  readonly depth: number;
  /** Splat in both lanes; rounded up to the number of steps. */
  readonly count: Vector;
  readonly states: readonly Vector[];
  results: readonly Vector[];
}

/** Makes vectors. Masks are lanes of all ones or all zeros. */
export interface VectorBuilder {
  /** Whether a multiply-add rounds once. */
  readonly fused: boolean;
  readonly constant: (value: number) => Vector;
  /** A constant by the bits of a lane. */
  readonly bits: (value: bigint) => Vector;
  /** The same value for all points, given at every call. */
  readonly uniform: (index: number) => Vector;
  /** A value of the point. */
  readonly input: (index: number) => Vector;
  /** The value that a table has at a step of a loop, whose index is given. */
  readonly entry: (values: readonly number[], index: Vector) => Vector;
  readonly add: (a: Vector, b: Vector) => Vector;
  readonly sub: (a: Vector, b: Vector) => Vector;
  readonly mul: (a: Vector, b: Vector) => Vector;
  readonly div: (a: Vector, b: Vector) => Vector;
  readonly neg: (a: Vector) => Vector;
  readonly abs: (a: Vector) => Vector;
  readonly sqrt: (a: Vector) => Vector;
  /** `b < a ? b : a`: a NaN in `a` stays. */
  readonly smaller: (a: Vector, b: Vector) => Vector;
  /** `a < b ? b : a`: a NaN in `a` stays. */
  readonly larger: (a: Vector, b: Vector) => Vector;
  readonly less: (a: Vector, b: Vector) => Vector;
  readonly equal: (a: Vector, b: Vector) => Vector;
  readonly and: (a: Vector, b: Vector) => Vector;
  readonly andNot: (a: Vector, b: Vector) => Vector;
  readonly or: (a: Vector, b: Vector) => Vector;
  readonly xor: (a: Vector, b: Vector) => Vector;
  readonly select: (mask: Vector, whenTrue: Vector, otherwise: Vector) => Vector;
  readonly shiftLeft: (a: Vector, count: number) => Vector;
  readonly shiftRight: (a: Vector, count: number) => Vector;
  readonly addInteger: (a: Vector, b: Vector) => Vector;
  readonly subInteger: (a: Vector, b: Vector) => Vector;
  readonly equalInteger: (a: Vector, b: Vector) => Vector;
  /** a b + c, rounded once if `fused`. */
  readonly multiplyAdd: (a: Vector, b: Vector, c: Vector) => Vector;
  /** c - a b, rounded once if `fused`. */
  readonly negatedMultiplyAdd: (a: Vector, b: Vector, c: Vector) => Vector;
  /** The sum of coefficients[i] x^i. */
  readonly polynomial: (coefficients: readonly number[], x: Vector) => Vector;
  /** `step` applied `count` (a constant or uniform) times to the state; its index counts the steps done before. */
  readonly loop: (
    count: Vector,
    initial: readonly Vector[],
    step: (state: readonly Vector[], index: Vector) => readonly Vector[],
  ) => readonly Vector[];
}

/** @param fused Whether the code may use relaxed SIMD, on an engine whose multiply-add rounds once. */
export function vectorBuilder(fused: boolean): VectorBuilder {
  const known = new Map<string, Vector>();
  let next = 0;
  let openLoops = 0;

  function make(kind: Vector["kind"], operands: readonly Vector[], more: Partial<Vector> = {}): Vector {
    let home: VectorLoop | undefined = more.home;
    for (const operand of operands) if ((operand.home?.depth ?? 0) > (home?.depth ?? 0)) home = operand.home;
    const shared = kind !== "input" && kind !== "state" && operands.every((operand) => operand.shared);
    return { id: next++, kind, operands, bits: 0n, index: 0, values: [], loop: undefined, shared, ...more, home };
  }

  function unique(kind: Vector["kind"], operands: readonly Vector[], index = 0): Vector {
    const key = `${kind} ${index} ${operands.map(({ id }) => id).join(" ")}`;
    let vector = known.get(key);
    if (vector === undefined) {
      vector = make(kind, operands, { index });
      known.set(key, vector);
    }
    return vector;
  }

  function bits(value: bigint): Vector {
    const key = `constant ${value}`;
    let vector = known.get(key);
    if (vector === undefined) {
      vector = make("constant", [], { bits: BigInt.asUintN(64, value) });
      known.set(key, vector);
    }
    return vector;
  }

  const constant = (value: number) => bits(bitsOf(value));
  const unary = (kind: VectorInstruction) => (a: Vector) => unique(kind, [a]);
  const binary = (kind: VectorInstruction) => (a: Vector, b: Vector) => unique(kind, [a, b]);
  const ordered = (kind: VectorInstruction) => (a: Vector, b: Vector) => unique(kind, a.id < b.id ? [a, b] : [b, a]);
  const add = ordered("add");
  const sub = binary("sub");
  const mul = ordered("mul");
  const multiplyAdd = (a: Vector, b: Vector, c: Vector) =>
    fused ? unique("fusedMultiplyAdd", [a, b, c]) : add(mul(a, b), c);

  function loop(
    count: Vector,
    initial: readonly Vector[],
    step: (state: readonly Vector[], index: Vector) => readonly Vector[],
  ): readonly Vector[] {
    openLoops++;
    // The body may use values of every loop around it, and of no other.
    const body = { depth: openLoops, count, states: [] as Vector[], results: [] as readonly Vector[] };
    for (let index = 0; index <= initial.length; index++)
      body.states.push(make("state", [], { index, home: body, shared: index === initial.length }));
    const index = body.states[initial.length];
    body.results = [...step(body.states.slice(0, -1), index), add(index, constant(1))];
    openLoops--;
    const whole = make("loop", [...initial, constant(0), count, ...freeVectors(body)], { loop: body, shared: false });
    return initial.map((_, position) => unique("result", [whole], position));
  }

  return {
    fused,
    constant,
    bits,
    uniform: (index) => unique("uniform", [], index),
    input: (index) => unique("input", [], index),
    entry: (values, index) => {
      const key = `entry ${index.id} ${values}`;
      const vector = known.get(key) ?? make("entry", [index], { values });
      known.set(key, vector);
      return vector;
    },
    add,
    sub,
    mul,
    div: binary("div"),
    neg: unary("neg"),
    abs: unary("abs"),
    sqrt: unary("sqrt"),
    smaller: binary("smaller"),
    larger: binary("larger"),
    less: binary("less"),
    equal: ordered("equal"),
    and: ordered("and"),
    andNot: binary("andNot"),
    or: ordered("or"),
    xor: ordered("xor"),
    select: (mask, whenTrue, otherwise) => unique(fused ? "laneselect" : "bitselect", [whenTrue, otherwise, mask]),
    shiftLeft: (a, count) => unique("shiftLeft", [a], count),
    shiftRight: (a, count) => unique("shiftRight", [a], count),
    addInteger: ordered("addInteger"),
    subInteger: binary("subInteger"),
    equalInteger: ordered("equalInteger"),
    multiplyAdd,
    negatedMultiplyAdd: (a, b, c) => (fused ? unique("fusedNegatedMultiplyAdd", [a, b, c]) : sub(c, mul(a, b))),
    polynomial: (coefficients, x) =>
      coefficients.map(constant).reduceRight((sum, coefficient) => multiplyAdd(sum, x, coefficient)),
    loop,
  };
}

/** What a body uses that is computed outside of it, leaves aside. */
function freeVectors(body: VectorLoop): Vector[] {
  const free = new Set<Vector>();
  const seen = new Set<Vector>();
  const visit = (vector: Vector) => {
    if (seen.has(vector)) return;
    seen.add(vector);
    if ((vector.home?.depth ?? 0) >= body.depth) vector.operands.forEach(visit);
    else if (!isLeaf(vector)) free.add(vector);
  };
  body.results.forEach(visit);
  return [...free];
}

/** The initial states of a loop. */
export function initialOf({ loop, operands }: Vector): readonly Vector[] {
  return operands.slice(0, loop?.states.length);
}

/** Whether it is in memory, so that no instruction computes it. */
export function isLeaf({ kind }: Vector): boolean {
  return kind === "constant" || kind === "uniform";
}

/** The f64 of these bits. */
export function numberOf(bits: bigint): number {
  bitsView[0] = bits;
  return numberView[0];
}

const numberView = new Float64Array(1);
const bitsView = new BigUint64Array(numberView.buffer);

/** The bits of an f64. */
export function bitsOf(value: number): bigint {
  numberView[0] = value;
  return bitsView[0];
}
