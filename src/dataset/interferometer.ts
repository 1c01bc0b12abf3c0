import { InputError } from "../errors.ts";
import type { VisibilityData } from "../operators/compaction.ts";
import type { ArrayFile } from "./array-file.ts";

/** How the visibilities of a file were measured on the sky. */
export interface SkyConvention {
  /** The sign in V = sum I exp(sign 2 pi i (u l + v m)), l toward east and m toward north. */
  readonly visibilitiesSign: -1 | 1;
  /** Where x of the grid points. */
  readonly xAxis: "east" | "west";
}

/** The three arrays of a dataset, opened and found to belong together. */
export interface VisibilityFiles {
  /** K */
  readonly count: number;
  readonly visibilities: ArrayFile;
  readonly noiseMap: ArrayFile;
  readonly uvWavelengths: ArrayFile;
}

/**
 * Checks shapes: visibilities complex (K) or (K, 2) real and imaginary; noise the same, or (K) for both parts; uv (K, 2).
 * @throws InputError `visibilities/shape` for another shape, `visibilities/length` for different K.
 */
export function visibilityFiles(
  visibilities: ArrayFile,
  noiseMap: ArrayFile,
  uvWavelengths: ArrayFile,
): VisibilityFiles {
  const isPairs = (file: ArrayFile): boolean => !file.complex && file.shape.length === 2 && file.shape[1] === 2;
  const isComplex = (file: ArrayFile): boolean => file.complex && file.shape.length === 1;
  const isReal = (file: ArrayFile): boolean => !file.complex && file.shape.length === 1;
  const require = (file: ArrayFile, good: boolean, wanted: string): void => {
    if (good && file.shape[0] > 0) return;
    const shape = `has shape (${file.shape.join(", ")})${file.complex ? " of complex numbers" : ""}`;
    throw new InputError("visibilities/shape", shape, `give ${wanted}`, file.where);
  };
  const pairs = "complex (K) or real (K, 2): real and imaginary parts";
  require(visibilities, isComplex(visibilities) || isPairs(visibilities), pairs);
  require(noiseMap, isComplex(noiseMap) || isPairs(noiseMap) || isReal(noiseMap), `${pairs}, or real (K) for both`);
  require(uvWavelengths, isPairs(uvWavelengths), "real (K, 2): u and v in wavelengths");
  const count = visibilities.shape[0];
  for (const file of [noiseMap, uvWavelengths]) {
    if (file.shape[0] === count) continue;
    const what = `has ${file.shape[0]} rows, ${visibilities.where} has ${count}`;
    throw new InputError("visibilities/length", what, "give arrays of one dataset", file.where);
  }
  return { count, visibilities, noiseMap, uvWavelengths };
}

/**
 * The baselines turned to the grid (the same array where nothing turns): u along its x, v along its y, for V = sum I exp(-2 pi i (x u + y v)).
 * u grows toward east and v toward north, so an x that points west changes the sign of u; the other sign of the
 * exponent is that of both.
 */
export function orient(uvWavelengths: Float64Array, { visibilitiesSign, xAxis }: SkyConvention): Float64Array {
  const [alongX, alongY] = [-visibilitiesSign * (xAxis === "west" ? -1 : 1), -visibilitiesSign];
  if (alongX === 1 && alongY === 1) return uvWavelengths;
  const oriented = new Float64Array(uvWavelengths.length);
  for (let k = 0; k < oriented.length; k += 2) {
    oriented[k] = alongX * uvWavelengths[k];
    oriented[k + 1] = alongY * uvWavelengths[k + 1];
  }
  return oriented;
}

/** The largest |u| and |v| and the range of |uv|, in wavelengths. */
export interface UvRange {
  readonly maximum: readonly [u: number, v: number];
  readonly shortest: number;
  readonly longest: number;
}

