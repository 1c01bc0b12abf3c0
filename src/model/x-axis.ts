import { isPlain } from "./schema.ts";
import type { DatasetSpec } from "./spec.ts";

/*
 * A model is in one system of coordinates: x points the same way in all datasets of a spec, or one of them would see it
 * mirrored.
 */

export type XAxis = "east" | "west";

/**
 * What a file says, with one direction of x where images are beside visibilities and not all of them say it: that of the first
 * which does, or east, as visibilities alone have it. An image whose WCS knows its sky is turned accordingly. One without, as
 * of simulations, stays as it is. Images alone have x toward west if nothing else is said.
 */
export function withOneXAxis(value: unknown): unknown {
  if (!isPlain(value) || !isPlain(value.datasets)) return value;
  const all = Object.values(value.datasets).filter(isPlain);
  const isMixed = ["imaging", "interferometer"].every((type) => all.some((dataset) => dataset.type === type));
  if (!isMixed) return value;
  const x_axis = all.find((dataset) => dataset.x_axis !== undefined)?.x_axis ?? "east";
  const follow = (dataset: unknown) => {
    const isOpen = isPlain(dataset) && dataset.x_axis === undefined && dataset.compact === undefined;
    return isOpen ? { ...dataset, x_axis } : dataset;
  };
  const datasets = Object.entries(value.datasets).map(([name, dataset]) => [name, follow(dataset)]);
  return { ...value, datasets: Object.fromEntries(datasets) };
}

/** Where x of a dataset points; undefined where its compact file says it alone. */
export function xAxisIn(spec: DatasetSpec): XAxis | undefined {
  return spec.type === "imaging" ? spec.xAxis : spec.data.xAxis;
}

/** The first dataset that has x the other way than one before it, and that one. */
export function mirrored(xAxes: readonly (readonly [name: string, xAxis: XAxis | undefined])[]) {
  const known = xAxes.filter(([, xAxis]) => xAxis !== undefined);
  const other = known.find(([, xAxis]) => xAxis !== known[0][1]);
  return other && { first: known[0][0], other: other[0], xAxis: other[1] };
}
