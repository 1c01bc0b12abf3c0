/**
 * Draws of equal weight from weighted samples, in their order: systematic resampling (Kitagawa 1996, J. Comput. Graph.
 * Stat. 5, 1), one random number for all.
 * @param logWeights (n), not all -Infinity; they need not add up to one.
 * @param count one or more.
 * @param offset in [0, 1), the random number.
 * @returns (count) which samples, in rising order.
 */
export function systematicResampling(logWeights: Float64Array, count: number, offset: number): Int32Array {
  const weights = logWeights.map(Math.exp);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const last = weights.findLastIndex((weight) => weight > 0);
  const drawn = new Int32Array(count);
  let [sample, below] = [0, weights[0]];
  for (let k = 0; k < count; k++) {
    const wanted = ((k + offset) / count) * total;
    // Rounding must not carry it past the last sample that has a weight.
    while (below <= wanted && sample < last) below += weights[++sample];
    drawn[k] = sample;
  }
  return drawn;
}
