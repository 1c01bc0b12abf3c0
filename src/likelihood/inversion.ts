import type { VoiceName } from "../backend/contract.ts";
import type { VoiceKernels } from "../backend/kernels.ts";
import { borderPixels } from "../dataset/border.ts";
import { InputError } from "../errors.ts";
import { slimPositions } from "../grid.ts";
import { worseOf } from "../inversion/curvature-check.ts";
import { type EvidenceTerms, logEvidence, logLikelihood } from "../inversion/evidence.ts";
import { subPixelWeights, weightMap } from "../inversion/mesh/weight-map.ts";
import { linearIntensities } from "../model/linear-light.ts";
import type { Model } from "../model/model.ts";
import { fluxScaleOf, seenIn } from "../model/seen-in.ts";
import type { MeshSpec } from "../model/spec.ts";
import { vectorsOf } from "./batch.ts";
import type { CurvatureForm } from "./curvature-form.ts";
import type { Dataset } from "./dataset.ts";
import { type EvaluatedSystem, evaluateSystem, type PlannedLight, type PlannedSystem } from "./evaluate-system.ts";
import type { Evaluation, InversionChecks, Likelihood, PositiveOnlyChecks, Terms } from "./evaluation.ts";
import { type LensedSource, planLensedSource, type RayStarts } from "./lensed-source.ts";
import type { LightBasis } from "./light-basis.ts";
import type { EvidenceDefinition } from "./linear-system.ts";
import { type Observation, observe } from "./observation.ts";
import { oneByOne } from "./one-by-one.ts";
import type { Explained } from "./picks.ts";
import { type PixelizedSource, schemeOf } from "./pixelized-source.ts";
import { planSourceMesh } from "./source-mesh.ts";
import type { SourceRays } from "./source-rays.ts";
import { type Stopwatch, stopwatch, withTotal } from "./stopwatch.ts";

/** The voices of a model of which something is solved for. */
export interface InversionVoices {
  /** The light profiles that a dataset sees, taken apart; null where there are none. */
  light(dataset: string): LightBasis | null;
  /** The rays to a redshift. */
  rays(redshift: number): SourceRays;
}

/** A form of the curvature matrix, and why it was picked. */
export type PickedForm = Explained & { readonly picked: CurvatureForm };

export interface InversionPlan {
  readonly datasets: readonly Dataset[];
  readonly model: Model;
  readonly sources: readonly PixelizedSource[];
  readonly voices: InversionVoices;
  /** Of each dataset's curvature matrix; null for an image. */
  readonly forms: readonly (PickedForm | null)[];
  /** Whether few evaluations will come. */
  readonly once: boolean;
  /** Whether sources and intensities may be negative nowhere. */
  readonly positiveOnly: boolean;
  readonly evidence: EvidenceDefinition;
  readonly voice: VoiceName;
  readonly kernels: VoiceKernels;
  readonly picks: readonly Explained[];
}

/**
 * The evidence of datasets under a model of which something is solved for: pixelized sources, and beside them intensities
 * of light. Datasets that share a source are one linear system; the others are systems of their own, whose evidences
 * multiply. What depends on the datasets alone is done here, once.
 * @throws InputError where over-sampling makes too many sub-pixels, and for a curvature form that does not fit in memory.
 */
