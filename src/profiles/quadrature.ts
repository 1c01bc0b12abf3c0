/**
 * Nodes and weights of Gauss and Legendre on [0, 1], for which the weighted sum of a polynomial of degree 2 `count` - 1
 * is its integral. The nodes are the roots of the Legendre polynomial, found by Newton's method from the cosines that they
 * tend to; polynomial and derivative by Bonnet's recursion (Abramowitz & Stegun 1964, 25.4.29 and 22.7.10).
 */
export function gaussLegendre(count: number): readonly (readonly [node: number, weight: number])[] {
  return Array.from({ length: count }, (_, index) => {
    let x = -Math.cos((Math.PI * (index + 0.75)) / (count + 0.5));
    let slope = 0;
    // Five steps reach the last digit from there; the slope is that at the root to the same.
    for (let step = 0; step < 6; step++) {
      let [before, value] = [1, x];
      for (let n = 2; n <= count; n++) [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
      slope = (count * (before - x * value)) / (1 - x * x);
      x -= value / slope;
    }
    return [(1 + x) / 2, 1 / ((1 - x * x) * slope * slope)];
  });
}
