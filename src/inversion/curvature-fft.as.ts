// F = T' W T with W times columns of T as convolutions: two real columns are one complex transform.
import { allocate, mark, release } from "../backend/arena.as";
import { fft2d, fftColumns, fftRows } from "../operators/fft.as";
import { madd } from "../operators/turns.as";

// @ts-ignore: decorator
@inline
function int(array: usize, index: i32): i32 {
  return load<i32>(array + (<usize>index << 2));
}

// Spectrum of a kernel on differences d in (-gridRows, gridRows), e in (-gridColumns, gridColumns), wrapped into (rows,
// columns). `sums` tells whether the lattice is of sums, indexed from zero, or of differences with d >= 0 alone.
function spectrumOf(
  gridRows: i32, gridColumns: i32, rows: i32, columns: i32, lattice: usize, sums: bool,
): usize {
  const bytes = (<usize>rows * columns) << 4, width = 2 * gridColumns - 1;
  const spectrum = allocate(bytes);
  memory.fill(spectrum, 0, bytes);
  for (let d = 1 - gridRows; d < gridRows; d++) {
    for (let e = 1 - gridColumns; e < gridColumns; e++) {
      const row = sums ? d + gridRows - 1 : abs(d);
      const column = (!sums && d < 0 ? -e : e) + gridColumns - 1;
      const to = (d < 0 ? d + rows : d) * columns + (e < 0 ? e + columns : e);
      store<f64>(spectrum + (<usize>to << 4), load<f64>(lattice + (<usize>(row * width + column) << 3)));
    }
  }
  // The inverse transform's 1 / n is taken here, once.
  fft2d(rows, columns, -1, 1 / (<f64>rows * columns), spectrum);
  return spectrum;
}

// target (+)= factor times spectrum, all complex.
function multiply(count: i32, factor: usize, spectrum: usize, target: usize, add: bool): void {
  const sign = f64x2.replace_lane(f64x2.splat(1), 0, -1);
  for (let k = 0; k < count; k++) {
    const at = <usize>k << 4;
    const f = v128.load(factor + at), z = v128.load(spectrum + at);
    const imaginary = f64x2.mul(sign, f64x2.splat(f64x2.extract_lane(f, 1)));
    let product = f64x2.mul(f64x2.splat(f64x2.extract_lane(f, 0)), z);
    product = madd(imaginary, v128.shuffle<f64>(z, z, 1, 0), product);
    v128.store(target + at, add ? f64x2.add(v128.load(target + at), product) : product);
  }
}

// Puts columns p and p + 1 of T, as real and imaginary parts, into (rows, columns), turned about the centre of the grid
// where `turned`, and transforms them. Only the grid's rows hold anything.
function transformColumns(
  p: i32, source: i32, gridRows: i32, gridColumns: i32, rows: i32, columns: i32, native: usize,
  columnStart: usize, pixels: usize, entries: usize, turned: bool, out: usize,
): void {
  memory.fill(out, 0, (<usize>rows * columns) << 4);
  for (let part = 0; part < min(2, source - p); part++) {
    for (let e = int(columnStart, p + part); e < int(columnStart, p + part + 1); e++) {
      const pixel = int(pixels, e);
      const i = int(native, 2 * pixel), j = int(native, 2 * pixel + 1);
      const at = turned ? (gridRows - 1 - i) * columns + gridColumns - 1 - j : i * columns + j;
      store<f64>(out + (<usize>at << 4) + (<usize>part << 3), load<f64>(entries + (<usize>e << 3)));
    }
  }
  fftRows(gridRows, columns, -1, out);
  fftColumns(rows, columns, -1, out);
}

// `rows` and `columns` are at least twice the grid's less one, without prime factors but 2, 3 and 5; `plus` may be 0.
export function curvatureViaCompactFft(
  gridRows: i32, gridColumns: i32, rows: i32, columns: i32, minus: usize, plus: usize, size: i32, source: i32,
  native: usize, rowStart: usize, columnIndex: usize, values: usize, out: usize,
): void {
  const differences = spectrumOf(gridRows, gridColumns, rows, columns, minus, false);
  const sums = plus == 0 ? <usize>0 : spectrumOf(gridRows, gridColumns, rows, columns, plus, true);
  const count = int(rowStart, size);
  const columnStart = allocate(<usize>(source + 2) << 2), pixels = allocate(<usize>count << 2);
  const entries = allocate(<usize>count << 3);
  listColumns(size, source, rowStart, columnIndex, values, columnStart, pixels, entries);
  const bytes = (<usize>rows * columns) << 4;
  const pair = allocate(bytes), turned = plus == 0 ? <usize>0 : allocate(bytes);
  memory.fill(out, 0, (<usize>source * source) << 3);
  for (let p = 0; p < source; p += 2) {
    const before = mark();
    transformColumns(
      p, source, gridRows, gridColumns, rows, columns, native, columnStart, pixels, entries, false, pair,
    );
    multiply(rows * columns, differences, pair, pair, false);
    if (sums != 0) {
      transformColumns(
        p, source, gridRows, gridColumns, rows, columns, native, columnStart, pixels, entries, true, turned,
      );
      multiply(rows * columns, sums, turned, pair, true);
    }
    fftColumns(rows, columns, 1, pair);
    fftRows(gridRows, columns, 1, pair);
    release(before);
    const first = out + ((<usize>p * source) << 3), second = first + (p + 1 < source ? <usize>source << 3 : 0);
    for (let i = 0; i < size; i++) {
      const at = pair + (<usize>(int(native, 2 * i) * columns + int(native, 2 * i + 1)) << 4);
      for (let e = int(rowStart, i); e < int(rowStart, i + 1); e++) {
        const weight = load<f64>(values + (<usize>e << 3)), q = <usize>int(columnIndex, e) << 3;
        store<f64>(first + q, load<f64>(first + q) + weight * load<f64>(at));
        if (second != first) store<f64>(second + q, load<f64>(second + q) + weight * load<f64>(at, 8));
      }
    }
  }
  // Both halves are the same but for rounding; their mean is symmetric to the bit.
  for (let p = 0; p < source; p++) {
    for (let q = 0; q < p; q++) {
      const a = out + (<usize>(p * source + q) << 3), b = out + (<usize>(q * source + p) << 3);
      const mean = (load<f64>(a) + load<f64>(b)) / 2;
      store<f64>(a, mean);
      store<f64>(b, mean);
    }
  }
}

// The entries of T by column: image pixels and weights.
function listColumns(
  size: i32, source: i32, rowStart: usize, columnIndex: usize, values: usize,
  columnStart: usize, pixels: usize, entries: usize,
): void {
  memory.fill(columnStart, 0, <usize>(source + 2) << 2);
  const count = int(rowStart, size);
  // Shifted by two: after placing, columnStart[p] is where column p begins.
  for (let e = 0; e < count; e++) {
    const at = columnStart + (<usize>(int(columnIndex, e) + 2) << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
  for (let p = 2; p < source + 2; p++) {
    const at = columnStart + (<usize>p << 2);
    store<i32>(at, load<i32>(at) + load<i32>(at - 4));
  }
  for (let i = 0; i < size; i++) {
    for (let e = int(rowStart, i); e < int(rowStart, i + 1); e++) {
      const at = columnStart + (<usize>(int(columnIndex, e) + 1) << 2);
      const place = load<i32>(at);
      store<i32>(at, place + 1);
      store<i32>(pixels + (<usize>place << 2), i);
      store<f64>(entries + (<usize>place << 3), load<f64>(values + (<usize>e << 3)));
    }
  }
}
