/** Seconds spent in named steps. */
export interface Stopwatch {
  readonly seconds: Record<string, number>;
}

export function stopwatch(): Stopwatch {
  return { seconds: {} };
}

/** Runs one step and adds the time it took. */
export function timed<T>({ seconds }: Stopwatch, step: string, run: () => T): T {
  const start = performance.now();
  const result = run();
  seconds[step] = (seconds[step] ?? 0) + (performance.now() - start) / 1000;
  return result;
}

/** The steps' seconds, and their sum as `total`. */
export function withTotal({ seconds }: Stopwatch): Readonly<Record<string, number>> {
  return { ...seconds, total: Object.values(seconds).reduce((sum, step) => sum + step, 0) };
}
