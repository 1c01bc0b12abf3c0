import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { specJsonSchema } from "../../src/model/json-schema.ts";
import { EXAMPLE } from "./example-spec.ts";

const json = specJsonSchema();
const schema = z.fromJSONSchema(json as never);
const accepts = (text: string) => schema.safeParse(parse(text)).success;

test("is JSON", () => {
  expect(JSON.parse(JSON.stringify(json))).toEqual(json);
});

const EXAMPLES = readdirSync("examples", { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".yaml"),
);

test.each(EXAMPLES)("accepts examples/%s", (name) => {
  expect(accepts(readFileSync(`examples/${name}`, "utf8"))).toBe(true);
});

const MASS = EXAMPLE.slice(EXAMPLE.indexOf("mass:"), EXAMPLE.indexOf("shear:"));

test.each([
  ["profile: Isothermal", "profile: Isothermal, datasets: [alma]"],
  ["einstein_radius: 1", "priors: default"],
  ["centre: [0, 0]", "centre: { prior: default }"],
  ["centre: [0, 0]", "centre: { same_as: galaxies.lens.bulge.centre }"],
  ["einstein_radius: 1", "einstein_radius: 50 mas"],
  ["einstein_radius: 1", 'einstein_radius: { tied: "1 + a.b" }'],
])("accepts %s as %s", (from, to) => {
  const mass = "mass: { profile: Isothermal, centre: [0, 0], einstein_radius: 1 }\n    ".replace(from, to);
  expect(accepts(EXAMPLE.replace(MASS, mass))).toBe(true);
});

test.each([
  ["Isothermal", "Isotermal"],
  ["einstein_radius", "einstein_radus"],
  ["gamma_1: 0.03, ", ""],
  ["prior: uniform, lower: -0.2", "prior: uniform, lowr: -0.2"],
  ["ell_comps: [0.1", "ell_comps: [1.1"],
  ["visibilities: data.fits", "visibilities: 3"],
  ["galaxies:", "galaxy:"],
  ["shape: [30, 20]", "shape: [30]"],
  ["evidence: pyautolens", "evidence: all"],
  ["intensity: linear", "intensity: linar"],
  ["redshift: 0.5", "redshift: high"],
])("refuses %s as %s", (from, to) => {
  expect(accepts(EXAMPLE)).toBe(true);
  expect(EXAMPLE).toContain(from);
  expect(accepts(EXAMPLE.replace(from, to))).toBe(false);
});
