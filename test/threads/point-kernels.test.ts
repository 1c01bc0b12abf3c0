import { expect, test } from "vitest";
import { wasmKernels } from "../../src/backend/wasm.ts";
import { withThreads } from "../../src/cli/threads.ts";
import { createGraph } from "../../src/compiler/graph.ts";
import { pointProgram } from "../../src/compiler/partition.ts";
import type { Reduction } from "../../src/compiler/point-program.ts";
import { fusesMultiplyAdds, type RunParts, webAssembly } from "../../src/compiler/wasm-kernel.ts";
import { workersJoin } from "./joining.ts";

const POINTS = 60_000;

/** exp(sin x), in every reduction, of points in groups of four. */
function prepare(runParts?: RunParts) {
  const graph = createGraph();
  const x = graph.input("x", "point");
  const node = graph.apply("exp", graph.apply("sin", x));
  const reductions: readonly Reduction[] = ["each", "groupMean", "sum"];
  const program = pointProgram(
    reductions.map((reduction) => ({ node, reduction })),
    [x],
  );
  const kernel = webAssembly(fusesMultiplyAdds(), runParts)(program);
  const arrays = kernel.allocate(POINTS, 4);
  arrays.inputs[0].set(Float64Array.from({ length: POINTS }, (_, point) => point / 1000));
  return { run: () => kernel.run(arrays, 0, POINTS), results: () => arrays.outputs.map((output) => [...output]) };
}

test("threads of the pool take parts of kernels with memories of their own, and change no bit", async () => {
  const alone = prepare();
  alone.run();
  const expected = alone.results();
  await withThreads(3, async () => {
    await workersJoin();
    let own = 0;
    let all = 0;
    // Counts the parts that the caller takes.
    const counting: RunParts = (program, parts, args) => {
      const part = (...values: number[]) => {
        own++;
        return program.exports.part(...values);
      };
      all += parts;
      wasmKernels().runParts({ ...program, exports: { part } }, parts, args);
    };
    const kernels = [prepare(counting), prepare(counting)];
    for (let repeat = 0; repeat < 3000 && (repeat < 5 || own === all); repeat++) {
      for (const kernel of kernels) {
        kernel.run();
        if (repeat < 5) expect(kernel.results()).toEqual(expected);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(own).toBeLessThan(all);
    for (const kernel of kernels) expect(kernel.results()).toEqual(expected);
    // The pool's first program is still served.
    await workersJoin();
  });
});

test("without threads the caller takes all parts", () => {
  const kernel = prepare((program, parts, args) => wasmKernels().runParts(program, parts, args));
  kernel.run();
  const alone = prepare();
  alone.run();
  expect(kernel.results()).toEqual(alone.results());
});
