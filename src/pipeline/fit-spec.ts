import { kernelsBeside } from "../backend/kernels.ts";
import { parseSpec } from "../model/parse-spec.ts";
import type { PhaseResults } from "../model/passed-on.ts";
import { adaptImageName, parsePhases, phaseSpec } from "../model/phases.ts";
import { adaptImageFile, openingAlso } from "./adapt-image.ts";
import { type FitOptions, type FittedPhase, fitPhase } from "./fit-phase.ts";
import { phaseResults } from "./phase-results.ts";

/** What the only search of a spec without phases is called. */
export const ONLY_PHASE = "fit";

/**
 * Searches the posterior of a spec, phase by phase where it has phases.
 * @param text Of the spec.
 * @param fileName How messages call it.
 * @param onFitted Told of every phase that has ended, before the next begins.
 * @returns At least one, in the order in which they ran; the last is what the fit is about.
 * @throws InputError for a spec that is not right, any phase of it, before the first is searched.
 */
export async function fitSpec(
  text: string,
  fileName: string,
  { onFitted = async () => {}, ...options }: FitOptions & { onFitted?(phase: FittedPhase): Promise<void> },
): Promise<readonly FittedPhase[]> {
  const phases = parsePhases(text, fileName);
  if (phases === null) {
    const only = await fitPhase(ONLY_PHASE, { spec: parseSpec(text, fileName), text }, options);
    await onFitted(only);
    return [only];
  }
  const fitted: FittedPhase[] = [];
  const results: Record<string, PhaseResults> = {};
  const adaptImages = new Map<string, Uint8Array>();
  const open = openingAlso(adaptImages, options.open);
  for (const [k, name] of phases.names.entries()) {
    const found = await fitPhase(name, phaseSpec(phases, name, results), { ...options, open, seed: options.seed + k });
    const { outcome, datasets, evaluation } = found;
    results[name] = phaseResults(outcome, evaluation);
    const best = { datasets, model: outcome.model, vector: outcome.best.vector, evaluation };
    for (const source of phases.adaptImages.filter(({ phase }) => phase === name)) {
      const kernels = kernelsBeside(evaluation.backend);
      adaptImages.set(adaptImageName(source), adaptImageFile(best, source.galaxy, source.dataset, kernels));
    }
    fitted.push(found);
    await onFitted(found);
  }
  return fitted;
}
