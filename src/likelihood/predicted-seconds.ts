/** Seconds at some sizes, by the names of the sizes. */
export interface TimedAt {
  readonly sizes: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/**
 * Seconds at sizes where nothing was measured: the logarithm of time is linear in the logarithm of each size between
 * the two measured ones around it, one size after the other. Beyond the measured sizes the last slope goes on, unless
 * time would fall while sizes grow. The measured time at a measured point.
 * @param measured One or more.
 * @param names The sizes that matter; best measured in all combinations, but a gap is only a coarser grid there.
 */
export function predictedSeconds(
  measured: readonly TimedAt[],
  names: readonly string[],
  sizes: Readonly<Record<string, number>>,
): number {
  return Math.exp(logSeconds(measured, names, sizes));
}

function logSeconds(
  measured: readonly TimedAt[],
  [name, ...others]: readonly string[],
  sizes: Readonly<Record<string, number>>,
): number {
  if (name === undefined) return Math.log(measured[0].seconds);
  const along = (value: number): number => {
    const there = measured.filter((each) => each.sizes[name] === value);
    return logSeconds(there, others, sizes);
  };
  const values = [...new Set(measured.map((each) => each.sizes[name]))].sort((a, b) => a - b);
  // A masked image or an empty mapping is as cheap as the smallest.
  const wanted = Math.max(sizes[name], 1);
  if (values.length === 1 || values.includes(wanted)) return along(values.includes(wanted) ? wanted : values[0]);
  const above = values.findIndex((value) => value > wanted);
  const upper = Math.max(1, above < 0 ? values.length - 1 : above);
  const [low, high] = [values[upper - 1], values[upper]];
  const [atLow, atHigh] = [along(low), along(high)];
  const slope = (atHigh - atLow) / Math.log(high / low);
  if (wanted > high) return atHigh + Math.max(0, slope) * Math.log(wanted / high);
  return atLow + (wanted < low ? Math.max(0, slope) : slope) * Math.log(wanted / low);
}
