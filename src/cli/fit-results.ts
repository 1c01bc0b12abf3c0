import { basename, dirname, join, resolve } from "node:path";
import { wasmKernels } from "../backend/wasm.ts";
import type { SkyOrientation } from "../dataset/sky-orientation.ts";
import { DEFAULT_SEARCH } from "../model/search-schema.ts";
import { openingAlso } from "../pipeline/adapt-image.ts";
import type { FittedPhase } from "../pipeline/fit-phase.ts";
import { ONLY_PHASE } from "../pipeline/fit-spec.ts";
import { evidencesOnMeshes } from "../pipeline/other-meshes.ts";
import { coolestFile } from "../result/coolest-file.ts";
import { type PhaseResult, phaseResult } from "../result/phase-result.ts";
import { samplesPosterior } from "../result/posterior-summary.ts";
import { reportHtml } from "../result/report.ts";
import { factsOf, reportContent } from "../result/report-content.ts";
import { type Provenance, resultJson } from "../result/result-json.ts";
import { samplesNetcdf } from "../result/samples-netcdf.ts";
import { samplesNpz } from "../result/samples-npz.ts";
import type { FitClock, FitTiming } from "./fit-clock.ts";
import { type FitRequest, type InputHashes, RESULT } from "./fit-directory.ts";
import { frameOf, writeMaps } from "./maps.ts";
import { type OutputDirectory, outputDirectory } from "./output.ts";
import type { SpecFiles } from "./spec-files.ts";

/** What phases are written with, whatever they found. */
export interface FitContext {
  readonly request: FitRequest;
  readonly open: SpecFiles["open"];
  /** Of everything that was read. */
  inputs(): InputHashes;
}

export type ResultJson = ReturnType<typeof resultJson>;

export interface WrittenFit {
  readonly result: ResultJson;
  readonly seconds: number;
  /** Null where it was not asked for, and without a mesh that could be another. */
  readonly meshNoise: MeshNoise | null;
  /** Paths. */
  readonly files: readonly string[];
}

/** The log evidence of the best fit on its own mesh and on others: `mesh-noise.json`. */
export interface MeshNoise {
  readonly meshes: number;
  readonly mean: number;
  readonly standard_deviation: number;
  readonly log_evidences: readonly number[];
}

/** Of one phase, when it has ended. Those of several have a folder each, with a spec by which it can be run alone. */
export async function writePhase(
  root: OutputDirectory,
  fitted: FittedPhase,
  context: FitContext,
): Promise<PhaseResult> {
  const { outcome, datasets, text } = fitted;
  const { sky } = await frameOf({ spec: outcome.spec, open: context.open }, datasets[0]);
  const phase = await phaseResult(fitted, sky);
  if (outcome.phase === ONLY_PHASE) return phase;
  const directory = await outputDirectory(join(root.path, outcome.phase));
  await directory.write("spec.yaml", text);
  for (const [path, bytes] of fitted.adaptImages) await directory.write(path, bytes);
  await directory.write("samples.npz", samplesNpz(outcome));
  await directory.write(RESULT, json(resultOf(phase, context)));
  return phase;
}

