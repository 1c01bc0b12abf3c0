// W as an M x M matrix: from the visibilities, from the compact form and from the preload form.
import { allocate } from "./arena.as";
import { addProductTransposed } from "./products.as";
import { cosine, cosineAndSine } from "./turns.as";

const BLOCK: i32 = 256;

// Positions of one part of a point sum.
const POINTS: i32 = 64;

// out (size) = sum_k weight_k cos(2 pi (x u + y v)) at any positions (size, 2) y and x in radians: one part of POINTS.
export function pointSum(
  part: i32, size: i32, positions: usize, count: i32, uv: usize, weights: usize, out: usize,
): void {
  const last = min(size, (part + 1) * POINTS);
  for (let i = part * POINTS; i < last; i++) {
    const y = load<f64>(positions + (<usize>i << 4)), x = load<f64>(positions + (<usize>i << 4), 8);
    let sum = 0.0;
    for (let k = 0; k < count; k += 2) {
      const at = uv + (<usize>k << 4);
      const first = x * load<f64>(at) + y * load<f64>(at, 8);
      const second = k + 1 < count ? x * load<f64>(at, 16) + y * load<f64>(at, 24) : 0;
      const c = cosine(f64x2.replace_lane(f64x2.splat(first), 1, second));
      sum += load<f64>(weights + (<usize>k << 3)) * f64x2.extract_lane(c, 0);
      if (k + 1 < count) sum += load<f64>(weights + (<usize>k << 3), 8) * f64x2.extract_lane(c, 1);
    }
    store<f64>(out + (<usize>i << 3), sum);
  }
}

// out (size, size) = sum_k a_k cos phi_i cos phi_j + b_k sin phi_i sin phi_j; ab (count, 2) holds a and b.
export function wTilde(size: i32, positions: usize, count: i32, uv: usize, ab: usize, out: usize): void {
  const bytes = <usize>size * 2 * BLOCK * 8;
  const left = allocate(bytes), right = allocate(bytes);
  memory.fill(out, 0, (<usize>size * size) << 3);
  for (let k = 0; k < count; k += BLOCK) {
    for (let i = 0; i < size; i++) {
      const y = load<f64>(positions + (<usize>i << 4)), x = load<f64>(positions + (<usize>i << 4), 8);
      const row = <usize>i * (2 * BLOCK * 8);
      for (let l = 0; l < BLOCK; l += 2) {
        const at = <usize>(k + l) << 4;
        const first = k + l < count, second = k + l + 1 < count;
        const turns = f64x2.replace_lane(
          f64x2.splat(first ? x * load<f64>(uv + at) + y * load<f64>(uv + at, 8) : 0),
          1,
          second ? x * load<f64>(uv + at, 16) + y * load<f64>(uv + at, 24) : 0,
        );
        const c = right + row + (<usize>l << 3), s = c + BLOCK * 8;
        cosineAndSine(turns, c, s);
        const a = f64x2.replace_lane(f64x2.splat(first ? load<f64>(ab + at) : 0), 1, second ? load<f64>(ab + at, 16) : 0);
        const b = f64x2.replace_lane(f64x2.splat(first ? load<f64>(ab + at, 8) : 0), 1, second ? load<f64>(ab + at, 24) : 0);
        v128.store(left + row + (<usize>l << 3), f64x2.mul(a, v128.load(c)));
        v128.store(left + row + (<usize>l << 3) + BLOCK * 8, f64x2.mul(b, v128.load(s)));
      }
    }
    addProductTransposed(size, size, 2 * BLOCK, left, 2 * BLOCK, right, 2 * BLOCK, out, size);
  }
}

// @ts-ignore: decorator
@inline
export function compactEntry(columns: i32, minus: usize, plus: usize, i: i32, j: i32, k: i32, l: i32): f64 {
  const width = 2 * columns - 1;
  const d = i - k, e = j - l;
  const w = load<f64>(minus + (<usize>(abs(d) * width + (d < 0 ? -e : e) + columns - 1) << 3));
  return plus == 0 ? w : w + load<f64>(plus + (<usize>((i + k) * width + j + l) << 3));
}

// @ts-ignore: decorator
@inline
export function preloadEntry(rows: i32, columns: i32, preload: usize, plus: usize, i: i32, j: i32, k: i32, l: i32): f64 {
  const d = i - k, e = j - l;
  const row = d < 0 ? d + 2 * rows : d, column = e < 0 ? e + 2 * columns : e;
  const w = load<f64>(preload + (<usize>(row * 2 * columns + column) << 3));
  return plus == 0 ? w : w + load<f64>(plus + (<usize>((i + k) * (2 * columns - 1) + j + l) << 3));
}

// `plus` is 0 where there is none; `native` (size, 2) holds rows and columns.
export function wTildeFromCompact(columns: i32, minus: usize, plus: usize, size: i32, native: usize, out: usize): void {
  for (let i = 0; i < size; i++) {
    const row = load<i32>(native + (<usize>i << 3)), column = load<i32>(native + (<usize>i << 3), 4);
    for (let j = 0; j < size; j++) {
      const at = native + (<usize>j << 3);
      store<f64>(out, compactEntry(columns, minus, plus, row, column, load<i32>(at), load<i32>(at, 4)));
      out += 8;
    }
  }
}

export function wTildeFromPreload(
  rows: i32, columns: i32, preload: usize, plus: usize, size: i32, native: usize, out: usize,
): void {
  for (let i = 0; i < size; i++) {
    const row = load<i32>(native + (<usize>i << 3)), column = load<i32>(native + (<usize>i << 3), 4);
    for (let j = 0; j < size; j++) {
      const at = native + (<usize>j << 3);
      store<f64>(out, preloadEntry(rows, columns, preload, plus, row, column, load<i32>(at), load<i32>(at, 4)));
      out += 8;
    }
  }
}

export function preloadFromMinus(rows: i32, columns: i32, minus: usize, out: usize): void {
  memory.fill(out, 0, (<usize>rows * columns * 4) << 3);
  for (let d = 1 - rows; d < rows; d++) {
    for (let e = 1 - columns; e < columns; e++) {
      const row = d < 0 ? d + 2 * rows : d, column = e < 0 ? e + 2 * columns : e;
      store<f64>(out + (<usize>(row * 2 * columns + column) << 3), compactEntry(columns, minus, 0, d, e, 0, 0));
    }
  }
}
