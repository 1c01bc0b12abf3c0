import { afterEach, expect, test } from "vitest";
import { kernels } from "../../src/backend/kernels.ts";
import { bestWasmBuild, chooseWasmBuild, wasmKernels } from "../../src/backend/wasm.ts";
import { ARGUMENTS, makeCase } from "../../src/bench/cases.ts";
import { withThreads } from "../../src/cli/threads.ts";
import { overflowWorkers, workersJoin } from "./joining.ts";

const big = makeCase("threads", {
  gridSize: [60, 57],
  visibilities: 300,
  mappings: 3,
  neighbors: 4,
  sourcePixels: 30,
});
const args = ARGUMENTS.wTildeData(big);
const { wasm } = kernels.wTildeData.voices;
if ("absent" in wasm) throw new Error("wTildeData has no wasm voice");
const { run } = wasm;
const alone = run(args);

afterEach(() => chooseWasmBuild(bestWasmBuild()));

/** What a job throws, of several: a worker need not come in time for each. */
function failureOf(job: () => void): unknown {
  for (let attempt = 0; attempt < 1000; attempt++) {
    try {
      job();
    } catch (error) {
      return error;
    }
  }
  return undefined;
}

test("a worker that fails makes the call throw, and the pool goes on", async () => {
  await withThreads(3, async () => {
    await workersJoin();
    for (let repeat = 0; repeat < 5; repeat++) {
      expect(failureOf(overflowWorkers)).toEqual(new Error("a thread failed in allocate"));
      expect(run(args)).toEqual(alone);
    }
  });
});

test("a failure of the caller's own part comes through when the others have stopped", async () => {
  await withThreads(3, async () => {
    await workersJoin();
    for (let repeat = 0; repeat < 20; repeat++) {
      // Beyond the memory in every part.
      expect(() => wasmKernels().callParts("addTransposed", 100, 0, 1600, 0xfff00000)).toThrow();
      expect(run(args)).toEqual(alone);
    }
  });
});

test("threads come and go", async () => {
  // Without a job no worker starts, and none need be stopped.
  await withThreads(4, async () => expect(wasmKernels().threads).toBe(4));
  for (const threads of [2, 1, 3, 2]) await withThreads(threads, async () => expect(run(args)).toEqual(alone));
  expect(wasmKernels().threads).toBe(1);
  expect(run(args)).toEqual(alone);
});

test("workers see memory that the caller grows while they live", async () => {
  await withThreads(3, async () => {
    await workersJoin();
    const wasm = wasmKernels();
    const size = big.nativeIndex.length / 2;
    for (const doubles of [2 ** 22, 2 ** 24]) {
      wasm.reset();
      wasm.output(doubles);
      const weights = args.visibilitiesReal.map((value, k) => (args.noiseMapReal[k] ** 2 / value) ** 2);
      const out = wasm.output(size);
      expect(out).toBeGreaterThan(8 * doubles);
      const inputs = [args.gridRadians, args.uvWavelengths, weights].map((array) => wasm.input(array));
      const [grid, uv, weight] = inputs;
      for (let repeat = 0; repeat < 5; repeat++) {
        wasm.view(out, size).fill(0);
        wasm.callParts("pointSum", Math.ceil(size / 64), 0, size, grid, weights.length, uv, weight, out);
        expect(wasm.float64(out, size)).toEqual(alone);
      }
    }
  });
});

test("another build takes the threads over", async () => {
  const other = bestWasmBuild() === "base" ? "relaxed" : "base";
  if (other === "relaxed") return;
  chooseWasmBuild(other);
  const alone = run(args);
  chooseWasmBuild(bestWasmBuild());
  await withThreads(2, async () => {
    chooseWasmBuild(other);
    expect(wasmKernels().threads).toBe(2);
    await workersJoin();
    expect(run(args)).toEqual(alone);
  });
  expect(wasmKernels().threads).toBe(1);
});
