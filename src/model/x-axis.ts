import { isPlain } from "./schema.ts";
import type { DatasetSpec } from "./spec.ts";

/*
 * A model is in one system of coordinates: x points the same way in all datasets of a spec, or one of them would see it
 * mirrored.
 */

export type XAxis = "east" | "west";

/**
 * What a file says, with x of visibilities as the images beside them have it where it does not say: images have x toward
 * west if nothing else is said, visibilities alone toward east. Compacted ones carry theirs.
 */
export function withXAxisOfImages(value: unknown): unknown {
  if (!isPlain(value) || !isPlain(value.datasets)) return value;
  const image = Object.values(value.datasets).find((dataset) => isPlain(dataset) && dataset.type === "imaging");
  if (!isPlain(image)) return value;
  const x_axis = image.x_axis === "east" ? "east" : "west";
  const follow = (dataset: unknown) => {
    const isOpen = isPlain(dataset) && dataset.type === "interferometer" && dataset.x_axis === undefined;
    return isOpen && dataset.compact === undefined ? { ...dataset, x_axis } : dataset;
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
