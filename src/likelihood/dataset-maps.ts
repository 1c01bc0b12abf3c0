import type { VoiceKernels } from "../backend/kernels.ts";
import { type ArraySelection, type OpenFile, openArray } from "../dataset/array-file.ts";
import { type MapOrientation, type MapTurns, readMap } from "../dataset/map.ts";
import { maskFromValues } from "../dataset/mask.ts";
import type { PixelGrid } from "../grid.ts";
import type { MaskSpec } from "../model/spec.ts";
import { geometricMask } from "./geometric-mask.ts";

/** A file of a spec, and which part of it. */
export type FileChoice = ArraySelection & { readonly path: string };

/** Reads a map on a dataset's grid; `like` is how the image that it belongs to lies. */
export async function readSpecMap(
  file: FileChoice,
  key: string,
  grid: PixelGrid,
  orientation: MapOrientation,
  { open }: { readonly open: OpenFile },
  like?: MapTurns,
): Promise<Float64Array> {
  return readMap(await openArray(await open(file.path), key, file), grid.shape, orientation, like);
}

/** @returns (rows, columns) bytes, 1 = ignored by any of the masks; nothing is without a mask. */
export async function readMask(
  masks: readonly MaskSpec[],
  grid: PixelGrid,
  orientation: MapOrientation,
  options: { readonly open: OpenFile; readonly kernels: VoiceKernels },
  like?: MapTurns,
): Promise<Uint8Array> {
  const masked = new Uint8Array(grid.shape[0] * grid.shape[1]);
  for (const mask of masks) {
    const next =
      mask.type === "file"
        ? maskFromValues(await readSpecMap(mask.path, "mask", grid, orientation, options, like), mask.invert)
        : geometricMask(mask, grid, options.kernels);
    for (let pixel = 0; pixel < masked.length; pixel++) masked[pixel] |= next[pixel];
  }
  return masked;
}
