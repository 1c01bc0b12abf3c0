import { kernelsOf } from "../backend/kernels.ts";
import { ARCSECOND, slimPositions } from "../grid.ts";
import { randomState, uniform } from "../inference/rng.ts";
import { kktResidual } from "../inversion/positive-only.ts";
import type { ReconstructionArgs } from "../inversion/solve.ts";
import { addTo, compensatedSum, totalOf } from "../operators/compensated-sum.ts";
import { dot, type Matrix } from "../operators/matrix.ts";
import { wEntry } from "../operators/w-compact.ts";
import { wPreloadEntry, wPreloadFromCompact } from "../operators/w-preload.ts";
import type { Answer } from "./implementation.ts";
import type { BenchInputs, DatasetInputs, ModelInputs } from "./inputs.ts";
import type { WorkSizes } from "./work.ts";

/**
 * How far an answer is from the reference's: the largest difference over the largest magnitude of what is compared.
 * `null` where the reference would take too long and there is nothing smaller that it could be asked for.
 */
export interface Checked {
  readonly error: number | null;
  /** What was compared, where it was not everything. */
  readonly sampled: string | null;
}

const reference = kernelsOf("reference");

/** Operations of the reference that a check may cost: some seconds. */
const AFFORDABLE = 4e8;
/** Of the dirty image and of W, unless there are so many visibilities that even these would take long. */
const SAMPLED_PIXELS = 15;
const AFFORDABLE_SAMPLE = 2.5e8;
const SAMPLED_SOURCE_PIXELS = 16;
const SAMPLED_ENTRIES = 10_000;
/** Sums of so many visibilities are added with their errors carried: the reference's own rounding stays out. */
const VISIBILITIES_PER_SUM = 512;

/** Checks answers, each reference computed once: rows of one round and part share it. */
export function referenceCheck(inputs: BenchInputs) {
  const known = new Map<string, RightAnswer>();
  return (answer: Answer, part: WorkSizes, round: number): Checked => {
    const name = [SHARED[answer.kernel], part.visibilities, part.pixels, part.sourcePixels, round].join();
    const right = known.get(name) ?? RIGHT_ANSWERS[SHARED[answer.kernel]](inputs, part, round);
    known.set(name, right);
    return { error: right.errorOf(answer), sampled: right.sampled };
  };
}

interface RightAnswer {
  readonly sampled: string | null;
  readonly errorOf: (answer: Answer) => number | null;
}

/** All forms of W are held to the same entries. */
const SHARED = {
  w_compact: "w",
  w_preload: "w",
  w_tilde: "w",
  dirty_image: "dirtyImage",
  curvature_matrix: "curvatureMatrix",
  log_likelihood: "logLikelihood",
  cholesky: "cholesky",
  positive_only: "positiveOnly",
} as const;

type MakeRight = (inputs: BenchInputs, part: WorkSizes, round: number) => RightAnswer;

const RIGHT_ANSWERS: Readonly<Record<(typeof SHARED)[keyof typeof SHARED], MakeRight>> = {
  w: (inputs, part, round) => ofW(inputs.dataset(part, round), part),
  dirtyImage: (inputs, part, round) => ofDirtyImage(inputs.dataset(part, round), part),
  curvatureMatrix: (inputs, part, round) => ofCurvatureMatrix(inputs.model(part, round), part),
  logLikelihood: (inputs, part, round) => ofLogLikelihood(inputs.model(part, round), part),
  cholesky: (inputs, part, round) => ofCholesky(inputs.model(part, round).curvatureRegMatrix()),
  positiveOnly: (inputs, part, round) => ofPositiveOnly(inputs.model(part, round).reconstructionArgs()),
};

