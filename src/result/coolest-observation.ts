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
  const edges = (count: number, centre: number) => [-0.5, 0.5].map((half) => centre + half * (count * pixelScale));
  const known = image !== undefined && shape !== undefined;
  const field = known
    ? {
        field_of_view_x: edges(shape[1], image.offset[1]),
        field_of_view_y: edges(shape[0], image.offset[0]),
        num_pix_x: shape[1],
        num_pix_y: shape[0],
      }
    : NO_FIELD;
  const grid = (file: FileReference | undefined, of = field) => ({
    ...of,
    fits_file: { path: known && file !== undefined ? fitsPath(file) : null },
  });
  return {
    observation: {
      pixels: grid(image?.data),
      noise: { type: "NoiseMap", noise_map: grid(image?.noiseMap) },
      exposure_time: null,
      mag_zero_point: null,
      mag_sky_brightness: null,
    },
    instrument: {
      name: "",
      band: "",
      pixel_size: pixelScale,
      readout_noise: 0,
      psf: { type: "PixelatedPSF", description: null, pixels: grid(image?.psf, NO_FIELD) },
    },
  };
}

/** Of which readers take size and shape from the file. */
const NO_FIELD = { field_of_view_x: [0, 0], field_of_view_y: [0, 0], num_pix_x: 0, num_pix_y: 0 };

/** COOLEST's files are FITS, the first image of each. */
function fitsPath(file: FileReference): string | null {
  return file.format === "fits" && (file.hdu ?? 0) === 0 ? file.path : null;
}
