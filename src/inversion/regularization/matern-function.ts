/** Between nodes of the trapezoidal rule, which on this integrand errs by some exp(-pi^2 / STEP): far below rounding. */
const STEP = 1 / 8;
/** A z so small counts as zero: no two vertices are that close without being the same. */
const SMALLEST = 1e-100;
/** Nodes enough for the smallest z; the sum ends where terms vanish. */
const NODES = Math.ceil(Math.acosh(1e3 / SMALLEST) / STEP);
/** exp of minus this is nothing. */
const VANISHING = 745;

/**
 * The Matern correlation M_nu(z) = 2^(1 - nu) / Gamma(nu) z^nu K_nu(z), K_nu the modified Bessel function; M_nu(0) = 1.
 *
 * K_{n+1} = K_{n-1} + (2 n / z) K_n becomes M_{n+1} = M_n + z^2 / (4 n (n - 1)) M_{n-1}: additions alone, and nothing
 * overflows. It begins at the order in (0, 1] that differs from nu by a whole number, and at the one after it: in closed
 * form where that is 1/2, and from K_n(z) = integral from 0 to infinity of exp(-z cosh t) cosh(n t) dt otherwise.
 * @param nu Above zero, and not so large that as many additions are too slow.
 */
export function maternFunction(nu: number): (z: number) => number {
  const first = nu - Math.ceil(nu) + 1;
  const begin = first === 0.5 ? halfOrders : lowestOrders(first);
  return (z) => {
    if (z < SMALLEST) return 1;
    if (z > VANISHING) return 0;
    let [before, here] = begin(z);
    if (nu <= 1) return before;
    for (let order = first + 1; order < nu - 0.5; order++) {
      [before, here] = [here, here + ((z * z) / (4 * order * (order - 1))) * before];
    }
    return here;
  };
}

/**
 * dM_nu/dz: -z M_{nu - 1} / (2 (nu - 1)), since (z^nu K_nu)' = -z^nu K_{nu - 1}; at nu of 1 and below, where that order is
 * not above zero, (2 nu / z) (M_nu - M_{nu + 1}), which loses digits as z goes to zero, some 1e-16 / z^2.
 */
export function maternSlope(nu: number): (z: number) => number {
  if (nu > 1) {
    const below = maternFunction(nu - 1);
    return (z) => (-z / (2 * (nu - 1))) * below(z);
  }
  const [own, above] = [maternFunction(nu), maternFunction(nu + 1)];
  return (z) => (z === 0 ? 0 : ((2 * nu) / z) * (own(z) - above(z)));
}

type TwoOrders = (z: number) => readonly [first: number, next: number];

const halfOrders: TwoOrders = (z) => [Math.exp(-z), (1 + z) * Math.exp(-z)];

function lowestOrders(order: number): TwoOrders {
  const nodes = Float64Array.from({ length: NODES }, (_, k) => k * STEP);
  // cosh t - 1, without its cancellation.
  const rise = nodes.map((t) => 2 * Math.sinh(t / 2) ** 2);
  const ofFirst = nodes.map((t) => Math.cosh(order * t));
  const ofNext = nodes.map((t) => Math.cosh((order + 1) * t));
  const scale = 2 ** (1 - order) / gamma(order);
  return (z) => {
    let [first, next] = [0.5, 0.5];
    for (let k = 1; k < NODES && z * rise[k] < VANISHING; k++) {
      const fall = Math.exp(-z * rise[k]);
      first += fall * ofFirst[k];
      next += fall * ofNext[k];
    }
    const share = STEP * scale * Math.exp(-z) * z ** order;
    return [share * first, (share * next * z) / (2 * order)];
  };
}

/** Gamma(x), x > 0: Stirling's series at x + 10 and the recurrence down from there. */
function gamma(x: number): number {
  let product = 1;
  for (let k = 0; k < 10; k++) product *= x + k;
  const y = x + 10;
  const terms = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360];
  const series = terms.reduceRight((sum, term) => sum / (y * y) + term, 0) / y;
  return (Math.sqrt((2 * Math.PI) / y) * Math.exp(y * (Math.log(y) - 1) + series)) / product;
}
