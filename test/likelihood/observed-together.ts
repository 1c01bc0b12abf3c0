import { writeCompaction } from "../../src/dataset/compaction-file.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import type { PlanOptions } from "../../src/likelihood/plan.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { DATA, NOISE_MAP, observationFile, opener, PSF } from "./imaging-observation.ts";
import { compacted, observe } from "./lensed-observation.ts";

// One lens seen by three instruments, and specs of it: pieces of YAML put together.

export const observation = observe({ count: 60, unequalNoise: true });
export const FILES: Readonly<Record<string, Uint8Array>> = {
  "hst.npz": observationFile(),
  "jwst.npz": observationFile({
    data: DATA.map((value, pixel) => value + NOISE_MAP[(pixel * 7) % NOISE_MAP.length] * Math.sin(pixel)),
    noiseMap: NOISE_MAP.map((sigma) => 1.3 * sigma),
    psf: PSF.toReversed(),
  }),
  "alma.npz": writeCompaction(await compacted(observation)),
};
export const image = (name: string, radius: number): string =>
  `  ${name}: { type: imaging, data: ${name}.npz, noise_map: ${name}.npz, psf: ${name}.npz, pixel_scale: 0.2, x_axis: east,
    mask: { type: circular, radius: ${radius} }, over_sampling: { light: 2, source: 2 } }\n`;
export const HST = image("hst", 1.1);
export const JWST = image("jwst", 1.3);
export const ALMA = "  alma: { type: interferometer, compact: alma.npz, mask: { type: circular, radius: 1.3 } }\n";
export const BEAM = ALMA.replace("mask", "primary_beam: { fwhm: 3 }, mask");

export const MASS = "mass: { profile: Isothermal, centre: [0.05, -0.1], ell_comps: [0.1, 0.05], einstein_radius: 0.9 }";
export const BULGE =
  "bulge: { profile: Sersic, ell_comps: [0.05, -0.1], intensity: 0.5, effective_radius: 0.4, sersic_index: 2.0 }";
export const HALO = "halo: { profile: Gaussian, intensity: 0.7, sigma: 0.9 }";
export const linear = (profile: string) => profile.replace(/intensity: [\d.]+/, "intensity: linear");
export const mesh = (rows: number, columns: number, coefficient: number, more = "") => `pixelization:
      mesh: { type: rectangular_uniform, shape: [${rows}, ${columns}] }
      regularization: { type: constant, coefficient: ${coefficient} }${more}`;
export const galaxy = (name: string, redshift: number, ...lines: string[]) =>
  `  ${name}:\n    redshift: ${redshift}\n${lines.map((line) => `    ${line}\n`).join("")}`;
export const spec = (datasets: string, ...galaxies: string[]) =>
  `datasets:\n${datasets}galaxies:\n${galaxies.join("")}`;

interface Choice extends PlanOptions {
  /** More of them. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

/** Of a spec without free parameters. */
export async function evaluated(text: string, { files = {}, ...options }: Choice = {}) {
  const open = opener({ ...FILES, ...files });
  const { likelihood, datasets } = await planSpec(parseSpec(text, "lens.yaml"), { open, ...options });
  const [evaluation] = await likelihood.evaluate(new Float64Array(0));
  return { evaluation, datasets };
}

/** Of each dataset, what a profile alone looks like behind its instrument, at intensity 1. */
export async function seen(datasets: string, profile: string): Promise<Float64Array[]> {
  const alone = profile.replace(/intensity: (linear|[\d.]+)/, "intensity: 1.0");
  const { evaluation } = await evaluated(spec(datasets, galaxy("lens", 0.5, alone)));
  return evaluation.datasets.map((dataset) => dataset.image);
}
