import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isAbsent, type Kernel } from "../src/backend/contract.ts";
import { type ArgsOf, type KernelName, kernels } from "../src/backend/kernels.ts";
import { ARGUMENTS, CASES, type Case } from "../src/bench/cases.ts";
import type { Dtype, NdArray } from "../src/io/ndarray.ts";
import { writeNpz } from "../src/io/npz.ts";

/**
 * Writes every case as numbers, so that an implementation in any language can be held to the reference: one npz a case
 * with `<kernel>/in/<path>` and `<kernel>/out/<path>`, names in snake case, and index.json.
 *
 * A record is flattened with "/" into its fields, null is left out, a number is a 0-d float64, a list of numbers a 1-d
 * one. What is interleaved or in rows has its true shape; a result that is a single array is `<kernel>/out`.
 */

const VIA_COMPACT = ["wCompact", "nativeIndex", "sparseMappingMatrix"] as const;
const LIKELIHOOD = ["dirtyImage", "visibilities", "noiseMap", "mapping", "neighbors", "coefficient"] as const;
const LIKELIHOOD_VIA_COMPACT = [...LIKELIHOOD, "wCompact", "nativeIndex"] as const;

/** What each kernel reads of the case that it is given. */
const TAKES: { readonly [N in KernelName]: readonly (keyof ArgsOf<N>)[] } = {
  maskCentres: ["shape", "pixelScales", "centre"],
  maskCircular: ["shape", "pixelScales", "centre", "radius"],
  visibilities: ["grid", "image", "uvWavelengths"],
  dirtyImage: ["grid", "uvWavelengths", "visibilities", "noiseMap"],
  wTildeData: ["visibilitiesReal", "noiseMapReal", "uvWavelengths", "gridRadians"],
  wTilde: ["gridRadians", "uvWavelengths", "noiseMap"],
  wCompact: ["grid", "uvWavelengths", "noiseMap"],
  wTildeFromCompact: ["wCompact", "nativeIndex"],
  wPreload: ["grid", "uvWavelengths", "noiseMap"],
  wTildeFromPreload: ["wPreload", "nativeIndex"],
  noiseNormalization: ["noiseMap"],
  convolution: ["convolution", "image"],
  convolutionViaFft: ["convolution", "image"],
  fft2d: ["shape", "values", "inverse"],
  nufftType1: ["lattice", "uvWavelengths", "strengths", "tolerance"],
  nufftType2: ["lattice", "uvWavelengths", "values", "tolerance"],
  wCompactViaNufft: ["grid", "uvWavelengths", "noiseMap"],
  dirtyImageViaNufft: ["grid", "uvWavelengths", "visibilities", "noiseMap"],
  visibilitiesViaNufft: ["grid", "image", "uvWavelengths"],
  compaction: ["grid", "uvWavelengths", "visibilities", "noiseMap", "referenceImage"],
  compactionViaNufft: ["grid", "uvWavelengths", "visibilities", "noiseMap", "referenceImage"],
  delaunayMesh: ["positions", "vertices"],
  mappingMatrix: ["mapping"],
  sparseMappingMatrix: ["mapping"],
  dataVector: ["mappingMatrix", "dirtyImage"],
  sparseMappingMatrixTransposeTimes: ["sparseMappingMatrix", "matrix"],
  wCompactTimesSparseMappingMatrix: VIA_COMPACT,
  curvatureMatrixViaBlurredMapping: ["convolution", "noiseMap", "sparseMappingMatrix"],
  blurredMappingSlopes: ["convolution", "noiseMap", "sparseMappingMatrix", "curvatureWeights"],
  curvatureMatrixViaWTildeDense: ["wTilde", "mappingMatrix"],
  curvatureMatrixViaWTildeSparse: ["wTilde", "sparseMappingMatrix"],
  curvatureMatrixViaWCompactSparse: VIA_COMPACT,
  curvatureMatrixViaWCompactFft: VIA_COMPACT,
  curvatureMatrixViaWCompactSymmetric: VIA_COMPACT,
  curvatureMatrixViaWCompactDirect: VIA_COMPACT,
  curvatureMatrixViaPreloadDirect: ["wPreload", "nativeIndex", "sparseMappingMatrix"],
  wCompactMappingSlopes: [...VIA_COMPACT, "matrix"],
  constantRegularizationMatrix: ["coefficient", "neighbors"],
  reconstruction: ["curvatureRegMatrix", "dataVector"],
  positiveOnly: ["curvatureRegMatrix", "dataVector"],
  logDeterminant: ["matrix"],
  cholesky: ["matrix"],
  triangularSolve: ["lower", "rightHandSides", "transposed"],
  symmetricInverse: ["matrix"],
  matrixProduct: ["left", "right"],
  productsBothWays: ["matrix", "vector"],
  gramMatrix: ["matrix", "ofRows"],
  logLikelihoodViaWTilde: [...LIKELIHOOD, "wTilde"],
  logLikelihoodViaWCompact: LIKELIHOOD_VIA_COMPACT,
  logLikelihoodViaWCompactSymmetric: LIKELIHOOD_VIA_COMPACT,
};

type Fields = Readonly<Record<string, unknown>>;
type Values = Float64Array | Int32Array | Uint8Array;

const NAMES = Object.keys(kernels) as KernelName[];

