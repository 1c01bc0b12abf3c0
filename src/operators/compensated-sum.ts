/** Arrays added with the error of every addition carried along (Neumaier 1974): chunks of any number lose nothing. */
export interface CompensatedSum {
  readonly sum: Float64Array;
  readonly carry: Float64Array;
}

export function compensatedSum(length: number): CompensatedSum {
  return { sum: new Float64Array(length), carry: new Float64Array(length) };
}

export function addTo(total: CompensatedSum, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) addAt(total, i, values[i]);
}

export function addAt({ sum, carry }: CompensatedSum, index: number, value: number): void {
  const before = sum[index];
  const next = before + value;
  carry[index] += Math.abs(before) >= Math.abs(value) ? before - next + value : value - next + before;
  sum[index] = next;
}

export function totalOf({ sum, carry }: CompensatedSum): Float64Array {
  return sum.map((value, i) => value + carry[i]);
}
