/** Beyond this the continued fraction is quicker, and the series would cancel. */
const TAIL = 2.5;

/**
 * The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x: the power series near zero, whose terms have
 * one sign (Abramowitz & Stegun 1964, 7.1.6), and the continued fraction of its complement in the tails (7.1.14),
 * evaluated from the far end.
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const magnitude = Math.abs(x);
  if (magnitude > 6) return Math.sign(x);
  const gauss = Math.exp(-x * x);
  if (magnitude > TAIL) {
    let fraction = magnitude;
    for (let n = 60; n > 0; n--) fraction = magnitude + n / 2 / fraction;
    return Math.sign(x) * (1 - gauss / (Math.sqrt(Math.PI) * fraction));
  }
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return ((2 * gauss) / Math.sqrt(Math.PI)) * sum;
}
