/** The ellipse that has the area's second moments. */
export interface CurveShape {
  /** Minor over major axis. */
  readonly axisRatio: number;
  /** Of the major axis, radians counter-clockwise from +x. */
  readonly angle: number;
}

/**
 * The shape of the area within a closed curve, by Green's theorem over its polygon. Of the critical curve of an isothermal
 * ellipse without shear it is that of the mass; with shear it has the part of both, as masses fitted without shear do.
 * @param points (n, 2) y and x; the first is not repeated at the end.
 */
export function curveShape(points: Float64Array): CurveShape {
  let [area, firstY, firstX, yy, xx, xy] = [0, 0, 0, 0, 0, 0];
  const count = points.length / 2;
  for (let i = 0; i < count; i++) {
    const [y, x] = [points[2 * i], points[2 * i + 1]];
    const next = (i + 1) % count;
    const [toY, toX] = [points[2 * next], points[2 * next + 1]];
    const cross = x * toY - toX * y;
    area += cross / 2;
    firstX += ((x + toX) * cross) / 6;
    firstY += ((y + toY) * cross) / 6;
    xx += ((x * x + x * toX + toX * toX) * cross) / 12;
    yy += ((y * y + y * toY + toY * toY) * cross) / 12;
    xy += ((x * toY + 2 * x * y + 2 * toX * toY + toX * y) * cross) / 24;
  }
  const [meanY, meanX] = [firstY / area, firstX / area];
  const [varX, varY, covariance] = [xx / area - meanX ** 2, yy / area - meanY ** 2, xy / area - meanX * meanY];
  const mean = (varX + varY) / 2;
  const half = Math.hypot((varX - varY) / 2, covariance);
  return {
    axisRatio: Math.sqrt((mean - half) / (mean + half)),
    angle: 0.5 * Math.atan2(2 * covariance, varX - varY),
  };
}
