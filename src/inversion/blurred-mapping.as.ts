// F = A' N^-1 A for A = P T without A: eight image pixels of a row at a time. What one pixel maps to reaches them with
// eight neighbouring weights of the PSF, one contiguous slice.
import { allocate } from "../operators/arena.as";
import { spansOf } from "../operators/convolve.as";
import { madd } from "../operators/turns.as";

// Image pixels of a group, and the bytes of a value for each.
const GROUP: i32 = 8;
const BYTES: usize = 64;

// The kernel, every row between GROUP - 1 zeros on both sides.
function paddedKernel(rows: i32, columns: i32, kernel: usize): usize {
  const row = <usize>(columns + 2 * (GROUP - 1)) << 3;
  const padded = allocate(<usize>rows * row);
  memory.fill(padded, 0, <usize>rows * row);
  for (let a = 0; a < rows; a++) {
    const to = padded + <usize>a * row + (<usize>(GROUP - 1) << 3);
    memory.copy(to, kernel + (<usize>(a * columns) << 3), <usize>columns << 3);
  }
  return padded;
}

// For every pixel of the box, and half a kernel and a group around it, which input it is; -1 where it is none.
function paddedIndex(rows: i32, row: usize, first: usize, count: i32, pixels: usize): usize {
  const bytes = <usize>rows * row;
  const index = allocate(bytes);
  memory.fill(index, 0xff, bytes);
  for (let n = 0; n < count; n++, pixels += 8) {
    store<i32>(index + first + <usize>load<i32>(pixels) * row + (<usize>load<i32>(pixels, 4) << 2), n);
  }
  return index;
}

// values[column] += t times the slice of weights, for every entry (column, t) of a row of T; sets the columns' bits.
function addRow(begin: i32, end: i32, columnIndex: usize, entries: usize, weights: usize, values: usize, seen: usize): void {
  const w0 = v128.load(weights, 0), w1 = v128.load(weights, 16), w2 = v128.load(weights, 32), w3 = v128.load(weights, 48);
  for (let e = begin; e < end; e++) {
    const column = load<i32>(columnIndex + (<usize>e << 2));
    const t = v128.load64_splat(entries + (<usize>e << 3));
    const to = values + <usize>column * BYTES;
    v128.store(to, madd(t, w0, v128.load(to, 0)), 0);
    v128.store(to, madd(t, w1, v128.load(to, 16)), 16);
    v128.store(to, madd(t, w2, v128.load(to, 32)), 32);
    v128.store(to, madd(t, w3, v128.load(to, 48)), 48);
    const word = seen + (<usize>(column >> 6) << 3);
    store<u64>(word, load<u64>(word) | (<u64>1 << <u64>(column & 63)));
  }
}

// Moves the columns that were seen, times 1 / noise, to the front, and clears the bits and values. Returns their number.
function gatherSeen(source: i32, seen: usize, values: usize, scale: usize, columns: usize, panel: usize): i32 {
  const n0 = v128.load(scale, 0), n1 = v128.load(scale, 16), n2 = v128.load(scale, 32), n3 = v128.load(scale, 48);
  const zero = f64x2.splat(0);
  let count = 0;
  for (let base = 0; base < source; base += 64, seen += 8) {
    let bits = load<u64>(seen);
    store<u64>(seen, 0);
    for (; bits != 0; bits &= bits - 1, count++, columns += 4, panel += BYTES) {
      const column = base + <i32>ctz(bits);
      const from = values + <usize>column * BYTES;
      store<i32>(columns, column);
      v128.store(panel, f64x2.mul(v128.load(from, 0), n0), 0);
      v128.store(panel, f64x2.mul(v128.load(from, 16), n1), 16);
      v128.store(panel, f64x2.mul(v128.load(from, 32), n2), 32);
      v128.store(panel, f64x2.mul(v128.load(from, 48), n3), 48);
      v128.store(from, zero, 0);
      v128.store(from, zero, 16);
      v128.store(from, zero, 32);
      v128.store(from, zero, 48);
    }
  }
  return count;
}

// @ts-ignore: decorator
@inline
function product(a0: v128, a1: v128, a2: v128, a3: v128, b: usize): v128 {
  const first = madd(a1, v128.load(b, 16), f64x2.mul(a0, v128.load(b, 0)));
  return f64x2.add(first, madd(a3, v128.load(b, 48), f64x2.mul(a2, v128.load(b, 32))));
}

