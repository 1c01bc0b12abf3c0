// Sine and cosine of 2 pi t for phases counted in turns: the reduction t - round(t) is exact, so a long baseline loses
// no accuracy, unlike cos(2 pi * t). Polynomials of fdlibm's __kernel_sin and __kernel_cos (Sun Microsystems, 1993).

// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

// |theta| <= pi / 4, z its square.
// @ts-ignore: decorator
@inline
function sineOf(theta: v128, z: v128): v128 {
  let p = f64x2.splat(1.58969099521155010221e-10);
  p = madd(p, z, f64x2.splat(-2.50507602534068634195e-8));
  p = madd(p, z, f64x2.splat(2.75573137070700676789e-6));
  p = madd(p, z, f64x2.splat(-1.98412698298579493134e-4));
  p = madd(p, z, f64x2.splat(8.33333333332248946124e-3));
  p = madd(p, z, f64x2.splat(-1.66666666666666324348e-1));
  return madd(f64x2.mul(p, z), theta, theta);
}

// @ts-ignore: decorator
@inline
function cosineOf(z: v128): v128 {
  let p = f64x2.splat(-1.13596475577881948265e-11);
  p = madd(p, z, f64x2.splat(2.08757232129817482790e-9));
  p = madd(p, z, f64x2.splat(-2.75573143513906633035e-7));
  p = madd(p, z, f64x2.splat(2.48015872894767294178e-5));
  p = madd(p, z, f64x2.splat(-1.38888888888741095749e-3));
  p = madd(p, z, f64x2.splat(4.16666666666666019037e-2));
  p = madd(p, z, f64x2.splat(-0.5));
  return madd(p, z, f64x2.splat(1));
}

// The nearest quarter turn.
// @ts-ignore: decorator
@inline
function quarter(turns: v128): v128 {
  return f64x2.nearest(f64x2.mul(turns, f64x2.splat(4)));
}

// What is left of a phase beyond its quarter, in radians.
// @ts-ignore: decorator
@inline
function remainder(turns: v128, q: v128): v128 {
  return f64x2.mul(f64x2.sub(f64x2.mul(turns, f64x2.splat(4)), q), f64x2.splat(1.57079632679489661923));
}

// Which quarter, 0 to 3.
// @ts-ignore: decorator
@inline
function quadrant(q: v128): v128 {
  return f64x2.sub(q, f64x2.mul(f64x2.floor(f64x2.mul(q, f64x2.splat(0.25))), f64x2.splat(4)));
}

// Odd quadrants swap sine and cosine; cosine is negative in 1 and 2, sine in 2 and 3.
// @ts-ignore: decorator
@inline
function cosineIn(m: v128, c: v128, s: v128): v128 {
  const one = f64x2.eq(m, f64x2.splat(1)), two = f64x2.eq(m, f64x2.splat(2)), three = f64x2.eq(m, f64x2.splat(3));
  return v128.xor(v128.bitselect(s, c, v128.or(one, three)), v128.and(v128.or(one, two), f64x2.splat(-0.0)));
}

// @ts-ignore: decorator
@inline
function sineIn(m: v128, c: v128, s: v128): v128 {
  const one = f64x2.eq(m, f64x2.splat(1)), two = f64x2.eq(m, f64x2.splat(2)), three = f64x2.eq(m, f64x2.splat(3));
  return v128.xor(v128.bitselect(c, s, v128.or(one, three)), v128.and(v128.or(two, three), f64x2.splat(-0.0)));
}

// Writes cos(2 pi t) and sin(2 pi t) of two phases.
// @ts-ignore: decorator
@inline
export function cosineAndSine(turns: v128, cosine: usize, sine: usize): void {
  const q = quarter(turns);
  const theta = remainder(turns, q), z = f64x2.mul(theta, theta);
  const m = quadrant(q), c = cosineOf(z), s = sineOf(theta, z);
  v128.store(cosine, cosineIn(m, c, s));
  v128.store(sine, sineIn(m, c, s));
}

// cos(2 pi t) of two phases.
// @ts-ignore: decorator
@inline
export function cosine(turns: v128): v128 {
  const q = quarter(turns);
  const theta = remainder(turns, q), z = f64x2.mul(theta, theta);
  return cosineIn(quadrant(q), cosineOf(z), sineOf(theta, z));
}
