// The fine grid of the NUFFT to modes and back.
import { allocate, mark, release } from "./arena.as";
import { paddedSize } from "./bins.as";
import { BATCH, fftBatch, fftPlan } from "./fft.as";
import { unfoldGrid } from "./gather.as";
import { foldColumns } from "./spread.as";

const BATCH_BYTES: usize = BATCH << 4;

// Modes (lines, 2 reach + 1) complex, m = 0 .. lines - 1 and n = -reach .. reach, of a spread real grid, with exp(+i ...);
// those of negative m are the conjugates of the opposite. In two passes, whose parts threads may share: down the columns
// (columnModes) to `half`, blocks of BATCH lines, and along these lines (lineModes), in the place of each block.
// Columns go in pairs, as real and imaginary part: two neighbours in memory are such a pair already. A part is BATCH pairs.
export function columnModes(part: i32, rows: i32, columns: i32, plan: usize, fine: usize, lines: i32, half: usize): void {
  const before = mark();
  const a = allocate(<usize>rows * BATCH_BYTES), b = allocate(<usize>rows * BATCH_BYTES);
  const first = 2 * BATCH * part;
  const pairs = min(BATCH, (columns - first) >> 1);
  foldColumns(rows, columns, fine, first, <usize>pairs << 4, a);
  separate(rows, columns, pairs, lines, fftBatch(rows, 1, plan, pairs, a, b), first, half);
  release(before);
}

// down (lines), along (reach + 1): factors of the modes.
export function lineModes(
  part: i32, columns: i32, plan: usize, lines: i32, reach: i32, down: usize, along: usize, half: usize, out: usize,
): void {
  const before = mark();
  const b = allocate(<usize>columns * BATCH_BYTES);
  const modes = fftBatch(columns, 1, plan, BATCH, half + <usize>part * <usize>columns * BATCH_BYTES, b);
  for (let i = 0; i < min(BATCH, lines - part * BATCH); i++) {
    const m = part * BATCH + i;
    const factor = load<f64>(down + (<usize>m << 3));
    let to = out + (<usize>(m * (2 * reach + 1)) << 4);
    for (let n = -reach; n <= reach; n++, to += 16) {
      const scale = f64x2.splat(factor * load<f64>(along + (<usize>abs(n) << 3)));
      v128.store(to, f64x2.mul(scale, v128.load(modes + <usize>(n < 0 ? n + columns : n) * BATCH_BYTES + (<usize>i << 4))));
    }
  }
  release(before);
}

// Transforms of pairs of real columns Z = A + i B become A = (Z(m) + conj Z(-m)) / 2 and B = (Z(m) - conj Z(-m)) / 2i, for
// the wanted lines m, in blocks of BATCH lines: (block, column, line).
function separate(rows: i32, columns: i32, pairs: i32, lines: i32, from: usize, column: i32, out: usize): void {
  const width = <usize>pairs << 4;
  const halves = f64x2.splat(0.5);
  const conjugate = f64x2(0.0, -0.0);
  for (let m = 0; m < lines; m++) {
    const z = from + <usize>m * width, opposite = from + <usize>(m == 0 ? 0 : rows - m) * width;
    let to = out + <usize>((m / BATCH) * columns + column) * BATCH_BYTES + (<usize>(m % BATCH) << 4);
    for (let q: usize = 0; q < width; q += 16, to += 2 * BATCH_BYTES) {
      const p = v128.load(z + q), r = v128.xor(v128.load(opposite + q), conjugate);
      const difference = f64x2.mul(halves, f64x2.sub(p, r));
      v128.store(to, f64x2.mul(halves, f64x2.add(p, r)));
      v128.store(to + BATCH_BYTES, v128.xor(v128.shuffle<f64>(difference, difference, 1, 0), conjugate));
    }
  }
}

