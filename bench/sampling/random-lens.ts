import { normal, type RandomState, uniform } from "../../src/inference/rng.ts";

/*
 * Lenses as surveys find them, drawn at random, as specs to simulate: an isothermal ellipsoid with shear, a Sersic bulge whose
 * light is about as the mass is, a source of one to three clumps well inside of the Einstein radius. What an instrument sees
 * of them is fixed. All lengths are arcseconds.
 */

/** As YAML parses to. */
type Raw = Readonly<Record<string, unknown>>;

export interface RandomLens {
  /** To be simulated: models of numbers. */
  readonly spec: { readonly datasets: Raw; readonly galaxies: Readonly<Record<string, Raw>> };
  /** What a fit should find, by paths of the model. */
  readonly truth: Readonly<Record<string, number>>;
}

export type Instrument = keyof typeof INSTRUMENTS;

interface Band {
  readonly name: string;
  readonly pixelScale: number;
  readonly psfFwhm: number;
  readonly sky: number;
  /** Of the source's and the lens' light over that in `hst`, a pixel of the same size. */
  readonly source: number;
  readonly lens: number;
}

const HST: Band = { name: "hst", pixelScale: 0.05, psfFwhm: 0.09, sky: 0.1, source: 1, lens: 1 };
const INSTRUMENTS = {
  hst: [HST],
  /** A lens that does not shine in this band. */
  dark: [{ ...HST, lens: 0 }],
  euclid: [{ name: "euclid", pixelScale: 0.1, psfFwhm: 0.17, sky: 0.4, source: 3, lens: 3 }],
  jwst: [
    { name: "short", pixelScale: 0.03, psfFwhm: 0.05, sky: 0.05, source: 0.7, lens: 0.4 },
    { name: "long", pixelScale: 0.06, psfFwhm: 0.1, sky: 0.1, source: 1.5, lens: 2 },
  ],
  alma: null,
} as const satisfies Readonly<Record<string, readonly Band[] | null>>;

export const INSTRUMENT_NAMES = Object.keys(INSTRUMENTS) as readonly Instrument[];

export function randomLens(instrument: Instrument, random: RandomState): RandomLens {
  const between = (lower: number, upper: number) => lower + (upper - lower) * uniform(random);
  const pair = (sigma: number) => [sigma * normal(random), sigma * normal(random)] as const;
  const radius = between(0.7, 1.9);
  const centre = pair(0.02);
  const ellipticity = pair(0.1);
  const shear = pair(0.04);
  const mass = {
    profile: "Isothermal",
    centre,
    ell_comps: ellipticity,
    einstein_radius: radius,
  };
  const lightOff = pair(0.04);
  const bulge = {
    profile: "Sersic",
    centre,
    ell_comps: ellipticity.map((of, i) => of + lightOff[i]),
    effective_radius: between(0.4, 1) * radius,
    sersic_index: between(2.5, 5),
  };
  const lensIntensity = between(0.2, 0.6);
  const [distance, direction] = [0.25 * radius * Math.sqrt(uniform(random)), between(0, 2 * Math.PI)];
  const middle = [centre[0] + distance * Math.sin(direction), centre[1] + distance * Math.cos(direction)];
  const clumps = Array.from({ length: 1 + Math.floor(between(0, 3)) }, (_, k) => {
    const size = between(0.05, 0.25) * (k === 0 ? 1 : 0.5);
    return {
      profile: "Sersic",
      centre: k === 0 ? middle : middle.map((of) => of + 0.15 * normal(random)),
      ell_comps: pair(0.15),
      intensity: between(0.15, 0.4) * (k === 0 ? 1 : 0.7),
      effective_radius: size,
      sersic_index: between(0.8, 2),
    };
  });
  const named = (intensity: number) =>
    Object.fromEntries(clumps.map((clump, k) => [`clump_${k}`, { ...clump, intensity: intensity * clump.intensity }]));
  const truth = {
    "mass.einstein_radius": radius,
    "mass.ell_comps.0": ellipticity[0],
    "mass.ell_comps.1": ellipticity[1],
    "shear.gamma_1": shear[0],
    "shear.gamma_2": shear[1],
  };
  const galaxies = (lights: Raw, clumps: Raw) => ({
    lens: { redshift: 0.5, ...lights, mass, shear: { profile: "ExternalShear", gamma_1: shear[0], gamma_2: shear[1] } },
    source: { redshift: 1.5, ...clumps },
  });
  const bands: readonly Band[] | null = INSTRUMENTS[instrument];
  if (bands === null) return { spec: { datasets: { alma: alma(radius) }, galaxies: galaxies({}, named(12)) }, truth };
  // Brightness differs by band: each has its own profiles, of the same shapes.
  const inBand = (intensity: (band: Band) => number, profiles: (intensity: number) => Raw): Raw =>
    Object.fromEntries(
      bands
        .filter((band) => intensity(band) > 0)
        .flatMap((band) =>
          Object.entries(profiles(intensity(band))).map(([name, profile]) => [
            `${name}_${band.name}`,
            { ...(profile as Raw), datasets: [band.name] },
          ]),
        ),
    );
  const area = (band: Band) => (band.pixelScale / HST.pixelScale) ** 2;
  const lights = inBand(
    (band) => band.lens * area(band) * lensIntensity,
    (intensity) => ({ bulge: { ...bulge, intensity } }),
  );
  const sources = inBand((band) => band.source * area(band), named);
  return {
    spec: {
      datasets: Object.fromEntries(bands.map((band) => [band.name, image(band, radius)])),
      galaxies: galaxies(lights, sources),
    },
    truth,
  };
}

function image({ name, pixelScale, psfFwhm, sky }: Band, radius: number): Raw {
  const side = 2 * Math.ceil((2.4 * radius) / pixelScale);
  return {
    type: "imaging",
    data: `${name}-data.fits`,
    noise_map: `${name}-noise.fits`,
    psf: `${name}-psf.fits`,
    pixel_scale: pixelScale,
    over_sampling: { light: { radial_list: [0.1, 0.3], sub_size_list: [32, 8, 4] }, source: 4 },
    simulate: {
      shape: [side, side],
      exposure_time: 2000,
      background_sky_level: sky,
      read_noise: 4,
      psf_fwhm: psfFwhm,
    },
  };
}

function alma(radius: number): Raw {
  const pixelScale = 0.05;
  const side = 2 * Math.ceil((2.4 * radius) / pixelScale);
  return {
    type: "interferometer",
    visibilities: "visibilities.fits",
    noise_map: "noise.fits",
    uv_wavelengths: "uv.fits",
    visibilities_sign: 1,
    grid: { shape: [side, side], pixel_scale: pixelScale },
    simulate: {
      noise_sigma: 100,
      earth_rotation: { antennas: 40, longest_baseline: 8e5, declination: -30, hours: 1, integrations: 20 },
    },
  };
}
