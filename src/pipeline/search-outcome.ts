import type { SampleSet } from "../inference/sampler.ts";
import type { Model } from "../model/model.ts";
import type { Spec } from "../model/spec.ts";

/** What a search ended with: plain data, from which results are written and the next phase takes its priors. */
export interface SearchOutcome {
  /** The name of the phase; `fit` where there is one search alone. */
  readonly phase: string;
  /** What was searched, priors and all; its `search` names the method. */
  readonly spec: Spec;
  readonly model: Model;
  /** What the log likelihoods of the samples are. */
  readonly objective: "log_evidence" | "log_likelihood";
  /** In the unit cube of the priors. */
  readonly samples: SampleSet;
  /** (n, free parameters) The samples as values of the parameters. */
  readonly vectors: Float64Array;
  /** The best point that the search met, which need not be a sample. */
  readonly best: { readonly vector: Float64Array; readonly logLikelihood: number };
  /** Why the fit was paused in this search, or null. */
  readonly stopped: string | null;
  /** How many points had no likelihood, by the reason. */
  readonly failures: Readonly<Record<string, number>>;
}
