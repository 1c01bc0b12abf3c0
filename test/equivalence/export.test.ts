import { describe, expect, test } from "vitest";
import { arraysOf, caseArrays, caseIndex, referenceOf, snakeCase } from "../../bench/export-cases.ts";
import { type KernelName, kernels } from "../../src/backend/kernels.ts";
import { ARGUMENTS, CASES, type Case } from "../../src/bench/cases.ts";
import type { NdArray } from "../../src/io/ndarray.ts";
import { readNpz, writeNpz } from "../../src/io/npz.ts";

const NAMES = Object.keys(kernels) as KernelName[];

function throughNpz(arrays: Record<string, NdArray>): Map<string, NdArray> {
  return readNpz(writeNpz(arrays, { level: 1 }), "case.npz");
}

function caseNamed(name: string): Case {
  return CASES.find((c) => c.name === name)!;
}

function below(arrays: Iterable<[string, NdArray]>, folder: string): Record<string, NdArray> {
  const inside = [...arrays].filter(([path]) => path === folder || path.startsWith(`${folder}/`));
  return Object.fromEntries(inside);
}

/** A null is left out of the file, so it is what stands where a field is missing. */
const LEFT_OUT = { plus: null, slimIndexForSubSlimIndex: null, subFraction: null };

/** The argument record that the arrays below `folder` were flattened from. */
function argumentsFrom(arrays: Map<string, NdArray>, folder: string): unknown {
  const root: Record<string, unknown> = {};
  for (const [path, array] of Object.entries(below(arrays, folder))) {
    const names = path.slice(folder.length + 1).split("/");
    const fields = names.map((name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
    const last = fields.pop()!;
    let record = root;
    for (const field of fields) {
      record[field] ??= { ...LEFT_OUT };
      record = record[field] as Record<string, unknown>;
    }
    const plain = array.shape.length === 0 ? array.data[0] : array.data;
    // Lists of numbers are lists again: a shape or a centre.
    record[last] = ["shape", "origin", "centre", "pixelScales"].includes(last)
      ? Array.from(array.data as Float64Array)
      : plain;
  }
  return root;
}

// Sums of both lattices, sub-pixels, and arrays without elements.
describe.each(["grid off the phase centre", "oversampled", "no neighbors", "one image pixel"])("%s", (caseName) => {
  const c = caseNamed(caseName);
  const arrays = caseArrays(c);
  const read = throughNpz(arrays);

  test("comes back from the file as it was", () => {
    expect(Object.fromEntries(read)).toEqual(arrays);
  });

  test.each(NAMES)("%s can be done again from the file alone", (name) => {
    const stored = below(read, `${snakeCase(name)}/out`);
    const again = referenceOf(name)(argumentsFrom(read, `${snakeCase(name)}/in`));
    expect(Object.keys(stored)).not.toHaveLength(0);
    expect(arraysOf(`${snakeCase(name)}/out`, again)).toEqual(stored);
    // The arguments that the case gives in full lead to the same: none that matters was left out.
    expect(arraysOf(`${snakeCase(name)}/out`, referenceOf(name)(ARGUMENTS[name](c)))).toEqual(stored);
  });
});

test("arrays have their true shapes", () => {
  const shapes = (name: string, paths: string[]) => {
    const arrays = caseArrays(caseNamed(name));
    return paths.map((path) => arrays[path].shape);
  };
  expect(
    shapes("grid off the phase centre", [
      "w_compact/in/uv_wavelengths",
      "w_compact/out/minus",
      "w_compact/out/plus",
      "w_preload/out/preload",
      "w_tilde/out/values",
      "mapping_matrix/in/mapping/indexes",
      "mapping_matrix/out/values",
      "sparse_mapping_matrix/out/values",
      "reconstruction/out/values",
      "log_determinant/out",
    ]),
  ).toEqual([[40, 2], [8, 15], [15, 15], [16, 16], [64, 64], [64, 3], [64, 12], [192], [12], []]);
  expect(shapes("no neighbors", ["constant_regularization_matrix/in/neighbors/indexes"])).toEqual([[12, 0]]);
});

test("the index names every case and kernel, each case in a file of its own", () => {
  const { cases, kernels: listed } = caseIndex();
  expect(cases.map((c) => c.name)).toEqual(CASES.map((c) => c.name));
  expect(new Set(cases.map((c) => c.file)).size).toBe(CASES.length);
  expect(Object.keys(listed)).toEqual(NAMES.map(snakeCase));
  expect(listed.w_compact.voices).toMatchObject({
    reference: { tolerance: 0 },
    wasm: { tolerance: expect.any(Number) },
  });
});
