/** Arrays added with the error of every addition carried along (Neumaier 1974): chunks of any number lose nothing. */
export interface CompensatedSum {
  readonly sum: Float64Array;
  readonly carry: Float64Array;
}

export function compensatedSum(length: number): CompensatedSum {
  return { sum: new Float64Array(length), carry: new Float64Array(length) };
}

export function addTo({ sum, carry }: CompensatedSum, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const next = sum[i] + values[i];
    carry[i] += Math.abs(sum[i]) >= Math.abs(values[i]) ? sum[i] - next + values[i] : values[i] - next + sum[i];
    sum[i] = next;
  }
}

export function totalOf({ sum, carry }: CompensatedSum): Float64Array {
  return sum.map((value, i) => value + carry[i]);
}
