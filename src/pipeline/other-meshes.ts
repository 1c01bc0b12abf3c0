import type { OpenFile } from "../dataset/array-file.ts";
import { type PlanSpecOptions, planSpec } from "../likelihood/from-spec.ts";
import type { MeshSpec, Spec } from "../model/spec.ts";

/*
 * The log evidence of a pixelized source depends a little on where its pixels happen to be. Models whose log evidences differ
 * by no more than that cannot be told apart.
 */

/** A mesh as good as another: of other seeds where those are drawn, of a few pixels more where they are not. */
function otherMesh(mesh: MeshSpec, k: number): MeshSpec {
  if ("shape" in mesh) return { ...mesh, shape: [mesh.shape[0] + k, mesh.shape[1] + k] };
  const { imageMesh } = mesh;
  if (imageMesh.type === "kmeans") return { ...mesh, imageMesh: { ...imageMesh, seed: imageMesh.seed + k } };
  if (imageMesh.type === "hilbert") return { ...mesh, imageMesh: { ...imageMesh, pixels: imageMesh.pixels + k } };
  if (imageMesh.type === "file") return mesh;
  return { ...mesh, imageMesh: { ...imageMesh, shape: [imageMesh.shape[0] + k, imageMesh.shape[1] + k] } };
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
  const isDrawn = Object.values(spec.galaxies).some(({ pixelization }) => {
    return pixelization !== undefined && otherMesh(pixelization.mesh, 1) !== pixelization.mesh;
  });
  const evidences: number[] = [];
  for (let k = 0; isDrawn && k <= count; k++) {
    const galaxies = Object.entries(spec.galaxies).map(([name, { pixelization, ...rest }]) => {
      const other = pixelization && { ...pixelization, mesh: otherMesh(pixelization.mesh, k) };
      return [name, { ...rest, pixelization: other }] as const;
    });
    const { likelihood } = await planSpec(
      { ...spec, galaxies: Object.fromEntries(galaxies) },
      { ...options, once: true },
    );
    const [{ logEvidence }] = await likelihood.evaluate(vector);
    evidences.push(logEvidence ?? Number.NaN);
  }
  return Float64Array.from(evidences);
}
