import type { Measurement, Tuning } from "../likelihood/tuning.ts";
import { type Contender, ownContender } from "./contender.ts";
import type { Implementation } from "./implementation.ts";
import { IMPLEMENTATIONS } from "./implementations.ts";
import { benchInputs } from "./inputs.ts";
import { referenceCheck } from "./reference-check.ts";
import { median } from "./statistics.ts";
import { ROWS, type TuneGrid, type TunePoint, tunePoints } from "./tune-grid.ts";
import { isWhole, partWithin, type WorkSizes } from "./work.ts";

export interface TuneRun {
  readonly grid: TuneGrid;
  readonly seed: number;
  /** Those of the bench, unless a test has others. */
  readonly implementations?: readonly Implementation[];
  /** Called with a line that says how far it is. */
  readonly progress: (line: string) => void;
}

/** What tuning finds; who ran it and where is for the caller to add. */
export type Tuned = Pick<Tuning, "measurements" | "wrong">;

/** A trial call takes about so long at most: a row that would take longer runs on a part of the work. */
const TRIAL_SECONDS = 0.02;
/** A call on the whole, for rows that may be the fastest. */
const WHOLE_SECONDS = 0.4;
/** Who is slower than the fastest by such a factor has had its trial, and no more. */
const HOPELESS = 3;
/** All calls of a row at one point. */
const ROW_SECONDS = 0.05;
const LEAST_ROUNDS = 3;
const MOST_ROUNDS = 15;
/** Until compilers have done their work; once for each row, at its first point. */
const WARM_SECONDS = 0.15;
/** Of the first part that a row runs on, before anything is known about it. */
const TRIAL_WORK = 1e5;
/** Of a trial's part: what a call on it takes is mostly what does not grow with the work. */
const SMALL_SHARE = 0.1;
/** Of a trial's time, what grows with the work at least: noise must not make a long call look short. */
const LEAST_GROWTH = 0.3;
/** Operations of the reference that checking one row at one point may cost. */
const CHECK_WORK = 4e6;
const SECONDS_BETWEEN_LINES = 2;

/** A row at one point. */
interface Lane {
  readonly candidate: string;
  readonly contender: Contender;
  /** Of the whole, by the trial. */
  readonly predicted: number;
  readonly seconds: number[];
}

/**
 * Times every candidate of every choice at all points of the grid, and holds the results to the reference's. At each
 * point the candidates take turns, so that a machine that slows down does so for all.
 */
export async function tune({ grid, seed, implementations = IMPLEMENTATIONS, progress }: TuneRun): Promise<Tuned> {
  const points = tunePoints(grid);
  const measurements: Measurement[] = [];
  const wrong: Tuning["wrong"] = [];
  const rates = new Map<string, number>();
  const start = performance.now();
  let [spoken, expectedDone] = [Number.NEGATIVE_INFINITY, 0];
  const expected = points.map((point) => Object.values(ROWS[point.choice]).flat().length);
  const expectedAll = expected.reduce((a, b) => a + b, 0);
  for (const [index, point] of points.entries()) {
    const elapsed = (performance.now() - start) / 1000;
    if (elapsed - spoken >= SECONDS_BETWEEN_LINES) {
      const perRow = expectedDone === 0 ? ROW_SECONDS : elapsed / expectedDone;
      progress(
        `${point.choice}, ${index + 1} of ${points.length}, ${Math.ceil(perRow * (expectedAll - expectedDone))} s left`,
      );
      spoken = elapsed;
    }
    measurements.push(await measured(point, seed, implementations, rates, wrong));
    expectedDone += expected[index];
  }
  return { measurements: measurements.map((each) => without(each, wrong)), wrong };
}

/** A candidate that was wrong once is not picked anywhere. */
function without(measurement: Measurement, wrong: Tuning["wrong"]): Measurement {
  const right = Object.entries(measurement.seconds).filter(([name]) => {
    return !wrong.some(({ choice, candidate }) => choice === measurement.choice && candidate === name);
  });
  return { ...measurement, seconds: Object.fromEntries(right) } as Measurement;
}

