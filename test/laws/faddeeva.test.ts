import fc from "fast-check";
import { expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { erf } from "../../src/compiler/erf.ts";
import { faddeeva } from "../../src/profiles/faddeeva.ts";
import { between } from "../between.ts";
import { dualNumbers, variable } from "./dual-numbers.ts";
import { scale } from "./radial-values.ts";

/** y, x, Im w, Re w, by scipy.special.wofz (Poppe & Wijers 1990 and Zaghloul & Ali 2011, good to 1e-13). */
const SCIPY = [
  [0, 0, 0, 1],
  [0.002, 0.001, 0.0011243874298884555, 0.9977462401578151],
  [0.1, 0.5, 0.4084744016030165, 0.7175877421575946],
  [1, 1, 0.2082189382028316, 0.30474420525691254],
  [0, 1.5, 0.4832273301407691, 0.10539922456186433],
  [0, 3, 0.20115731703760037, 0.00012340980408667956],
  [0.5, 2.5, 0.23242043608513677, 0.05843747264332954],
  [1e-6, 4.2, 0.13852074731721356, 5.702468832120015e-8],
  [1e-12, 5, 0.11524596183093738, 1.3912024316177875e-11],
  [1, 6, 0.09262874629951753, 0.01588512815610909],
  [4, -7, -0.06075503109888158, 0.035263808418045536],
  [0.3, -2, -0.3098311071402928, 0.07639595167564214],
  [0.01, 10, 0.05670533605480961, 5.728711622490079e-5],
  [5, 0.3, 0.006379569183152648, 0.11034209112980743],
  [2, 30, 0.01873329438084476, 0.0012502716123336107],
  [100, 100, 0.0028208773887522217, 0.002821018436146787],
  [1, 1000, 0.0005641893014522592, 5.64189865642407e-7],
  [1e4, 0, 0, 5.641895807268084e-5],
  [0, 1e6, 5.641895835480384e-7, 0],
] as const;

test.each(SCIPY)("w(%d i + %d) is scipy's to 1e-13", (y, x, imaginary, real) => {
  const [foundY, foundX] = faddeeva(numbers, [y, x]);
  expect(Math.hypot(foundY - imaginary, foundX - real)).toBeLessThan(1e-13 * Math.hypot(imaginary, real));
});

test("w(i y) = exp(y^2) erfc(y)", () => {
  fc.assert(
    fc.property(between(0, 0.6), (y) => {
      const [imaginary, found] = faddeeva(numbers, [y, 0]);
      expect(Math.abs(imaginary)).toBeLessThan(1e-15);
      expect(Math.abs(found - Math.exp(y * y) * (1 - erf(y)))).toBeLessThan(1e-14);
    }),
  );
});

test("w' = 2 i / sqrt(pi) - 2 z w, everywhere in the upper half plane", () => {
  const dual = dualNumbers(2);
  fc.assert(
    fc.property(scale(1e-6, 100), fc.tuple(scale(1e-6, 100), fc.constantFrom(-1, 1)), (y, [size, sign]) => {
      const x = sign * size;
      const [im, re] = faddeeva(dual, [variable(y, 0, 2), variable(x, 1, 2)]);
      const wanted = [2 / Math.sqrt(Math.PI) - 2 * (y * re.value + x * im.value), -2 * (x * re.value - y * im.value)];
      // z w is near i / sqrt(pi) far away, so that the right side cancels.
      expect(Math.abs(im.slopes[1] - wanted[0])).toBeLessThan(1e-12);
      expect(Math.abs(re.slopes[1] - wanted[1])).toBeLessThan(1e-12);
      expect(Math.abs(im.slopes[0] - re.slopes[1])).toBeLessThan(1e-13);
      expect(Math.abs(re.slopes[0] + im.slopes[1])).toBeLessThan(1e-13);
    }),
  );
});
