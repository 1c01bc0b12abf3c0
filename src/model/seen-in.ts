import type { Model } from "./model.ts";
import type { Slot } from "./slot.ts";

/**
 * The part of a model that a dataset sees: all masses, but only the light profiles that are not for other datasets, times
 * the dataset's flux scale. Parameters stay the model's, whether or not anything seen here depends on them.
 */
export function seenIn(model: Model, dataset: string): Model {
  const galaxies = model.galaxies.map((galaxy) => ({
    ...galaxy,
    profiles: galaxy.profiles.filter(({ datasets }) => isFor(datasets, dataset)),
  }));
  return { ...model, galaxies, fluxScale: fluxScaleOf(model, dataset) };
}

/** @param datasets Names; undefined stands for all. */
export function isFor(datasets: readonly string[] | undefined, dataset: string): boolean {
  return datasets === undefined || datasets.includes(dataset);
}

/** The factor of all light in a dataset, or what it is of the free parameters. */
export function fluxScaleOf({ fluxScales }: Model, dataset: string): Slot {
  return fluxScales?.[dataset] ?? 1;
}

/** One of something for each dataset, datasets that see the same of a model sharing it. */
export function forEachView<T>(
  model: Model,
  datasets: readonly string[],
  make: (seen: Model) => T,
): (dataset: string) => T {
  const made = new Map<string, T>();
  const byDataset = new Map(
    datasets.map((dataset) => {
      const seen = seenIn(model, dataset);
      const key = JSON.stringify([seen.galaxies, seen.fluxScale]);
      const found = made.get(key) ?? make(seen);
      made.set(key, found);
      return [dataset, found];
    }),
  );
  return (dataset) => byDataset.get(dataset) as T;
}
