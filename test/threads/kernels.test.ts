import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isAbsent, type Kernel } from "../../src/backend/contract.ts";
import { type KernelName, kernels } from "../../src/backend/kernels.ts";
import { ARGUMENTS, CASES, makeCase } from "../../src/bench/cases.ts";
import { bytesOf } from "./bytes.ts";
import { startThreads } from "./joining.ts";

// Every kernel of the table gives the same bytes on any number of threads.

/** Enough for every kernel that has parts to share them: of pixels, of columns of T and of Cholesky's blocks. */
const LARGE = [
  makeCase("large", { gridSize: [25, 26], visibilities: 100, mappings: 3, neighbors: 4, sourcePixels: 612 }),
  makeCase(
    "large, of both lattices, masked",
    { gridSize: [47, 44], visibilities: 200, mappings: 3, neighbors: 4, sourcePixels: 101 },
    { maskRadius: 4.2, unequalNoise: true },
  ),
];

interface Run {
  readonly kernel: KernelName;
  readonly of: string;
  readonly again: () => unknown;
  readonly alone: Buffer;
}

const NAMES = (Object.keys(kernels) as KernelName[]).filter((name) => !isAbsent(kernels[name].voices.wasm));
const runs: Run[] = [];

beforeAll(() => {
  for (const kernel of NAMES) {
    const { wasm } = (kernels[kernel] as unknown as Kernel<unknown, unknown>).voices;
    if (isAbsent(wasm)) continue;
    for (const c of [...CASES, ...LARGE]) {
      const args = ARGUMENTS[kernel](c);
      const again = () => wasm.run(args);
      runs.push({ kernel, of: c.name, again, alone: bytesOf(again()) });
    }
  }
});

describe.each([2, 3, 5])("%i threads", (threads) => {
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    stop = await startThreads(threads);
  });
  afterAll(() => stop());

  test.each(NAMES)("%s", (name) => {
    const own = runs.filter(({ kernel }) => kernel === name);
    expect(own).not.toHaveLength(0);
    for (const { of, again, alone } of own) {
      for (let repeat = 0; repeat < 3; repeat++) expect(bytesOf(again()).equals(alone), of).toBe(true);
    }
  });
});
