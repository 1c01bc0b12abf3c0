import { join } from "node:path";
import { InputError } from "../errors.ts";
import { DEMO_SPEC, demoTruth } from "./demo-lens.ts";
import { discardFit, isFit, openFit } from "./fit-directory.ts";
import { runFit } from "./fit-run.ts";
import { begin } from "./fit-start.ts";
import { intervalText } from "./fit-summary.ts";
import type { Invocation } from "./invocation.ts";

/** A free parameter, found and in truth. */
interface Found {
  readonly truth: number;
  readonly median: number;
  readonly standard_deviation: number;
  /** From the truth to the median, in standard deviations. */
  readonly sigmas: number;
  /** The median and the middle 68 %, for people. */
  readonly text: string;
}

export interface DemoFit {
  readonly directory: string;
  readonly report: string;
  readonly evaluations: number;
  readonly seconds: number;
  readonly log_evidence: number | null;
  /** By their paths in the spec. */
  readonly parameters: Readonly<Record<string, Found>>;
}

/** @throws InputError where another fit than the demo's has begun. */
export async function requireDemoFit(directory: string): Promise<void> {
  if (!(await isFit(directory)) || (await openFit(directory)).text === DEMO_SPEC) return;
  throw new InputError("fit/exists", "a fit of something else has begun here", "give another --out", directory);
}

/**
 * Fits the demo's lens as `arclet fit` does, anew where an earlier demo has.
 * @param spec Path of the demo's spec, with its data beside it.
 * @param directory Of the fit, as `requireDemoFit` lets pass.
 */
export async function fitDemo(spec: string, directory: string, invocation: Invocation): Promise<DemoFit> {
  if (await isFit(directory)) await discardFit(directory);
  const begun = await begin(spec, {}, directory, invocation);
  const { result, seconds } = await runFit(begun, invocation, { title: "" });
  const truth = demoTruth();
  return {
    directory,
    report: join(directory, "report.html"),
    evaluations: result.posterior.evaluations,
    seconds,
    log_evidence: result.evidence?.log_z ?? null,
    parameters: Object.fromEntries(
      Object.entries(result.parameters).map(([path, { best, posterior }]) => {
        const { median, standard_deviation } = posterior as { median: number; standard_deviation: number };
        const sigmas = (median - truth[path]) / standard_deviation;
        return [path, { truth: truth[path], median, standard_deviation, sigmas, text: intervalText(posterior, best)! }];
      }),
    ),
  };
}
