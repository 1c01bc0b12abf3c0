import type { ArgsDef } from "citty";
import type { StopRules } from "../model/search-schema.ts";
import { positiveNumber } from "./options.ts";

/** What a run may spend, of the commands that search. */
export const STOP_OPTIONS = {
  evaluations: { type: "string", valueHint: "N", description: "stop a search after so many, those before included" },
  minutes: { type: "string", valueHint: "N", description: "stop a search after so many minutes" },
} as const satisfies ArgsDef;

interface StopArguments {
  readonly evaluations?: string | undefined;
  readonly minutes?: string | undefined;
}

/** @returns undefined where neither is given. @throws InputError `option/value`. */
export function stopRules({ evaluations, minutes }: StopArguments): StopRules | undefined {
  if (evaluations === undefined && minutes === undefined) return undefined;
  return {
    evaluations: evaluations === undefined ? Infinity : positiveNumber("evaluations", evaluations, "100000"),
    minutes: minutes === undefined ? Infinity : positiveNumber("minutes", minutes, "60"),
  };
}
