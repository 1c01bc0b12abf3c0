import { expect, test } from "vitest";
import { kernels } from "../../src/backend/kernels.ts";
import { ARGUMENTS, makeCase } from "../../src/bench/cases.ts";
import { withThreads } from "../../src/cli/threads.ts";

const big = makeCase("threads", { gridSize: [40, 37], visibilities: 300, mappings: 3, neighbors: 4, sourcePixels: 30 });
const { wasm } = kernels.wTildeData.voices;
if ("absent" in wasm) throw new Error("wTildeData has no wasm voice");

test.each([2, 3, 5])("%i threads give the bytes of one", async (threads) => {
  const args = ARGUMENTS.wTildeData(big);
  const alone = wasm.run(args);
  await withThreads(threads, async () => {
    for (let repeat = 0; repeat < 20; repeat++) expect(wasm.run(args)).toEqual(alone);
  });
});
