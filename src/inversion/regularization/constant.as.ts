// H (size, size) of constant.ts.
export function constantRegularizationMatrix(
  coefficient: f64,
  diagonal: f64,
  size: i32,
  width: i32,
  indexes: usize,
  out: usize,
): void {
  memory.fill(out, 0, (<usize>size * size) << 3);
  for (let i = 0; i < size; i++) {
    const row = out + ((<usize>i * size) << 3);
    const self = row + ((<usize>i) << 3);
    store<f64>(self, load<f64>(self) + diagonal);
    for (let n = 0; n < width; n++) {
      const neighbor = load<i32>(indexes + ((<usize>(i * width + n)) << 2));
      if (neighbor < 0) continue;
      store<f64>(self, load<f64>(self) + coefficient * coefficient);
      const at = row + ((<usize>neighbor) << 3);
      store<f64>(at, load<f64>(at) - coefficient * coefficient);
    }
  }
}
