import { expect, test } from "vitest";
import { WebGpu } from "../../src/backend/webgpu.ts";

test.skipIf(globalThis.navigator?.gpu !== undefined)("without WebGPU, it is said what to do instead", async () => {
  await expect(WebGpu.request()).rejects.toMatchObject({ tag: "gpu/none" });
});
