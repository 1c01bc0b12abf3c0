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

interface Plan {
  readonly width: number;
  readonly table: number;
  readonly cells: readonly [rows: number, columns: number];
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
    size: wasm.call("paddedSize", cells[0]) * wasm.call("paddedSize", cells[1]),
    down: wasm.input(deconvolution(kernel, cells[0], row)),
    along: wasm.input(deconvolution(kernel, cells[1], column)),
    lattice: [y0, lattice.dy, x0, lattice.dx],
  };
}

/** Strengths of points first to first + count written to `out`: one number a point, or two where they are complex. */
type Strengths = (first: number, count: number, out: Float64Array) => void;

interface Type1 {
  readonly lattice: Lattice;
  readonly uvWavelengths: Float64Array;
  readonly tolerance: number;
  readonly complex: boolean;
  readonly realPartsOnly: boolean;
}

function type1(args: Type1, strengths: Strengths): Float64Array {
  const { lattice, uvWavelengths, tolerance, realPartsOnly } = args;
  const wasm = fresh();
  const plan = planOf(wasm, lattice, tolerance);
  const [y0, , x0] = plan.lattice;
  // A phase of its own makes every strength complex.
  const complex = args.complex || y0 !== 0 || x0 !== 0;
  const parts = complex ? 2 : 1;
  const fine = wasm.output(2 * parts * plan.size);
  wasm.call("clear", fine, 16 * parts * plan.size);
  const count = uvWavelengths.length / 2;
  const uv = wasm.output(2 * Math.min(count, POINTS));
  const weights = wasm.output(parts * Math.min(count, POINTS));
  for (let first = 0; first < count; first += POINTS) {
    const points = Math.min(POINTS, count - first);
    wasm.view(uv, 2 * points).set(uvWavelengths.subarray(2 * first, 2 * (first + points)));
    const to = wasm.view(weights, parts * points);
    strengths(first, points, args.complex || !complex ? to : to.subarray(0, points));
    if (complex && !args.complex) interleave(to, points);
    wasm.call(
      "spreadPoints",
      points,
      uv,
      weights,
      complex ? 1 : 0,
      ...plan.lattice,
      ...plan.cells,
      plan.width,
      plan.table,
      fine,
    );
  }
  const [row, column] = centreOf(lattice);
  const modes = Array.from({ length: parts }, (_, part) => {
    const out = wasm.output(2 * (row + 1) * (2 * column + 1));
    const grid = fine + 16 * part * plan.size;
    wasm.call("modesOfGrid", ...plan.cells, grid, row + 1, column, plan.down, plan.along, out);
    return out;
  });
  const length = lattice.shape[0] * lattice.shape[1] * (realPartsOnly ? 1 : 2);
  const out = wasm.output(length);
  wasm.call("latticeOfModes", ...lattice.shape, column, modes[0], modes[1] ?? 0, realPartsOnly ? 1 : 0, out);
  return wasm.float64(out, length);
}

/** Real numbers at the front become complex ones, in place. */
function interleave(values: Float64Array, count: number): void {
  for (let k = count - 1; k >= 0; k--) {
    values[2 * k] = values[k];
    values[2 * k + 1] = 0;
  }
}

export function nufftType1({ lattice, uvWavelengths, strengths, tolerance }: NufftType1Args): Float64Array {
  return type1({ lattice, uvWavelengths, tolerance, complex: true, realPartsOnly: false }, (first, count, out) => {
    out.set(strengths.subarray(2 * first, 2 * (first + count)));
  });
}

export function nufftType2({ lattice, uvWavelengths, values, tolerance }: NufftType2Args): Float64Array {
  const wasm = fresh();
  const plan = planOf(wasm, lattice, tolerance);
  const fine = wasm.output(2 * plan.size);
  const image = wasm.input(values);
  const count = uvWavelengths.length / 2;
  const uv = wasm.output(2 * Math.min(count, POINTS));
  const out = wasm.output(2 * Math.min(count, POINTS));
  wasm.call("gridOfLattice", ...lattice.shape, image, plan.down, plan.along, ...plan.cells, fine);
  const result = new Float64Array(uvWavelengths.length);
  for (let first = 0; first < count; first += POINTS) {
    const points = Math.min(POINTS, count - first);
    wasm.view(uv, 2 * points).set(uvWavelengths.subarray(2 * first, 2 * (first + points)));
    wasm.call("gatherPoints", points, uv, ...plan.lattice, ...plan.cells, plan.width, plan.table, fine, out);
    result.set(wasm.view(out, 2 * points), 2 * first);
  }
  return result;
}

export function wCompactViaNufft({ grid, uvWavelengths, noiseMap }: WCompactArgs): WCompact {
  const [rows, columns] = grid.shape;
  const lattice = (of: Lattice, sign: 1 | -1): Float64Array =>
    type1(
      { lattice: of, uvWavelengths, tolerance: TIGHTEST, complex: false, realPartsOnly: true },
      (first, count, out) => {
        for (let k = 0, at = 2 * first; k < count; k++, at += 2) {
          const a = 1 / (noiseMap[at] * noiseMap[at]);
          const b = 1 / (noiseMap[at + 1] * noiseMap[at + 1]);
          out[k] = (a + sign * b) / 2;
        }
      },
    );
  return {
    shape: grid.shape,
    minus: lattice(differenceLattice(grid), 1).slice((rows - 1) * (2 * columns - 1)),
    plus: noiseIsUnequal(noiseMap) ? lattice(sumLattice(grid), -1) : null,
  };
}

export function dirtyImageViaNufft({ grid, uvWavelengths, visibilities, noiseMap }: DirtyImageArgs): Float64Array {
  const lattice = pixelLattice(grid);
  return type1(
    { lattice, uvWavelengths, tolerance: TIGHTEST, complex: true, realPartsOnly: true },
    (first, count, out) => {
      for (let k = 0, at = 2 * first; k < 2 * count; k++, at++)
        out[k] = visibilities[at] / (noiseMap[at] * noiseMap[at]);
    },
  );
}

export function visibilitiesViaNufft({ grid, image, uvWavelengths }: VisibilitiesArgs): Float64Array {
  const values = new Float64Array(2 * image.length);
  for (let p = 0; p < image.length; p++) values[2 * p] = image[p];
  return nufftType2({ lattice: pixelLattice(grid), uvWavelengths, values, tolerance: TIGHTEST });
}
