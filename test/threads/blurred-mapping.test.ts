import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { blurredMappingMatrix } from "../../src/inversion/blurred-mapping.ts";
import { planConvolution } from "../../src/operators/convolve.ts";
import { dot } from "../../src/operators/matrix.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { bytesOf } from "./bytes.ts";
import { startThreads } from "./joining.ts";

// An image of so many pixels that F takes several rounds, and a source of so many that it has several blocks of rows, whose
// length would be a multiple of 256 bytes.
const SIDE = 63;
const SOURCE = 1088;
const kernels = kernelsOf("wasm");
const args = observation();
const f = kernels.curvatureMatrixViaBlurredMapping(args);
const slopes = kernels.blurredMappingSlopes({ ...args, curvatureWeights: f });
const weights = kernels.planImageWeights(args);
const t = args.sparseMappingMatrix;
const held = { f: weights.curvature(t), slopes: weights.mappingSlopes(t, f) };
const z = Float64Array.from({ length: SOURCE }, (_, p) => Math.sin(p));
const products = kernels.productsBothWays({ matrix: held.f, vector: z });

test("F is that of the rows of A", () => {
  const { rowStart, columnIndex, values, rows } = blurredMappingMatrix(args);
  const expected = new Float64Array(SOURCE * SOURCE);
  for (let m = 0; m < rows; m++) {
    for (let e = rowStart[m]; e < rowStart[m + 1]; e++) {
      for (let g = rowStart[m]; g < rowStart[m + 1]; g++) {
        expected[columnIndex[e] * SOURCE + columnIndex[g]] += (values[e] * values[g]) / args.noiseMap[m] ** 2;
      }
    }
  }
  // Sums of some thousand terms in another order.
  expect(relativeDifference(f.values, expected)).toBeLessThan(1e-13);
});

test("weights that are held give the same", () => {
  // Sums of some thousand terms in another order.
  expect(relativeDifference(held.f.values, f.values)).toBeLessThan(1e-13);
  expect(relativeDifference(held.slopes, slopes)).toBeLessThan(1e-13);
});

test("the slopes are the derivative along any direction", () => {
  const direction = t.values.map((_, e) => Math.cos(7 * e));
  const [up, down] = [1, -1].map((step) => {
    const values = t.values.map((value, e) => value + step * direction[e]);
    return dot(
      kernels.curvatureMatrixViaBlurredMapping({ ...args, sparseMappingMatrix: { ...t, values } }).values,
      f.values,
    );
  });
  // The difference of two traces in which most terms are equal.
  expect(Math.abs(dot(slopes, direction) - (up - down) / 4)).toBeLessThan(1e-12 * (up + down));
});

describe.each([2, 3, 5])("%i threads", (threads) => {
  let stop = async (): Promise<void> => undefined;
  beforeAll(async () => {
    stop = await startThreads(threads);
  });
  afterAll(() => stop());

  test("the same bytes", () => {
    for (let repeat = 0; repeat < 3; repeat++) {
      expect(bytesOf(kernels.curvatureMatrixViaBlurredMapping(args)).equals(bytesOf(f))).toBe(true);
      expect(bytesOf(kernels.blurredMappingSlopes({ ...args, curvatureWeights: f })).equals(bytesOf(slopes))).toBe(
        true,
      );
    }
  });

  test("the same bytes with errands between the parts, whose kernels the caller does alone", () => {
    for (let repeat = 0; repeat < 3; repeat++) {
      const done: Buffer[] = [];
      const errand = () => {
        if (done.length < 3) done.push(bytesOf(kernels.productsBothWays({ matrix: held.f, vector: z })));
      };
      const inPlace = weights.curvature(t, { resident: true, meanwhile: [errand, errand, errand] });
      expect(bytesOf(inPlace.values.slice()).equals(bytesOf(held.f.values))).toBe(true);
      expect(done).not.toHaveLength(0);
      for (const bytes of done) expect(bytes.equals(bytesOf(products))).toBe(true);
    }
  });

  test("what an errand throws comes through, and the threads go on", () => {
    const lost = () => {
      throw new Error("lost on the way");
    };
    expect(() => weights.curvature(t, { meanwhile: [lost] })).toThrow("lost on the way");
    expect(bytesOf(weights.curvature(t)).equals(bytesOf(held.f))).toBe(true);
  });

  test("the same bytes, weights held", () => {
    // Made by the threads too.
    const other = kernels.planImageWeights(args);
    for (const { curvature, mappingSlopes } of [weights, other, weights]) {
      expect(bytesOf(curvature(t)).equals(bytesOf(held.f))).toBe(true);
      expect(bytesOf(mappingSlopes(t, f)).equals(bytesOf(held.slopes))).toBe(true);
    }
  });
});

test("what is solved for where F was made is the same as elsewhere", () => {
  const inPlace = weights.curvature(t, { resident: true });
  expect(bytesOf(kernels.productsBothWays({ matrix: inPlace, vector: z })).equals(bytesOf(products))).toBe(true);
  for (let p = 0; p < SOURCE; p++) inPlace.values[p * (SOURCE + 1)] += 1;
  const matrix = { ...inPlace, values: Float64Array.from(inPlace.values) };
  const [there, here] = [inPlace, matrix].map((curvatureRegMatrix) => [
    kernels.reconstruction({ curvatureRegMatrix, dataVector: z }),
    kernels.positiveOnly({ curvatureRegMatrix, dataVector: z }),
  ]);
  expect(there).toEqual(here);
  // And the weights are as they were.
  expect(bytesOf(weights.curvature(t)).equals(bytesOf(held.f))).toBe(true);
});

function observation() {
  const pixels = SIDE * SIDE;
  const nativeIndex = Int32Array.from({ length: 2 * pixels }, (_, at) => {
    return at % 2 === 0 ? Math.floor(at / 2 / SIDE) : (at >> 1) % SIDE;
  });
  const kernel = { shape: [15, 17] as const, values: Float64Array.from({ length: 255 }, (_, k) => 1 + Math.cos(k)) };
  const columns = Array.from({ length: 3 * pixels }, (_, e) => {
    const [row, column] = [Math.floor(e / 3 / SIDE), Math.floor(e / 3) % SIDE];
    return 33 * (row >> 1) + (column >> 1) + (e % 3);
  });
  return {
    convolution: planConvolution(kernel, nativeIndex, nativeIndex),
    noiseMap: Float64Array.from({ length: pixels }, (_, m) => 1 + Math.sin(m) ** 2),
    sparseMappingMatrix: {
      rows: pixels,
      columns: SOURCE,
      rowStart: Int32Array.from({ length: pixels + 1 }, (_, m) => 3 * m),
      columnIndex: Int32Array.from(columns),
      values: Float64Array.from(columns, (column, e) => 0.2 + Math.cos(column + e) ** 2),
    },
  };
}
