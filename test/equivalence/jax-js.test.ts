import { numpy as np } from "@jax-js/jax";
import { describe, expect, test } from "vitest";
import { jaxJs } from "../../bench/comparators/jax-js.ts";
import { isAbsent, type Voice } from "../../src/backend/contract.ts";
import { kernels } from "../../src/backend/kernels.ts";
import { ARGUMENTS, CASES } from "../../src/bench/cases.ts";
import { relativeDifference } from "./difference.ts";

const CHOSEN = ["small", "medium", "unequal noise", "one visibility", "pixels without a source", "oversampled"];
const cases = CASES.filter((c) => CHOSEN.includes(c.name)).map((c) => [c.name, c] as const);

for (const name of Object.keys(jaxJs) as (keyof typeof jaxJs)[]) {
  const comparator: Voice<never, unknown> | { absent: string } = jaxJs[name];
  const reference: Voice<never, unknown> = kernels[name].voices.reference as Voice<never, unknown>;
  describe(name, () => {
    if (isAbsent(comparator)) {
      test.skip(`absent, ${comparator.absent}`, () => {});
      return;
    }
    test.each(cases)("jax-js on %s", (_, c) => {
      const args = ARGUMENTS[name](c) as never;
      const difference = relativeDifference(comparator.run(args), reference.run(args));
      expect(difference, comparator.because).toBeLessThanOrEqual(comparator.tolerance);
    });
  });
}

/** Largest error of an elementwise function in its "float64" over (0, 3). */
function worstError(ofArray: (x: np.Array) => np.Array, ofNumber: (x: number) => number): number {
  const x = Float64Array.from({ length: 1000 }, (_, i) => (3 * (i + 0.5)) / 1000);
  const y = ofArray(np.array(x, { dtype: np.float64, device: "wasm" })).dataSync();
  expect(y).toBeInstanceOf(Float64Array);
  return Math.max(...x.map((value, i) => Math.abs(y[i] - ofNumber(value))));
}

// The day these fail the library has been repaired, and the tolerances that they explain can be tightened.
test("its float64 cosine is one of float32", () => {
  expect(worstError(np.cos, Math.cos)).toBeGreaterThan(1e-9);
});

test("its float64 logarithm is one of float32", () => {
  expect(worstError(np.log, Math.log)).toBeGreaterThan(1e-9);
});

test("its float64 square root is one of float64", () => {
  expect(worstError(np.sqrt, Math.sqrt)).toBe(0);
});
