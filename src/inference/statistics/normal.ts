/** The standard normal distribution, to full f64 precision. */

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / ROOT_TWO_PI;
}

/**
 * The probability below z. Power series near zero (Abramowitz & Stegun 26.2.11), continued fraction in the tails
 * (26.2.14, evaluated from the far end), which keeps the relative precision of small probabilities.
 */
export function normalCumulative(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  const x = Math.abs(z);
  if (x > 39) return z < 0 ? 0 : 1;
  if (x > 3) {
    let fraction = x;
    for (let n = 80; n > 0; n--) fraction = x + n / fraction;
    const tail = normalDensity(x) / fraction;
    return z < 0 ? tail : 1 - tail;
  }
  let term = z;
  let sum = z;
  for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return 0.5 + normalDensity(z) * sum;
}

/**
 * The z that has the probability p below it: Halley's iteration on `normalCumulative`, from a rough start, on the side
 * of the smaller tail.
 * @returns -Infinity at 0, Infinity at 1.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (p > 0.5) return -lowerQuantile(1 - p);
  return lowerQuantile(p);
}

/** For p in (0, 1/2]. */
function lowerQuantile(p: number): number {
  const t = Math.sqrt(-2 * Math.log(p));
  // Abramowitz & Stegun 26.2.22, good to 0.003: close enough for three steps to converge.
  let z = -(t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + 0.04481 * t)));
  for (let step = 0; step < 4; step++) {
    const newton = (normalCumulative(z) - p) / normalDensity(z);
    if (!Number.isFinite(newton)) break;
    z -= newton / (1 + 0.5 * z * newton);
  }
  return z;
}
