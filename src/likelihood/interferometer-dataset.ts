import type { VoiceKernels } from "../backend/kernels.ts";
import { type OpenFile, openArray } from "../dataset/array-file.ts";
import { type Compaction, compactVisibilities } from "../dataset/compaction.ts";
import { readCompaction } from "../dataset/compaction-file.ts";
import { type VisibilityFiles, visibilityFiles } from "../dataset/interferometer.ts";
import type { MapOrientation } from "../dataset/map.ts";
import { type Mask, nativeIndexForSlimIndex, slimFromNative } from "../dataset/mask.ts";
import { gaussianBeam } from "../dataset/primary-beam.ts";
import { InputError } from "../errors.ts";
import { type PixelGrid, slimPositions } from "../grid.ts";
import type { InterferometerSpec } from "../model/spec.ts";
import { type FileChoice, readMask, readSpecMap } from "./dataset-maps.ts";
import { given, type Picked, pick } from "./picks.ts";
import type { Tuning } from "./tuning.ts";

/** An interferometer dataset as a likelihood uses it. */
export interface InterferometerDataset {
  readonly type: "interferometer";
  readonly name: string;
  readonly compaction: Compaction;
  readonly mask: Mask;
  /** (M, 2) row and column of every unmasked pixel. */
  readonly nativeIndex: Int32Array;
  /** (M, 2) y and x of the unmasked pixels, arcseconds. */
  readonly positions: Float64Array;
  /** (M) factor of the intensity in every unmasked pixel, or null. */
  readonly primaryBeam: Float64Array | null;
  /** How the compaction's sums were taken, and why. */
  readonly latticeSums: Picked<"lattice_sums">;
}

/** What reading a dataset needs besides its spec. */
export interface ReadOptions {
  readonly open: OpenFile;
  readonly kernels: VoiceKernels;
  /** Called with visibilities done and their number. */
  readonly progress?: (done: number, count: number) => void;
  /** What was measured on this machine, for `auto`; the built-in picks without it. */
  readonly tuning?: Tuning | undefined;
}

/** Visibilities compacted, and how. */
export interface CompactedDataset {
  readonly compaction: Compaction;
  readonly latticeSums: Picked<"lattice_sums">;
}

/** Reads everything a spec names, compacting visibilities on the way. */
export async function readInterferometer(
  name: string,
  spec: InterferometerSpec,
  options: ReadOptions,
): Promise<InterferometerDataset> {
  const { compaction, latticeSums } = await readOrCompact(spec, options);
  const { grid } = compaction;
  // A stored compaction knows its sky; the spec need not repeat it.
  const oriented = { fitsRowZero: spec.fitsRowZero, xAxis: compaction.sky.xAxis };
  const mask = { shape: grid.shape, masked: await readMask(spec.mask, grid, oriented, options) };
  const nativeIndex = nativeIndexForSlimIndex(mask);
  const beam = await readPrimaryBeam(spec.primaryBeam, grid, oriented, options);
  return {
    type: "interferometer",
    name,
    compaction,
    mask,
    nativeIndex,
    positions: slimPositions(grid, nativeIndex),
    primaryBeam: beam === null ? null : slimFromNative(beam, grid.shape[1], nativeIndex),
    latticeSums,
  };
}

async function readOrCompact(spec: InterferometerSpec, options: ReadOptions): Promise<CompactedDataset> {
  if (spec.data.kind === "visibilities") return compactDataset(spec, options);
  const source = await options.open(spec.data.compact.path);
  const compaction = readCompaction(await source.read(0, source.size), source.name);
  requireSameSky(spec, compaction, source.name);
  const because = `${source.name} was compacted before`;
  return { compaction, latticeSums: given("lattice_sums", compaction.latticeSums, because) };
}

/**
 * Compacts the visibilities that a spec names.
 * @throws InputError when they are compacted already, and what reading throws.
 */
export async function compactDataset(spec: InterferometerSpec, options: ReadOptions): Promise<CompactedDataset> {
  if (spec.data.kind === "compact") {
    const remedy = "name visibilities, noise_map and uv_wavelengths in the place of compact";
    throw new InputError("visibilities/compacted", "the dataset is compacted already", remedy, spec.data.compact.path);
  }
  const { visibilitiesSign, xAxis, grid } = spec.data;
  const files = await openVisibilities(spec.data, options);
  const referenceImage =
    spec.recentre === undefined ? null : await readSpecMap(spec.recentre, "image", grid, { ...spec, xAxis }, options);
  const latticeSums = pick(options.tuning, "lattice_sums", { shape: grid.shape, visibilities: files.count });
  const sky = { visibilitiesSign, xAxis };
  const compaction = await compactVisibilities(files, grid, sky, options.kernels.compaction, {
    viaNufft: options.kernels.compactionViaNufft,
    latticeSums: latticeSums.picked,
    referenceImage,
    ...(options.progress === undefined ? {} : { progress: options.progress }),
  });
  return { compaction, latticeSums };
}

/** The three arrays of raw visibilities, opened again or for the first time. */
export async function openVisibilities(
  { visibilities, noiseMap, uvWavelengths }: Extract<InterferometerSpec["data"], { kind: "visibilities" }>,
  { open }: Pick<ReadOptions, "open">,
): Promise<VisibilityFiles> {
  const array = async (file: FileChoice, key: string) => openArray(await open(file.path), key, file);
  return visibilityFiles(
    await array(visibilities, "visibilities"),
    await array(noiseMap, "noise_map"),
    await array(uvWavelengths, "uv_wavelengths"),
  );
}

/** A compaction carries its sky and its reference image; a spec that says otherwise was written for another. */
function requireSameSky(spec: InterferometerSpec, { sky, referenceImage }: Compaction, where: string): void {
  const says = spec.data.xAxis ?? sky.xAxis;
  if (says !== sky.xAxis) {
    const what = `was made with x_axis: ${sky.xAxis}, the spec says ${says}`;
    const remedy = `remove x_axis, or compact the visibilities again with x_axis: ${says}`;
    throw new InputError("compaction/sky", what, remedy, where);
  }
  if (spec.recentre !== undefined) {
    const holds = referenceImage === null ? "was made without a reference image" : "holds its own reference image";
    const remedy = "remove recentre, or compact the visibilities again with it";
    throw new InputError("compaction/recentre", `${holds}, the spec has recentre`, remedy, where);
  }
}

async function readPrimaryBeam(
  primaryBeam: InterferometerSpec["primaryBeam"],
  grid: PixelGrid,
  orientation: MapOrientation,
  options: ReadOptions,
): Promise<Float64Array | null> {
  if (primaryBeam === undefined) return null;
  if ("fwhm" in primaryBeam) return gaussianBeam(grid, primaryBeam.fwhm);
  const beam = await readSpecMap(primaryBeam.path, "primary_beam", grid, orientation, options);
  const bad = beam.findIndex((value) => !(value >= 0 && Number.isFinite(value)));
  if (bad >= 0) {
    const what = `the primary beam is ${beam[bad]} in pixel ${bad}`;
    throw new InputError("beam/value", what, "give finite factors of zero or more", primaryBeam.path.path);
  }
  return beam;
}
