/** How long a thread works before whatever else it has to do gets its turn, milliseconds. */
const BREATH = 100;

let since = performance.now();

/**
 * Evaluates vectors one after the other. Promises alone never let timers, files and pages have the thread, and a search is
 * nothing but promises for minutes: the lock of its directory would go stale, a tab would freeze.
 */
export async function oneByOne<T>(
  vectors: readonly Float64Array[],
  evaluate: (vector: Float64Array) => T,
): Promise<T[]> {
  const results: T[] = [];
  for (const vector of vectors) {
    if (performance.now() - since > BREATH) {
      await new Promise((resolve) => setTimeout(resolve));
      since = performance.now();
    }
    results.push(evaluate(vector));
  }
  return results;
}
