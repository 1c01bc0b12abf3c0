import type { MaskCentresArgs, MaskCircularArgs } from "../dataset/mask.ts";
import { ARCSECOND, type PixelGrid } from "../grid.ts";
import type { CurvatureViaPreloadArgs, CurvatureViaWTildeSparseArgs } from "../inversion/curvature.ts";
import { convolutionShape } from "../inversion/curvature-fft.ts";
import type { DataVectorArgs, Mapping, MappingArgs, SparseTransposeTimesArgs } from "../inversion/mapping.ts";
import { type ConstantRegularizationArgs, DIAGONAL } from "../inversion/regularization/constant.ts";
import type { DirtyImageArgs, WTildeDataArgs } from "../operators/dirty-image.ts";
import type { Matrix, SparseMatrix } from "../operators/matrix.ts";
import type { NoiseNormalizationArgs } from "../operators/noise-normalization.ts";
import type { VisibilitiesArgs } from "../operators/visibilities.ts";
import {
  noiseIsUnequal,
  type WCompact,
  type WCompactArgs,
  type WCompactTimesArgs,
  type WTildeFromCompactArgs,
} from "../operators/w-compact.ts";
import type { WPreload, WTildeFromPreloadArgs } from "../operators/w-preload.ts";
import type { WTildeArgs } from "../operators/w-tilde.ts";
import { type WasmKernels, wasmKernels } from "./wasm.ts";

/**
 * The WebAssembly voice of every kernel: copies the arguments in, calls the export, copies the result out. What each
 * computes is said where its reference stands.
 */

/** @param operand As `wasmKernels` has it. */
export function fresh(operand?: Float64Array): WasmKernels {
  const wasm = wasmKernels(operand);
  wasm.reset();
  return wasm;
}

/** Room for a result that is to stay, or not. One that does comes first, before all inputs. */
export function room(wasm: WasmKernels, length: number, resident: boolean): number {
  return resident ? wasm.resident(length) : wasm.output(length);
}

export function resultOf(wasm: WasmKernels, address: number, length: number, resident: boolean): Float64Array {
  return resident ? wasm.residentView(address, length) : wasm.float64(address, length);
}

export function maskCentres({ shape, pixelScales, centre }: MaskCentresArgs): Float64Array {
  const wasm = fresh();
  const out = wasm.output(2);
  wasm.call("maskCentres", ...shape, ...pixelScales, ...centre, out);
  return wasm.float64(out, 2);
}

export function maskCircular({ shape, pixelScales, centre, radius }: MaskCircularArgs): Uint8Array {
  const wasm = fresh();
  const size = shape[0] * shape[1];
  const out = wasm.output(Math.ceil(size / 8));
  wasm.call("maskCircular", ...shape, ...pixelScales, ...centre, radius, out);
  return wasm.uint8(out, size);
}

/** First position and step of a grid's rows and columns, in radians. */
function lattice({ shape, pixelScale, origin }: PixelGrid): [y0: number, dy: number, x0: number, dx: number] {
  const step = ARCSECOND * pixelScale;
  const y0 = ARCSECOND * (origin[0] + ((shape[0] - 1) / 2) * pixelScale);
  const x0 = ARCSECOND * (origin[1] - ((shape[1] - 1) / 2) * pixelScale);
  return [y0, -step, x0, step];
}

export function visibilities({ grid, image, uvWavelengths }: VisibilitiesArgs): Float64Array {
  const wasm = fresh();
  const out = wasm.output(uvWavelengths.length);
  const count = uvWavelengths.length / 2;
  const uv = wasm.input(uvWavelengths);
  wasm.call("imageVisibilities", ...grid.shape, ...lattice(grid), wasm.input(image), count, uv, out);
  return wasm.float64(out, uvWavelengths.length);
}

