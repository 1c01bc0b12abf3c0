import { emitCallFunction, javascript } from "../../src/compiler/emit-js.ts";
import type { InputNode, Node } from "../../src/compiler/graph.ts";
import { pointProgram } from "../../src/compiler/partition.ts";

/** The values of nodes by generated JavaScript: at one point, where any input is of rate `point`. */
export function run(outputs: readonly Node[], inputs: readonly InputNode[], values: readonly number[]): number[] {
  const ofRate = (rate: string) => inputs.filter((input) => input.rate === rate);
  const given = (input: InputNode) => values[inputs.indexOf(input)];
  const program = pointProgram(
    outputs.map((node) => ({ node, reduction: "each" })),
    ofRate("point"),
  );
  const kernel = javascript(program);
  const arrays = kernel.allocate(1, 1);
  const parameters = ofRate("call");
  emitCallFunction(parameters, program.frontier).run(Float64Array.from(parameters, given), arrays.frontier);
  program.inputs.forEach((input, slot) => {
    arrays.inputs[slot][0] = given(input);
  });
  kernel.run(arrays, 0, 1);
  return arrays.outputs.map(([value]) => value);
}
