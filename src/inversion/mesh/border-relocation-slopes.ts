import { borderMoments, type Ellipse } from "./border-relocation.ts";

/*
 * The way back through `borderEllipse` and `relocateOntoBorder`. In the frame of the ellipse, (u, v) from its centre, a
 * position with q = (u / a)^2 + (v / b)^2 > 1 is scaled by q^-1/2, and
 *
 *   d q^-1/2 = -q^-3/2 [(u / a^2) du + (v / b^2) dv - (u^2 / a^3) da - (v^2 / b^3) db].
 *
 * The half-axes are lengths |u| and |v| of one border position each, so they follow that one. A turn of the frame by dphi is
 * du = v dphi, dv = -u dphi. With C the covariance of the border, tan 2 phi = 2 C_xy / (C_xx - C_yy), hence
 *
 *   dphi = [(C_xx - C_yy) dC_xy - C_xy d(C_xx - C_yy)] / [(C_xx - C_yy)^2 + 4 C_xy^2]:
 *
 * perturbation theory of the principal axis, whose denominator is the squared difference of the two variances. A border
 * that varies alike in all directions has no axis; its angle counts as given.
 */

/** Derivatives of a function by what an ellipse is made of. */
interface EllipseSlopes {
  readonly centre: [y: number, x: number];
  angle: number;
  majorAxis: number;
  minorAxis: number;
}

/** Derivatives of a function of positions relocated onto the ellipse of a border. */
export interface RelocationSlopes {
  /** (N, 2) by the positions before. */
  readonly positions: Float64Array;
  /** (B, 2) by the border's. */
  readonly border: Float64Array;
}

/**
 * Derivatives of a function of relocated positions, by the positions and by the border. Which positions are relocated,
 * and which of the border are the farthest, counts as given.
 * @param border (B, 2), of which `ellipse` is.
 * @param positions (N, 2) as given to `relocateOntoBorder`.
 * @param byRelocated (N, 2) the function's derivatives by the relocated positions.
 */
export function borderRelocationSlopes(
  border: Float64Array,
  ellipse: Ellipse,
  positions: Float64Array,
  byRelocated: Float64Array,
): RelocationSlopes {
  const { centre, angle, majorAxis, minorAxis } = ellipse;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const slopes = byRelocated.slice();
  const byEllipse: EllipseSlopes = { centre: [0, 0], angle: 0, majorAxis: 0, minorAxis: 0 };
  for (let n = 0; n < positions.length; n += 2) {
    const [y, x] = [positions[n] - centre[0], positions[n + 1] - centre[1]];
    const along = (cosine * x + sine * y) / majorAxis;
    const across = (cosine * y - sine * x) / minorAxis;
    const squaredRadius = along * along + across * across;
    if (!(squaredRadius > 1)) continue;
    const scale = 1 / Math.sqrt(squaredRadius);
    const byScale = byRelocated[n] * y + byRelocated[n + 1] * x;
    // By u and v, through the scale alone.
    const byAlong = (-byScale * scale ** 3 * along) / majorAxis;
    const byAcross = (-byScale * scale ** 3 * across) / minorAxis;
    slopes[n] = scale * byRelocated[n] + sine * byAlong + cosine * byAcross;
    slopes[n + 1] = scale * byRelocated[n + 1] + cosine * byAlong - sine * byAcross;
    byEllipse.centre[0] += byRelocated[n] - slopes[n];
    byEllipse.centre[1] += byRelocated[n + 1] - slopes[n + 1];
    byEllipse.angle += byAlong * across * minorAxis - byAcross * along * majorAxis;
    byEllipse.majorAxis -= byAlong * along;
    byEllipse.minorAxis -= byAcross * across;
  }
  return { positions: slopes, border: borderSlopes(border, ellipse, byEllipse) };
}

/** From derivatives by an ellipse to those by the border (B, 2) around which it is. */
function borderSlopes(border: Float64Array, { centre, angle }: Ellipse, byEllipse: EllipseSlopes): Float64Array {
  const [y0, x0] = centre;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const slopes = new Float64Array(border.length);
  let [byY0, byX0] = byEllipse.centre;
  let byAngle = byEllipse.angle;

  // A half-axis is the length of a border position along a direction, which turns towards `turned`.
  const moveHalfAxis = (byHalfAxis: number, direction: readonly number[], turned: readonly number[]): void => {
    const along = (at: number, [y, x]: readonly number[]) => y * (border[at] - y0) + x * (border[at + 1] - x0);
    let farthest = 0;
    for (let at = 2; at < border.length; at += 2) {
      if (Math.abs(along(at, direction)) > Math.abs(along(farthest, direction))) farthest = at;
    }
    const slope = byHalfAxis * Math.sign(along(farthest, direction));
    slopes[farthest] += slope * direction[0];
    slopes[farthest + 1] += slope * direction[1];
    byY0 -= slope * direction[0];
    byX0 -= slope * direction[1];
    byAngle += slope * along(farthest, turned);
  };
  moveHalfAxis(byEllipse.majorAxis, [sine, cosine], [cosine, -sine]);
  moveHalfAxis(byEllipse.minorAxis, [cosine, -sine], [-sine, -cosine]);

  const { difference, twiceProduct } = borderMoments(border);
  const squared = difference * difference + twiceProduct * twiceProduct;
  const [byDifference, byProduct] =
    squared > 0 ? [(-byAngle * twiceProduct) / (2 * squared), (byAngle * difference) / squared] : [0, 0];
  for (let at = 0; at < border.length; at += 2) {
    const [y, x] = [border[at] - y0, border[at + 1] - x0];
    slopes[at] += byProduct * x - 2 * byDifference * y + (2 * byY0) / border.length;
    slopes[at + 1] += byProduct * y + 2 * byDifference * x + (2 * byX0) / border.length;
  }
  return slopes;
}
