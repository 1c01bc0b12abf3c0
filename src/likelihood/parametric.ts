import type { VoiceName } from "../backend/contract.ts";
import type { VoiceKernels } from "../backend/kernels.ts";
import { nativeFromSlim } from "../dataset/mask.ts";
import { fixedSubSizes } from "../dataset/oversampling.ts";
import { InputError } from "../errors.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import { modelImage } from "../lens/model-image.ts";
import { instantiate, type Model } from "../model/model.ts";
import { instances } from "./batch.ts";
import { errorBoundOfImage, planImageChiSquared } from "./chi-squared.ts";
import type { Dataset } from "./dataset.ts";
import type { DatasetEvaluation, DatasetLikelihood, Evaluation, Likelihood } from "./evaluation.ts";
import { planImaging } from "./imaging.ts";
import type { InterferometerDataset } from "./interferometer-dataset.ts";
import type { Explained } from "./picks.ts";
import { type Stopwatch, stopwatch, timed, withTotal } from "./stopwatch.ts";

export interface ParametricPlan {
  readonly datasets: readonly Dataset[];
  readonly model: Model;
  readonly voice: VoiceName;
  readonly kernels: VoiceKernels;
  readonly picks: readonly Explained[];
}

/**
 * The likelihood of datasets under light profiles, each dataset's added to the others'. What depends on the datasets
 * alone is done here, once.
 * @throws InputError for a model that this likelihood cannot take.
 */
export function planParametric({ datasets, model, voice, kernels, picks }: ParametricPlan): Likelihood {
  requireParametric(model);
  const likelihoods = datasets.map((dataset) => {
    return dataset.type === "imaging" ? planImaging(dataset, kernels) : planVisibilities(dataset, kernels);
  });
  return {
    picks: [...picks, ...likelihoods.flatMap((likelihood) => likelihood.picks)],
    async evaluate(batch) {
      return instances(model, batch).map(({ galaxies }) => {
        const watch = stopwatch();
        return summed(
          likelihoods.map((likelihood) => likelihood.evaluate(galaxies, watch)),
          voice,
          watch,
        );
      });
    },
  };
}

/**
 * @throws InputError for a model without light, or with light that is to be solved for; `where` is a path of the spec,
 * where there is one to blame.
 */
export function requireParametric(model: Model): void {
  for (const { name, profiles } of model.galaxies) {
    if (profiles.every(({ linear }) => !linear)) continue;
    throw new InputError(
      "likelihood/linear",
      "has light with intensity: linear, which no likelihood solves for yet",
      "give a number, or a prior",
      `galaxies.${name}`,
    );
  }
  if (!model.galaxies.some(({ profiles }) => profiles.some(({ kind }) => kind === "light"))) {
    const remedy = "give the source a light profile or a pixelization";
    throw new InputError("likelihood/source", "no galaxy has light or a pixelization", remedy);
  }
  // Planes are the same for all values of the parameters.
  lensPlanes(instantiate(model, new Float64Array(model.parameters.length)).galaxies);
}

/** The likelihood of compacted visibilities under light profiles, taken at the pixels' centres. */
function planVisibilities(dataset: InterferometerDataset, kernels: VoiceKernels): DatasetLikelihood {
  const { compaction, nativeIndex, positions, primaryBeam } = dataset;
  const { sums, grid } = compaction;
  const onePerPixel = fixedSubSizes(nativeIndex.length / 2, 1);
  const chiSquaredOf = planImageChiSquared(compaction, nativeIndex, kernels);
  return {
    picks: [dataset.latticeSums],
    evaluate(galaxies, watch) {
      const light = timed(watch, "model_image", () => modelImage(galaxies, positions, onePerPixel));
      const image = primaryBeam === null ? light : light.map((intensity, m) => intensity * primaryBeam[m]);
      const native = nativeFromSlim(image, grid.shape, nativeIndex);
      return {
        name: dataset.name,
        type: "interferometer",
        chiSquared: timed(watch, "chi_squared", () => chiSquaredOf(native)),
        noiseNormalization: sums.noiseNormalization,
        image,
        logLikelihoodErrorBound: errorBoundOfImage(compaction, native),
        latticeSums: compaction.latticeSums,
      };
    },
  };
}

function summed(datasets: readonly DatasetEvaluation[], backend: VoiceName, watch: Stopwatch): Evaluation {
  const sumOf = (term: "chiSquared" | "noiseNormalization" | "logLikelihoodErrorBound"): number => {
    return datasets.reduce((sum, dataset) => sum + dataset[term], 0);
  };
  const [chiSquared, noiseNormalization] = [sumOf("chiSquared"), sumOf("noiseNormalization")];
  const logLikelihood = -0.5 * (chiSquared + noiseNormalization);
  const bad = datasets.find((dataset) => !Number.isFinite(dataset.chiSquared));
  return {
    logLikelihood: bad === undefined ? logLikelihood : Number.NEGATIVE_INFINITY,
    logEvidence: null,
    terms: {
      chiSquared,
      regularizationTerm: null,
      logDetCurvatureRegMatrixTerm: null,
      logDetRegularizationMatrixTerm: null,
      noiseNormalization,
    },
    datasets,
    source: null,
    failure: bad === undefined ? null : `chi^2 of '${bad.name}' is not finite`,
    logLikelihoodErrorBound: sumOf("logLikelihoodErrorBound"),
    solveResidual: null,
    backend,
    curvatureForm: null,
    seconds: withTotal(watch),
  };
}
