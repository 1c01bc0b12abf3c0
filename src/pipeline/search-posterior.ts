import { InputError } from "../errors.ts";
import { lbfgs } from "../inference/optimize/l-bfgs.ts";
import { randomState } from "../inference/rng.ts";
import type { StepInfo } from "../inference/sampler.ts";
import type { PlannedSpec } from "../likelihood/from-spec.ts";
import { plan } from "../likelihood/plan.ts";
import { buildModel } from "../model/model.ts";
import { DEFAULT_SEARCH } from "../model/search-schema.ts";
import type { Spec } from "../model/spec.ts";
import type { FitOptions } from "./fit-options.ts";
import { type JournaledEnd, NOTHING_SPENT, runJournaled, type Spent } from "./journaled-run.ts";
import { scattered } from "./mesh-scatter.ts";
import { onOtherMesh } from "./other-meshes.ts";
import type { SearchOutcome } from "./search-outcome.ts";
import { type AnySampler, searchSampler } from "./search-sampler.ts";

/** What a search found. */
export interface Found extends Pick<SearchOutcome, "samples" | "failures"> {
  readonly best: StepInfo["best"];
  /** Why the fit was paused, or null. */
  readonly paused: string | null;
}

/** To the top of one mesh from that of another: nearer than the posterior is wide. */
const MESH_CLIMB = { starts: 1, maximumIterations: 100, tolerance: 0.02, over: "density" } as const;

/** How far a phase is when the climbs begin, of which each takes some 30 evaluations. */
const BEFORE_CLIMBS = 0.95;

/**
 * The posterior by the sampler that the spec names, over as many meshes as it asks for.
 * @throws Error where no point has a likelihood.
 */
export async function searchPosterior(
  phase: string,
  spec: Spec,
  planned: PlannedSpec,
  options: FitOptions,
): Promise<Found> {
  const { meshes, stop, ...search } = spec.search ?? DEFAULT_SEARCH;
  const sampler = searchSampler(search, planned.model);
  const part = [0, meshes === 1 ? 1 : BEFORE_CLIMBS] as const;
  const run = { phase, title: phase, sampler, spent: NOTHING_SPENT, most: stop.evaluations, part };
  const end = await runJournaled(run, planned, options);
  const { best, stopped, paused, failures } = end;
  if (best.logLikelihood === -Infinity) throw noLikelihood(phase, failures);
  if (stopped !== null) {
    return { samples: { ...end.samples, warnings: [stopped, ...end.samples.warnings] }, best, paused, failures };
  }
  return meshes === 1 ? end : overMeshes(end, { phase, spec, meshes }, planned, options);
}

/** What was found on one mesh, spread by how far its top is from those of others. */
async function overMeshes(
  found: JournaledEnd,
  { phase, spec, meshes }: { readonly phase: string; readonly spec: Spec; readonly meshes: number },
  { datasets, planned }: PlannedSpec,
  options: FitOptions,
): Promise<Found> {
  const tops: Float64Array[] = [];
  let spent: Spent = found;
  for (let k = 0; k < meshes; k++) {
    const model = buildModel(onOtherMesh(spec, k));
    const other = { datasets, model, planned, likelihood: plan(datasets, model, planned) };
    const sampler = lbfgs({ ...MESH_CLIMB, start: found.best.point }) as unknown as AnySampler;
    const part = [k, k + 1].map((of) => BEFORE_CLIMBS + (1 - BEFORE_CLIMBS) * (of / meshes)) as [number, number];
    const run = { phase, title: `${phase}, mesh ${k + 1}`, sampler, spent, most: Infinity, part };
    const end = await runJournaled(run, other, options).catch(nullWithoutLikelihood);
    if (end === null) continue;
    if (end.paused !== null) return { ...found, paused: end.paused };
    // Those of the pixels, as how strongly they are regularized, are of one mesh alone.
    tops.push(end.samples.points.map((u, p) => (isOfPixels(model.parameters[p].path) ? found.best.point[p] : u)));
    spent = end;
  }
  const samples = scattered(found.samples, tops, randomState(options.seed));
  const missing = meshes - tops.length;
  const warnings = [
    ...samples.warnings,
    ...(missing > 0
      ? [`the best point has no likelihood on ${missing} of ${meshes} meshes: errors are without them`]
      : []),
  ];
  return { ...found, samples: { ...samples, evaluations: spent.evaluations, warnings }, failures: spent.failures };
}

function isOfPixels(path: string): boolean {
  return path.includes(".pixelization.");
}

/** Where the best point of one mesh has no likelihood on another. */
function nullWithoutLikelihood(error: unknown): null {
  if (error instanceof InputError && error.tag === "sampler/start-points") return null;
  throw error;
}

/** Of points for these reasons, or of none. */
export function noLikelihood(phase: string, failures: SearchOutcome["failures"]): Error {
  const [[reason, count] = ["the sampler met no point", 0]] = Object.entries(failures).toSorted(
    ([, a], [, b]) => b - a,
  );
  return new Error(`${phase}: no point has a likelihood; of ${count} points: ${reason}`);
}
