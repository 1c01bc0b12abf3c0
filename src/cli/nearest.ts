/**
 * The candidate with the fewest typing mistakes between it and `word`; of equals one with the same first letter.
 * Undefined without candidates.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const mistakes = typingMistakes(word.toLowerCase(), candidate) + (word[0] === candidate[0] ? 0 : 0.5);
    if (mistakes < fewest) [best, fewest] = [candidate, mistakes];
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function typingMistakes(typed: string, meant: string): number {
  // A word far longer than any option is no typing mistake, and the table below is quadratic.
  const a = typed.slice(0, 64);
  const b = meant.slice(0, 64);
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let fewest = Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) fewest = Math.min(fewest, beforePrevious[j - 2]! + 1);
      current.push(fewest);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
