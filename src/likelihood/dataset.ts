import type { DatasetSpec } from "../model/spec.ts";
import { type XAxis, xAxisIn } from "../model/x-axis.ts";
import { type ImagingDataset, readImaging } from "./imaging-dataset.ts";
import { type InterferometerDataset, type ReadOptions, readInterferometer } from "./interferometer-dataset.ts";

/** What was observed, as a likelihood uses it. */
export type Dataset = ImagingDataset | InterferometerDataset;

/** Where x of a dataset points; of compacted visibilities as their file says. */
export function xAxisOf(dataset: Dataset, spec: DatasetSpec): XAxis {
  return (dataset.type === "interferometer" ? dataset.compaction.sky.xAxis : xAxisIn(spec)) as XAxis;
}

/** How many data there are: unmasked pixels, or real and imaginary parts of visibilities. */
export function countOfData(dataset: Dataset): number {
  return dataset.type === "imaging" ? dataset.data.length : 2 * dataset.compaction.count;
}

/** Reads everything a spec names. */
export async function readDataset(name: string, spec: DatasetSpec, options: ReadOptions): Promise<Dataset> {
  return spec.type === "imaging" ? readImaging(name, spec, options) : readInterferometer(name, spec, options);
}
