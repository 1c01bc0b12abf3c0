import * as z from "zod";
import type { Parameter, Prior } from "../profiles/parameter.ts";
import { type Json, jsonSchemaOf } from "./json-form.ts";
import { logDensity, valueFromUnit } from "./prior.ts";
import { choose, isPlain, oneOf, quantity, strict, tagged } from "./schema.ts";
import type { ParameterEntry, ParameterSpec } from "./spec.ts";

/** What a scalar is called in messages, and the values that it may have. */
export interface Scalar {
  readonly unit: Parameter["unit"];
  readonly meaning: string;
  readonly bounds: readonly [lower: number, upper: number];
}

/** What stands where a file leaves a parameter out: its default value where it has one, or its default prior. */
export type Missing = "default value" | "default prior";

/** A parameter of a profile: a number, a prior or a tie, or two of them; of a vector one such map stands for both. */
export function parameterSchema(parameter: Parameter, missing: Missing = "default value"): z.ZodType<ParameterSpec> {
  const value = parameter.whole ? wholeNumber(parameter) : entry(parameter);
  const { components, lengthBelow = Infinity } = parameter;
  const absent = missing === "default prior" && !parameter.whole ? parameter.defaultPrior : parameter.default;
  if (components === undefined) return absent === undefined ? value : value.default(absent);
  const list = `give [${components.join(", ")}], each ${describe(parameter)}`;
  const pair = z.tuple([value, value], { error: list }).refine(
    ([first, second]) => {
      return typeof first !== "number" || typeof second !== "number" || Math.hypot(first, second) < lengthBelow;
    },
    { error: `give a vector shorter than ${lengthBelow}: ${parameter.meaning}` },
  );
  const both = value.transform((one): ParameterSpec => {
    if (typeof one === "number" || !("tied" in one)) return [one, one];
    return [{ tied: `${one.tied}.0` }, { tied: `${one.tied}.1` }];
  });
  const either = choose<ParameterSpec>(
    (given) => {
      // An expression is of scalars; what is the same as another vector is so component by component.
      return isPlain(given) && !Object.hasOwn(given, "tied") ? both : pair;
    },
    (convert) => ({ anyOf: [convert(pair), FREE] }),
  );
  return absent === undefined ? either : either.default([absent, absent]);
}

/** The entry of a profile that says what stands where a parameter is left out. */
export const priors = oneOf(["default"]).optional();

/** What has such an entry, and is read by it. */
export function orDefaultPriors<T>(schema: (missing: Missing) => z.ZodType<T>): z.ZodType<T> {
  const [byValue, byPrior] = [schema("default value"), schema("default prior")];
  return choose<T>(
    (value) => (isPlain(value) && value.priors === "default" ? byPrior : byValue),
    (convert) => ({
      ...convert(byPrior),
      // With their keys, since some readers of JSON Schema pass over a bare `required`.
      anyOf: [["priors"], convert(byValue).required as string[]].map((required) => {
        return { type: "object", properties: Object.fromEntries(required.map((key) => [key, {}])), required };
      }),
    }),
  );
}

/** A number, a prior, or what it is tied to. */
export function entry(scalar: Scalar & Pick<Parameter, "defaultPrior">): z.ZodType<ParameterEntry> {
  return choose<ParameterEntry>(
    (value) => {
      if (!isPlain(value)) return number(scalar);
      if (Object.hasOwn(value, "tied")) return tied;
      if (Object.hasOwn(value, "same_as")) return sameAs;
      return priorSchema(scalar);
    },
    (convert) => ({ anyOf: [convert(number(scalar)), FREE] }),
  );
}

/** In JSON Schema what is no number is the same for all parameters, and told once. */
const FREE: Json = { $ref: "#/definitions/free" };

/** What `FREE` refers to. */
export function definitions(): Json {
  const any = { unit: "arcsec", meaning: "of the parameter", bounds: [-Infinity, Infinity] } as const;
  const prior = priorSchema({ ...any, defaultPrior: { prior: "uniform", lower: 0, upper: 1 } });
  return { free: { anyOf: [...(jsonSchemaOf(prior).anyOf as Json[]), jsonSchemaOf(tied), jsonSchemaOf(sameAs)] } };
}

const tied: z.ZodType<ParameterEntry> = strict({
  tied: z.string({ error: "give an expression as 2 * galaxies.lens.mass.einstein_radius" }),
});

