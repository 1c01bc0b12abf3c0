import type { VoiceKernels } from "../backend/kernels.ts";
import { type CurvatureCheck, worseOf } from "../inversion/curvature-check.ts";
import { instantiate, type Model, type ModelGalaxy } from "../model/model.ts";
import { type Slot, valueAt } from "../model/slot.ts";
import { matrixSum, type SparseMatrix, sideBySide } from "../operators/matrix.ts";
import type { DatasetEvaluation, InversionChecks, SourceReconstruction } from "./evaluation.ts";
import { evidenceSlopes } from "./evidence-slopes.ts";
import type { LaidSource, LensedSource } from "./lensed-source.ts";
import type { BasisInPixels } from "./light-basis.ts";
import { checkShare, type LinearShare, linearShare, type SeenProfiles, solvedImage } from "./linear-share.ts";
import { type EvidenceDefinition, linearSystem, type SolvedSystem } from "./linear-system.ts";
import type { Observation } from "./observation.ts";
import { reconstruct, sourceToFind } from "./reconstruct.ts";
import { sourceErrors } from "./source-errors.ts";
import { type Stopwatch, timed } from "./stopwatch.ts";

/** Light profiles in one dataset. */
export interface PlannedLight {
  /** null where there are none. */
  readonly basis: BasisInPixels | null;
  /** The paths of the intensities to be solved for. */
  readonly intensities: readonly string[];
  /** The factor of all light, of which that of the profiles has it already. */
  readonly fluxScale: Slot;
  /** N^-1 I */
  readonly weigh: (image: Float64Array) => Float64Array;
}

/** Datasets that share sources, or one alone. */
export interface PlannedSystem {
  /** Their indexes. */
  readonly datasets: readonly number[];
  readonly sources: readonly LensedSource[];
}

export interface EvaluatedSystem {
  readonly solved: SolvedSystem;
  readonly sources: readonly SourceReconstruction[];
  readonly datasets: readonly DatasetEvaluation[];
  readonly checks: InversionChecks;
  /** (P) of the log evidence; null where it was not asked for, and where there is none. */
  readonly gradient: Float64Array | null;
}

/** What all systems have in common. */
export interface SystemPlan {
  readonly model: Model;
  readonly positiveOnly: boolean;
  readonly evidence: EvidenceDefinition;
  readonly kernels: VoiceKernels;
  /** By the datasets' indexes. */
  readonly observations: readonly Observation[];
  readonly lights: readonly PlannedLight[];
  /** Whether sources have errors. */
  readonly errors: boolean;
}

/**
 * Solves for what is open in some datasets.
 * @param vector (P) the model's free parameters.
 */
