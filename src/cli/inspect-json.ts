import type { FoundArray } from "./inspect-arrays.ts";
import type { DirtyMapSummary } from "./inspect-visibilities.ts";
import type { InspectedArray, InspectedImaging, InspectedInterferometer, Inspection } from "./inspection.ts";

/** Why both signs are reported. */
export const SIGN_NOTE =
  "either sign fits the visibilities equally well: the two maps are each other turned by 180 degrees, so only an outside fact (an image with known north, the telescope's convention) decides";

/** What `--json` prints: keys in snake_case, absent things as null. */
export function inspectionJson({ arrays, imaging, interferometer }: Inspection): object {
  return {
    arrays: arrays.map(arrayJson),
    imaging: imaging.map(imagingJson),
    interferometer: interferometer.map(interferometerJson),
  };
}

/** How an array is referred to. */
export function placeOf({ file, name }: FoundArray): string {
  return name === "" ? file : `${file}: ${name}`;
}

function arrayJson(array: InspectedArray): object {
  const { file, name, role, dtype, shape, unit, pixelScale, statistics, warnings } = array;
  return {
    file,
    name: name === "" ? null : name,
    role: role?.replace(" ", "_") ?? null,
    dtype,
    shape,
    unit: unit ?? null,
    pixel_scale: pixelScale ?? null,
    nan: statistics?.nan ?? null,
    infinite: statistics?.infinite ?? null,
    min: statistics?.min ?? null,
    median: statistics?.median ?? null,
    max: statistics?.max ?? null,
    warnings,
  };
}

function imagingJson({ data, noiseMap, ...measured }: InspectedImaging): object {
  return {
    data: placeOf(data),
    noise_map: placeOf(noiseMap),
    pixels: measured.pixels,
    largest_signal_to_noise: measured.largestSignalToNoise,
    pixels_above_three: measured.pixelsAboveThree,
  };
}

function interferometerJson(inspected: InspectedInterferometer): object {
  const { visibilities, noiseMap, uvWavelengths, count, used, coverage, dirtyMap } = inspected;
  return {
    visibilities: placeOf(visibilities),
    noise_map: placeOf(noiseMap),
    uv_wavelengths: placeOf(uvWavelengths),
    count,
    used,
    largest_u: coverage?.largestU ?? null,
    largest_v: coverage?.largestV ?? null,
    uv_range: coverage?.uvRange ?? null,
    resolution: coverage?.resolution ?? null,
    largest_scale: coverage?.largestScale ?? null,
    largest_pixel_scale: coverage?.largestPixelScale ?? null,
    dirty_map: dirtyMap === undefined ? null : dirtyMapJson(dirtyMap),
    warnings: [...(coverage?.warnings ?? []), ...(dirtyMap?.warnings ?? [])],
  };
}

function dirtyMapJson({ grid, rms, noise, spots }: DirtyMapSummary): object {
  const peak = spots[0]?.value ?? null;
  return {
    shape: grid.shape,
    pixel_scale: grid.pixelScale,
    peak,
    rms,
    noise,
    peak_over_rms: peak === null ? null : peak / rms,
    peak_over_noise: peak === null ? null : peak / noise,
    signs: [-1, 1].map((sign) => ({
      visibilities_sign: sign,
      // y along v and x along u; the brightest first.
      spots: spots.map(({ position: [y, x], value }) => ({ y: -sign * y, x: -sign * x, value })),
    })),
    note: SIGN_NOTE,
  };
}
