import { describe, expect, test } from "vitest";
import { type KernelName, kernels } from "../../src/backend/kernels.ts";
import { ARGUMENTS, type Case, makeCase } from "../../src/bench/cases.ts";
import { withThreads } from "../../src/cli/threads.ts";

// Enough points, and on the larger grid enough cells, that threads share them; points of every bin, some far more than others.
const SIZES = { visibilities: 20_000, mappings: 1, neighbors: 0, sourcePixels: 1 } as const;
const CASES: readonly Case[] = [
  makeCase("a centred grid", { ...SIZES, gridSize: [65, 70] }, { unequalNoise: true, uvScale: 5e4 }),
  makeCase("off the phase centre", { ...SIZES, gridSize: [40, 150] }, { unequalNoise: true, origin: [0.7, -1.1] }),
];

describe.each(CASES.map((c) => [c.name, c] as const))("%s", (_, c) => {
  test.each(["wCompactViaNufft", "dirtyImageViaNufft", "visibilitiesViaNufft"] as const)("%s", async (name) => {
    const run = runIn(name);
    const args = ARGUMENTS[name](c);
    const alone = run(args);
    for (const threads of [2, 3, 5]) {
      await withThreads(threads, async () => {
        for (let repeat = 0; repeat < 3; repeat++) expect(run(args)).toEqual(alone);
      });
    }
  });
});

function runIn(name: KernelName): (args: unknown) => unknown {
  const { wasm } = kernels[name].voices;
  if ("absent" in wasm) throw new Error(`${name} has no wasm voice`);
  return wasm.run as (args: unknown) => unknown;
}
