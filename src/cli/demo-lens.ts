import { pixelGrid, slimPositions } from "../grid.ts";
import { draws, normal, randomState } from "../inference/rng.ts";
import type { NdArray } from "../io/ndarray.ts";
import { writeNpz } from "../io/npz.ts";
import { lensedImage } from "../lens/trace-rays.ts";
import { buildModel, instantiate } from "../model/model.ts";
import { parseSpec } from "../model/parse-spec.ts";
import type { VisibilityData } from "../operators/compaction.ts";
import type { VisibilitiesArgs } from "../operators/visibilities.ts";

/** The lens of the demo: what both of its specs share. */
const LENS = `\
  lens:
    redshift: 0.5
    mass: { profile: Isothermal, centre: [0.0, 0.0], ell_comps: [0.12, -0.06], einstein_radius: 1.0 }
    shear: { profile: ExternalShear, gamma_1: 0.03, gamma_2: -0.04 }
`;

const DATASET = `\
datasets:
  alma:
    type: interferometer
    visibilities: visibilities.npz
    noise_map: visibilities.npz
    uv_wavelengths: visibilities.npz
    grid: { shape: [60, 60], pixel_scale: 0.06 }
    mask: { type: circular, radius: 1.7 }
`;

/** What is simulated: a lopsided source, an exponential disc with a clump. */
const TRUTH = `\
${DATASET}galaxies:
${LENS}  source:
    redshift: 2.0
    disc: { profile: Sersic, centre: [0.08, -0.05], ell_comps: [0.2, 0.1], intensity: 1.0, effective_radius: 0.18, sersic_index: 1.0 }
    clump: { profile: Sersic, centre: [-0.12, 0.16], intensity: 2.0, effective_radius: 0.05, sersic_index: 1.0 }
`;

/** What is evaluated: the same lens with the source left to a mesh. */
export const DEMO_SPEC = `\
# Made by \`arclet demo\`, together with the visibilities beside it. Evaluate it with
#   arclet evaluate demo.yaml
${DATASET}galaxies:
${LENS}  source:
    redshift: 2.0
    pixelization:
      mesh: { type: rectangular_uniform, shape: [16, 16] }
      regularization: { type: constant, coefficient: maximize }
`;

const VISIBILITIES = 2000;
/** Standard deviation of u and of v: a beam of about 0.3 arcsec. */
const UV_SCALE = 2e5;
/** Of the brightest visibility, in standard deviations of the noise. */
const SIGNAL_TO_NOISE = 60;

/** Simulates what ALMA would see of the demo's lens, with thermal noise. */
export function simulateDemo(seed: number, kernel: (args: VisibilitiesArgs) => Float64Array): VisibilityData {
  const grid = pixelGrid([60, 60], 0.06);
  const everyPixel = Int32Array.from({ length: 2 * 60 * 60 }, (_, n) => (n % 2 === 0 ? n / 120 : (n >> 1) % 60));
  const { galaxies } = instantiate(buildModel(parseSpec(TRUTH, "the demo")), []);
  const image = lensedImage(galaxies, slimPositions(grid, everyPixel));
  const random = randomState(seed);
  const uvWavelengths = draws(random, 2 * VISIBILITIES, normal).map((value) => value * UV_SCALE);
  const noiseless = kernel({ grid, image, uvWavelengths });
  const sigma = noiseless.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / SIGNAL_TO_NOISE;
  return {
    uvWavelengths,
    visibilities: noiseless.map((value) => value + sigma * normal(random)),
    noiseMap: new Float64Array(2 * VISIBILITIES).fill(sigma),
  };
}

/** The simulated data as the npz that the demo's spec names. */
export function demoFile({ uvWavelengths, visibilities, noiseMap }: VisibilityData): Uint8Array {
  const complex = (data: Float64Array): NdArray => ({ dtype: "c16", shape: [data.length / 2], data });
  return writeNpz({
    visibilities: complex(visibilities),
    noise_map: complex(noiseMap),
    uv_wavelengths: { dtype: "f8", shape: [uvWavelengths.length / 2, 2], data: uvWavelengths },
  });
}
