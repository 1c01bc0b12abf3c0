import * as z from "zod";
import type { Parameter, Prior } from "../profiles/parameter.ts";
import { valueFromUnit } from "./prior.ts";
import { choose, isPlain, quantity, strict, tagged } from "./schema.ts";
import type { ParameterEntry, ParameterSpec } from "./spec.ts";

/** What a scalar is called in messages, and the values that it may have. */
export interface Scalar {
  readonly unit: Parameter["unit"];
  readonly meaning: string;
  readonly bounds: readonly [lower: number, upper: number];
}

/** A parameter of a profile: a number or a prior, or two of them. */
export function parameterSchema(parameter: Parameter): z.ZodType<ParameterSpec> {
  const value = parameter.whole ? wholeNumber(parameter) : entry(parameter);
  const { components, lengthBelow = Infinity } = parameter;
  if (components === undefined) {
    return parameter.default === undefined ? value : value.default(parameter.default);
  }
  const list = `give [${components.join(", ")}], each ${describe(parameter)}`;
  const pair = z.tuple([value, value], { error: list }).refine(
    ([first, second]) => {
      return typeof first !== "number" || typeof second !== "number" || Math.hypot(first, second) < lengthBelow;
    },
    { error: `give a vector shorter than ${lengthBelow}: ${parameter.meaning}` },
  );
  return parameter.default === undefined ? pair : pair.default([parameter.default, parameter.default]);
}

/** A number, or a prior. */
export function entry(scalar: Scalar): z.ZodType<ParameterEntry> {
  return choose<ParameterEntry>((value) => (isPlain(value) ? priorSchema(scalar) : number(scalar)));
}

/** A whole number within the bounds. */
export function wholeNumber(scalar: Scalar): z.ZodType<number> {
  const remedy = `a whole number${boundsRemedy(scalar.bounds)} (${scalar.meaning})`;
  return quantity(scalar.unit, remedy, (value) => Number.isInteger(value) && isWithin(scalar, value));
}

/** A number within the bounds. */
export function number(scalar: Scalar): z.ZodType<number> {
  return quantity(scalar.unit, describe(scalar), (value) => isWithin(scalar, value));
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

function priorSchema(scalar: Scalar): z.ZodType<Prior> {
  const { unit } = scalar;
  const edge = number(scalar);
  const angle = quantity(
    "none",
    "degrees from 0 to 180",
    (value) => value >= 0 && value <= 180 && isWithin(scalar, value),
  );
  return tagged<Prior>("prior", {
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
    .refine((prior) => Number.isFinite(valueFromUnit(prior, 0.5)), {
      error: `give a mean and sigma that leave something of it${boundsRemedy(scalar.bounds)}`,
    });
}
