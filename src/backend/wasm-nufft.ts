import type { DirtyImageArgs } from "../operators/dirty-image.ts";
import { type Fft2dArgs, requireFftShape } from "../operators/fft.ts";
import {
  centreOf,
  differenceLattice,
  type Lattice,
  type NufftType1Args,
  type NufftType2Args,
  originOf,
  pixelLattice,
  sumLattice,
} from "../operators/nufft.ts";
import {
  deconvolution,
  fineSize,
  kernelTable,
  type SpreadingKernel,
  spreadingKernel,
  TIGHTEST,
} from "../operators/nufft-kernel.ts";
import type { VisibilitiesArgs } from "../operators/visibilities.ts";
import { noiseIsUnequal, type WCompact, type WCompactArgs } from "../operators/w-compact.ts";
import { type WasmKernels, wasmKernels } from "./wasm.ts";

/** The WebAssembly voice of the FFT and of the non-uniform FFT. */

export function fft2d({ shape, values, inverse }: Fft2dArgs): Float64Array {
  requireFftShape(shape);
  const wasm = fresh();
  const at = wasm.input(values);
  wasm.call("fft2d", ...shape, inverse ? 1 : -1, inverse ? 1 / (shape[0] * shape[1]) : 1, at);
  return wasm.float64(at, values.length);
}

function fresh(): WasmKernels {
  const wasm = wasmKernels();
  wasm.reset();
  return wasm;
}

/** Points at a time: memory does not grow with their number, and the cost of passing over the fine grid is small. */
const POINTS = 2 ** 20;

/** The polynomials depend on the width alone. */
const tables = new Map<number, Float64Array>();

function tableOf(kernel: SpreadingKernel): Float64Array {
  const table = tables.get(kernel.width) ?? kernelTable(kernel);
  tables.set(kernel.width, table);
  return table;
}

/** Calls `name` for each of its parts, on all threads where that is worth while. */
type CallParts = (name: string, parts: number, scratchBytes: number, ...args: number[]) => void;

function callPartsOf(wasm: WasmKernels, work: number): CallParts {
  return (...args) => wasm.callPartsOf(work, ...args);
}

/** Multiply-adds a point in sorting and spreading, and a cell in its share of the FFT. */
const WORK_OF_POINT = 200;
const WORK_OF_CELL = 20;

/** Bytes that a thread clears at a time. */
const CLEARED = 2 ** 20;

interface Plan {
  readonly width: number;
  readonly table: number;
  readonly cells: readonly [rows: number, columns: number];
  readonly binRows: number;
  /** Doubles of one padded fine grid. */
  readonly size: number;
  /** Factors of the modes. */
  readonly down: number;
  readonly along: number;
  /** y0, dy, x0, dx of mode 0. */
  readonly lattice: readonly [number, number, number, number];
}

function planOf(wasm: WasmKernels, lattice: Lattice, tolerance: number): Plan {
  const kernel = spreadingKernel(tolerance);
  const [row, column] = centreOf(lattice);
  const cells = [fineSize(row), fineSize(column)] as const;
  const [y0, x0] = originOf(lattice);
  return {
    width: kernel.width,
    table: wasm.input(tableOf(kernel)),
    cells,
    binRows: wasm.call("binRows", cells[0]),
    size: wasm.call("paddedSize", cells[0]) * wasm.call("paddedSize", cells[1]),
    down: wasm.input(deconvolution(kernel, cells[0], row)),
    along: wasm.input(deconvolution(kernel, cells[1], column)),
    lattice: [y0, lattice.dy, x0, lattice.dx],
  };
}

/** Writes the strengths of points first to first + count to `out`: one number a point, or two where they are complex. */
type Strengths = (first: number, count: number, out: number, onSlices: OnSlices) => void;

/** Calls `name(part, slice, count, ...args)` for every slice of the points. */
type OnSlices = (name: string, ...args: number[]) => void;

/** What makes strengths of up to `most` points; `complex`: two numbers a point, whether they need both or not. */
type StrengthsOf = (wasm: WasmKernels, most: number, complex: boolean) => Strengths;

interface Type1 {
  readonly lattice: Lattice;
  readonly uvWavelengths: Float64Array;
  readonly tolerance: number;
  readonly complex: boolean;
  readonly realPartsOnly: boolean;
  /** The real and the imaginary parts of the strengths have a lattice each: two sums of real strengths at once. */
  readonly apart?: boolean;
}

