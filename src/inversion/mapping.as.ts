// The mapping between image and source pixels as a matrix, dense or in compressed sparse rows.
import { allocate } from "../operators/arena.as";
import { addMultiple } from "../operators/products.as";

// `slimIndex` and `fraction` are 0 where every image pixel has one sub-pixel.
// @ts-ignore: decorator
@inline
function imagePixel(sub: i32, slimIndex: usize): i32 {
  return slimIndex == 0 ? sub : load<i32>(slimIndex + (<usize>sub << 2));
}

// @ts-ignore: decorator
@inline
function weightOf(entry: i32, pixel: i32, weights: usize, fraction: usize): f64 {
  const weight = load<f64>(weights + (<usize>entry << 3));
  return fraction == 0 ? weight : load<f64>(fraction + (<usize>pixel << 3)) * weight;
}

export function mappingMatrix(
  size: i32, source: i32, subs: i32, width: i32, indexes: usize, weights: usize, slimIndex: usize, fraction: usize, out: usize,
): void {
  memory.fill(out, 0, (<usize>size * source) << 3);
  for (let entry = 0; entry < subs * width; entry++) {
    const index = load<i32>(indexes + (<usize>entry << 2));
    if (index < 0) continue;
    const pixel = imagePixel(entry / width, slimIndex);
    const at = out + (<usize>(pixel * source + index) << 3);
    store<f64>(at, load<f64>(at) + weightOf(entry, pixel, weights, fraction));
  }
}

// Counts the entries of every row, places them, then sorts each row by column and adds duplicates.
export function sparseMappingMatrix(
  size: i32, subs: i32, width: i32, indexes: usize, weights: usize, slimIndex: usize, fraction: usize,
  rowStart: usize, columnIndex: usize, values: usize,
): void {
  const place = allocate(<usize>(size + 1) << 2);
  memory.fill(place, 0, <usize>(size + 1) << 2);
  for (let entry = 0; entry < subs * width; entry++) {
    if (load<i32>(indexes + (<usize>entry << 2)) < 0) continue;
    const at = place + (<usize>imagePixel(entry / width, slimIndex) << 2);
    store<i32>(at, load<i32>(at, 4) + 1, 4);
  }
  for (let i = 0; i < size; i++) {
    const at = place + (<usize>i << 2);
    store<i32>(at, load<i32>(at) + load<i32>(at, 4), 4);
  }
  const columns = allocate(<usize>load<i32>(place + (<usize>size << 2)) << 2);
  const entries = allocate(<usize>load<i32>(place + (<usize>size << 2)) << 3);
  for (let entry = 0; entry < subs * width; entry++) {
    const index = load<i32>(indexes + (<usize>entry << 2));
    if (index < 0) continue;
    const pixel = imagePixel(entry / width, slimIndex);
    const at = place + (<usize>pixel << 2);
    const next = load<i32>(at);
    store<i32>(at, next + 1);
    store<i32>(columns + (<usize>next << 2), index);
    store<f64>(entries + (<usize>next << 3), weightOf(entry, pixel, weights, fraction));
  }
  // After placing, place[i] is where row i ends.
  let begin = 0, written = 0;
  for (let i = 0; i < size; i++) {
    const end = load<i32>(place + (<usize>i << 2));
    store<i32>(rowStart + (<usize>i << 2), written);
    const first = written;
    for (let e = begin; e < end; e++) {
      written = insert(
        first, written, load<i32>(columns + (<usize>e << 2)), load<f64>(entries + (<usize>e << 3)), columnIndex, values,
      );
    }
    begin = end;
  }
  store<i32>(rowStart + (<usize>size << 2), written);
}

// Insertion into the sorted run [first, end); returns its new end.
function insert(first: i32, end: i32, column: i32, value: f64, columnIndex: usize, values: usize): i32 {
  let at = end;
  while (at > first && load<i32>(columnIndex + (<usize>(at - 1) << 2)) >= column) at--;
  if (at < end && load<i32>(columnIndex + (<usize>at << 2)) == column) {
    const v = values + (<usize>at << 3);
    store<f64>(v, load<f64>(v) + value);
    return end;
  }
  memory.copy(columnIndex + (<usize>(at + 1) << 2), columnIndex + (<usize>at << 2), <usize>(end - at) << 2);
  memory.copy(values + (<usize>(at + 1) << 3), values + (<usize>at << 3), <usize>(end - at) << 3);
  store<i32>(columnIndex + (<usize>at << 2), column);
  store<f64>(values + (<usize>at << 3), value);
  return end + 1;
}

// out (source) = T' image, T dense (size, source).
export function dataVector(size: i32, source: i32, matrix: usize, image: usize, out: usize): void {
  memory.fill(out, 0, <usize>source << 3);
  for (let i = 0; i < size; i++) {
    addMultiple(source, load<f64>(image + (<usize>i << 3)), matrix + (<usize>(i * source) << 3), out);
  }
}

// out (source, width) = T' A, T sparse (size, source), A (size, width).
export function sparseTransposeTimes(
  size: i32, source: i32, rowStart: usize, columnIndex: usize, values: usize, width: i32, matrix: usize, out: usize,
): void {
  memory.fill(out, 0, (<usize>source * width) << 3);
  for (let i = 0; i < size; i++) {
    const end = load<i32>(rowStart + (<usize>i << 2), 4);
    for (let e = load<i32>(rowStart + (<usize>i << 2)); e < end; e++) {
      const row = <usize>load<i32>(columnIndex + (<usize>e << 2)) * width;
      addMultiple(width, load<f64>(values + (<usize>e << 3)), matrix + ((<usize>i * width) << 3), out + (row << 3));
    }
  }
}
