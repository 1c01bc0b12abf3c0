import { isPixelized } from "../likelihood/plan.ts";
import type { FitStep } from "../pipeline/fit-options.ts";
import type { Invocation } from "./invocation.ts";

/** Between two lines of progress: on a terminal, where one replaces the other, and in a log; milliseconds. */
const ON_TERMINAL = 200;
const IN_LOG = 10_000;
/** A log need not say that something begins. */
const FIRST_IN_LOG = 1000;

/** Says how far a fit is, what it has found, and how long the rest will take. */
export class FitProgress {
  readonly #invocation: Invocation;
  readonly #title: string;
  readonly #isTerminal: boolean;
  #phase = "";
  /** When the phase began, or what an earlier run had stored of it ended, and how far it was. */
  #began = { time: 0, progress: 0 };
  #next = 0;
  #width = 0;

  /** @param title Put before every line, to tell fits apart; may be empty. */
  constructor(invocation: Invocation, title = "") {
    this.#invocation = invocation;
    this.#title = title;
    this.#isTerminal = invocation.stderr.isTTY === true;
  }

  readonly step = (step: FitStep): void => {
    const now = performance.now();
    if (step.phase !== this.#phase || step.replayed === step.evaluations) {
      this.#phase = step.phase;
      this.#began = { time: now, progress: step.progress };
      if (!this.#isTerminal) this.#next = Math.max(this.#next, now + FIRST_IN_LOG);
    }
    if (now < this.#next) return;
    this.#next = now + (this.#isTerminal ? ON_TERMINAL : IN_LOG);
    const line = `${this.#title}${lineOf(step, (now - this.#began.time) / 1000, step.progress - this.#began.progress)}`;
    this.#invocation.stderr.write(this.#isTerminal ? `\r${line.padEnd(this.#width)}` : `${line}\n`);
    this.#width = line.length;
  };

  /** Leaves the terminal's line, so that others can write. */
  end(): void {
    if (this.#isTerminal && this.#width > 0) this.#invocation.stderr.write(`\r${" ".repeat(this.#width)}\r`);
    this.#width = 0;
  }
}

/** @param gained Of the progress, in these seconds. */
function lineOf(step: FitStep, seconds: number, gained: number): string {
  const { phase, progress, evaluations, replayed, failed, best, model } = step;
  const computed = evaluations - replayed;
  const rate = seconds > 1 && computed > 0 ? ` (${(computed / seconds).toPrecision(3)}/s)` : "";
  const left = gained > 0.02 && seconds > 2 ? `, ${duration((seconds * (1 - progress)) / gained)} left` : "";
  return [
    `${phase}: ${Math.floor(100 * progress)} %${left}`,
    `${evaluations} evaluations${rate}${failed > 0 ? `, ${failed} failed` : ""}`,
    `best ${isPixelized(model) ? "ln E" : "ln L"} ${best.logLikelihood.toFixed(1)}`,
    ...radius(step),
  ].join("  ");
}

/** What most people watch. */
function radius({ model, vector }: FitStep): string[] {
  const p = model.parameters.findIndex(({ path }) => path.endsWith(".einstein_radius"));
  return p < 0 ? [] : [`einstein_radius ${vector[p].toFixed(4)}`];
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  if (seconds < 6000) return `${Math.ceil(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
