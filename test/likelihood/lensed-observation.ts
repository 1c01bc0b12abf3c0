import { kernelsOf } from "../../src/backend/kernels.ts";
import { type Compaction, compactVisibilities } from "../../src/dataset/compaction.ts";
import { type Mask, nativeIndexForSlimIndex } from "../../src/dataset/mask.ts";
import { type PixelGrid, pixelGrid, slimPositions } from "../../src/grid.ts";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import { lensedImage } from "../../src/lens/trace-rays.ts";
import type { InterferometerDataset } from "../../src/likelihood/interferometer-dataset.ts";
import { given } from "../../src/likelihood/picks.ts";
import { buildModel, instantiate, type Model } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import type { VisibilityData } from "../../src/operators/compaction.ts";
import { visibilities } from "../../src/operators/visibilities.ts";
import { storedVisibilities } from "../dataset/stored-visibilities.ts";

/** Visibilities of a lensed galaxy, with what they were made of. */
export interface LensedObservation extends VisibilityData {
  readonly grid: PixelGrid;
  /** (rows, columns) without noise. */
  readonly image: Float64Array;
}

export interface ObservationOptions {
  readonly count?: number;
  /** Standard deviation of the real parts, on average; the image's flux is of order 10. */
  readonly noise?: number;
  readonly unequalNoise?: boolean;
  readonly origin?: readonly [y: number, x: number];
}

const LENS = `
  lens:
    redshift: 0.5
    mass: { profile: Isothermal, centre: [0.05, -0.1], ell_comps: [0.1, 0.05], einstein_radius: 0.9 }`;

const SOURCE = `
  source:
    redshift: 1.0
    pixelization:
      mesh: { type: rectangular_uniform, shape: [6, 5] }
      regularization: { type: constant, coefficient: 2.0 }`;

const LIGHT = `
  source:
    redshift: 1.0
    disk: { profile: Sersic, centre: [0.1, 0.05], intensity: 1.0, effective_radius: 0.3, sersic_index: 1.0 }`;

/** The YAML of a spec whose dataset is compacted, its source pixelized. */
export const SPEC = `datasets:\n  alma: { type: interferometer, compact: alma.npz }\ngalaxies:${LENS}${SOURCE}\n`;

/** The model of `SPEC` with changes as `--set` has them. */
export function lensModel(...overrides: string[]): Model {
  return buildModel(parseSpec(SPEC, "lens.yaml", overrides));
}

export function observe(options: ObservationOptions = {}): LensedObservation {
  const { count = 300, noise = 0.05, unequalNoise = false, origin = [0, 0] } = options;
  const random = randomState(29);
  const grid = pixelGrid([14, 15], 0.2, origin);
  const spec = parseSpec(SPEC.replace(SOURCE, LIGHT), "truth.yaml");
  const { galaxies } = instantiate(buildModel(spec), []);
  const everyPixel = nativeIndexForSlimIndex({ shape: grid.shape, masked: new Uint8Array(14 * 15) });
  const image = lensedImage(galaxies, slimPositions(pixelGrid(grid.shape, grid.pixelScale), everyPixel));
  const uvWavelengths = draws(random, 2 * count, normal).map((value) => value * 1e5);
  const noiseMap = draws(random, 2 * count, (state) => noise * (0.5 + uniform(state)));
  if (!unequalNoise) for (let k = 0; k < 2 * count; k += 2) noiseMap[k + 1] = noiseMap[k];
  const seen = visibilities({ grid, image, uvWavelengths });
  return {
    grid,
    image,
    uvWavelengths,
    noiseMap,
    visibilities: seen.map((value, k) => value + noiseMap[k] * normal(random)),
  };
}

export async function compacted(
  observation: LensedObservation,
  {
    voice = "wasm",
    referenceImage = null,
  }: { voice?: "reference" | "wasm"; referenceImage?: Float64Array | null } = {},
): Promise<Compaction> {
  // Its baselines are already those of the grid: this is what `orient` makes of sign -1 and x toward east.
  const sky = { visibilitiesSign: -1, xAxis: "east" } as const;
  const files = await storedVisibilities(observation);
  return compactVisibilities(files, observation.grid, sky, kernelsOf(voice).compaction, { referenceImage });
}

export function datasetOf(
  compaction: Compaction,
  masked: Mask["masked"] = new Uint8Array(compaction.grid.shape[0] * compaction.grid.shape[1]),
  primaryBeam: Float64Array | null = null,
): InterferometerDataset {
  const mask = { shape: compaction.grid.shape, masked };
  const nativeIndex = nativeIndexForSlimIndex(mask);
  const positions = slimPositions(compaction.grid, nativeIndex);
  const latticeSums = given("lattice_sums", compaction.latticeSums, "a test's");
  return { type: "interferometer", name: "alma", compaction, mask, nativeIndex, positions, primaryBeam, latticeSums };
}
