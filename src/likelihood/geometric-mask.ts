import type { VoiceKernels } from "../backend/kernels.ts";
import { maskAnnular, maskElliptical } from "../dataset/mask.ts";
import type { PixelGrid } from "../grid.ts";
import type { MaskSpec } from "../model/spec.ts";

/**
 * The mask that a spec describes, of a grid. Its centre is stated from the origin of the coordinates, wherever the grid lies.
 * @returns (rows, columns) bytes, 1 = ignored.
 */
export function geometricMask(
  mask: Exclude<MaskSpec, { type: "file" }>,
  { shape, pixelScale, origin }: PixelGrid,
  kernels: VoiceKernels,
): Uint8Array {
  const centre = [mask.centre[0] - origin[0], mask.centre[1] - origin[1]] as const;
  const args = { ...mask, shape, pixelScales: [pixelScale, pixelScale] as const, centre };
  switch (args.type) {
    case "circular":
      return kernels.maskCircular(args);
    case "annular":
      return maskAnnular(args);
    case "elliptical":
      return maskElliptical(args);
  }
}
