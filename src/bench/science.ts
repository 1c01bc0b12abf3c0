import { kernelsOf, type VoiceKernels } from "../backend/kernels.ts";
import type { ArrayFile } from "../dataset/array-file.ts";
import { type Compaction, compactVisibilities, nufftPays } from "../dataset/compaction.ts";
import { type VisibilityFiles, visibilityChunks } from "../dataset/interferometer.ts";
import { slimFromNative } from "../dataset/mask.ts";
import { ARCSECOND, columnCentres, type PixelGrid, pixelGrid, rowCentres } from "../grid.ts";
import { randomState, uniform } from "../inference/rng.ts";
import { planConstantRegularization } from "../inversion/regularization/constant.ts";
import { addAt, compensatedSum, totalOf } from "../operators/compensated-sum.ts";
import { nufftError, TIGHTEST } from "../operators/nufft-kernel.ts";
import { type Case, makeCase } from "./cases.ts";
import { compactedLikelihood } from "./compacted-likelihood.ts";
import type { Contender, TimedCall } from "./contender.ts";
import { movedOn } from "./inputs.ts";
import type { BenchSizes, WorkSizes } from "./work.ts";

/**
 * The science case: visibilities that would not fit into memory, streamed from files; then likelihoods, from what the
 * compaction made of them. Image pixels map at random to B source pixels in a row, as in the other cases.
 */

/** Finer than elsewhere, so that the grid holds the fringes of every baseline: u and v are cut at 4.5 sigma = 9e5. */
export const SCIENCE_PIXEL_SCALE = 0.1;

const SKY = { visibilitiesSign: -1, xAxis: "east" } as const;

/** Files on disk, opened anew by every call. */
export interface ScienceData {
  /** Opens the dataset for the length of `use`. */
  readonly withFiles: <T>(use: (files: VisibilityFiles) => Promise<T>) => Promise<T>;
  /** The most memory that the process has had, in bytes. */
  readonly peakBytes: () => number;
}

/** The rows of the science case, and its sizes. */
export interface ScienceBench {
  readonly sizes: WorkSizes;
  readonly contenders: readonly (Contender & { readonly voice: "reference" | "wasm" })[];
}

export function scienceBench(sizes: BenchSizes, seed: number, data: ScienceData): ScienceBench {
  const { gridSize, mappingNeighbors, neighbors, sourcePixels } = sizes;
  const grid = pixelGrid([gridSize, gridSize], SCIENCE_PIXEL_SCALE);
  // One visibility: the case's own are not used.
  const shape = { visibilities: 1, mappings: mappingNeighbors, neighbors, sourcePixels };
  const model = makeCase("science", { ...shape, gridSize: grid.shape }, { seed, maskRadius: gridSize / 10 });
  const whole: WorkSizes = { ...sizes, pixels: model.nativeIndex.length / 2 };
  const lattice = gridSize * (2 * gridSize - 1);
  // In units of a cosine or a multiply-add: a visibility is read, checked, hashed and spread three times.
  const viaNufft = (s: WorkSizes): number => 1500 * s.visibilities + 1e3 * gridSize ** 2;
  const direct = (s: WorkSizes): number => s.visibilities * (lattice + gridSize ** 2);
  const compactions = [
    ...(nufftPays(grid, sizes.visibilities) ? [compaction("wasm_nufft", "wasm", true, viaNufft)] : []),
    compaction("wasm_separable", "wasm", false, direct),
    compaction("reference_direct", "reference", false, direct),
  ];
  return { sizes: whole, contenders: [...compactions, likelihood()] };

  function compaction(name: string, voice: "reference" | "wasm", byNufft: boolean, work: (s: WorkSizes) => number) {
    const kernels = kernelsOf(voice);
    const common = { kernel: "compaction", name, voice, by: "arclet", partOf: ["visibilities"], work } as const;
    return {
      ...common,
      ...memoryOf(data),
      tolerance: nufftError(TIGHTEST, [gridSize - 1, gridSize - 1]) + 1e-12,
      async call(part: WorkSizes, _round: number, check: boolean): Promise<TimedCall> {
        return data.withFiles(async (files) => {
          const start = performance.now();
          const made = await compacted(firstRows(files, part.visibilities), grid, kernels, byNufft);
          const seconds = (performance.now() - start) / 1000;
          if (!check) return { seconds, error: null, sampled: null };
          const error = await largestError(made, firstRows(files, part.visibilities));
          return { seconds, error, sampled: `${2 * SAMPLES} sums, relative to the sum of absolute weights` };
        });
      },
    };
  }

  function likelihood() {
    let made: Compaction | undefined;
    const common = { kernel: "log_likelihood", name: "wasm_compact_symmetric", voice: "wasm", by: "arclet" } as const;
    return {
      ...common,
      ...memoryOf(data),
      partOf: ["pixels"] as const,
      work: (s: WorkSizes) => (s.pixels ** 2 * s.mappingNeighbors) / 2 + s.sourcePixels ** 3,
      tolerance: 1e-8,
      async call(part: WorkSizes, round: number, check: boolean): Promise<TimedCall> {
        made ??= await data.withFiles((files) => compacted(files, grid, kernelsOf("wasm"), true));
        const inRound = modelOf(model, part.pixels, round);
        const start = performance.now();
        const value = evidence(made, inRound, kernelsOf("wasm"));
        const seconds = (performance.now() - start) / 1000;
        if (!check) return { seconds, error: null, sampled: null };
        const affordable = part.pixels ** 2 * part.mappingNeighbors + part.sourcePixels ** 3 <= 1e9;
        if (!affordable) return { seconds, error: null, sampled: "nothing: the reference would take too long" };
        const right = evidence(made, inRound, kernelsOf("reference"));
        return { seconds, error: Math.abs(value - right) / Math.abs(right), sampled: null };
      },
    };
  }
}

