import { join } from "node:path";
import { bestWasmBuild, chooseWasmBuild } from "../backend/wasm.ts";
import { InputError } from "../errors.ts";
import { parseSpec } from "../model/parse-spec.ts";
import type { FitOptions } from "../pipeline/fit-options.ts";
import { fitSpec } from "../pipeline/fit-spec.ts";
import type { PhaseResult } from "../result/phase-result.ts";
import { compactionProgress } from "./compaction-progress.ts";
import { lock } from "./directory-lock.ts";
import { FileJournal } from "./file-journal.ts";
import { FitClock } from "./fit-clock.ts";
import { type FitDirectory, type InputHashes, JOURNAL, removeFit, requireSameInputs } from "./fit-directory.ts";
import { FitProgress } from "./fit-progress.ts";
import { type FitContext, type WrittenFit, writeFit, writePhase } from "./fit-results.ts";
import type { Invocation } from "./invocation.ts";
import { withLikelihoodThreads } from "./likelihood-threads.ts";
import { outputDirectory } from "./output.ts";
import { SpecFiles } from "./spec-files.ts";

export interface RunFitOptions {
  /** See `FitOptions`. */
  readonly pause?: FitOptions["pause"];
  /** Put before every line of progress; may be empty. */
  readonly title: string;
  /** Whether it begins now: where its input is wrong it has not begun then. */
  readonly isNew?: boolean;
  /** On so many other meshes is the best fit evaluated in the end. */
  readonly meshes?: number;
}

/**
 * Runs a fit from wherever its journal ends, and writes its results.
 * @throws InputError where another process runs it, its files have changed or this machine cannot go on with it.
 */
export async function runFit(
  directory: FitDirectory,
  invocation: Invocation,
  { pause, title, isNew = false, meshes = 0 }: RunFitOptions,
): Promise<WrittenFit> {
  const { request, text, path } = directory;
  requireBuild(directory);
  const held = await lock(path);
  const files = new SpecFiles(parseSpec(text, request.spec), text, request.spec, request.data);
  const journal = new FileJournal(join(path, JOURNAL));
  const progress = new FitProgress(invocation, title);
  const { threads } = invocation.options;
  try {
    const output = await outputDirectory(path);
    const clock = await FitClock.in(output, threads);
    let inputs: InputHashes = {};
    const context: FitContext = { request, open: files.open, inputs: () => inputs };
    const phases: PhaseResult[] = [];
    await fitSpec(text, request.spec, {
      open: files.open,
      backend: request.backend,
      tuning: request.tuning ?? undefined,
      progress: compactionProgress(invocation),
      seed: request.seed,
      journal,
      ...(pause && { pause }),
      spread: (likelihood, start, use) => withLikelihoodThreads(threads, likelihood, start, use),
      onPlanned: async () => {
        inputs = await requireSameInputs(output, files.paths.slice(1), text);
      },
      onStep: (step) => {
        progress.step(step);
        clock.step(step);
      },
      onFitted: async (phase) => {
        progress.end();
        phases.push(await writePhase(output, phase, context));
        clock.endPhase(phase.outcome.phase);
      },
    });
    return await writeFit(output, phases, context, { clock, meshes });
  } catch (error) {
    // Its name is all that a search says before the first batch.
    if (isNew && error instanceof InputError && journal.entries <= 1) await removeFit(path);
    throw error;
  } finally {
    progress.end();
    journal.close();
    await files.close();
    await held.release();
  }
}

/** Results of the two builds differ in their last bits, and a search would go another way from there. */
function requireBuild({ request, path }: FitDirectory): void {
  const { wasm_build: build } = request;
  if (build === "relaxed" && bestWasmBuild() !== "relaxed") {
    const what = "the fit began with relaxed SIMD, which this Node does not have";
    throw new InputError("fit/build", what, "resume with Node 22 or newer, or fit anew with another --out", path);
  }
  chooseWasmBuild(build);
}
