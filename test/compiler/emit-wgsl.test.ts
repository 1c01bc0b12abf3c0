import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { traceFunction, traceGradient } from "../../src/compiler/compile.ts";
import { emitWgsl } from "../../src/compiler/emit-wgsl.ts";
import { planVariants } from "../../src/compiler/variants.ts";
import { LARGEST, literal, SMALLEST_NORMAL } from "../../src/compiler/wgsl-math.ts";
import { modelCases, profileCases } from "../browser/cases.ts";

// What shaders compute is tested where they run: test/browser.

test("a literal is the nearest f32, and normal", () => {
  expect([literal(0), literal(-0), literal(1), literal(-2.5)]).toEqual(["0.0f", "0.0f", "1.0f", "-2.5f"]);
  expect([literal(1e-300), literal(-Infinity)].map(Number.parseFloat)).toEqual([1.17549435e-38, -1.70141183e38]);
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => {
      const text = literal(value);
      expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]?\d+)?f$/);
      expect(text).toMatch(/[.e]/);
      const magnitude = Math.abs(value);
      const expected = value === 0 ? 0 : Math.sign(value) * Math.min(LARGEST, Math.max(SMALLEST_NORMAL, magnitude));
      expect(Math.fround(Number.parseFloat(text))).toBe(Math.fround(expected));
    }),
    { numRuns: 2000 },
  );
});

describe.each([...profileCases, ...modelCases])("$name", ({ point }) => {
  test.each([traceFunction, traceGradient])("has a shader within the core of WGSL", (trace) => {
    const code = planVariants(trace(point), emitWgsl).general.kernel;
    expect(code).not.toMatch(/NaN|Infinity|undefined|\benable\b|\bf16\b/);
    // Four buffers of the eight that every device has.
    expect(code.match(/@binding/g)).toHaveLength(4);
    for (const [text] of code.matchAll(/[\d.]+(e[+-]?\d+)?f\b/g))
      expect(Math.abs(Number.parseFloat(text))).toBeLessThanOrEqual(1.70141183e38);
  });
});