/** Of the whole fit: its last phase, a report of all of them, and `result.json` last, which says that it has ended. */
export async function writeFit(
  root: OutputDirectory,
  phases: readonly PhaseResult[],
  context: FitContext,
  { clock, meshes }: { readonly clock: FitClock; readonly meshes: number },
): Promise<WrittenFit> {
  const last = phases[phases.length - 1];
  const { outcome, datasets, evaluation } = last;
  const { request, open } = context;
  const maps = await outputDirectory(join(root.path, "maps"));
  const best = { model: outcome.model, vector: outcome.best.vector };
  const written = await writeMaps(maps, { spec: outcome.spec, open }, datasets, best, evaluation);
  written.push(await root.write("samples.npz", samplesNpz(outcome)));
  if (samplesPosterior(outcome.samples)) {
    written.push(await root.write("samples.nc", samplesNetcdf(outcome, request.arclet)));
  }
  const template = coolestFile(outcome, last, { version: request.arclet, named: false });
  if (template.hasProfiles) written.push(await root.write("coolest.json", template.text));
  const timing = clock.timing();
  written.push(await clock.write());
  const meshNoise = meshes === 0 ? null : await meshNoiseOf(last, meshes, context);
  if (meshNoise !== null) written.push(await root.write("mesh-noise.json", json(meshNoise)));
  const skies: Record<string, SkyOrientation> = {};
  for (const dataset of datasets) skies[dataset.name] = (await frameOf({ spec: outcome.spec, open }, dataset)).sky;
  const report = reportContent(timed(phases, timing), {
    skies,
    name: nameOf(request.spec),
    warnings: datasets.flatMap((dataset) => (dataset.type === "imaging" ? dataset.warnings : [])),
    inputs: factsOf(context.inputs()),
    provenance: factsOf({
      ...(meshNoise && {
        "log evidence on other meshes": `scatters by ${meshNoise.standard_deviation.toFixed(2)} over ${meshNoise.meshes}`,
      }),
      arclet: request.arclet,
      node: request.node,
      seed: request.seed,
      backend: evaluation.backend,
      wasm: request.wasm_build,
      threads: timing.runs.map(({ threads }) => threads).join(", "),
    }),
    timing: Object.entries(timing.phases).map(([name, { seconds }]) => ({ name, seconds })),
  });
  written.push(await root.write("report.html", reportHtml(report)));
  const result = resultOf(last, context);
  written.push(await root.write(RESULT, json(result)));
  return { result, seconds: timing.seconds, meshNoise, files: written };
}

/** With the times of all runs. */
function timed(phases: readonly PhaseResult[], { phases: times }: FitTiming): readonly PhaseResult[] {
  return phases.map((phase) => ({ ...phase, seconds: times[phase.outcome.phase]?.seconds ?? phase.seconds }));
}

async function meshNoiseOf(
  { outcome: { spec, best }, adaptImages }: PhaseResult,
  meshes: number,
  { request, open }: FitContext,
): Promise<MeshNoise | null> {
  const options = {
    open: openingAlso(adaptImages, open),
    backend: request.backend,
    tuning: request.tuning ?? undefined,
  };
  const evidences = [...(await evidencesOnMeshes(spec, best.vector, meshes, options))].filter(Number.isFinite);
  if (evidences.length < 2) return null;
  const mean = evidences.reduce((sum, value) => sum + value, 0) / evidences.length;
  const squares = evidences.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    meshes: evidences.length,
    mean,
    standard_deviation: Math.sqrt(squares / (evidences.length - 1)),
    log_evidences: evidences,
  };
}

function resultOf(phase: PhaseResult, { request, inputs }: FitContext): ResultJson {
  const { outcome, summary, evaluation, datasets, derived, likelihood, text } = phase;
  const provenance: Provenance = {
    arcletVersion: request.arclet,
    seed: request.seed,
    options: { backend: request.backend, method: (outcome.spec.search ?? DEFAULT_SEARCH).method },
    picks: likelihood.picks,
    wasmBuild: evaluation.backend === "reference" ? null : wasmKernels().build,
    nodeVersion: request.node,
    platform: `${process.platform} ${process.arch}`,
    inputHashes: inputs(),
    specText: text,
  };
  return resultJson({ outcome, summary, evaluation, datasets, derived, provenance });
}

/** What a lens is called: as its spec, or as the folder of one that is called `lens.yaml`, `fit.yaml` or the like. */
function nameOf(spec: string): string {
  const stem = basename(spec).replace(/\.ya?ml$/i, "");
  return /^(lens|fit|spec|model|arclet)$/i.test(stem) ? basename(dirname(resolve(spec))) : stem;
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