/** The whole lattice where that is affordable; if not, W between random pixels, summed directly. */
function ofW(dataset: DatasetInputs, part: WorkSizes): RightAnswer {
  const [rows, columns] = dataset.grid.shape;
  if (part.visibilities * rows * (2 * columns - 1) <= AFFORDABLE) {
    const minus = summed(dataset, (chunk) => reference.wCompact(chunk).minus);
    const w = { shape: dataset.grid.shape, minus, plus: null };
    const pixels = dataset.nativeIndex;
    return {
      sampled: null,
      errorOf: (answer) => {
        if (answer.kernel === "w_compact") return difference(answer.value.minus, minus);
        if (answer.kernel === "w_preload") return difference(answer.value.preload, wPreloadFromCompact(w).preload);
        if (answer.kernel !== "w_tilde") return null;
        const { rows: size, values } = answer.value;
        let worst = 0;
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            const right = wEntry(w, pixels[2 * i], pixels[2 * i + 1], pixels[2 * j], pixels[2 * j + 1]);
            worst = larger(worst, Math.abs(values[i * size + j] - right));
          }
        }
        return worst / magnitude(minus);
      },
    };
  }
  const affordable = Math.floor(Math.sqrt(AFFORDABLE_SAMPLE / part.visibilities));
  const sample = sampledIndexes(part.pixels, Math.max(2, Math.min(SAMPLED_PIXELS, affordable)));
  const at = rowsOf(dataset.nativeIndex, sample, 2);
  const gridRadians = slimPositions(dataset.grid, at).map((arcseconds) => arcseconds * ARCSECOND);
  const values = summed(dataset, (chunk) => reference.wTilde({ ...chunk, gridRadians }).values);
  return {
    sampled: `${values.length} entries of W`,
    errorOf: (answer) => {
      const entry = (i: number, j: number): number => {
        const places = [at[2 * i], at[2 * i + 1], at[2 * j], at[2 * j + 1]] as const;
        if (answer.kernel === "w_compact") return wEntry(answer.value, ...places);
        if (answer.kernel === "w_preload") return wPreloadEntry(answer.value, ...places);
        return answer.kernel === "w_tilde"
          ? answer.value.values[sample[i] * answer.value.rows + sample[j]]
          : Number.NaN;
      };
      return difference(
        values.map((_, n) => entry(Math.floor(n / sample.length), n % sample.length)),
        values,
      );
    },
  };
}

/** All of it, or random pixels: each is a dirty image of one pixel. */
function ofDirtyImage(dataset: DatasetInputs, part: WorkSizes): RightAnswer {
  const [rows, columns] = dataset.grid.shape;
  if (part.visibilities * rows * columns <= AFFORDABLE) {
    const values = summed(dataset, (chunk) => reference.dirtyImage(chunk));
    return {
      sampled: null,
      errorOf: (answer) => (answer.kernel === "dirty_image" ? difference(answer.value, values) : null),
    };
  }
  const sample = sampledIndexes(rows * columns, SAMPLED_PIXELS);
  const everyPixel = Int32Array.from({ length: 2 * sample.length }, (_, n) => {
    return n % 2 === 0 ? Math.floor(sample[n >> 1] / columns) : sample[n >> 1] % columns;
  });
  const positions = slimPositions(dataset.grid, everyPixel);
  const values = Float64Array.from(sample, (_, n) => {
    const origin = [positions[2 * n], positions[2 * n + 1]] as const;
    const grid = { ...dataset.grid, shape: [1, 1] as const, origin };
    return summed(dataset, (chunk) => reference.dirtyImage({ ...chunk, grid }))[0];
  });
  return {
    sampled: `${sample.length} pixels`,
    errorOf: (answer) => {
      if (answer.kernel !== "dirty_image") return null;
      const given = Float64Array.from(sample, (pixel) => answer.value[pixel]);
      // Of the whole image, as where all of it is compared; an image out of scale shows in the sample all the same.
      const scale = Math.min(magnitude(answer.value), 10 * magnitude(values)) / magnitude(values);
      return difference(given, values) / Math.max(1, scale);
    },
  };
}

/** All of F, or F between random source pixels, from the image pixels that see any of them. */
function ofCurvatureMatrix(model: ModelInputs, part: WorkSizes): RightAnswer {
  const whole = part.pixels ** 2 * part.mappingNeighbors <= AFFORDABLE;
  const source = whole ? null : sampledIndexes(part.sourcePixels, SAMPLED_SOURCE_PIXELS);
  const t = reference.sparseMappingMatrix(source === null ? model : restricted(model, new Set(source)));
  const rows: number[] = [];
  for (let i = 0; i < t.rows; i++) if (t.rowStart[i + 1] > t.rowStart[i]) rows.push(i);
  // Rows without entries add nothing; leaving them out is what makes the sample affordable.
  const used = Int32Array.from(rows);
  const f = reference.curvatureMatrixViaWCompactSparse({
    wCompact: model.wCompact,
    nativeIndex: rowsOf(model.nativeIndex, used, 2),
    sparseMappingMatrix: {
      ...t,
      rows: used.length,
      rowStart: Int32Array.from([...rows.map((i) => t.rowStart[i]), t.values.length]),
    },
  });
  const size = part.sourcePixels;
  const places = source === null ? null : Array.from(source).flatMap((p) => Array.from(source, (q) => p * size + q));
  const values = places === null ? f.values : Float64Array.from(places, (place) => f.values[place]);
  return {
    sampled: places === null ? null : `${places.length} entries of F`,
    errorOf: (answer) => {
      if (answer.kernel !== "curvature_matrix") return null;
      const given = answer.value.values;
      return difference(places === null ? given : Float64Array.from(places, (place) => given[place]), values);
    },
  };
}

