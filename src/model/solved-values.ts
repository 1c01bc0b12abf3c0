import { regularizationSchemes } from "../inversion/regularization/schemes.ts";
import { lightProfiles } from "../profiles/index.ts";
import { buildModel } from "./model.ts";
import { isFor } from "./seen-in.ts";
import type { Spec } from "./spec.ts";

/** By paths of a spec: intensities and regularization coefficients that the likelihood found. */
export type Solved = Readonly<Record<string, number>>;

/**
 * Numbers for what a spec leaves to the likelihood, by their paths; of a set of profiles one list. What has no number,
 * or one that the spec could not have, such as an intensity below zero, is left to the likelihood again.
 */
export function solvedValues(spec: Spec, solved: Solved): ReadonlyMap<string, number | readonly number[]> {
  const values = new Map<string, number | readonly number[]>();
  const sets = new Map<string, (number | undefined)[]>();
  const addWithin = ([lower, upper]: readonly [number, number], path: string): void => {
    if (solved[path] >= lower && solved[path] <= upper) values.set(path, solved[path]);
  };
  for (const { path, profile } of linearProfiles(spec)) {
    const ofSet = /^(.*)\.\d+$/.exec(path)?.[1];
    if (ofSet === undefined) addWithin(lightProfiles.get(profile)!.parameters.intensity.bounds, path);
    else sets.set(ofSet, [...(sets.get(ofSet) ?? []), solved[path]]);
  }
  for (const [path, intensities] of sets) {
    if (intensities.every((intensity) => intensity !== undefined)) values.set(path, intensities);
  }
  for (const { path, type } of openCoefficients(spec)) {
    addWithin(regularizationSchemes.get(type)!.parameters.coefficient.bounds, path);
  }
  return values;
}

/** What will be solved for, with 1 for every value: all of which there is one for all datasets. */
export function solvedSoon(spec: Spec): Solved {
  const isSeenByOne = (datasets: readonly string[] | undefined) =>
    Object.keys(spec.datasets).filter((dataset) => isFor(datasets, dataset)).length === 1;
  const found = [
    ...linearProfiles(spec).filter(({ datasets }) => isSeenByOne(datasets)),
    ...openCoefficients(spec).filter(({ shared, datasets }) => shared || isSeenByOne(datasets)),
  ];
  return Object.fromEntries(found.map(({ path }) => [path, 1]));
}

function linearProfiles(spec: Spec) {
  return buildModel(spec).galaxies.flatMap(({ profiles }) =>
    profiles.flatMap(({ linear, profile, datasets }) => (linear === null ? [] : [{ path: linear, profile, datasets }])),
  );
}

function openCoefficients(spec: Spec) {
  return Object.entries(spec.galaxies).flatMap(([name, { pixelization }]) => {
    if (!pixelization?.regularization.maximize) return [];
    const { regularization, shared, datasets } = pixelization;
    return [{ path: coefficientPath(name), type: regularization.type, shared, datasets }];
  });
}

export function coefficientPath(galaxy: string): string {
  return `galaxies.${galaxy}.pixelization.regularization.coefficient`;
}
