import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { makeCase } from "../../src/bench/cases.ts";
import { type Compaction, compactVisibilities, logLikelihoodErrorBound } from "../../src/dataset/compaction.ts";
import { nativeFromSlim, slimFromNative } from "../../src/dataset/mask.ts";
import { gaussianBeam } from "../../src/dataset/primary-beam.ts";
import { invert, logEvidence } from "../../src/inversion/evidence.ts";
import { linearProblemFromVisibilities } from "../../src/inversion/from-visibilities.ts";
import { sparseMappingMatrix } from "../../src/inversion/mapping.ts";
import { rectangularMesh } from "../../src/inversion/mesh/rectangular.ts";
import {
  constantRegularizationLogDeterminant,
  constantRegularizationMatrix,
} from "../../src/inversion/regularization/constant.ts";
import { lensPlanes } from "../../src/lens/lens-planes.ts";
import { traceRays } from "../../src/lens/trace-rays.ts";
import { departure, imageChiSquared } from "../../src/likelihood/chi-squared.ts";
import { CURVATURE_FORMS } from "../../src/likelihood/curvature-form.ts";
import type { InterferometerDataset } from "../../src/likelihood/interferometer-dataset.ts";
import { plan } from "../../src/likelihood/plan.ts";
import { instantiate } from "../../src/model/model.ts";
import { dirtyImage } from "../../src/operators/dirty-image.ts";
import { dot } from "../../src/operators/matrix.ts";
import { visibilities } from "../../src/operators/visibilities.ts";
import { between } from "../between.ts";
import { storedVisibilities } from "../dataset/stored-visibilities.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { compacted, datasetOf, type LensedObservation, lensModel, observe } from "../likelihood/lensed-observation.ts";

const VOICES = ["reference", "wasm"] as const;
const OBSERVATIONS = {
  "equal noise": observe(),
  "unequal noise": observe({ unequalNoise: true }),
  "equal noise, grid off the phase centre": observe({ origin: [0.7, -1.1] }),
  "unequal noise, grid off the phase centre": observe({ origin: [0.7, -1.1], unequalNoise: true }),
};
const NAMED = Object.entries(OBSERVATIONS);

describe("chunks", () => {
  // 512 rows are summed at a time, 8192 read at a time.
  test.each(VOICES.flatMap((voice) => [511, 513, 8193, 8705].map((count) => [voice, count] as const)))(
    "%s: the sums over %i visibilities are those of one call",
    async (voice, count) => {
      const sizes = { gridSize: [5, 4], visibilities: count, mappings: 1, neighbors: 0, sourcePixels: 1 } as const;
      const c = makeCase("chunks", sizes, { seed: count, unequalNoise: true, origin: [0.3, 0.5], uvScale: 1e5 });
      const { compaction } = kernelsOf(voice);
      const sky = { visibilitiesSign: -1, xAxis: "east" } as const;
      const files = await storedVisibilities(c);
      const chunked = await compactVisibilities(files, c.grid, sky, compaction, { referenceImage: c.image });
      expect(relativeDifference(chunked.sums, compaction({ ...c, referenceImage: c.image }))).toBeLessThan(1e-13);
    },
  );
});

/** chi^2 as it is defined: the residual visibilities over their noise. */
function chiSquaredOf(observation: LensedObservation, image: Float64Array): number {
  const model = visibilities({ ...observation, image });
  const residual = observation.visibilities.map((value, k) => (value - model[k]) / observation.noiseMap[k]);
  return dot(residual, residual);
}

/** |I - I0|_1, or |I|_1 without a reference image. */
function fluxFrom(compaction: Compaction, image: Float64Array): number {
  return departure(compaction, image).reduce((sum, value) => sum + Math.abs(value), 0);
}

