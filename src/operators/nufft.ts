import { ARCSECOND, type PixelGrid } from "../grid.ts";
import { addAt, compensatedSum, totalOf } from "./compensated-sum.ts";
import type { DirtyImageArgs } from "./dirty-image.ts";
import { fft2d } from "./fft.ts";
import { deconvolution, fineSize, kernelAt, type SpreadingKernel, spreadingKernel, TIGHTEST } from "./nufft-kernel.ts";
import type { VisibilitiesArgs } from "./visibilities.ts";
import { noiseIsUnequal, type WCompact, type WCompactArgs } from "./w-compact.ts";

/** Positions y = y0 + i dy, x = x0 + j dx in radians, of a row i and a column j. */
export interface Lattice {
  readonly shape: readonly [rows: number, columns: number];
  readonly y0: number;
  readonly dy: number;
  readonly x0: number;
  readonly dx: number;
}

export interface NufftType1Args {
  readonly lattice: Lattice;
  /** (K, 2) u and v in wavelengths. */
  readonly uvWavelengths: Float64Array;
  /** (K) complex, interleaved. */
  readonly strengths: Float64Array;
  /** Error allowed, relative to sum |strengths|: 1e-13 at best. */
  readonly tolerance: number;
}

export interface NufftType2Args {
  readonly lattice: Lattice;
  /** (K, 2) u and v in wavelengths. */
  readonly uvWavelengths: Float64Array;
  /** (rows, columns) complex, interleaved. */
  readonly values: Float64Array;
  /** Error allowed, relative to sum |values|: 1e-13 at best. */
  readonly tolerance: number;
}

/** Modes of a lattice: row i is mode i - centre, and the same of columns. */
export function centreOf({ shape }: Lattice): readonly [row: number, column: number] {
  return [shape[0] >> 1, shape[1] >> 1];
}

/** Position (y, x) of mode 0, whose phase the points carry. */
export function originOf(lattice: Lattice): readonly [y: number, x: number] {
  const [row, column] = centreOf(lattice);
  // Half integers times the step, so that a centred lattice of odd size has its mode 0 at exactly 0.
  return [lattice.y0 + row * lattice.dy, lattice.x0 + column * lattice.dx];
}

/**
 * Type 1, from points to a lattice: out[i, j] = sum_k c_k exp(+2 pi i (x_j u_k + y_i v_k)). Strengths are spread onto a
 * fine grid of the torus of phases, transformed, and divided by the kernel's transform (Dutt & Rokhlin 1993; in the
 * form of Barnett, Magland & af Klinteberg 2019, doi:10.1137/18M120885X).
 * @returns (rows, columns) complex, interleaved.
 */
export function nufftType1({ lattice, uvWavelengths, strengths, tolerance }: NufftType1Args): Float64Array {
  const plan = planOf(lattice, tolerance);
  const fine = compensatedSum(2 * plan.cells[0] * plan.cells[1]);
  for (let k = 0; k < uvWavelengths.length; k += 2) {
    const point = pointOf(plan, uvWavelengths[k], uvWavelengths[k + 1]);
    const re = strengths[k] * point.cos - strengths[k + 1] * point.sin;
    const im = strengths[k] * point.sin + strengths[k + 1] * point.cos;
    forEachCell(plan, point, (cell, weight) => {
      addAt(fine, 2 * cell, weight * re);
      addAt(fine, 2 * cell + 1, weight * im);
    });
  }
  // The inverse transform has the exponent's sign; its division is undone.
  const modes = fft2d({ shape: plan.cells, values: totalOf(fine), inverse: true });
  const out = new Float64Array(2 * lattice.shape[0] * lattice.shape[1]);
  forEachMode(plan, (index, mode, factor) => {
    out[2 * index] = modes[2 * mode] * factor * (plan.cells[0] * plan.cells[1]);
    out[2 * index + 1] = modes[2 * mode + 1] * factor * (plan.cells[0] * plan.cells[1]);
  });
  return out;
}

/**
 * Type 2, from a lattice to points, the adjoint of type 1: out[k] = sum_ij f[i, j] exp(-2 pi i (x_j u_k + y_i v_k)).
 * @returns (K) complex, interleaved.
 */
export function nufftType2({ lattice, uvWavelengths, values, tolerance }: NufftType2Args): Float64Array {
  const plan = planOf(lattice, tolerance);
  const modes = new Float64Array(2 * plan.cells[0] * plan.cells[1]);
  forEachMode(plan, (index, mode, factor) => {
    modes[2 * mode] = values[2 * index] * factor;
    modes[2 * mode + 1] = values[2 * index + 1] * factor;
  });
  const fine = fft2d({ shape: plan.cells, values: modes, inverse: false });
  const out = new Float64Array(uvWavelengths.length);
  for (let k = 0; k < out.length; k += 2) {
    const point = pointOf(plan, uvWavelengths[k], uvWavelengths[k + 1]);
    let re = 0;
    let im = 0;
    forEachCell(plan, point, (cell, weight) => {
      re += weight * fine[2 * cell];
      im += weight * fine[2 * cell + 1];
    });
    out[k] = re * point.cos + im * point.sin;
    out[k + 1] = im * point.cos - re * point.sin;
  }
  return out;
}

interface Plan {
  readonly lattice: Lattice;
  readonly kernel: SpreadingKernel;
  readonly cells: readonly [rows: number, columns: number];
}