function type1(args: Type1, strengthsOf: StrengthsOf): Float64Array[] {
  const { lattice, uvWavelengths, tolerance, realPartsOnly } = args;
  const wasm = fresh();
  const plan = planOf(wasm, lattice, tolerance);
  const [y0, , x0] = plan.lattice;
  // A phase of its own makes every strength complex.
  const complex = args.complex || y0 !== 0 || x0 !== 0;
  const parts = complex ? 2 : 1;
  const fine = wasm.output(2 * parts * plan.size);
  const bytes = 16 * parts * plan.size;
  const onGrid = callPartsOf(wasm, WORK_OF_CELL * plan.cells[0] * plan.cells[1]);
  onGrid("clear", Math.ceil(bytes / CLEARED), 0, CLEARED, fine, bytes);
  const count = uvWavelengths.length / 2;
  const most = Math.min(count, POINTS);
  const uv = wasm.output(2 * most);
  const weights = wasm.output(parts * most);
  const strengths = strengthsOf(wasm, most, complex);
  const sorting = sortingOf(wasm, plan, most, complex ? COMPLEX_POINT : REAL_POINT);
  for (let first = 0; first < count; first += POINTS) {
    const points = Math.min(POINTS, count - first);
    copyPoints(wasm, uvWavelengths, first, points, uv);
    const onPoints = callPartsOf(wasm, WORK_OF_POINT * points);
    strengths(first, points, weights, onSlices(onPoints, points));
    sort(wasm, onPoints, plan, sorting, points, uv, weights);
    const kernel = [...plan.cells, plan.width, plan.table] as const;
    for (const odd of [0, 1]) {
      const rows = (plan.binRows + 1 - odd) >> 1;
      const spread = [odd, complex ? 1 : 0, ...kernel, sorting.starts, sorting.points, fine];
      onPoints("spreadBins", rows, wasm.call("spreadScratch"), ...spread);
    }
  }
  const modes = Array.from({ length: parts }, (_, part) => {
    return modesOfGrid(wasm, onGrid, plan, lattice, fine + 16 * part * plan.size);
  });
  const [, column] = centreOf(lattice);
  const length = lattice.shape[0] * lattice.shape[1] * (realPartsOnly ? 1 : 2);
  const out = wasm.output(length);
  const latticeOf = (real: number, imaginary: number): Float64Array => {
    wasm.call("latticeOfModes", ...lattice.shape, column, real, imaginary, realPartsOnly ? 1 : 0, out);
    return wasm.float64(out, length);
  };
  return args.apart === true ? modes.map((each) => latticeOf(each, 0)) : [latticeOf(modes[0], modes[1] ?? 0)];
}

/** Address of the modes of rows 0 and up of one real grid. */
function modesOfGrid(wasm: WasmKernels, onGrid: CallParts, plan: Plan, lattice: Lattice, grid: number): number {
  const [row, column] = centreOf(lattice);
  const [rows, columns] = plan.cells;
  const lines = row + 1;
  const blocks = Math.ceil(lines / FFT_BATCH);
  const out = wasm.output(2 * lines * (2 * column + 1));
  const half = wasm.output(2 * blocks * columns * FFT_BATCH);
  const [planDown, planAlong] = plan.cells.map((cells) => wasm.call("fftPlan", cells, 1) >>> 0);
  const scratch = (cells: number) => 16 * FFT_BATCH * cells + 64;
  const pairs = Math.ceil(columns / (2 * FFT_BATCH));
  onGrid("columnModes", pairs, 2 * scratch(rows), rows, columns, planDown, grid, lines, half);
  onGrid("lineModes", blocks, scratch(columns), columns, planAlong, lines, column, plan.down, plan.along, half, out);
  return out;
}

/** Transforms side by side, as in fft.as.ts. */
const FFT_BATCH = 8;

/** Bytes of a sorted point, as in bins.as.ts. */
const REAL_POINT = 24;
const COMPLEX_POINT = 32;
const GATHERED_POINT = 40;

/** Slices of points that are sorted side by side: some thousand points each, and few, as each has its counters. */
const SLICE = 2 ** 13;
const MOST_SLICES = 16;

/** Room for points to be sorted in. */
interface Sorting {
  /** Bytes of a sorted point. */
  readonly kind: number;
  readonly counts: number;
  readonly starts: number;
  readonly binOf: number;
  readonly points: number;
}

function sortingOf(wasm: WasmKernels, plan: Plan, most: number, kind: number): Sorting {
  const bins = plan.binRows * wasm.call("binRows", plan.cells[1]);
  return {
    kind,
    counts: wasm.output((slicesOf(most) * bins) / 2 + 1),
    starts: wasm.output(bins / 2 + 1),
    binOf: wasm.output(most / 2 + 1),
    points: wasm.output((most * kind) / 8),
  };
}

function slicesOf(count: number): number {
  return Math.min(MOST_SLICES, Math.ceil(count / SLICE));
}

function onSlices(onPoints: CallParts, count: number): OnSlices {
  const slices = slicesOf(count);
  const slice = Math.ceil(count / slices);
  // Room for a phase.
  return (name, ...args) => onPoints(name, slices, 64, slice, count, ...args);
}

/** Sorts points by bin. */
function sort(
  wasm: WasmKernels,
  onPoints: CallParts,
  plan: Plan,
  { kind, counts, starts, binOf, points }: Sorting,
  count: number,
  uv: number,
  strengths: number,
): void {
  const each = onSlices(onPoints, count);
  const [y0, dy, x0, dx] = plan.lattice;
  const cells = [...plan.cells, plan.width] as const;
  each("binPoints", uv, dy, dx, ...cells, counts, binOf);
  wasm.call("placeBins", slicesOf(count), ...plan.cells, counts, starts);
  each("placePoints", uv, strengths, kind, y0, dy, x0, dx, ...cells, counts, binOf, points);
}

