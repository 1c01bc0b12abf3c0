import { InputError } from "../errors.ts";
import type { PixelGrid } from "../grid.ts";
import type { Pair } from "../profiles/parameter.ts";
import { imageLattice } from "./image-lattice.ts";
import type { LensMapping, LocalMapping } from "./lens-mapping.ts";

/** One image of a point source. */
export interface PointImage {
  /** (y, x) in arcseconds. */
  readonly position: Pair<number>;
  /** Signed: negative where the image is mirrored. */
  readonly magnification: number;
  /** What the arrival time is there: parity +, - and + again. */
  readonly kind: "minimum" | "saddle" | "maximum";
}

type Triangle = readonly [LocalMapping, LocalMapping, LocalMapping];

/**
 * A triangle is quartered this often at most, to 1/16 of a pixel. Across a fold the mapping is then a parabola, and Newton's
 * method from either side finds the image on that side, however close to one another the two are.
 */
const MOST_QUARTERINGS = 4;

/** Newton's method is done when it moves by less, or misses the source by no more than rounding, arcseconds. */
const SMALLEST_STEP = 1e-13;
const ROUNDING = 1e-15;
const MOST_STEPS = 40;

/**
 * Images of one parity at most this far apart are one, arcseconds: two that merge have opposite parities. Magnification
 * amplifies rounding, and so the distance, up to a largest one.
 */
const SAME_IMAGE = { least: 1e-9, perMagnification: 1e-14, largest: 1e-4 };

/** Galaxies make up to seven or so images of a point. */
const MOST_IMAGES = 64;

/** What is fainter is no image but the centre of a singular mass, which formulas hold finite. */
const FAINTEST = 1e-12;

/**
 * Plans the search for images on a grid; what it returns finds those of a source at (y, x), brightest first.
 *
 * Each pixel (smaller cells about centres of mass) is two triangles. One that is mapped onto the source, or near it where
 * a critical curve passes through, is quartered until Newton's method finds the images in it. What lies off the grid is not
 * found. A singular mass has no central image; one fainter than 1e-12 is left out.
 * @throws InputError for a grid of millions of pixels; from the search, for a source that is seen as a ring.
 */
export function imagePositions(mapping: LensMapping, grid: PixelGrid): (source: Pair<number>) => readonly PointImage[] {
  const { shape, vertices, at } = imageLattice(mapping, grid);
  const [rows, columns] = shape;
  const triangles: Triangle[] = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const corner = row * columns + column;
      const [a, b, c, d] = [corner, corner + 1, corner + columns, corner + columns + 1].map((v) => vertices[v]);
      triangles.push([a, b, c], [d, b, c]);
    }
  }
  return (source) => {
    const images: LocalMapping[] = [];
    for (const triangle of triangles) search(at, source, triangle, 0, images);
    return images
      .map(pointImage)
      .filter(({ magnification }) => Math.abs(magnification) > FAINTEST)
      .sort((a, b) => Math.abs(b.magnification) - Math.abs(a.magnification));
  };
}

function pointImage({ image, determinant, jacobian: [yy, , , xx] }: LocalMapping): PointImage {
  const kind = determinant < 0 ? "saddle" : yy + xx > 0 ? "minimum" : "maximum";
  return { position: image, magnification: 1 / determinant, kind };
}

function search(
  at: (image: Pair<number>) => LocalMapping,
  source: Pair<number>,
  triangle: Triangle,
  quarterings: number,
  found: LocalMapping[],
): void {
  const folded = triangle.some(({ determinant }) => determinant < 0 !== triangle[0].determinant < 0);
  const start = startWithin(triangle, source);
  if (folded ? !isNear(triangle, source) : start === undefined) return;
  if (!folded || quarterings === MOST_QUARTERINGS) {
    const starts = folded ? triangle.map(({ image }) => image) : [start as Pair<number>];
    const images = starts.map((from) => newton(at, source, from, reachOf(triangle)));
    for (const image of images) if (image !== undefined) collect(image, source, found);
    if (folded || images[0] !== undefined || quarterings === MOST_QUARTERINGS) return;
  }
  const [a, b, c] = triangle;
  const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)].map(at);
  const quarters: readonly Triangle[] = [
    [a, ab, ca],
    [b, bc, ab],
    [c, ca, bc],
    [ab, bc, ca],
  ];
  for (const quarter of quarters) search(at, source, quarter, quarterings + 1, found);
}

function collect(image: LocalMapping, source: Pair<number>, found: LocalMapping[]): void {
  const { least, perMagnification, largest } = SAME_IMAGE;
  const apart = Math.min(largest, Math.max(least, perMagnification / Math.abs(image.determinant)));
  const parity = image.determinant < 0;
  if (found.some((other) => other.determinant < 0 === parity && distance(image.image, other.image) <= apart)) return;
  if (found.length === MOST_IMAGES) {
    throw new InputError(
      "lens/ring",
      `the source at [${source}] has more than ${MOST_IMAGES} images: it is seen as a ring`,
      "move it off the centre of the caustic",
    );
  }
  found.push(image);
}

