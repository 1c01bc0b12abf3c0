import { InputError } from "../errors.ts";
import { dirtyImage } from "../operators/dirty-image.ts";
import { openFile } from "./file-source.ts";
import { arraysIn, type FoundArray } from "./inspect-arrays.ts";
import { type ImagingGroup, type InterferometerGroup, imagingGroups, interferometerGroups } from "./inspect-groups.ts";
import { MASKING_NOISE, type Statistics, statisticsOf, warningsFor } from "./inspect-statistics.ts";
import {
  type DirtyMap,
  type DirtyMapSummary,
  dirtyMapGrid,
  dirtyMapSummary,
  type UvCoverage,
  usable,
  uvCoverage,
} from "./inspect-visibilities.ts";

export interface InspectedArray extends FoundArray {
  readonly statistics: Statistics | undefined;
  readonly warnings: readonly string[];
}

export interface InspectedImaging extends ImagingGroup {
  /** Largest data / noise, and how many pixels are above 3. */
  readonly largestSignalToNoise: number;
  readonly pixelsAboveThree: number;
  readonly pixels: number;
}

export interface InspectedInterferometer extends InterferometerGroup {
  /** Visibilities in the files, and those with finite values and positive noise. */
  readonly count: number;
  readonly used: number;
  readonly coverage: UvCoverage | undefined;
  readonly dirtyMap: DirtyMapSummary | undefined;
}

export interface Inspection {
  readonly arrays: readonly InspectedArray[];
  readonly imaging: readonly InspectedImaging[];
  readonly interferometer: readonly InspectedInterferometer[];
}

export interface InspectOptions {
  /** Of the dirty map. */
  readonly shape?: readonly [rows: number, columns: number] | undefined;
  /** Of the dirty map, arcseconds. */
  readonly pixelScale?: number | undefined;
  readonly dirtyMap?: DirtyMap;
  readonly onProgress?: (line: string) => void;
}

/**
 * Looks into files; at most one array (or one dataset's) is in memory at a time.
 * @throws InputError for files that cannot be read, and when a dirty map is asked for and there are no visibilities.
 */
export async function inspectFiles(paths: readonly string[], options: InspectOptions = {}): Promise<Inspection> {
  const sources = [];
  try {
    const found: FoundArray[] = [];
    for (const path of new Set(paths)) {
      const source = await openFile(path);
      sources.push(source);
      found.push(...(await arraysIn(source)));
    }
    const sets = interferometerGroups(found);
    if (sets.length === 0 && (options.shape !== undefined || options.pixelScale !== undefined)) {
      throw new InputError(
        "inspect/no-visibilities",
        `${options.shape === undefined ? "--pixel-scale" : "--shape"} is for a dirty map and these files hold no visibilities`,
        "give data, noise map and uv wavelengths together, or leave the option out",
      );
    }
    const arrays: InspectedArray[] = [];
    for (const array of found) arrays.push(await inspectArray(array));
    const imaging: InspectedImaging[] = [];
    for (const group of imagingGroups(found)) imaging.push(await inspectImaging(group));
    const interferometer: InspectedInterferometer[] = [];
    for (const set of sets) interferometer.push(await inspectInterferometer(set, options));
    return { arrays, imaging, interferometer };
  } finally {
    for (const source of sources) await source.close();
  }
}

async function inspectArray(array: FoundArray): Promise<InspectedArray> {
  if (array.values === undefined) {
    return { ...array, statistics: undefined, warnings: ["not an image: its contents are not looked at"] };
  }
  const values = await array.values();
  const statistics = statisticsOf(values);
  return { ...array, statistics, warnings: warningsFor(array.role, array.shape, values, statistics) };
}

async function inspectImaging(group: ImagingGroup): Promise<InspectedImaging> {
  const data = await group.data.values!();
  const noise = await group.noiseMap.values!();
  const largestNoise = MASKING_NOISE * (statisticsOf(noise).median ?? 0);
  let [largestSignalToNoise, pixelsAboveThree, pixels] = [Number.NEGATIVE_INFINITY, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const ratio = data[i] / noise[i];
    if (!(noise[i] > 0 && noise[i] <= largestNoise && Number.isFinite(ratio))) continue;
    pixels++;
    if (ratio > 3) pixelsAboveThree++;
    if (ratio > largestSignalToNoise) largestSignalToNoise = ratio;
  }
  return { ...group, largestSignalToNoise, pixelsAboveThree, pixels };
}

async function inspectInterferometer(
  group: InterferometerGroup,
  { shape, pixelScale, dirtyMap = dirtyImage, onProgress }: InspectOptions,
): Promise<InspectedInterferometer> {
  const uvWavelengths = await group.uvWavelengths.values!();
  const noise = await group.noiseMap.values!();
  // A noise map of one number a visibility holds for both parts.
  const noiseMap = noise.length === uvWavelengths.length ? noise : uvWavelengths.map((_, i) => noise[i >> 1]);
  const set = usable({ uvWavelengths, visibilities: await group.visibilities.values!(), noiseMap });
  const [count, used] = [uvWavelengths.length / 2, set.uvWavelengths.length / 2];
  const coverage = uvCoverage(set.uvWavelengths);
  if (coverage.uvRange[1] === 0) return { ...group, count, used, coverage: undefined, dirtyMap: undefined };
  const grid = dirtyMapGrid(coverage, shape, pixelScale);
  onProgress?.(
    `dirty map of ${used} visibilities on ${grid.shape.join(" x ")} pixels of ${grid.pixelScale.toPrecision(3)}"`,
  );
  return { ...group, count, used, coverage, dirtyMap: await dirtyMapSummary(set, grid, coverage, dirtyMap) };
}
