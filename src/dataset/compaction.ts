import { InputError } from "../errors.ts";
import { ARCSECOND, type PixelGrid } from "../grid.ts";
import type { CompactArgs, CompactData, CompactSums, VisibilityData } from "../operators/compaction.ts";
import { addTo, type CompensatedSum, compensatedSum, totalOf } from "../operators/compensated-sum.ts";
import { fineSize, nufftError, TIGHTEST } from "../operators/nufft-kernel.ts";
import { InputHash } from "./input-hash.ts";
import {
  orient,
  type SkyConvention,
  type UvRange,
  uvRange,
  type VisibilityFiles,
  visibilityChunks,
} from "./interferometer.ts";

/** Ways to the sums over visibilities: term by term (in WebAssembly as a separable product), or by the NUFFT. */
export const LATTICE_SUMS = ["direct", "nufft"] as const;
export type LatticeSums = (typeof LATTICE_SUMS)[number];

/**
 * Visibilities in the form that likelihoods use, whose size does not depend on their number. It belongs to a pixel grid
 * and a sky convention; any mask inside the grid uses it.
 */
export interface Compaction {
  readonly grid: PixelGrid;
  readonly sky: SkyConvention;
  /** K */
  readonly count: number;
  readonly uv: UvRange;
  readonly sums: CompactSums;
  /** (rows, columns) image whose residual `sums.residual` describes; null without one. */
  readonly referenceImage: Float64Array | null;
  /** The largest |d|: the flux of what is seen is at least this. */
  readonly largestAmplitude: number;
  /** Bound of the error of every lattice sum, relative to the sum of its absolute weights. */
  readonly epsilon: number;
  /** Which way the sums were taken; null in files made before it was kept. */
  readonly latticeSums: LatticeSums | null;
  /** Of the baselines, the visibilities and the noise as they stand in the files: see `InputHash`. */
  readonly inputHash: string;
}

/** How sums over visibilities are taken: how many at a time, before the compensated addition takes over, and how well. */
interface Summation {
  readonly name: LatticeSums;
  readonly compact: (args: CompactArgs) => CompactSums;
  readonly rowsPerRead: number;
  readonly rowsPerSum: number;
  /** Error relative to the sum of absolute weights, besides that of the phases. */
  readonly epsilon: number;
}

export interface CompactOptions {
  readonly referenceImage?: Float64Array | null;
  /** The `compactionViaNufft` kernel of the voice, for datasets that it suits: large ones. */
  readonly viaNufft?: (args: CompactArgs) => CompactSums;
  /** Which way to take, where `viaNufft` leaves the choice; that of `nufftPays` without it. */
  readonly latticeSums?: LatticeSums | null;
  /** Called with visibilities done and their number. */
  readonly progress?: (done: number, count: number) => void;
}

/**
 * Compacts a dataset in one streaming pass (after one over the baselines alone, which must suit the grid); memory does
 * not depend on K.
 * @param compact The `compaction` kernel of a voice.
 * @throws InputError `grid/too-coarse` for a pixel scale of 1 / (2 max |u|) or more, and what reading throws.
 */
export async function compactVisibilities(
  files: VisibilityFiles,
  grid: PixelGrid,
  sky: SkyConvention,
  compact: (args: CompactArgs) => CompactSums,
  { referenceImage = null, viaNufft, latticeSums, progress }: CompactOptions = {},
): Promise<Compaction> {
  const wanted = latticeSums ?? (nufftPays(grid, files.count) ? "nufft" : "direct");
  const summation = viaNufft !== undefined && wanted === "nufft" ? byNufft(viaNufft, grid) : direct(compact);
  const uv = await uvRange(files.uvWavelengths, summation.rowsPerRead);
  requireFineGrid(grid, uv, files.uvWavelengths.where);
  const totals = new Totals(grid, referenceImage !== null);
  const hash = new InputHash(3);
  let done = 0;
  let largestAmplitude = 0;
  for await (const chunk of visibilityChunks(files, summation.rowsPerRead)) {
    await hash.update([chunk.uvWavelengths, chunk.visibilities, chunk.noiseMap]);
    const oriented = { ...chunk, uvWavelengths: orient(chunk.uvWavelengths, sky) };
    for (const part of parts(oriented, summation.rowsPerSum)) {
      totals.add(summation.compact({ ...part, grid, referenceImage }));
    }
    largestAmplitude = Math.max(largestAmplitude, amplitude(chunk.visibilities));
    done += chunk.visibilities.length / 2;
    progress?.(done, files.count);
  }
  return {
    grid,
    sky,
    count: files.count,
    uv,
    sums: totals.sums(),
    referenceImage,
    largestAmplitude,
    epsilon: summation.epsilon + phaseError(grid, uv),
    latticeSums: summation.name,
    inputHash: await hash.digest(),
  };
}

