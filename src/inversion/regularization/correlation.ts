/** Of the brightness of two source pixels, by their distance in arcseconds; 1 at none. */
export type Correlation = (distance: number) => number;

/** The derivatives of a correlation, as functions of the distance. */
export interface CorrelationSlopes<Key extends string = string> {
  readonly distance: Correlation;
  /** By its parameters. */
  readonly values: Readonly<Record<Key, Correlation>>;
}

/** Between two of vertices (S, 2). A difference of positions loses no digits where two are close, unlike one of squares. */
export function distanceBetween(vertices: Float64Array, i: number, j: number): number {
  const y = vertices[2 * i] - vertices[2 * j];
  const x = vertices[2 * i + 1] - vertices[2 * j + 1];
  return Math.sqrt(y * y + x * x);
}
