import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCompaction, writeCompaction } from "../../src/dataset/compaction-file.ts";
import { InputError } from "../../src/errors.ts";
import type { NdArray } from "../../src/io/ndarray.ts";
import { readNpz, writeNpz } from "../../src/io/npz.ts";
import { compacted, observe } from "../likelihood/lensed-observation.ts";

const OBSERVATION = observe({ count: 40, unequalNoise: true, origin: [0.1, -0.7] });
const BYTES = writeCompaction(await compacted(OBSERVATION, { referenceImage: OBSERVATION.image }));
const ARRAYS = readNpz(BYTES, "a.npz");

/** Reads what may be no compaction: a result, or one line that says what to do. */
function readOrRefuse(bytes: Uint8Array): void {
  try {
    const { grid, sums } = readCompaction(bytes, "a.npz");
    expect(sums.wCompact.minus.length).toBe(grid.shape[0] * (2 * grid.shape[1] - 1));
    expect(sums.data.dirtyImage.every(Number.isFinite)).toBe(true);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toMatch(/^a\.npz: [^\n]+; [^\n]+$/);
  }
}

describe("a round trip is exact", () => {
  test.each([
    ["equal noise", observe({ count: 40 }), false],
    ["unequal noise", OBSERVATION, false],
    ["with a reference image", OBSERVATION, true],
  ] as const)("%s", async (_, observation, recentred) => {
    const compaction = await compacted(observation, { referenceImage: recentred ? observation.image : null });
    expect(readCompaction(writeCompaction(compaction), "a.npz")).toStrictEqual(compaction);
  });
});

describe("no compaction is a crash", () => {
  test("changed bytes", () => {
    const changes = fc.array(
      fc.tuple(fc.noBias(fc.nat(BYTES.length - 1)), fc.oneof(fc.nat(255), fc.constant("cut" as const))),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(changes, (each) => {
        let bytes = BYTES.slice();
        for (const [place, change] of each) {
          if (change === "cut") bytes = bytes.slice(0, place);
          else if (place < bytes.length) bytes[place] = change;
        }
        readOrRefuse(bytes);
      }),
      { numRuns: 300 },
    );
  });

  test("arrays left out, of another shape, of another type, with a value changed", () => {
    const names = [...ARRAYS.keys()];
    const value = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 1e300);
    const change = fc.oneof(
      fc.constant(() => undefined),
      fc.constant(
        ({ data: { length } }: NdArray): NdArray => ({ dtype: "f4", shape: [length], data: new Float32Array(length) }),
      ),
      value.map((number) => ({ shape, data: { length } }: NdArray): NdArray => {
        return { dtype: "f8", shape, data: new Float64Array(length).fill(number) };
      }),
      value.map((number) => ({ data: { length } }: NdArray): NdArray => {
        return { dtype: "f8", shape: [length, 1], data: new Float64Array(length).fill(number) };
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names), change, (name, apply) => {
        const changed = apply(ARRAYS.get(name)!);
        const entries = [...ARRAYS].filter(([key]) => key !== name);
        readOrRefuse(writeNpz(Object.fromEntries(changed === undefined ? entries : [...entries, [name, changed]])));
      }),
      { numRuns: 150 },
    );
  });

  test("what it was made for says something else", () => {
    const madeFor = JSON.parse(new TextDecoder().decode(ARRAYS.get("made_for")!.data as Uint8Array)) as object;
    const value = fc.oneof(
      fc.constantFrom(
        undefined,
        null,
        "",
        "east",
        0,
        -1,
        1.5,
        1e9,
        2 ** 53,
        [],
        [0, 0],
        [14, -15],
        [1e9, 1e9],
        [14, 15, 1],
      ),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(madeFor)), value, (key, changed) => {
        const data = new TextEncoder().encode(JSON.stringify({ ...madeFor, [key]: changed }));
        const text: NdArray = { dtype: "u1", shape: [data.length], data };
        readOrRefuse(writeNpz({ ...Object.fromEntries(ARRAYS), made_for: text }));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["w_minus", /'w_minus' has type f8 and shape \(3\), not f8 and \(14,29\)/],
    ["dirty_image", /'dirty_image' has type f8 and shape \(3\)/],
    ["noise_normalization", /'noise_normalization' has type f8 and shape \(3\), not f8 and \(\)/],
  ])("%s of another shape is named", (name, message) => {
    const changed: NdArray = { dtype: "f8", shape: [3], data: new Float64Array(3) };
    const bytes = writeNpz({ ...Object.fromEntries(ARRAYS), [name]: changed });
    expect(() => readCompaction(bytes, "a.npz")).toThrow(message);
  });
});