/** The arguments and the reference's result of every kernel on one case. */
export function caseArrays(c: Case): Record<string, NdArray> {
  const arrays: Record<string, NdArray> = {};
  for (const name of NAMES) {
    const args = ARGUMENTS[name](c) as unknown as Fields;
    const taken = Object.fromEntries(TAKES[name].map((key) => [key, args[key]]));
    Object.assign(arrays, arraysOf(`${snakeCase(name)}/in`, taken));
    Object.assign(arrays, arraysOf(`${snakeCase(name)}/out`, referenceOf(name)(taken)));
  }
  return arrays;
}

/** The reference of a kernel, its argument's type forgotten. */
export function referenceOf(name: KernelName): (args: unknown) => unknown {
  const { reference } = (kernels[name] as unknown as Kernel<unknown, unknown>).voices;
  if (isAbsent(reference)) throw new Error(`${name} has no reference: ${reference.absent}`);
  return reference.run;
}

/** A value flattened into arrays, their names beginning with `path`; `record` is the one that holds the value. */
export function arraysOf(path: string, value: unknown, record: Fields = {}): Record<string, NdArray> {
  if (value === null) return {};
  if (typeof value === "number") return { [path]: { dtype: "f8", shape: [], data: Float64Array.of(value) } };
  if (typeof value === "boolean") return { [path]: { dtype: "bool", shape: [], data: Uint8Array.of(value ? 1 : 0) } };
  if (Array.isArray(value)) return { [path]: { dtype: "f8", shape: [value.length], data: Float64Array.from(value) } };
  if (ArrayBuffer.isView(value)) {
    return { [path]: shaped(value as Values, path.slice(path.lastIndexOf("/") + 1), record) };
  }
  const fields = Object.entries(value as Fields);
  return Object.assign(
    {},
    ...fields.map(([name, field]) => arraysOf(`${path}/${snakeCase(name)}`, field, value as Fields)),
  );
}

function shaped(data: Values, key: string, record: Fields): NdArray {
  const dtype: Dtype = data instanceof Float64Array ? "f8" : data instanceof Int32Array ? "i4" : "u1";
  return { dtype, shape: SHAPES[key]?.(record, data.length) ?? [data.length], data };
}

const pairs = (_: Fields, length: number) => [length / 2, 2];
const triples = (_: Fields, length: number) => [length / 3, 3];
const neighborsOrMappings = (of: Fields, length: number) =>
  "neighborsPerPixel" in of
    ? [of.sourcePixels as number, of.neighborsPerPixel as number]
    : [length / (of.mappingsPerPixel as number), of.mappingsPerPixel as number];
const lattice = (of: Fields, length: number) => {
  const width = 2 * (of.shape as number[])[1] - 1;
  return [length / width, width];
};

/** Shapes of arrays of more than one dimension, by the name of the array and the record that it is in. */
const SHAPES: Readonly<Record<string, (of: Fields, length: number) => number[] | undefined>> = {
  uv_wavelengths: pairs,
  visibilities: pairs,
  // Of visibilities; an image has one number a pixel.
  noise_map: (of, length) => ("convolution" in of ? [length] : pairs(of, length)),
  strengths: pairs,
  native_index: pairs,
  input_pixels: pairs,
  output_pixels: pairs,
  grid_radians: pairs,
  positions: pairs,
  vertices: pairs,
  triangles: triples,
  beyond: triples,
  indexes: neighborsOrMappings,
  weights: neighborsOrMappings,
  minus: lattice,
  plus: lattice,
  preload: (of) => (of.shape as number[]).map((size) => 2 * size),
  // Of a dense matrix; the values of a sparse one are a list, those of a solution a vector.
  values: (of) => ("rows" in of && !("rowStart" in of) ? [of.rows as number, of.columns as number] : undefined),
};

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** What index.json says of the cases and of the kernels. */
export function caseIndex() {
  return {
    cases: CASES.map((c) => ({
      name: c.name,
      file: fileOf(c),
      grid: c.grid.shape,
      image_pixels: c.mapping.imagePixels,
      visibilities: c.visibilities.length / 2,
      mappings_per_pixel: c.mapping.mappingsPerPixel,
      neighbors_per_pixel: c.neighbors.neighborsPerPixel,
      source_pixels: c.mapping.sourcePixels,
    })),
    kernels: Object.fromEntries(
      NAMES.map((name) => [snakeCase(name), { summary: kernels[name].summary, voices: voicesOf(name) }]),
    ),
  };
}

function voicesOf(name: KernelName): object {
  const voices = Object.entries((kernels[name] as unknown as Kernel<unknown, unknown>).voices);
  return Object.fromEntries(
    voices.map(([voice, entry]) => [
      voice,
      isAbsent(entry) ? entry : { tolerance: entry.tolerance, because: entry.because },
    ]),
  );
}

function fileOf(c: Case): string {
  return `${c.name.replace(/[^a-z0-9]+/gi, "-").toLowerCase()}.npz`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { out } = parseArgs({ options: { out: { type: "string", default: "arclet-out/cases" } } }).values;
  mkdirSync(out, { recursive: true });
  for (const c of CASES) writeFileSync(join(out, fileOf(c)), writeNpz(caseArrays(c), { level: 9 }));
  writeFileSync(join(out, "index.json"), `${JSON.stringify(caseIndex(), null, 2)}\n`);
  console.log(`${CASES.length} cases of ${NAMES.length} kernels in ${out}`);
}
