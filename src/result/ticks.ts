/** Round numbers (1, 2 or 5 times a power of ten apart) inside a range, some `count` of them. */
export function ticksBetween(lower: number, upper: number, count: number): number[] {
  if (!(upper > lower)) return [lower];
  const raw = (upper - lower) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10) * power;
  const first = Math.ceil(lower / step - 1e-9);
  const last = Math.floor(upper / step + 1e-9);
  // Whole multiples: sums of steps would drift.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

/** A short text of a number with three digits. */
export function tickLabel(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size !== 0 && (size < 1e-2 || size >= 1e4)) return rounded.toExponential().replace("e+", "e");
  return String(rounded);
}
