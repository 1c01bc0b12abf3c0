import type { Algebra } from "./algebra.ts";
import { emitCallFunction } from "./emit-js.ts";
import { createGraph, type Graph, type InputNode, type Node } from "./graph.ts";
import { splitGradient } from "./partition.ts";
import type { PointArrays, PointBackend, PointKernel, PointOutput, PointProgram, Reduction } from "./point-program.ts";
import { simplify } from "./simplify.ts";
import { tracing } from "./trace.ts";
import { compileDecided } from "./variants.ts";

/** A function of a point, to be compiled. */
export interface PointFunction {
  /** The names of the parameters, which are the same at all points of a call. */
  readonly parameters: readonly string[];
  /** The names of what differs from point to point, such as `y` and `x`. */
  readonly inputs: readonly string[];
  /** What becomes of each of the formula's outputs. */
  readonly outputs: readonly Reduction[];
  /** From the parameters and the inputs, in their order, to the outputs. */
  formula<T>(algebra: Algebra<T>, parameters: readonly T[], inputs: readonly T[]): readonly T[];
}

/** A point function made executable. */
export interface CompiledKernel {
  allocate: PointKernel["allocate"];
  /** The outputs of points [from, to), whole groups of them, at these parameters. */
  run(parameters: Float64Array, arrays: PointArrays, from: number, to: number): void;
  /** What was compiled first (`variants.ts`). */
  readonly program: PointProgram;
  /** Its generated text: what runs once a call, and what runs at every point. */
  readonly code: { readonly call: string; readonly point: string };
}

/**
 * A point function with its gradient. After the function's own outputs come its derivatives by some intermediate values
 * that depend on parameters alone, reduced as its first output is.
 */
export interface CompiledGradient extends CompiledKernel {
  /** How many derivatives there are: outputs `outputs.length` and following. */
  readonly derivatives: number;
  /**
   * The gradient by the parameters of anything linear in the function's outputs, such as a weighted sum over points:
   * from the same sums of each of the derivatives. With `groupMean`, of weighted sums of means.
   */
  gradient(parameters: Float64Array, totals: Float64Array): Float64Array;
}

/** A function's graph, its outputs simplified: what is compiled. */
export interface TracedFunction {
  readonly graph: Graph;
  readonly outputs: readonly PointOutput[];
  readonly inputs: readonly InputNode[];
  readonly parameters: readonly InputNode[];
}

/** With derivatives among the outputs, and the function that takes their totals to the parameters. */
export interface TracedGradient extends TracedFunction, Pick<CompiledGradient, "derivatives" | "gradient"> {
  /** The text of `gradient`. */
  readonly code: string;
}

/** Traces the function and compiles it with a back end. */
export function compile(point: PointFunction, backend: PointBackend): CompiledKernel {
  return kernelOf(traceFunction(point), backend);
}

/**
 * As `compile`, with the gradient, for a function of one output. For one of several it is the gradient of
 * their sum, each multiplied at each point by an input of its own: these stand after the function's inputs.
 */
export function compileGradient(point: PointFunction, backend: PointBackend): CompiledGradient {
  const traced = traceGradient(point);
  const kernel = kernelOf(traced, backend);
  const { code, derivatives, gradient } = traced;
  return { ...kernel, code: { ...kernel.code, call: `${kernel.code.call}\n\n${code}` }, derivatives, gradient };
}

export function traceFunction(point: PointFunction): TracedFunction {
  const { graph, inputs, outputs, parameters } = trace(point);
  const reduced = simplify(graph, outputs).map((node, i) => ({ node, reduction: point.outputs[i] }));
  return { graph, outputs: reduced, inputs, parameters };
}

export function traceGradient(point: PointFunction): TracedGradient {
  const { graph, inputs, outputs, parameters } = trace(point);
  const weights = outputs.length === 1 ? [] : outputs.map((_, i) => graph.input(`weight ${i}`, "point"));
  const simple = simplify(graph, outputs);
  const seeds = simple.map((output, i) => ({ output, adjoint: weights[i] ?? graph.constant(1) }));
  const split = splitGradient(graph, seeds, parameters);
  const reduced = [
    ...split.outputs.map((node, i) => ({ node, reduction: point.outputs[i] })),
    ...split.adjoints.map((node) => ({ node, reduction: point.outputs[0] })),
  ];
  const sweep = emitCallFunction([...parameters, ...split.totals], split.gradient);
  const values = new Float64Array(parameters.length + split.totals.length);
  return {
    graph,
    outputs: reduced,
    inputs: [...inputs, ...weights],
    parameters,
    code: sweep.code,
    derivatives: split.totals.length,
    gradient: (given, totals) => {
      values.set(given);
      values.set(totals, parameters.length);
      const gradient = new Float64Array(parameters.length);
      sweep.run(values, gradient);
      return gradient;
    },
  };
}

function trace(point: PointFunction) {
  const graph = createGraph();
  const parameters: readonly InputNode[] = point.parameters.map((name) => graph.input(name, "call"));
  const inputs: readonly InputNode[] = point.inputs.map((name) => graph.input(name, "point"));
  const outputs: readonly Node[] = point.formula(tracing(graph), parameters, inputs);
  return { graph, parameters, inputs, outputs };
}

function kernelOf({ graph, outputs, inputs, parameters }: TracedFunction, backend: PointBackend): CompiledKernel {
  const { allocate, run, general } = compileDecided(graph, outputs, inputs, parameters, backend);
  const { frontier, kernel, program } = general;
  return { allocate, run, program, code: { call: frontier.code, point: kernel.code } };
}
