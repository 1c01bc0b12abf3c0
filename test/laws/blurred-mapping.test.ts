import fc from "fast-check";
import { expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { blurredMappingMatrix } from "../../src/inversion/blurred-mapping.ts";
import { type Mapping, mappingMatrix, meanOverSubPixels } from "../../src/inversion/mapping.ts";
import { planConvolution } from "../../src/operators/convolve.ts";
import { dot, type Matrix } from "../../src/operators/matrix.ts";
import { relativeDifference } from "../equivalence/difference.ts";

const number = fc.double({ min: -1, max: 1, noNaN: true });
const odd = fc.integer({ min: 0, max: 4 }).map((half) => 2 * half + 1);

/** An image of some pixels with holes, a PSF that may be larger than it, and a source mapped to it at random. */
const blurred = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 19 }), psf: fc.tuple(odd, odd) })
  .chain(({ rows, columns, psf }) => {
    const pixels = fc
      .uniqueArray(fc.nat(rows * columns - 1), { minLength: 1 })
      .map((kept) => kept.sort((a, b) => a - b));
    return fc.record({
      columns: fc.constant(columns),
      kept: pixels,
      kernel: fc.array(number, { minLength: psf[0] * psf[1], maxLength: psf[0] * psf[1] }).map((values) => {
        return { shape: psf, values: Float64Array.from(values) };
      }),
      subSize: fc.integer({ min: 1, max: 2 }),
      sourcePixels: fc.integer({ min: 1, max: 70 }),
      seed: fc.integer({ min: 1, max: 1000 }),
    });
  })
  .map(({ columns, kept, kernel, subSize, sourcePixels, seed }) => {
    const nativeIndex = Int32Array.from(kept.flatMap((pixel) => [Math.floor(pixel / columns), pixel % columns]));
    const entries = 3 * kept.length * subSize * subSize;
    const perSubPixel: Mapping = {
      imagePixels: entries / 3,
      sourcePixels,
      mappingsPerPixel: 3,
      indexes: Int32Array.from({ length: entries }, (_, e) => ((e * e * seed + e) % (sourcePixels + 1)) - 1),
      weights: Float64Array.from({ length: entries }, (_, e) => Math.sin(e * seed)),
      slimIndexForSubSlimIndex: null,
      subFraction: null,
    };
    const mapping = meanOverSubPixels(perSubPixel, new Int32Array(kept.length).fill(subSize));
    const noiseMap = Float64Array.from(kept, (pixel) => 0.5 + Math.cos(pixel) ** 2);
    return { mapping, noiseMap, convolution: planConvolution(kernel, nativeIndex, nativeIndex) };
  });

test.each(["reference", "wasm"] as const)("F is A' N^-1 A of the blurred columns of T, %s", (voice) => {
  const kernels = kernelsOf(voice);
  fc.assert(
    fc.property(blurred, ({ mapping, noiseMap, convolution }) => {
      const sparseMappingMatrix = kernels.sparseMappingMatrix({ mapping });
      const t = mappingMatrix({ mapping });
      const columns = Array.from({ length: t.columns }, (_, p) => {
        const image = Float64Array.from({ length: t.rows }, (_, m) => t.values[m * t.columns + p]);
        return kernelsOf("reference").convolution({ convolution, image });
      });
      const a = rowsOf(blurredMappingMatrix({ convolution, sparseMappingMatrix }));
      // Sums of some ten to hundred terms of order one, in another order.
      expect(relativeDifference(a, transposed(columns))).toBeLessThan(1e-13);
      const dense = columns.flatMap((p) =>
        columns.map((q) => p.reduce((sum, value, m) => sum + (value * q[m]) / noiseMap[m] ** 2, 0)),
      );
      const f = kernels.curvatureMatrixViaBlurredMapping({ convolution, noiseMap, sparseMappingMatrix });
      expect(relativeDifference(f.values, Float64Array.from(dense))).toBeLessThan(1e-13);
      expect(f.values).toEqual(transposeOf(f).values);
    }),
    { numRuns: 60 },
  );
});

/** F is quadratic in T, so that central differences are its derivatives whatever the step. */
test.each(["reference", "wasm"] as const)("slopes are half the derivatives of tr(C F), %s", (voice) => {
  const kernels = kernelsOf(voice);
  fc.assert(
    fc.property(blurred, fc.nat(), ({ mapping, noiseMap, convolution }, pick) => {
      const t = kernels.sparseMappingMatrix({ mapping });
      fc.pre(t.values.length > 0);
      const curvatureWeights = symmetric(t.columns);
      const traceAt = (values: Float64Array) => {
        const sparseMappingMatrix = { ...t, values };
        const f = kernels.curvatureMatrixViaBlurredMapping({ convolution, noiseMap, sparseMappingMatrix });
        return dot(f.values, curvatureWeights.values);
      };
      const g = kernels.blurredMappingSlopes({ convolution, noiseMap, sparseMappingMatrix: t, curvatureWeights });
      const entry = pick % t.values.length;
      const [up, down] = [1, -1].map((step) => traceAt(t.values.with(entry, t.values[entry] + step)));
      // Roundings of the whole trace, which one entry is a part of.
      const size = Math.hypot(...t.values, 1) ** 2 * t.columns * Math.hypot(...convolution.kernel.values) ** 2 * 100;
      expect(Math.abs((up - down) / 4 - g[entry])).toBeLessThanOrEqual(1e-14 * size);
      expect(Math.abs(dot(g, t.values) - traceAt(t.values))).toBeLessThanOrEqual(1e-14 * size);
    }),
    { numRuns: 60 },
  );
});

function symmetric(size: number): Matrix {
  const values = Float64Array.from({ length: size * size }, (_, at) => {
    const [p, q] = [at % size, Math.floor(at / size)];
    return Math.cos(3 * p * q) + Math.sin(p + q);
  });
  return { rows: size, columns: size, values };
}

function rowsOf({ rows, columns, rowStart, columnIndex, values }: ReturnType<typeof blurredMappingMatrix>) {
  const dense = new Float64Array(rows * columns);
  for (let m = 0; m < rows; m++) {
    for (let e = rowStart[m]; e < rowStart[m + 1]; e++) dense[m * columns + columnIndex[e]] = values[e];
  }
  return dense;
}

function transposed(columns: readonly Float64Array[]): Float64Array {
  return Float64Array.from({ length: columns.length * columns[0].length }, (_, at) => {
    return columns[at % columns.length][Math.floor(at / columns.length)];
  });
}

function transposeOf({ rows, columns, values }: Matrix): Matrix {
  const out = Float64Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]);
  return { rows: columns, columns: rows, values: out };
}
