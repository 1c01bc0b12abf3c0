// The inverse of a symmetric positive definite matrix from its factor U (upper, row-major), in the memory of U: first
// V = U^-1, block row by block row from below, then the upper triangle of V V', block column by block column.
import { addTiles, pack } from "../operators/dense.as";

// W = the inverse of the block of U on the diagonal at `at`, zero below its diagonal, in its place; also packed in strips,
// and, transposed, in `left`.
export function inverseBlock(block: i32, at: usize, row: usize, work: usize, left: usize, strips: usize): void {
  const rowOfBlock = <usize>block << 3;
  memory.fill(work, 0, <usize>block * rowOfBlock);
  for (let i = block - 1; i >= 0; i--) {
    const u = at + <usize>i * row, w = work + <usize>i * rowOfBlock;
    const pivot = 1 / load<f64>(u + (<usize>i << 3));
    for (let j = i + 1; j < block; j++) {
      const factor = -pivot * load<f64>(u + (<usize>j << 3)), below = work + <usize>j * rowOfBlock;
      for (let k = <usize>j << 3; k < rowOfBlock; k += 8) store<f64>(w + k, load<f64>(w + k) + factor * load<f64>(below + k));
    }
    store<f64>(w + (<usize>i << 3), pivot);
  }
  for (let i = 0; i < block; i++) memory.copy(at + <usize>i * row, work + <usize>i * rowOfBlock, rowOfBlock);
  pack(block, block, work, 8, rowOfBlock, left);
  pack(block, block, work, rowOfBlock, 8, strips);
}

// Columns beside the block in one part.
const COLUMNS_OF_PART: i32 = 48;

// One of `partsBeside` parts of W X, with X (block, columns) beside the block, in place and packed in strips.
export function inverseBeside(
  part: i32, block: i32, columns: i32, left: usize, beside: usize, row: usize, strips: usize,
): void {
  const last = min((part + 1) * COLUMNS_OF_PART, columns);
  for (let j = part * COLUMNS_OF_PART; j < last; j += 4) {
    let c = beside + (<usize>j << 3), strip = strips + (<usize>(j * block) << 3);
    pack(block, 4, c, row, 8, strip);
    // Rows of W X are of rows of X from the same on: those before have been used.
    for (let g = 0; g < block; g += 4) {
      for (let i = 0; i < 4; i++) memory.fill(c + <usize>i * row, 0, 32);
      addTiles(block - g, left + (<usize>(g * block) << 3) + (<usize>g << 5), strip, c, row, 1);
      pack(4, 4, c, row, 8, strip);
      c += row << 2;
      strip += 128;
    }
  }
}