export function dirtyImage({ grid, uvWavelengths, visibilities, noiseMap }: DirtyImageArgs): Float64Array {
  const wasm = fresh();
  const size = grid.shape[0] * grid.shape[1];
  const weighted = wasm.input(visibilities.map((value, k) => value / (noiseMap[k] * noiseMap[k])));
  const out = wasm.output(size);
  const uv = wasm.input(uvWavelengths);
  wasm.call("latticeSum", ...grid.shape, ...lattice(grid), uvWavelengths.length / 2, uv, weighted, out);
  return wasm.float64(out, size);
}

export function wTildeData(args: WTildeDataArgs): Float64Array {
  const wasm = fresh();
  const weights = args.visibilitiesReal.map((value, k) => (args.noiseMapReal[k] ** 2 / value) ** 2);
  const size = args.gridRadians.length / 2;
  const out = wasm.output(size);
  const [grid, uv, weight] = [args.gridRadians, args.uvWavelengths, weights].map((array) => wasm.input(array));
  // A cosine is worth some ten multiply-adds.
  const work = 10 * size * weights.length;
  wasm.callPartsOf(work, "pointSum", Math.ceil(size / 64), 0, size, grid, weights.length, uv, weight, out);
  return wasm.float64(out, size);
}

export function wTilde({ gridRadians, uvWavelengths, noiseMap }: WTildeArgs): Matrix {
  const wasm = fresh();
  const size = gridRadians.length / 2;
  const weights = noiseMap.map((sigma) => 1 / (sigma * sigma));
  const out = wasm.output(size * size);
  const [grid, uv, ab] = [gridRadians, uvWavelengths, weights].map((array) => wasm.input(array));
  wasm.call("wTilde", size, grid, uvWavelengths.length / 2, uv, ab, out);
  return { rows: size, columns: size, values: wasm.float64(out, size * size) };
}

function differenceLattice(wasm: WasmKernels, { grid, uvWavelengths, noiseMap }: WCompactArgs): number {
  const [rows, columns] = grid.shape;
  const count = uvWavelengths.length / 2;
  const weights = Float64Array.from({ length: count }, (_, k) => {
    return (noiseMap[2 * k] ** -2 + noiseMap[2 * k + 1] ** -2) / 2;
  });
  const out = wasm.output(rows * (2 * columns - 1));
  const [uv, weight] = [uvWavelengths, weights].map((array) => wasm.input(array));
  wasm.call("differenceLattice", rows, columns, ARCSECOND * grid.pixelScale, count, uv, weight, out);
  return out;
}

export function wCompact(args: WCompactArgs): WCompact {
  const [rows, columns] = args.grid.shape;
  const wasm = fresh();
  const minus = wasm.float64(differenceLattice(wasm, args), rows * (2 * columns - 1));
  return { shape: args.grid.shape, minus, plus: noiseIsUnequal(args.noiseMap) ? plusLattice(args) : null };
}

function plusLattice({ grid, uvWavelengths, noiseMap }: WCompactArgs): Float64Array {
  const wasm = fresh();
  const [rows, columns] = [2 * grid.shape[0] - 1, 2 * grid.shape[1] - 1];
  const [y0, dy, x0, dx] = lattice(grid);
  const weights = noiseMap.map((sigma, k) => (k % 2 === 0 ? (sigma ** -2 - noiseMap[k + 1] ** -2) / 2 : 0));
  const out = wasm.output(rows * columns);
  const [uv, pq] = [uvWavelengths, weights].map((array) => wasm.input(array));
  wasm.call("latticeSum", rows, columns, 2 * y0, dy, 2 * x0, dx, uvWavelengths.length / 2, uv, pq, out);
  return wasm.float64(out, rows * columns);
}

export function wPreload(args: WCompactArgs): WPreload {
  const wasm = fresh();
  const [rows, columns] = args.grid.shape;
  const minus = differenceLattice(wasm, args);
  const out = wasm.output(4 * rows * columns);
  wasm.call("preloadFromMinus", rows, columns, minus, out);
  return { shape: args.grid.shape, preload: wasm.float64(out, 4 * rows * columns), plus: null };
}

