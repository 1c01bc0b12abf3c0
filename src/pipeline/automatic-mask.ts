import { withoutLensLight } from "./lens-light-on-sight.ts";
import { type Blob, blobsOf, circleThrough, ringRadiusOf, type SeenPixels } from "./ring-on-sight.ts";

/*
 * What an image of a lens says before anything is fitted: where the lens is, how large its ring, and how far out a fit has to
 * look. What stands out of the noise once the light of the lens is taken off is images of the source, or neighbours. Behind an
 * isothermal lens all images lie within two Einstein radii of its centre (opposite ones at radii that add up to two): what
 * lies beyond is no image.
 */

/** An image on square pixels, row 0 at the top, x to the right. */
export interface SeenImage {
  readonly shape: readonly [rows: number, columns: number];
  /** Arcseconds. */
  readonly pixelScale: number;
  /** Of the image's centre from the origin of the coordinates, arcseconds. */
  readonly origin: readonly [y: number, x: number];
  /** (rows, columns) */
  readonly data: Float64Array;
  /** (rows, columns) standard deviations; a pixel of none, or of a very large one, is ignored. */
  readonly noiseMap: Float64Array;
}

/** Arcseconds. */
export interface Circle {
  readonly centre: readonly [y: number, x: number];
  readonly radius: number;
}

/** Lengths in arcseconds. */
export interface LensOnSight {
  /** Of the lens: the peak of its light, or the middle of the ring where no light of it is seen. */
  readonly centre: readonly [y: number, x: number];
  readonly hasLensLight: boolean;
  /** The mean distance of the arcs from the centre, about the Einstein radius; null where none are seen. */
  readonly ringRadius: number | null;
  /** Signal to noise of what is seen but the lens, all pixels together. */
  readonly signal: number;
  /** About the centre: what a fit should look at. */
  readonly maskRadius: number;
  /** Bright objects within it that are no images, to be left out. */
  readonly neighbours: readonly Circle[];
}

export interface OnSightOptions {
  /** What a pixel must reach of the brightest, beside the noise: above the sidelobes of a dirty beam. Default 0. */
  readonly shareOfPeak?: number;
  /** Visibilities of dust and radio show no lens. Default true. */
  readonly lensMayShine?: boolean;
}

/** A smoothed pixel of so many standard deviations is seen; drizzled noise is correlated, and there are 10^4 pixels. */
const SEEN = 5;
/** Without arcs a lens of the sizes that are known fits in this, arcseconds. */
const USUAL_MASK = 3;
/**
 * In radii of the ring: where an image has to begin, how far it can reach, how far a mask reaches at least. What begins near and
 * goes on beyond is in the mask as a whole: cut by its edge, it would be a source that goes on where no data are.
 */
const IMAGE_BEGINS = 1.5;
const IMAGE_ENDS = 2;
const LEAST_MASK = 1.4;
/** Of dark sky about the last image, in radii of the ring: without it a source could spread beyond the data unseen. */
const MARGIN = 0.15;

/** What an image says of its lens on sight. */
export function lensOnSight(
  image: SeenImage,
  { shareOfPeak = 0, lensMayShine = true }: OnSightOptions = {},
): LensOnSight {
  const { signalToNoise, rest, peak } = withoutLensLight(image, lensMayShine);
  const highest = signalToNoise.reduce((most, value) => Math.max(most, value), 0);
  const seen = seenPixels(image, signalToNoise, rest, Math.max(SEEN, shareOfPeak * highest));
  // Without a peak of its own in the middle all light is of the ring, which need not be told from rings of other radii.
  const circle = peak === null ? circleThrough(seen) : null;
  const centre = peak ?? circle?.centre ?? image.origin;
  const room = roomAbout(image, centre);
  const isWithin = circle !== null && circle.radius < room;
  const isBlob = isWithin && !isHollow(seen, circle);
  const found = isWithin ? circle.radius : ringRadiusOf(seen, centre, room, image.pixelScale);
  const ringRadius = isBlob ? null : found;
  const known = {
    centre,
    hasLensLight: peak !== null,
    signal: Math.sqrt(seen.signalToNoise.reduce((sum, ratio) => sum + ratio ** 2, 0)),
  };
  if (ringRadius === null) return { ...known, ringRadius, maskRadius: Math.min(room, USUAL_MASK), neighbours: [] };
  const blobs = blobsOf(seen, centre);
  const isImage = ({ nearest }: Blob) => nearest <= IMAGE_BEGINS * ringRadius;
  const reach = blobs.filter(isImage).reduce((most, { farthest }) => Math.max(most, farthest), 0);
  const wanted = Math.max(LEAST_MASK * ringRadius, Math.min(reach, IMAGE_ENDS * ringRadius) + MARGIN * ringRadius);
  const maskRadius = Math.min(wanted, room);
  const neighbours = blobs.filter((blob) => !isImage(blob) && blob.nearest < maskRadius);
  return {
    ...known,
    ringRadius,
    maskRadius,
    neighbours: neighbours.map(({ circle }) => ({ ...circle, radius: circle.radius + 2 * image.pixelScale })),
  };
}

/**
 * Whether what is seen is brighter on the circle through it than about its centre. A circle goes through the pixels of one image
 * too, or of a source that no lens has pulled apart.
 */
function isHollow(seen: SeenPixels, { centre: [y, x], radius }: Circle): boolean {
  const mean = (from: number, to: number) => {
    let [sum, count] = [0, 0];
    seen.flux.forEach((flux, i) => {
      const r = Math.hypot(seen.y[i] - y, seen.x[i] - x) / radius;
      if (r < from || r > to) return;
      sum += flux;
      count++;
    });
    return count === 0 ? 0 : sum / count;
  };
  return mean(0, 0.5) < mean(0.75, 1.25);
}

/** From a position to the nearest side of the image. */
function roomAbout({ shape, pixelScale, origin }: SeenImage, [y, x]: readonly [number, number]): number {
  const [height, width] = shape.map((n) => (n * pixelScale) / 2);
  return Math.max(Math.min(height - Math.abs(y - origin[0]), width - Math.abs(x - origin[1])), pixelScale);
}

function seenPixels(image: SeenImage, signalToNoise: Float64Array, rest: Float64Array, least: number): SeenPixels {
  const [rows, columns] = image.shape;
  const kept = Int32Array.from(signalToNoise.keys()).filter((pixel) => signalToNoise[pixel] > least);
  return {
    columns,
    pixels: kept,
    pixelScale: image.pixelScale,
    y: Float64Array.from(kept, (p) => image.origin[0] + ((rows - 1) / 2 - Math.floor(p / columns)) * image.pixelScale),
    x: Float64Array.from(kept, (p) => image.origin[1] + ((p % columns) - (columns - 1) / 2) * image.pixelScale),
    signalToNoise: Float64Array.from(kept, (p) => signalToNoise[p]),
    flux: Float64Array.from(kept, (p) => rest[p]),
  };
}
