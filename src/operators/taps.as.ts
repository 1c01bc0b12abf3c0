// The NUFFT's kernel at a point: polynomials of its place between two cells, from the table of nufft-kernel.ts.
import { TAPS } from "./bins.as";
import { madd } from "./turns.as";

// As in nufft-kernel.ts.
const INTERVALS: f64 = 16;
const DEGREE: i32 = 6;
const RECORD: i32 = (DEGREE + 1) * TAPS * 8;

// What is done with the taps: as they are, times the first lane of `factor`, or each times both lanes.
export const PLAIN: i32 = 0;
export const SCALED: i32 = 1;
export const PAIRED: i32 = 2;

// @ts-ignore: decorator
@inline
function put(use: i32, tap: v128, factor: v128, out: usize): void {
  if (use == PLAIN) v128.store(out, tap);
  if (use == SCALED) v128.store(out, f64x2.mul(tap, factor));
  if (use == PAIRED) {
    v128.store(out, f64x2.mul(v128.shuffle<f64>(tap, tap, 0, 0), factor));
    v128.store(out, f64x2.mul(v128.shuffle<f64>(tap, tap, 1, 1), factor), 16);
  }
}

// Of the distances of a point from its first taps' cells, 0 <= distance < 1, for x and y at once: which interval of the table,
// as byte offsets in two lanes of i32, and where in it.
// @ts-ignore: decorator
@inline
export function recordsOf(distances: v128): v128 {
  return i32x4.mul(i32x4.trunc_sat_f64x2_s_zero(f64x2.mul(distances, f64x2.splat(INTERVALS))), i32x4.splat(RECORD));
}

// @ts-ignore: decorator
@inline
export function placesInRecords(distances: v128): v128 {
  const scaled = f64x2.mul(distances, f64x2.splat(INTERVALS));
  return f64x2.sub(f64x2.sub(scaled, f64x2.floor(scaled)), f64x2.splat(0.5));
}

// The taps of a record of the table at a place in it: TAPS doubles, twice as many where they are paired.
// @ts-ignore: decorator
@inline
export function taps(record: usize, place: v128, use: i32, factor: v128, out: usize): void {
  const h = place;
  let at = record;
  let a0 = v128.load(at, 0), a1 = v128.load(at, 16), a2 = v128.load(at, 32), a3 = v128.load(at, 48);
  let a4 = v128.load(at, 64), a5 = v128.load(at, 80), a6 = v128.load(at, 96), a7 = v128.load(at, 112);
  for (let power = 0; power < DEGREE; power++) {
    at += TAPS * 8;
    a0 = madd(a0, h, v128.load(at, 0));
    a1 = madd(a1, h, v128.load(at, 16));
    a2 = madd(a2, h, v128.load(at, 32));
    a3 = madd(a3, h, v128.load(at, 48));
    a4 = madd(a4, h, v128.load(at, 64));
    a5 = madd(a5, h, v128.load(at, 80));
    a6 = madd(a6, h, v128.load(at, 96));
    a7 = madd(a7, h, v128.load(at, 112));
  }
  const step: usize = use == PAIRED ? 32 : 16;
  put(use, a0, factor, out);
  put(use, a1, factor, out + step);
  put(use, a2, factor, out + 2 * step);
  put(use, a3, factor, out + 3 * step);
  put(use, a4, factor, out + 4 * step);
  put(use, a5, factor, out + 5 * step);
  put(use, a6, factor, out + 6 * step);
  put(use, a7, factor, out + 7 * step);
}
