/** Lengths on the sky that a spec may name, and how many make an arcsecond (or arcseconds make one). */
const ARCSECONDS = new Map<string, (value: number) => number>([
  ["arcsec", (value) => value],
  // By division: 50 mas is then exactly the number 0.05.
  ["mas", (value) => value / 1000],
  ["arcmin", (value) => value * 60],
]);

export const LENGTH_UNITS: readonly string[] = [...ARCSECONDS.keys()];

/**
 * A length with its unit, such as `0.05 arcsec` or `50 mas`, in arcseconds.
 * @returns undefined when the text is not a number followed by one of `LENGTH_UNITS`.
 */
export function lengthInArcseconds(text: string): number | undefined {
  const [, number, unit] = /^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?)\s*([a-zA-Z]+)\s*$/.exec(text) ?? [];
  return unit === undefined ? undefined : ARCSECONDS.get(unit)?.(Number(number));
}
