import * as z from "zod";
import { pixelGrid } from "../grid.ts";
import { FLUX_SCALE } from "./flux-scale.ts";
import { overSampling } from "./over-sampling-schema.ts";
import { entry } from "./parameter-schema.ts";
import { choose, file, isPlain, oneOf, position, positive, quantity, refuse, shape, strict, tagged } from "./schema.ts";
import { imageSimulation, visibilitySimulation } from "./simulation-schema.ts";
import type { DatasetSpec, ImagingSpec, InterferometerSpec, MaskSpec, ParameterEntry } from "./spec.ts";

/** 4096 x 4096: larger images are not those of a galaxy-scale lens, and a typing error must not exhaust the memory. */
const MOST_PIXELS = 2 ** 24;

const centre = position("the centre of the mask").default([0, 0]);

const mask: z.ZodType<MaskSpec> = tagged<MaskSpec>("type", {
  circular: strict({
    type: z.literal("circular"),
    radius: positive("arcsec", "a positive radius"),
    centre,
  }),
  annular: strict({
    type: z.literal("annular"),
    inner_radius: quantity("arcsec", "a radius of zero or more", (value) => value >= 0),
    outer_radius: positive("arcsec", "a positive radius"),
    centre,
  })
    .refine(({ inner_radius, outer_radius }) => inner_radius < outer_radius, {
      error: "give an outer_radius larger than inner_radius",
    })
    .transform(({ inner_radius, outer_radius, ...rest }) => ({
      ...rest,
      innerRadius: inner_radius,
      outerRadius: outer_radius,
    })),
  elliptical: strict({
    type: z.literal("elliptical"),
    major_axis_radius: positive("arcsec", "a positive radius"),
    axis_ratio: quantity("none", "a ratio above 0, at most 1, of minor to major axis", (q) => q > 0 && q <= 1),
    angle: quantity("none", "degrees from +x to the major axis, counter-clockwise").default(0),
    centre,
  }).transform(({ major_axis_radius, axis_ratio, ...rest }) => ({
    ...rest,
    majorAxisRadius: major_axis_radius,
    axisRatio: axis_ratio,
  })),
  file: strict({
    type: z.literal("file"),
    path: file,
    invert: z.boolean({ error: "give true where nonzero means kept, false where it means ignored" }).default(false),
  }),
});

/** One mask, or several together. */
const masks: z.ZodType<readonly MaskSpec[]> = choose<readonly MaskSpec[]>(
  (value) => {
    return Array.isArray(value) ? z.array(mask) : mask.transform((one) => [one]);
  },
  [mask, z.array(mask)],
);

const beamImage = strict({ path: file }, ["fwhm", "path"]);
const gaussianBeam = strict({ fwhm: positive("arcsec", "a positive full width at half maximum") }, ["fwhm", "path"]);

const primaryBeam = choose<NonNullable<InterferometerSpec["primaryBeam"]>>(
  (value) => (isPlain(value) && Object.hasOwn(value, "path") ? beamImage : gaussianBeam),
  [gaussianBeam, beamImage],
);

/** What the raw and the compact form share. */
const interferometer = {
  type: z.literal("interferometer"),
  mask: masks.default([]),
  fits_row_zero: oneOf(["bottom", "top"]).default("bottom"),
  primary_beam: primaryBeam.optional(),
  recentre: file.optional(),
  flux_scale: entry(FLUX_SCALE).optional(),
};

interface SharedKeys {
  readonly mask: readonly MaskSpec[];
  readonly fits_row_zero: "bottom" | "top";
  readonly primary_beam?: InterferometerSpec["primaryBeam"];
  readonly recentre?: InterferometerSpec["recentre"];
  readonly flux_scale?: ParameterEntry | undefined;
}

function shared({ mask, fits_row_zero, primary_beam, recentre, flux_scale }: SharedKeys) {
  return {
    type: "interferometer" as const,
    mask,
    fitsRowZero: fits_row_zero,
    primaryBeam: primary_beam,
    recentre,
    fluxScale: flux_scale,
  };
}

