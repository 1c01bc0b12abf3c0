import type { VoiceKernels } from "../backend/kernels.ts";
import { type Compaction, logLikelihoodErrorBound, nufftFits } from "../dataset/compaction.ts";
import { orient, type VisibilityFiles, visibilityChunks } from "../dataset/interferometer.ts";
import { nativeFromSlim } from "../dataset/mask.ts";
import { addAt, compensatedSum, totalOf } from "../operators/compensated-sum.ts";
import { nufftError, TIGHTEST } from "../operators/nufft-kernel.ts";
import { departure } from "./chi-squared.ts";
import type { DatasetEvaluation } from "./evaluation.ts";
import type { InterferometerDataset } from "./interferometer-dataset.ts";

/** chi^2 of a model from the visibilities themselves, beside that from their compaction. */
export interface VisibilityCheck {
  /** From the compaction, as the likelihood has it. */
  readonly compact: number;
  /** By the sum over pixels, visibility by visibility; null where that takes minutes. */
  readonly direct: number | null;
  /** By the non-uniform FFT; null where its grid does not fit into memory. */
  readonly nufft: number | null;
  /** What the rounding of all three may make of a difference in chi^2. */
  readonly bound: number;
  readonly agree: boolean;
}

/** Visibilities times pixels: some ten seconds. */
const MOST_TERMS = 1e10;

const ROWS = 8192;

/** Takes chi^2 of an evaluation's image once more, in one pass over the visibilities. */
export async function checkFromVisibilities(
  files: VisibilityFiles,
  { compaction, nativeIndex }: InterferometerDataset,
  { image: slim, chiSquared: compact }: DatasetEvaluation,
  kernels: VoiceKernels,
): Promise<VisibilityCheck> {
  const { grid, sky } = compaction;
  const image = nativeFromSlim(slim, grid.shape, nativeIndex);
  const ways = [
    files.count * image.length <= MOST_TERMS ? kernels.visibilities : null,
    nufftFits(grid.shape) ? kernels.visibilitiesViaNufft : null,
  ];
  const totals = ways.map(() => compensatedSum(1));
  let weightedResidual = 0;
  for await (const chunk of visibilityChunks(files, ROWS)) {
    const uvWavelengths = orient(chunk.uvWavelengths, sky);
    ways.forEach((visibilitiesOf, way) => {
      if (visibilitiesOf === null) return;
      const model = visibilitiesOf({ grid, image, uvWavelengths });
      let ofChunk = 0;
      for (let k = 0; k < model.length; k++) {
        const residual = (chunk.visibilities[k] - model[k]) / chunk.noiseMap[k];
        ofChunk += residual * residual;
        weightedResidual += Math.abs(residual) / chunk.noiseMap[k];
      }
      addAt(totals[way], 0, ofChunk);
    });
  }
  const [direct, nufft] = ways.map((way, index) => (way === null ? null : totalOf(totals[index])[0]));
  const bound = 2 * roundingOf(compaction, image, weightedResidual);
  const agree = [direct, nufft].every((value) => value === null || Math.abs(value - compact) <= bound);
  return { compact, direct, nufft, bound, agree };
}

/** In log L: that of the compaction, and that of the model's visibilities times the residuals that they stand in. */
function roundingOf(compaction: Compaction, image: Float64Array, weightedResidual: number): number {
  const { epsilon, grid } = compaction;
  const flux = (of: Float64Array): number => of.reduce((sum, intensity) => sum + Math.abs(intensity), 0);
  const [rows, columns] = grid.shape;
  const ofVisibilities = Math.max(epsilon, nufftError(TIGHTEST, [rows >> 1, columns >> 1]));
  const ofCompaction = logLikelihoodErrorBound(compaction, flux(departure(compaction, image)));
  return ofCompaction + ofVisibilities * flux(image) * weightedResidual;
}