export function wTildeFromCompact({ wCompact, nativeIndex }: WTildeFromCompactArgs): Matrix {
  const wasm = fresh();
  const size = nativeIndex.length / 2;
  const out = wasm.output(size * size);
  const w = compactInput(wasm, wCompact);
  wasm.call("wTildeFromCompact", ...w, size, wasm.input(nativeIndex), out);
  return { rows: size, columns: size, values: wasm.float64(out, size * size) };
}

export function wTildeFromPreload({ wPreload, nativeIndex }: WTildeFromPreloadArgs): Matrix {
  const wasm = fresh();
  const size = nativeIndex.length / 2;
  const out = wasm.output(size * size);
  const w = preloadInput(wasm, wPreload);
  wasm.call("wTildeFromPreload", ...w, size, wasm.input(nativeIndex), out);
  return { rows: size, columns: size, values: wasm.float64(out, size * size) };
}

export function compactInput(wasm: WasmKernels, { shape, minus, plus }: WCompact): [columns: number, ...number[]] {
  return [shape[1], wasm.input(minus), wasm.input(plus)];
}

function preloadInput(wasm: WasmKernels, { shape, preload, plus }: WPreload): [rows: number, ...number[]] {
  return [shape[0], shape[1], wasm.input(preload), wasm.input(plus)];
}

function mappingInput(wasm: WasmKernels, mapping: Mapping): number[] {
  return [
    mapping.indexes.length / mapping.mappingsPerPixel,
    mapping.mappingsPerPixel,
    wasm.input(mapping.indexes),
    wasm.input(mapping.weights),
    wasm.input(mapping.slimIndexForSubSlimIndex),
    wasm.input(mapping.subFraction),
  ];
}

export function mappingMatrix({ mapping }: MappingArgs): Matrix {
  const wasm = fresh();
  const { imagePixels: rows, sourcePixels: columns } = mapping;
  const out = wasm.output(rows * columns);
  wasm.call("mappingMatrix", rows, columns, ...mappingInput(wasm, mapping), out);
  return { rows, columns, values: wasm.float64(out, rows * columns) };
}

export function sparseMappingMatrix({ mapping }: MappingArgs): SparseMatrix {
  const wasm = fresh();
  const { imagePixels: rows, sourcePixels: columns, indexes } = mapping;
  const rowStart = wasm.output(rows + 1);
  const columnIndex = wasm.output(indexes.length);
  const values = wasm.output(indexes.length);
  wasm.call("sparseMappingMatrix", rows, ...mappingInput(wasm, mapping), rowStart, columnIndex, values);
  const starts = wasm.int32(rowStart, rows + 1);
  const entries = starts[rows];
  return {
    rows,
    columns,
    rowStart: starts,
    columnIndex: wasm.int32(columnIndex, entries),
    values: wasm.float64(values, entries),
  };
}

export function dataVector({ mappingMatrix, dirtyImage }: DataVectorArgs): Float64Array {
  const wasm = fresh();
  const { rows, columns, values } = mappingMatrix;
  const out = wasm.output(columns);
  const [matrix, image] = [values, dirtyImage].map((array) => wasm.input(array));
  wasm.call("dataVector", rows, columns, matrix, image, out);
  return wasm.float64(out, columns);
}

export function sparseInput(wasm: WasmKernels, { rowStart, columnIndex, values }: SparseMatrix): number[] {
  return [rowStart, columnIndex, values].map((array) => wasm.input(array));
}

export function sparseMappingMatrixTransposeTimes(args: SparseTransposeTimesArgs): Matrix {
  const wasm = fresh();
  const { sparseMappingMatrix: t, matrix } = args;
  const out = wasm.output(t.columns * matrix.columns);
  const sparse = sparseInput(wasm, t);
  wasm.call("sparseTransposeTimes", t.rows, t.columns, ...sparse, matrix.columns, wasm.input(matrix.values), out);
  return { rows: t.columns, columns: matrix.columns, values: wasm.float64(out, t.columns * matrix.columns) };
}

