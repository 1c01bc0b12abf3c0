import type * as z from "zod";
import type { EarthRotation } from "../dataset/earth-rotation.ts";
import { positive, quantity, shape, strict } from "./schema.ts";
import type { ImageSimulationSpec, VisibilitySimulationSpec } from "./spec.ts";

/** 2048 x 2048: a pixel is some hundred rays here. */
const MOST_PIXELS = 2 ** 22;

const zeroOrMore = (value: number) => value >= 0;

export const imageSimulation: z.ZodType<ImageSimulationSpec> = strict({
  shape: shape(1, MOST_PIXELS),
  exposure_time: positive("none", "the positive exposure time in seconds"),
  background_sky_level: quantity("none", "the sky's electrons per second in a pixel, zero or more", zeroOrMore),
  read_noise: quantity("none", "electrons, zero or more", zeroOrMore).default(0),
  psf_fwhm: positive("arcsec", "a positive full width at half maximum").optional(),
}).transform(({ shape, exposure_time, background_sky_level, read_noise, psf_fwhm }) => ({
  shape,
  exposureTime: exposure_time,
  backgroundSkyLevel: background_sky_level,
  readNoise: read_noise,
  psfFwhm: psf_fwhm,
}));

/** Of ALMA. */
const LATITUDE = -23.03;
/** Visibilities, all baselines and integrations together. */
const MOST_VISIBILITIES = 2 ** 22;
const MOST_ANTENNAS = 1000;

const degrees = (what: string) =>
  quantity("none", `${what} in degrees, from -90 to 90`, (value) => Math.abs(value) <= 90);

const whole = (what: string, from: number, to: number) => {
  return quantity("none", `${what}, a whole number from ${from} to ${to}`, (value) => {
    return Number.isInteger(value) && value >= from && value <= to;
  });
};

const earthRotation: z.ZodType<EarthRotation> = strict({
  antennas: whole("the antennas", 2, MOST_ANTENNAS),
  longest_baseline: positive("none", "the positive length of the longest baseline in wavelengths"),
  declination: degrees("the declination of the lens"),
  latitude: degrees("the latitude of the array").default(LATITUDE),
  hours: quantity("none", "hours above 0, at most 24", (value) => value > 0 && value <= 24),
  integrations: whole("the integrations", 1, MOST_VISIBILITIES),
})
  .refine(({ antennas, integrations }) => ((antennas * (antennas - 1)) / 2) * integrations <= MOST_VISIBILITIES, {
    error: `give fewer antennas or integrations: at most ${MOST_VISIBILITIES} visibilities together`,
  })
  .transform(({ longest_baseline, ...rest }) => ({ ...rest, longestBaseline: longest_baseline }));

export const visibilitySimulation: z.ZodType<VisibilitySimulationSpec> = strict({
  noise_sigma: positive("none", "the positive standard deviation of real and imaginary parts"),
  earth_rotation: earthRotation.optional(),
}).transform(({ noise_sigma, earth_rotation }) => ({ noiseSigma: noise_sigma, earthRotation: earth_rotation }));