/**
 * What rounding in the compaction can add to the log likelihood of an image I. That of the lattice sums:
 * epsilon (sum |w| |I|_1^2 / 2 + sum |d| / sigma^2 |I|_1), with I and d taken from the reference image I0 where there is
 * one. Then also that of its visibilities, which are sums over its pixels and stay in the residual:
 * epsilon_0 |I0|_1 (sum |d| / sigma^2 + sum |w| |I|_1).
 * @param flux |I|_1, the sum of absolute intensities; from the reference where there is one.
 */
export function logLikelihoodErrorBound({ sums, epsilon, referenceImage }: Compaction, flux: number): number {
  const { weightSum } = sums;
  const { weightedSum } = sums.residual ?? sums.data;
  const ofLattices = epsilon * ((weightSum * flux * flux) / 2 + weightedSum * flux);
  if (referenceImage === null) return ofLattices;
  const referenceFlux = referenceImage.reduce((sum, intensity) => sum + Math.abs(intensity), 0);
  const referenceEpsilon = epsilon + 2 ** -53 * referenceImage.length;
  return ofLattices + referenceEpsilon * referenceFlux * (weightedSum + weightSum * flux);
}

function amplitude(visibilities: Float64Array): number {
  let largest = 0;
  let largestSquare = 0;
  for (let k = 0; k < visibilities.length; k += 2) {
    const [re, im] = [visibilities[k], visibilities[k + 1]];
    // As for baselines: squares may overflow or vanish, and then are equal.
    const square = re * re + im * im;
    if (square >= largestSquare) [largestSquare, largest] = [square, Math.max(largest, Math.hypot(re, im))];
  }
  return largest;
}

function* parts(chunk: VisibilityData, rows: number): Generator<VisibilityData> {
  for (let first = 0; first < chunk.visibilities.length; first += 2 * rows) {
    yield {
      uvWavelengths: chunk.uvWavelengths.subarray(first, first + 2 * rows),
      visibilities: chunk.visibilities.subarray(first, first + 2 * rows),
      noiseMap: chunk.noiseMap.subarray(first, first + 2 * rows),
    };
  }
}

/** A grid coarser than the fringes of the longest baseline cannot hold an image of its visibilities. */
function requireFineGrid({ pixelScale }: PixelGrid, { maximum }: UvRange, where: string): void {
  const longest = Math.max(...maximum);
  const limit = 1 / (2 * longest * ARCSECOND);
  if (pixelScale < limit) return;
  const axis = maximum[0] >= maximum[1] ? "u" : "v";
  throw new InputError(
    "grid/too-coarse",
    `max |${axis}| is ${longest.toPrecision(6)} wavelengths, which needs a pixel scale below ${limit.toPrecision(4)} arcsec, not ${pixelScale}`,
    "give a finer grid (or baselines in wavelengths, if these are not)",
    where,
  );
}

/** One rounding an addition, and a few in sine, cosine and weight, in units of 2^-53. */
function direct(compact: Summation["compact"]): Summation {
  const rowsPerSum = 512;
  return { name: "direct", compact, rowsPerRead: 8192, rowsPerSum, epsilon: 2 ** -53 * (8 + rowsPerSum) };
}

/** As many rows as make the FFT, once a sum, a tenth of the work, in some 0.2 GB; the bound does not depend on them. */
function byNufft(compact: Summation["compact"], { shape }: PixelGrid): Summation {
  const rows = 2 ** 20;
  const epsilon = nufftError(TIGHTEST, [shape[0] - 1, shape[1] - 1]);
  return { name: "nufft", compact, rowsPerRead: rows, rowsPerSum: rows, epsilon };
}

