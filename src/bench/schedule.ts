import type { Contender, TimedCall } from "./contender.ts";
import { mean, median, standardDeviation } from "./statistics.ts";
import { isWhole, partWithin, type WorkSizes } from "./work.ts";

/** What became of one contender. */
export interface BenchRow {
  readonly kernel: Contender["kernel"];
  readonly implementation: string;
  readonly by: Contender["by"];
  /** Seconds; null where the result is wrong or the row did not run. */
  readonly median: number | null;
  readonly min: number | null;
  /** Standard deviation. */
  readonly spread: number | null;
  readonly runs: number;
  readonly error: number | null;
  readonly peakBytes: number | null;
  readonly extrapolated: boolean;
  /** Median seconds by steps, where they are known. */
  readonly steps?: Readonly<Record<string, number>>;
  /** Why there is no time, on what part it ran, what its error was measured on. */
  readonly note: string | null;
}

export interface BenchRun {
  readonly contenders: readonly Contender[];
  readonly sizes: WorkSizes;
  readonly repeat: number;
  /** Seconds that all calls of one row may take. */
  readonly rowBudget: number;
  /** Bytes */
  readonly memory: number;
  readonly progress: (line: string) => void;
  /** Called when all is timed, before memory is measured. */
  readonly release: () => void;
}

/** A contender on its way: on which part it runs, what it took so far. */
interface Lane {
  readonly contender: Contender;
  readonly part: WorkSizes;
  readonly predicted: number;
  /** The last so many rounds are its own: fewer where its smallest part is long. */
  readonly rounds: number;
  /** The timed ones; the last round's is checked. */
  readonly calls: TimedCall[];
  failure: string | undefined;
}

/** A trial call shorter than this predicts little. */
const TRIAL_SECONDS = 0.02;
const TRIAL_WORK = 1e7;
/** Calls before the first timed one: until compilers have done their work. */
const WARM_SECONDS = 0.3;
/**
 * A call shorter than this follows another of its own row, untimed and on other inputs: it would else be timed with the
 * caches that longer rows left behind, and no search calls a likelihood so.
 */
const SHORT_SECONDS = 0.1;
const LONG_SECONDS = 1;
/** Of the row budget that a row spends which cannot be run in the whole. */
const EXTRAPOLATED_SHARE = 0.1;

/**
 * Runs all contenders: first what each will take is predicted from a part of the work, and who would exceed the budget
 * stays with a part; then everyone is warmed up; then every round calls everyone once, in turn, on inputs of its own, so
 * that a machine that slows down does so for all. The results of the last round are checked.
 */
export async function runBench(run: BenchRun): Promise<BenchRow[]> {
  const { sizes, repeat, progress } = run;
  const refused = refusedForMemory(run);
  for (const [{ name }, reason] of refused) progress(`${name} is left out: ${reason}`);
  const lanes: Lane[] = [];
  for (const contender of run.contenders.filter((each) => !refused.has(each))) {
    progress(`predicting ${contender.name}`);
    lanes.push(await predicted(contender, run));
  }
  for (const lane of lanes) {
    progress(`warming up ${lane.contender.name}`);
    await guarded(lane, () => warmUp(lane, sizes));
  }
  for (let round = 1; round <= repeat; round++) {
    const left = lanes.reduce((sum, lane) => {
      return sum + (lane.failure === undefined ? lane.predicted * Math.min(lane.rounds, repeat - round + 1) : 0);
    }, 0);
    progress(`round ${round} of ${repeat}, ${Math.ceil(left)} s left`);
    for (const lane of lanes.filter(({ rounds }) => round > repeat - rounds)) {
      await guarded(lane, async () => {
        if (lane.predicted < SHORT_SECONDS) await lane.contender.call(lane.part, round - 1, false);
        lane.calls.push(await lane.contender.call(lane.part, round, round === repeat));
      });
    }
  }
  run.release();
  const rows: BenchRow[] = [];
  for (const lane of lanes) {
    progress(`memory of ${lane.contender.name}`);
    // A part takes less memory than the whole: nothing can be said.
    const measured = isWhole(lane.part, sizes) && lane.failure === undefined;
    rows.push(rowOf(lane, sizes, measured ? await lane.contender.peakBytes() : null));
  }
  return run.contenders.map((contender) => {
    const reason = refused.get(contender);
    if (reason !== undefined) return emptyRow(contender, reason);
    return rows[lanes.findIndex((lane) => lane.contender === contender)];
  });
}

