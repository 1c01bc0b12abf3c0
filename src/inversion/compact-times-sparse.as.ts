// W T for a sparse T from the compact form, eight columns of T at a time.
import { allocate } from "../operators/arena.as";
import { boxColumns, boxRows, columnOf, counts, findBox, int, pixelsByRow, rowOf, zeroed } from "./image-rows.as";
import { byColumn, columnStart, rowOfProduct, takeColumns, takeLattices } from "./mapping-columns.as";
import { ENTRY, SLACK } from "./slices.as";

// A cache line of the result.
const TOGETHER: i32 = 8;

// out (size, source) = W T; `plus` is 0 where there is none.
export function compactTimesSparse(
  columns: i32, minus: usize, plus: usize, size: i32, source: i32, native: usize,
  rowStart: usize, columnIndex: usize, values: usize, out: usize,
): void {
  if (size == 0) return;
  findBox(size, native);
  takeLattices(columns, minus, plus, boxRows - 1);
  const pixels = pixelsByRow(size, native);
  takeColumns(size, source, native, pixels, rowStart, columnIndex, values);
  const bytes = (<usize>boxColumns << 3) + SLACK;
  const buffers = allocate(<usize>TOGETHER * bytes);
  for (let s = 0; s < source; s += TOGETHER) {
    const end = min(s + TOGETHER, source);
    for (let r = 0, n = 0; r < boxRows; r++) {
      for (let c = s; c < end; c++) {
        const first = byColumn + <usize>int(columnStart, c) * ENTRY;
        rowOfProduct(first, byColumn + <usize>int(columnStart, c + 1) * ENTRY, r, buffers + <usize>(c - s) * bytes);
      }
      for (; n < size && rowOf(native, int(pixels, n)) == r; n++) {
        const i = int(pixels, n);
        let from = buffers + (<usize>columnOf(native, i) << 3), to = out + ((<usize>i * source + s) << 3);
        for (let c = s; c < end; c++) {
          store<f64>(to, load<f64>(from));
          from += bytes;
          to += 8;
        }
      }
    }
  }
}
