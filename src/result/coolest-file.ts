import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import { type CoolestSource, coolestOf } from "./coolest.ts";
import { gridOf } from "./dataset-maps.ts";

/** A model that has been evaluated, as a COOLEST template. */
export interface CoolestFile {
  /** JSON. */
  readonly text: string;
  readonly leftOut: ReturnType<typeof coolestOf>["meta"]["left_out"];
  /** Whether any profile of the model is in it. */
  readonly hasProfiles: boolean;
}

/**
 * The template of an evaluated model: pixels are those of its datasets, intensities that were solved for those found.
 * @param evaluation Of the best point.
 * @param named Whether the template names the files of the data, as the spec does: see `coolestOf`.
 */
export function coolestFile(
  source: Omit<CoolestSource, "intensities" | "shape" | "pixelScale">,
  { datasets, evaluation }: { readonly datasets: readonly Dataset[]; readonly evaluation: Evaluation },
  { version, named }: { readonly version: string; readonly named: boolean },
): CoolestFile {
  const d = Math.max(
    0,
    datasets.findIndex(({ type }) => type === "imaging"),
  );
  const { shape, pixelScale } = gridOf(datasets[d]);
  const { intensities } = evaluation.datasets[d];
  const template = coolestOf({ ...source, intensities, pixelScale, ...(named && { shape }) }, version);
  return {
    text: `${JSON.stringify(template, null, 2)}\n`,
    leftOut: template.meta.left_out,
    hasProfiles: template.lensing_entities.some(
      ({ mass_model = [], light_model = [] }) => mass_model.length + light_model.length > 0,
    ),
  };
}
