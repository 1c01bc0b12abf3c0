import type { Triangulation } from "./triangulation.ts";

/** Says that vertices of a mesh stand at the place of others, if any do; otherwise null. */
export function duplicatesMessage({
  duplicates,
  vertices,
}: Pick<Triangulation, "duplicates" | "vertices">): string | null {
  if (duplicates.length === 0) return null;
  const [y, x] = vertices.subarray(2 * duplicates[0], 2 * duplicates[0] + 2);
  const place = `vertex ${duplicates[0]}, at (${y}, ${x})`;
  const [count, verb] = duplicates.length === 1 ? ["1 vertex", "stands"] : [`${duplicates.length} vertices`, "stand"];
  return `${count} of ${vertices.length / 2} of the mesh ${verb} where another does (${place}); nothing maps to them`;
}