/** Who is left out, and why, before anything starts: in order, as long as what is kept and the largest call fit. */
function refusedForMemory({ contenders, sizes, memory }: BenchRun): Map<Contender, string> {
  const refused = new Map<Contender, string>();
  let kept: Readonly<Record<string, number>> = {};
  const largest = { arclet: 0, python: 0 };
  for (const contender of contenders) {
    const keeps = { ...kept, ...contender.keeps(sizes) };
    const takes = { ...largest, [contender.by]: Math.max(largest[contender.by], contender.takes(sizes)) };
    const needed = Object.values(keeps).reduce((a, b) => a + b, 0) + takes.arclet + takes.python;
    const reason = contender.refuses(sizes);
    if (reason !== null) {
      refused.set(contender, reason);
    } else if (needed > memory) {
      refused.set(contender, `it would take ${gibibytes(needed)} of memory, and there are ${gibibytes(memory)}`);
    } else {
      kept = keeps;
      Object.assign(largest, takes);
    }
  }
  return refused;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toPrecision(3)} GiB`;
}

/** Which part a contender runs on: calls on growing parts say what the whole would take. */
async function predicted(contender: Contender, { sizes, repeat, rowBudget }: BenchRun): Promise<Lane> {
  const whole = contender.work(sizes);
  const lane = (part: WorkSizes, seconds: number, failure?: string): Lane => {
    const affordable = Math.max(1, Math.floor(rowBudget / seconds) - 1);
    const rounds = Math.min(repeat, affordable);
    return { contender, part, predicted: seconds, rounds, calls: [], failure };
  };
  try {
    for (let limit = TRIAL_WORK; ; limit *= 8) {
      const part = partWithin(contender, sizes, limit);
      // The first call compiles, and may so be slower than all; a long one has compiled on its way.
      const first = await contender.call(part, 0, false);
      const { seconds } = first.seconds > LONG_SECONDS ? first : await contender.call(part, 0, false);
      const all = (seconds * whole) / contender.work(part);
      const calls = repeat + 1;
      if (isWhole(part, sizes) && all * calls <= rowBudget) return lane(part, all);
      if (seconds < TRIAL_SECONDS && !isWhole(part, sizes) && all * calls > rowBudget / 4) continue;
      if (all * calls <= rowBudget) return lane(sizes, all);
      const share = ((rowBudget * EXTRAPOLATED_SHARE) / calls / all) * whole;
      const affordable = partWithin(contender, sizes, share);
      return lane(affordable, (all * contender.work(affordable)) / whole);
    }
  } catch (error) {
    return lane(sizes, 0, messageOf(error));
  }
}

async function warmUp({ contender, part, predicted }: Lane, sizes: WorkSizes): Promise<void> {
  // The calls that predicted it have warmed it, on the part that it stays with.
  if (predicted > WARM_SECONDS && (!isWhole(part, sizes) || contender.partOf.length === 0)) return;
  for (let spent = 0, calls = 0; calls < 1 || spent < WARM_SECONDS; calls++) {
    spent += (await contender.call(part, 0, false)).seconds + 1e-3;
  }
}

/** A row that fails does not take the others with it. */
async function guarded(lane: Lane, run: () => Promise<void>): Promise<void> {
  if (lane.failure !== undefined) return;
  try {
    await run();
  } catch (error) {
    lane.failure = messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function rowOf(lane: Lane, sizes: WorkSizes, peakBytes: number | null): BenchRow {
  const { contender, part, calls, failure } = lane;
  const checked = calls.at(-1);
  if (failure !== undefined || checked === undefined) return emptyRow(contender, `failed: ${failure ?? "no result"}`);
  const { error, sampled } = checked;
  const wrong = error !== null && !(error <= contender.tolerance);
  const extrapolated = !isWhole(part, sizes);
  const cuts = contender.partOf
    .filter((cut) => part[cut] !== sizes[cut])
    .map((cut) => `${part[cut]} of ${sizes[cut]} ${PARTS[cut]}`);
  const scale = contender.work(sizes) / contender.work(part);
  const scaled = calls.map(({ seconds }) => seconds * scale);
  const notes = [
    wrong ? `wrong: its tolerance is ${contender.tolerance}` : null,
    extrapolated ? `extrapolated from ${cuts.join(" and ")}` : null,
    sampled === null ? null : `error of ${sampled}`,
  ].filter((note) => note !== null);
  return {
    kernel: contender.kernel,
    implementation: contender.name,
    by: contender.by,
    median: wrong ? null : median(scaled),
    min: wrong ? null : Math.min(...scaled),
    spread: wrong ? null : standardDeviation(scaled, mean(scaled)),
    runs: calls.length,
    error,
    peakBytes,
    extrapolated,
    ...(wrong || checked.steps === undefined ? {} : { steps: medianSteps(calls) }),
    note: notes.length === 0 ? null : notes.join("; "),
  };
}

function medianSteps(calls: readonly TimedCall[]): Record<string, number> {
  const names = new Set(calls.flatMap(({ steps }) => Object.keys(steps ?? {})));
  return Object.fromEntries([...names].map((name) => [name, median(calls.map(({ steps }) => steps?.[name] ?? 0))]));
}

const PARTS = { visibilities: "visibilities", pixels: "image pixels", sourcePixels: "source pixels" } as const;

function emptyRow({ kernel, name, by }: Contender, note: string): BenchRow {
  const nothing = { median: null, min: null, spread: null, runs: 0, error: null, peakBytes: null };
  return { kernel, implementation: name, by, ...nothing, extrapolated: false, note };
}
