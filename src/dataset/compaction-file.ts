import * as z from "zod";
import { InputError } from "../errors.ts";
import { pixelGrid } from "../grid.ts";
import { type NdArray, toFloat64 } from "../io/ndarray.ts";
import { readNpz, writeNpz } from "../io/npz.ts";
import type { CompactData } from "../operators/compaction.ts";
import { type Compaction, LATTICE_SUMS, logLikelihoodErrorBound } from "./compaction.ts";

/** Grows when the meaning of what is stored changes. */
const FORMAT = 1;

/** A compaction as one npz: arrays by name, numbers as scalars, what it was made for as JSON text in `made_for`. */
export function writeCompaction(compaction: Compaction): Uint8Array {
  const { grid, sums, referenceImage } = compaction;
  const [rows, columns] = grid.shape;
  const madeFor = {
    format: FORMAT,
    shape: grid.shape,
    pixel_scale: grid.pixelScale,
    offset: grid.origin,
    visibilities_sign: compaction.sky.visibilitiesSign,
    x_axis: compaction.sky.xAxis,
    visibilities: compaction.count,
    uv_maximum: compaction.uv.maximum,
    uv_shortest: compaction.uv.shortest,
    uv_longest: compaction.uv.longest,
    lattice_sums: compaction.latticeSums,
    input_sha256: compaction.inputHash,
  };
  const map = (data: Float64Array): NdArray => ({ dtype: "f8", shape: [rows, columns], data });
  const scalar = (value: number): NdArray => ({ dtype: "f8", shape: [], data: Float64Array.of(value) });
  const dataArrays = (prefix: string, data: CompactData): Record<string, NdArray> => ({
    [`${prefix}dirty_image`]: map(data.dirtyImage),
    [`${prefix}chi_squared`]: scalar(data.chiSquared),
    [`${prefix}weighted_sum`]: scalar(data.weightedSum),
  });
  const { minus, plus } = sums.wCompact;
  const text = new TextEncoder().encode(JSON.stringify(madeFor));
  return writeNpz({
    made_for: { dtype: "u1", shape: [text.length], data: text },
    w_minus: { dtype: "f8", shape: [rows, 2 * columns - 1], data: minus },
    ...(plus === null ? {} : { w_plus: { dtype: "f8", shape: [2 * rows - 1, 2 * columns - 1], data: plus } }),
    ...dataArrays("", sums.data),
    ...(sums.residual === null ? {} : dataArrays("residual_", sums.residual)),
    ...(referenceImage === null ? {} : { reference_image: map(referenceImage) }),
    noise_normalization: scalar(sums.noiseNormalization),
    weight_sum: scalar(sums.weightSum),
    epsilon: scalar(compaction.epsilon),
    largest_amplitude: scalar(compaction.largestAmplitude),
    // At the flux of the largest amplitude, the least there can be; it grows as the square of the flux.
    log_likelihood_error_bound: scalar(logLikelihoodErrorBound(compaction, compaction.largestAmplitude)),
  });
}

/**
 * @param name Named in errors.
 * @throws InputError `compaction/...` for an npz that is not a compaction, and what `readNpz` throws.
 */
export function readCompaction(bytes: Uint8Array, name: string): Compaction {
  const arrays = readNpz(bytes, name);
  const fail = (what: string): InputError => {
    return new InputError("compaction/format", what, "make it again with `arclet compact`", name);
  };
  const array = (key: string, shape: readonly number[]): Float64Array => {
    const found = arrays.get(key);
    if (found === undefined) throw fail(`has no array '${key}' of a compaction`);
    if (found.dtype !== "f8" || found.shape.join() !== shape.join()) {
      throw fail(`'${key}' has type ${found.dtype} and shape (${found.shape}), not f8 and (${shape})`);
    }
    const values = toFloat64(found);
    if (!values.every(Number.isFinite)) throw fail(`'${key}' holds a value that is not finite`);
    return values;
  };
  const scalar = (key: string): number => array(key, [])[0];
  const madeFor = parseMadeFor(arrays.get("made_for"), fail);
  const grid = pixelGrid(madeFor.shape, madeFor.pixel_scale, madeFor.offset);
  const [rows, columns] = grid.shape;
  const data = (prefix: string): CompactData => ({
    dirtyImage: array(`${prefix}dirty_image`, [rows, columns]),
    chiSquared: scalar(`${prefix}chi_squared`),
    weightedSum: scalar(`${prefix}weighted_sum`),
  });
  const recentred = arrays.has("reference_image");
  return {
    grid,
    sky: { visibilitiesSign: madeFor.visibilities_sign, xAxis: madeFor.x_axis },
    count: madeFor.visibilities,
    uv: { maximum: madeFor.uv_maximum, shortest: madeFor.uv_shortest, longest: madeFor.uv_longest },
    sums: {
      wCompact: {
        shape: grid.shape,
        minus: array("w_minus", [rows, 2 * columns - 1]),
        plus: arrays.has("w_plus") ? array("w_plus", [2 * rows - 1, 2 * columns - 1]) : null,
      },
      data: data(""),
      residual: recentred ? data("residual_") : null,
      noiseNormalization: scalar("noise_normalization"),
      weightSum: scalar("weight_sum"),
    },
    referenceImage: recentred ? array("reference_image", [rows, columns]) : null,
    largestAmplitude: scalar("largest_amplitude"),
    epsilon: scalar("epsilon"),
    latticeSums: madeFor.lattice_sums,
    inputHash: madeFor.input_sha256,
  };
}

const pair = z.tuple([z.number(), z.number()]);

const madeForSchema = z.object({
  format: z.literal(FORMAT),
  shape: z.tuple([z.int().positive(), z.int().positive()]),
  pixel_scale: z.number().positive(),
  offset: pair,
  visibilities_sign: z.literal([-1, 1]),
  x_axis: z.enum(["east", "west"]),
  visibilities: z.int().positive(),
  uv_maximum: pair,
  uv_shortest: z.number(),
  uv_longest: z.number(),
  lattice_sums: z.enum(LATTICE_SUMS).nullable().default(null),
  input_sha256: z.string(),
});

function parseMadeFor(array: NdArray | undefined, fail: (what: string) => InputError): z.infer<typeof madeForSchema> {
  if (array?.dtype !== "u1") throw fail("has no text 'made_for': it is not a compaction");
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(array.data as Uint8Array));
  } catch {
    throw fail("'made_for' is not JSON");
  }
  const parsed = madeForSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw fail(`'made_for' of the compaction is not understood: ${issue.path.join(".")}: ${issue.message}`);
}
