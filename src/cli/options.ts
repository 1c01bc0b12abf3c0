import type { ArgsDef } from "citty";
import { VOICE_NAMES, type VoiceName } from "../backend/contract.ts";
import { InputError } from "../errors.ts";

/** What every command takes besides its own options. */
export const COMMON_OPTIONS = {
  backend: {
    type: "enum",
    options: ["auto", ...VOICE_NAMES],
    description: "which implementation computes; auto, the default, chooses",
  },
  threads: { type: "string", valueHint: "N", description: "threads, the caller included (default: 1, of a fit all)" },
  seed: { type: "string", valueHint: "N", description: "seed of every random number (default: 0)" },
  out: { type: "string", valueHint: "DIR", description: "directory for the files that are written" },
  json: { type: "boolean", description: "print one JSON object on standard output and nothing else there" },
  debug: { type: "boolean", description: "print the stack trace of an error" },
} as const satisfies ArgsDef;

/** A typing error must not start thousands of threads. */
const MOST_THREADS = 256;

export interface CommonOptions {
  readonly backend: VoiceName | "auto";
  readonly threads: number;
  /** 0 to 2^53 - 1. */
  readonly seed: number;
  /** Undefined where the command should choose, or write nothing. */
  readonly out: string | undefined;
  readonly json: boolean;
  readonly debug: boolean;
  /** Those that were given: a fit that has begun keeps its own. */
  readonly given: readonly ("backend" | "seed")[];
}

/**
 * The common options from a command's arguments.
 * @param defaultThreads Where they do not say.
 * @throws InputError `option/value`.
 */
export function commonOptions(args: Readonly<Record<string, unknown>>, defaultThreads = 1): CommonOptions {
  const threads = wholeNumber("threads", text(args.threads) ?? String(Math.min(defaultThreads, MOST_THREADS)), 1);
  if (threads > MOST_THREADS) {
    const remedy = `give at most ${MOST_THREADS}`;
    throw new InputError("option/value", `--threads ${threads} is more than any machine here has`, remedy);
  }
  return {
    backend: (text(args.backend) ?? "auto") as VoiceName | "auto",
    threads,
    seed: wholeNumber("seed", text(args.seed) ?? "0", 0),
    out: text(args.out),
    json: args.json === true,
    debug: args.debug === true,
    given: (["backend", "seed"] as const).filter((option) => args[option] !== undefined),
  };
}

/**
 * A whole number from the text of an option.
 * @throws InputError `option/value` below `smallest`, beyond 2^53, or for anything but decimal digits.
 */
export function wholeNumber(option: string, value: string, smallest: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= smallest) return number;
  throw new InputError(
    "option/value",
    `--${option} ${value} is not a whole number of at least ${smallest}`,
    `give for example --${option} ${Math.max(1, smallest)}`,
  );
}

/**
 * A positive finite number from the text of an option.
 * @throws InputError `option/value`
 */
export function positiveNumber(option: string, value: string, example: string): number {
  const number = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : Number.NaN;
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InputError(
    "option/value",
    `--${option} ${value} is not a positive number`,
    `give for example --${option} ${example}`,
  );
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
