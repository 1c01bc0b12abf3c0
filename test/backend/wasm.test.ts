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

test("a resident result outlives what is computed after it, is not copied in, and yields to the next", () => {
  const wasm = new WasmKernels("base");
  const address = wasm.resident(1000);
  const result = wasm.residentView(address, 1000).fill(3);
  wasm.reset();
  wasm.view(wasm.output(5_000_000), 5_000_000).fill(7);
  expect(result.every((value) => value === 3)).toBe(true);
  expect(wasm.input(result)).toBe(address);
  expect(wasm.input(result.subarray(10))).toBe(address + 80);
  expect(wasm.input(Float64Array.of(1))).toBeGreaterThanOrEqual(address + 8000);
  expect(wasm.resident(2000)).toBe(address);
});
