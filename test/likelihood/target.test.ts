import { describe, expect, test } from "vitest";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { targetOf, vectorsFromUnit } from "../../src/likelihood/target.ts";
import { buildModel } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { observationFile, opener, SPEC } from "./imaging-observation.ts";

/** Every prior there is, and ties in the mass, the light, the flux scale and the regularization. */
const MASS = `mass:
      profile: Isothermal
      centre: [{ prior: gaussian, mean: 0.05, sigma: 0.02 }, -0.1]
      ell_comps: [{ prior: gaussian, mean: 0.1, sigma: 0.05, lower: 0.0, upper: 0.3 }, { tied: "galaxies.lens.mass.ell_comps.0 / 2" }]
      einstein_radius: { prior: log_gaussian, mean: -0.1, sigma: 0.05 }`;
const ASSERTIONS = 'assertions: ["galaxies.lens.mass.einstein_radius < 1", "galaxies.lens.bulge.sersic_index > 1.6"]\n';
const PARAMETRIC = `${SPEC.replace(
  "over_sampling:",
  'flux_scale: { tied: "galaxies.lens.bulge.sersic_index^2 / 4" }\n    over_sampling:',
)
  .replace(/mass:.*/, MASS)
  .replace("[0.05, -0.1], intensity: 0.5", "{ same_as: galaxies.lens.mass.ell_comps }, intensity: 0.5")
  .replace("sersic_index: 2.0", "sersic_index: { prior: log_uniform, lower: 1.5, upper: 2.5 }")
  .replace("sersic_index: 1.0", "sersic_index: { prior: uniform, lower: 0.8, upper: 1.2 }")}${ASSERTIONS}`;

const PIXELIZED = PARAMETRIC.replace(
  /disk:.*/,
  `pixelization:
      mesh: { type: rectangular_uniform, shape: [5, 4] }
      regularization: { type: constant, coefficient: { tied: "exp(galaxies.lens.mass.einstein_radius) * 2" } }`,
);

async function targetFor(text: string) {
  const spec = parseSpec(text, "lens.yaml");
  const { model, likelihood } = await planSpec(spec, { open: opener({ "hst.npz": observationFile() }) });
  return { model, likelihood, target: targetOf(model, likelihood) };
}

describe.each([
  ["light profiles", PARAMETRIC],
  ["a pixelized source", PIXELIZED],
])("of %s", (_, text) => {
  test("the gradient is that of the values, by the unit coordinates and through all ties", async () => {
    const { target } = await targetFor(text);
    const point = Float64Array.from({ length: target.dimensions }, (_, p) => 0.45 + 0.03 * p);
    const { logLikelihoods, gradients } = await target.withGradients(point);
    expect(await target.logLikelihoods(point)).toEqual(logLikelihoods);
    const largest = Math.max(...gradients.map(Math.abs));
    expect(gradients.every((slope) => Math.abs(slope) > 1e-4 * largest)).toBe(true);
    // Five-point differences: 1e-13 of a value of 1e4 over the step, beside slopes of 1e2 and more.
    const h = 1e-5;
    for (const [p, slope] of gradients.entries()) {
      const moved = [-2, -1, 1, 2].flatMap((k) => Array.from(point, (u, i) => (i === p ? u + k * h : u)));
      const [a, b, c, d] = await target.logLikelihoods(Float64Array.from(moved));
      expect(Math.abs((8 * (c - b) - (d - a)) / (12 * h) - slope) / largest).toBeLessThan(1e-5);
    }
    expect(target.failures).toEqual(new Map());
  });
});

test("is the likelihood of the vector that the priors make of a point", async () => {
  const { model, likelihood, target } = await targetFor(PARAMETRIC);
  const points = Float64Array.from({ length: 3 * target.dimensions }, (_, i) => 0.4 + ((i * 0.61803) % 0.2));
  const evaluations = await likelihood.evaluate(vectorsFromUnit(model, points));
  expect([...(await target.logLikelihoods(points))]).toEqual(evaluations.map(({ logLikelihood }) => logLikelihood));
});

test("has no likelihood where an assertion fails, and counts it", async () => {
  const { model, target } = await targetFor(PARAMETRIC);
  const place = (end: string) => model.parameters.findIndex(({ path }) => path.endsWith(end));
  const points = new Float64Array(4 * target.dimensions).fill(0.5);
  points[place("einstein_radius")] = 1;
  points[target.dimensions + place("bulge.sersic_index")] = 0;
  points[3 * target.dimensions + place("einstein_radius")] = 1;
  const { logLikelihoods, gradients } = await target.withGradients(points);
  expect(Array.from(logLikelihoods, Number.isFinite)).toEqual([false, false, true, false]);
  expect(gradients.subarray(0, 2 * target.dimensions).every((slope) => slope === 0)).toBe(true);
  expect(Object.fromEntries(target.failures)).toEqual({
    "assertion: galaxies.lens.mass.einstein_radius < 1": 2,
    "assertion: galaxies.lens.bulge.sersic_index > 1.6": 1,
  });
  expect(await target.logLikelihoods(new Float64Array(target.dimensions))).toEqual(Float64Array.of(-Infinity));
});

test("a failed evaluation is counted by its reason", async () => {
  const { model, likelihood } = await targetFor(PARAMETRIC);
  const failing = targetOf(model, {
    ...likelihood,
    async evaluate(batch) {
      const evaluations = await likelihood.evaluate(batch);
      return evaluations.map((evaluation) => ({ ...evaluation, logLikelihood: Number.NaN, failure: null }));
    },
  });
  const point = new Float64Array(failing.dimensions).fill(0.5);
  expect(await failing.logLikelihoods(point)).toEqual(Float64Array.of(-Infinity));
  expect([...failing.failures]).toEqual([["the likelihood is not finite", 1]]);
});

test("a model without free parameters has none", async () => {
  const model = buildModel(parseSpec(SPEC, "lens.yaml"));
  expect(() => targetOf(model, { picks: [], evaluate: async () => [] })).toThrow("no free parameter");
});