/**
 * Where in a triangle the source is by the mapping that is linear in it, drawn into the triangle; undefined where it lies
 * farther outside than the sides of the mapped triangle bend, so that no image is lost between two triangles.
 */
function startWithin(triangle: Triangle, [y, x]: Pair<number>): Pair<number> | undefined {
  const [a, b, c] = triangle;
  const [by, bx, cy, cx] = [
    b.source[0] - a.source[0],
    b.source[1] - a.source[1],
    c.source[0] - a.source[0],
    c.source[1] - a.source[1],
  ];
  const [dy, dx] = [y - a.source[0], x - a.source[1]];
  // Of nearly all triangles the source is far, and sides do not bend by as much as they are long.
  const squaredSides = [(cy - by) ** 2 + (cx - bx) ** 2, cy * cy + cx * cx, by * by + bx * bx];
  if (dy * dy + dx * dx > 4 * Math.max(squaredSides[0], squaredSides[1], squaredSides[2])) return undefined;
  const area = by * cx - bx * cy;
  const [towardB, towardC] = [(dy * cx - dx * cy) / area, (by * dx - bx * dy) / area];
  const shares = [1 - towardB - towardC, towardB, towardC];
  // A share times the height over the side opposite is the distance from that side.
  const sides = squaredSides.map(Math.sqrt);
  const bend = bendOf(triangle);
  if (!shares.every((share, i) => share >= -1e-9 - (bend * sides[i]) / Math.abs(area))) return undefined;
  const inside = shares.map((share) => Math.max(share, 0));
  const sum = inside.reduce((a, b) => a + b);
  return [0, 1].map((axis) =>
    inside.reduce((at, share, i) => at + (share / sum) * triangle[i].image[axis], 0),
  ) as never;
}

/**
 * How far the sides of the mapped triangle are from straight, arcseconds, twice over: a parabola with the slopes J_a and J_b
 * in its ends is |(J_b - J_a)(b - a)| / 8 from its chord.
 */
function bendOf([a, b, c]: Triangle): number {
  return Math.max(
    ...[
      [a, b],
      [b, c],
      [c, a],
    ].map(([from, to]) => {
      const [yy, yx, xy, xx] = from.jacobian.map((slope, i) => to.jacobian[i] - slope);
      const [dy, dx] = [to.image[0] - from.image[0], to.image[1] - from.image[1]];
      return Math.hypot(yy * dy + yx * dx, xy * dy + xx * dx) / 4;
    }),
  );
}

/** Whether the source lies in the box about the mapped triangle, with a margin for its curved sides. */
function isNear(triangle: Triangle, source: Pair<number>): boolean {
  const boxes = [0, 1].map((axis) => {
    const values = triangle.map((vertex) => vertex.source[axis]);
    return [Math.min(...values), Math.max(...values)] as const;
  });
  const margin = Math.max(...boxes.map(([low, high]) => high - low)) / 2;
  return boxes.every(([low, high], axis) => source[axis] >= low - margin && source[axis] <= high + margin);
}

/** Newton's method, kept from leaving the neighbourhood of the triangle in which it began. */
function newton(
  at: (image: Pair<number>) => LocalMapping,
  source: Pair<number>,
  start: Pair<number>,
  reach: number,
): LocalMapping | undefined {
  let here = at(start);
  for (let step = 0; step < MOST_STEPS; step++) {
    const [yy, yx, xy, xx] = here.jacobian;
    const [missY, missX] = [source[0] - here.source[0], source[1] - here.source[1]];
    if (Math.hypot(missY, missX) <= ROUNDING * (1 + Math.hypot(...here.image))) return here;
    const [dy, dx] = [(xx * missY - yx * missX) / here.determinant, (yy * missX - xy * missY) / here.determinant];
    const length = Math.hypot(dy, dx);
    if (!Number.isFinite(length)) return undefined;
    const shorten = Math.min(1, reach / length);
    here = at([here.image[0] + shorten * dy, here.image[1] + shorten * dx]);
    if (length < SMALLEST_STEP) return here;
    if (distance(here.image, start) > 2 * reach) return undefined;
  }
  return undefined;
}

const reachOf = ([a, b, c]: Triangle) =>
  Math.max(distance(a.image, b.image), distance(b.image, c.image), distance(c.image, a.image));

const middle = (a: LocalMapping, b: LocalMapping): Pair<number> => [
  (a.image[0] + b.image[0]) / 2,
  (a.image[1] + b.image[1]) / 2,
];

const distance = (a: Pair<number>, b: Pair<number>) => Math.hypot(a[0] - b[0], a[1] - b[1]);
