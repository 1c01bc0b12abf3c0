import { cotangents, FLAT } from "./cotangents.ts";
import type { Place } from "./point-location.ts";
import { nextSide, type Triangulation } from "./triangulation.ts";

/*
 * Inserting a position p into a Delaunay triangulation removes the triangles whose circumcircles contain it, its cavity,
 * and joins p to the vertices around. Its Voronoi cell takes from each of them a part of theirs, of area
 *
 *   8 A_u = sum over the cavity's sides at u of  cot (|v|^2 - |u|^2),  cot of the opposite angle,
 *         + sum over the two sides around it of  |v|^2 (|u|^2 - u.v) / (u x v),
 *
 * for sides from u to v, positions relative to p. For the part is bounded by pieces of the perpendicular bisectors of p
 * and u, and of u and its neighbors; seen from p, a piece of the bisector of u and v that ends at circumcentres on either
 * side, (u + v) / 2 + (v - u)^perp cot / 2, spans (cot + cot') (|v|^2 - |u|^2) / 8, and one of p and u likewise. The
 * circumcentres themselves, which are far away for flat triangles, cancel. Cotangents of the triangulation are made once;
 * those at p share the division by u x v with the test whether p is in the circle beyond a side: the two angles opposite
 * that side add up to more than a straight one, u.v + (u x v) cot < 0.
 */

/** What a position takes from the Voronoi cells of the vertices around it. */
export interface Cavity {
  /**
   * How many vertices there are around the position; 0 where it has no cell of its own: outside the hull, at a vertex, or
   * beside vertices so close to each other that rounding has left nothing of the cell.
   */
  count: number;
  /** Those vertices, counterclockwise, and the first again. */
  readonly ring: Int32Array;
  /** Eight times the area taken from the cell of each, in any order of magnitude; rounding may make some negative. */
  readonly areas: Float64Array;
  /** How many sides the triangles of the cavity have, each counted once; 0 on the hull. */
  sides: number;
  /** The sides as those of the triangulation; of inner ones, that of the triangle that was reached first. */
  readonly side: Int32Array;
  /** The places in the ring where they begin and end. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** One over twice the area of the triangle of an outer side and the position; 0 for inner ones. */
  readonly perArea: Float64Array;
  /** (3 T) the cotangent of the angle opposite each side of the triangulation. */
  readonly cotangents: Float64Array;
}

/** The share of a triangle's extent from a corner within which a position is at that corner: some roundings. */
const COINCIDENT = 1e-14;

/**
 * Finds the cavities of positions, one after another.
 * @returns The cavity of a position from its place: a record that the next call overwrites.
 */
export function cavities(triangulation: Triangulation): (place: Place, y: number, x: number) => Cavity {
  const { vertices, triangles, beyond } = triangulation;
  const cot = cotangents(triangulation);
  const most = triangles.length;
  const ring = new Int32Array(most + 1);
  const areas = new Float64Array(most + 1);
  const side = new Int32Array(most);
  const from = new Int32Array(most);
  const to = new Int32Array(most);
  const perArea = new Float64Array(most);
  const cavity: Cavity = { count: 0, ring, areas, sides: 0, side, from, to, perArea, cotangents: cot };
  const given = new Float64Array(most);
  // Sides to cross, and, as complements, inner sides whose end has been reached.
  const stack = new Int32Array(2 * most + 3);

  return ({ inside, corner, areas: coordinates }, y, x) => {
    cavity.count = 0;
    cavity.sides = 0;
    if (!inside || isAtCorner(coordinates)) return cavity;
    let last = 0;
    let sides = 0;
    let depth = 3;
    stack[0] = corner + 2;
    stack[1] = corner + 1;
    stack[2] = corner;
    ring[0] = triangles[corner];
    areas[0] = 0;
    while (depth > 0) {
      const e = stack[--depth];
      if (e < 0) {
        to[~e] = last;
        areas[last] -= given[~e];
        continue;
      }
      // Beside vertices so close that rounding has made circles overlap, the way around p may have no end.
      if (sides === most) return cavity;
      const end = triangles[nextSide(e)];
      const u = 2 * ring[last];
      const v = 2 * end;
      const uy = vertices[u] - y;
      const ux = vertices[u + 1] - x;
      const vy = vertices[v] - y;
      const vx = vertices[v + 1] - x;
      // From the vertices, so that two that are close to each other, and far from p, keep the direction between them.
      const dy = vertices[v] - vertices[u];
      const dx = vertices[v + 1] - vertices[u + 1];
      const cross = ux * dy - uy * dx;
      const dot = uy * vy + ux * vx;
      // |u|^2 - u.v and |v|^2 - u.v; their difference is |v|^2 - |u|^2.
      const atU = -(uy * dy + ux * dx);
      const atV = vy * dy + vx * dx;
      const across = beyond[e];
      side[sides] = e;
      from[sides] = last;
      if (across >= 0 && (cross <= 0 || dot + cot[across] * cross < 0)) {
        const taken = (cot[e] + cot[across]) * (atV - atU);
        areas[last] += taken;
        given[sides] = taken;
        perArea[sides] = 0;
        const next = nextSide(across);
        stack[depth++] = ~sides;
        stack[depth++] = nextSide(next);
        stack[depth++] = next;
      } else {
        if (across < 0 && cross <= FLAT * (atU + atV)) {
          // On the hull, or beyond by rounding: the cell goes to infinity, where all of it is that of the two ends.
          ring[0] = ring[last];
          ring[1] = end;
          areas[0] = atV;
          areas[1] = atU;
          cavity.count = 2;
          return cavity;
        }
        const inverse = 1 / cross;
        const taken = cot[e] * (atV - atU);
        areas[last] += taken + (vy * vy + vx * vx) * atU * inverse;
        ring[++last] = end;
        areas[last] = (uy * uy + ux * ux) * atV * inverse - taken;
        to[sides] = last;
        perArea[sides] = inverse;
      }
      sides++;
    }
    areas[0] += areas[last];
    cavity.sides = sides;
    cavity.count = last;
    return cavity;
  };
}

/** @param areas Barycentric coordinates, but for their scale. */
function isAtCorner(areas: Float64Array): boolean {
  const largest = Math.max(areas[0], areas[1], areas[2]);
  return !(areas[0] + areas[1] + areas[2] - largest > COINCIDENT * largest);
}
