import type { Circle } from "./automatic-mask.ts";

/** The pixels of an image that stand out, in the order of the image. */
export interface SeenPixels {
  readonly columns: number;
  /** (n) row * columns + column */
  readonly pixels: Int32Array;
  /** Arcseconds, as the positions. */
  readonly pixelScale: number;
  readonly y: Float64Array;
  readonly x: Float64Array;
  /** (n) signal to noise. */
  readonly signalToNoise: Float64Array;
  /** (n) */
  readonly flux: Float64Array;
}

/** Seen pixels that touch, a side or a corner; distances from a lens' centre. */
export interface Blob {
  readonly nearest: number;
  readonly farthest: number;
  /** About it. */
  readonly circle: Circle;
}

/** A blob of fewer is a cosmic ray, or noise. */
const FEWEST = 6;
/** Directions that a ring is looked for in. */
const SECTORS = 36;
/** A radius is compared with the next by this factor, and counts what is within as much of it. */
const STEP = 1.04;
const WITHIN = 0.15;
/** Two images of one place are this near to opposite radii about a trial's, which add up to two of it, and within these of it. */
const PAIRED_WITHIN = 0.05;
const PAIRED_FROM = 0.35;
/** What a direction can add: a ring of many directions outweighs a neighbour in a few, however bright. */
const ENOUGH = 20;
/** Of the found radius: where its images are, those next to the centre and those far out. */
const INNER = 0.5;
const OUTER = 1.4;

/**
 * The mean distance of arcs from a centre, by flux. It is that of images about the radius which is seen in most directions,
 * or about which images lie opposite each other: those of one place behind an isothermal sphere are at radii that add up to
 * two Einstein radii. Arcs far out on one side and counter-images near the centre on the other average to one.
 * @param room The largest radius to look at.
 * @returns null where nothing is seen.
 */
export function ringRadiusOf(
  seen: SeenPixels,
  [y, x]: readonly [number, number],
  room: number,
  pixelScale: number,
): number | null {
  const radius = seen.y.map((at, i) => Math.hypot(at - y, seen.x[i] - x));
  const sector = seen.y.map((at, i) => sectorOf(at - y, seen.x[i] - x));
  const limited = seen.signalToNoise.map((ratio) => Math.min(ratio, ENOUGH));
  const opposite = oppositePairs(radius, sector, limited, pixelScale);
  let best = { radius: 0, score: 0 };
  for (let trial = 3 * pixelScale; trial < room; trial *= STEP) {
    const strongest = new Float64Array(SECTORS);
    radius.forEach((r, i) => {
      if (Math.abs(r / trial - 1) <= WITHIN) strongest[sector[i]] = Math.max(strongest[sector[i]], limited[i]);
    });
    const support = strongest.reduce((sum, value) => sum + value, 0) + opposite(trial);
    // Unrelated objects within the share of a radius grow in number with its area, arcs do not.
    const score = support / trial;
    if (score > best.score) best = { radius: trial, score };
  }
  if (best.score === 0) return null;
  let [sum, weights] = [0, 0];
  radius.forEach((r, i) => {
    if (r < INNER * best.radius || r > OUTER * best.radius) return;
    // Pixels of a circle grow in number with its radius, and would draw the mean outwards.
    const weight = seen.flux[i] / r;
    sum += weight * r;
    weights += weight;
  });
  return sum / weights;
}

/** How much is seen about a radius in opposite directions: over all of these the sum of the weaker of the strongest two. */
function oppositePairs(
  radius: Float64Array,
  sector: Float64Array,
  strength: Float64Array,
  pixelScale: number,
): (trial: number) => number {
  const bins = Math.round(radius.reduce((most, r) => Math.max(most, r), 0) / pixelScale) + 1;
  const strongest = Array.from({ length: SECTORS }, () => new Float64Array(bins));
  radius.forEach((r, i) => {
    const [from, bin] = [strongest[sector[i]], Math.round(r / pixelScale)];
    from[bin] = Math.max(from[bin], strength[i]);
  });
  return (trial) => {
    const [middle, off] = [(2 * trial) / pixelScale, (2 * PAIRED_WITHIN * trial) / pixelScale];
    const nearest = Math.ceil((PAIRED_FROM * trial) / pixelScale);
    let sum = 0;
    strongest.slice(SECTORS / 2).forEach((one, s) => {
      const other = strongest[s];
      let weaker = 0;
      for (let b = nearest; b <= Math.min(middle - nearest, bins - 1); b++) {
        if (one[b] <= weaker) continue;
        const last = Math.min(middle - b + off, middle - nearest, bins - 1);
        for (let c = Math.max(nearest, Math.ceil(middle - b - off)); c <= last; c++) {
          weaker = Math.max(weaker, Math.min(one[b], other[c]));
        }
      }
      sum += weaker;
    });
    return sum;
  };
}

