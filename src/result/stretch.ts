/** How values become brightness. */
export interface Stretch {
  /** `asinh` is linear for faint values and logarithmic for bright ones (Lupton, Gunn & Szalay 1999, AJ 118, 1406). */
  readonly kind: "linear" | "asinh";
  /** Values drawn with the first and the last colour; without it the smallest and the largest finite value. */
  readonly range?: readonly [lower: number, upper: number];
  /** For asinh: where linear turns into logarithmic, as a fraction of the range; 0.05 without it. */
  readonly softening?: number;
}

export const LINEAR: Stretch = { kind: "linear" };

/** Smallest and largest finite value; [0, 0] where there is none. */
export function finiteRange(values: ArrayLike<number>): [lower: number, upper: number] {
  let lower = Number.POSITIVE_INFINITY;
  let upper = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    if (value < lower) lower = value;
    if (value > upper) upper = value;
  }
  return lower <= upper ? [lower, upper] : [0, 0];
}

/** A range symmetric about zero that holds every finite value, for residuals. */
export function symmetricRange(values: ArrayLike<number>): [lower: number, upper: number] {
  const [lower, upper] = finiteRange(values);
  const largest = Math.max(-lower, upper);
  return [-largest, largest];
}

/**
 * Values as brightness: 0 at the lower end of the range, 1 at the upper, clamped; NaN stays NaN (a masked pixel).
 * A range without extent gives 0.5.
 */
export function stretched(values: ArrayLike<number>, stretch: Stretch): Float64Array {
  const [lower, upper] = stretch.range ?? finiteRange(values);
  const softening = stretch.softening ?? 0.05;
  const whole = Math.asinh(1 / softening);
  return Float64Array.from(values, (value) => {
    if (Number.isNaN(value)) return Number.NaN;
    if (!(upper > lower)) return 0.5;
    const fraction = Math.min(1, Math.max(0, (value - lower) / (upper - lower)));
    return stretch.kind === "linear" ? fraction : Math.asinh(fraction / softening) / whole;
  });
}
