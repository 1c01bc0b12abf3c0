import type { DatasetSpec } from "../model/spec.ts";
import { type ImagingDataset, readImaging } from "./imaging-dataset.ts";
import { type InterferometerDataset, type ReadOptions, readInterferometer } from "./interferometer-dataset.ts";

/** What was observed, as a likelihood uses it. */
export type Dataset = ImagingDataset | InterferometerDataset;

/** Reads everything a spec names. */
export async function readDataset(name: string, spec: DatasetSpec, options: ReadOptions): Promise<Dataset> {
  return spec.type === "imaging" ? readImaging(name, spec, options) : readInterferometer(name, spec, options);
}
