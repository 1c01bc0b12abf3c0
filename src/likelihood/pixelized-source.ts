import { InputError } from "../errors.ts";
import { circleEdgeSeeds } from "../inversion/mesh/circle-edge-seeds.ts";
import { hilbertSeeds } from "../inversion/mesh/hilbert-seeds.ts";
import { imageMeshOverlay } from "../inversion/mesh/image-mesh-overlay.ts";
import { kMeansSeeds } from "../inversion/mesh/k-means-seeds.ts";
import type { RegularizationScheme } from "../inversion/regularization/regularization.ts";
import { regularizationSchemes } from "../inversion/regularization/schemes.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import { type GalaxyTemplate, instantiate, type Model } from "../model/model.ts";
import { isFor } from "../model/seen-in.ts";
import type { ImageMeshSpec } from "../model/spec.ts";
import type { Dataset } from "./dataset.ts";

/** What the pixelization of a galaxy has from files. */
export interface PixelizationArrays {
  /** By the datasets' names, (M) what the lensed source is thought to look like. */
  readonly adaptImages: Readonly<Record<string, Float64Array>>;
  /** (S, 2) image-plane y and x of vertices, arcseconds, where they are in a file. */
  readonly seeds: Float64Array | null;
}

/** A galaxy with a pixelization, and the datasets that one reconstruction of it is from. */
export interface PixelizedSource {
  /** Its index in the model. */
  readonly galaxy: number;
  /** Their indexes. */
  readonly datasets: readonly number[];
  /** (S, 2) image-plane y and x of the vertices of its mesh, arcseconds; empty where the mesh has none there. */
  readonly seeds: Float64Array;
  /** Of each dataset (M) what the lensed source is thought to look like; empty where none was given. */
  readonly adaptImages: readonly Float64Array[];
}

/**
 * The pixelized sources of a model: one for every galaxy and dataset, or one for all datasets where they share it.
 * Vertices are drawn from the first dataset that sees a source.
 * @param arrays By the galaxies' names.
 * @throws InputError as the drawing of seeds does, and for an adapt image that is missing.
 */
export function pixelizedSources(
  { galaxies }: Model,
  datasets: readonly Dataset[],
  arrays: Readonly<Record<string, PixelizationArrays>> = {},
): readonly PixelizedSource[] {
  return galaxies.flatMap(({ name, pixelization }, galaxy) => {
    if (pixelization === undefined) return [];
    const all = [...datasets.keys()].filter((d) => isFor(pixelization.datasets, datasets[d].name));
    const groups = pixelization.shared && all.length > 0 ? [all] : all.map((d) => [d]);
    const given = arrays[name] ?? { adaptImages: {}, seeds: null };
    return groups.map((group): PixelizedSource => {
      const adaptImages =
        pixelization.adaptImage === undefined ? [] : group.map((d) => adaptImageOf(datasets[d], given, name));
      const first = datasets[group[0]];
      const seeds =
        "imageMesh" in pixelization.mesh
          ? seedsOf(pixelization.mesh.imageMesh, first, adaptImages[0], given.seeds)
          : NONE;
      return { galaxy, datasets: group, seeds, adaptImages };
    });
  });
}

const NONE = new Float64Array(0);

function adaptImageOf({ name }: Dataset, { adaptImages }: PixelizationArrays, galaxy: string): Float64Array {
  const found = adaptImages[name];
  if (found !== undefined) return found;
  const where = `galaxies.${galaxy}.pixelization.adapt_image`;
  throw new InputError("mesh/adapt-image", `there is no adapt image for dataset '${name}'`, "give one for each", where);
}

function seedsOf(
  spec: ImageMeshSpec,
  dataset: Dataset,
  adaptImage: Float64Array,
  given: Float64Array | null,
): Float64Array {
  const grid = dataset.type === "imaging" ? dataset.grid : dataset.compaction.grid;
  const { mask } = dataset;
  const circle = spec.circlePoints === 0 ? NONE : circleEdgeSeeds(grid, mask, spec.circlePoints);
  return Float64Array.of(...drawn(), ...circle);

  function drawn(): Float64Array {
    if (spec.type === "overlay") return imageMeshOverlay(grid, mask, spec.shape);
    if (spec.type === "kmeans") return kMeansSeeds(grid, mask, adaptImage, { ...spec, seeds: spec.pixels });
    if (spec.type === "hilbert") return hilbertSeeds(grid, mask, adaptImage, { ...spec, seeds: spec.pixels });
    if (given !== null) return given;
    throw new InputError("mesh/seeds", "the vertices of an image_mesh of type file were not given", "give their array");
  }
}

/**
 * Refuses a model whose sources cannot be reconstructed.
 * @throws InputError that names the galaxy, where one is to blame; `where` is a path of the spec.
 */
export function requirePixelized(model: Model): void {
  const open = model.galaxies.filter(({ pixelization }) => pixelization?.regularization.maximize);
  if (open.length > 1) {
    const where = `galaxies.${open[1].name}`;
    const remedy = `give a number, here or in '${open[0].name}'`;
    throw new InputError("likelihood/maximize", "a second regularization coefficient to maximize", remedy, where);
  }
  // Planes are the same for all values of the parameters.
  lensPlanes(instantiate(model, new Float64Array(model.parameters.length)).galaxies);
}

/** The scheme of a pixelization's regularization. */
export function schemeOf({ regularization }: Pick<NonNullable<GalaxyTemplate["pixelization"]>, "regularization">) {
  return regularizationSchemes.get(regularization.type) as RegularizationScheme;
}
