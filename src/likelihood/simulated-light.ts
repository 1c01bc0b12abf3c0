import type { VoiceName } from "../backend/contract.ts";
import type { VoiceKernels } from "../backend/kernels.ts";
import type { OpenFile } from "../dataset/array-file.ts";
import { fixedSubSizes, subPixelPositions } from "../dataset/oversampling.ts";
import { InputError } from "../errors.ts";
import type { PixelGrid } from "../grid.ts";
import type { RandomState } from "../inference/rng.ts";
import type { LightVoice } from "./pixel-light.ts";

/** What the simulations of a spec's datasets share. */
export interface Simulator {
  /** Of a model without free parameters. */
  readonly light: LightVoice;
  readonly voice: VoiceName;
  readonly kernels: VoiceKernels;
  readonly open: OpenFile;
  /** null for data without noise. */
  readonly random: RandomState | null;
}

/** Sub-pixels a side that a pixel begins with, and those that it may come to. */
const FIRST = 2;
const FINER = [4, 8, 16, 32, 64];
/** A pixel has converged when doubling moves it by less than this part of itself and that of the brightest pixel. */
const OF_ITSELF = 1e-4;
const OF_BRIGHTEST = 1e-8;
/** Sub-pixels held at a time: some 64 MB with what the kernel makes of them. */
const AT_ONCE = 2 ** 20;

/**
 * The light of a model in every pixel of a grid, as good as the sky's: sub-pixels are doubled until a pixel stays as it is.
 * So the cusp of a bulge and a small source in an arc get their many wherever they are. The error of a mean falls with the
 * square of its sub-pixels' side (the midpoint rule), so that two means tell what it is without them (Richardson).
 * @param light A model without free parameters.
 * @returns (rows, columns) intensity, the mean of each pixel.
 */
export function convergedLight(light: LightVoice, grid: PixelGrid): Float64Array {
  const image = new Float64Array(grid.shape[0] * grid.shape[1]);
  let pending = Int32Array.from(image, (_, pixel) => pixel);
  let means = lightOfPixels(light, grid, pending, FIRST);
  let estimates = means.map(() => Number.NaN);
  for (const size of FINER) {
    const finer = lightOfPixels(light, grid, pending, size);
    const better = finer.map((mean, n) => mean + (mean - means[n]) / 3);
    for (const [n, pixel] of pending.entries()) image[pixel] = better[n];
    const brightest = image.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    // Written so that what has no estimate yet, NaN, moves.
    const moving = Int32Array.from(pending.keys()).filter((n) => {
      return !(Math.abs(better[n] - estimates[n]) <= OF_ITSELF * Math.abs(better[n]) + OF_BRIGHTEST * brightest);
    });
    pending = moving.map((n) => pending[n]);
    means = Float64Array.from(moving, (n) => finer[n]);
    estimates = Float64Array.from(moving, (n) => better[n]);
    if (pending.length === 0) break;
  }
  return image;
}

/**
 * The light of a model in some pixels of a grid, each the mean of `subSize` x `subSize` places.
 * @param pixels (N) row-major indexes.
 * @returns (N)
 */
export function lightOfPixels(light: LightVoice, grid: PixelGrid, pixels: Int32Array, subSize: number): Float64Array {
  const means = new Float64Array(pixels.length);
  const step = Math.max(1, Math.floor(AT_ONCE / (subSize * subSize)));
  for (let from = 0; from < pixels.length; from += step) {
    const block = pixels.subarray(from, from + step);
    const nativeIndex = Int32Array.from({ length: 2 * block.length }, (_, at) => {
      const pixel = block[at >> 1];
      return at % 2 === 0 ? Math.floor(pixel / grid.shape[1]) : pixel % grid.shape[1];
    });
    const subSizes = fixedSubSizes(block.length, subSize);
    const places = light.inPixels(subPixelPositions(grid, nativeIndex, subSizes), subSizes);
    means.set(places.at(new Float64Array(0), false).image, from);
  }
  return means;
}

/** @throws InputError `simulate/not-finite`, for what profiles can give where parameters are extreme. */
export function requireFinite(values: Float64Array): Float64Array {
  const bad = values.find((value) => !Number.isFinite(value));
  if (bad === undefined) return values;
  const remedy = "give parameters for which profiles are finite";
  throw new InputError("simulate/not-finite", `an intensity of ${bad}`, remedy);
}
