/** Longer words are compared by their beginnings: what a person mistyped is short, what a broken file holds may not be. */
const LONGEST = 120;

/** Letters added, dropped, changed or swapped with their neighbour that turn one word into another. */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const current = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let least = Math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) least = Math.min(least, beforePrevious[j - 2] + 1);
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[to.length];
}

/** The candidate closest to a mistyped word, or undefined where none is close enough to be what was meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const typed = word.slice(0, LONGEST).toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(typed.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - typed.length) >= least) continue;
    const distance = editDistance(typed, candidate.slice(0, LONGEST).toLowerCase());
    if (distance < least && distance < candidate.length) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}