/** Numbers of points first to first + count, two a point, copied to `address`. */
function copyPoints(wasm: WasmKernels, values: Float64Array, first: number, count: number, address: number): void {
  wasm.view(address, 2 * count).set(values.subarray(2 * first, 2 * (first + count)));
}

/** Half the sum (sign 1) or difference (sign -1) of the weights sigma_re^-2 and sigma_im^-2, or both as a pair. */
function weights(noiseMap: Float64Array, sign: 1 | -1, paired: boolean): StrengthsOf {
  return (wasm, most, complex) => {
    const noise = wasm.output(2 * most);
    const numbers = paired ? 2 : complex ? 1 : 0;
    return (first, count, out, each) => {
      copyPoints(wasm, noiseMap, first, count, noise);
      each("weigh", noise, sign, numbers, out);
    };
  };
}

function weightedVisibilities(visibilities: Float64Array, noiseMap: Float64Array): StrengthsOf {
  return (wasm, most) => {
    const noise = wasm.output(2 * most);
    const data = wasm.output(2 * most);
    return (first, count, out, each) => {
      copyPoints(wasm, noiseMap, first, count, noise);
      copyPoints(wasm, visibilities, first, count, data);
      each("weighVisibilities", noise, data, out);
    };
  };
}

export function nufftType1({ lattice, uvWavelengths, strengths, tolerance }: NufftType1Args): Float64Array {
  const given: StrengthsOf = (wasm) => (first, count, out) => copyPoints(wasm, strengths, first, count, out);
  return type1({ lattice, uvWavelengths, tolerance, complex: true, realPartsOnly: false }, given)[0];
}

export function nufftType2({ lattice, uvWavelengths, values, tolerance }: NufftType2Args): Float64Array {
  const wasm = fresh();
  const plan = planOf(wasm, lattice, tolerance);
  const fine = wasm.output(2 * plan.size);
  const image = wasm.input(values);
  const count = uvWavelengths.length / 2;
  const uv = wasm.output(2 * Math.min(count, POINTS));
  const out = wasm.output(2 * Math.min(count, POINTS));
  const sorting = sortingOf(wasm, plan, Math.min(count, POINTS), GATHERED_POINT);
  const [y0, , x0] = plan.lattice;
  wasm.call("gridOfLattice", ...lattice.shape, image, plan.down, plan.along, ...plan.cells, fine);
  const result = new Float64Array(uvWavelengths.length);
  for (let first = 0; first < count; first += POINTS) {
    const points = Math.min(POINTS, count - first);
    copyPoints(wasm, uvWavelengths, first, points, uv);
    const onPoints = callPartsOf(wasm, WORK_OF_POINT * points);
    sort(wasm, onPoints, plan, sorting, points, uv, 0);
    const gather = [y0, x0, ...plan.cells, plan.width, plan.table, sorting.starts, sorting.points, fine, out];
    onPoints("gatherBins", plan.binRows, wasm.call("gatherScratch"), ...gather);
    result.set(wasm.view(out, 2 * points), 2 * first);
  }
  return result;
}

export function wCompactViaNufft({ grid, uvWavelengths, noiseMap }: WCompactArgs): WCompact {
  const [rows, columns] = grid.shape;
  const differences = differenceLattice(grid);
  const sums = sumLattice(grid);
  const unequal = noiseIsUnequal(noiseMap);
  // Around the phase centre, differences and sums of positions are one lattice, and the points are sorted once.
  const together = unequal && grid.origin[0] === 0 && grid.origin[1] === 0;
  const common = { uvWavelengths, tolerance: TIGHTEST, complex: together, realPartsOnly: true, apart: together };
  const [minus, plus] = type1({ ...common, lattice: differences }, weights(noiseMap, 1, together));
  const elsewhere = (): Float64Array => type1({ ...common, lattice: sums }, weights(noiseMap, -1, false))[0];
  return {
    shape: grid.shape,
    minus: minus.slice((rows - 1) * (2 * columns - 1)),
    plus: unequal ? (plus ?? elsewhere()) : null,
  };
}

export function dirtyImageViaNufft({ grid, uvWavelengths, visibilities, noiseMap }: DirtyImageArgs): Float64Array {
  const lattice = pixelLattice(grid);
  const tight = { lattice, uvWavelengths, tolerance: TIGHTEST, complex: true, realPartsOnly: true };
  return type1(tight, weightedVisibilities(visibilities, noiseMap))[0];
}

export function visibilitiesViaNufft({ grid, image, uvWavelengths }: VisibilitiesArgs): Float64Array {
  const values = new Float64Array(2 * image.length);
  for (let p = 0; p < image.length; p++) values[2 * p] = image[p];
  return nufftType2({ lattice: pixelLattice(grid), uvWavelengths, values, tolerance: TIGHTEST });
}
