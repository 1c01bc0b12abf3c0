import * as z from "zod";
import type { RegularizationScheme } from "../inversion/regularization/regularization.ts";
import { regularizationSchemes } from "../inversion/regularization/schemes.ts";
import { nearMiss } from "../nearest.ts";
import { lightProfiles, massProfiles } from "../profiles/index.ts";
import { type LightAndMass, lightAndMassProfiles } from "../profiles/light-and-mass.ts";
import type { Parameter, ParameterTable } from "../profiles/parameter.ts";
import type { LightProfile, MassProfile } from "../profiles/profile.ts";
import { lightSetSchemas } from "./light-set-schema.ts";
import { entry, parameterSchema } from "./parameter-schema.ts";
import { choose, file, isPlain, named, oneOf, quantity, refuse, refuseNames, shape, strict, tagged } from "./schema.ts";
import type {
  AdaptImageSpec,
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

const regularization: z.ZodType<RegularizationSpec> = tagged<RegularizationSpec>(
  "type",
  Object.fromEntries([...regularizationSchemes.values()].map((scheme) => [scheme.name, schemeSchema(scheme)])),
);

function schemeSchema(scheme: RegularizationScheme): z.ZodType<RegularizationSpec> {
  const fields = Object.values(scheme.parameters).map((parameter) => {
    const isMaximizable = parameter.name === "coefficient" && scheme.grows !== "otherwise";
    return [parameter.name, isMaximizable ? orMaximize(parameter) : entry(parameter)] as const;
  });
  return strict({ type: z.literal(scheme.name), ...Object.fromEntries(fields) }).transform(
    (given: Readonly<Record<string, unknown>>): RegularizationSpec => {
      const entries = Object.entries(scheme.parameters).map(([key, { name }]) => [key, given[name]] as const);
      const values = entries.filter((found): found is readonly [string, ParameterEntry] => found[1] !== MAXIMIZE);
      return { type: scheme.name, values: Object.fromEntries(values), maximize: values.length < entries.length };
    },
  );
}

const MAXIMIZE = "maximize";

function orMaximize(parameter: Parameter): z.ZodType<ParameterEntry | typeof MAXIMIZE> {
  const found = entry({ ...parameter, meaning: `${parameter.meaning}; or maximize, for the one of largest evidence` });
  return choose<ParameterEntry | typeof MAXIMIZE>((value) => (typeof value === "string" ? oneOf([MAXIMIZE]) : found));
}

const adaptImage: z.ZodType<AdaptImageSpec> = choose<AdaptImageSpec>((value) =>
  isPlain(value)
    ? named(file, "give a file, or a map from datasets to files").transform((files) => ({ files }))
    : file.transform((found) => ({ file: found })),
);

const pixelization: z.ZodType<PixelizationSpec> = strict({
  mesh,
  regularization,
  shared: z.boolean({ error: "give true for one source in all datasets, false for one in each" }).default(false),
  adapt_image: adaptImage.optional(),
})
  .transform(({ adapt_image, ...rest }) => ({ ...rest, adaptImage: adapt_image }))
  .superRefine(({ mesh, regularization, adaptImage }, context) => {
    const { needs } = regularizationSchemes.get(regularization.type)!;
    const refuseType = (message: string) =>
      context.addIssue({ code: "custom", path: ["regularization"], input: regularization.type, message });
    if (needs.includes("crosses") && mesh.type === "rectangular_uniform") {
      refuseType("a mesh of equal pixels has no crosses to split: give a delaunay mesh, or constant");
    }
    if (needs.includes("adapt_image") && adaptImage === undefined) {
      refuseType("give adapt_image beside it: a file with what the lensed source is thought to look like");
    }
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