const xAxis = oneOf(["east", "west"]);

const grid = strict({
  shape: shape(1, MOST_PIXELS),
  pixel_scale: positive("arcsec", "the positive side of a pixel"),
  offset: position("the centre of the grid from the phase centre").default([0, 0]),
}).transform(({ shape, pixel_scale, offset }) => pixelGrid(shape, pixel_scale, offset));

const raw: z.ZodType<InterferometerSpec> = strict(
  {
    ...interferometer,
    visibilities: file,
    noise_map: file,
    uv_wavelengths: file,
    grid,
    visibilities_sign: oneOf([-1, 1]).default(-1),
    x_axis: xAxis.default("east"),
    simulate: visibilitySimulation.optional(),
  },
  [
    ...["type", "visibilities", "noise_map", "uv_wavelengths", "grid", "visibilities_sign", "compact"],
    ...["mask", "x_axis", "fits_row_zero", "primary_beam", "recentre", "flux_scale", "simulate"],
  ],
).transform(({ visibilities, noise_map, uv_wavelengths, grid, visibilities_sign, x_axis, simulate, ...rest }) => ({
  ...shared(rest),
  simulate,
  data: {
    kind: "visibilities" as const,
    visibilities,
    noiseMap: noise_map,
    uvWavelengths: uv_wavelengths,
    grid,
    visibilitiesSign: visibilities_sign as -1 | 1,
    xAxis: x_axis,
  },
}));

const carried = refuse("remove it, the compact file carries its own; or remove compact").optional();

const compact: z.ZodType<InterferometerSpec> = strict({
  ...interferometer,
  compact: file,
  // No default: what is written here can then be told from what is not.
  x_axis: xAxis.optional(),
  visibilities: carried,
  noise_map: carried,
  uv_wavelengths: carried,
  grid: carried,
  visibilities_sign: carried,
  simulate: refuse("remove it: visibilities are simulated as such, and compacted afterwards").optional(),
}).transform(({ compact, x_axis, ...rest }) => ({
  ...shared(rest),
  simulate: undefined,
  data: { kind: "compact" as const, compact, xAxis: x_axis },
}));

const imaging: z.ZodType<ImagingSpec> = strict({
  type: z.literal("imaging"),
  data: file,
  noise_map: file,
  psf: file,
  normalize_psf: z.boolean({ error: "give true, or false for a PSF whose sum is meant" }).default(true),
  pixel_scale: positive("arcsec", "the positive side of a pixel"),
  offset: position("the centre of the image").default([0, 0]),
  mask: masks.default([]),
  flux_scale: entry(FLUX_SCALE).optional(),
  over_sampling: overSampling.optional(),
  x_axis: oneOf(["east", "west"]).default("west"),
  fits_row_zero: oneOf(["bottom", "top"]).default("bottom"),
  simulate: imageSimulation.optional(),
}).transform(
  ({
    data,
    noise_map,
    psf,
    normalize_psf,
    pixel_scale,
    offset,
    mask,
    over_sampling,
    x_axis,
    fits_row_zero,
    ...rest
  }) => ({
    type: "imaging" as const,
    data,
    noiseMap: noise_map,
    psf,
    normalizePsf: normalize_psf,
    pixelScale: pixel_scale,
    offset,
    mask,
    fluxScale: rest.flux_scale,
    overSampling: over_sampling ?? { light: 1, source: 1 },
    xAxis: x_axis,
    fitsRowZero: fits_row_zero,
    simulate: rest.simulate,
  }),
);

/** One entry of `datasets`. */
export const dataset: z.ZodType<DatasetSpec> = tagged<DatasetSpec>("type", {
  imaging,
  interferometer: choose<InterferometerSpec>(
    (value) => (isPlain(value) && Object.hasOwn(value, "compact") ? compact : raw),
    [raw, compact],
  ),
});
