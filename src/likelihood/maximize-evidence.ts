import type { RegularizationScheme } from "../inversion/regularization/regularization.ts";
import type { Matrix, SparseMatrix } from "../operators/matrix.ts";

/** Decades of coefficient around the one that makes H as large as F. */
const DECADES_DOWN = 6;
const DECADES_UP = 4;

/** Relative width of the bracket that the search ends with; the evidence is flat to second order there. */
const PRECISION = 1e-4;

const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The coefficient of largest evidence (Suyu et al. 2006, section 2.2): the best of a scan over decades, centred where
 * the traces of F and H agree, refined by golden section in its logarithm.
 * @param unit H at a coefficient of 1, and how it grows from there: the search is over what H grows with the square of.
 * @param logEvidence Not finite where the inversion fails.
 */
export function maximizeEvidence(
  curvatureMatrix: Matrix,
  unit: { readonly matrix: Matrix | SparseMatrix; readonly grows: RegularizationScheme["grows"] },
  logEvidence: (coefficient: number) => number,
): number {
  const power = unit.grows === "linear" ? 2 : 1;
  const centre = Math.log10(Math.max(trace(curvatureMatrix), Number.MIN_VALUE) / trace(unit.matrix)) / 2;
  const evidence = (exponent: number): number => {
    const value = logEvidence(10 ** (power * exponent));
    return Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY;
  };
  let best = centre;
  let highest = Number.NEGATIVE_INFINITY;
  for (let step = -DECADES_DOWN; step <= DECADES_UP; step++) {
    const value = evidence(centre + step);
    if (value > highest) [best, highest] = [centre + step, value];
  }
  return 10 ** (power * goldenSection(evidence, best - 1, best + 1));
}

function trace(matrix: Matrix | SparseMatrix): number {
  if ("rowStart" in matrix) return sparseTrace(matrix);
  const { rows, values } = matrix;
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += values[i * rows + i];
  return sum;
}

function sparseTrace({ rows, rowStart, columnIndex, values }: SparseMatrix): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) if (columnIndex[e] === i) sum += values[e];
  }
  return sum;
}

function goldenSection(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  let [c, d] = [b - GOLDEN * (b - a), a + GOLDEN * (b - a)];
  let [fc, fd] = [f(c), f(d)];
  while (b - a > PRECISION / Math.LN10) {
    if (fc > fd) {
      [b, d, fd] = [d, c, fc];
      c = b - GOLDEN * (b - a);
      fc = f(c);
    } else {
      [a, c, fc] = [c, d, fd];
      d = a + GOLDEN * (b - a);
      fd = f(d);
    }
  }
  return (a + b) / 2;
}
