import { expect, test } from "vitest";
import { unconstrained } from "../../src/inference/unconstrained.ts";
import { gaussianTarget } from "./gaussian-target.ts";

// Trajectories from the prior are flung this far; beyond 37 the nearest numbers to 0 and 1 stand for all of u.
test.each([0, 3, -8, 20, -36, 40, -75, 90])(
  "the density's gradient is that of its values, at x = %s too",
  async (x) => {
    const smooth = unconstrained(gaussianTarget(2, 0.5), true, 0);
    const h = 1e-3;
    const [below, at, above] = await smooth.evaluate([x - h, x, x + h].map((value) => Float64Array.of(value, 0.2)));
    const slope = (above.logDensity - below.logDensity) / (2 * h);
    // Differences of values of some hundreds: 1e-13 of these over the step, and the third derivative times h^2.
    expect(Math.abs(slope - at.gradient[0])).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)));
    expect(at.logDensity).toBeGreaterThan(Number.NEGATIVE_INFINITY);
  },
);