export function evaluateSystem(
  plan: SystemPlan,
  { datasets, sources }: PlannedSystem,
  vector: Float64Array,
  withGradient: boolean,
  watch: Stopwatch,
): EvaluatedSystem {
  const { model, kernels } = plan;
  const observations = datasets.map((d) => plan.observations[d]);
  const laid = sources.map((source) => source.at(vector, watch));
  // The sources' pixels come first among the unknowns.
  const first = [0];
  for (const { sourcePixels } of sources) first.push(first[first.length - 1] + sourcePixels);
  const { galaxies } = instantiate(model, vector);
  const pixelizationOf = ({ galaxy }: LensedSource) => galaxies[galaxy].pixelization!;
  const toFind = sources.map((source, s) => sourceToFind(pixelizationOf(source), laid[s], first[s], watch));
  const errands = toFind.flatMap((source) => source.errands);
  const seenBy = datasets.map((d) => [...sources.keys()].filter((s) => sources[s].datasets.includes(d)));
  const shares = datasets.map((d, i): LinearShare => {
    const mappings = seenBy[i].map((s) => laid[s].mappings[sources[s].datasets.indexOf(d)]);
    const t = timed(watch, "mapping_matrix", () => {
      const matrices = mappings.map((mapping) => kernels.sparseMappingMatrix({ mapping }));
      return matrices.length === 0 ? null : times(sideBySide(matrices), valueAt(plan.lights[d].fluxScale, vector));
    });
    const light = plan.lights[d];
    const profiles = planSeenProfiles(observations[i], light, vector, watch);
    // One at a time can be left with the kernels; and with light around it, it is copied.
    const options = { weigh: light.weigh, resident: datasets.length === 1 || light.intensities.length > 0, errands };
    return linearShare(observations[i], t, profiles, options, kernels, watch);
  });
  const checks = timed(watch, "check", () => shares.map((share) => checkShare(share, kernels)));
  const unknowns = seenBy.map((seen) => seen.map((s) => ({ first: first[s], count: sources[s].sourcePixels })));
  const system = linearSystem(shares, unknowns, first[sources.length]);
  const options = {
    ...plan,
    zeroed: zeroedPixels(sources, laid, galaxies, first),
    // Without a source there is a log likelihood, which has no determinant.
    withInverse: withGradient && model.galaxies.some(({ pixelization }) => pixelization !== undefined),
    noiseNormalization: observations.reduce((sum, { noiseNormalization }) => sum + noiseNormalization, 0),
    overwrite: !(withGradient || plan.errors),
  };
  const { solved, regularizations, values: inForce } = reconstruct(system, toFind, options, kernels, watch);
  const evaluations = observations.map((observation, i): DatasetEvaluation & { lensed: Float64Array | null } => {
    const share = shares[i];
    const values = Float64Array.from(system.places[i], (place) => solved.values[place]);
    const { image, lensed } = timed(watch, "instrument", () => solvedImage(share, observation, values));
    const intensities = values.subarray(values.length - share.columns.length);
    const { dataset } = observation;
    return {
      name: dataset.name,
      type: dataset.type,
      // From the image: s'Fs - 2 s'D + c0 loses the digits that its terms share.
      chiSquared: timed(watch, "chi_squared", () => observation.chiSquared(image)),
      noiseNormalization: observation.noiseNormalization,
      image,
      lensed,
      intensities: Object.fromEntries(
        Array.from(intensities, (value, l) => [plan.lights[datasets[i]].intensities[l], value]),
      ),
      failure: null,
      gradient: null,
      logLikelihoodErrorBound: observation.errorBound(image),
      latticeSums: dataset.type === "interferometer" ? dataset.compaction.latticeSums : null,
    };
  });
  const errors = plan.errors ? timed(watch, "errors", () => errorsOf(solved, kernels)) : null;
  const chiSquared = evaluations.reduce((sum, evaluation) => sum + evaluation.chiSquared, 0);
  const failure = solved.failure ?? failureOf(chiSquared, checks);
  const slopes = () => {
    const ofDatasets = datasets.map((d, i) => ({
      ...plan.lights[d],
      observation: observations[i],
      share: shares[i],
      image: evaluations[i].image,
      seen: seenBy[i].map((s) => ({ source: s, among: sources[s].datasets.indexOf(d) })),
    }));
    const ofSources = sources.map(({ galaxy, sourcePixels }, s) => ({
      laid: laid[s],
      regularization: regularizations[s],
      slots: model.galaxies[galaxy].pixelization!.regularization.values,
      first: first[s],
      count: sourcePixels,
    }));
    return evidenceSlopes(vector, system, solved, ofSources, ofDatasets, options, kernels);
  };
  return {
    solved: { ...solved, terms: { ...solved.terms, chiSquared }, failure },
    datasets: evaluations,
    checks: {
      curvature: checks.reduce(worseOf),
      relocated: laid.reduce((sum, { relocated }) => sum + relocated, 0),
      duplicateVertices: laid.reduce((sum, { triangulation }) => sum + (triangulation?.duplicates.length ?? 0), 0),
    },
    gradient: withGradient && failure === null ? timed(watch, "gradient", slopes) : null,
    sources: sources.map((source, s): SourceReconstruction => {
      const { mesh, vertices } = laid[s];
      return {
        galaxy: model.galaxies[source.galaxy].name,
        datasets: source.datasets.map((d) => plan.observations[d].dataset.name),
        mesh,
        meshType: pixelizationOf(source).mesh.type,
        vertices,
        values: solved.values.slice(first[s], first[s + 1]),
        errors: errors?.slice(first[s], first[s + 1]) ?? null,
        regularization: inForce[s],
      };
    }),
  };
}

function times(matrix: SparseMatrix, factor: number): SparseMatrix {
  return factor === 1 ? matrix : { ...matrix, values: matrix.values.map((value) => factor * value) };
}

/** The pixels on the edges of meshes that are to be dark: those of a circle that was put about it, or else its rim. */
function zeroedPixels(
  sources: readonly LensedSource[],
  laid: readonly LaidSource[],
  galaxies: readonly ModelGalaxy[],
  first: readonly number[],
): Int32Array {
  return Int32Array.from(
    sources.flatMap(({ galaxy, sourcePixels }, s) => {
      const { edgePixels, mesh } = galaxies[galaxy].pixelization!;
      if (edgePixels === "free") return [];
      const circle = "imageMesh" in mesh ? mesh.imageMesh.circlePoints : 0;
      const edge =
        circle > 0 ? Int32Array.from({ length: circle }, (_, i) => sourcePixels - circle + i) : laid[s].edgePixels();
      return Array.from(edge, (pixel) => first[s] + pixel);
    }),
  );
}

function errorsOf({ problem, free }: SolvedSystem, kernels: VoiceKernels): Float64Array {
  return sourceErrors(matrixSum(problem.curvatureMatrix, problem.regularizationMatrix), free, kernels);
}

function failureOf(chiSquared: number, checks: readonly CurvatureCheck[]): string | null {
  if (!Number.isFinite(chiSquared)) return "a term of the evidence is not finite";
  if (checks.every(({ agrees }) => agrees)) return null;
  return "the curvature matrix does not agree with the instrument that it is of: a defect of Arclet, please report it";
}

/** The light profiles as an instrument sees them, which is still to be done; without any, darkness. */
function planSeenProfiles(
  { dataset, light }: Observation,
  { basis }: PlannedLight,
  vector: Float64Array,
  watch: Stopwatch,
): () => SeenProfiles {
  if (basis === null) return () => ({ fixed: new Float64Array(dataset.nativeIndex.length / 2), columns: [] });
  // Threads share this.
  const images = timed(watch, "model_image", () => basis.at(vector));
  return () => {
    const [fixed, ...columns] = timed(watch, "instrument", () => images.map(light.instrument.see));
    return { fixed, columns };
  };
}
