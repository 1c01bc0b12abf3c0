import type { VoiceKernels } from "../backend/kernels.ts";
import { type ArraySelection, type OpenFile, openArray } from "../dataset/array-file.ts";
import { type MapOrientation, type MapTurns, readMap } from "../dataset/map.ts";
import type { PixelGrid } from "../grid.ts";
import type { MaskSpec } from "../model/spec.ts";

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

/** @returns (rows, columns) bytes, 1 = ignored; nothing is without a mask. */
export async function readMask(
  mask: MaskSpec | undefined,
  grid: PixelGrid,
  orientation: MapOrientation,
  options: { readonly open: OpenFile; readonly kernels: VoiceKernels },
  like?: MapTurns,
): Promise<Uint8Array> {
  if (mask === undefined) return new Uint8Array(grid.shape[0] * grid.shape[1]);
  if (mask.type !== "file") return geometricMask(mask, grid, options.kernels);
  const values = await readSpecMap(mask.path, "mask", grid, orientation, options, like);
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
