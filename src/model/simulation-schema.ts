import type * as z from "zod";
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

export const visibilitySimulation: z.ZodType<VisibilitySimulationSpec> = strict({
  noise_sigma: positive("none", "the positive standard deviation of real and imaginary parts"),
}).transform(({ noise_sigma }) => ({ noiseSigma: noise_sigma }));
