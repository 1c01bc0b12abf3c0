import type { VoiceKernels } from "../backend/kernels.ts";
import { type ArraySelection, type OpenFile, openArray } from "../dataset/array-file.ts";
import { type Compaction, compactVisibilities } from "../dataset/compaction.ts";
import { readCompaction } from "../dataset/compaction-file.ts";
import { type PixelGrid, pixelGrid, slimPositions } from "../dataset/grid.ts";
import { type VisibilityFiles, visibilityFiles } from "../dataset/interferometer.ts";
import { readMap } from "../dataset/map.ts";
import { nativeIndexForSlimIndex, slimFromNative } from "../dataset/mask.ts";
import { gaussianBeam } from "../dataset/primary-beam.ts";
import { InputError } from "../errors.ts";
import type { InterferometerSpec, MaskSpec } from "../model/spec.ts";

/** An interferometer dataset as a likelihood uses it. */
export interface InterferometerDataset {
  readonly name: string;
  readonly compaction: Compaction;
  /** (M, 2) row and column of every unmasked pixel. */
  readonly nativeIndex: Int32Array;
  /** (M, 2) y and x of the unmasked pixels, arcseconds. */
  readonly positions: Float64Array;
  /** (M) factor of the intensity in every unmasked pixel, or null. */
  readonly primaryBeam: Float64Array | null;
}

/** What reading a dataset needs besides its spec. */
export interface ReadOptions {
  readonly open: OpenFile;
  readonly kernels: VoiceKernels;
  /** Called with visibilities done and their number. */
  readonly progress?: (done: number, count: number) => void;
}

/** Reads everything a spec names, compacting visibilities on the way. */
export async function readInterferometer(
  name: string,
  spec: InterferometerSpec,
  options: ReadOptions,
): Promise<InterferometerDataset> {
  const compaction = await readOrCompact(spec, options);
  const { grid } = compaction;
  const masked = await readMask(spec, grid, options);
  const nativeIndex = nativeIndexForSlimIndex({ shape: grid.shape, masked });
  const beam = await readPrimaryBeam(spec, grid, options);
  return {
    name,
    compaction,
    nativeIndex,
    positions: slimPositions(grid, nativeIndex),
    primaryBeam: beam === null ? null : slimFromNative(beam, grid.shape[1], nativeIndex),
  };
}

async function readOrCompact(spec: InterferometerSpec, options: ReadOptions): Promise<Compaction> {
  const { data } = spec;
  if (data.kind === "compact") {
    const source = await options.open(data.compact.path);
    return readCompaction(await source.read(0, source.size), source.name);
  }
  const files = await openVisibilities(spec, options);
  const grid = pixelGrid(data.grid.shape, data.grid.pixelScale, data.grid.origin);
  const referenceImage =
    spec.recentre === undefined ? null : await readSpecMap(spec.recentre, "image", grid, spec, options);
  const { kernels, progress } = options;
  return compactVisibilities(
    files,
    grid,
    { visibilitiesSign: data.visibilitiesSign, xAxis: spec.xAxis },
    kernels.compaction,
    {
      referenceImage,
      ...(progress === undefined ? {} : { progress }),
    },
  );
}

/** The visibilities, noise and baselines of a dataset that is not compacted yet. */
export async function openVisibilities(
  spec: InterferometerSpec,
  { open }: Pick<ReadOptions, "open">,
): Promise<VisibilityFiles> {
  if (spec.data.kind === "compact") {
    throw new InputError("visibilities/compacted", "the dataset is compacted already", "name its visibilities");
  }
  const { visibilities, noiseMap, uvWavelengths } = spec.data;
  const array = async (file: ArraySelection & { path: string }, key: string) =>
    openArray(await open(file.path), key, file);
  return visibilityFiles(
    await array(visibilities, "visibilities"),
    await array(noiseMap, "noise_map"),
    await array(uvWavelengths, "uv_wavelengths"),
  );
}

async function readSpecMap(
  file: ArraySelection & { path: string },
  key: string,
  grid: PixelGrid,
  spec: InterferometerSpec,
  { open }: ReadOptions,
): Promise<Float64Array> {
  return readMap(await openArray(await open(file.path), key, file), grid.shape, spec.fitsRowZero);
}

async function readMask(spec: InterferometerSpec, grid: PixelGrid, options: ReadOptions): Promise<Uint8Array> {
  const { mask } = spec;
  if (mask === undefined) return new Uint8Array(grid.shape[0] * grid.shape[1]);
  if (mask.type !== "file") return geometricMask(mask, grid, options.kernels);
  const values = await readSpecMap(mask.path, "mask", grid, spec, options);
  return Uint8Array.from(values, (value) => ((value !== 0) !== mask.invert ? 1 : 0));
}

function geometricMask(mask: Exclude<MaskSpec, { type: "file" }>, grid: PixelGrid, kernels: VoiceKernels): Uint8Array {
  const args = {
    shape: grid.shape,
    pixelScales: [grid.pixelScale, grid.pixelScale] as const,
    centre: [mask.centre[0] - grid.origin[0], mask.centre[1] - grid.origin[1]] as const,
  };
  if (mask.type === "circular") return kernels.maskCircular({ ...args, radius: mask.radius });
  const outside = kernels.maskCircular({ ...args, radius: mask.outerRadius });
  const hole = kernels.maskCircular({ ...args, radius: mask.innerRadius });
  return outside.map((masked, pixel) => (masked === 1 || hole[pixel] === 0 ? 1 : 0));
}

async function readPrimaryBeam(
  spec: InterferometerSpec,
  grid: PixelGrid,
  options: ReadOptions,
): Promise<Float64Array | null> {
  const { primaryBeam } = spec;
  if (primaryBeam === undefined) return null;
  if ("fwhm" in primaryBeam) return gaussianBeam(grid, primaryBeam.fwhm);
  const beam = await readSpecMap(primaryBeam.path, "primary_beam", grid, spec, options);
  const bad = beam.findIndex((value) => !(value >= 0 && Number.isFinite(value)));
  if (bad >= 0) {
    const what = `the primary beam is ${beam[bad]} in pixel ${bad}`;
    throw new InputError("beam/value", what, "give finite factors of zero or more", primaryBeam.path.path);
  }
  return beam;
}