function sectorOf(y: number, x: number): number {
  return Math.min(Math.floor((Math.atan2(y, x) / (2 * Math.PI) + 0.5) * SECTORS), SECTORS - 1);
}

/**
 * The circle of least squares through positions, (y^2 + x^2) = 2 b y + 2 a x + c, which is linear in a, b and c.
 * @returns null for fewer than three positions, and for those on a line.
 */
export function circleThrough({ y, x, flux: weight }: SeenPixels): Circle | null {
  const total = weight.reduce((sum, w) => sum + w, 0);
  const mean = (f: (i: number) => number) => weight.reduce((sum, w, i) => sum + w * f(i), 0) / total;
  const [y0, x0] = [mean((i) => y[i]), mean((i) => x[i])];
  const [v, u] = [y.map((at) => at - y0), x.map((at) => at - x0)];
  const [vv, uu, uv] = [mean((i) => v[i] ** 2), mean((i) => u[i] ** 2), mean((i) => u[i] * v[i])];
  const square = (i: number) => u[i] ** 2 + v[i] ** 2;
  const [byV, byU] = [mean((i) => v[i] * square(i)) / 2, mean((i) => u[i] * square(i)) / 2];
  const determinant = vv * uu - uv * uv;
  if (!(determinant > 1e-6 * (vv + uu) ** 2)) return null;
  const [dy, dx] = [(byV * uu - byU * uv) / determinant, (byU * vv - byV * uv) / determinant];
  return { centre: [y0 + dy, x0 + dx], radius: Math.sqrt(dy * dy + dx * dx + vv + uu) };
}

/** What touches, nearest to the centre first. */
export function blobsOf(seen: SeenPixels, [y, x]: readonly [number, number]): readonly Blob[] {
  const place = new Map(Array.from(seen.pixels, (pixel, i) => [pixel, i]));
  const isTaken = new Uint8Array(seen.pixels.length);
  const blobs: Blob[] = [];
  for (const first of seen.pixels.keys()) {
    if (isTaken[first] === 1) continue;
    const members = [first];
    isTaken[first] = 1;
    for (let next = 0; next < members.length; next++) {
      for (const other of around(seen, members[next])) {
        const i = place.get(other);
        if (i === undefined || isTaken[i] === 1) continue;
        isTaken[i] = 1;
        members.push(i);
      }
    }
    if (members.length < FEWEST) continue;
    const distances = members.map((i) => Math.hypot(seen.y[i] - y, seen.x[i] - x));
    const middle = (values: Float64Array) => members.reduce((sum, i) => sum + values[i], 0) / members.length;
    const centre = [middle(seen.y), middle(seen.x)] as const;
    const radius = members.reduce((r, i) => Math.max(r, Math.hypot(seen.y[i] - centre[0], seen.x[i] - centre[1])), 0);
    const [nearest, farthest] = [
      distances.reduce((a, b) => Math.min(a, b)),
      distances.reduce((a, b) => Math.max(a, b)),
    ];
    blobs.push({ nearest, farthest, circle: { centre, radius } });
  }
  return blobs.sort((a, b) => a.nearest - b.nearest);
}

/** The eight pixels about one; beyond the sides of the image none of them is seen. */
function around({ pixels, columns }: SeenPixels, i: number): number[] {
  const column = pixels[i] % columns;
  return [-1, 0, 1].flatMap((dx) =>
    column + dx < 0 || column + dx >= columns ? [] : [-1, 0, 1].map((dy) => pixels[i] + dy * columns + dx),
  );
}
