import { InputError } from "../../errors.ts";
import type { Mapping } from "../mapping.ts";
import { interpolate } from "../mesh/delaunay.ts";
import type { Triangulation } from "../mesh/triangulation.ts";
import { vertexAreas } from "../mesh/vertex-areas.ts";
import type { RegularizedSource } from "./regularization.ts";

/** Half of the side of a square with the area of a vertex: how far the points of its cross are. */
export const ARM = 0.5;

/** The interpolation at the crosses of all vertices, four rows for each: up, down, right, left. */
export function splitCrosses(triangulation: Triangulation): Mapping {
  const { vertices } = triangulation;
  const points = new Float64Array(4 * vertices.length);
  vertexAreas(triangulation).forEach((area, i) => {
    const arm = ARM * Math.sqrt(area);
    const [y, x] = [vertices[2 * i], vertices[2 * i + 1]];
    points.set([y + arm, x, y - arm, x, y, x + arm, y, x - arm], 8 * i);
  });
  return interpolate(triangulation, points);
}

/** @throws InputError `regularization/needs` where the source's mesh has no triangles. */
export function trianglesOf({ triangulation }: RegularizedSource): Triangulation {
  if (triangulation !== null) return triangulation;
  const what = "split regularization of a mesh without triangles";
  throw new InputError("regularization/needs", what, "give a delaunay mesh, or a regularization that is not split");
}
