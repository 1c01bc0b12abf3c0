import { distancesFrom, fixedSubSizes, steppedSubSizes } from "../dataset/oversampling.ts";
import { slimPositions } from "../grid.ts";
import type { ImagingDataset } from "./imaging-dataset.ts";

/**
 * Sub-pixels a side of every unmasked pixel, for light profiles, as the spec wants them.
 *
 * Around several centres it is the largest that one of them asks for. The cut in signal to noise is lowered to half of the
 * largest ratio of the data: faint data need sub-pixels too. Both as in PyAutoLens.
 * @returns (M)
 */
export function lightSubSizes({ grid, nativeIndex, data, noiseMap, overSampling }: ImagingDataset): Int32Array {
  const { light } = overSampling;
  if (typeof light === "number") return fixedSubSizes(data.length, light);
  if (light.by === "signal_to_noise") {
    const ratios = data.map((value, m) => value / noiseMap[m]);
    const cut = Math.min(light.cut, ratios.reduce((largest, ratio) => Math.max(largest, ratio), 0) / 2);
    return steppedSubSizes(ratios, { edges: [cut], sizes: [light.lower, light.upper] });
  }
  const positions = slimPositions(grid, nativeIndex);
  const steps = { edges: light.radii, sizes: light.subSizes };
  return light.centres
    .map((centre) => steppedSubSizes(distancesFrom(centre, positions), steps))
    .reduce((largest, sizes) => largest.map((size, m) => Math.max(size, sizes[m])));
}