export function planInversion(plan: InversionPlan): Likelihood {
  const { datasets, model, kernels } = plan;
  const observations = datasets.map((dataset, d) =>
    observe(dataset, plan.forms[d]?.picked ?? null, plan.once, kernels),
  );
  const starts = observations.map(rayStarts);
  const redshifts = new Set(plan.sources.map(({ galaxy }) => model.galaxies[galaxy].redshift));
  const rays = new Map([...redshifts].map((redshift) => [redshift, plan.voices.rays(redshift)]));
  const bases = datasets.map(({ name }) => plan.voices.light(name));
  const noGradient = [...bases, ...rays.values()].find((voice) => voice?.noGradient)?.noGradient;
  const sources = plan.sources.map(({ galaxy, datasets, seeds, adaptImages }) => {
    const { redshift, pixelization } = model.galaxies[galaxy];
    const { mesh, border } = pixelization!;
    const seenFrom = datasets.map((d) => starts[d]);
    const weights = rayWeights(mesh, seenFrom, adaptImages);
    return planLensedSource({
      galaxy,
      datasets,
      starts: seenFrom,
      adaptImages,
      seeds,
      relocate: border === "relocate",
      mesh: planSourceMesh(mesh, seeds.length / 2, weights, schemeOf(pixelization!), kernels),
      rays: rays.get(redshift)!,
    });
  });
  const lights = observations.map(({ light, dataset }, d): PlannedLight => {
    const { positions, subSizes, instrument } = light;
    return {
      basis: bases[d]?.inPixels(positions, subSizes) ?? null,
      intensities: linearIntensities(seenIn(model, dataset.name)),
      fluxScale: fluxScaleOf(model, dataset.name),
      weigh: instrument.planWeigh(),
    };
  });
  const systems = systemsOf(sources, datasets.length);
  return {
    picks: [
      ...plan.picks,
      ...observations.flatMap(({ picks }, d) => [...picks, ...(plan.forms[d] === null ? [] : [plan.forms[d]])]),
    ],
    async evaluate(batch, { gradient = false, errors = false } = {}) {
      if (gradient && noGradient !== undefined) {
        const what = `the ${plan.voice} backend has no gradient: ${noGradient}`;
        throw new InputError("likelihood/gradient", what, "use --backend traced");
      }
      return oneByOne(vectorsOf(model, batch), (vector) => {
        const watch = stopwatch();
        const planned = { ...plan, observations, lights, errors };
        return together(
          plan,
          systems.map((system) => evaluateSystem(planned, system, vector, gradient, watch)),
          watch,
        );
      });
    },
  };
}

/** Of a mesh that follows the rays: how much each counts, all of a pixel as much as their pixel. */
function rayWeights(
  mesh: MeshSpec,
  starts: readonly RayStarts[],
  adaptImages: readonly Float64Array[],
): Float64Array | null {
  if (mesh.type !== "rectangular_adapt_density" && mesh.type !== "rectangular_adapt_image") return null;
  const parts = starts.map(({ subSizes }, i) => {
    return subPixelWeights(
      mesh.type === "rectangular_adapt_image" ? weightMap(adaptImages[i], mesh.weights) : null,
      subSizes,
    );
  });
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}

function rayStarts({ dataset, source: { positions, subSizes } }: Observation): RayStarts {
  const grid = dataset.type === "imaging" ? dataset.grid : dataset.compaction.grid;
  const border = borderPixels(dataset.mask);
  const nativeIndex = Int32Array.from({ length: 2 * border.length }, (_, at) => {
    return dataset.nativeIndex[2 * border[at >> 1] + (at & 1)];
  });
  return { positions, subSizes, border: slimPositions(grid, nativeIndex) };
}

/** Datasets with the sources that they see, those together that a source joins. */
function systemsOf(sources: readonly LensedSource[], datasets: number): readonly PlannedSystem[] {
  const groups: number[][] = [];
  for (let d = 0; d < datasets; d++) {
    const joins = (other: number) => sources.some(({ datasets }) => datasets.includes(d) && datasets.includes(other));
    const joined = groups.filter((group) => group.some(joins));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([...joined.flat(), d]);
  }
  return groups.map((group) => ({
    datasets: group,
    sources: sources.filter((source) => source.datasets.some((d) => group.includes(d))),
  }));
}

