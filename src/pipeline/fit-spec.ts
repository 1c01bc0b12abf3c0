import { InputError } from "../errors.ts";
import { requireModel } from "../likelihood/from-spec.ts";
import { buildModel } from "../model/model.ts";
import { parseSpec } from "../model/parse-spec.ts";
import type { PhaseResults } from "../model/passed-on.ts";
import { adaptImageName, parsePhases, phaseSpec } from "../model/phases.ts";
import { adaptImageFile } from "./adapt-image.ts";
import type { FitOptions } from "./fit-options.ts";
import { type FittedPhase, fitPhase } from "./fit-phase.ts";
import { requireMeshes } from "./other-meshes.ts";
import { phaseResults } from "./phase-results.ts";

/** What the only search of a spec without phases is called. */
export const ONLY_PHASE = "fit";

/**
 * Searches the posterior of a spec, phase by phase where it has phases.
 * @param text Of the spec.
 * @param fileName How messages call it.
 * @param onFitted Told of every phase that has ended, before the next begins.
 * @returns At least one, in the order in which they ran; the last is what the fit is about, or the one that it was paused in.
 * @throws InputError for a spec that is not right, any phase of it, before the first is searched.
 */
export async function fitSpec(
  text: string,
  fileName: string,
  { onFitted = async () => {}, ...options }: FitOptions & { onFitted?(phase: FittedPhase): Promise<void> },
): Promise<readonly FittedPhase[]> {
  const phases = parsePhases(text, fileName);
  if (phases === null) {
    const spec = parseSpec(text, fileName);
    if (buildModel(spec).parameters.length === 0) {
      const remedy = "give one a prior; `arclet evaluate` takes a model of numbers";
      throw new InputError("fit/fixed", "the model has no free parameter", remedy, fileName);
    }
    requireMeshes(spec, fileName);
    const only = await fitPhase(ONLY_PHASE, { spec, text }, options);
    await onFitted(only);
    return [only];
  }
  for (const [name, spec] of Object.entries(phases.specs)) {
    requireModel(spec, buildModel(spec));
    requireMeshes(spec, `${fileName}: phases.${name}`);
  }
  const fitted: FittedPhase[] = [];
  const results: Record<string, PhaseResults> = {};
  let spent = 0;
  const made = new Map<string, Uint8Array>();
  for (const [k, name] of phases.names.entries()) {
    const { spec, text } = phaseSpec(phases, name, results);
    const adaptImages = new Map([...made].filter(([path]) => text.includes(path)));
    const before = spent;
    const found = await fitPhase(
      name,
      { spec, text, adaptImages },
      {
        ...options,
        seed: options.seed + k,
        pause: (evaluations) => options.pause?.(before + evaluations) ?? null,
      },
    );
    spent += found.outcome.samples.evaluations;
    const { outcome, evaluation } = found;
    results[name] = phaseResults(outcome, evaluation);
    for (const source of phases.adaptImages.filter(({ phase }) => phase === name)) {
      made.set(adaptImageName(source), adaptImageFile(found, source));
    }
    fitted.push(found);
    await onFitted(found);
    // What it found so far is nothing to go on from.
    if (outcome.stopped !== null) break;
  }
  return fitted;
}