/** One pass over the baselines. @throws InputError for one that is not finite. */
export async function uvRange(uvWavelengths: ArrayFile, rowsPerChunk: number): Promise<UvRange> {
  let [maximumU, maximumV, shortest, longest] = [0, 0, Number.POSITIVE_INFINITY, 0];
  let [smallest, largest] = [Number.POSITIVE_INFINITY, 0];
  let row = 0;
  for await (const chunk of uvWavelengths.rows(rowsPerChunk)) {
    requireFinite(chunk, row, uvWavelengths.where, "baseline");
    for (let k = 0; k < chunk.length; k += 2) {
      const [u, v] = [chunk[k], chunk[k + 1]];
      maximumU = Math.max(maximumU, Math.abs(u));
      maximumV = Math.max(maximumV, Math.abs(v));
      // Squares may overflow, and then are equal; the hypotenuse does not, but takes its time.
      const square = u * u + v * v;
      if (square <= smallest) [smallest, shortest] = [square, Math.min(shortest, Math.hypot(u, v))];
      if (square >= largest) [largest, longest] = [square, Math.max(longest, Math.hypot(u, v))];
    }
    row += chunk.length / 2;
  }
  return { maximum: [maximumU, maximumV], shortest, longest };
}

/**
 * The dataset in chunks, as it stands in the files (baselines not yet turned to the grid).
 * @throws InputError for a value that is not finite or noise that is not positive, with its row and value.
 */
export async function* visibilityChunks(files: VisibilityFiles, rowsPerChunk: number): AsyncGenerator<VisibilityData> {
  const noiseRows = files.noiseMap.rows(rowsPerChunk);
  const uvRows = files.uvWavelengths.rows(rowsPerChunk);
  const noiseIsReal = files.noiseMap.shape.length === 1 && !files.noiseMap.complex;
  let row = 0;
  for await (const visibilities of files.visibilities.rows(rowsPerChunk)) {
    const noise: Float64Array = (await noiseRows.next()).value;
    const uvWavelengths: Float64Array = (await uvRows.next()).value;
    const noiseMap = noiseIsReal ? visibilities.map((_, k) => noise[k >> 1]) : noise;
    requireFinite(uvWavelengths, row, files.uvWavelengths.where, "baseline");
    requirePositive(noiseMap, row, files.noiseMap.where);
    requireFiniteRatio(visibilities, noiseMap, row, files.visibilities.where);
    yield { uvWavelengths, visibilities, noiseMap };
    row += visibilities.length / 2;
  }
}

// Plain loops: these see every number of the dataset.

function requireFinite(pairs: Float64Array, firstRow: number, where: string, what: string): void {
  for (let k = 0; k < pairs.length; k++) {
    if (Number.isFinite(pairs[k])) continue;
    const row = firstRow + (k >> 1);
    throw new InputError("visibilities/not-finite", `${what} ${row} is ${pairs[k]}`, "remove flagged rows", where);
  }
}

function requirePositive(noise: Float64Array, firstRow: number, where: string): void {
  for (let k = 0; k < noise.length; k++) {
    // Weights are inverse squares, which overflow before the noise itself does.
    const variance = noise[k] * noise[k];
    if (noise[k] > 0 && variance < Number.POSITIVE_INFINITY && 1 / variance < Number.POSITIVE_INFINITY) continue;
    const what = `noise of visibility ${firstRow + (k >> 1)} is ${noise[k]}`;
    throw new InputError("visibilities/noise", what, "give standard deviations above zero, remove flagged rows", where);
  }
}

/** Neither NaN nor infinite, nor so large that chi^2 of the data would be. */
function requireFiniteRatio(visibilities: Float64Array, noise: Float64Array, firstRow: number, where: string): void {
  for (let k = 0; k < visibilities.length; k++) {
    const ratio = visibilities[k] / noise[k];
    if (ratio * ratio < Number.POSITIVE_INFINITY) continue;
    const what = `visibility ${firstRow + (k >> 1)} is ${visibilities[k]} beside noise of ${noise[k]}`;
    throw new InputError("visibilities/not-finite", what, "remove flagged rows", where);
  }
}
