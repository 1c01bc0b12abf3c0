// Sums of slices of a lattice, each times the weight of an entry: what a column of T is to a row of pixels.
import { madd } from "../operators/turns.as";

// Bytes of an entry.
export const ENTRY: usize = 16;
// Bytes beyond a run that are read and, in the result, written: the narrowest block is as fast as a narrower one would be.
export const SLACK: usize = 256;

// out_x (length) = sum over entries of weight w[x + offset], added to what is there where `keep` says so. An entry
// holds two i32 byte offsets, `field` (0 or 4) saying which is meant, and an f64 weight. The sums of a block stay in
// registers.
export function addSlices(
  begin: usize, end: usize, field: usize, w: usize, length: i32, keep: bool, out: usize,
): void {
  let left = length;
  for (; left > 16; left -= 24) {
    add24(begin, end, field, w, keep, out);
    w += 192;
    out += 192;
  }
  if (left > 8) add16(begin, end, field, w, keep, out);
  else if (left > 0) add8(begin, end, field, w, keep, out);
}

// 24 sums of a run.
function add24(begin: usize, end: usize, field: usize, w: usize, keep: bool, out: usize): void {
  const none = f64x2.splat(0);
  let s0 = keep ? v128.load(out, 0) : none;
  let s1 = keep ? v128.load(out, 16) : none;
  let s2 = keep ? v128.load(out, 32) : none;
  let s3 = keep ? v128.load(out, 48) : none;
  let s4 = keep ? v128.load(out, 64) : none;
  let s5 = keep ? v128.load(out, 80) : none;
  let s6 = keep ? v128.load(out, 96) : none;
  let s7 = keep ? v128.load(out, 112) : none;
  let s8 = keep ? v128.load(out, 128) : none;
  let s9 = keep ? v128.load(out, 144) : none;
  let s10 = keep ? v128.load(out, 160) : none;
  let s11 = keep ? v128.load(out, 176) : none;
  for (let entry = begin; entry < end; entry += ENTRY) {
    const weight = v128.load64_splat(entry, 8);
    const slice = w + <usize>load<i32>(entry + field);
    s0 = madd(v128.load(slice, 0), weight, s0);
    s1 = madd(v128.load(slice, 16), weight, s1);
    s2 = madd(v128.load(slice, 32), weight, s2);
    s3 = madd(v128.load(slice, 48), weight, s3);
    s4 = madd(v128.load(slice, 64), weight, s4);
    s5 = madd(v128.load(slice, 80), weight, s5);
    s6 = madd(v128.load(slice, 96), weight, s6);
    s7 = madd(v128.load(slice, 112), weight, s7);
    s8 = madd(v128.load(slice, 128), weight, s8);
    s9 = madd(v128.load(slice, 144), weight, s9);
    s10 = madd(v128.load(slice, 160), weight, s10);
    s11 = madd(v128.load(slice, 176), weight, s11);
  }
  v128.store(out, s0, 0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
  v128.store(out, s8, 128);
  v128.store(out, s9, 144);
  v128.store(out, s10, 160);
  v128.store(out, s11, 176);
}

// 16 sums of a run.
function add16(begin: usize, end: usize, field: usize, w: usize, keep: bool, out: usize): void {
  const none = f64x2.splat(0);
  let s0 = keep ? v128.load(out, 0) : none;
  let s1 = keep ? v128.load(out, 16) : none;
  let s2 = keep ? v128.load(out, 32) : none;
  let s3 = keep ? v128.load(out, 48) : none;
  let s4 = keep ? v128.load(out, 64) : none;
  let s5 = keep ? v128.load(out, 80) : none;
  let s6 = keep ? v128.load(out, 96) : none;
  let s7 = keep ? v128.load(out, 112) : none;
  for (let entry = begin; entry < end; entry += ENTRY) {
    const weight = v128.load64_splat(entry, 8);
    const slice = w + <usize>load<i32>(entry + field);
    s0 = madd(v128.load(slice, 0), weight, s0);
    s1 = madd(v128.load(slice, 16), weight, s1);
    s2 = madd(v128.load(slice, 32), weight, s2);
    s3 = madd(v128.load(slice, 48), weight, s3);
    s4 = madd(v128.load(slice, 64), weight, s4);
    s5 = madd(v128.load(slice, 80), weight, s5);
    s6 = madd(v128.load(slice, 96), weight, s6);
    s7 = madd(v128.load(slice, 112), weight, s7);
  }
  v128.store(out, s0, 0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
  v128.store(out, s4, 64);
  v128.store(out, s5, 80);
  v128.store(out, s6, 96);
  v128.store(out, s7, 112);
}

// 8 sums of a run.
function add8(begin: usize, end: usize, field: usize, w: usize, keep: bool, out: usize): void {
  const none = f64x2.splat(0);
  let s0 = keep ? v128.load(out, 0) : none;
  let s1 = keep ? v128.load(out, 16) : none;
  let s2 = keep ? v128.load(out, 32) : none;
  let s3 = keep ? v128.load(out, 48) : none;
  for (let entry = begin; entry < end; entry += ENTRY) {
    const weight = v128.load64_splat(entry, 8);
    const slice = w + <usize>load<i32>(entry + field);
    s0 = madd(v128.load(slice, 0), weight, s0);
    s1 = madd(v128.load(slice, 16), weight, s1);
    s2 = madd(v128.load(slice, 32), weight, s2);
    s3 = madd(v128.load(slice, 48), weight, s3);
  }
  v128.store(out, s0, 0);
  v128.store(out, s1, 16);
  v128.store(out, s2, 32);
  v128.store(out, s3, 48);
}
