import { beforeAll, describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { compile, compileGradient } from "../../src/compiler/compile.ts";
import { javascript } from "../../src/compiler/emit-js.ts";
import {
  allCases,
  centreCases,
  functionCases,
  type GpuCase,
  gradientCases,
  layoutCases,
  modelCases,
  profileCases,
  profiles,
  quantityNames,
} from "./cases.ts";
import { noBrowser } from "./chromium.ts";
import { visit } from "./visit.ts";
import type { GpuRefusals, GpuResult } from "./webgpu-page.ts";

const results = new Map<GpuCase, GpuResult>();

function found(given: GpuCase): GpuResult {
  const result = results.get(given);
  if (result === undefined) throw new Error("the page said nothing of this");
  return result;
}

/** What f64 has for a run of a case, output by output, compiled. */
function inJavaScript({ gradient, groupSize, inputs, point }: GpuCase, parameters: readonly number[]) {
  const kernel = (gradient ? compileGradient : compile)(point, javascript);
  const arrays = kernel.allocate(inputs[0].length, groupSize);
  inputs.forEach((input, slot) => {
    arrays.inputs[slot].set(input);
  });
  kernel.run(Float64Array.from(parameters), arrays, 0, inputs[0].length);
  return arrays.outputs;
}

/** The largest difference, relative to the largest value. */
function error(values: readonly number[], expected: Float64Array): number {
  const [scale, worst] = [
    Math.max(...expected.map(Math.abs)),
    Math.max(...values.map((value, i) => Math.abs(value - expected[i]))),
  ];
  expect(values).toHaveLength(expected.length);
  return worst === 0 ? 0 : worst / scale;
}

/** Of each run, the errors of the outputs. */
function errorsOf(given: GpuCase): number[][] {
  return given.runs.map((parameters, run) => {
    const expected = inJavaScript(given, parameters);
    return found(given).runs[run].map((values, output) => error(values, expected[output]));
  });
}

const named = (cases: readonly GpuCase[]) => cases.map((given) => [given.name, given] as const);

/** Of the image's peak. Positions and parameters are rounded to 6e-8, and exponents multiply what they have. */
const TOLERANCE = 2e-5;

/** Profiles that lose more, and why. */
const WORSE: Readonly<Record<string, readonly [tolerance: number, because: string]>> = {
  PowerLawBroken: [3e-4, "loses digits near an outer slope of 2, and one is 1.96"],
};

describe.skipIf(noBrowser !== undefined)(`WGSL in a browser${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let refusals: GpuRefusals;
  beforeAll(async () => {
    await visit("webgpu-page.ts", (message) => {
      if (message === "done") return true;
      const said: GpuResult | GpuRefusals = JSON.parse(message);
      if ("index" in said) results.set(allCases[said.index], said);
      else refusals = said;
      return false;
    });
    const [first] = results.values();
    const errors = profileCases.map((given) => `${given.name} ${Math.max(...errorsOf(given).flat()).toExponential(0)}`);
    // What is promised depends on what ran.
    console.log(`WGSL on ${first.adapter}; of the peak, off by: ${errors.join(", ")}`);
  });

  test("refuses a shader that is wrong, and points that are too many, with the reason", () => {
    expect(refusals.shader).toMatch(/WGSL: line 1: no matching overload/);
    expect(refusals.points).toMatch(/1099511627776 points do not fit/);
  });

  // In ulp of f32, 6e-8 of the result; of sines and cosines absolutely; of an exponential by its exponent's rounding.
  test.each(named(functionCases))("%s is good to f32, over its range", (name, given) => {
    const [[values]] = found(given).runs;
    values.forEach((value, i) => {
      const [expected] = given.point.formula(numbers, [], [given.inputs[0][i]]);
      if (!Number.isFinite(expected)) {
        expect(Math.sign(value)).toBe(Math.sign(expected));
        return;
      }
      const scale = name === "sin" || name === "cos" ? 1 : Math.max(Math.abs(expected), 2 ** -126);
      const ulp = scale * 2 ** -23 * (name === "exp" ? 1 + Math.abs(given.inputs[0][i]) : 1);
      expect(Math.abs(value - expected), `at ${given.inputs[0][i]}`).toBeLessThan(3 * ulp);
    });
  });

  describe.each(profiles.map((profile, i) => [profile, profileCases[i], centreCases[i]] as const))(
    "$0.name",
    (profile, image, centre) => {
      const [tolerance, because] = WORSE[profile.name] ?? [TOLERANCE, "f32"];

      test(`is what f64 gives, to ${tolerance} of the image's peak: ${because}`, () => {
        for (const errors of errorsOf(image))
          errors.forEach((worst, output) => {
            expect(worst, quantityNames(profile)[output]).toBeLessThan(tolerance);
          });
      });

      test("is finite at the centre, with its derivatives", () => {
        for (const run of found(centre).runs)
          for (const values of run) expect(values.every(Number.isFinite)).toBe(true);
      });
    },
  );

  // Whole numbers: nothing is rounded but the means.
  test.each(named(layoutCases))("%s", (_, given) => {
    for (const errors of errorsOf(given)) for (const worst of errors) expect(worst).toBeLessThan(1e-7);
  });

  test.each(named(modelCases))("%s", (_, given) => {
    const [expected] = inJavaScript(given, given.runs[0]);
    expect(expected).toHaveLength(1600);
    expect(error(found(given).runs[0][0], expected)).toBeLessThan(1e-5);
  });

  test.each(named(gradientCases))("the gradient of %s", (_, given) => {
    const { gradient } = compileGradient(given.point, javascript);
    const parameters = Float64Array.from(given.runs[0]);
    const expected = inJavaScript(given, given.runs[0]);
    const values = found(given).runs[0];
    expect(error(values[0], expected[0])).toBeLessThan(1e-5);
    // At every pixel, or of the one sum.
    const at = (outputs: readonly ArrayLike<number>[], i: number) =>
      gradient(
        parameters,
        Float64Array.from(outputs.slice(1), (output) => output[i]),
      );
    const images = (outputs: readonly ArrayLike<number>[]) => {
      const gradients = Array.from(expected[0], (_, i) => at(outputs, i));
      return given.point.parameters.map((_, k) => Float64Array.from(gradients, (each) => each[k]));
    };
    const exact = images(expected);
    images(values).forEach((image, k) => {
      expect(error([...image], exact[k]), given.point.parameters[k]).toBeLessThan(1e-4);
    });
  });
});
