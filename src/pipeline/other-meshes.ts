import type { OpenFile } from "../dataset/array-file.ts";
import { InputError } from "../errors.ts";
import { type PlanSpecOptions, planSpec } from "../likelihood/from-spec.ts";
import { DEFAULT_SEARCH } from "../model/search-schema.ts";
import type { MeshSpec, Spec } from "../model/spec.ts";

/*
 * The log evidence of a pixelized source depends a little on where its pixels happen to be. Models whose log evidences differ
 * by no more than that cannot be told apart.
 */

/** A mesh as good as another: of other seeds where those are drawn, of a pixel more or fewer a side where they are not. */
function otherMesh(mesh: MeshSpec, k: number): MeshSpec {
  const beside = (pixels: number) => Math.max(pixels + (k % 2 === 1 ? (k + 1) / 2 : -k / 2), 2);
  if ("shape" in mesh) return { ...mesh, shape: [beside(mesh.shape[0]), beside(mesh.shape[1])] };
  const { imageMesh } = mesh;
  if (imageMesh.type === "kmeans") return { ...mesh, imageMesh: { ...imageMesh, seed: imageMesh.seed + k } };
  if (imageMesh.type === "hilbert") return { ...mesh, imageMesh: { ...imageMesh, pixels: imageMesh.pixels + k } };
  if (imageMesh.type === "file") return mesh;
  return { ...mesh, imageMesh: { ...imageMesh, shape: [beside(imageMesh.shape[0]), beside(imageMesh.shape[1])] } };
}

/** Whether there are other meshes than the one: a pixelized source, and not on vertices that are given. */
function hasOtherMeshes({ galaxies }: Spec): boolean {
  return Object.values(galaxies).some(({ pixelization }) => {
    return pixelization !== undefined && otherMesh(pixelization.mesh, 1) !== pixelization.mesh;
  });
}

/** Refuses a search on several meshes where there is one, or none. @throws InputError `fit/meshes` */
export function requireMeshes(spec: Spec, where: string): void {
  const { meshes } = spec.search ?? DEFAULT_SEARCH;
  if (meshes === 1 || hasOtherMeshes(spec)) return;
  const what = `search.meshes is ${meshes}, and no source is on a mesh of which there are others`;
  throw new InputError("fit/meshes", what, "leave it out, or pixelize a source on a mesh that Arclet lays", where);
}

/** The spec on the `k`th other mesh; the 0th is its own. */
export function onOtherMesh(spec: Spec, k: number): Spec {
  const galaxies = Object.entries(spec.galaxies).map(([name, { pixelization, ...rest }]) => {
    const other = pixelization && { ...pixelization, mesh: otherMesh(pixelization.mesh, k) };
    return [name, { ...rest, pixelization: other }] as const;
  });
  return { ...spec, galaxies: Object.fromEntries(galaxies) };
}

/**
 * The log evidence of one model on its own mesh and on others.
 * @param vector Of its free parameters.
 * @param count Of the others.
 * @returns (1 + count); NaN where an evaluation fails. Empty for a model without a pixelized source, or one whose vertices are
 * given.
 */
export async function evidencesOnMeshes(
  spec: Spec,
  vector: Float64Array,
  count: number,
  options: Pick<PlanSpecOptions, "backend" | "tuning"> & { readonly open: OpenFile },
): Promise<Float64Array> {
  const evidences: number[] = [];
  for (let k = 0; hasOtherMeshes(spec) && k <= count; k++) {
    const { likelihood } = await planSpec(onOtherMesh(spec, k), { ...options, once: true });
    const [{ logEvidence }] = await likelihood.evaluate(vector);
    evidences.push(logEvidence ?? Number.NaN);
  }
  return Float64Array.from(evidences);
}