const PATH = /^[A-Za-z_][\w.-]*(\[\d\])?$/;

const sameAs: z.ZodType<ParameterEntry> = strict({
  same_as: z.string({ error: "give the path of a parameter" }).regex(PATH, {
    error: "give the path of a parameter, as galaxies.lens.bulge.centre; for expressions there is tied",
  }),
}).transform(({ same_as }) => ({ tied: same_as }));

/** A whole number within the bounds. */
export function wholeNumber(scalar: Scalar): z.ZodType<number> {
  const remedy = `a whole number${boundsRemedy(scalar.bounds)} (${scalar.meaning})`;
  return quantity(scalar.unit, remedy, (value) => Number.isInteger(value) && isWithin(scalar, value));
}

/** A number within the bounds. */
export function number(scalar: Scalar): z.ZodType<number> {
  return quantity(scalar.unit, describe(scalar), (value) => isWithin(scalar, value), limits(scalar));
}

function limits({ bounds: [lower, upper] }: Scalar): Json {
  const above = lower === Number.MIN_VALUE ? { exclusiveMinimum: 0 } : { minimum: lower };
  return { ...(lower > -Infinity && above), ...(upper < Infinity && { maximum: upper }) };
}

/** Completes "give ...". */
function describe({ meaning, bounds, unit }: Scalar): string {
  return `a number${boundsRemedy(bounds)}${unit === "arcsec" ? " arcsec" : ""} (${meaning})`;
}

function boundsRemedy([lower, upper]: readonly [number, number]): string {
  if (lower === -Infinity && upper === Infinity) return "";
  if (lower === Number.MIN_VALUE && upper === Infinity) return " above zero";
  if (upper === Infinity) return ` of at least ${lower}`;
  return ` from ${lower} to ${upper}`;
}

function isWithin({ bounds: [lower, upper] }: Scalar, value: number): boolean {
  return value >= lower && value <= upper;
}

function priorSchema(scalar: Scalar & Pick<Parameter, "defaultPrior">): z.ZodType<Prior> {
  const { unit } = scalar;
  const edge = number(scalar);
  const angle = quantity(
    "none",
    "degrees from 0 to 180",
    (value) => value >= 0 && value <= 180 && isWithin(scalar, value),
  );
  return tagged<Prior>("prior", {
    default: strict({ prior: z.literal("default") }).transform(() => scalar.defaultPrior),
    uniform: strict({ prior: z.literal("uniform"), lower: edge, upper: edge }).refine(isOrdered, ORDERED),
    log_uniform: strict({
      prior: z.literal("log_uniform"),
      lower: quantity(unit, "a lower edge above zero", (value) => value > 0 && isWithin(scalar, value)),
      upper: edge,
    }).refine(isOrdered, ORDERED),
    gaussian: bell(scalar, "gaussian", edge, quantity(unit, "a positive sigma", isAboveZero)),
    log_gaussian: bell(
      scalar,
      "log_gaussian",
      quantity("none", `the mean of the natural logarithm${unit === "arcsec" ? " of arcsec" : ""}`),
      quantity("none", "a positive sigma of the natural logarithm", isAboveZero),
    ),
    sine: strict({ prior: z.literal("sine"), lower: angle, upper: angle }).refine(isOrdered, ORDERED),
  });
}

const ORDERED = { error: "give an upper larger than lower" };

function isOrdered({ lower = -Infinity, upper = Infinity }: { readonly lower?: number; readonly upper?: number }) {
  return lower < upper;
}

function isAboveZero(value: number): boolean {
  return value > 0;
}

/** A normal prior, which ends where the parameter does, or before. */
function bell(
  scalar: Scalar,
  name: "gaussian" | "log_gaussian",
  mean: z.ZodType<number>,
  sigma: z.ZodType<number>,
): z.ZodType<Prior> {
  const edge = number(scalar).optional();
  return strict({ prior: z.literal(name), mean, sigma, lower: edge, upper: edge })
    .transform(({ prior, mean, sigma, lower = scalar.bounds[0], upper = scalar.bounds[1] }): Prior => {
      return { prior, mean, sigma, ...(lower > -Infinity && { lower }), ...(upper < Infinity && { upper }) };
    })
    .refine(isOrdered, ORDERED)
    .refine((prior) => Number.isFinite(logDensity(prior, valueFromUnit(prior, 0.5))), {
      error: `give a mean and sigma that leave something of it${boundsRemedy(scalar.bounds)}`,
    });
}
