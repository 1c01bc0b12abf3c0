import type { Galaxy, LightComponent } from "../lens/galaxy.ts";
import { instantiate, type Model, type ModelLight } from "./model.ts";
import { fluxScaleOf, seenIn } from "./seen-in.ts";
import { valueAt } from "./slot.ts";

/**
 * The galaxies of a model as one dataset sees them: without the light that is for other datasets, and with intensities
 * times the dataset's flux scale. All masses are there.
 * @param vector (P) the model's free parameters.
 * @param intensities What was solved for in this dataset, by its paths: `DatasetEvaluation.intensities`.
 */
export function seenGalaxies(
  model: Model,
  vector: ArrayLike<number>,
  dataset: string,
  intensities: Readonly<Record<string, number>>,
): readonly Galaxy[] {
  const scale = valueAt(fluxScaleOf(model, dataset), vector);
  const lit = ({ profile, values, linear }: ModelLight): LightComponent => {
    const intensity = linear === null ? (values.intensity as number) : intensities[linear];
    return { profile, values: { ...values, intensity: scale * intensity } };
  };
  return instantiate(seenIn(model, dataset), vector).galaxies.map(({ name, redshift, masses, lights }) => {
    return { name, redshift, masses, lights: lights.map(lit) };
  });
}
