import { allocate } from "../operators/arena.as";

export function maskCentres(rows: i32, columns: i32, scaleY: f64, scaleX: f64, y: f64, x: f64, out: usize): void {
  store<f64>(out, (<f64>rows - 1) / 2 - y / scaleY);
  store<f64>(out, (<f64>columns - 1) / 2 + x / scaleX, 8);
}

// out (rows, columns) bytes, 1 where a pixel's centre is not strictly inside the radius.
export function maskCircular(
  rows: i32,
  columns: i32,
  scaleY: f64,
  scaleX: f64,
  centreY: f64,
  centreX: f64,
  radius: f64,
  out: usize,
): void {
  const centres = allocate(16);
  maskCentres(rows, columns, scaleY, scaleX, centreY, centreX, centres);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const y = (<f64>i - load<f64>(centres)) * scaleY,
        x = (<f64>j - load<f64>(centres, 8)) * scaleX;
      store<u8>(out++, x * x + y * y >= radius * radius ? 1 : 0);
    }
  }
}