/** All rows run in this process, which is what has to stay small: its peak is theirs. */
function memoryOf(data: ScienceData) {
  return {
    refuses: () => null,
    keeps: () => ({}),
    takes: () => 2 ** 29,
    peakBytes: async () => data.peakBytes(),
  };
}

function compacted(
  files: VisibilityFiles,
  grid: PixelGrid,
  kernels: VoiceKernels,
  byNufft: boolean,
): Promise<Compaction> {
  const options = byNufft ? { viaNufft: kernels.compactionViaNufft } : {};
  return compactVisibilities(files, grid, SKY, kernels.compaction, options);
}

function firstRows(files: VisibilityFiles, count: number): VisibilityFiles {
  const first = (file: ArrayFile): ArrayFile => ({
    ...file,
    shape: [count, ...file.shape.slice(1)],
    async *rows(rowsPerChunk) {
      let left = count;
      for await (const chunk of file.rows(Math.min(rowsPerChunk, count))) {
        yield chunk.subarray(0, 2 * left);
        left -= chunk.length / 2;
        if (left <= 0) return;
      }
    },
  });
  const { visibilities, noiseMap, uvWavelengths } = files;
  if (count === files.count) return files;
  return {
    count,
    visibilities: first(visibilities),
    noiseMap: first(noiseMap),
    uvWavelengths: first(uvWavelengths),
  };
}

function modelOf(model: Case, pixels: number, round: number): Case {
  const { mapping } = model;
  const entries = pixels * mapping.mappingsPerPixel;
  return {
    ...model,
    nativeIndex: model.nativeIndex.subarray(0, 2 * pixels),
    mapping: {
      ...mapping,
      imagePixels: pixels,
      indexes: mapping.indexes.subarray(0, entries),
      weights: movedOn(mapping.weights, round).subarray(0, entries),
    },
  };
}

function evidence({ sums, grid }: Compaction, model: Case, kernels: VoiceKernels): number {
  const { wCompact, noiseNormalization, data } = sums;
  return compactedLikelihood(kernels, {
    ...model,
    plan: planConstantRegularization(model.neighbors),
    wCompact,
    noiseNormalization,
    chiSquaredOfData: data.chiSquared,
    dirtyImage: slimFromNative(data.dirtyImage, grid.shape[1], model.nativeIndex),
  });
}

/** Entries of w and pixels of the dirty image that are summed directly, their roundings carried. */
const SAMPLES = 6;
const ROWS_PER_SUM = 512;

async function largestError({ sums, grid }: Compaction, files: VisibilityFiles): Promise<number> {
  const [rows, columns] = grid.shape;
  const [y, x] = [rowCentres(grid), columnCentres(grid)];
  const random = randomState(files.count);
  const samples = Array.from({ length: SAMPLES }, () => [rows, columns].map((n) => Math.floor(uniform(random) * n)));
  const total = compensatedSum(2 * SAMPLES);
  for await (const { uvWavelengths: uv, visibilities, noiseMap } of visibilityChunks(files, 8192)) {
    samples.forEach(([i, j], sample) => {
      const places = [
        [y[i] - y[0], x[j] - x[0]],
        [y[i], x[j]],
      ].map((place) => place.map((arcseconds) => ARCSECOND * arcseconds));
      for (let from = 0; from < uv.length; from += 2 * ROWS_PER_SUM) {
        let [w, dirty] = [0, 0];
        for (let k = from; k < Math.min(uv.length, from + 2 * ROWS_PER_SUM); k += 2) {
          const [a, b] = [noiseMap[k] ** -2, noiseMap[k + 1] ** -2];
          w += ((a + b) / 2) * Math.cos(phaseOf(places[0], uv[k], uv[k + 1]));
          const phase = phaseOf(places[1], uv[k], uv[k + 1]);
          dirty += visibilities[k] * a * Math.cos(phase) - visibilities[k + 1] * b * Math.sin(phase);
        }
        addAt(total, 2 * sample, w);
        addAt(total, 2 * sample + 1, dirty);
      }
    });
  }
  const right = totalOf(total);
  const errors = samples.flatMap(([i, j], sample) => [
    (sums.wCompact.minus[i * (2 * columns - 1) + j + columns - 1] - right[2 * sample]) / sums.weightSum,
    (sums.data.dirtyImage[i * columns + j] - right[2 * sample + 1]) / sums.data.weightedSum,
  ]);
  return errors.reduce((largest, error) => Math.max(largest, Math.abs(error)), 0);
}

function phaseOf([y, x]: readonly number[], u: number, v: number): number {
  const turns = x * u + y * v;
  return 2 * Math.PI * (turns - Math.round(turns));
}
