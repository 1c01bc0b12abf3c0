import type { VoiceName } from "../backend/contract.ts";
import { kernelsOf } from "../backend/kernels.ts";
import { wasmKernels } from "../backend/wasm.ts";
import { javascript } from "../compiler/emit-js.ts";
import { webAssembly } from "../compiler/wasm-kernel.ts";
import { blurringRegion } from "../dataset/blurring-region.ts";
import { imaging } from "../dataset/imaging.ts";
import { fixedSubSizes, subPixelPositions } from "../dataset/oversampling.ts";
import { pixelGrid } from "../grid.ts";
import { normal, randomState } from "../inference/rng.ts";
import { modelImage } from "../lens/model-image.ts";
import type { DatasetLikelihood } from "../likelihood/evaluation.ts";
import { planImaging } from "../likelihood/imaging.ts";
import type { ImagingDataset } from "../likelihood/imaging-dataset.ts";
import { type LightVoice, referenceLight } from "../likelihood/pixel-light.ts";
import { givenLight } from "../likelihood/seen-light.ts";
import { stopwatch } from "../likelihood/stopwatch.ts";
import { traceLight } from "../likelihood/traced-light.ts";
import { buildModel, instantiate, type Model } from "../model/model.ts";
import { parseSpec } from "../model/parse-spec.ts";
import type { Contender, TimedCall } from "./contender.ts";
import type { BenchSizes, WorkSizes } from "./work.ts";

/**
 * The parametric case: an image under light profiles, 5,024 pixels with a PSF of 11 x 11, and the study's model of 25
 * parameters: the lens's light a Sersic profile and an exponential disk, its mass an isothermal ellipsoid with shear, the
 * source a Sersic profile.
 */

/** What the rows compute. The gradient comes after its value; the first result is one from the model alone. */
export type ParametricKernel = "parametric_log_likelihood" | "parametric_gradient" | "parametric_first_result";

const GRID = pixelGrid([100, 100], 0.05);
const MASK_RADIUS = 2;
const PSF_SIDE = 11;

/** A free parameter; the vector of the case is of the means. */
const free = (mean: number): string => `{ prior: gaussian, mean: ${mean}, sigma: 0.1 }`;
const both = (first: number, second: number): string => `[${free(first)}, ${free(second)}]`;

const SPEC = `
datasets:
  image: { type: imaging, data: image.npz, noise_map: image.npz, psf: image.npz, pixel_scale: 0.05 }
galaxies:
  lens:
    redshift: 0.5
    bulge:
      profile: Sersic
      centre: ${both(0.01, -0.02)}
      ell_comps: ${both(0.07, 0.04)}
      intensity: ${free(1.2)}
      effective_radius: ${free(0.8)}
      sersic_index: ${free(3)}
    disk:
      profile: Exponential
      ell_comps: ${both(0.05, 0.03)}
      intensity: ${free(0.3)}
      effective_radius: ${free(1.1)}
    mass:
      profile: Isothermal
      centre: ${both(0, 0.01)}
      ell_comps: ${both(0.14, 0.025)}
      einstein_radius: ${free(1.2)}
    shear: { profile: ExternalShear, gamma_1: ${free(0.03)}, gamma_2: ${free(-0.04)} }
  source:
    redshift: 1.0
    disk:
      profile: Sersic
      centre: ${both(0.08, -0.06)}
      ell_comps: ${both(-0.15, -0.09)}
      intensity: ${free(2)}
      effective_radius: ${free(0.15)}
      sersic_index: ${free(1.5)}
`;

/** There are no visibilities and no mesh. */
export const PARAMETRIC_SIZES: BenchSizes = {
  gridSize: 100,
  visibilities: 0,
  mappingNeighbors: 0,
  neighbors: 0,
  sourcePixels: 0,
};

export const OVER_SAMPLINGS = [1, 2, 4] as const;

/** The case's data and model, and every row's view of them. */
export interface ParametricInputs {
  readonly dataset: ImagingDataset;
  readonly model: Model;
  /** Of a round: no two rounds share a number. */
  vector(round: number): Float64Array;
  readonly sizes: WorkSizes;
}

export function parametricInputs(seed: number): ParametricInputs {
  const model = buildModel(parseSpec(SPEC, "the parametric case"));
  const vector = Float64Array.from(model.parameters, ({ prior }) =>
    prior.prior === "gaussian" ? prior.mean : Number.NaN,
  );
  const random = randomState(seed);
  const psf = { shape: [PSF_SIDE, PSF_SIDE] as const, values: gaussian(PSF_SIDE, 1.5) };
  const [rows, columns] = GRID.shape;
  const every = Int32Array.from({ length: 2 * rows * columns }, (_, at) => {
    return at % 2 === 0 ? Math.floor(at / 2 / columns) : (at >> 1) % columns;
  });
  const onePerPixel = fixedSubSizes(rows * columns, 1);
  const positions = subPixelPositions(GRID, every, onePerPixel);
  const light = modelImage(instantiate(model, vector).galaxies, positions, onePerPixel);
  const noiseMap = light.map((intensity) => 0.02 + 0.01 * Math.sqrt(intensity));
  const read = imaging(
    {
      grid: GRID,
      masked: Uint8Array.from(light, (_, m) =>
        Math.hypot(positions[2 * m], positions[2 * m + 1]) > MASK_RADIUS ? 1 : 0,
      ),
      data: light.map((intensity, m) => intensity + noiseMap[m] * normal(random)),
      noiseMap,
      psf,
    },
    { data: "the bench", noiseMap: "the bench" },
  );
  const dataset: ImagingDataset = {
    ...read,
    type: "imaging",
    name: "image",
    blurringRegion: blurringRegion(read.mask, psf.shape),
    overSampling: { light: 1, source: 1 },
    warnings: [],
  };
  return {
    dataset,
    model,
    vector: (round) => vector.map((value, p) => value + 1e-4 * Math.sin(round * (p + 1))),
    sizes: { ...PARAMETRIC_SIZES, pixels: read.nativeIndex.length / 2 },
  };
}

