import * as z from "zod";
import type { RegularizationScheme } from "../inversion/regularization/regularization.ts";
import { regularizationSchemes } from "../inversion/regularization/schemes.ts";
import { nearMiss } from "../nearest.ts";
import { lightProfiles, massProfiles } from "../profiles/index.ts";
import { type LightAndMass, lightAndMassProfiles } from "../profiles/light-and-mass.ts";
import type { ParameterTable } from "../profiles/parameter.ts";
import type { LightProfile, MassProfile } from "../profiles/profile.ts";
import { lightSetSchemas } from "./light-set-schema.ts";
import { entry, parameterSchema } from "./parameter-schema.ts";
import { choose, isPlain, oneOf, quantity, refuse, refuseNames, shape, strict, tagged } from "./schema.ts";
import type {
  DelaunayMeshSpec,
  GalaxySpec,
  MeshSpec,
  ParameterEntry,
  ParameterSpec,
  PixelizationSpec,
  ProfileSpec,
  RegularizationSpec,
} from "./spec.ts";

/** More source pixels than a dense curvature matrix of 800 MB has rows. */
const MOST_SOURCE_PIXELS = 10_000;

const imageMesh: z.ZodType<DelaunayMeshSpec["imageMesh"]> = tagged<DelaunayMeshSpec["imageMesh"]>("type", {
  overlay: strict({ type: z.literal("overlay"), shape: shape(2, MOST_SOURCE_PIXELS) }),
});

const mesh: z.ZodType<MeshSpec> = tagged<MeshSpec>("type", {
  rectangular_uniform: strict({
    type: z.literal("rectangular_uniform"),
    shape: shape(2, MOST_SOURCE_PIXELS),
    edges: oneOf(["clamp", "extrapolate"]).default("clamp"),
  }),
  delaunay: strict({ type: z.literal("delaunay"), image_mesh: imageMesh }).transform(({ type, image_mesh }) => {
    return { type, imageMesh: image_mesh };
  }),
});

const regularization: z.ZodType<RegularizationSpec> = tagged<RegularizationSpec>("type", {
  ...Object.fromEntries([...regularizationSchemes.values()].map((scheme) => [scheme.name, schemeSchema(scheme)])),
  constant_split: refuse("a mesh of equal pixels has no crosses to split: give constant"),
  adaptive_brightness: refuse("an adapt image is not there yet in a spec: give constant"),
  adaptive_brightness_split: refuse("an adapt image is not there yet in a spec: give constant"),
});

function schemeSchema(scheme: RegularizationScheme): z.ZodType<RegularizationSpec> {
  const { coefficient, ...others } = scheme.parameters;
  const meaning = `${coefficient.meaning}; or maximize, for the one of largest evidence`;
  const found = entry({ ...coefficient, meaning });
  const strength = choose<RegularizationSpec["coefficient"]>((value) =>
    typeof value === "string" ? oneOf(["maximize"]) : found,
  );
  return strict({
    type: z.literal(scheme.name),
    coefficient: scheme.grows === "otherwise" ? entry(coefficient) : strength,
    ...Object.fromEntries(Object.values(others).map((parameter) => [parameter.name, entry(parameter)])),
  }).transform((given: Readonly<Record<string, unknown>>): RegularizationSpec => {
    const entries = Object.entries(others).map(([key, { name }]) => [key, given[name] as ParameterEntry]);
    return {
      type: scheme.name,
      coefficient: given.coefficient as RegularizationSpec["coefficient"],
      others: Object.fromEntries(entries),
    };
  });
}

const pixelization: z.ZodType<PixelizationSpec> = strict({
  mesh,
  regularization,
  shared: z.boolean({ error: "give true for one source in all datasets, false for one in each" }).default(false),
});

function profileSchema(profile: MassProfile | LightProfile | LightAndMass): z.ZodType<ProfileSpec> {
  const table: ParameterTable = profile.parameters;
  const fields = Object.values(table).map((parameter) => {
    const schema = parameterSchema(parameter);
    if (parameter.name !== "intensity" || profile.kind === "mass") return [parameter.name, schema] as const;
    return [parameter.name, profile.kind === "light" ? orLinear(schema) : notLinear(schema)] as const;
  });
  return strict({ profile: z.literal(profile.name), ...Object.fromEntries(fields) }).transform(
    (given: Readonly<Record<string, unknown>>): ProfileSpec => ({
      kind: profile.kind,
      profile: profile.name,
      parameters: Object.fromEntries(
        Object.entries(table).map(([key, { name }]) => [key, given[name] as ParameterSpec]),
      ),
    }),
  );
}

/** An intensity may be left to the linear inversion. */
function orLinear(schema: z.ZodType<ParameterSpec>): z.ZodType<ParameterSpec> {
  return choose<ParameterSpec>((value) => (typeof value === "string" ? oneOf(["linear"]) : schema));
}

/** The inversion is of light alone: were it to solve for this intensity, the mass would be unknown. */
function notLinear(schema: z.ZodType<ParameterSpec>): z.ZodType<ParameterSpec> {
  const remedy = "give a number or a prior, since the mass follows the intensity, or take light and mass apart";
  return choose<ParameterSpec>((value) => (value === "linear" ? refuse(remedy) : schema));
}

const EVERY_PROFILE = [...massProfiles.values(), ...lightProfiles.values(), ...lightAndMassProfiles.values()];

const profile: z.ZodType<ProfileSpec> = tagged<ProfileSpec>("profile", {
  ...Object.fromEntries(EVERY_PROFILE.map((known) => [known.name, profileSchema(known)])),
  ...lightSetSchemas,
});

const own = {
  redshift: quantity("none", "a redshift of zero or more", (value) => value >= 0),
  pixelization: pixelization.optional(),
};

/** One entry of `galaxies`: any key besides its own is a profile. */
export const galaxy: z.ZodType<GalaxySpec> = choose<GalaxySpec>((value) => {
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
});

/** Whether an entry is meant as a profile and not as a mistyped `redshift` or `pixelization`. */
function isProfile(key: string, value: unknown): boolean {
  if (!isPlain(value)) return false;
  return Object.hasOwn(value, "profile") || nearMiss(key, Object.keys(own)) === undefined;
}
