import * as z from "zod";
import { nearMiss } from "../nearest.ts";
import { lightProfiles, massProfiles } from "../profiles/index.ts";
import { type LightAndMass, lightAndMassProfiles } from "../profiles/light-and-mass.ts";
import type { ParameterTable } from "../profiles/parameter.ts";
import type { LightProfile, MassProfile } from "../profiles/profile.ts";
import { inForm, type Json } from "./json-form.ts";
import { lightSetSchemas } from "./light-set-schema.ts";
import { orDefaultPriors, parameterSchema, priors } from "./parameter-schema.ts";
import { pixelization } from "./pixelization-schema.ts";
import {
  choose,
  datasetNames,
  isPlain,
  oneOf,
  PARSING,
  quantity,
  refuse,
  refuseNames,
  strict,
  tagged,
} from "./schema.ts";
import type { GalaxySpec, ParameterSpec, ProfileSpec } from "./spec.ts";

/** With `priors: default`, parameters that are not given are free, and have their default priors. */
function profileSchema(profile: MassProfile | LightProfile | LightAndMass): z.ZodType<ProfileSpec> {
  return orDefaultPriors((missing) => {
    const table: ParameterTable = profile.parameters;
    const fields = Object.values(table).map((parameter) => {
      const schema = parameterSchema(parameter, missing);
      if (parameter.name !== "intensity" || profile.kind === "mass") return [parameter.name, schema] as const;
      return [parameter.name, profile.kind === "light" ? orLinear(schema) : notLinear(schema)] as const;
    });
    return strict({ profile: z.literal(profile.name), priors, ...Object.fromEntries(fields) }).transform(
      (given: Readonly<Record<string, unknown>>): ProfileSpec => ({
        kind: profile.kind,
        profile: profile.name,
        parameters: Object.fromEntries(
          Object.entries(table).map(([key, { name }]) => [key, given[name] as ParameterSpec]),
        ),
      }),
    );
  });
}

/** An intensity may be left to the linear inversion. */
function orLinear(schema: z.ZodType<ParameterSpec>): z.ZodType<ParameterSpec> {
  const linear = oneOf(["linear"]);
  return choose<ParameterSpec>((value) => (typeof value === "string" ? linear : schema), [linear, schema]);
}

/** The inversion is of light alone: were it to solve for this intensity, the mass would be unknown. */
function notLinear(schema: z.ZodType<ParameterSpec>): z.ZodType<ParameterSpec> {
  const remedy = "give a number or a prior, since the mass follows the intensity, or take light and mass apart";
  return choose<ParameterSpec>((value) => (value === "linear" ? refuse(remedy) : schema), [schema]);
}

const EVERY_PROFILE = [...massProfiles.values(), ...lightProfiles.values(), ...lightAndMassProfiles.values()];

const anyProfile: z.ZodType<ProfileSpec> = tagged<ProfileSpec>("profile", {
  ...Object.fromEntries(EVERY_PROFILE.map((known) => [known.name, profileSchema(known)])),
  ...lightSetSchemas,
});

/** A profile; light may be for some datasets alone, which JSON Schema is told of all. */
const anyProfileForSome: z.ZodType<ProfileSpec> = z.unknown().transform((value, context): ProfileSpec => {
  const { datasets, ...rest } = isPlain(value) ? value : {};
  const found = anyProfile.safeParse(datasets === undefined ? value : rest, PARSING);
  const names = datasetNames.optional().safeParse(datasets, PARSING);
  if (!found.success || !names.success) {
    for (const issue of found.error?.issues ?? []) context.issues.push({ ...issue, input: issue.input } as never);
    for (const issue of names.error?.issues ?? []) {
      context.issues.push({ ...issue, input: issue.input, path: ["datasets", ...issue.path] } as never);
    }
    return z.NEVER;
  }
  if (names.data === undefined) return found.data;
  if (found.data.kind !== "light") {
    const message = "remove it: mass deflects the light of every dataset";
    context.addIssue({ code: "custom", path: ["datasets"], input: datasets, message });
  }
  return { ...found.data, datasets: names.data };
});

const profile = inForm(anyProfileForSome, (convert) => {
  const withDatasets = (one: Json): Json => ({
    ...one,
    properties: { ...(one.properties as Json), datasets: convert(datasetNames) },
  });
  return { anyOf: (convert(anyProfile).anyOf as readonly Json[]).map(withDatasets) };
});

const own = {
  redshift: quantity("none", "a redshift of zero or more", (value) => value >= 0),
  pixelization: pixelization.optional(),
};

/** One entry of `galaxies`: any key besides its own is a profile. */
export const galaxy: z.ZodType<GalaxySpec> = choose<GalaxySpec>(
  (value) => {
    const others = isPlain(value) ? Object.keys(value).filter((key) => !Object.hasOwn(own, key)) : [];
    const meant = others.filter((key) => isPlain(value) && isProfile(key, value[key]));
    const refused = refuseNames(meant);
    if (refused !== undefined) return refused;
    const profiles = Object.fromEntries(meant.map((key) => [key, profile]));
    return strict({ ...own, ...profiles }, [...Object.keys(own), ...meant]).transform(
      ({ redshift, pixelization, ...given }): GalaxySpec => ({
        redshift,
        pixelization,
        profiles: given as Readonly<Record<string, ProfileSpec>>,
      }),
    );
  },
  (convert) => ({ ...convert(strict(own)), additionalProperties: convert(profile) }),
);

/** Whether an entry is meant as a profile and not as a mistyped `redshift` or `pixelization`. */
function isProfile(key: string, value: unknown): boolean {
  if (!isPlain(value)) return false;
  return Object.hasOwn(value, "profile") || nearMiss(key, Object.keys(own)) === undefined;
}