/** (side, side) a round PSF; its sum is 1. */
export function gaussian(side: number, sigma: number): Float64Array {
  const values = Float64Array.from({ length: side * side }, (_, k) => {
    const [y, x] = [Math.floor(k / side) - (side >> 1), (k % side) - (side >> 1)];
    return Math.exp(-(y * y + x * x) / (2 * sigma * sigma));
  });
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/** A row: a voice of the model's light. What is not the light (the PSF, chi^2) is in this engine's build in all of them. */
interface ParametricRow {
  readonly name: string;
  readonly voice: VoiceName;
  readonly kernels: readonly ParametricKernel[];
  readonly light: (model: Model) => LightVoice;
}

const EVERYTHING = ["parametric_log_likelihood", "parametric_gradient", "parametric_first_result"] as const;

const ROWS: readonly ParametricRow[] = [
  { name: "reference", voice: "reference", kernels: ["parametric_log_likelihood"], light: referenceLight },
  { name: "traced_js", voice: "traced", kernels: EVERYTHING, light: (model) => traceLight(model, javascript) },
  {
    name: "traced_base",
    voice: "traced",
    kernels: EVERYTHING,
    light: (model) =>
      traceLight(
        model,
        webAssembly(false, (...job) => wasmKernels().runParts(...job)),
      ),
  },
  // Where the engine has it; else this is the row above once more.
  { name: "traced_relaxed", voice: "traced", kernels: EVERYTHING, light: (model) => traceLight(model) },
];

/** A row of the case with what tells rows apart on the command line. */
export interface ParametricContender extends Contender {
  readonly voice: VoiceName;
}

/** Every row of Arclet's own, at one over-sampling. */
export function parametricContenders(
  inputs: ParametricInputs,
  overSampling: number,
  check: ReturnType<typeof parametricCheck>,
): ParametricContender[] {
  return ROWS.flatMap(({ name, voice, kernels, light }) => {
    const planned = (): DatasetLikelihood => {
      const dataset = { ...inputs.dataset, overSampling: { light: overSampling, source: 1 } };
      return planImaging(dataset, givenLight(light(inputs.model)), kernelsOf(voice === "reference" ? voice : "wasm"));
    };
    let kept: DatasetLikelihood | undefined;
    return kernels.map(
      (kernel): ParametricContender => ({
        ...parametricCost(overSampling),
        kernel,
        name,
        voice,
        by: "arclet",
        async call(_, round, checked): Promise<TimedCall> {
          const vector = inputs.vector(round);
          if (kernel !== "parametric_first_result") kept ??= planned();
          const start = performance.now();
          const likelihood = kernel === "parametric_first_result" ? planned() : (kept as DatasetLikelihood);
          const steep = kernel === "parametric_gradient";
          const { chiSquared, noiseNormalization, gradient } = likelihood.evaluate(
            vector,
            { gradient: steep },
            stopwatch(),
          );
          const seconds = (performance.now() - start) / 1000;
          if (!checked) return { seconds, error: null, sampled: null };
          const value = -0.5 * (chiSquared + noiseNormalization);
          return { seconds, ...check(kernel, Float64Array.of(value, ...(gradient ?? [])), overSampling, round) };
        },
      }),
    );
  });
}

/** What every row of the case costs, a peer's too. chi^2 of so many pixels moves by their rounding. */
export function parametricCost(overSampling: number) {
  return {
    tolerance: 1e-9,
    refuses: () => null,
    partOf: [],
    work: ({ pixels }: WorkSizes) => 1000 * pixels * overSampling ** 2,
    keeps: () => ({}),
    takes: () => 2 ** 28,
    peakBytes: async () => null,
  };
}

/**
 * Holds values to the reference, and gradients to the traced voice in plain JavaScript, which has the engine's own
 * functions and is held to differences by the tests.
 */
export function parametricCheck(inputs: ParametricInputs) {
  const right = new Map<string, Float64Array>();
  const answer = (overSampling: number, round: number, steep: boolean): Float64Array => {
    const dataset = { ...inputs.dataset, overSampling: { light: overSampling, source: 1 } };
    const light = steep ? traceLight(inputs.model, javascript) : referenceLight(inputs.model);
    const evaluated = planImaging(dataset, givenLight(light), kernelsOf("reference"));
    const { chiSquared, noiseNormalization, gradient } = evaluated.evaluate(
      inputs.vector(round),
      { gradient: steep },
      stopwatch(),
    );
    return Float64Array.of(-0.5 * (chiSquared + noiseNormalization), ...(gradient ?? []));
  };
  return (kernel: ParametricKernel, given: Float64Array, overSampling: number, round: number) => {
    const steep = kernel === "parametric_gradient";
    const key = `${steep} ${overSampling} ${round}`;
    const expected = right.get(key) ?? answer(overSampling, round, steep);
    right.set(key, expected);
    const errors = Array.from(expected, (value, i) => Math.abs(given[i] / value - 1));
    return { error: Math.max(...errors.map((error) => (Number.isNaN(error) ? Infinity : error))), sampled: null };
  };
}
