import type { GramMatrixArgs, MatrixProductArgs, ProductsArgs, ProductsBothWays } from "../operators/dense.ts";
import type { Matrix } from "../operators/matrix.ts";
import type { WasmKernels } from "./wasm.ts";
import { fresh, square } from "./wasm-voices.ts";

/** The WebAssembly voice of dense products. */

/** A matrix in WebAssembly memory: steps in bytes, so that a transpose costs nothing. */
export interface Strided {
  readonly address: number;
  /** From row to row. */
  readonly down: number;
  /** From column to column. */
  readonly along: number;
}

interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly length: number;
  /** (rows, length) */
  readonly left: Strided;
  /** (length, columns) */
  readonly right: Strided;
  /** (rows, columns), with room for whole tiles. */
  readonly to: Strided;
  /** Leaves the tiles below the diagonal alone. */
  readonly upper: boolean;
}

/** Rows of both panels that are multiplied before the next are packed. */
const PANEL_LENGTH = 192;

/** What a packed element costs, in multiply-adds. */
const PACKING = 8;

export function wholeTiles(size: number): number {
  return (size + 3) & ~3;
}

export function zeroTiles(wasm: WasmKernels, rows: number, columns: number): Strided {
  return { address: wasm.call("zeroTiles", rows, columns) >>> 0, down: 8 * wholeTiles(columns), along: 8 };
}

export function panel(wasm: WasmKernels, length: number, columns: number): number {
  return wasm.output((wasm.call("panelBytes", length, columns) >>> 0) / 8);
}

/** Packs (length, columns) of a matrix. */
export function pack(
  wasm: WasmKernels,
  length: number,
  columns: number,
  { address, down, along }: Strided,
  to: number,
): void {
  const parts = wasm.call("partsOfPacking", columns);
  wasm.callPartsOf(PACKING * length * columns, "packPart", parts, 0, length, columns, address, down, along, to);
}

/** to += left right, or to -= left right. */
export function multiplyPanels(
  wasm: WasmKernels,
  { rows, columns, length, to, upper }: Pick<Product, "rows" | "columns" | "length" | "to" | "upper">,
  [left, right]: readonly [number, number],
  subtract: boolean,
): void {
  const [down, across] = [wholeTiles(rows), wholeTiles(columns)];
  const work = (down * across * length) / (upper ? 2 : 1);
  const parts = wasm.call("partsOfProduct", down, across);
  const even = length + (length & 1);
  const flags = [subtract ? 1 : 0, upper ? 1 : 0];
  wasm.callPartsOf(work, "multiplyPart", parts, 0, ...flags, even, down, across, left, right, to.address, to.down);
}

/** to += left right. */
export function addProduct(wasm: WasmKernels, product: Product): void {
  const { rows, columns, length, left, right } = product;
  const most = Math.min(length, PANEL_LENGTH);
  const panels = [panel(wasm, most, rows), panel(wasm, most, columns)] as const;
  for (let k = 0; k < length; k += PANEL_LENGTH) {
    const part = Math.min(PANEL_LENGTH, length - k);
    const [address, down, along] = [left.address + k * left.along, left.along, left.down];
    pack(wasm, part, rows, { address, down, along }, panels[0]);
    pack(wasm, part, columns, { ...right, address: right.address + k * right.down }, panels[1]);
    multiplyPanels(wasm, { ...product, length: part }, panels, false);
  }
}

/** A symmetric result of whose tiles the upper ones are there; the others may be overwritten. */
export function mirrored(wasm: WasmKernels, size: number, tiles: Strided): Matrix {
  const out = tiles.down === 8 * size ? tiles.address : corner(wasm, size, size, tiles);
  wasm.call("transposeUpper", size, out, 8 * size, out, 8 * size);
  return square(size, wasm.float64(out, size * size));
}

function corner(wasm: WasmKernels, rows: number, columns: number, tiles: Strided): number {
  const out = wasm.output(rows * columns);
  wasm.call("copyCorner", rows, columns, tiles.address, tiles.down, out);
  return out;
}

export function matrixProduct({ left, right }: MatrixProductArgs): Matrix {
  const wasm = fresh();
  const [rows, columns, length] = [left.rows, right.columns, left.columns];
  const a = { address: wasm.input(left.values), down: 8 * length, along: 8 };
  const b = { address: wasm.input(right.values), down: 8 * columns, along: 8 };
  const to = zeroTiles(wasm, rows, columns);
  addProduct(wasm, { rows, columns, length, left: a, right: b, to, upper: false });
  return { rows, columns, values: wasm.float64(corner(wasm, rows, columns, to), rows * columns) };
}

export function gramMatrix({ matrix, ofRows }: GramMatrixArgs): Matrix {
  const wasm = fresh();
  const { rows, columns, values } = matrix;
  const [size, length] = ofRows ? [rows, columns] : [columns, rows];
  const [down, along] = ofRows ? [8, 8 * columns] : [8 * columns, 8];
  const address = wasm.input(values);
  const to = zeroTiles(wasm, size, size);
  const most = panel(wasm, Math.min(length, PANEL_LENGTH), size);
  for (let k = 0; k < length; k += PANEL_LENGTH) {
    const part = Math.min(PANEL_LENGTH, length - k);
    pack(wasm, part, size, { address: address + k * down, down, along }, most);
    multiplyPanels(wasm, { rows: size, columns: size, length: part, to, upper: true }, [most, most], false);
  }
  return mirrored(wasm, size, to);
}

export function productsBothWays({ matrix, vector }: ProductsArgs): ProductsBothWays {
  const { rows: size, values } = matrix;
  const wasm = fresh(values);
  const parts = wasm.call("partsOfRows", size);
  const product = wasm.output(size);
  // Of each part what its rows add.
  const shares = wasm.output(parts * size);
  const [a, z] = [wasm.input(values), wasm.input(vector)];
  wasm.callPartsOf(2 * size * size, "productsPart", parts, 0, size, a, z, product, shares);
  wasm.call("sumRows", parts, size, shares);
  return { product: wasm.float64(product, size), transposed: wasm.float64(shares, size) };
}
