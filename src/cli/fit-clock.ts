import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FitStep } from "../pipeline/fit-options.ts";
import { TIMING } from "./fit-directory.ts";
import { machineDescription } from "./machine.ts";
import type { OutputDirectory } from "./output.ts";

/** The file is written anew so often while a fit runs, so that a killed one knows what it took; milliseconds. */
const INTERVAL = 30_000;

/** What a phase took in one run: what an earlier one had stored was told again in no time. */
interface PhaseTime {
  readonly seconds: number;
  /** Computed, not told again. */
  readonly evaluations: number;
}

/** One process that worked on a fit. */
interface Run {
  readonly threads: number;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly phases: Readonly<Record<string, PhaseTime>>;
}

/** `timing.json`. */
export interface FitTiming {
  /** Of all runs. */
  readonly seconds: number;
  readonly evaluations: number;
  readonly evaluations_per_second: number;
  readonly phases: Readonly<Record<string, PhaseTime>>;
  readonly runs: readonly Run[];
}

/** The times of a fit over all the runs that it takes. */
export class FitClock {
  readonly #directory: OutputDirectory;
  readonly #before: readonly Run[];
  readonly #threads: number;
  readonly #phases = new Map<string, PhaseTime>();
  #phaseBegan = performance.now();
  #written = performance.now();
  /** A write under way. */
  #writing: Promise<unknown> | null = null;

  private constructor(directory: OutputDirectory, before: readonly Run[], threads: number) {
    this.#directory = directory;
    this.#before = before;
    this.#threads = threads;
  }

  /** Goes on from the times in a directory. */
  static async in(directory: OutputDirectory, threads: number): Promise<FitClock> {
    // Times are no reason to lose a fit.
    const stored = await readFile(join(directory.path, TIMING), "utf8")
      .then(JSON.parse)
      .catch(() => null);
    const runs: unknown = stored?.runs;
    return new FitClock(directory, Array.isArray(runs) ? (runs as Run[]) : [], threads);
  }

  readonly step = ({ phase, evaluations, replayed }: FitStep): void => {
    const now = performance.now();
    this.#phases.set(phase, { seconds: (now - this.#phaseBegan) / 1000, evaluations: evaluations - replayed });
    if (now < this.#written + INTERVAL || this.#writing !== null) return;
    this.#written = now;
    this.#writing = this.#write()
      .catch(() => {})
      .finally(() => {
        this.#writing = null;
      });
  };

  /** A phase has ended, with everything that is written of it. */
  endPhase(phase: string): void {
    const now = performance.now();
    const { evaluations = 0 } = this.#phases.get(phase) ?? {};
    this.#phases.set(phase, { seconds: (now - this.#phaseBegan) / 1000, evaluations });
    this.#phaseBegan = now;
  }

  /** Of all runs; one that computed nothing does not count. */
  timing(): FitTiming {
    const phases = Object.fromEntries(this.#phases);
    const isWork = Object.values(phases).some(({ evaluations }) => evaluations > 0);
    const run: Run = { threads: this.#threads, machine: machineDescription(), phases };
    const runs = isWork || this.#before.length === 0 ? [...this.#before, run] : this.#before;
    const sums: Record<string, PhaseTime> = {};
    for (const [name, { seconds, evaluations }] of runs.flatMap(({ phases }) => Object.entries(phases))) {
      const { seconds: before = 0, evaluations: counted = 0 } = sums[name] ?? {};
      sums[name] = { seconds: before + seconds, evaluations: counted + evaluations };
    }
    const total = (key: keyof PhaseTime) => Object.values(sums).reduce((sum, time) => sum + time[key], 0);
    const [seconds, evaluations] = [total("seconds"), total("evaluations")];
    return { seconds, evaluations, evaluations_per_second: evaluations / seconds, phases: sums, runs };
  }

  async write(): Promise<string> {
    await this.#writing;
    return this.#write();
  }

  #write(): Promise<string> {
    return this.#directory.write(TIMING, `${JSON.stringify(this.timing(), null, 2)}\n`);
  }
}
