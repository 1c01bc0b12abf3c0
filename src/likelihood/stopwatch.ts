/** Seconds spent in named steps, which may be steps of others: those have the rest. */
export interface Stopwatch {
  readonly seconds: Record<string, number>;
  /** In all steps so far. */
  spent: number;
}

export function stopwatch(): Stopwatch {
  return { seconds: {}, spent: 0 };
}

/** Runs one step and adds the time it took. */
export function timed<T>(watch: Stopwatch, step: string, run: () => T): T {
  const before = watch.spent;
  const start = performance.now();
  const result = run();
  const own = (performance.now() - start) / 1000 - (watch.spent - before);
  watch.seconds[step] = (watch.seconds[step] ?? 0) + own;
  watch.spent += own;
  return result;
}

/** The steps' seconds, and their sum as `total`. */
export function withTotal({ seconds }: Stopwatch): Readonly<Record<string, number>> {
  return { ...seconds, total: Object.values(seconds).reduce((sum, step) => sum + step, 0) };
}
