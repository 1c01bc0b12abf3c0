import { distance } from "fastest-levenshtein";

/** Longer words are compared by their beginnings: the comparison is quadratic, and a broken file may hold anything. */
const LONGEST = 120;

/**
 * What a person who mistyped a word may have meant.
 * @returns The candidate fewest edits away, undefined without candidates.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  return closest(word, candidates).candidate;
}

/** `nearest`, undefined where even that is too far away to have been meant. */
export function nearMiss(word: string, candidates: Iterable<string>): string | undefined {
  const { candidate, edits } = closest(word, candidates);
  const tolerable = Math.max(2, Math.floor(Math.min(word.length, LONGEST) / 3));
  return candidate !== undefined && edits <= tolerable && edits < candidate.length ? candidate : undefined;
}

function closest(word: string, candidates: Iterable<string>): { candidate: string | undefined; edits: number } {
  const typed = word.slice(0, LONGEST).toLowerCase();
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const edits = distance(typed, candidate.slice(0, LONGEST).toLowerCase());
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return { candidate: best, edits: fewest };
}
