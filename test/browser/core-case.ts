import { kernelsOf } from "../../src/backend/kernels.ts";
import { chooseWasmBuild, type WasmBuild } from "../../src/backend/wasm.ts";
import { makeCase } from "../../src/bench/cases.ts";
import { compileGradient } from "../../src/compiler/compile.ts";
import { webAssembly } from "../../src/compiler/wasm-kernel.ts";
import { slimFromNative } from "../../src/dataset/mask.ts";
import { type ByteSource, parseSpec, planSpec } from "../../src/index.ts";
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
