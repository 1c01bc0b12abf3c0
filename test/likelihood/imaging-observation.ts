import { pixelGrid, slimPositions } from "../../src/grid.ts";
import { normal, randomState, uniform } from "../../src/inference/rng.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { writeNpz } from "../../src/io/npz.ts";
import { lensedImage } from "../../src/lens/trace-rays.ts";
import { buildModel, instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";

/** A noisy image of a lens and its source, 21 x 23 pixels, with a lopsided PSF of 5 x 3. */
export const SHAPE = [21, 23] as const;
export const PSF_SHAPE = [5, 3] as const;

const DATASET = `
  hst:
    type: imaging
    data: hst.npz
    noise_map: hst.npz
    psf: hst.npz
    pixel_scale: 0.2
    mask: { type: circular, radius: 1.5 }
    over_sampling: { light: 2 }`;

export const GALAXIES = `
galaxies:
  lens:
    redshift: 0.5
    bulge: { profile: Sersic, ell_comps: [0.05, -0.1], intensity: 0.5, effective_radius: 0.4, sersic_index: 2.0 }
    mass: { profile: Isothermal, centre: [0.05, -0.1], ell_comps: [0.1, 0.05], einstein_radius: 0.9 }
  source:
    redshift: 1.0
    disk: { profile: Sersic, centre: [0.1, 0.05], intensity: 1.0, effective_radius: 0.3, sersic_index: 1.0 }
`;

export const SPEC = `datasets:${DATASET}${GALAXIES}`;

const grid = pixelGrid(SHAPE, 0.2);
const random = randomState(31);
const [rows, columns] = SHAPE;
const every = Int32Array.from({ length: 2 * rows * columns }, (_, at) => {
  return at % 2 === 0 ? Math.floor(at / 2 / columns) : (at >> 1) % columns;
});
const { galaxies } = instantiate(buildModel(parseSpec(SPEC, "truth.yaml")), []);

/** (rows, columns) each, row 0 the top. */
export const NOISE_MAP = Float64Array.from({ length: rows * columns }, () => 0.02 + 0.02 * uniform(random));
export const DATA = lensedImage(galaxies, slimPositions(grid, every)).map((light, pixel) => {
  return light + NOISE_MAP[pixel] * normal(random);
});
/** Peaked in its middle and decayed at its rim, like a PSF, but no two of its values are equal. Its sum is 1.04. */
const weights = Float64Array.from({ length: 15 }, (_, k) => ({ 4: 0.33, 7: 1, 10: 0.4 })[k] ?? (k + 1) / 2000);
export const PSF = weights.map((weight) => (1.04 * weight) / weights.reduce((sum, other) => sum + other, 0));

const map = (data: Float64Array, shape: readonly number[]) => ({ dtype: "f8", shape, data }) as const;

/** The dataset as one npz archive, with changes. */
export function observationFile(
  changes: { data?: Float64Array; noiseMap?: Float64Array; psf?: Float64Array } = {},
): Uint8Array {
  return writeNpz({
    data: map(changes.data ?? DATA, SHAPE),
    noise_map: map(changes.noiseMap ?? NOISE_MAP, SHAPE),
    psf: map(changes.psf ?? PSF, PSF_SHAPE),
  });
}

export function opener(files: Readonly<Record<string, Uint8Array>>) {
  return async (path: string) => {
    if (files[path] === undefined) throw new Error(`opened ${path}`);
    return bytesSource(files[path], path);
  };
}
