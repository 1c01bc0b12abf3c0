import { type ArrayFile, openArray } from "../dataset/array-file.ts";
import { blurringRegion } from "../dataset/blurring-region.ts";
import { type Imaging, type ImagingArrays, imaging } from "../dataset/imaging.ts";
import { imagingWarnings } from "../dataset/imaging-checks.ts";
import { type MapTurns, mapTurns, readMap } from "../dataset/map.ts";
import { maskShift, maskShiftMessage, stampWarnings } from "../dataset/mask-checks.ts";
import { psfKernel } from "../dataset/psf.ts";
import { psfWarnings } from "../dataset/psf-checks.ts";
import { wcsPixelScale } from "../dataset/wcs.ts";
import { InputError } from "../errors.ts";
import { pixelGrid } from "../grid.ts";
import type { ImagingSpec } from "../model/spec.ts";
import type { ConvolutionKernel } from "../operators/convolve.ts";
import { type FileChoice, readMask } from "./dataset-maps.ts";
import type { ReadOptions } from "./interferometer-dataset.ts";

/** An imaging dataset as a likelihood uses it. */
export interface ImagingDataset extends Imaging {
  readonly type: "imaging";
  readonly name: string;
  /** (B, 2) row and column of the pixels around the mask whose light the PSF brings into it. */
  readonly blurringRegion: Int32Array;
  /** As the spec has it; `lightSubSizes` makes numbers of it. */
  readonly overSampling: ImagingSpec["overSampling"];
  /** What is allowed but may not be meant, a line each. */
  readonly warnings: readonly string[];
}

/** Images of more pixels than this are not those of a galaxy-scale lens. */
const MOST_PIXELS = 2 ** 24;

/** A header's pixel scale is rounded somewhere: a difference of a thousandth is one. */
const SAME_SCALE = 1e-3;

/** Reads everything a spec names. @throws InputError for what is not right, with its file. */
export async function readImaging(
  name: string,
  spec: ImagingSpec,
  options: Pick<ReadOptions, "open" | "kernels">,
): Promise<ImagingDataset> {
  const open = async (file: FileChoice, key: string) => openArray(await options.open(file.path), key, file);
  const dataFile = await open(spec.data, "data");
  const grid = pixelGrid(imageShape(dataFile), spec.pixelScale, spec.offset);
  // Noise, PSF and mask are on the data's pixels, whether or not their files have a WCS too.
  const like = dataFile.header === undefined ? undefined : mapTurns(dataFile, spec);
  const noiseFile = await open(spec.noiseMap, "noise_map");
  const psfFile = await open(spec.psf, "psf");
  const rawPsf = await readPsf(psfFile, spec, like);
  const psf = psfKernel(rawPsf.values, rawPsf.shape, spec.normalizePsf, psfFile.where);
  const arrays: ImagingArrays = {
    grid,
    masked: await readMask(spec.mask, grid, spec, options, like),
    data: await readMap(dataFile, grid.shape, spec),
    noiseMap: await readMap(noiseFile, grid.shape, spec, like),
    psf,
  };
  const shift = spec.mask.some(({ type }) => type === "file") ? maskShift(arrays) : null;
  const shifted = shift === null ? [] : [maskShiftMessage(shift)];
  const read = assemble(arrays, { data: dataFile.where, noiseMap: noiseFile.where }, shifted);
  return {
    type: "imaging",
    name,
    ...read,
    blurringRegion: blurringRegion(read.mask, psf.shape),
    overSampling: spec.overSampling,
    warnings: [
      ...flaggedWarning(read),
      ...shifted,
      ...scaleWarning(dataFile, spec.pixelScale),
      ...stampWarnings(read.mask, psf.shape),
      ...psfWarnings(rawPsf, spec.normalizePsf, read.mask),
      ...imagingWarnings(arrays),
    ],
  };
}

/** Bad pixels that a shifted mask keeps are refused one by one; the message begins with the cause. */
function assemble(arrays: ImagingArrays, where: Parameters<typeof imaging>[1], shifted: readonly string[]): Imaging {
  try {
    return imaging(arrays, where);
  } catch (error) {
    throw error instanceof InputError && shifted.length > 0 ? error.at(shifted[0]) : error;
  }
}

function imageShape(file: ArrayFile): [rows: number, columns: number] {
  const [rows, columns] = file.shape;
  if (file.complex || file.shape.length !== 2 || rows * columns === 0) {
    const what = `has shape (${file.shape.join(", ")})${file.complex ? " of complex numbers" : ""}`;
    throw new InputError("imaging/shape", what, "give a 2-D image", file.where);
  }
  if (rows * columns > MOST_PIXELS) {
    const what = `has ${rows} x ${columns} pixels, more than ${MOST_PIXELS}`;
    throw new InputError("imaging/size", what, "cut out a stamp around the lens", file.where);
  }
  return [rows, columns];
}

/** As the file has it, in the data's orientation. */
async function readPsf(file: ArrayFile, spec: ImagingSpec, like?: MapTurns): Promise<ConvolutionKernel> {
  const shape = imageShape(file);
  return { shape, values: await readMap(file, shape, spec, like) };
}

function flaggedWarning({ flagged }: Imaging): string[] {
  if (flagged === 0) return [];
  return [`${flagged} ${flagged === 1 ? "pixel" : "pixels"} inside the mask flagged by very large noise, and ignored`];
}

function scaleWarning({ header, where }: ArrayFile, pixelScale: number): string[] {
  const ofHeader = header === undefined ? undefined : wcsPixelScale(header);
  if (ofHeader === undefined || ofHeader.every((scale) => Math.abs(scale / pixelScale - 1) < SAME_SCALE)) return [];
  const [y, x] = ofHeader.map((scale) => Number(scale.toPrecision(6)));
  return [`pixel_scale is ${pixelScale}, the header of ${where} says ${y === x ? y : `${y} along y and ${x} along x`}`];
}
