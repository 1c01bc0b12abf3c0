/**
 * The lower triangle L of a symmetric matrix L L', the rest zero.
 * @param matrix (d, d), of which the lower triangle is read.
 * @returns NaN on the diagonal where it is not positive definite.
 */
export function cholesky(matrix: Float64Array, d: number): Float64Array {
  const root = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * d + j];
      for (let k = 0; k < j; k++) sum -= root[i * d + k] * root[j * d + k];
      root[i * d + j] = i === j ? Math.sqrt(sum) : sum / root[j * d + j];
    }
  }
  return root;
}

/** (L L')^-1, (d, d). */
export function inverseOfSquare(root: Float64Array, d: number): Float64Array {
  const inverse = new Float64Array(d * d);
  for (let column = 0; column < d; column++) {
    const x = new Float64Array(d);
    x[column] = 1;
    for (let i = 0; i < d; i++) {
      for (let k = 0; k < i; k++) x[i] -= root[i * d + k] * x[k];
      x[i] /= root[i * d + i];
    }
    for (let i = d - 1; i >= 0; i--) {
      for (let k = i + 1; k < d; k++) x[i] -= root[k * d + i] * x[k];
      x[i] /= root[i * d + i];
    }
    for (let i = 0; i < d; i++) inverse[i * d + column] = x[i];
  }
  return inverse;
}

/** Of an inverse of some rounding, half of it and its transpose. */
export function symmetric(matrix: Float64Array, d: number): Float64Array {
  return matrix.map((value, at) => (value + matrix[(at % d) * d + Math.floor(at / d)]) / 2);
}
