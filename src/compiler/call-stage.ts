import { type CallFunction, emitCallFunction } from "./emit-js.ts";
import type { Graph, InputNode, Node, TableNode } from "./graph.ts";
import { pointProgram } from "./partition.ts";
import { type PointBackend, slotsOf } from "./point-program.ts";
import { substitute } from "./rewrite.ts";
import { simplify } from "./simplify.ts";

/**
 * What computes a frontier once a call, and its text: values in JavaScript, tables by kernels, to which an index is a point.
 * Tables of one length go in one kernel, where those of values and of derivatives have most of their work in common; what
 * they look up in turn is the frontier of that kernel.
 */
export function emitCallStage(
  graph: Graph,
  parameters: readonly InputNode[],
  frontier: readonly Node[],
  backend: PointBackend,
): { readonly run: CallFunction; readonly code: string } {
  const tables = frontier.filter((node) => node.op === "table");
  if (tables.length === 0) return emitCallFunction(parameters, frontier);
  const { slots } = slotsOf(frontier);
  const slotOf = new Map(frontier.map((node, i) => [node, slots[i]]));
  const single = frontier.filter((node) => node.op !== "table");
  const values = emitCallFunction(parameters, single);
  const found = new Float64Array(single.length);
  const counts = [...new Set(tables.map(({ count }) => count))];
  const groups = counts.map((count) => tables.filter((table) => table.count === count));
  const kernels = groups.map((group) => tableKernel(graph, parameters, group, backend));
  return {
    run: (inputs, outputs) => {
      values.run(inputs, found);
      single.forEach((node, i) => {
        outputs[slotOf.get(node) as number] = found[i];
      });
      groups.forEach((group, i) => {
        const columns = kernels[i].run(inputs);
        for (const [column, table] of group.entries()) outputs.set(columns[column], slotOf.get(table));
      });
    },
    code: [values.code, ...kernels.map(({ code }) => code)].join("\n\n"),
  };
}

/** Tables of one length, from the parameters. */
function tableKernel(
  graph: Graph,
  parameters: readonly InputNode[],
  tables: readonly TableNode[],
  backend: PointBackend,
): { readonly run: (inputs: Float64Array) => readonly Float64Array[]; readonly code: string } {
  const [{ count }] = tables;
  const index = graph.input("index of a table", "point");
  const bodies = substitute(
    graph,
    tables.map(({ value }) => value),
    new Map<Node, Node>([
      ...tables.flatMap(({ captured }) => captured.map((node) => [node, node] as const)),
      ...tables.map((table) => [table.index, index] as const),
    ]),
  );
  const outputs = simplify(graph, bodies).map((node) => ({ node, reduction: "each" as const }));
  const program = pointProgram(outputs, [index]);
  const stage = emitCallStage(graph, parameters, program.frontier, backend);
  const kernel = backend(program);
  const arrays = kernel.allocate(count, 1);
  arrays.inputs[0].forEach((_, at, indices) => {
    indices[at] = at;
  });
  return {
    run: (inputs) => {
      stage.run(inputs, arrays.frontier);
      kernel.run(arrays, 0, count);
      return arrays.outputs;
    },
    code: `${stage.code}\n\n${kernel.code}`,
  };
}
