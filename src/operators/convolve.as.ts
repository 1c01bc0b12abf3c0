// Convolution between two sets of pixels of a box, by the sum itself and by FFT.
import { allocate } from "./arena.as";
import { fftColumns, fftRows } from "./fft.as";
import { madd } from "./turns.as";

// Pixels of a row that are summed at once, and the two rows of them: eight sums stay in registers.
const WIDTH: i32 = 8;

// Values to their places: (count, 2) row and column each.
function scatter(count: i32, pixels: usize, values: usize, box: usize, row: usize): void {
  for (let end = pixels + (<usize>count << 3); pixels < end; pixels += 8, values += 8) {
    const at = <usize>load<i32>(pixels) * row + (<usize>load<i32>(pixels, 4) << 3);
    store<f64>(box + at, load<f64>(values));
  }
}

function gather(count: i32, pixels: usize, box: usize, row: usize, out: usize): void {
  for (let end = pixels + (<usize>count << 3); pixels < end; pixels += 8, out += 8) {
    store<f64>(out, load<f64>(box + <usize>load<i32>(pixels) * row + (<usize>load<i32>(pixels, 4) << 3)));
  }
}

// First and last column of what comes out of each row, as i32; first > last where nothing does.
export function spansOf(rows: i32, columns: i32, count: i32, pixels: usize): usize {
  const spans = allocate(<usize>(rows + 1) << 3);
  for (let i = 0; i <= rows; i++) {
    store<i32>(spans + (<usize>i << 3), columns);
    store<i32>(spans + (<usize>i << 3), -1, 4);
  }
  for (let end = pixels + (<usize>count << 3); pixels < end; pixels += 8) {
    const span = spans + (<usize>load<i32>(pixels) << 3), column = load<i32>(pixels, 4);
    store<i32>(span, min(load<i32>(span), column));
    store<i32>(span, max(load<i32>(span, 4), column), 4);
  }
  return spans;
}

// The kernel turned by 180 degrees, each weight in both lanes, between a row of zeros above and one below.
function turnedKernel(rows: i32, columns: i32, kernel: usize): usize {
  const count = rows * columns, pad = <usize>columns << 4;
  const turned = allocate((<usize>count << 4) + 2 * pad);
  memory.fill(turned, 0, pad);
  memory.fill(turned + pad + (<usize>count << 4), 0, pad);
  for (let k = 0; k < count; k++) {
    v128.store(turned + pad + (<usize>(count - 1 - k) << 4), v128.load64_splat(kernel + (<usize>k << 3)));
  }
  return turned;
}