describe.each(VOICES)("chi^2 of an image, %s", (voice) => {
  test.each(NAMED)("%s: that of the visibilities, within the bound", async (_, observation) => {
    const compaction = await compacted(observation, { voice });
    for (const image of [observation.image, observation.image.map((value, i) => value - 0.05 * (i % 3))]) {
      const difference = imageChiSquared(compaction, image, kernelsOf(voice)) - chiSquaredOf(observation, image);
      const bound = logLikelihoodErrorBound(compaction, fluxFrom(compaction, image));
      // Twice: the sum over visibilities has its own roundings.
      expect(Math.abs(difference) / 2).toBeLessThan(2 * bound);
    }
  });

  test("a reference image near the image gives back the digits that large numbers take", async () => {
    // Signal to noise of some 1e6: chi^2 of 600 is left of 2e14.
    const observation = observe({ noise: 1e-4, unequalNoise: true, origin: [0.7, -1.1] });
    const image = observation.image.map((value, i) => value * (1 + 1e-6 * Math.sin(i)));
    const truth = chiSquaredOf(observation, image);
    const error = async (referenceImage: Float64Array | null): Promise<[error: number, bound: number]> => {
      const compaction = await compacted(observation, { voice, referenceImage });
      const chiSquared = imageChiSquared(compaction, image, kernelsOf(voice));
      const bound = logLikelihoodErrorBound(compaction, fluxFrom(compaction, image));
      return [Math.abs(chiSquared - truth) / 2, bound];
    };
    const [plain, plainBound] = await error(null);
    const [recentred, recentredBound] = await error(observation.image);
    expect(plain).toBeLessThan(2 * plainBound);
    expect(recentred).toBeLessThan(2 * recentredBound);
    expect(recentred).toBeLessThan(1e-4 * plain);
    expect(recentredBound).toBeLessThan(1e-4 * plainBound);
  });
});

/** The evidence with nothing compacted. */
function evidenceOfVisibilities(observation: LensedObservation, dataset: InterferometerDataset): number {
  const { galaxies } = instantiate(lensModel(), []);
  const mesh = rectangularMesh(traceRays(lensPlanes(galaxies), dataset.positions).at(-1)!, [6, 5], "clamp");
  const t = sparseMappingMatrix({ mapping: mesh.mapping });
  const beam = dataset.primaryBeam;
  const values = t.values.slice();
  for (let i = 0; i < t.rows; i++) {
    for (let e = t.rowStart[i]; e < t.rowStart[i + 1]; e++) values[e] *= beam?.[i] ?? 1;
  }
  const regularization = { coefficient: 2, neighbors: mesh.neighbors };
  const args = {
    ...observation,
    nativeIndex: dataset.nativeIndex,
    sparseMappingMatrix: { ...t, values },
    regularizationMatrix: constantRegularizationMatrix(regularization),
    logDetRegularizationMatrix: constantRegularizationLogDeterminant(regularization),
  };
  const kernels = kernelsOf("reference");
  return logEvidence(invert(linearProblemFromVisibilities(args, kernels), kernels).terms);
}