export function wCompactTimesSparseMappingMatrix(args: WCompactTimesArgs): Matrix {
  const { rows, columns } = args.sparseMappingMatrix;
  return { rows, columns, values: viaCompact("compactTimesSparse", args, rows * columns) };
}

function viaCompact(name: string, args: WCompactTimesArgs, length: number): Float64Array {
  const wasm = fresh();
  const { wCompact, nativeIndex, sparseMappingMatrix: t } = args;
  const out = wasm.output(length);
  const w = compactInput(wasm, wCompact);
  wasm.call(name, ...w, t.rows, t.columns, wasm.input(nativeIndex), ...sparseInput(wasm, t), out);
  return wasm.float64(out, length);
}

export function square(size: number, values: Float64Array): Matrix {
  return { rows: size, columns: size, values };
}

export function curvatureMatrixViaWTildeSparse(args: CurvatureViaWTildeSparseArgs): Matrix {
  const wasm = fresh();
  const { wTilde, sparseMappingMatrix: t } = args;
  const out = wasm.output(t.columns * t.columns);
  const w = wasm.input(wTilde.values);
  wasm.call("curvatureViaWTildeSparse", t.rows, t.columns, w, ...sparseInput(wasm, t), out);
  return square(t.columns, wasm.float64(out, t.columns * t.columns));
}

export function curvatureMatrixViaWCompactSparse(args: WCompactTimesArgs): Matrix {
  const size = args.sparseMappingMatrix.columns;
  return square(size, viaCompact("curvatureViaCompactSparse", args, size * size));
}

export function curvatureMatrixViaWCompactFft(args: WCompactTimesArgs): Matrix {
  const wasm = fresh();
  const { wCompact, nativeIndex, sparseMappingMatrix: t } = args;
  const shape = convolutionShape(wCompact.shape);
  const out = wasm.output(t.columns * t.columns);
  const lattices = [wasm.input(wCompact.minus), wasm.input(wCompact.plus)];
  const native = wasm.input(nativeIndex);
  const sparse = sparseInput(wasm, t);
  wasm.call(
    "curvatureViaCompactFft",
    ...wCompact.shape,
    ...shape,
    ...lattices,
    t.rows,
    t.columns,
    native,
    ...sparse,
    out,
  );
  return square(t.columns, wasm.float64(out, t.columns * t.columns));
}

export function curvatureMatrixViaWCompactDirect(args: WCompactTimesArgs): Matrix {
  const size = args.sparseMappingMatrix.columns;
  return square(size, viaCompact("curvatureViaCompactDirect", args, size * size));
}

export function curvatureMatrixViaPreloadDirect(args: CurvatureViaPreloadArgs): Matrix {
  const wasm = fresh();
  const { wPreload, nativeIndex, sparseMappingMatrix: t } = args;
  const out = wasm.output(t.columns * t.columns);
  const w = preloadInput(wasm, wPreload);
  const native = wasm.input(nativeIndex);
  wasm.call("curvatureViaPreloadDirect", ...w, t.rows, t.columns, native, ...sparseInput(wasm, t), out);
  return square(t.columns, wasm.float64(out, t.columns * t.columns));
}

export function constantRegularizationMatrix({ coefficient, neighbors }: ConstantRegularizationArgs): Matrix {
  const wasm = fresh();
  const { sourcePixels: size, neighborsPerPixel, indexes } = neighbors;
  const out = wasm.output(size * size);
  const neighbor = wasm.input(indexes);
  wasm.call("constantRegularizationMatrix", coefficient, DIAGONAL, size, neighborsPerPixel, neighbor, out);
  return square(size, wasm.float64(out, size * size));
}

export function noiseNormalization({ noiseMap }: NoiseNormalizationArgs): number {
  const wasm = fresh();
  return wasm.call("noiseNormalization", noiseMap.length, wasm.input(noiseMap));
}
