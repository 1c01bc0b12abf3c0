import type { FittedPhase } from "../pipeline/fit-phase.ts";
import { type FitRequest, type InputHashes, RESULT } from "./fit-directory.ts";
import type { OutputDirectory } from "./output.ts";
import type { SpecFiles } from "./spec-files.ts";

/** Differs from run to run, and is in a file of its own. */
export interface FitTiming {
  readonly seconds: number;
  readonly threads: number;
}

/** What a fit ended with. */
export interface FitContents {
  readonly request: FitRequest;
  readonly inputs: InputHashes;
  readonly phases: readonly FittedPhase[];
  readonly timing: FitTiming;
}

export interface WrittenFit {
  readonly result: Readonly<Record<string, unknown>>;
  /** Paths. */
  readonly files: readonly string[];
}

/** Writes the results of a fit: last `result.json`, which says that it has ended. */
export async function writeResults(
  directory: OutputDirectory,
  _files: SpecFiles,
  { phases, timing }: FitContents,
): Promise<WrittenFit> {
  const { outcome } = phases[phases.length - 1];
  const result = {
    best: Object.fromEntries(outcome.model.parameters.map(({ path }, p) => [path, outcome.best.vector[p]])),
    evaluations: outcome.samples.evaluations,
    log_evidence: outcome.samples.logEvidence,
    diagnostics: outcome.samples.diagnostics,
    warnings: outcome.samples.warnings,
    failures: outcome.failures,
    stopped: outcome.stopped,
  };
  const files = [
    await directory.write("timing.json", `${JSON.stringify(timing, null, 2)}\n`),
    await directory.write(RESULT, `${JSON.stringify(result, null, 2)}\n`),
  ];
  return { result, files };
}