function together(
  { voice, forms, sources, datasets, model }: InversionPlan,
  systems: readonly EvaluatedSystem[],
  watch: Stopwatch,
): Evaluation {
  const solved = systems.map((system) => system.solved);
  const gradient = gradientOf(systems);
  const failure = solved.find((system) => system.failure !== null)?.failure ?? steepness(gradient, model);
  const sumOf = (value: (terms: EvaluatedSystem["solved"]["terms"]) => number) => {
    return solved.reduce((sum, { terms }) => sum + value(terms), 0);
  };
  const terms = {
    chiSquared: sumOf(({ chiSquared }) => chiSquared),
    regularizationTerm: sumOf(({ regularizationTerm }) => regularizationTerm),
    logDetCurvatureRegMatrixTerm: sumOf((each) => each.logDetCurvatureRegMatrixTerm),
    logDetRegularizationMatrixTerm: sumOf((each) => each.logDetRegularizationMatrixTerm),
    noiseNormalization: sumOf(({ noiseNormalization }) => noiseNormalization),
  };
  const isPixelized = sources.length > 0;
  const unless = (value: number) => (failure === null ? value : Number.NEGATIVE_INFINITY);
  const positive = solved.flatMap(({ positiveOnly }) => positiveOnly ?? []);
  const residuals = solved.flatMap(({ solveResidual }) => solveResidual ?? []);
  const ofDatasets = systems.flatMap((system) => system.datasets);
  return {
    logLikelihood: unless(logLikelihood(terms)),
    logEvidence: isPixelized ? unless(logEvidence(terms)) : null,
    gradient: failure === null ? gradient : null,
    terms: isPixelized ? terms : withoutEvidence(terms),
    // In the order of the spec: a system's datasets need not follow each other.
    datasets: datasets.map(({ name }) => ofDatasets.find((dataset) => dataset.name === name)!),
    sources: systems.flatMap((system) => system.sources),
    failure,
    logLikelihoodErrorBound: ofDatasets.reduce((sum, dataset) => sum + dataset.logLikelihoodErrorBound, 0),
    solveResidual: residuals.length === 0 ? null : Math.max(...residuals),
    positiveOnly: positive.length === 0 ? null : positive.reduce(worstOf),
    checks: systems.map((system) => system.checks).reduce(worstChecks),
    backend: voice,
    curvatureForm: isPixelized ? (forms.find((form) => form !== null)?.picked ?? null) : null,
    seconds: withTotal(watch),
  };
}

/** The systems' together; null where it was not asked for. */
function gradientOf([first, ...others]: readonly EvaluatedSystem[]): Float64Array | null {
  const sum = first.gradient?.slice() ?? null;
  for (const { gradient } of others)
    gradient?.forEach((slope, p) => {
      if (sum !== null) sum[p] += slope;
    });
  return sum;
}

/** Why a gradient is of no use to a search, or null. */
function steepness(gradient: Float64Array | null, { parameters }: Model): string | null {
  const steep = gradient?.findIndex((slope) => !Number.isFinite(slope)) ?? -1;
  return steep < 0 ? null : `the derivative by ${parameters[steep].path} is not finite`;
}

function withoutEvidence({ chiSquared, noiseNormalization }: EvidenceTerms): Terms {
  const none = { regularizationTerm: null, logDetCurvatureRegMatrixTerm: null, logDetRegularizationMatrixTerm: null };
  return { chiSquared, noiseNormalization, ...none };
}

function worstChecks(a: InversionChecks, b: InversionChecks): InversionChecks {
  return {
    curvature: worseOf(a.curvature, b.curvature),
    relocated: a.relocated + b.relocated,
    duplicateVertices: a.duplicateVertices + b.duplicateVertices,
  };
}

function worstOf(a: PositiveOnlyChecks, b: PositiveOnlyChecks): PositiveOnlyChecks {
  return {
    kktResidual: Math.max(a.kktResidual, b.kktResidual),
    pixelsAtZero: a.pixelsAtZero + b.pixelsAtZero,
    factorizations: a.factorizations + b.factorizations,
  };
}
