import { cavities } from "./cavity.ts";
import { pointLocation } from "./point-location.ts";
import type { VoronoiMesh } from "./voronoi.ts";

/** How a scalar changes with the places that natural-neighbor weights depend on. */
export interface NaturalNeighborSlopes {
  /** (N, 2) by y and x of the positions. */
  readonly positions: Float64Array;
  /** (S, 2) by y and x of the vertices. */
  readonly vertices: Float64Array;
}

/**
 * The adjoint of natural-neighbor interpolation: from how a scalar changes with the weights, how it does with positions and
 * vertices.
 *
 * The part A_u that a position p takes from the cell of u changes as the lines around it move. A line is all x that are
 * as far from one point as from another: where those are a distance h apart, a displacement of the one moves the line at x
 * by the displacement's component along (x - it) / h. So A_u has the slope (1/h) int (x - p) dl along its piece of the
 * bisector of p and u by p, (1/h) int (u - x) dl by u; and along its piece of the bisector of u and v, h = |v - u|,
 * (1/h) int (x - u) dl by u and (1/h) int (v - x) dl by v, A_v the opposite. At a vertex, where slopes jump, and where a
 * position maps to its nearest vertex, they count as zero.
 * @param mesh With the mapping of these positions.
 * @param positions (N, 2) y and x, arcseconds.
 * @param slopes (N, B) of the scalar by the weights of the mapping.
 */
export function naturalNeighborSlopes(
  mesh: VoronoiMesh,
  positions: Float64Array,
  slopes: Float64Array,
): NaturalNeighborSlopes {
  const { vertices } = mesh;
  const width = mesh.mapping.mappingsPerPixel;
  const byPosition = new Float64Array(positions.length);
  const byVertex = new Float64Array(vertices.length);
  const locate = pointLocation(mesh);
  const cavityAt = cavities(mesh);
  for (let m = 0; m < positions.length / 2; m++) {
    const y = positions[2 * m];
    const x = positions[2 * m + 1];
    const { count, ring, areas, sides, side, from, to, perArea, cotangents } = cavityAt(locate(y, x), y, x);
    let total = 0;
    let mean = 0;
    for (let i = 0; i < count; i++) {
      total += areas[i];
      mean += areas[i] * slopes[width * m + i];
    }
    mean /= total;
    if (!(total > 0 && total < Number.POSITIVE_INFINITY)) continue;
    // Areas are eight times themselves.
    const scale = 8 / total;
    for (let j = 0; j < sides; j++) {
      const u = 2 * ring[from[j]];
      const v = 2 * ring[to[j]];
      const byU = scale * (slopes[width * m + (from[j] % count)] - mean);
      const byV = scale * (slopes[width * m + (to[j] % count)] - mean);
      const uy = vertices[u] - y;
      const ux = vertices[u + 1] - x;
      const vy = vertices[v] - y;
      const vx = vertices[v + 1] - x;
      const dy = vertices[v] - vertices[u];
      const dx = vertices[v + 1] - vertices[u + 1];

      // The bisector of u and v, from (u + v) / 2 + near d^perp to (u + v) / 2 + far d^perp; perp is a quarter turn left.
      const near = cotangents[side[j]] / 2;
      const far = (perArea[j] > 0 ? (uy * vy + ux * vx) * perArea[j] : -cotangents[mesh.beyond[side[j]]]) / 2;
      const along = ((byU - byV) * (near - far)) / 2;
      const across = along * (near + far);
      let uSlopeY = along * dy + across * dx;
      let uSlopeX = along * dx - across * dy;
      let vSlopeY = along * dy - across * dx;
      let vSlopeX = along * dx + across * dy;

      // Of an outer side, the bisectors of p and u, p and v: from u / 2 and v / 2 to where they meet.
      const left = ((vy * dy + vx * dx) * perArea[j]) / 2;
      const right = ((uy * dy + ux * dx) * perArea[j]) / 2;
      const ofU = (byU * left) / 2;
      const ofV = (byV * -right) / 2;
      byPosition[2 * m] += ofU * (uy + left * ux) + ofV * (vy + right * vx);
      byPosition[2 * m + 1] += ofU * (ux - left * uy) + ofV * (vx - right * vy);
      uSlopeY += ofU * (uy - left * ux);
      uSlopeX += ofU * (ux + left * uy);
      vSlopeY += ofV * (vy - right * vx);
      vSlopeX += ofV * (vx + right * vy);

      byVertex[u] += uSlopeY;
      byVertex[u + 1] += uSlopeX;
      byVertex[v] += vSlopeY;
      byVertex[v + 1] += vSlopeX;
    }
  }
  return { positions: byPosition, vertices: byVertex };
}
