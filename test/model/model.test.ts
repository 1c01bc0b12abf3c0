import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { buildModel, instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { EXAMPLE } from "./example-spec.ts";

const model = buildModel(parseSpec(EXAMPLE, "lens.yaml"));

describe("a model", () => {
  test("has the free parameters of the spec, in its order", () => {
    expect(model.parameters).toEqual([
      { path: "galaxies.lens.mass.centre.0", prior: { prior: "gaussian", mean: 0, sigma: 0.05 } },
      { path: "galaxies.lens.mass.ell_comps.1", prior: { prior: "uniform", lower: -0.2, upper: 0.3 } },
      { path: "galaxies.lens.mass.einstein_radius", prior: { prior: "log_uniform", lower: 0.5, upper: 2.5 } },
      {
        path: "galaxies.source.pixelization.regularization.coefficient",
        prior: { prior: "log_uniform", lower: 1e-3, upper: 1e3 },
      },
    ]);
  });

  test("is plain data", () => {
    expect(JSON.parse(JSON.stringify(model))).toEqual(JSON.parse(JSON.stringify(structuredClone(model))));
  });

  test("puts a vector where it belongs", () => {
    const { galaxies } = instantiate(model, Float64Array.of(0.01, 0.2, 1.5, 7));
    const [lens, source] = galaxies;
    expect(lens.masses.map(({ profile, values }) => [profile.name, values])).toEqual([
      ["Isothermal", { centre: [0.01, 0.02], ellComps: [0.1, 0.2], einsteinRadius: 1.5 }],
      ["ExternalShear", { gamma1: 0.03, gamma2: -0.04 }],
    ]);
    const linear = "galaxies.lens.bulge.intensity";
    expect(lens.lights).toMatchObject([{ profile: { name: "Sersic" }, linear, values: { intensity: 1 } }]);
    expect(source.pixelization).toMatchObject({
      mesh: { type: "rectangular_uniform", shape: [30, 20], edges: "extrapolate" },
      regularization: { type: "constant", values: { coefficient: 7 }, maximize: false },
    });
    expect([lens.pixelization, source.redshift]).toEqual([undefined, 1]);
  });

  test("leaves the coefficient to be maximized", () => {
    const path = "galaxies.source.pixelization.regularization.coefficient";
    const maximized = buildModel(parseSpec(EXAMPLE, "lens.yaml", [`${path}=maximize`]));
    expect(maximized.parameters).toHaveLength(3);
    const { pixelization } = instantiate(maximized, [0, 0, 1]).galaxies[1];
    expect(pixelization?.regularization).toEqual({ type: "constant", values: {}, maximize: true });
  });

  test("has the parameters of a regularization by their paths", () => {
    const path = "galaxies.source.pixelization.regularization";
    const prior = (lower: number) => `{ prior: uniform, lower: ${lower}, upper: 5 }`;
    const given = `{ type: matern_kernel, coefficient: 2, scale: ${prior(0.1)}, nu: ${prior(0.5)} }`;
    const matern = buildModel(parseSpec(EXAMPLE, "lens.yaml", [`${path}=${given}`]));
    expect(matern.parameters.slice(3).map((parameter) => parameter.path)).toEqual([`${path}.scale`, `${path}.nu`]);
    expect(instantiate(matern, [0, 0, 1, 0.3, 1.5]).galaxies[1].pixelization?.regularization).toEqual({
      type: "matern_kernel",
      values: { coefficient: 2, scale: 0.3, nu: 1.5 },
      maximize: false,
    });
  });

  test("refuses a vector of another length", () => {
    expect(() => instantiate(model, [1])).toThrow(InputError);
    expect(() => instantiate(model, [1])).toThrow(/1 values for 4 free parameters/);
  });
});