// The upper triangle of out, `stride` doubles a row, += panel panel' at these columns, which ascend. An odd one reads one
// row past the panel.
function addProducts(count: i32, columns: usize, panel: usize, stride: i32, out: usize): void {
  for (let p = 0; p < count; p++) {
    const a = panel + <usize>p * BYTES;
    const a0 = v128.load(a, 0), a1 = v128.load(a, 16), a2 = v128.load(a, 32), a3 = v128.load(a, 48);
    const row = out + (<usize>load<i32>(columns + (<usize>p << 2)) * stride << 3);
    let q = p, b = a, at = columns + (<usize>p << 2);
    for (; q < count; q += 2, b += 2 * BYTES, at += 8) {
      const x = product(a0, a1, a2, a3, b), y = product(a0, a1, a2, a3, b + BYTES);
      const sums = f64x2.add(v128.shuffle<f64>(x, y, 0, 2), v128.shuffle<f64>(x, y, 1, 3));
      const to = row + (<usize>load<i32>(at) << 3);
      store<f64>(to, load<f64>(to) + f64x2.extract_lane(sums, 0));
      if (q + 1 == count) break;
      const next = row + (<usize>load<i32>(at, 4) << 3);
      store<f64>(next, load<f64>(next) + f64x2.extract_lane(sums, 1));
    }
  }
}

// Pixels are (count, 2) row and column in the box of (rows, columns); those that come out have a noise. F is (source, source).
export function curvatureViaBlurredMapping(
  rows: i32, columns: i32, kernelRows: i32, kernelColumns: i32, kernel: usize, inputs: i32, inputPixels: usize,
  outputs: i32, outputPixels: usize, noise: usize, source: i32, rowStart: usize, columnIndex: usize, entries: usize, out: usize,
): void {
  const up = kernelRows >> 1, across = kernelColumns >> 1;
  const indexRow = <usize>(columns + 2 * across + GROUP) << 2;
  const firstIndex = <usize>up * indexRow + (<usize>across << 2);
  const index = paddedIndex(rows + 2 * up, indexRow, firstIndex, inputs, inputPixels);
  const weights = paddedKernel(kernelRows, kernelColumns, kernel);
  const weightRow = <usize>(kernelColumns + 2 * (GROUP - 1)) << 3;
  // 1 / noise in the box, 0 for pixels of a group that do not come out.
  const scaleRow = <usize>(columns + GROUP) << 3;
  const scale = allocate(<usize>rows * scaleRow);
  memory.fill(scale, 0, <usize>rows * scaleRow);
  for (let m = 0, pixel = outputPixels; m < outputs; m++, pixel += 8) {
    const at = scale + <usize>load<i32>(pixel) * scaleRow + (<usize>load<i32>(pixel, 4) << 3);
    store<f64>(at, 1 / load<f64>(noise + (<usize>m << 3)));
  }
  const spans = spansOf(rows, columns, outputs, outputPixels);
  const values = allocate(<usize>source * BYTES);
  memory.fill(values, 0, <usize>source * BYTES);
  const words = <usize>((source + 63) >> 6) << 3;
  const seen = allocate(words);
  memory.fill(seen, 0, words);
  const seenColumns = allocate(<usize>source << 2);
  const panel = allocate(<usize>(source + 1) * BYTES);
  // An odd number of cache lines a row: with a power of two its columns would share few of the cache's sets.
  const stride = (source + 7 & ~7) | 8;
  const bytes = <usize>source * stride << 3;
  const upper = allocate(bytes);
  memory.fill(upper, 0, bytes);
  for (let i = 0; i < rows; i++) {
    const last = load<i32>(spans + (<usize>i << 3), 4);
    for (let j = load<i32>(spans + (<usize>i << 3)); j <= last; j += GROUP) {
      for (let a = 0; a < kernelRows; a++) {
        // Row a of the kernel brings light from row i + up - a, which is i + 2 up - a in the padded box.
        let input = index + <usize>(i + 2 * up - a) * indexRow + (<usize>j << 2);
        // Lane l of input column c takes weight l - c + 2 across: c = 0 begins at 2 across, after the zeros.
        let slice = weights + <usize>a * weightRow + (<usize>(GROUP - 1 + 2 * across) << 3);
        for (let c = 0; c < kernelColumns + GROUP - 1; c++, input += 4, slice -= 8) {
          const n = load<i32>(input);
          if (n < 0) continue;
          const start = rowStart + (<usize>n << 2);
          addRow(load<i32>(start), load<i32>(start, 4), columnIndex, entries, slice, values, seen);
        }
      }
      const scales = scale + <usize>i * scaleRow + (<usize>j << 3);
      const count = gatherSeen(source, seen, values, scales, seenColumns, panel);
      addProducts(count, seenColumns, panel, stride, upper);
    }
  }
  for (let p = 0; p < source; p++) {
    for (let q = p; q < source; q++) {
      const entry = load<f64>(upper + (<usize>(p * stride + q) << 3));
      store<f64>(out + (<usize>(p * source + q) << 3), entry);
      store<f64>(out + (<usize>(q * source + p) << 3), entry);
    }
  }
}
