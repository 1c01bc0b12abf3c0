import * as z from "zod";
import type { RegularizationScheme } from "../inversion/regularization/regularization.ts";
import { regularizationSchemes } from "../inversion/regularization/schemes.ts";
import type { Parameter } from "../profiles/parameter.ts";
import { entry } from "./parameter-schema.ts";
import { choose, datasetNames, file, isPlain, named, oneOf, quantity, shape, strict, tagged } from "./schema.ts";
import type {
  AdaptImageSpec,
  ImageMeshSpec,
  MeshSpec,
  ParameterEntry,
  PixelizationSpec,
  RegularizationSpec,
  VertexMeshSpec,
} from "./spec.ts";

/** More source pixels than a dense curvature matrix of 800 MB has rows. */
const MOST_SOURCE_PIXELS = 10_000;

const wholeNumber = (least: number, meaning: string) => {
  return quantity("none", meaning, (value) => Number.isInteger(value) && value >= least && value <= MOST_SOURCE_PIXELS);
};

/** How seeds and pixels follow the brightness of the adapt image. */
const weights = {
  weight_power: quantity("none", "the power of the brightness, zero or more", (value) => value >= 0).default(1),
  weight_floor: quantity("none", "the least weight, from 0 to 1", (value) => value >= 0 && value <= 1).default(0.01),
};

const weightMap = ({
  weight_power,
  weight_floor,
}: {
  readonly weight_power: number;
  readonly weight_floor: number;
}) => {
  return { weightPower: weight_power, weightFloor: weight_floor };
};

const circle = { circle_points: wholeNumber(0, "how many vertices on a circle about the mask").default(0) };
const pixels = wholeNumber(3, "how many vertices, from 3");

const imageMesh: z.ZodType<ImageMeshSpec> = tagged<ImageMeshSpec>("type", {
  overlay: strict({ type: z.literal("overlay"), shape: shape(2, MOST_SOURCE_PIXELS), ...circle }).transform(
    ({ circle_points, ...rest }) => ({ ...rest, circlePoints: circle_points }),
  ),
  kmeans: strict({
    type: z.literal("kmeans"),
    pixels,
    seed: wholeNumber(0, "a whole number that begins the random draws").default(1),
    ...weights,
    ...circle,
  }).transform(({ type, pixels, seed, circle_points, ...rest }) => {
    return { type, pixels, seed, ...weightMap(rest), circlePoints: circle_points };
  }),
  hilbert: strict({ type: z.literal("hilbert"), pixels, ...weights, ...circle }).transform(
    ({ type, pixels, circle_points, ...rest }) => ({ type, pixels, ...weightMap(rest), circlePoints: circle_points }),
  ),
  file: strict({ type: z.literal("file"), path: file, ...circle }).transform(({ circle_points, ...rest }) => {
    return { ...rest, circlePoints: circle_points };
  }),
});

const rectangular = { shape: shape(2, MOST_SOURCE_PIXELS), edges: oneOf(["clamp", "extrapolate"]).default("clamp") };

function vertexMesh<Type extends VertexMeshSpec["type"]>(type: Type): z.ZodType<VertexMeshSpec> {
  return strict({ type: z.literal(type), image_mesh: imageMesh }).transform(({ image_mesh }) => {
    return { type, imageMesh: image_mesh };
  });
}

const mesh: z.ZodType<MeshSpec> = tagged<MeshSpec>("type", {
  rectangular_uniform: strict({ type: z.literal("rectangular_uniform"), ...rectangular }),
  rectangular_adapt_density: strict({ type: z.literal("rectangular_adapt_density"), ...rectangular }).transform(
    (given) => ({ ...given, weights: { weightPower: 0, weightFloor: 0 } }),
  ),
  rectangular_adapt_image: strict({
    type: z.literal("rectangular_adapt_image"),
    ...rectangular,
    ...weights,
  }).transform(({ type, shape, edges, ...rest }) => ({ type, shape, edges, weights: weightMap(rest) })),
  delaunay: vertexMesh("delaunay"),
  voronoi_natural_neighbor: vertexMesh("voronoi_natural_neighbor"),
  voronoi_nearest: vertexMesh("voronoi_nearest"),
});

const MAXIMIZE = "maximize";

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

function orMaximize(parameter: Parameter): z.ZodType<ParameterEntry | typeof MAXIMIZE> {
  const found = entry({ ...parameter, meaning: `${parameter.meaning}; or maximize, for the one of largest evidence` });
  const maximize = oneOf([MAXIMIZE]);
  return choose<ParameterEntry | typeof MAXIMIZE>(
    (value) => (typeof value === "string" ? maximize : found),
    [maximize, found],
  );
}

const perDataset = named(file, "give a file, or a map from datasets to files");

const adaptImage: z.ZodType<AdaptImageSpec> = choose<AdaptImageSpec>(
  (value) =>
    isPlain(value) ? perDataset.transform((files) => ({ files })) : file.transform((found) => ({ file: found })),
  [file, perDataset],
);

/** One entry of a galaxy: a source left to a mesh. */
export const pixelization: z.ZodType<PixelizationSpec> = strict({
  datasets: datasetNames.optional(),
  mesh,
  regularization,
  shared: z.boolean({ error: "give true for one source in all datasets, false for one in each" }).default(false),
  border: oneOf(["relocate", "keep"]).optional(),
  edge_pixels: oneOf(["free", "zero"]).default("free"),
  adapt_image: adaptImage.optional(),
})
  .transform(({ adapt_image, edge_pixels, border, datasets, ...rest }) => ({
    ...rest,
    datasets,
    // A mesh of equal pixels covers all rays; others would leave those far out to their nearest vertex.
    border: border ?? (rest.mesh.type === "rectangular_uniform" ? ("keep" as const) : ("relocate" as const)),
    edgePixels: edge_pixels,
    adaptImage: adapt_image,
  }))
  .superRefine(({ mesh, regularization, adaptImage }, context) => {
    const { needs } = regularizationSchemes.get(regularization.type)!;
    const refuseType = (path: "mesh" | "regularization", input: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], input, message });
    if (needs.includes("crosses") && !("imageMesh" in mesh)) {
      const remedy =
        "a rectangular mesh has no crosses to split: give a mesh of vertices such as delaunay, or constant";
      refuseType("regularization", regularization.type, remedy);
    }
    if (adaptImage !== undefined) return;
    const remedy = "give adapt_image beside it: a file with what the lensed source is thought to look like";
    if (needs.includes("adapt_image")) refuseType("regularization", regularization.type, remedy);
    if (followsBrightness(mesh)) refuseType("mesh", mesh.type, remedy);
  });

function followsBrightness(mesh: MeshSpec): boolean {
  if ("imageMesh" in mesh) return mesh.imageMesh.type === "kmeans" || mesh.imageMesh.type === "hilbert";
  return mesh.type === "rectangular_adapt_image";
}
