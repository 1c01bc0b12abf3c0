import * as z from "zod";
import { nearMiss } from "../nearest.ts";
import type { Unit } from "../profiles/parameter.ts";
import { FILE_REFERENCE_FORMS, type FileReference, parseFileReference } from "./file-reference.ts";
import { anyOf, type Form, inForm, type Json } from "./json-form.ts";
import { LENGTH_UNITS, lengthInArcseconds } from "./units.ts";

/*
 * The vocabulary that the schema of a spec is written in.
 *
 * The message of an issue is the remedy alone ("give ..."): what is wrong, where, and the value are put in front of it
 * by `schema-issue.ts`. For unknown keys the message is the list of the known ones.
 */

/** Values go into messages; code is not generated, which a page's content security policy may forbid. */
export const PARSING = { reportInput: true, jitless: true } as const;

export type Plain = Readonly<Record<string, unknown>>;

export function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A map with these keys and no others. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape, known: readonly string[] = Object.keys(shape)) {
  const remedy = (issue: { readonly code?: string | undefined }) =>
    issue.code === "unrecognized_keys" ? known.join(" ") : `give a map of ${known.join(", ")}`;
  return z.strictObject(shape, { error: remedy });
}

/**
 * Looks at the value before it picks a schema, so that a message speaks of one alternative and not of all.
 * @param form The alternatives, for JSON Schema, or what it is told instead.
 */
export function choose<T>(pick: (value: unknown) => z.ZodType<T>, form: readonly z.ZodType[] | Form) {
  const schema = z.unknown().transform((value, context): T => {
    const result = pick(value).safeParse(value, PARSING);
    if (result.success) return result.data;
    for (const issue of result.error.issues) context.issues.push({ ...issue, input: issue.input } as never);
    return z.NEVER;
  });
  return inForm(schema, typeof form === "function" ? form : anyOf(form));
}

/** Always refuses, with this remedy. */
export function refuse(remedy: string): z.ZodType<never> {
  return z.never({ error: remedy });
}

/** One of a few words. */
export function oneOf<const Words extends readonly (string | number)[]>(words: Words): z.ZodType<Words[number]> {
  return z.literal(words as readonly (string | number)[], {
    error: (issue) => {
      const near = typeof issue.input === "string" ? nearMiss(issue.input, words.map(String)) : undefined;
      return `${near === undefined ? "" : `did you mean '${near}'? `}give ${words.length > 1 ? "one of " : ""}${words.join(", ")}`;
    },
  }) as z.ZodType<Words[number]>;
}

/** A map whose `key` names which of the schemas it follows. */
export function tagged<T>(key: string, schemas: Readonly<Record<string, z.ZodType<T>>>) {
  const names = Object.keys(schemas);
  return choose<T>((value) => {
    if (!isPlain(value)) return refuse(`give a map with ${key}: ${names.join(" | ")}`);
    const name = value[key];
    const mistyped = Object.keys(value).find((other) => nearMiss(other, [key]) !== undefined);
    if (name === undefined && mistyped !== undefined) return only(value, [key], mistyped);
    if (typeof name === "string" && Object.hasOwn(schemas, name)) return schemas[name];
    return z.looseObject({ [key]: oneOf(names) }) as unknown as z.ZodType<T>;
  }, Object.values(schemas));
}

/** Refuses one key of a map, as unknown beside these known ones. */
function only(value: Plain, known: readonly string[], unknown: string): z.ZodType<never> {
  const others = Object.keys(value).filter((key) => key !== unknown);
  return strict(Object.fromEntries(others.map((key) => [key, z.unknown()])), known) as unknown as z.ZodType<never>;
}

/** What a person may call a dataset, a galaxy or a profile: dots are left for paths. */
const NAME = /^\w[\w-]*$/;

/** Refuses the first key that is no name; undefined where there is none. */
export function refuseNames(names: readonly string[]): z.ZodType<never> | undefined {
  const key = names.find((name) => !NAME.test(name));
  if (key === undefined) return undefined;
  return z.unknown().transform((input, context) => {
    const message = "name it with letters, digits, _ and - only";
    context.issues.push({ code: "invalid_key", origin: "map", issues: [], path: [key], input, message });
    return z.NEVER;
  });
}

/** A map from names that a person chose. */
export function named<T>(item: z.ZodType<T>, remedy: string): z.ZodType<Readonly<Record<string, T>>> {
  return choose<Readonly<Record<string, T>>>(
    (value) => {
      if (!isPlain(value) || Object.keys(value).length === 0) return refuse(remedy);
      return (
        refuseNames(Object.keys(value)) ??
        (z.object({}).catchall(item) as unknown as z.ZodType<Readonly<Record<string, T>>>)
      );
    },
    (convert) => ({ type: "object", additionalProperties: convert(item), minProperties: 1 }),
  );
}

const LENGTH_PATTERN = `^[-+.eE0-9]+ *(${LENGTH_UNITS.join("|")})$`;

/** How a number of this unit is to be written. */
function writtenIn(unit: Unit): string {
  return unit === "arcsec" ? `, in arcsec or as text with one of the units ${LENGTH_UNITS.join(", ")}` : "";
}

/**
 * A finite number, or a length as text with its unit.
 * @param remedy Completes "give ...".
 * @param limits For JSON Schema: `minimum` and the like.
 */
export function quantity(
  unit: Unit,
  remedy: string,
  allowed: (value: number) => boolean = () => true,
  limits: Json = {},
) {
  const schema = z.unknown().transform((value, context): number => {
    const number = typeof value === "string" && unit === "arcsec" ? lengthInArcseconds(value) : value;
    const isNumber = typeof number === "number" && Number.isFinite(number);
    if (isNumber && allowed(number)) return number;
    context.issues.push({ code: "custom", input: value, message: `give ${remedy}${isNumber ? "" : writtenIn(unit)}` });
    return z.NEVER;
  });
  const [plain, text] = [
    { type: "number", ...limits },
    { type: "string", pattern: LENGTH_PATTERN },
  ];
  const form = unit === "arcsec" ? { anyOf: [plain, text] } : plain;
  return inForm(schema, { description: remedy, ...form });
}

export function positive(unit: Unit, remedy: string) {
  return quantity(unit, remedy, (value) => value > 0);
}

/** Two lengths, y and x. */
export function position(remedy: string) {
  const coordinate = quantity("arcsec", remedy);
  return z.tuple([coordinate, coordinate], { error: `give ${remedy} as [y, x]${writtenIn("arcsec")}` });
}

/** Rows and columns of something with at most `most` entries. */
export function shape(smallest: number, most: number) {
  const remedy = `give [rows, columns], integers from ${smallest}, at most ${most} together`;
  const side = z.int({ error: remedy }).min(smallest, { error: remedy });
  return z
    .tuple([side, side], { error: remedy })
    .refine(([rows, columns]) => rows * columns <= most, { error: remedy });
}

const fileReference = z.unknown().transform((value, context): FileReference => {
  const reference = typeof value === "string" ? parseFileReference(value) : undefined;
  if (reference !== undefined) return reference;
  context.issues.push({ code: "custom", input: value, message: `give ${FILE_REFERENCE_FORMS}` });
  return z.NEVER;
});

/** A file and which part of it. */
export const file = inForm(fileReference, { type: "string", description: FILE_REFERENCE_FORMS });

/** The datasets that something is for. */
export const datasetNames: z.ZodType<readonly string[]> = z
  .array(z.string({ error: "give the name of a dataset" }), { error: "give a list of datasets' names" })
  .min(1, { error: "give a list of datasets' names" });
