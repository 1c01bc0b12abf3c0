import type { VoiceName } from "../backend/contract.ts";
import type { VoiceKernels } from "../backend/kernels.ts";
import { nativeFromSlim } from "../dataset/mask.ts";
import { InputError } from "../errors.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import { instantiate, type Model } from "../model/model.ts";
import { vectorsOf } from "./batch.ts";
import { errorBoundOfImage } from "./chi-squared.ts";
import type { Dataset } from "./dataset.ts";
import type { DatasetEvaluation, DatasetLikelihood, EvaluateOptions, Evaluation, Likelihood } from "./evaluation.ts";
import { planImaging } from "./imaging.ts";
import type { InterferometerDataset } from "./interferometer-dataset.ts";
import { planArray, residualOf } from "./observation.ts";
import { oneByOne } from "./one-by-one.ts";
import type { Explained } from "./picks.ts";
import type { ModelLightVoice } from "./seen-light.ts";
import { type Stopwatch, stopwatch, timed, withTotal } from "./stopwatch.ts";

export interface ParametricPlan {
  readonly datasets: readonly Dataset[];
  readonly model: Model;
  readonly voice: VoiceName;
  /** The model's light in that voice, as a dataset sees it. */
  light(dataset: string): ModelLightVoice;
  readonly kernels: VoiceKernels;
  readonly picks: readonly Explained[];
}

/**
 * The likelihood of datasets under light profiles, each dataset's added to the others'. What depends on the datasets
 * alone is done here, once.
 * @throws InputError for a model that this likelihood cannot take.
 */
export function planParametric(plan: ParametricPlan): Likelihood {
  const { datasets, model, voice, kernels, picks } = plan;
  const lights = datasets.map(({ name }) => plan.light(name));
  const likelihoods = datasets.map((dataset, d) => {
    return dataset.type === "imaging"
      ? planImaging(dataset, lights[d], kernels)
      : planVisibilities(dataset, lights[d], kernels);
  });
  const noGradient = lights.find((light) => light.noGradient !== null)?.noGradient;
  return {
    picks: [...picks, ...likelihoods.flatMap((likelihood) => likelihood.picks)],
    async evaluate(batch, options: EvaluateOptions = {}) {
      if (options.gradient === true && noGradient !== undefined) {
        const remedy = "use auto or traced";
        throw new InputError("likelihood/gradient", `the ${voice} backend has no gradient: ${noGradient}`, remedy);
      }
      return oneByOne(vectorsOf(model, batch), (vector) => {
        const watch = stopwatch();
        const evaluations = likelihoods.map((likelihood) => likelihood.evaluate(vector, options, watch));
        return summed(evaluations, model, voice, watch);
      });
    },
  };
}

/** @throws InputError for a model without light, or with galaxies that `lensPlanes` refuses. */
export function requireParametric(model: Model): void {
  if (!model.galaxies.some(({ profiles }) => profiles.some(({ kind }) => kind === "light"))) {
    const remedy = "give the source a light profile or a pixelization";
    throw new InputError("likelihood/source", "no galaxy has light or a pixelization", remedy);
  }
  // Planes are the same for all values of the parameters.
  lensPlanes(instantiate(model, new Float64Array(model.parameters.length)).galaxies);
}

/** The likelihood of compacted visibilities under light profiles, taken at the pixels' centres. */
function planVisibilities(
  dataset: InterferometerDataset,
  model: ModelLightVoice,
  kernels: VoiceKernels,
): DatasetLikelihood {
  const { compaction, nativeIndex } = dataset;
  const { instrument, positions, subSizes, chiSquared } = planArray(dataset, kernels);
  const light = model.seenBy(instrument, positions, subSizes);
  return {
    picks: [dataset.latticeSums],
    evaluate(vector, { gradient = false }, watch) {
      const seen = light.at(vector, gradient, watch);
      const difference = timed(watch, "chi_squared", () => chiSquared(seen.image));
      return {
        name: dataset.name,
        type: "interferometer",
        chiSquared: difference.chiSquared,
        noiseNormalization: compaction.sums.noiseNormalization,
        ...seen,
        lensed: null,
        gradient: timed(watch, "gradient", () => seen.gradient?.(residualOf(difference)) ?? null),
        logLikelihoodErrorBound: errorBoundOfImage(
          compaction,
          nativeFromSlim(seen.image, compaction.grid.shape, nativeIndex),
        ),
        latticeSums: compaction.latticeSums,
      };
    },
  };
}

function summed(
  datasets: readonly DatasetEvaluation[],
  model: Model,
  backend: VoiceName,
  watch: Stopwatch,
): Evaluation {
  const sumOf = (term: "chiSquared" | "noiseNormalization" | "logLikelihoodErrorBound"): number => {
    return datasets.reduce((sum, dataset) => sum + dataset[term], 0);
  };
  const [chiSquared, noiseNormalization] = [sumOf("chiSquared"), sumOf("noiseNormalization")];
  const logLikelihood = -0.5 * (chiSquared + noiseNormalization);
  const gradient = gradientOf(datasets);
  const failure = failureOf(datasets, gradient, model);
  return {
    logLikelihood: failure === null ? logLikelihood : Number.NEGATIVE_INFINITY,
    logEvidence: null,
    gradient: failure === null ? gradient : null,
    terms: {
      chiSquared,
      regularizationTerm: null,
      logDetCurvatureRegMatrixTerm: null,
      logDetRegularizationMatrixTerm: null,
      noiseNormalization,
    },
    datasets,
    sources: [],
    failure,
    logLikelihoodErrorBound: sumOf("logLikelihoodErrorBound"),
    solveResidual: null,
    positiveOnly: null,
    checks: null,
    backend,
    curvatureForm: null,
    seconds: withTotal(watch),
  };
}

/** The datasets' together; null where it was not asked for. */
function gradientOf([first, ...others]: readonly DatasetEvaluation[]): Float64Array | null {
  const sum = first.gradient?.slice() ?? null;
  for (const { gradient } of others)
    gradient?.forEach((slope, p) => {
      if (sum !== null) sum[p] += slope;
    });
  return sum;
}

/** Why there is no likelihood, or no gradient where one was asked for: no search can use half of it. */
function failureOf(
  datasets: readonly DatasetEvaluation[],
  gradient: Float64Array | null,
  { parameters }: Model,
): string | null {
  const unseen = datasets.find((dataset) => dataset.failure !== null);
  if (unseen !== undefined) return `in '${unseen.name}' ${unseen.failure}`;
  const bad = datasets.find((dataset) => !Number.isFinite(dataset.chiSquared));
  if (bad !== undefined) return `chi^2 of '${bad.name}' is not finite`;
  const steep = gradient?.findIndex((slope) => !Number.isFinite(slope)) ?? -1;
  return steep < 0 ? null : `the derivative by ${parameters[steep].path} is not finite`;
}
