import { isList, isMap, type Located, placedAt } from "./located-tree.ts";
import { entriesOf } from "./model.ts";
import { isLogarithmic, type Prior, valueFromUnit } from "./prior.ts";
import { type Solved, solvedSoon, solvedValues } from "./solved-values.ts";
import type { Spec } from "./spec.ts";
import type { Entry } from "./ties.ts";
import { joinPath } from "./yaml-tree.ts";

/** Of a free parameter, or of its natural logarithm where its prior is in that (`isLogarithmic`). */
export interface Posterior {
  readonly mean: number;
  readonly standardDeviation: number;
}

/** What later phases take from a phase, by paths of its spec. Plain data. */
export interface PhaseResults {
  /** Of every free parameter. */
  readonly posteriors: Readonly<Record<string, Posterior>>;
  /** Every number of the model at the best point, of what is fixed and tied too. */
  readonly best: Readonly<Record<string, number>>;
  /** What the likelihood found there, where it is one number for all datasets. */
  readonly solved: Solved;
}

/** How a phase's values are taken: as priors about its posterior, `widen` times as wide as usual, or at its best point. */
export type Taking = { readonly as: "from"; readonly widen: number } | { readonly as: "fixed" };

/** How many standard deviations of the posterior are one of the prior. */
const DEVIATIONS = 3;

/**
 * The least sigma, in widths of the prior of the phase itself. A simple model is surer than it is right: its errors are
 * those of the noise alone, and a prior as narrow as that would shut out what a better model finds.
 */
const LEAST_SIGMA = 0.1;

/**
 * The prior that a later phase has, from one and the posterior under it: normal, in the logarithm where the other is. The
 * schema cuts it at the parameter's bounds.
 */
export function priorFrom(prior: Prior, { mean, standardDeviation }: Posterior, widen: number): Prior {
  const inLogarithm = isLogarithmic(prior);
  const quantile = (u: number) => (inLogarithm ? Math.log(valueFromUnit(prior, u)) : valueFromUnit(prior, u));
  const width = (quantile(0.84) - quantile(0.16)) / 2;
  const sigma = widen * Math.max(DEVIATIONS * standardDeviation, LEAST_SIGMA * width);
  return { prior: inLogarithm ? "log_gaussian" : "gaussian", mean, sigma };
}

/**
 * The tree of a phase with what it found in the place of what it searched for. Defaults that it left out are written out,
 * so that a path leads to what the phase had, said or not.
 * @param spec Of that tree.
 * @param results null before the phase has run: its priors then stand for what will be found.
 */
export function passedOn(tree: Located, spec: Spec, results: PhaseResults | null, taking: Taking): Located {
  /** By the path of a map, by its keys. */
  const values = new Map<string, Map<string, unknown>>();
  const put = (parent: string, key: string, value: unknown): void => {
    values.set(parent, (values.get(parent) ?? new Map<string, unknown>()).set(key, value));
  };
  for (const [path, entry] of entriesOf(spec)) {
    // What members of a set do not share is written as a whole: sigmas, an order.
    if (entry.parameter === undefined) continue;
    const value = foundFor(path, { ...entry, parameter: entry.parameter }, results, taking);
    if (value === undefined) continue;
    const [parent, key, component] = split(path, entry.parameter.components !== undefined);
    if (component === undefined) put(parent, key, value);
    else {
      const pair = (values.get(parent)?.get(key) as unknown[] | undefined) ?? [undefined, undefined];
      put(parent, key, pair.with(component, value));
    }
  }
  const solved = taking.as === "fixed" ? solvedValues(spec, results?.solved ?? solvedSoon(spec)) : [];
  for (const [path, value] of solved) {
    const [parent, key] = split(path, false);
    put(parent, key, value);
  }
  return withValues(tree, values, "");
}

/** @returns undefined for what stays as it is written. */
function foundFor(
  path: string,
  { entry, parameter }: Entry & { readonly parameter: NonNullable<Entry["parameter"]> },
  results: PhaseResults | null,
  taking: Taking,
): number | Prior | undefined {
  if (typeof entry === "number") return entry;
  const isTied = "tied" in entry;
  if (taking.as === "fixed") {
    if (results !== null) return results.best[path];
    return isTied ? parameter.defaultPrior : entry;
  }
  if (isTied) return undefined;
  return results === null ? entry : priorFrom(entry, results.posteriors[path], taking.widen);
}

function split(path: string, isVector: boolean): readonly [parent: string, key: string, component?: number] {
  const keys = path.split(".");
  if (!isVector) return [keys.slice(0, -1).join("."), keys.at(-1)!];
  return [keys.slice(0, -2).join("."), keys.at(-2)!, Number(keys.at(-1))];
}

function withValues(node: Located, values: ReadonlyMap<string, ReadonlyMap<string, unknown>>, path: string): Located {
  if (!isMap(node.content)) return node;
  const own = values.get(path) ?? new Map<string, unknown>();
  const content = new Map<string, Located>();
  for (const [key, child] of node.content) {
    // `priors: default` is written out too.
    if (key === "priors" && own.size > 0) continue;
    content.set(key, own.has(key) ? put(child, own.get(key)) : withValues(child, values, joinPath(path, key)));
  }
  for (const [key, value] of own) if (!content.has(key)) content.set(key, placedAt(value, node));
  return { ...node, content };
}

/** @param value Of a vector with undefined for a component that stays. */
function put(old: Located, value: unknown): Located {
  if (!Array.isArray(value) || !isList(old.content)) return placedAt(value, old);
  const items = old.content;
  return { ...old, content: value.map((item, i) => (item === undefined ? items[i] : placedAt(item, old))) };
}
