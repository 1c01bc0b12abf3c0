import { kernelsOf } from "../../src/backend/kernels.ts";
import { chooseWasmBuild, type WasmBuild } from "../../src/backend/wasm.ts";
import { makeCase } from "../../src/bench/cases.ts";
import { compileGradient } from "../../src/compiler/compile.ts";
import { webAssembly } from "../../src/compiler/wasm-kernel.ts";
import { slimFromNative } from "../../src/dataset/mask.ts";
import {
  type ByteSource,
  fitSpec,
  journalInMemory,
  parseSpec,
  phaseResult,
  planSpec,
  reportContent,
  reportHtml,
} from "../../src/index.ts";
import { draws, randomState, uniform } from "../../src/inference/rng.ts";
import { modelCases } from "./cases.ts";

/** Where the specs and data of the small cases are, from the root of the repository. */
export const CASE_FOLDER = "test/oracle/";
const SPEC = "interferometer.yaml";

/** Opens a file of that folder. */
export type OpenCase = (name: string) => Promise<ByteSource>;

/** Every number of an evaluation that does not tell the time. */
export interface CoreNumbers {
  readonly build: WasmBuild;
  readonly logEvidence: number | null;
  readonly terms: Readonly<Record<string, number | null>>;
  readonly source: readonly number[];
}

/** The small interferometer case: files read, visibilities compacted, a source reconstructed, by one WASM build. */
export async function evaluateCase(open: OpenCase, build: WasmBuild): Promise<CoreNumbers> {
  chooseWasmBuild(build);
  const file = await open(SPEC);
  const text = new TextDecoder().decode(await file.read(0, file.size));
  const { likelihood } = await planSpec(parseSpec(text, SPEC), { open });
  const [
    {
      logEvidence,
      sources: [source],
      terms,
    },
  ] = await likelihood.evaluate(new Float64Array(0));
  return { build, logEvidence, terms: { ...terms }, source: [...source.values] };
}

/**
 * From visibilities to a likelihood by the WASM kernels, from inputs that are the same everywhere: drawn without any
 * function of `Math` that engines may round differently. The likelihood, w, and the dirty image.
 */
export function kernelsCase(build: WasmBuild): number[] {
  chooseWasmBuild(build);
  const sizes = { gridSize: [20, 21], visibilities: 700, mappings: 3, neighbors: 4, sourcePixels: 40 } as const;
  const random = randomState(5);
  const given = {
    ...makeCase("browser", sizes, { maskRadius: 1.7 }),
    uvWavelengths: draws(random, 1400, (state) => 4e5 * (uniform(state) - 0.5)),
    visibilities: draws(random, 1400, uniform),
  };
  const { dirtyImage, logLikelihoodViaWCompactSymmetric, wCompact } = kernelsOf("wasm");
  const [lattice, dirty] = [wCompact(given), dirtyImage(given)];
  const slim = slimFromNative(dirty, given.grid.shape[1], given.nativeIndex);
  const likelihood = logLikelihoodViaWCompactSymmetric({ ...given, dirtyImage: slim, wCompact: lattice });
  return [likelihood, ...lattice.minus, ...dirty];
}

/** The image of a lens model and its derivatives, compiled to WebAssembly: every output, one after the other. */
export function compiledCase(fused: boolean): number[] {
  const [{ groupSize, inputs, point, runs }] = modelCases;
  const kernel = compileGradient(point, webAssembly(fused));
  const arrays = kernel.allocate(inputs[0].length, groupSize);
  inputs.forEach((input, slot) => {
    arrays.inputs[slot].set(input);
  });
  kernel.run(Float64Array.from(runs[0]), arrays, 0, inputs[0].length);
  return arrays.outputs.flatMap((output) => [...output]);
}

export interface FitNumbers {
  readonly median: number;
  readonly error: number;
  readonly logEvidence: number;
  /** Characters of the report. */
  readonly report: number;
}

/** From an image to a posterior and a report: the Einstein radius of the small imaging case. */
export async function fitCase(open: OpenCase): Promise<FitNumbers> {
  const file = await open("imaging.yaml");
  const text = new TextDecoder()
    .decode(await file.read(0, file.size))
    .replace("einstein_radius: 1.2", "einstein_radius: { prior: uniform, lower: 1.1, upper: 1.3 }")
    .replace("light: 4", "light: 1");
  const searched = `${text}\nsearch: { method: nested, live_points: 20 }\n`;
  const [fitted] = await fitSpec(searched, "imaging.yaml", { open, seed: 1, journal: journalInMemory() });
  const phase = await phaseResult(fitted, { north: [1, 0], east: [0, -1] });
  const { median, standardDeviation } = phase.summary.parameters[0].posterior!;
  const facts = { name: "a lens", warnings: [], inputs: [], provenance: [], timing: [] };
  return {
    median,
    error: standardDeviation,
    logEvidence: fitted.outcome.samples.logEvidence!.value,
    report: reportHtml(reportContent([phase], facts)).length,
  };
}
