import type { FileReference } from "../model/file-reference.ts";
import type { ImagingSpec } from "../model/spec.ts";

/**
 * What a COOLEST template says of the data: `observation` and `instrument`. Files are named where the shape of the image
 * is known, for readers of COOLEST compare it with what they find.
 * @param image undefined where there is none, only visibilities.
 * @param pixelScale arcseconds.
 */
export function coolestObservation(
  image: ImagingSpec | undefined,
  pixelScale: number,
  shape: readonly [rows: number, columns: number] | undefined,
) {
  if (image === undefined || shape === undefined) return unnamed(pixelScale);
  const side = toFewBits(pixelScale);
  const edges = (count: number, centre: number) => [centre - 0.5 * count * side, centre + 0.5 * count * side];
  const field: Field = {
    field_of_view_x: edges(shape[1], image.offset[1]),
    field_of_view_y: edges(shape[0], image.offset[0]),
    num_pix_x: shape[1],
    num_pix_y: shape[0],
  };
  const noise = { type: "NoiseMap", noise_map: grid(image.noiseMap, field) };
  const psf = { type: "PixelatedPSF", description: null, pixels: grid(image.psf, NO_FIELD) };
  return described(pixelScale, grid(image.data, field), noise, psf);
}

export interface Field {
  readonly field_of_view_x: readonly number[];
  readonly field_of_view_y: readonly number[];
  readonly num_pix_x: number;
  readonly num_pix_y: number;
}

/** Of which readers take size and shape from the file. */
const NO_FIELD: Field = { field_of_view_x: [0, 0], field_of_view_y: [0, 0], num_pix_x: 0, num_pix_y: 0 };

function unnamed(pixelScale: number) {
  const pixels = { ...NO_FIELD, fits_file: { path: null } };
  return described(pixelScale, pixels, { type: null }, { type: null, description: null });
}

function described(pixelScale: number, pixels: Field & { fits_file: object }, noise: object, psf: object) {
  return {
    observation: { pixels, noise, exposure_time: null, mag_zero_point: null, mag_sky_brightness: null },
    instrument: { name: "", band: "", pixel_size: pixelScale, readout_noise: 0, psf },
  };
}

/** COOLEST's files are FITS, the first image of each, in the directory of the template or below. */
function grid(file: FileReference, field: Field) {
  const isThere = file.format === "fits" && (file.hdu ?? 0) === 0 && !/^([/\\]|\w:)/.test(file.path);
  return { ...field, fits_file: { path: isThere ? file.path : null } };
}

/**
 * The same to 40 bits: COOLEST's reader divides the field by the count of pixels and wants exactly the same along both
 * axes, so that no product with a count may round. To 40 bits by the splitting of Dekker 1971.
 */
function toFewBits(length: number): number {
  const far = length * (2 ** 13 + 1);
  return far - (far - length);
}
