/*
 * A ray that passes near the centre of a lens may be deflected far out of the source plane's populated part, and a mesh over
 * all rays would spend its pixels there. Such positions are moved onto an ellipse around the traced border of the mask,
 * along the line to its centre, as in PyAutoArray since 2026 (before, it moved them to the radius of the nearest border pixel).
 */

/** An ellipse in the source plane. */
export interface Ellipse {
  /** y and x, arcseconds. */
  readonly centre: readonly [y: number, x: number];
  /** Radians from +x to the major axis, counter-clockwise; of a border that varies alike in all directions, zero. */
  readonly angle: number;
  /** Half of each axis, arcseconds. The major axis is the one along which the border varies most: it may be the shorter. */
  readonly majorAxis: number;
  readonly minorAxis: number;
}

/** Arcseconds by which half-axes are longer than the border, as in PyAutoArray: those of a point are not zero. */
const BUFFER = 1e-12;

/** The share of a border's variance by which its directions must differ: what is less may be rounding, and has no axis. */
const ROUND = 1e-10;

/** Of a border: how it varies, as sums over its positions about their mean. */
interface Moments {
  readonly centre: readonly [y: number, x: number];
  /** Sum of (x - x0)^2 - (y - y0)^2, and of 2 (x - x0)(y - y0); both zero where it varies alike in all directions. */
  readonly difference: number;
  readonly twiceProduct: number;
}

/**
 * The ellipse around a border: centred on its mean, the major axis along the direction of largest variance, the half-axes
 * the largest distances from the centre along either direction. Corners of the border may lie outside. Where all positions
 * are the same or on a line, the half-axes across are 1e-12 arcseconds.
 * @param border (B, 2) traced y and x of at least one border pixel, arcseconds.
 */
export function borderEllipse(border: Float64Array): Ellipse {
  const { centre, difference, twiceProduct } = borderMoments(border);
  const angle = Math.atan2(twiceProduct, difference) / 2;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  let [majorAxis, minorAxis] = [0, 0];
  for (let i = 0; i < border.length; i += 2) {
    const [y, x] = [border[i] - centre[0], border[i + 1] - centre[1]];
    majorAxis = Math.max(majorAxis, Math.abs(cosine * x + sine * y));
    minorAxis = Math.max(minorAxis, Math.abs(cosine * y - sine * x));
  }
  return { centre, angle, majorAxis: majorAxis + BUFFER, minorAxis: minorAxis + BUFFER };
}

/** The mean of a border, and what decides the angle of its largest variance. */
export function borderMoments(border: Float64Array): Moments {
  const count = border.length / 2;
  let [y0, x0] = [0, 0];
  for (let i = 0; i < border.length; i += 2) {
    y0 += border[i] / count;
    x0 += border[i + 1] / count;
  }
  let [sum, difference, twiceProduct] = [0, 0, 0];
  for (let i = 0; i < border.length; i += 2) {
    const [y, x] = [border[i] - y0, border[i + 1] - x0];
    sum += x * x + y * y;
    difference += x * x - y * y;
    twiceProduct += 2 * x * y;
  }
  const centre = [y0, x0] as const;
  const isRound = Math.hypot(difference, twiceProduct) <= ROUND * sum;
  return isRound ? { centre, difference: 0, twiceProduct: 0 } : { centre, difference, twiceProduct };
}

/**
 * Moves positions outside the ellipse onto it, along the line to its centre. What is no number stays so.
 * @param positions (N, 2) y and x in the source plane, arcseconds.
 * @returns (N, 2) positions, and how many were moved.
 */
export function relocateOntoBorder(
  ellipse: Ellipse,
  positions: Float64Array,
): { readonly positions: Float64Array; readonly relocated: number } {
  const { centre, angle, majorAxis, minorAxis } = ellipse;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const moved = positions.slice();
  let relocated = 0;
  for (let n = 0; n < positions.length; n += 2) {
    const [y, x] = [positions[n] - centre[0], positions[n + 1] - centre[1]];
    const along = (cosine * x + sine * y) / majorAxis;
    const across = (cosine * y - sine * x) / minorAxis;
    const squaredRadius = along * along + across * across;
    if (!(squaredRadius > 1)) continue;
    // The same factor along both axes, so that there is no need to turn back.
    const scale = 1 / Math.sqrt(squaredRadius);
    moved[n] = centre[0] + scale * y;
    moved[n + 1] = centre[1] + scale * x;
    relocated++;
  }
  return { positions: moved, relocated };
}
