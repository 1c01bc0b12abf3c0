import type { VoiceKernels } from "../backend/kernels.ts";
import type { Galaxy } from "../lens/galaxy.ts";
import { modelImage } from "../lens/model-image.ts";
import type { Dataset } from "./dataset.ts";
import { planCamera } from "./imaging.ts";
import { planArray } from "./observation.ts";

/** A model's light told apart by whether a mass lies in front of it; null where there is none of a kind. */
export interface LightImages {
  /** (M) light that nothing deflects, as the instrument sees it. */
  readonly lensLight: Float64Array | null;
  /** (M) light from behind a mass, profiles and pixelized sources, before the instrument. */
  readonly lensedSource: Float64Array | null;
}

/**
 * Takes the model image of an evaluation apart.
 * @param lensed (M) its pixelized sources, or null.
 * @param galaxies As the dataset sees them: see `seenGalaxies`.
 * @throws InputError where over-sampling makes too many sub-pixels.
 */
export function lightImages(
  dataset: Dataset,
  lensed: Float64Array | null,
  galaxies: readonly Galaxy[],
  kernels: VoiceKernels,
): LightImages {
  const { positions, subSizes, instrument } =
    dataset.type === "imaging" ? planCamera(dataset, kernels) : planArray(dataset, kernels);
  const nearest = nearestMass(galaxies);
  const imageOf = (isIn: (galaxy: Galaxy) => boolean): Float64Array | null => {
    if (!galaxies.some((galaxy) => galaxy.lights.length > 0 && isIn(galaxy))) return null;
    const part = galaxies.map((galaxy) => (isIn(galaxy) ? galaxy : { ...galaxy, lights: [] }));
    return modelImage(part, positions, subSizes);
  };
  const lensLight = imageOf(({ redshift }) => redshift <= nearest);
  // The unmasked pixels come before those around the mask.
  const profiles = imageOf(({ redshift }) => redshift > nearest)?.slice(0, dataset.nativeIndex.length / 2) ?? null;
  return {
    lensLight: lensLight && instrument.see(lensLight),
    lensedSource: lensed && profiles ? lensed.map((light, m) => light + profiles[m]) : (lensed ?? profiles),
  };
}

/** The redshift of the nearest mass: what is beyond is lensed. Infinity where there is none. */
export function nearestMass(galaxies: readonly Galaxy[]): number {
  return Math.min(...galaxies.filter(({ masses }) => masses.length > 0).map(({ redshift }) => redshift));
}
