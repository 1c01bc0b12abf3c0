import fc from "fast-check";

/**
 * Even over an interval, its ends more often. `fc.double` is even over the representable numbers instead, of which nearly all
 * are next to zero: angles and ellipticities that it draws hardly turn or flatten anything.
 */
export const between = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((step) => Math.min(min + (max - min) * (step / (2 ** 32 - 1)), max));

/** As `between`, or next to zero as `fc.double` draws: for laws that must hold where products underflow too. */
export const anyBetween = (min: number, max: number): fc.Arbitrary<number> =>
  fc.oneof(between(min, max), fc.double({ min, max, noNaN: true }));
