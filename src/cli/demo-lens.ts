import { simulateSpec } from "../likelihood/simulate.ts";
import type { SimulatedImaging } from "../likelihood/simulated-imaging.ts";
import type { SimulatedVisibilities } from "../likelihood/simulated-visibilities.ts";
import { valuesByPath } from "../model/model.ts";
import { parseSpec } from "../model/parse-spec.ts";
import { simulatedFiles } from "../result/simulated-files.ts";
import { version } from "./version.ts";

/*
 * The lens of the demo, small enough to be fitted in seconds: a galaxy whose stars are seen by JWST, and behind it one whose
 * stars are seen by JWST and whose dust by ALMA.
 */

/** @param simulate What to add to each dataset, where it is to be made. */
function datasets(simulate: { readonly jwst: string; readonly alma: string }): string {
  return `\
datasets:
  jwst:
    type: imaging
    data: jwst-image.fits # electrons per second
    noise_map: jwst-noise.fits
    psf: jwst-psf.fits
    pixel_scale: 0.1
    mask: { type: circular, radius: 1.5 }
    over_sampling: { light: { radial_list: [0.2, 0.5], sub_size_list: [16, 8, 4] } }
${simulate.jwst}\
  alma:
    type: interferometer
    visibilities: alma.npz
    noise_map: alma.npz
    uv_wavelengths: alma.npz
    grid: { shape: [40, 40], pixel_scale: 0.1 }
    mask: { type: circular, radius: 1.5 }
${simulate.alma}`;
}

/** What both specs say of the lens. */
const BULGE = "profile: Sersic, datasets: [jwst], ell_comps: [0.08, -0.03], effective_radius: 0.5, sersic_index: 2.0";
const SHEAR = "shear: { profile: ExternalShear, gamma_1: 0.03, gamma_2: -0.04 }";

/** ALMA's units are such that one regularization suits both datasets. */
const TRUTH = `\
${datasets({
  jwst: "    simulate: { shape: [40, 40], exposure_time: 100, background_sky_level: 0.5, read_noise: 6, psf_fwhm: 0.2 }\n",
  alma: `\
    simulate:
      noise_sigma: 16
      earth_rotation: { antennas: 16, longest_baseline: 8.0e+5, declination: -40, hours: 4, integrations: 12 }
`,
})}\
galaxies:
  lens:
    redshift: 0.5
    bulge: { ${BULGE}, intensity: 1.0 }
    mass: { profile: Isothermal, ell_comps: [0.12, -0.06], einstein_radius: 1.0 }
    ${SHEAR}
  source:
    redshift: 2.0
    stars: { profile: Sersic, datasets: [jwst], centre: [0.06, -0.03], ell_comps: [0.2, 0.1], intensity: 2.0, effective_radius: 0.2, sersic_index: 0.6 }
    dust: { profile: Sersic, datasets: [alma], centre: [0.08, -0.05], ell_comps: [0.2, 0.1], intensity: 0.54, effective_radius: 0.18, sersic_index: 0.6 }
    clump: { profile: Sersic, datasets: [alma], centre: [-0.1, 0.16], intensity: 0.54, effective_radius: 0.12, sersic_index: 0.6 }
`;

/** What is fitted: one mass, and in each dataset a source left to a mesh. */
export const DEMO_SPEC = `\
# Made by \`arclet demo\`, together with the data beside it. Fit it with
#   arclet fit demo.yaml
${datasets({ jwst: "", alma: "" })}\
galaxies:
  lens:
    redshift: 0.5
    bulge: { ${BULGE}, intensity: linear }
    mass:
      profile: Isothermal
      ell_comps: [{ prior: gaussian, mean: 0, sigma: 0.2 }, { prior: gaussian, mean: 0, sigma: 0.2 }]
      einstein_radius: { prior: uniform, lower: 0.8, upper: 1.2 }
    ${SHEAR}
  source:
    redshift: 2.0
    pixelization:
      mesh: { type: rectangular_uniform, shape: [14, 14] }
      regularization: { type: constant, coefficient: 1.0 }
search: { method: nested, live_points: 40 }
`;

/** What was simulated: every number of its model, by its path. */
export function demoTruth(): Readonly<Record<string, number>> {
  return valuesByPath(parseSpec(TRUTH, "the demo"), []);
}

/** What JWST and ALMA would see of the demo's lens, and the files that its spec names. */
export async function simulateDemo(seed: number): Promise<{
  readonly image: SimulatedImaging;
  readonly visibilities: SimulatedVisibilities;
  readonly files: ReadonlyMap<string, Uint8Array>;
}> {
  const open = async (path: string): Promise<never> => {
    throw new TypeError(`the demo reads no ${path}`);
  };
  const { datasets } = await simulateSpec(parseSpec(TRUTH, "the demo"), { open, seed });
  const provenance = [
    { keyword: "CREATOR", value: `arclet demo ${version()}` },
    { keyword: "SEED", value: seed },
  ];
  const [image, visibilities] = datasets as [SimulatedImaging, SimulatedVisibilities];
  return { image, visibilities, files: simulatedFiles(datasets, provenance) };
}
