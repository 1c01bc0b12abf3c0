import { type LensMapping, localMapping } from "../lens/lens-mapping.ts";

/*
 * What a person would look at before believing a fit. A model of high evidence can still be none of a lens: the source a copy of
 * the arcs that nothing magnifies, which pixelized sources can always be (Maresca, Dye & Li 2021, MNRAS 503, 2229, sort such
 * fits out); arcs outside of a mass too small; a source that spreads out of the mask.
 */

/** The best fit as one dataset sees it; M unmasked pixels. */
export interface FitOnSight {
  /** (M, 2) y and x, arcseconds. */
  readonly positions: Float64Array;
  /** Arcseconds. */
  readonly pixelScale: number;
  /** (M) light of the source, lensed, before the instrument. */
  readonly lensed: Float64Array;
  /** (M) (data - model) / noise; null for visibilities. */
  readonly residuals: Float64Array | null;
  /** From the image to the source's plane. */
  readonly mapping: LensMapping;
  /** Of the mass, arcseconds. */
  readonly einsteinRadius: number;
  /** (y, x), arcseconds. */
  readonly massCentre: readonly [number, number];
  /** null where no light of the lens is fitted. */
  readonly lightCentre: readonly [number, number] | null;
  /** Of every free parameter of a mass where it is in its prior, from 0 to 1. */
  readonly quantiles: Readonly<Record<string, number>>;
}

export interface PlausibilityCheck {
  readonly name: string;
  readonly value: number;
  /** What it may mean, in words, where it is not what lenses have; null where it is. */
  readonly warning: string | null;
}

/** Brighter than this share of the source's brightest lensed pixel is arcs. */
const ARCS = 0.2;
/** 1 / magnification of the source. Real lenses have 0.05 to 0.3, a copy of the arcs 0.5 to 1. */
const LEAST_MAGNIFIED = 0.5;
/** The mean radius of arcs in Einstein radii: images on opposite sides average to one. */
const ARCS_BETWEEN = [0.65, 1.5] as const;
/** Of the mask's radius. */
const LARGEST_RING = 0.9;
/** chi^2 a pixel in the arcs over that elsewhere. */
const MORE_IN_ARCS = 2;
/** In Einstein radii: early-type lenses have light and mass within a few hundredths. */
const OFF_CENTRE = 0.1;
/** The source's light next to the mask's edge, of its brightest. */
const AT_EDGE = 0.2;
/** Of its prior, on either side: three standard deviations of a normal one, and the wall of one that has walls. */
const PRIOR_ENDS = 0.001;

/** All that can be said of a best fit, whether or not it speaks against it. */
export function plausibility(fit: FitOnSight): readonly PlausibilityCheck[] {
  const { positions, lensed, massCentre, einsteinRadius, lightCentre } = fit;
  const peak = lensed.reduce((most, light) => Math.max(most, light), 0);
  if (!(peak > 0)) {
    const warning = "the source is dark: nothing is lensed";
    return [{ name: "lensed_light", value: 0, warning }];
  }
  const arcs = Int32Array.from(lensed.keys()).filter((m) => lensed[m] > ARCS * peak);
  const radius = (m: number) => Math.hypot(positions[2 * m] - massCentre[0], positions[2 * m + 1] - massCentre[1]);
  const meanOver = (f: (m: number) => number) => {
    const total = arcs.reduce((sum, m) => sum + lensed[m], 0);
    return arcs.reduce((sum, m) => sum + lensed[m] * f(m), 0) / total;
  };
  const reach = lensed.reduce((most, _, m) => Math.max(most, radius(m)), 0);
  const images = imagesOf(fit, arcs);
  // The mean over the arcs' light of each image's own, and as many images as there are add up.
  const inverse = meanOver(inverseMagnification(fit)) / Math.max(images.value, 1);
  const checks: PlausibilityCheck[] = [
    images,
    check("inverse_magnification", inverse, (value) =>
      value > LEAST_MAGNIFIED ? `the arcs are ${figure(1 / value)} times the source: it may be a copy of them` : null,
    ),
    check("arc_radius", meanOver(radius) / einsteinRadius, (value) =>
      value < ARCS_BETWEEN[0] || value > ARCS_BETWEEN[1]
        ? `the arcs lie at ${figure(value)} Einstein radii from the mass: it may be of another size`
        : null,
    ),
    check("einstein_radius_in_mask", einsteinRadius / reach, (value) =>
      value > LARGEST_RING ? `the Einstein radius is ${figure(value)} of the mask's: its images may lie outside` : null,
    ),
    edgeOf(fit, peak),
  ];
  if (fit.residuals !== null) checks.push(residualsOf(fit.residuals, arcs));
  if (lightCentre !== null) {
    const off = Math.hypot(lightCentre[0] - massCentre[0], lightCentre[1] - massCentre[1]);
    checks.push(
      check("mass_off_light", off / einsteinRadius, (value) =>
        value > OFF_CENTRE ? `the mass is ${figure(off)}" off the lens' light, ${figure(value)} Einstein radii` : null,
      ),
    );
  }
  if (Object.keys(fit.quantiles).length > 0) checks.push(priorsOf(fit.quantiles));
  return checks;
}

/** The mass parameter that is furthest out. */
function priorsOf(quantiles: FitOnSight["quantiles"]): PlausibilityCheck {
  const fromEnd = Object.entries(quantiles).map(([path, u]) => [path, Math.min(u, 1 - u)] as const);
  const [path, least] = fromEnd.reduce((a, b) => (b[1] < a[1] ? b : a));
  return check("mass_within_priors", least, (value) =>
    value < PRIOR_ENDS ? `${path} is at the end of its prior: the best fit may lie beyond, or it is none` : null,
  );
}

