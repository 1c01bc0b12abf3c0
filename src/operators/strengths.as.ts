// Strengths of the points of a NUFFT from the noise of visibilities (count) complex, in slices that threads share.

// Numbers a point: the strength; the strength and a zero, where it is going to be turned by a phase; or two strengths, the half
// sum and the half difference of the weights.
const ALONE: i32 = 0;
const WITH_ZERO: i32 = 1;

// Half the sum (sign 1) or the difference (sign -1) of the weights a = sigma_re^-2 and b = sigma_im^-2.
export function weigh(part: i32, slice: i32, count: i32, noise: usize, sign: f64, numbers: i32, out: usize): void {
  const one = f64x2.splat(1);
  for (let k = part * slice, end = min(count, k + slice); k < end; k++) {
    const sigma = v128.load(noise + (<usize>k << 4));
    const weights = f64x2.div(one, f64x2.mul(sigma, sigma));
    const a = f64x2.extract_lane(weights, 0), b = f64x2.extract_lane(weights, 1);
    const strength = (a + sign * b) / 2;
    if (numbers == ALONE) {
      store<f64>(out + (<usize>k << 3), strength);
      continue;
    }
    const to = out + (<usize>k << 4);
    store<f64>(to, strength);
    store<f64>(to, numbers == WITH_ZERO ? 0 : (a - b) / 2, 8);
  }
}

// out (count) complex: Re d / sigma_re^2, Im d / sigma_im^2.
export function weighVisibilities(
  part: i32, slice: i32, count: i32, noise: usize, visibilities: usize, out: usize,
): void {
  for (let k = part * slice, end = min(count, k + slice); k < end; k++) {
    const at = <usize>k << 4;
    const sigma = v128.load(noise + at);
    v128.store(out + at, f64x2.div(v128.load(visibilities + at), f64x2.mul(sigma, sigma)));
  }
}