function planOf(lattice: Lattice, tolerance: number): Plan {
  const [row, column] = centreOf(lattice);
  return { lattice, kernel: spreadingKernel(tolerance), cells: [fineSize(row), fineSize(column)] };
}

/** Where a point stands on the fine grid, in cells, and the phase factor exp(+i phase) of the lattice's origin. */
interface Point {
  readonly y: number;
  readonly x: number;
  readonly cos: number;
  readonly sin: number;
}

function pointOf({ lattice, cells }: Plan, u: number, v: number): Point {
  const [y0, x0] = originOf(lattice);
  const phase = 2 * Math.PI * (x0 * u + y0 * v);
  const [x, y] = [lattice.dx * u, lattice.dy * v].map((turns) => turns - Math.round(turns));
  return { y: y * cells[0], x: x * cells[1], cos: Math.cos(phase), sin: Math.sin(phase) };
}

function forEachCell({ kernel, cells }: Plan, point: Point, visit: (cell: number, weight: number) => void): void {
  const down = tapsOf(kernel, cells[0], point.y);
  const along = tapsOf(kernel, cells[1], point.x);
  for (const [row, weight] of down) {
    for (const [column, other] of along) visit(row * cells[1] + column, weight * other);
  }
}

function tapsOf(kernel: SpreadingKernel, cells: number, position: number): (readonly [cell: number, weight: number])[] {
  // What is no number stays one in the weights.
  const first = Number.isNaN(position) ? 0 : Math.ceil(position - kernel.width / 2);
  return Array.from({ length: kernel.width }, (_, tap) => {
    return [remainder(first + tap, cells), kernelAt(kernel, first + tap - position)];
  });
}

function forEachMode(plan: Plan, visit: (index: number, mode: number, factor: number) => void): void {
  const { lattice, kernel, cells } = plan;
  const [rows, columns] = lattice.shape;
  const [centreRow, centreColumn] = centreOf(lattice);
  const down = deconvolution(kernel, cells[0], centreRow);
  const along = deconvolution(kernel, cells[1], centreColumn);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const [m, n] = [i - centreRow, j - centreColumn];
      const mode = remainder(m, cells[0]) * cells[1] + remainder(n, cells[1]);
      visit(i * columns + j, mode, down[Math.abs(m)] * along[Math.abs(n)]);
    }
  }
}

function remainder(a: number, n: number): number {
  return ((a % n) + n) % n;
}

/** The pixels of a grid. */
export function pixelLattice({ shape, pixelScale, origin }: PixelGrid): Lattice {
  const step = ARCSECOND * pixelScale;
  return {
    shape,
    y0: ARCSECOND * origin[0] + ((shape[0] - 1) / 2) * step,
    dy: -step,
    x0: ARCSECOND * origin[1] - ((shape[1] - 1) / 2) * step,
    dx: step,
  };
}

/** The sums of two pixels' positions. */
export function sumLattice(grid: PixelGrid): Lattice {
  const { shape, y0, dy, x0, dx } = pixelLattice(grid);
  return { shape: [2 * shape[0] - 1, 2 * shape[1] - 1], y0: 2 * y0, dy, x0: 2 * x0, dx };
}

/** The differences of two pixels' positions, of both signs. */
export function differenceLattice({ shape, pixelScale }: PixelGrid): Lattice {
  const step = ARCSECOND * pixelScale;
  const [rows, columns] = shape;
  return {
    shape: [2 * rows - 1, 2 * columns - 1],
    y0: (rows - 1) * step,
    dy: -step,
    x0: -(columns - 1) * step,
    dx: step,
  };
}

/** As `wCompact`, by the NUFFT: an error of 1e-13 sum |w|, and a cost that hardly depends on the grid. */
export function wCompactViaNufft({ grid, uvWavelengths, noiseMap }: WCompactArgs): WCompact {
  const [rows, columns] = grid.shape;
  const lattices = (lattice: Lattice, sign: 1 | -1) => {
    const strengths = new Float64Array(noiseMap.length);
    for (let k = 0; k < noiseMap.length; k += 2) {
      strengths[k] = (noiseMap[k] ** -2 + sign * noiseMap[k + 1] ** -2) / 2;
    }
    return realParts(nufftType1({ lattice, uvWavelengths, strengths, tolerance: TIGHTEST }));
  };
  return {
    shape: grid.shape,
    minus: lattices(differenceLattice(grid), 1)
      .subarray((rows - 1) * (2 * columns - 1))
      .slice(),
    plus: noiseIsUnequal(noiseMap) ? lattices(sumLattice(grid), -1) : null,
  };
}

/** As `dirtyImage`, by the NUFFT. */
export function dirtyImageViaNufft({ grid, uvWavelengths, visibilities, noiseMap }: DirtyImageArgs): Float64Array {
  const strengths = visibilities.map((value, k) => value / (noiseMap[k] * noiseMap[k]));
  return realParts(nufftType1({ lattice: pixelLattice(grid), uvWavelengths, strengths, tolerance: TIGHTEST }));
}

/** As `visibilities`, by the NUFFT. */
export function visibilitiesViaNufft({ grid, image, uvWavelengths }: VisibilitiesArgs): Float64Array {
  const values = Float64Array.from({ length: 2 * image.length }, (_, p) => (p % 2 === 0 ? image[p >> 1] : 0));
  return nufftType2({ lattice: pixelLattice(grid), uvWavelengths, values, tolerance: TIGHTEST });
}

function realParts(values: Float64Array): Float64Array {
  return values.filter((_, k) => k % 2 === 0);
}
