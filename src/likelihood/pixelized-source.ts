import { InputError } from "../errors.ts";
import { imageMeshOverlay } from "../inversion/mesh/image-mesh-overlay.ts";
import type { RegularizationScheme } from "../inversion/regularization/regularization.ts";
import { regularizationSchemes } from "../inversion/regularization/schemes.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import { type GalaxyTemplate, instantiate, type Model } from "../model/model.ts";
import type { Dataset } from "./dataset.ts";

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
 * @throws InputError as `imageMeshOverlay` does.
 */
export function pixelizedSources({ galaxies }: Model, datasets: readonly Dataset[]): readonly PixelizedSource[] {
  return galaxies.flatMap(({ pixelization }, galaxy) => {
    if (pixelization === undefined) return [];
    const all = datasets.map((_, d) => d);
    const groups = pixelization.shared ? [all] : all.map((d) => [d]);
    return groups.map((group): PixelizedSource => {
      return { galaxy, datasets: group, seeds: seedsOf(pixelization, datasets[group[0]]), adaptImages: [] };
    });
  });
}

/** Drawn from the first dataset that sees the source. */
function seedsOf({ mesh }: NonNullable<GalaxyTemplate["pixelization"]>, dataset: Dataset): Float64Array {
  if (mesh.type === "rectangular_uniform") return new Float64Array(0);
  const grid = dataset.type === "imaging" ? dataset.grid : dataset.compaction.grid;
  return imageMeshOverlay(grid, dataset.mask, mesh.imageMesh.shape);
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
