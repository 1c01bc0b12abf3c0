import { InputError } from "../errors.ts";

/** Which pixels of a grid are ignored: (rows, columns) row-major, nonzero = ignored. */
export interface Mask {
  readonly shape: readonly [rows: number, columns: number];
  readonly masked: Uint8Array;
}

export interface MaskCentresArgs {
  readonly shape: readonly [rows: number, columns: number];
  /** Pixel side along y and along x, arcseconds. */
  readonly pixelScales: readonly [y: number, x: number];
  /** Position of the mask's centre, arcseconds. */
  readonly centre: readonly [y: number, x: number];
}

/** Where a mask's centre falls on the grid, as a fractional (row, column). */
export function maskCentres({ shape, pixelScales, centre }: MaskCentresArgs): Float64Array {
  return Float64Array.of(
    (shape[0] - 1) / 2 - centre[0] / pixelScales[0],
    (shape[1] - 1) / 2 + centre[1] / pixelScales[1],
  );
}

export interface MaskCircularArgs extends MaskCentresArgs {
  /** Arcseconds. */
  readonly radius: number;
}

/**
 * A circular mask: a pixel is kept when its centre lies strictly inside the radius.
 * @returns (rows, columns) bytes, 1 = ignored.
 */
export function maskCircular(args: MaskCircularArgs): Uint8Array {
  const { radius } = args;
  return maskWhereNot(args, (y, x) => x * x + y * y < radius * radius);
}

export interface MaskAnnularArgs extends MaskCentresArgs {
  /** Arcseconds. */
  readonly innerRadius: number;
  /** Arcseconds. */
  readonly outerRadius: number;
}

/**
 * An annular mask: a pixel is kept when its centre lies between the radii or on one of them.
 * @returns (rows, columns) bytes, 1 = ignored.
 */
export function maskAnnular(args: MaskAnnularArgs): Uint8Array {
  const { innerRadius, outerRadius } = args;
  return maskWhereNot(args, (y, x) => {
    const squared = x * x + y * y;
    return squared >= innerRadius * innerRadius && squared <= outerRadius * outerRadius;
  });
}

export interface MaskEllipticalArgs extends MaskCentresArgs {
  /** Arcseconds. */
  readonly majorAxisRadius: number;
  /** Minor over major axis. */
  readonly axisRatio: number;
  /** Degrees from +x to the major axis, counter-clockwise. */
  readonly angle: number;
}

/**
 * An elliptical mask: a pixel is kept when its centre lies in the ellipse or on it.
 * @returns (rows, columns) bytes, 1 = ignored.
 */
export function maskElliptical(args: MaskEllipticalArgs): Uint8Array {
  const { majorAxisRadius, axisRatio } = args;
  const cosine = Math.cos((args.angle * Math.PI) / 180);
  const sine = Math.sin((args.angle * Math.PI) / 180);
  return maskWhereNot(args, (y, x) => {
    const along = cosine * x + sine * y;
    const across = (cosine * y - sine * x) / axisRatio;
    return along * along + across * across <= majorAxisRadius * majorAxisRadius;
  });
}

/** Ignores the pixels whose centres, y and x from the centre of the mask in arcseconds, are not to keep. */
function maskWhereNot(args: MaskCentresArgs, keep: (y: number, x: number) => boolean): Uint8Array {
  const { shape, pixelScales } = args;
  const [centreRow, centreColumn] = maskCentres(args);
  const masked = new Uint8Array(shape[0] * shape[1]);
  for (let i = 0; i < shape[0]; i++) {
    for (let j = 0; j < shape[1]; j++) {
      const y = (centreRow - i) * pixelScales[0];
      const x = (j - centreColumn) * pixelScales[1];
      masked[i * shape[1] + j] = keep(y, x) ? 0 : 1;
    }
  }
  return masked;
}

/**
 * The mask that an array of any numbers means: what is not zero is ignored; with `invert`, kept.
 * @returns bytes, 1 = ignored.
 */
export function maskFromValues(values: ArrayLike<number>, invert: boolean): Uint8Array {
  return Uint8Array.from(values, (value) => ((value !== 0) !== invert ? 1 : 0));
}

/**
 * Row and column of every unmasked pixel, in row-major ("slim") order.
 * @returns (M, 2)
 * @throws InputError when nothing is left.
 */
export function nativeIndexForSlimIndex({ shape, masked }: Mask): Int32Array {
  const index: number[] = [];
  for (let i = 0; i < shape[0]; i++) {
    for (let j = 0; j < shape[1]; j++) {
      if (masked[i * shape[1] + j] === 0) index.push(i, j);
    }
  }
  if (index.length === 0) {
    throw new InputError("mask/empty", `the mask keeps none of the ${shape[0]} x ${shape[1]} pixels`, "widen the mask");
  }
  return Int32Array.from(index);
}

/** Values of the unmasked pixels of a native array. */
export function slimFromNative(native: Float64Array, columns: number, nativeIndex: Int32Array): Float64Array {
  return Float64Array.from({ length: nativeIndex.length / 2 }, (_, m) => {
    return native[nativeIndex[2 * m] * columns + nativeIndex[2 * m + 1]];
  });
}

/** A native array with `slim` in its unmasked pixels and zero elsewhere. */
export function nativeFromSlim(
  slim: Float64Array,
  shape: readonly [number, number],
  nativeIndex: Int32Array,
): Float64Array {
  const native = new Float64Array(shape[0] * shape[1]);
  for (let m = 0; m < slim.length; m++) {
    native[nativeIndex[2 * m] * shape[1] + nativeIndex[2 * m + 1]] = slim[m];
  }
  return native;
}