function ofLogLikelihood(model: ModelInputs, part: WorkSizes): RightAnswer {
  const work = part.pixels ** 2 * part.mappingNeighbors + part.sourcePixels ** 3;
  const value = work > 20 * AFFORDABLE ? null : reference.logLikelihoodViaWCompact(model);
  return {
    sampled: value === null ? "nothing: the reference would take too long" : null,
    errorOf: (answer) => {
      if (answer.kernel !== "log_likelihood" || value === null) return null;
      return difference(Float64Array.of(answer.value), Float64Array.of(value));
    },
  };
}

/** The factor L; or, where that would take too long, entries of L L', which are to be those of the matrix. */
function ofCholesky(matrix: Matrix): RightAnswer {
  const { rows: size, values } = matrix;
  if (size ** 3 / 6 <= AFFORDABLE) {
    const { factor } = reference.cholesky({ matrix });
    return {
      sampled: null,
      errorOf: (answer) => (answer.kernel === "cholesky" ? difference(answer.value.values, factor.values) : null),
    };
  }
  const places = sampledIndexes(size * size, SAMPLED_ENTRIES);
  const right = Float64Array.from(places, (place) => values[place]);
  return {
    sampled: `${places.length} entries of L L'`,
    errorOf: (answer) => {
      if (answer.kernel !== "cholesky") return null;
      const rowOf = (i: number): Float64Array => answer.value.values.subarray(i * size, (i + 1) * size);
      const products = Float64Array.from(places, (place) => dot(rowOf(Math.floor(place / size)), rowOf(place % size)));
      return difference(products, right);
    },
  };
}

/** No reference: the conditions that the right answer satisfies, and no other. */
function ofPositiveOnly(args: ReconstructionArgs): RightAnswer {
  return {
    sampled: "the conditions (KKT)",
    errorOf: (answer) => (answer.kernel === "positive_only" ? kktResidual(args, answer.value) : null),
  };
}

/** The mapping with the entries of these source pixels alone. */
function restricted(model: ModelInputs, source: ReadonlySet<number>): ModelInputs {
  return {
    ...model,
    mapping: { ...model.mapping, indexes: model.mapping.indexes.map((index) => (source.has(index) ? index : -1)) },
  };
}

/** A sum over visibilities, its chunks added with their errors. */
function summed(dataset: DatasetInputs, run: (chunk: DatasetInputs) => Float64Array): Float64Array {
  const count = dataset.uvWavelengths.length / 2;
  let total: ReturnType<typeof compensatedSum> | undefined;
  for (let k = 0; k < count; k += VISIBILITIES_PER_SUM) {
    const [from, to] = [2 * k, 2 * Math.min(count, k + VISIBILITIES_PER_SUM)];
    const values = run({
      ...dataset,
      uvWavelengths: dataset.uvWavelengths.subarray(from, to),
      visibilities: dataset.visibilities.subarray(from, to),
      noiseMap: dataset.noiseMap.subarray(from, to),
    });
    total ??= compensatedSum(values.length);
    addTo(total, values);
  }
  return total === undefined ? new Float64Array(0) : totalOf(total);
}

function sampledIndexes(count: number, wanted: number): Int32Array {
  const random = randomState(count);
  const drawn = new Set<number>();
  while (drawn.size < Math.min(count, wanted)) drawn.add(Math.floor(uniform(random) * count));
  return Int32Array.from(drawn).sort();
}

function rowsOf(array: Int32Array, rows: Int32Array, width: number): Int32Array {
  return Int32Array.from(
    { length: rows.length * width },
    (_, n) => array[rows[Math.floor(n / width)] * width + (n % width)],
  );
}

function difference(given: Float64Array, right: Float64Array): number {
  if (given.length !== right.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < right.length; i++) worst = larger(worst, Math.abs(given[i] - right[i]));
  return worst === 0 ? 0 : worst / magnitude(right);
}

/** A NaN is as wrong as can be. */
function larger(worst: number, next: number): number {
  return next <= worst ? worst : Number.isNaN(next) ? Number.POSITIVE_INFINITY : next;
}

function magnitude(values: Float64Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
