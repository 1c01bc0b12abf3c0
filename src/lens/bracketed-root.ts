/**
 * A root of a function of order one between two arguments at which its signs differ: false position, halving the value at
 * an end that stays (the Illinois algorithm, Dowell & Jarratt 1971), which converges from any bracket.
 * @param values Of the function at the ends of the bracket.
 * @returns The root to `tolerance`; undefined where the sign changes in a jump or through a pole, or is not known.
 */
export function bracketedRoot(
  of: (argument: number) => number,
  bracket: readonly [from: number, to: number],
  values: readonly [atFrom: number, atTo: number],
  tolerance: number,
): number | undefined {
  let [a, b] = bracket;
  let [atA, atB] = values;
  if (!(atA * atB < 0)) return atA === 0 ? a : atB === 0 ? b : undefined;
  for (let step = 0; step < LARGEST_STEPS; step++) {
    const middle = (a * atB - b * atA) / (atB - atA);
    const value = of(middle);
    if (!Number.isFinite(value)) return undefined;
    const moved = Math.abs(middle - b);
    if (value === 0 || moved < tolerance) return Math.abs(value) < JUMP ? middle : undefined;
    if (value * atB < 0) [a, atA] = [b, atB];
    else atA /= 2;
    [b, atB] = [middle, value];
  }
  return undefined;
}

const LARGEST_STEPS = 100;

/** A root is approached in value too: what is still this large is a jump. */
const JUMP = 1e-4;
