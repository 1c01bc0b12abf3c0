import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { bytesSource } from "../../src/io/byte-source.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";

// Images that PyAutoLens simulated of lenses that are known: the lens' light linear, the source on a mesh.
const folder = resolve(import.meta.dirname, "../../../shared/data/sim");

const bulge = "{ profile: Sersic, intensity: linear, ell_comps: [0.05263, 0], effective_radius: 0.6, sersic_index: 3 }";
const disk =
  "{ profile: Sersic, intensity: linear, ell_comps: [0.15283, 0.08824], effective_radius: 1.6, sersic_index: 1 }";

interface Simulated {
  readonly name: string;
  readonly pixelScale: number;
  readonly light: string;
  /** True, in the order of the light. */
  readonly intensities: readonly number[];
  readonly ellComps: number;
  readonly shear: number;
  /** The best to a factor of two. */
  readonly coefficient: number;
}

const SIMULATED: readonly Simulated[] = [
  {
    name: "imaging_simple",
    pixelScale: 0.1,
    light: `bulge: ${bulge}`,
    intensities: [2],
    ellComps: 0.05263,
    shear: 0.05,
    coefficient: 2,
  },
  {
    name: "instrument_hst_with_lens_light",
    pixelScale: 0.05,
    light: `bulge: ${bulge}\n    disk: ${disk}`,
    intensities: [4, 2],
    ellComps: 0.11111,
    shear: 0,
    coefficient: 20,
  },
  {
    name: "instrument_euclid",
    pixelScale: 0.1,
    light: `bulge: ${bulge}\n    disk: ${disk}`,
    intensities: [4, 2],
    ellComps: 0.11111,
    shear: 0.001,
    coefficient: 1,
  },
];

/** Their FITS files begin with the bottom row, as is the default. */
const specOf = ({ pixelScale, light, ellComps, shear, coefficient }: Simulated) => `
datasets:
  image:
    type: imaging
    data: data.fits
    noise_map: noise_map.fits
    psf: psf.fits
    pixel_scale: ${pixelScale}
    mask: { type: circular, radius: 3.0 }
    over_sampling: { light: { radial_list: [0.3, 0.6], sub_size_list: [16, 8, 4] }, source: 2 }
galaxies:
  lens:
    redshift: 0.5
    ${light}
    mass:
      profile: Isothermal
      ell_comps: [${ellComps}, 0]
      einstein_radius: { prior: uniform, lower: 1, upper: 2 }
    shear: { profile: ExternalShear, gamma_1: ${shear}, gamma_2: ${shear} }
  source:
    redshift: 1.0
    pixelization:
      mesh: { type: delaunay, image_mesh: { type: overlay, shape: [24, 24] } }
      regularization: { type: constant, coefficient: ${coefficient} }
settings: { positive_only: true }
`;

describe.each(SIMULATED)("PyAutoLens' $name (skipped where ../shared/data is not there)", (simulated) => {
  const data = join(folder, simulated.name);
  test.skipIf(!existsSync(data))("has the most evidence at the truth, and the lens' light", async () => {
    const open = async (path: string) => bytesSource(readFileSync(join(data, path)), path);
    const { datasets, likelihood } = await planSpec(parseSpec(specOf(simulated), "lens.yaml"), { open });
    const [truth, ...wrong] = await likelihood.evaluate(Float64Array.of(1.6, 1.55, 1.65));
    for (const { logEvidence } of wrong) expect(truth.logEvidence! - logEvidence!).toBeGreaterThan(100);
    // The draws of its noise are turned over, which makes it larger (test/likelihood/simulate.test.ts); the source fits some.
    const chiSquared = truth.terms.chiSquared / (datasets[0].nativeIndex.length / 2);
    expect(chiSquared).toBeGreaterThan(0.85);
    expect(chiSquared).toBeLessThan(1.15);
    // The source takes up to 0.7 % of a bulge, or gives it.
    Object.values(truth.datasets[0].intensities).forEach((intensity, profile) => {
      expect(Math.abs(intensity / simulated.intensities[profile] - 1)).toBeLessThan(0.01);
    });
  });
});