async function measured(
  point: TunePoint,
  seed: number,
  implementations: readonly Implementation[],
  rates: Map<string, number>,
  wrong: Tuning["wrong"],
): Promise<Measurement> {
  const inputs = benchInputs(point.sizes, "gaussian", seed, point.unequalNoise);
  const check = referenceCheck(inputs);
  const lanes: Lane[] = [];
  for (const [candidate, rows] of Object.entries<readonly string[]>(ROWS[point.choice])) {
    if (isWrong(wrong, point, candidate)) continue;
    for (const row of rows) {
      const implementation = implementations.find(({ kernel, name }) => row === `${kernel} ${name}`);
      if (implementation === undefined) throw new Error(`the bench has no row ${row}`);
      const contender = ownContender(implementation, inputs, check, async () => null);
      const because = await reasonAgainst(contender, inputs.sizes);
      if (because === null) {
        const predicted = await trial(contender, inputs.sizes, row, rates);
        lanes.push({ candidate, contender, predicted, seconds: [] });
      } else if (!isWrong(wrong, point, candidate)) wrong.push({ choice: point.choice, candidate, because });
    }
  }
  const hopeful = hopefulLanes(lanes);
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    for (const { contender, seconds } of hopeful) {
      const spent = seconds.reduce((a, b) => a + b, 0);
      const enough = round > LEAST_ROUNDS ? ROW_SECONDS : WHOLE_SECONDS;
      if (spent >= enough) continue;
      seconds.push((await contender.call(inputs.sizes, round, false)).seconds);
    }
  }
  const seconds: Record<string, number> = {};
  for (const { candidate, predicted, seconds: times } of lanes) {
    const taken = times.length === 0 ? predicted : median(times);
    // A clock may be too coarse for the smallest.
    seconds[candidate] = (seconds[candidate] ?? 0) + Math.max(taken, 1e-9);
  }
  return { choice: point.choice, sizes: sizesOf(point, inputs.sizes), seconds } as Measurement;
}

/** The rows of candidates that may be the fastest, and whose calls on the whole are not too long. */
function hopefulLanes(lanes: readonly Lane[]): Lane[] {
  const total = (candidate: string): number => {
    return lanes.reduce((sum, lane) => sum + (lane.candidate === candidate ? lane.predicted : 0), 0);
  };
  const fastest = Math.min(...lanes.map(({ candidate }) => total(candidate)));
  return lanes.filter(({ candidate, predicted }) => {
    return total(candidate) <= HOPELESS * fastest && predicted <= WHOLE_SECONDS;
  });
}

function isWrong(wrong: Tuning["wrong"], { choice }: TunePoint, name: string): boolean {
  return wrong.some((each) => each.choice === choice && each.candidate === name);
}

/** Why a row cannot be trusted: it fails, or is further from the reference than its tolerance. */
async function reasonAgainst(contender: Contender, sizes: WorkSizes): Promise<string | null> {
  const ofReference = ({ visibilities, gridSize, pixels, mappingNeighbors }: WorkSizes): number => {
    return contender.partOf.includes("visibilities")
      ? 2 * visibilities * gridSize ** 2
      : pixels ** 2 * mappingNeighbors;
  };
  const partOf = [contender.partOf.includes("visibilities") ? "visibilities" : "pixels"] as const;
  const part = partWithin({ ...contender, partOf, work: ofReference }, sizes, CHECK_WORK);
  try {
    const { error } = await contender.call(part, 0, true);
    if (error !== null && error <= contender.tolerance) return null;
    const tolerance = `its tolerance is ${contender.tolerance}`;
    return `${contender.kernel} ${contender.name} is off by ${error?.toExponential(1) ?? "what nobody knows"}, ${tolerance}`;
  } catch (error) {
    return `${contender.kernel} ${contender.name} failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/**
 * What a row takes at these sizes: the time of one call, or, where that would be long, of calls on two parts of the work,
 * by the operations that they differ in.
 */
async function trial(contender: Contender, sizes: WorkSizes, row: string, rates: Map<string, number>): Promise<number> {
  const timed = async (part: WorkSizes): Promise<number> => {
    const { seconds } = await contender.call(part, 0, false);
    rates.set(row, seconds / contender.work(part));
    return seconds;
  };
  if (!rates.has(row)) {
    const part = partWithin(contender, sizes, TRIAL_WORK);
    for (let spent = 0; spent < WARM_SECONDS; ) spent += (await timed(part)) + 1e-4;
  }
  const affordable = () => partWithin(contender, sizes, TRIAL_SECONDS / (rates.get(row) as number));
  // What is cheap by the call may be dear by the operation: the first answer only says how much is affordable.
  await timed(affordable());
  const part = affordable();
  const seconds = await timed(part);
  if (isWhole(part, sizes)) return seconds;
  const smaller = partWithin(contender, sizes, SMALL_SHARE * contender.work(part));
  const { seconds: least } = await contender.call(smaller, 0, false);
  const rate = seconds / contender.work(part);
  const operations = contender.work(part) - contender.work(smaller);
  const slope = operations > 0 ? Math.max(LEAST_GROWTH * rate, (seconds - least) / operations) : rate;
  return seconds + slope * (contender.work(sizes) - contender.work(part));
}

function sizesOf({ choice, unequalNoise }: TunePoint, sizes: WorkSizes): Measurement["sizes"] {
  if (choice === "lattice_sums") return { grid_pixels: sizes.gridSize ** 2, visibilities: sizes.visibilities };
  return {
    image_pixels: sizes.pixels,
    source_pixels: sizes.sourcePixels,
    mappings_per_pixel: sizes.mappingNeighbors,
    lattices: unequalNoise ? 2 : 1,
  };
}
