import fc from "fast-check";
import { expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { blurredMappingMatrix } from "../../src/inversion/blurred-mapping.ts";
import { mappingMatrix } from "../../src/inversion/mapping.ts";
import { dot, type Matrix } from "../../src/operators/matrix.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { blurred } from "./blurred-problem.ts";

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
