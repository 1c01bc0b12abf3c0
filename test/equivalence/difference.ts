/**
 * Largest difference between two results of a kernel, each array relative to the largest magnitude of the expected one.
 * A difference in structure, a NaN on one side or unequal integers are infinite.
 */
export function relativeDifference(actual: unknown, expected: unknown): number {
  if (typeof expected === "number") return ofArrays(Float64Array.of(actual as number), Float64Array.of(expected));
  if (expected instanceof Float64Array) {
    return actual instanceof Float64Array ? ofArrays(actual, expected) : Number.POSITIVE_INFINITY;
  }
  if (expected === null || typeof expected !== "object")
    return Object.is(actual, expected) ? 0 : Number.POSITIVE_INFINITY;
  if (actual === null || typeof actual !== "object") return Number.POSITIVE_INFINITY;
  if (expected instanceof Int32Array || expected instanceof Uint8Array) {
    const same =
      expected.length === (actual as Int32Array).length && expected.every((v, i) => v === (actual as Int32Array)[i]);
    return same ? 0 : Number.POSITIVE_INFINITY;
  }
  const [a, b] = [actual, expected] as [Record<string, unknown>, Record<string, unknown>];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Math.max(0, ...[...keys].map((key) => relativeDifference(a[key], b[key])));
}

function ofArrays(actual: Float64Array, expected: Float64Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let scale = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(expected[i]) && Number.isNaN(actual[i])) continue;
    const difference = Math.abs(actual[i] - expected[i]);
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    worst = Math.max(worst, difference);
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return worst === 0 ? 0 : worst / scale;
}