// Lattice (rows, columns) of modes i - rows / 2, j - columns / 2 from the modes of the real and, unless 0, the imaginary
// strengths: complex, or real parts alone. Sum = A + i B, at opposite modes conj A + i conj B.
export function latticeOfModes(
  rows: i32, columns: i32, reach: i32, real: usize, imaginary: usize, realPartsOnly: i32, out: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const m = i - (rows >> 1);
    for (let j = 0; j < columns; j++) {
      const n = j - (columns >> 1);
      const at = <usize>(abs(m) * (2 * reach + 1) + (m < 0 ? -n : n) + reach) << 4;
      const sign: f64 = m < 0 ? -1 : 1;
      let re = load<f64>(real + at), im = sign * load<f64>(real + at, 8);
      if (imaginary != 0) {
        re -= sign * load<f64>(imaginary + at, 8);
        im += load<f64>(imaginary + at);
      }
      if (realPartsOnly) {
        store<f64>(out, re);
        out += 8;
      } else {
        store<f64>(out, re);
        store<f64>(out, im, 8);
        out += 16;
      }
    }
  }
}

// The padded fine grid, real parts then imaginary parts, whose interpolation is the sum over a lattice (height, width) of
// complex values with exp(-i ...). down, along: factors of modes 0 and up.
export function gridOfLattice(
  height: i32, width: i32, values: usize, down: usize, along: usize, rows: i32, columns: i32, fine: usize,
): void {
  const row = <usize>paddedSize(columns) << 3;
  const size = row * <usize>paddedSize(rows);
  const longest = <usize>max(rows, columns) * BATCH_BYTES;
  const a = allocate(longest), b = allocate(longest);
  const half = allocate(<usize>(height * columns) << 4);
  const planDown = fftPlan(rows, -1), planAlong = fftPlan(columns, -1);
  for (let first = 0; first < height; first += BATCH) {
    const batch = min(BATCH, height - first);
    const bytes = <usize>batch << 4;
    memory.fill(a, 0, <usize>columns * bytes);
    for (let i = 0; i < batch; i++) {
      const factor = load<f64>(down + (<usize>abs(first + i - (height >> 1)) << 3));
      const from = values + (<usize>((first + i) * width) << 4);
      for (let j = 0; j < width; j++) {
        const n = j - (width >> 1);
        const scale = f64x2.splat(factor * load<f64>(along + (<usize>abs(n) << 3)));
        const to = a + <usize>(n < 0 ? n + columns : n) * bytes + (<usize>i << 4);
        v128.store(to, f64x2.mul(scale, v128.load(from + (<usize>j << 4))));
      }
    }
    const done = fftBatch(columns, -1, planAlong, batch, a, b);
    for (let i = 0; i < batch; i++) {
      const to = half + (<usize>((first + i) * columns) << 4);
      for (let j: usize = 0; j < <usize>columns; j++) v128.store(to + (j << 4), v128.load(done + j * bytes + (<usize>i << 4)));
    }
  }
  for (let j = 0; j < columns; j += BATCH) {
    const batch = min(BATCH, columns - j);
    const bytes = <usize>batch << 4;
    memory.fill(a, 0, <usize>rows * bytes);
    for (let i = 0; i < height; i++) {
      const m = i - (height >> 1);
      memory.copy(a + <usize>(m < 0 ? m + rows : m) * bytes, half + (<usize>(i * columns + j) << 4), bytes);
    }
    const done = fftBatch(rows, -1, planDown, batch, a, b);
    for (let i: usize = 0; i < <usize>rows; i++) {
      const to = fine + i * row + (<usize>j << 3);
      for (let q: usize = 0; q < <usize>batch; q++) {
        store<f64>(to + (q << 3), load<f64>(done + i * bytes + (q << 4)));
        store<f64>(to + size + (q << 3), load<f64>(done + i * bytes + (q << 4), 8));
      }
    }
  }
  unfoldGrid(rows, columns, fine);
  unfoldGrid(rows, columns, fine + size);
}

// A part clears `piece` bytes.
export function clear(part: i32, piece: usize, address: usize, bytes: usize): void {
  const from = <usize>part * piece;
  memory.fill(address + from, 0, min(piece, bytes - from));
}