// Two rows of WIDTH sums. An input row meets kernel row t for the upper and t - 1 for the lower: loaded once for both.
function tile(kernelRows: i32, kernelColumns: i32, kernel: usize, box: usize, row: usize, to: usize, toRow: usize): void {
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  const width = <usize>kernelColumns << 4;
  for (let t = 0; t <= kernelRows; t++, box += row) {
    let x = box;
    for (const end = kernel + width; kernel < end; kernel += 16, x += 8) {
      const lower = v128.load(kernel), upper = v128.load(kernel + width);
      let z = v128.load(x, 0);
      s0 = madd(upper, z, s0);
      t0 = madd(lower, z, t0);
      z = v128.load(x, 16);
      s1 = madd(upper, z, s1);
      t1 = madd(lower, z, t1);
      z = v128.load(x, 32);
      s2 = madd(upper, z, s2);
      t2 = madd(lower, z, t2);
      z = v128.load(x, 48);
      s3 = madd(upper, z, s3);
      t3 = madd(lower, z, t3);
    }
  }
  v128.store(to, s0, 0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
  to += toRow;
  v128.store(to, t0, 0);
  v128.store(to, t1, 16);
  v128.store(to, t2, 32);
  v128.store(to, t3, 48);
}

// Pixels are (count, 2) row and column in the box of (rows, columns); kernelRows and kernelColumns are odd.
export function convolve(
  rows: i32, columns: i32, kernelRows: i32, kernelColumns: i32, kernel: usize,
  inputs: i32, inputPixels: usize, image: usize, outputs: i32, outputPixels: usize, out: usize,
): void {
  // Half a kernel of zeros around the box; a tile may begin in the last row and column.
  const row = <usize>(columns + kernelColumns - 1 + WIDTH) << 3;
  const bytes = row * <usize>(rows + kernelRows + 1);
  const padded = allocate(bytes);
  memory.fill(padded, 0, bytes);
  const first = padded + row * <usize>(kernelRows >> 1) + (<usize>(kernelColumns >> 1) << 3);
  scatter(inputs, inputPixels, image, first, row);
  const sumRow = <usize>(columns + WIDTH) << 3;
  const sums = allocate(sumRow * <usize>(rows + 1));
  const spans = spansOf(rows, columns, outputs, outputPixels);
  const turned = turnedKernel(kernelRows, kernelColumns, kernel);
  for (let i = 0; i < rows; i += 2) {
    const span = spans + (<usize>i << 3);
    const last = max(load<i32>(span, 4), load<i32>(span, 12));
    for (let j = min(load<i32>(span), load<i32>(span, 8)); j <= last; j += WIDTH) {
      const at = <usize>j << 3;
      tile(kernelRows, kernelColumns, turned, padded + <usize>i * row + at, row, sums + <usize>i * sumRow + at, sumRow);
    }
  }
  gather(outputs, outputPixels, sums, sumRow, out);
}

// The same by FFT in (rows, columns), columns even; `spectrum` is that of the kernel over rows columns, of its upper
// half of rows. Two neighbouring real columns are one complex column as they stand.
export function convolveFft(
  rows: i32, columns: i32, spectrum: usize,
  inputs: i32, inputPixels: usize, image: usize, outputs: i32, outputPixels: usize, out: usize,
): void {
  const row = <usize>columns << 3;
  const box = allocate(<usize>rows * row);
  memory.fill(box, 0, <usize>rows * row);
  scatter(inputs, inputPixels, image, box, row);
  const pairs = columns >> 1, lines = (rows >> 1) + 1;
  const half = allocate((<usize>lines * row) << 1);
  fftColumns(rows, pairs, -1, box);
  for (let p = 0; p < lines; p++) {
    apart(pairs, box + <usize>p * row, box + <usize>((rows - p) % rows) * row, half + ((<usize>p * row) << 1));
  }
  fftRows(lines, columns, -1, half);
  multiply(lines * columns, spectrum, half);
  fftRows(lines, columns, 1, half);
  for (let p = 0; p < lines; p++) {
    together(pairs, half + ((<usize>p * row) << 1), box + <usize>p * row, box + <usize>((rows - p) % rows) * row);
  }
  fftColumns(rows, pairs, 1, box);
  gather(outputs, outputPixels, box, row, out);
}

// From Z = A + iB in a row p and the row -p of transforms of real columns: A = (Z[p] + Z*[-p]) / 2, iB = (Z[p] - Z*[-p]) / 2.
function apart(pairs: i32, row: usize, opposite: usize, out: usize): void {
  const half = f64x2.splat(0.5), conjugate = f64x2(0.0, -0.0), minusI = f64x2(0.0, -0.0);
  for (let q = 0; q < pairs; q++, row += 16, opposite += 16, out += 32) {
    const z = f64x2.mul(v128.load(row), half);
    const w = v128.xor(f64x2.mul(v128.load(opposite), half), conjugate);
    const turned = f64x2.sub(z, w);
    v128.store(out, f64x2.add(z, w));
    v128.store(out, v128.xor(v128.shuffle<f64>(turned, turned, 1, 0), minusI), 16);
  }
}

// Z[p] = A + iB, Z[-p] = A* + iB*.
function together(pairs: i32, from: usize, row: usize, opposite: usize): void {
  const conjugate = f64x2(0.0, -0.0), i = f64x2(-0.0, 0.0);
  for (let q = 0; q < pairs; q++, from += 32, row += 16, opposite += 16) {
    const a = v128.load(from), b = v128.load(from, 16);
    const turned = v128.xor(v128.shuffle<f64>(b, b, 1, 0), i);
    v128.store(opposite, v128.xor(f64x2.sub(a, turned), conjugate));
    v128.store(row, f64x2.add(a, turned));
  }
}

function multiply(count: i32, factor: usize, values: usize): void {
  const sign = f64x2(-0.0, 0.0);
  for (const end = values + (<usize>count << 4); values < end; values += 16, factor += 16) {
    const z = v128.load(values);
    const imaginary = v128.xor(v128.load64_splat(factor, 8), sign);
    const product = f64x2.mul(v128.load64_splat(factor), z);
    v128.store(values, madd(imaginary, v128.shuffle<f64>(z, z, 1, 0), product));
  }
}
