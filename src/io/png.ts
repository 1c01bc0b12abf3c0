import { encode } from "fast-png";
import { InputError } from "../errors.ts";

export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. */
  readonly channels: number;
  /** Row-major, the top row first; 8 bits a channel. */
  readonly data: Uint8Array;
}

/**
 * The bytes of a PNG file.
 *
 * @throws InputError `png/shape` if the data are not width x height x channels long.
 */
export function encodePng(image: PngImage): Uint8Array {
  const { width, height, channels, data } = image;
  const whole = [width, height, channels].every((length) => Number.isInteger(length) && length >= 1);
  if (!whole || channels > 4 || data.length !== width * height * channels)
    throw new InputError(
      "png/shape",
      `${data.length} bytes are no image of ${width} x ${height} pixels with ${channels} channels`,
      "give width x height x channels bytes, all at least 1, and at most 4 channels",
    );
  return encode({ width, height, channels, depth: 8, data });
}
