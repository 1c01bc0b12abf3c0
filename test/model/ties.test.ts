import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { InputError } from "../../src/errors.ts";
import { failedAssertion, parseAssertion } from "../../src/model/assertion.ts";
import { parseExpression, valueOver } from "../../src/model/expression.ts";
import { buildModel, freedModel, galaxiesOver, instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { addSlotSlopes, valueAt } from "../../src/model/slot.ts";

const around = (lens: string, more = "") => `
datasets:
  hst: { type: imaging, data: a.fits, noise_map: b.fits, psf: c.fits, pixel_scale: 0.05, flux_scale: { tied: "2 * galaxies.my-lens.mass.slope" } }
galaxies:
  my-lens:
    redshift: 0.5
${lens
  .split("\n")
  .map((line) => `    ${line}`)
  .join("\n")}
${more}
`;
const LENS = `bulge: { profile: Sersic, centre: { prior: default }, intensity: linear, effective_radius: 0.8, sersic_index: 4 }
mass: { profile: PowerLaw, centre: { same_as: galaxies.my-lens.bulge.centre }, einstein_radius: { tied: "1 + galaxies.my-lens.mass.slope^2 / 8" }, slope: { prior: uniform, lower: 1.5, upper: 2.5 } }`;
const modelOf = (lens: string, more = "") => buildModel(parseSpec(around(lens, more), "lens.yaml"));

function refusal(lens: string, more = ""): string {
  try {
    modelOf(lens, more);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("accepted");
}

describe("an expression", () => {
  const at = (text: string) => {
    return valueOver(numbers, parseExpression(text), ({ path }: { path: string }) => path.split(".").length);
  };

  test.each([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["2 - 3 - 4", -5],
    ["8 / 4 / 2", 1],
    ["-2^2", -4],
    ["2^3^2", 512],
    ["(-2)^3", -8],
    ["2^-1", 0.5],
    ["4^0.5", 2],
    ["sqrt(16) + log(exp(2)) - -1", 7],
    ["1e-1 * .5", 0.05],
    ["a.b - c.d-0.1", -1],
    ["a.b[0] * 2", 6],
  ])("%s is %d", (text, value) => expect(at(text)).toBeCloseTo(value, 14));

  test.each(["", "1 +", "(1", "1)", "2 3", "sin(1)", "slope", "1 $ 2", "a.b c.d", `${"1 + ".repeat(200)}1`])(
    "%j is refused",
    (text) => expect(() => parseExpression(text)).toThrow(InputError),
  );

  test("whatever the text, it is one or an InputError", () => {
    const piece = fc.oneof(fc.constantFrom(..."+-*/^()<>= ", "galaxies.a.b", "2", "1e3", "sqrt("), fc.string());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          parseAssertion(pieces.join(""));
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
    );
  });
});

describe("what is tied", () => {
  test("is no free parameter, and follows those that are", () => {
    const model = modelOf(LENS);
    expect(model.parameters.map(({ path }) => path)).toEqual([
      "galaxies.my-lens.bulge.centre.0",
      "galaxies.my-lens.bulge.centre.1",
      "galaxies.my-lens.mass.slope",
    ]);
    expect(structuredClone(model)).toEqual(model);
    const [lens] = instantiate(model, [0.1, -0.2, 2]).galaxies;
    expect(lens.masses[0].values).toMatchObject({ centre: [0.1, -0.2], einsteinRadius: 1.5, slope: 2 });
    expect(galaxiesOver(numbers, model, [0.1, -0.2, 2])[0].masses[0].values).toEqual(lens.masses[0].values);
    expect(valueAt(model.fluxScales!.hst, [0.1, -0.2, 2])).toBe(4);
  });

  test("is a number where it is tied to numbers", () => {
    const spec = parseSpec(around(LENS, ""), "lens.yaml", ["galaxies.my-lens.mass.slope=2"]);
    expect(instantiate(buildModel(spec), [0, 0]).galaxies[0].masses[0].values.einsteinRadius).toBe(1.5);
    expect(buildModel(spec).fluxScales).toEqual({ hst: 4 });
  });

  test("follows when all numbers are freed", () => {
    const { centre } = { centre: "galaxies.my-lens.bulge.centre={same_as: galaxies.my-lens.mass.centre}" };
    const fixed = ["galaxies.my-lens.mass.slope=2", "galaxies.my-lens.mass.centre=[0, 0]", centre];
    const { model, vector } = freedModel(parseSpec(around(LENS), "lens.yaml", fixed));
    expect(model.parameters.map(({ path }) => path)).not.toContain("galaxies.my-lens.bulge.centre.0");
    expect(instantiate(model, vector).galaxies[0].masses[0].values.einsteinRadius).toBe(1.5);
  });

  test("has the slopes of its expression", () => {
    const slot = {
      operator: "+",
      of: [
        { operator: "^", of: [{ free: 0 }, 3] },
        { operator: "*", of: [{ free: 2 }, { free: 0 }] },
      ],
    } as const;
    const gradient = Float64Array.of(1, 1, 1);
    addSlotSlopes(gradient, slot, [-2, 9, 5], 10);
    expect(gradient).toEqual(Float64Array.of(1 + 10 * (12 + 5), 1, 1 - 20));
  });

  test.each([
    ["slope: 2", 'slope: { same_as: "galaxies.my-lens.mass.slop" }', "did you mean galaxies.my-lens.mass."],
    ["slope: 2", "slope: { same_as: galaxies.my-lens.mass.slope }", "is tied to itself"],
    ["slope: 2", 'slope: { tied: "sqrt(galaxies.my-lens.mass.einstein_radius)" }', "is tied to itself"],
    ["slope: 2", "slope: { same_as: galaxies.my-lens.bulge.centre }", "give one of galaxies.my-lens.bulge.centre.0"],
    ["slope: 2", "slope: { same_as: galaxies.my-lens.bulge.intensity }", "is no parameter"],
    ["slope: 2", 'slope: { tied: "5 - 1" }', "is tied to 4; tie it to a number from"],
    ["slope: 2", 'slope: { tied: "1 / 0" }', "is tied to Infinity"],
    ["slope: 2", 'slope: { tied: "galaxies.my-lens.mass.einstein_radius-1" }', "a minus wants a space"],
    ["slope: 2", 'slope: { tied: "2 +" }', "ends too early"],
    ["slope: 2", 'slope: { same_as: "a + b" }', "for expressions there is tied"],
    ["slope: 2", "slope: { tied: 2 }", "give an expression"],
    ["slope: 2", "slope: { same_as: [1, 2] }", "give the path"],
    ["slope: 2", "slope: { tied: a.b, prior: uniform }", "unknown key 'prior'"],
    ["slope: 2", 'ell_comps: { tied: "a.b" }', "give [e0, e1]"],
  ])("%s as %s is refused", (from, to, message) => {
    const lens = LENS.replace("slope: { prior: uniform, lower: 1.5, upper: 2.5 }", from).replace(from, to);
    const refused = refusal(lens);
    expect(refused).toContain(message);
    expect(refused).toMatch(/^lens\.yaml:\d+:\d+: /);
  });

  test("cannot grow without bound", () => {
    const chain = Array.from({ length: 12 }, (_, i) => {
      const last = `galaxies.my-lens.m${i + 1}.kappa`;
      return `m${i}: { profile: MassSheet, kappa: { tied: "${last} + ${last} + ${last}" } }`;
    });
    const lens = [...chain, "m12: { profile: MassSheet, kappa: { prior: default } }"].join("\n");
    expect(refusal(`${LENS}\n${lens}`)).toContain("is tied to too much");
  });
});

describe("default priors", () => {
  test("are the table's, of one parameter or of all that are not given", () => {
    const { parameters } = modelOf(
      "mass: { profile: PowerLaw, priors: default, ell_comps: [0, 0.1], slope: { prior: default } }",
    );
    expect(parameters.map(({ path }) => path.slice("galaxies.my-lens.mass.".length))).toEqual([
      "centre.0",
      "centre.1",
      "einstein_radius",
      "slope",
    ]);
    expect(parameters[0].prior).toEqual({ prior: "gaussian", mean: 0, sigma: 0.1 });
  });

  test("are those of a set's shared parameters too", () => {
    const entry = "light: { profile: MultiGaussian, priors: default, sigmas: [0.1, 1], intensity: linear }";
    expect(
      modelOf(`${LENS}\n${entry}`)
        .parameters.slice(3)
        .map(({ path }) => path.split(".").slice(3)),
    ).toEqual([
      ["centre", "0"],
      ["centre", "1"],
      ["ell_comps", "0"],
      ["ell_comps", "1"],
    ]);
  });

  test.each([
    ["main: { profile: Isothermal, priors: defualt }", "did you mean 'default'?"],
    ["main: { profile: Isothermal, einstein_radius: { prior: default, lower: 1 } }", "unknown key 'lower'"],
    ["main: { profile: Isothermal, einstein_radius: { prior: log_gaussian, mean: 0 } }", "sigma is missing"],
    ["main: { profile: Isothermal, einstein_radius: { prior: log_gaussian, mean: 600, sigma: 1 } }", "leave something"],
    [
      "main: { profile: Isothermal, einstein_radius: { prior: gaussian, mean: 1, sigma: 1, lower: 2, upper: 1 } }",
      "upper",
    ],
    ["main: { profile: Isothermal, einstein_radius: { prior: sine, lower: -2, upper: 1 } }", "degrees from 0 to 180"],
  ])("%s is refused", (lens, message) => {
    expect(refusal(`${LENS}\n${lens}`)).toContain(message);
  });

  test("are cut where the file says, within the bounds", () => {
    const prior = "{ prior: gaussian, mean: 1, sigma: 1, upper: 2 }";
    const { parameters } = modelOf(`mass: { profile: PowerLaw, slope: 2, einstein_radius: ${prior} }`);
    expect(parameters[0].prior).toEqual({ prior: "gaussian", mean: 1, sigma: 1, lower: 0, upper: 2 });
  });
});

describe("assertions", () => {
  const failed = (more: string, vector: number[]) =>
    failedAssertion(modelOf(LENS, more).assertions, vector)?.text ?? null;
  const rising = 'assertions: ["galaxies.my-lens.mass.slope > 2 * galaxies.my-lens.mass.centre.1"]';

  test("hold or fail", () => {
    expect(failed(rising, [0, 0.5, 2])).toBe(null);
    expect(failed(rising, [0, 1, 2])).toBe("galaxies.my-lens.mass.slope > 2 * galaxies.my-lens.mass.centre.1");
    expect(failed(rising, [0, Number.NaN, 2])).not.toBe(null);
  });

  test("are also that what is tied is within its bounds, and ellipses are", () => {
    expect(failed("", [0, 0, 100])).toBe("galaxies.my-lens.mass.einstein_radius <= 1000");
    const round = LENS.replace("mass: {", "mass: { ell_comps: { prior: default }, ").replace("PowerLaw,", "PowerLaw,");
    const { assertions, parameters } = modelOf(round);
    const e0 = parameters.findIndex(({ path }) => path.endsWith("ell_comps.0"));
    const vector = parameters.map((_, i) => (i === e0 || i === e0 + 1 ? 0.8 : 1.5));
    expect(failedAssertion(assertions, vector)?.text).toBe("length of galaxies.my-lens.mass.ell_comps < 1");
  });

  test.each([
    ["assertions: [galaxies.my-lens.mass.slope]", "has no relation"],
    ['assertions: ["1 < galaxies.my-lens.mass.slope < 2"]', "more than one relation"],
    ['assertions: ["galaxies.my-lens.mas.slope < 2"]', "did you mean galaxies.my-lens.mass.slope?"],
    ["assertions: galaxies", "give a list of relations"],
    ["assertions: [1]", "give a relation as text"],
  ])("%s is refused", (more, message) => {
    expect(refusal(LENS, more)).toContain(message);
    expect(refusal(LENS, more)).toMatch(/^lens\.yaml:\d+:\d+: /);
  });
});

test("a model is built from an object as from a file", () => {
  const { parameters, galaxies } = buildModel({
    galaxies: {
      lens: {
        redshift: 0.5,
        profiles: {
          mass: {
            kind: "mass",
            profile: "Isothermal",
            parameters: {
              ellComps: [{ prior: "gaussian", mean: 0, sigma: 0.3, lower: -1, upper: 1 }, 0],
              einsteinRadius: { prior: "uniform", lower: 0.5, upper: 2.5 },
            },
          },
        },
      },
      source: {
        redshift: 1,
        profiles: {
          disk: {
            kind: "light",
            profile: "Exponential",
            parameters: {
              intensity: "linear",
              effectiveRadius: { tied: "galaxies.lens.mass.einstein_radius / 10" },
            },
          },
        },
      },
    },
    assertions: ["galaxies.lens.mass.einstein_radius > 0.6"],
  });
  expect(parameters).toHaveLength(2);
  expect(galaxies[0].profiles[0].values.centre).toEqual([0, 0]);
  expect(galaxies[1].name).toBe("source");
});

test.each([
  [{ einsteinRadus: 1 }, "einsteinRadus is no parameter of Isothermal; did you mean einsteinRadius?"],
  [{ centre: [0, 1] as const }, "einsteinRadius is missing; give a number"],
])("an object with %o is refused", (parameters, message) => {
  const mass = { kind: "mass", profile: "Isothermal", parameters } as const;
  expect(() => buildModel({ galaxies: { lens: { redshift: 0.5, profiles: { mass } } } })).toThrow(message);
});

test("the README's example is a spec", () => {
  const readme = readFileSync("README.md", "utf8");
  const [, example] = /### What is free.*?```yaml\n(.*?)```/s.exec(readme) as RegExpExecArray;
  const datasets =
    "datasets: { hst: { type: imaging, data: a.fits, noise_map: b.fits, psf: c.fits, pixel_scale: 0.05 } }\n";
  const { parameters, assertions } = buildModel(parseSpec(datasets + example, "README.md"));
  expect(parameters).toHaveLength(9);
  expect(failedAssertion(assertions, new Array(9).fill(0.4))).toBe(null);
});