function check(name: string, value: number, warn: (value: number) => string | null): PlausibilityCheck {
  return { name, value, warning: warn(value) };
}

function figure(value: number): string {
  return String(Number(value.toPrecision(2)));
}

/** |det d source / d image|: at most one for what is magnified. */
function inverseMagnification({ positions, mapping }: FitOnSight): (m: number) => number {
  const local = localMapping(mapping);
  return (m) => Math.min(Math.abs(local([positions[2 * m], positions[2 * m + 1]]).determinant), 1);
}

/** How many images the brightest place of the source has: groups of pixels whose rays meet there. */
function imagesOf(
  { positions, pixelScale, mapping, lensed, massCentre }: FitOnSight,
  arcs: Int32Array,
): PlausibilityCheck {
  const local = localMapping(mapping);
  const at = (m: number) => local([positions[2 * m], positions[2 * m + 1]]);
  const brightest = arcs.reduce((best, m) => (lensed[m] > lensed[best] ? m : best), arcs[0]);
  const { source } = at(brightest);
  // A pixel holds an image of a place where its rays come within its own extent in the source's plane.
  const holds = Array.from({ length: lensed.length }, (_, m) => m).filter((m) => {
    const { source: ray, jacobian } = at(m);
    const extent = pixelScale * Math.max(...jacobian.map(Math.abs));
    return Math.hypot(ray[0] - source[0], ray[1] - source[1]) < extent;
  });
  // Next to the centre of a singular mass rays cross without an image.
  const outside = holds.filter((m) => {
    return Math.hypot(positions[2 * m] - massCentre[0], positions[2 * m + 1] - massCentre[1]) > 2 * pixelScale;
  });
  const images = groupsOf(outside, positions, 2.5 * pixelScale);
  return check("images", images, (value) =>
    value < 2 ? "the brightest place of the source has one image: nothing says how it is lensed" : null,
  );
}

/** How many groups there are of positions nearer than `apart` to another of their group. */
function groupsOf(members: readonly number[], positions: Float64Array, apart: number): number {
  const left = new Set(members);
  let groups = 0;
  for (const first of members) {
    if (!left.delete(first)) continue;
    groups++;
    const group = [first];
    for (let next = 0; next < group.length; next++) {
      const [y, x] = positions.subarray(2 * group[next], 2 * group[next] + 2);
      for (const m of left) {
        if (Math.hypot(positions[2 * m] - y, positions[2 * m + 1] - x) > apart) continue;
        left.delete(m);
        group.push(m);
      }
    }
  }
  return groups;
}

/** The source's light in pixels that lack a neighbour, at its brightest. */
function edgeOf({ positions, pixelScale, lensed }: FitOnSight, peak: number): PlausibilityCheck {
  const key = (y: number, x: number) =>
    `${Math.round(y / pixelScale - first[0])},${Math.round(x / pixelScale - first[1])}`;
  // From one of the pixels, so that all are whole numbers of pixels away.
  const first = [positions[0] / pixelScale, positions[1] / pixelScale];
  const kept = new Set(Array.from(lensed, (_, m) => key(positions[2 * m], positions[2 * m + 1])));
  const reach = Math.hypot(...[0, 1].map((axis) => extentOf(positions, axis))) / 4;
  const middle = [0, 1].map((axis) => middleOf(positions, axis));
  let brightest = 0;
  lensed.forEach((light, m) => {
    const [y, x] = positions.subarray(2 * m, 2 * m + 2);
    // Holes for neighbours and bad pixels are no edge.
    if (Math.hypot(y - middle[0], x - middle[1]) < reach) return;
    const isInside = [
      [pixelScale, 0],
      [-pixelScale, 0],
      [0, pixelScale],
      [0, -pixelScale],
    ].every(([dy, dx]) => kept.has(key(y + dy, x + dx)));
    if (!isInside) brightest = Math.max(brightest, light);
  });
  return check("source_at_edge", brightest / peak, (value) =>
    value > AT_EDGE ? `at the mask's edge the source has ${figure(value)} of its peak: it goes on beyond` : null,
  );
}

function extentOf(positions: Float64Array, axis: number): number {
  const [low, high] = limits(positions, axis);
  return high - low;
}

function middleOf(positions: Float64Array, axis: number): number {
  const [low, high] = limits(positions, axis);
  return (low + high) / 2;
}

function limits(positions: Float64Array, axis: number): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = axis; i < positions.length; i += 2) {
    low = Math.min(low, positions[i]);
    high = Math.max(high, positions[i]);
  }
  return [low, high];
}

function residualsOf(residuals: Float64Array, arcs: Int32Array): PlausibilityCheck {
  const isArc = new Uint8Array(residuals.length);
  for (const m of arcs) isArc[m] = 1;
  let [inArcs, elsewhere] = [0, 0];
  residuals.forEach((residual, m) => {
    if (isArc[m] === 1) inArcs += residual * residual;
    else elsewhere += residual * residual;
  });
  const rest = residuals.length - arcs.length;
  const ratio = rest > 0 && elsewhere > 0 ? inArcs / arcs.length / (elsewhere / rest) : 1;
  return check("residuals_in_arcs", ratio, (value) =>
    value > MORE_IN_ARCS ? `chi^2 a pixel is ${figure(value)} times as large in the arcs as elsewhere` : null,
  );
}
