import type { ArgsDef } from "citty";
import type { FitOptions } from "../pipeline/fit-options.ts";
import { positiveNumber } from "./options.ts";

/** What a fit may spend before it pauses, to be resumed. */
export const PAUSE_OPTIONS = {
  evaluations: { type: "string", valueHint: "N", description: "pause after so many, those before included" },
  minutes: { type: "string", valueHint: "N", description: "pause after so many minutes" },
} as const satisfies ArgsDef;

interface PauseArguments {
  readonly evaluations?: string | undefined;
  readonly minutes?: string | undefined;
}

/** The clock starts now. @throws InputError `option/value`. */
export function pauseAfter(args: PauseArguments): FitOptions["pause"] {
  const most = args.evaluations === undefined ? Infinity : positiveNumber("evaluations", args.evaluations, "100000");
  const minutes = args.minutes === undefined ? Infinity : positiveNumber("minutes", args.minutes, "60");
  const end = performance.now() + 60_000 * minutes;
  return (evaluations) => {
    if (evaluations >= most) return `paused after ${evaluations} evaluations`;
    return performance.now() >= end ? `paused after ${minutes} minutes` : null;
  };
}
