import type { PixelGrid } from "../grid.ts";
import type { Pair } from "../profiles/parameter.ts";
import { bracketedRoot } from "./bracketed-root.ts";
import { contourLines } from "./contour-lines.ts";
import { imageLattice } from "./image-lattice.ts";
import type { LensMapping, LocalMapping } from "./lens-mapping.ts";

/** A line of infinite magnification on the image, and what it is mapped onto. */
export interface CriticalCurve {
  /**
   * How images are stretched there: about the mass or toward it. Behind several planes a curve can be part this, part
   * that, and is called after the larger part.
   */
  readonly kind: "tangential" | "radial";
  /** (n, 2) y and x on the image, arcseconds; the first is not repeated at the end. */
  readonly points: Float64Array;
  /** (n, 2) where they are mapped to: the caustic. */
  readonly caustic: Float64Array;
  /** Whether the curve returns to where it began; else it runs off the grid. */
  readonly closed: boolean;
  /** Enclosed by the curve, arcsec^2; NaN where it is not closed. */
  readonly area: number;
  /** Enclosed by the caustic, arcsec^2, where it does not cross itself; NaN where it is not closed. */
  readonly causticArea: number;
}

/** Positions are roots to this, arcseconds. */
const TOLERANCE = 1e-12;

/**
 * Segments are halved until the curve departs from them by less than this times their length: the area of a circle is then
 * right to 1e-8, since each segment counts as an arc of a parabola.
 */
const FLATTEST = 0.01;
const MOST_HALVINGS = 8;

/**
 * Critical curves and caustics on a grid, tangential ones first, the largest of each kind first: marching squares on the
 * corners of its pixels (and closer to centres of mass), then roots along the sides of cells and across segments.
 *
 * A curve that lies within one pixel, and about no centre of a nearest mass, is not seen. Singular isothermal masses have
 * no radial critical curve: their radial stretch does not vanish anywhere.
 * @throws InputError for a grid of millions of pixels.
 */
export function criticalCurves(mapping: LensMapping, grid: PixelGrid): readonly CriticalCurve[] {
  const { shape, vertices, at } = imageLattice(mapping, grid);
  const isTurned = vertices.some(({ jacobian: [, yx, xy] }) => Math.abs(yx - xy) > SMALLEST_TURN);
  const factors = isTurned ? [({ determinant }: LocalMapping) => determinant] : [tangentialStretch, radialStretch];
  const curves = factors.flatMap((factor) => {
    const field = Float64Array.from(vertices, factor);
    const factorAt = (image: Pair<number>) => factor(at(image));
    const crossing = (from: number, to: number) =>
      rootBetween(factorAt, vertices[from].image, vertices[to].image, [field[from], field[to]]);
    return contourLines(shape, field, crossing)
      .filter(({ points }) => points.length > 2)
      .map(({ points, closed }) => curve(refined(points, closed, factorAt).map(at), closed));
  });
  const ofKind = (kind: CriticalCurve["kind"]) =>
    curves.filter((found) => found.kind === kind).sort((a, b) => (b.area || 0) - (a.area || 0));
  return [...ofKind("tangential"), ...ofKind("radial")];
}

/*
 * The determinant is the product of the factors by which the mapping shrinks an image: 1 - kappa - gamma about the mass
 * and 1 - kappa + gamma toward it. Each on its own is told from the other even where both vanish in one cell. Behind
 * several planes the Jacobian has an antisymmetric part too, and no such factors.
 */

/** |d source_y / d image_x - d source_x / d image_y| that is more than rounding. */
const SMALLEST_TURN = 1e-9;

const halfTrace = ({ jacobian: [yy, , , xx] }: LocalMapping) => (yy + xx) / 2;
const shear = ({ jacobian: [yy, yx, xy, xx] }: LocalMapping) => Math.hypot((xx - yy) / 2, (yx + xy) / 2);
const tangentialStretch = (local: LocalMapping) => halfTrace(local) - shear(local);
const radialStretch = (local: LocalMapping) => halfTrace(local) + shear(local);

function curve(along: readonly LocalMapping[], closed: boolean): CriticalCurve {
  const points = along.map(({ image }) => image);
  const caustic = along.map(({ source }) => source);
  // Where 1 - kappa is gamma or -gamma.
  const tangential = along.filter((local) => halfTrace(local) >= 0).length;
  return {
    kind: 2 * tangential >= along.length ? "tangential" : "radial",
    points: Float64Array.from(points.flat()),
    caustic: Float64Array.from(caustic.flat()),
    closed,
    area: closed ? enclosedArea(points) : Number.NaN,
    causticArea: closed ? enclosedArea(caustic) : Number.NaN,
  };
}

function rootBetween(
  of: (image: Pair<number>) => number,
  from: Pair<number>,
  to: Pair<number>,
  values: readonly [number, number],
): Pair<number> | undefined {
  const length = distance(from, to);
  const root = bracketedRoot((t) => of(between(from, to, t)), [0, 1], values, TOLERANCE / length);
  return root === undefined ? undefined : between(from, to, root);
}

/** The corners of a line with one more of its points between any two of them: n corners and n (or n - 1) midpoints. */
function refined(corners: readonly Pair<number>[], closed: boolean, of: (image: Pair<number>) => number) {
  const halved = (from: Pair<number>, to: Pair<number>, halvings: number): Pair<number>[] => {
    const middle = between(from, to, 0.5);
    const across: Pair<number> = [(to[1] - from[1]) / 4, (from[0] - to[0]) / 4];
    const [left, right] = [-1, 1].map(
      (side): Pair<number> => [middle[0] + side * across[0], middle[1] + side * across[1]],
    );
    const point = rootBetween(of, left, right, [of(left), of(right)]) ?? middle;
    const flat = distance(point, middle) < FLATTEST * distance(from, to);
    if (flat || halvings === MOST_HALVINGS) return [from, point];
    return [...halved(from, point, halvings + 1), ...halved(point, to, halvings + 1)];
  };
  const segments = corners.slice(closed ? 0 : 1).map((to, i) => [corners.at(i - 1 + (closed ? 0 : 1))!, to] as const);
  const points = segments.flatMap(([from, to]) => halved(from, to, 0));
  return closed ? points : [...points, corners.at(-1)!];
}

/**
 * Within a closed line of corners and midpoints in turn: its corners' polygon, and between any two of them the segment of
 * a parabola, 4/3 of the triangle with the midpoint (Archimedes). Right to the fourth order of the spacing, for caustics
 * too, whose cusps are smooth in the parameter along the critical curve.
 */
function enclosedArea(points: readonly Pair<number>[]): number {
  let twice = 0;
  for (let i = 0; i < points.length; i += 2) {
    const [from, middle, to] = [points[i], points[i + 1], points[(i + 2) % points.length]];
    twice += cross(from, to) + (4 / 3) * (cross(from, middle) + cross(middle, to) + cross(to, from));
  }
  return Math.abs(twice) / 2;
}

const cross = (a: Pair<number>, b: Pair<number>) => a[1] * b[0] - a[0] * b[1];

const distance = (a: Pair<number>, b: Pair<number>) => Math.hypot(a[0] - b[0], a[1] - b[1]);

const between = (from: Pair<number>, to: Pair<number>, t: number): Pair<number> => [
  from[0] + t * (to[0] - from[0]),
  from[1] + t * (to[1] - from[1]),
];
