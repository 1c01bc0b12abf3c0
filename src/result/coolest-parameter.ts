import { coolestConversion } from "../model/coolest-profiles.ts";
import type { Model, ProfileTemplate } from "../model/model.ts";
import type { Slot } from "../model/slot.ts";
import type { Pair } from "../profiles/parameter.ts";
import { summaryOf, weightedQuantiles } from "./value-summary.ts";

/** A parameter of COOLEST over the samples. */
export interface Statistics {
  readonly mean: number | null;
  readonly median: number | null;
  readonly percentile_16th: number | null;
  readonly percentile_84th: number | null;
}

export const UNKNOWN: Statistics = { mean: null, median: null, percentile_16th: null, percentile_84th: null };

/** Angles of axes, degrees, to which 180 more is the same. */
const AXES = ["phi", "phi_ext"];

/** @param samples (n) of equal weight; angles are taken within 90 degrees of the estimate. */
export function statisticsOf(name: string, estimate: number, samples: readonly number[]): Statistics {
  const turned = (value: number) => estimate + ((((value - estimate + 90) % 180) + 180) % 180) - 90;
  const values = AXES.includes(name) ? samples.map(turned) : samples;
  const weights = new Float64Array(values.length).fill(1);
  const [percentile_16th, median, percentile_84th] = weightedQuantiles(values, weights, [0.16, 0.5, 0.84]);
  return { mean: summaryOf(values, weights).mean, median, percentile_16th, percentile_84th };
}

/** The prior of what is one parameter in both conventions, where COOLEST has its kind: its Gaussian has no ends. */
export function priorOf({ parameters }: Model, { kind, profile, values }: ProfileTemplate, name: string) {
  const none = { type: null };
  const same = coolestConversion(kind, profile)?.same ?? {};
  if (!Object.hasOwn(same, name)) return none;
  const [parameter, component] = same[name];
  const hole = values[parameter];
  const slot = component === undefined ? (hole as Slot) : (hole as Pair<Slot>)[component];
  if (typeof slot !== "object" || !("free" in slot)) return none;
  const { prior } = parameters[slot.free];
  if (prior.prior === "uniform") return { type: "UniformPrior", min_value: prior.lower, max_value: prior.upper };
  const isWhole = prior.prior === "gaussian" && prior.lower === undefined && prior.upper === undefined;
  return isWhole ? { type: "GaussianPrior", mean: prior.mean, width: prior.sigma } : none;
}
