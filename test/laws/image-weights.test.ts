import fc from "fast-check";
import { expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { chooseWasmBuild } from "../../src/backend/wasm.ts";
import type { Matrix } from "../../src/operators/matrix.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { blurred } from "./blurred-problem.ts";

const reference = kernelsOf("reference");
const wasm = kernelsOf("wasm");

test.each(["base", "relaxed"] as const)("weights that are held give what A = P T does (%s)", (build) => {
  chooseWasmBuild(build);
  fc.assert(
    fc.property(blurred, fc.integer({ min: 1, max: 40 }), ({ mapping, noiseMap, convolution }, otherPixels) => {
      const weights = wasm.planImageWeights({ convolution, noiseMap });
      // Mappings of one source and then of another: what is held is of the image alone.
      const indexes = mapping.indexes.map((index) => (index < 0 ? index : index % otherPixels));
      for (const one of [mapping, { ...mapping, indexes, sourcePixels: otherPixels }, mapping]) {
        const sparseMappingMatrix = reference.sparseMappingMatrix({ mapping: one });
        const args = { convolution, noiseMap, sparseMappingMatrix };
        const f = reference.curvatureMatrixViaBlurredMapping(args);
        // Sums of some ten to thousand terms in another order.
        expect(correlationDifference(weights.curvature(sparseMappingMatrix), f)).toBeLessThan(1e-12);
        const slopes = reference.blurredMappingSlopes({ ...args, curvatureWeights: f });
        expect(relativeDifference(weights.mappingSlopes(sparseMappingMatrix, f), slopes)).toBeLessThan(1e-12);
      }
    }),
    { numRuns: 60 },
  );
});

test("weights follow the build that is chosen", () => {
  const [problem] = fc.sample(blurred, { numRuns: 1, seed: 3 });
  const { convolution, noiseMap, mapping } = problem;
  const sparseMappingMatrix = reference.sparseMappingMatrix({ mapping });
  const weights = wasm.planImageWeights({ convolution, noiseMap });
  const made = (["base", "relaxed", "base"] as const).map((build) => {
    chooseWasmBuild(build);
    const fresh = wasm.planImageWeights({ convolution, noiseMap }).curvature(sparseMappingMatrix);
    const values = weights.curvature(sparseMappingMatrix).values;
    expect(values).toEqual(fresh.values);
    return values;
  });
  expect(made[2]).toEqual(made[0]);
});

/** The largest difference in F_ij, over sqrt(F_ii F_jj). */
function correlationDifference({ values }: Matrix, f: Matrix): number {
  let most = 0;
  for (let i = 0; i < f.rows; i++) {
    for (let j = 0; j < f.rows; j++) {
      const scale = Math.sqrt(f.values[i * f.rows + i] * f.values[j * f.rows + j]);
      const difference = Math.abs(values[i * f.rows + j] - f.values[i * f.rows + j]);
      most = Math.max(most, scale > 0 ? difference / scale : difference);
    }
  }
  return most;
}
