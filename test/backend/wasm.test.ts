import { expect, test } from "vitest";
import { WasmKernels } from "../../src/backend/wasm.ts";

test("an array beyond 32 bits of bytes is refused, not wrapped around", () => {
  const wasm = new WasmKernels("base");
  expect(() => wasm.output(2 ** 30)).toThrow(/4 GiB of WebAssembly are full/);
  // The instance is as good as before.
  wasm.reset();
  const address = wasm.input(Float64Array.of(1, 2));
  expect(wasm.float64(address, 2)).toEqual(Float64Array.of(1, 2));
});

test("more than the memory holds says so", () => {
  const wasm = new WasmKernels("base");
  expect(() => {
    for (let n = 0; n < 5; n++) wasm.output(2 ** 27);
  }).toThrow(/4 GiB of WebAssembly are full/);
});