/**
 * Whether the NUFFT is the faster sum by far. A visibility costs it what one costs a direct sum over some 150 pixels, and
 * its FFTs what some hundred visibilities do; it is taken a good way above that, where a direct sum takes milliseconds
 * and more, because the direct sum is the more exact. Its grid must fit into memory: it does up to some thousand pixels a side.
 */
export function nufftPays({ shape }: Pick<PixelGrid, "shape">, count: number): boolean {
  return count >= NUFFT_PAYS.visibilities && shape[0] * shape[1] >= NUFFT_PAYS.gridPixels && nufftFits(shape);
}

/** Whether memory holds the NUFFT's grid: the differences and sums of pixels, with complex strengths and carried errors. */
export function nufftFits([rows, columns]: PixelGrid["shape"]): boolean {
  const beyond = 32;
  return 4 * 8 * (fineSize(rows - 1) + beyond) * (fineSize(columns - 1) + beyond) < 2 ** 29;
}

/** From these sizes on. */
export const NUFFT_PAYS = { visibilities: 4096, gridPixels: 1024 } as const;

/**
 * Three roundings in the phase, of up to 2 pi max |x u + y v| radians, over the sums of two positions that `plus` needs,
 * in units of 2^-53.
 */
function phaseError({ shape, pixelScale, origin }: PixelGrid, { maximum }: UvRange): number {
  const reach = (axis: 0 | 1): number => 2 * Math.abs(origin[axis]) + shape[axis] * pixelScale;
  const radians = 2 * Math.PI * ARCSECOND * (reach(1) * maximum[0] + reach(0) * maximum[1]);
  return 2 ** -53 * 3 * radians;
}

/** Running totals of what `CompactSums` holds. */
class Totals {
  readonly #grid: PixelGrid;
  readonly #minus: CompensatedSum;
  readonly #plus: CompensatedSum;
  readonly #data: DataTotals;
  readonly #residual: DataTotals | null;
  /** Noise normalization, sum of weights. */
  readonly #scalars = compensatedSum(2);
  #unequalNoise = false;

  constructor(grid: PixelGrid, withResidual: boolean) {
    const [rows, columns] = grid.shape;
    this.#grid = grid;
    this.#minus = compensatedSum(rows * (2 * columns - 1));
    this.#plus = compensatedSum((2 * rows - 1) * (2 * columns - 1));
    this.#data = dataTotals(rows * columns);
    this.#residual = withResidual ? dataTotals(rows * columns) : null;
  }

  add(sums: CompactSums): void {
    addTo(this.#minus, sums.wCompact.minus);
    if (sums.wCompact.plus !== null) {
      addTo(this.#plus, sums.wCompact.plus);
      this.#unequalNoise = true;
    }
    addData(this.#data, sums.data);
    if (this.#residual !== null && sums.residual !== null) addData(this.#residual, sums.residual);
    addTo(this.#scalars, Float64Array.of(sums.noiseNormalization, sums.weightSum));
  }

  sums(): CompactSums {
    const [noiseNormalization, weightSum] = totalOf(this.#scalars);
    const plus = this.#unequalNoise ? totalOf(this.#plus) : null;
    return {
      wCompact: { shape: this.#grid.shape, minus: totalOf(this.#minus), plus },
      data: dataOf(this.#data),
      residual: this.#residual === null ? null : dataOf(this.#residual),
      noiseNormalization,
      weightSum,
    };
  }
}

interface DataTotals {
  readonly dirtyImage: CompensatedSum;
  /** chi^2, weighted sum. */
  readonly scalars: CompensatedSum;
}

function dataTotals(pixels: number): DataTotals {
  return { dirtyImage: compensatedSum(pixels), scalars: compensatedSum(2) };
}

function addData(totals: DataTotals, { dirtyImage, chiSquared, weightedSum }: CompactData): void {
  addTo(totals.dirtyImage, dirtyImage);
  addTo(totals.scalars, Float64Array.of(chiSquared, weightedSum));
}

function dataOf(totals: DataTotals): CompactData {
  const [chiSquared, weightedSum] = totalOf(totals.scalars);
  return { dirtyImage: totalOf(totals.dirtyImage), chiSquared, weightedSum };
}
