import { expect } from "vitest";

/** Differences of order four of f by each of its variables; null where f, which then says null, is on another branch. */
export function differences(f: (at: Float64Array) => number | null, at: Float64Array, step: number): (number | null)[] {
  return Array.from(at, (value, i) => {
    const [before2, before, after, after2] = [-2, -1, 1, 2].map((k) => f(at.with(i, value + k * step)));
    if (before2 === null || before === null || after === null || after2 === null) return null;
    return (8 * (after - before) - (after2 - before2)) / (12 * step);
  });
}

/**
 * Holds slopes to differences.
 * @param tolerance Of the largest of the slopes.
 * @returns How many of the slopes could be compared.
 */
export function expectSlopes(found: Float64Array, expected: readonly (number | null)[], tolerance = 1e-6): number {
  const scale = found.reduce((most, slope) => Math.max(most, Math.abs(slope)), 0);
  let compared = 0;
  for (const [i, slope] of expected.entries()) {
    if (slope === null) continue;
    expect(Math.abs(found[i] - slope), `slope ${i} of ${scale}`).toBeLessThanOrEqual(tolerance * scale);
    compared++;
  }
  return compared;
}
