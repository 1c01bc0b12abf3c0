import { type PointFunction, traceFunction } from "./compile.ts";
import { javascript } from "./emit-js.ts";
import { forwardMode } from "./forward-mode.ts";
import { simplify } from "./simplify.ts";
import { planVariants } from "./variants.ts";

/** A compiled function at one point after the other, each chosen by what the last one gave, as roots are sought. */
export type Pointwise = (parameters: Float64Array) => (a: number, b: number) => Float64Array;

/**
 * Compiles a function of two inputs to JavaScript, to be called point by point.
 * @param withSlopes Whether after the outputs come the derivatives of each by the first and by the second input.
 * @returns A function whose result is written anew by every call.
 */
export function compilePointwise(point: PointFunction, withSlopes: boolean): Pointwise {
  const { graph, inputs, parameters, outputs } = traceFunction(point);
  const [first, second] = inputs;
  const [zero, one] = [graph.constant(0), graph.constant(1)];
  const seeds = new Map([
    [first, [one, zero]],
    [second, [zero, one]],
  ]);
  const roots = outputs.map(({ node }) => node);
  const moved = withSlopes ? forwardMode(graph, roots, seeds, 2) : null;
  const nodes =
    moved === null ? roots : [...moved.map(({ value }) => value), ...moved.flatMap(({ tangents }) => tangents)];
  const each = simplify(graph, nodes).map((node) => ({ node, reduction: "each" as const }));
  const variants = planVariants({ graph, outputs: each, inputs: [first, second], parameters }, javascript);
  return (values) => {
    const { kernel, frontier } = variants.choose(values);
    const arrays = kernel.allocate(1, 1);
    frontier.run(values, arrays.frontier);
    const [a, b] = arrays.inputs;
    const result = new Float64Array(each.length);
    return (atFirst, atSecond) => {
      a[0] = atFirst;
      b[0] = atSecond;
      kernel.run(arrays, 0, 1);
      for (let i = 0; i < result.length; i++) result[i] = arrays.outputs[i][0];
      return result;
    };
  };
}
