import type { Absent } from "../backend/contract.ts";
import { entriesOf } from "../model/model.ts";
import { DEFAULT_SEARCH, type SearchMethod } from "../model/search-schema.ts";
import type { DerivedSummary } from "./derived-summary.ts";
import type { PhaseResult } from "./phase-result.ts";
import type { ParameterSummary } from "./posterior-summary.ts";
import type {
  CredibleInterval,
  ReportBasin,
  ReportContent,
  ReportFact,
  ReportParameter,
  ReportPhase,
  ReportQuantity,
} from "./report/content.ts";
import type { ValueSummary } from "./value-summary.ts";

const METHODS: Readonly<Record<SearchMethod, string>> = {
  nested: "nested sampling",
  dynamic_nested: "dynamic nested sampling",
  ensemble: "an ensemble of walkers",
  particle_swarm: "a particle swarm",
  lbfgs: "L-BFGS from many starts",
  adam: "Adam from many starts",
  nuts: "the No-U-Turn sampler",
  giga_lens: "the stages of GIGA-Lens",
  importance: "adaptive importance sampling",
};

/** What stands at the top of the page. */
const HEADLINE: readonly string[] = ["einstein_radius_critical_curve", "einstein_radius_b_sie", "einstein_mass"];

/** What a report is told besides the phases. */
export interface ReportFacts extends Pick<ReportContent, "name" | "warnings" | "inputs" | "provenance" | "skies"> {
  readonly timing: ReportContent["timing"];
}

/** The report of a fit, which is about its last phase. */
export function reportContent(phases: readonly PhaseResult[], facts: ReportFacts): ReportContent {
  const last = phases[phases.length - 1];
  const { outcome, datasets, evaluation, summary, derived, text } = last;
  const entries = entriesOf(outcome.spec);
  return {
    ...facts,
    phases: phases.map(phaseOf),
    datasets,
    evaluation,
    parameters: summary.parameters.map((parameter) => {
      const unit = entries.get(parameter.path)?.parameter?.unit;
      return parameterOf(parameter, unit === "arcsec" ? unit : "");
    }),
    quantities: derived.map(quantityOf),
    headline: HEADLINE,
    basins: basinsOf(last),
    specText: text,
  };
}

function phaseOf({ outcome, derived, seconds }: PhaseResult): ReportPhase {
  const radius = derived.find(({ name }) => name === HEADLINE[0]);
  return {
    method: METHODS[(outcome.spec.search ?? DEFAULT_SEARCH).method],
    outcome,
    seconds,
    einsteinRadius: radius === undefined ? null : (intervalOf(radius.posterior) ?? pointOf(radius.best)),
  };
}

function parameterOf({ path, best, posterior }: ParameterSummary, unit: string): ReportParameter {
  if (posterior === null) return { path, unit, best, posterior };
  const [lower95, upper95] = posterior.interval95;
  return { path, unit, best, posterior: { ...credible(posterior), lower95, upper95 } };
}

function quantityOf({ name, unit, meaning, best, posterior }: DerivedSummary): ReportQuantity {
  const absence = [best, posterior].find((value): value is Absent => typeof value === "object" && "absent" in value);
  return {
    name,
    unit,
    meaning,
    best: typeof best === "number" ? best : null,
    posterior: intervalOf(posterior),
    ...(absence && { absent: absence.absent }),
  };
}

function intervalOf(posterior: ValueSummary | Absent): CredibleInterval | null {
  return "absent" in posterior ? null : credible(posterior);
}

/** Of a search that looked for a best point alone. */
function pointOf(best: number | Absent): CredibleInterval | null {
  return typeof best === "number" ? { median: best, lower: best, upper: best } : null;
}

function credible({ median, interval68: [lower, upper] }: ValueSummary): CredibleInterval {
  return { median, lower, upper };
}

function basinsOf({ outcome: { samples } }: PhaseResult): readonly ReportBasin[] {
  const { hits, logLikelihoods } = samples;
  if (hits === undefined) return [];
  const starts = hits.reduce((sum, count) => sum + count, 0);
  return Array.from(hits, (count, k) => {
    return { logLikelihood: logLikelihoods[k], hits: count, hitRate: count / starts };
  });
}

/** Facts from a record. */
export function factsOf(record: Readonly<Record<string, string | number | boolean | null>>): readonly ReportFact[] {
  return Object.entries(record).map(([name, value]) => ({ name, value: String(value ?? "none") }));
}
