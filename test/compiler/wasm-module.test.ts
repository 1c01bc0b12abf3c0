import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  F64,
  I32,
  type ImportedMemory,
  V128,
  WasmCode,
  type WasmFunction,
  wasmModule,
} from "../../src/compiler/wasm-module.ts";

const UNSHARED: ImportedMemory = { module: "env", name: "memory", shared: false, initialPages: 1 };
const SHARED: ImportedMemory = { ...UNSHARED, shared: true, maximumPages: 65536 };

function instantiate(functions: readonly WasmFunction[], memory: ImportedMemory = UNSHARED) {
  const bytes = wasmModule(memory, functions);
  expect(WebAssembly.validate(bytes)).toBe(true);
  const { shared, initialPages: initial, maximumPages } = memory;
  const imported = new WebAssembly.Memory(shared ? { initial, maximum: maximumPages as number, shared } : { initial });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: imported } });
  return { memory: imported, exports: instance.exports as Record<string, (...values: number[]) => number> };
}

const constantOf = (value: number): WasmFunction => ({
  name: "f",
  parameters: [],
  results: [I32],
  locals: [],
  code: new WasmCode().i32(value),
});

describe("the WebAssembly writer", () => {
  it("writes integers of every length", () => {
    const edges = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8192, -8193, 2 ** 31 - 1, -(2 ** 31)];
    for (const value of edges) expect(instantiate([constantOf(value)]).exports.f()).toBe(value);
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (value) => {
        expect(instantiate([constantOf(value)]).exports.f()).toBe(value);
      }),
      { numRuns: 50 },
    );
  });

  it("gives functions their names, parameters and locals", () => {
    const difference = new WasmCode().get(1).get(0).plain("i32.sub");
    const throughLocals = new WasmCode().get(0).set(2).get(2).get(2).plain("f64.add");
    const { exports } = instantiate([
      { name: "difference", parameters: [I32, I32], results: [I32], locals: [], code: difference },
      {
        name: "twice",
        parameters: [F64],
        results: [F64],
        locals: [
          [1, V128],
          [1, F64],
        ],
        code: throughLocals,
      },
    ]);
    expect(exports.difference(3, 10)).toBe(7);
    expect(exports.twice(1.25)).toBe(2.5);
  });

  it("imports memories, shared or not", () => {
    const code = new WasmCode().get(0).access("f64.load", 8);
    const load: WasmFunction = { name: "load", parameters: [I32], results: [F64], locals: [], code };
    for (const limits of [UNSHARED, SHARED]) {
      const { memory, exports } = instantiate([load], limits);
      new Float64Array(memory.buffer)[3] = 4.5;
      expect(exports.load(16)).toBe(4.5);
    }
  });

  it("loops while its condition holds, not once if it does not", () => {
    const code = new WasmCode();
    code.loopWhile(
      () => code.get(0),
      () => code.get(0).i32(1).plain("i32.sub").set(0).get(1).i32(3).plain("i32.add").set(1),
    );
    code.get(1);
    const { exports } = instantiate([{ name: "triple", parameters: [I32], results: [I32], locals: [[1, I32]], code }]);
    expect([0, 1, 5].map((value) => exports.triple(value))).toEqual([0, 3, 15]);
  });

  it("moves lanes between memory and vectors", () => {
    // Swaps the two f64 at the address, through lanes.
    const code = new WasmCode();
    code.get(0).get(0).access("v128.loadFirst", 8).set(1);
    code.get(0).get(1).lane("load", 1, 0).set(1).get(1).access("v128.store", 0);
    const { memory, exports } = instantiate([
      { name: "swap", parameters: [I32], results: [], locals: [[1, V128]], code },
    ]);
    const doubles = new Float64Array(memory.buffer);
    doubles.set([1.5, -2.5], 2);
    exports.swap(16);
    expect([...doubles.subarray(2, 4)]).toEqual([-2.5, 1.5]);
  });

  it("saturates a rounded-up count", () => {
    const code = new WasmCode().get(0).ceilToI32();
    const { exports } = instantiate([{ name: "steps", parameters: [F64], results: [I32], locals: [], code }]);
    expect([2, 2.1, 0, -3.5, Number.NaN, 1e300].map((value) => exports.steps(value))).toEqual([
      2,
      3,
      0,
      -3,
      0,
      2 ** 31 - 1,
    ]);
  });
});
