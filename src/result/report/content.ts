import type { SkyOrientation } from "../../dataset/sky-orientation.ts";
import type { Dataset } from "../../likelihood/dataset.ts";
import type { Evaluation } from "../../likelihood/evaluation.ts";
import type { SearchOutcome } from "../../pipeline/search-outcome.ts";

/** Quantiles of the posterior: the median and the middle 68 %. */
export interface CredibleInterval {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** One free parameter, as the posterior has it. */
export interface ReportParameter {
  /** As in the model: `galaxies.lens.mass.einstein_radius`. */
  readonly path: string;
  /** `arcsec`, or empty for a pure number. */
  readonly unit: string;
  readonly best: number;
  /** With the ends of the middle 95 %; null where a method finds a best point alone. */
  readonly posterior: (CredibleInterval & { readonly lower95: number; readonly upper95: number }) | null;
}

/** What follows from the parameters. */
export interface ReportQuantity {
  readonly name: string;
  readonly unit: string;
  /** A sentence: in whose convention, of what. */
  readonly meaning: string;
  readonly best: number | null;
  readonly posterior: CredibleInterval | null;
  /** Why there is no number, where there is none. */
  readonly absent?: string;
}

export interface ReportPhase {
  /** In words: `nested sampling`. */
  readonly method: string;
  readonly outcome: SearchOutcome;
  /** Wall-clock time; null where it is not known. */
  readonly seconds: number | null;
  /** Arcseconds; null where the model has none. */
  readonly einsteinRadius: CredibleInterval | null;
}

/** Starts that ended in one maximum. */
export interface ReportBasin {
  readonly logLikelihood: number;
  readonly hits: number;
  readonly hitRate: number;
}

/** A line of a table of facts. */
export interface ReportFact {
  readonly name: string;
  readonly value: string;
}

/** Everything that a report shows: plain data. */
export interface ReportContent {
  /** What the lens is called. */
  readonly name: string;
  /** In the order in which they ran, at least one; the last is what the report is about. */
  readonly phases: readonly ReportPhase[];
  /** Of the last phase. */
  readonly datasets: readonly Dataset[];
  /** Where north and east are, by the names of the datasets; north is up and east as the spec has it where it is not said. */
  readonly skies?: Readonly<Record<string, SkyOrientation>>;
  /** Of the best point, of all the datasets. */
  readonly evaluation: Evaluation;
  /** In the order of the model of the last phase. */
  readonly parameters: readonly ReportParameter[];
  readonly quantities: readonly ReportQuantity[];
  /** The names of those quantities that stand at the top of the page, the Einstein radius first. */
  readonly headline: readonly string[];
  /** Best first; empty for a method that has none. */
  readonly basins: readonly ReportBasin[];
  /** What speaks against the result besides what the sampler says: of the data, the pipeline, ... */
  readonly warnings: readonly string[];
  /** Files by the names of the datasets, and their hashes. */
  readonly inputs: readonly ReportFact[];
  /** Version, seed, machine, date, ... */
  readonly provenance: readonly ReportFact[];
  /** Steps and their seconds. */
  readonly timing: readonly { readonly name: string; readonly seconds: number }[];
  /** The spec of the search as YAML. */
  readonly specText: string;
}
