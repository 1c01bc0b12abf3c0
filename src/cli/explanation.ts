import { secondsText } from "../bench/table.ts";
import type { Explained } from "../likelihood/picks.ts";

/** What was picked and why, as the command-line contract has it. */
export function picksJson(picks: readonly Explained[]) {
  return picks.map(({ choice, picked, because, candidates }) => ({
    choice,
    picked,
    because,
    candidates: candidates.map(({ candidate, seconds }) => ({ candidate, predicted_s: seconds })),
  }));
}

/** The same for people: a line for each choice, and one for each candidate of predicted time. */
export function explanation(picks: readonly Explained[]): string {
  const width = Math.max(...picks.map(({ choice }) => choice.length));
  const lines = picks.flatMap(({ choice, picked, because, candidates }) => [
    `${choice.padEnd(width)}  ${picked ?? "unknown"}: ${because}`,
    ...candidates.map(({ candidate, seconds }) => `${" ".repeat(width + 4)}${candidate}  ${secondsText(seconds)}`),
  ]);
  return lines.map((line) => `${line}\n`).join("");
}
