import { emitCallStage } from "./call-stage.ts";
import { emitCallFunction, javascript } from "./emit-js.ts";
import type { Graph, InputNode, Node } from "./graph.ts";
import { inOrder, withBodies } from "./order.ts";
import { pointProgram } from "./partition.ts";
import type { PointArrays, PointBackend, PointKernel, PointOutput, PointProgram, Reduction } from "./point-program.ts";
import { rewrite } from "./rewrite.ts";
import { simplify } from "./simplify.ts";

/*
 * Alternatives that parameters decide.
 *
 * A `select` evaluates both of its alternatives at every point, also where its condition is the same at all of them,
 * such as whether an ellipse is so round that a series is used. A program is compiled with each such condition decided;
 * first with none of them holding (the series for the round, the cut-off beyond the bounds: formulas write the general
 * case last), and with others when parameters first ask for it.
 */

/** A program for one set of decisions, made executable, with what it needs once a call. */
export interface Variant<Kernel> {
  readonly program: PointProgram;
  readonly kernel: Kernel;
  readonly frontier: ReturnType<typeof emitCallStage>;
}

export interface Variants<Kernel> {
  /** The variant made first. */
  readonly general: Variant<Kernel>;
  /** The variant for these parameters, made when first asked for. */
  choose(parameters: Float64Array): Variant<Kernel>;
}

/** What is compiled: outputs of rate `point` of a graph. */
interface Decidable {
  readonly graph: Graph;
  readonly outputs: readonly PointOutput[];
  readonly inputs: readonly InputNode[];
  readonly parameters: readonly InputNode[];
}

/** The variants of these outputs, the conditions of rate `call` decided; `tables` fills what a call tabulates. */
export function planVariants<Kernel>(
  { graph, outputs, inputs, parameters }: Decidable,
  make: (program: PointProgram) => Kernel,
  tables: PointBackend = javascript,
): Variants<Kernel> {
  const conditions = conditionsOf(outputs.map(({ node }) => node));
  const sides = emitCallFunction(
    parameters,
    conditions.flatMap(({ less, than }) => [less, than]),
  );
  const compared = new Float64Array(2 * conditions.length);
  const variants = new Map<string, Variant<Kernel>>();

  function variantOf(decisions: readonly boolean[]): Variant<Kernel> {
    const key = String(decisions);
    const variant = variants.get(key) ?? compile(decisions);
    variants.set(key, variant);
    return variant;
  }

  function compile(decisions: readonly boolean[]): Variant<Kernel> {
    const program = pointProgram(decide(graph, outputs, conditions, decisions), inputs);
    return { program, kernel: make(program), frontier: emitCallStage(graph, parameters, program.frontier, tables) };
  }

  return {
    general: variantOf(conditions.map(() => false)),
    choose(values) {
      sides.run(values, compared);
      return variantOf(conditions.map((_, i) => compared[2 * i] < compared[2 * i + 1]));
    },
  };
}

export interface DecidedKernel {
  allocate: PointKernel["allocate"];
  run(parameters: Float64Array, arrays: PointArrays, from: number, to: number): void;
  readonly general: Variant<PointKernel>;
}

/** Compiles all variants to work in the arrays of the general one. */
export function compileDecided(
  graph: Graph,
  outputs: readonly PointOutput[],
  inputs: readonly InputNode[],
  parameters: readonly InputNode[],
  backend: PointBackend,
): DecidedKernel {
  const { general, choose } = planVariants({ graph, outputs, inputs, parameters }, backend, backend);
  /** Of arrays, how to make or find those that another variant works in. */
  const others = new WeakMap<PointArrays, (variant: Variant<PointKernel>) => PointArrays>();
  return {
    general,
    allocate(points, groupSize) {
      const arrays = general.kernel.allocate(points, groupSize);
      const made = new Map<Variant<PointKernel>, PointArrays>();
      others.set(arrays, (variant) => {
        const theirs = made.get(variant) ?? variant.kernel.allocate(points, groupSize);
        made.set(variant, theirs);
        return theirs;
      });
      return arrays;
    },
    run(values, arrays, from, to) {
      const variant = choose(values);
      if (variant === general) {
        runVariant(variant, values, arrays, from, to);
        return;
      }
      const theirs = (others.get(arrays) as (variant: Variant<PointKernel>) => PointArrays)(variant);
      arrays.inputs.forEach((input, slot) => {
        theirs.inputs[slot].set(input.subarray(from, to), from);
      });
      runVariant(variant, values, theirs, from, to);
      outputs.forEach(({ reduction }, slot) => {
        const [first, last] = rangeOf(reduction, arrays.groupSize, from, to);
        arrays.outputs[slot].set(theirs.outputs[slot].subarray(first, last), first);
      });
    },
  };
}

function runVariant(
  { frontier, kernel }: Variant<PointKernel>,
  parameters: Float64Array,
  arrays: PointArrays,
  from: number,
  to: number,
): void {
  frontier.run(parameters, arrays.frontier);
  kernel.run(arrays, from, to);
}

/** A comparison of values of rate `call`. */
interface Condition {
  readonly less: Node;
  readonly than: Node;
}

/** Those that decide between alternatives of rate `point`, or in the body of a loop of such. */
function conditionsOf(roots: readonly Node[]): Condition[] {
  const found = new Map<string, Condition>();
  for (const { op, operands } of withBodies(inOrder(roots, ({ rate }) => rate !== "point"))) {
    const [less, than] = operands;
    if (op === "select" && [less, than].every(({ rate, depth }) => rate !== "point" && depth === 0))
      found.set(`${less.id} ${than.id}`, { less, than });
  }
  return [...found.values()];
}

function decide(
  graph: Graph,
  outputs: readonly PointOutput[],
  conditions: readonly Condition[],
  decisions: readonly boolean[],
): PointOutput[] {
  if (conditions.length === 0) return [...outputs];
  const roots = outputs.map(({ node }) => node);
  const decided = rewrite(graph, roots, ({ op, operands: [less, than] }, images) => {
    const at = op === "select" ? conditions.findIndex((other) => other.less === less && other.than === than) : -1;
    return at < 0 ? graph.apply(op, ...images) : images[decisions[at] ? 2 : 3];
  });
  return simplify(graph, decided).map((node, i) => ({ node, reduction: outputs[i].reduction }));
}

function rangeOf(reduction: Reduction, groupSize: number, from: number, to: number): readonly [number, number] {
  if (reduction === "sum") return [0, 1];
  return reduction === "each" ? [from, to] : [from / groupSize, to / groupSize];
}