describe("the evidence of compacted visibilities is that of the visibilities themselves", () => {
  for (const [name, observation] of NAMED) {
    const { grid } = observation;
    const beams = { "no beam": null, "a beam": gaussianBeam(grid, 1.5) };
    for (const [beamName, beam] of Object.entries(beams)) {
      test.each(VOICES.flatMap((voice) => CURVATURE_FORMS.map((curvature) => [voice, curvature] as const)))(
        `${name}, ${beamName}, %s, %s`,
        async (backend, curvature) => {
          const dataset = datasetOf(await compacted(observation, { voice: backend }), undefined, beam);
          const [evaluation] = await plan([dataset], lensModel(), { backend, curvature }).evaluate(new Float64Array(0));
          const difference = (evaluation.logEvidence as number) - evidenceOfVisibilities(observation, dataset);
          expect(Math.abs(difference)).toBeLessThan(2 * evaluation.logLikelihoodErrorBound);
        },
      );
    }
  }

  test("chi^2 is that of the reconstruction's image, recentred", async () => {
    const observation = OBSERVATIONS["unequal noise"];
    const dataset = datasetOf(await compacted(observation, { referenceImage: observation.image }));
    const [evaluation] = await plan([dataset], lensModel()).evaluate(new Float64Array(0));
    const image = nativeFromSlim(evaluation.datasets[0].lensed!, observation.grid.shape, dataset.nativeIndex);
    const difference = evaluation.terms.chiSquared - chiSquaredOf(observation, image);
    expect(Math.abs(difference) / 2).toBeLessThan(2 * evaluation.logLikelihoodErrorBound);
    expect(Math.abs(difference)).toBeLessThan(1e-13 * dataset.compaction.sums.data.chiSquared);
  });

  test("not without `plus` where noise is unequal", async () => {
    const observation = OBSERVATIONS["unequal noise"];
    const compaction = await compacted(observation);
    const { sums } = compaction;
    const halved = { ...compaction, sums: { ...sums, wCompact: { ...sums.wCompact, plus: null } } };
    const [evaluation] = await plan([datasetOf(halved)], lensModel()).evaluate(new Float64Array(0));
    const truth = evidenceOfVisibilities(observation, datasetOf(compaction));
    expect(Math.abs((evaluation.logEvidence as number) - truth)).toBeGreaterThan(
      1e6 * evaluation.logLikelihoodErrorBound,
    );
  });

  test("for any mask, of one compaction", async () => {
    const observation = OBSERVATIONS["unequal noise, grid off the phase centre"];
    const compaction = await compacted(observation);
    const size = observation.image.length;
    const beam = gaussianBeam(observation.grid, 2);
    const masks = fc.uint8Array({ minLength: size, maxLength: size, max: 1 }).filter((masked) => masked.includes(0));
    const alone = (pixel: number) => new Uint8Array(size).fill(1).fill(0, pixel, pixel + 1);
    await fc.assert(
      fc.asyncProperty(masks, async (masked) => {
        const { nativeIndex } = datasetOf(compaction, masked);
        const slimBeam = slimFromNative(beam, observation.grid.shape[1], nativeIndex);
        const dataset = datasetOf(compaction, masked, slimBeam);
        const [evaluation] = await plan([dataset], lensModel()).evaluate(new Float64Array(0));
        const difference = (evaluation.logEvidence as number) - evidenceOfVisibilities(observation, dataset);
        expect(Math.abs(difference)).toBeLessThan(2 * evaluation.logLikelihoodErrorBound);
      }),
      { numRuns: 12, examples: [[alone(0)], [alone(size - 1)], [new Uint8Array(size).fill(1, 40)]] },
    );
  });
});

describe("the dirty image is the adjoint of the visibilities", () => {
  const number = between(-1, 1);
  const numbers = (length: number) =>
    fc.array(number, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));

  test.each(VOICES)("%s: <V(I), d> = <I, D(d)>", (voice) => {
    const kernels = kernelsOf(voice);
    const { grid } = OBSERVATIONS["unequal noise, grid off the phase centre"];
    fc.assert(
      fc.property(numbers(14 * 15), numbers(14), numbers(14), (image, d, uv) => {
        const uvWavelengths = uv.map((value) => 4e5 * value);
        const noiseMap = new Float64Array(14).fill(1);
        const left = dot(kernels.visibilities({ grid, image, uvWavelengths }), d);
        const right = dot(image, kernels.dirtyImage({ grid, uvWavelengths, visibilities: d, noiseMap }));
        expect(Math.abs(left - right)).toBeLessThan(1e-12);
      }),
      { numRuns: 50 },
    );
  });

  test("unequal noise weighs real and imaginary parts each by its own", () => {
    const { grid, noiseMap, visibilities: d, uvWavelengths, image } = OBSERVATIONS["unequal noise"];
    const weighted = d.map((value, k) => value / noiseMap[k] ** 2);
    const left = dot(visibilities({ grid, image, uvWavelengths }), weighted);
    const right = dot(image, dirtyImage({ grid, uvWavelengths, visibilities: d, noiseMap }));
    expect(Math.abs(left - right)).toBeLessThan(1e-12 * Math.abs(left));
  });
});
