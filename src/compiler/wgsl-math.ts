/*
 * Functions for WGSL, in f32, made of additions, multiplications, divisions and bits alone.
 *
 * What WGSL promises of its own is too little: sin and cos may be off by 2^-11, atan and atan2 by 4096 ulp, tanh by 1e-5,
 * log near 1 by 2^-21 absolutely, exp2 by 3 + 2 |x| ulp, and atanh cancels near zero (W3C, WebGPU Shading Language,
 * "Accuracy of concrete floating point expressions"). These are good to a few ulp wherever the standard is kept.
 *
 * A shader may be compiled as if there were no infinity and no NaN, so that functions saturate instead: what is infinite
 * in f64 is a large number here, and stays one when it is multiplied by zero.
 */

/** The smallest normal number of f32; below it a shader may take everything for zero. */
export const SMALLEST_NORMAL = 2 ** -126;
/** As large as numbers are let become: there is room to double one. */
export const LARGEST = 2 ** 127;

/** The nearest f32 as a literal; what is beyond f32 is the largest, and what would be subnormal the smallest normal. */
export function literal(value: number): string {
  const magnitude = Math.min(LARGEST, Math.max(SMALLEST_NORMAL, Math.abs(value)));
  const rounded = value === 0 ? 0 : Math.sign(value) * Math.fround(magnitude);
  // Nine digits name every f32.
  const text = String(Number(rounded.toPrecision(9)));
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}

/** The polynomial in `variable` that a function is near on an interval, by interpolation at Chebyshev's nodes. */
function polynomial(f: (x: number) => number, from: number, to: number, degree: number, variable: string): string {
  const nodes = Array.from({ length: degree + 1 }, (_, i) => {
    const cosine = Math.cos((Math.PI * (i + 0.5)) / (degree + 1));
    return (from + to + (to - from) * cosine) / 2;
  });
  // Divided differences, then Newton's form multiplied out.
  const differences = nodes.map(f);
  for (let order = 1; order <= degree; order++)
    for (let i = degree; i >= order; i--)
      differences[i] = (differences[i] - differences[i - 1]) / (nodes[i] - nodes[i - order]);
  let coefficients: number[] = [];
  for (let i = degree; i >= 0; i--) {
    const shifted = [0, ...coefficients];
    coefficients.forEach((c, k) => {
      shifted[k] -= nodes[i] * c;
    });
    shifted[0] += differences[i];
    coefficients = shifted;
  }
  const last = literal(coefficients[degree]);
  return coefficients
    .slice(0, degree)
    .reduceRight((text, coefficient) => `(${literal(coefficient)} + ${variable} * ${text})`, last);
}

/** (f(t) / t - limit) / t^2 of z = t^2, of an odd function of t. */
const odd = (f: (t: number) => number, limit: number) => (z: number) => (f(Math.sqrt(z)) / Math.sqrt(z) - limit) / z;

/** erfc(x) exp(x^2) of t = 1 / (x + 2), by the continued fraction of `erf.ts`, which converges from x = 1 on. */
function scaledComplement(t: number): number {
  const x = 1 / t - 2;
  let fraction = x;
  for (let n = 400; n > 0; n--) fraction = x + n / 2 / fraction;
  return 1 / (Math.sqrt(Math.PI) * fraction);
}

/** erf by its series, for |x| up to 1. */
function erfSeries(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 40; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return ((2 * Math.exp(-x * x)) / Math.sqrt(Math.PI)) * sum;
}

const [SQRT_HALF_BITS, HALF_PI] = ["0x3f3504f3", literal(Math.PI / 2)];
const LARGEST_LOG2_S = (Math.SQRT2 - 1) / (Math.SQRT2 + 1);
const [QUARTER_TURN_HIGH, QUARTER_TURN_MIDDLE] = [201 / 128, 0.0004837512969970703];
const ERF_SLOPE = 2 / Math.sqrt(Math.PI);

interface WgslFunction {
  readonly text: string;
  readonly uses: readonly WgslName[];
}

type WgslName = "f_exp2" | "f_log2" | "f_pow" | "f_sin_cos" | "f_atan2" | "f_atanh" | "f_tanh" | "f_erf";

const FUNCTIONS: Readonly<Record<WgslName, WgslFunction>> = {
  // 2^k 2^r with a whole k and |r| <= 1/2; at most 2^127, and zero where it would be subnormal.
  f_exp2: {
    uses: [],
    text: `fn f_exp2(x: f32) -> f32 {
  let limited = clamp(x, -126.0f, 127.0f);
  let k = round(limited);
  let r = limited - k;
  let power = bitcast<f32>((i32(k) + 127) << 23u);
  return select(0.0f, power * ${polynomial((r) => 2 ** r, -0.5, 0.5, 6, "r")}, x > -126.0f);
}`,
  },
  // k + log2 m with m between sqrt(1/2) and sqrt(2), log m = 2 atanh s. Of zero the lowest number.
  f_log2: {
    uses: [],
    text: `fn f_log2(x: f32) -> f32 {
  let bits = bitcast<i32>(x);
  let k = (bits - ${SQRT_HALF_BITS}) >> 23u;
  let m = bitcast<f32>(bits - (k << 23u));
  let s = (m - 1.0f) / (m + 1.0f);
  let z = s * s;
  let rest = z * ${polynomial(
    odd((t) => 2 * Math.LOG2E * Math.atanh(t), 2 * Math.LOG2E),
    0,
    LARGEST_LOG2_S ** 2,
    3,
    "z",
  )};
  return select(${literal(-LARGEST)}, f32(k) + s * (${literal(2 * Math.LOG2E)} + rest), x >= ${literal(SMALLEST_NORMAL)});
}`,
  },
  f_pow: {
    uses: ["f_exp2", "f_log2"],
    text: "fn f_pow(base: f32, exponent: f32) -> f32 {\n  return f_exp2(exponent * f_log2(base));\n}",
  },
  // Quarter turns taken off in three parts (Cody & Waite), the first two exact up to some 8000 radians.
  f_sin_cos: {
    uses: [],
    text: `fn f_sin_cos(x: f32) -> vec2f {
  let k = round(x * ${literal(2 / Math.PI)});
  let high = x - k * ${literal(QUARTER_TURN_HIGH)};
  let r = (high - k * ${literal(QUARTER_TURN_MIDDLE)}) - k * ${literal(Math.PI / 2 - QUARTER_TURN_HIGH - QUARTER_TURN_MIDDLE)};
  let z = r * r;
  let sine = r + r * z * ${polynomial(odd(Math.sin, 1), 0, (Math.PI / 4) ** 2, 2, "z")};
  let cosine = 1.0f + z * ${polynomial((z) => (Math.cos(Math.sqrt(z)) - 1) / z, 0, (Math.PI / 4) ** 2, 3, "z")};
  let turned = select(vec2f(sine, cosine), vec2f(cosine, -sine), (i32(k) & 1) == 1);
  return select(turned, -turned, (i32(k) & 2) == 2);
}`,
  },
  f_atan2: {
    uses: [],
    text: `fn f_atan2(y: f32, x: f32) -> f32 {
  let larger = max(abs(x), abs(y));
  let t = min(abs(x), abs(y)) / max(larger, ${literal(SMALLEST_NORMAL)});
  let z = t * t;
  let eighth = t + t * z * ${polynomial(odd(Math.atan, 1), 0, 1, 8, "z")};
  let quarter = select(eighth, ${HALF_PI} - eighth, abs(y) > abs(x));
  let half = select(quarter, ${literal(Math.PI)} - quarter, x < 0.0f);
  return select(half, -half, y < 0.0f);
}`,
  },
  // Of 1 that of the number before it, 8.7.
  f_atanh: {
    uses: ["f_log2"],
    text: `fn f_atanh(x: f32) -> f32 {
  let z = x * x;
  let near = x + x * z * ${polynomial(odd(Math.atanh, 1), 0, 0.25, 5, "z")};
  let magnitude = min(abs(x), ${literal(1 - 2 ** -24)});
  let far = ${literal(Math.LN2 / 2)} * f_log2((1.0f + magnitude) / (1.0f - magnitude));
  return select(select(far, -far, x < 0.0f), near, magnitude < 0.5f);
}`,
  },
  f_tanh: {
    uses: ["f_exp2"],
    text: `fn f_tanh(x: f32) -> f32 {
  let z = x * x;
  let near = x + x * z * ${polynomial(odd(Math.tanh, 1), 0, 0.36, 4, "z")};
  let far = 1.0f - 2.0f / (f_exp2(${literal(2 * Math.LOG2E)} * min(abs(x), 20.0f)) + 1.0f);
  return select(select(far, -far, x < 0.0f), near, abs(x) < 0.6f);
}`,
  },
  f_erf: {
    uses: ["f_exp2"],
    text: `fn f_erf(x: f32) -> f32 {
  let z = x * x;
  let near = x * (${literal(ERF_SLOPE)} + z * ${polynomial(odd(erfSeries, ERF_SLOPE), 0, 1, 5, "z")});
  let magnitude = min(abs(x), 4.0f);
  let t = 1.0f / (magnitude + 2.0f);
  let far = 1.0f - f_exp2(${literal(-Math.LOG2E)} * magnitude * magnitude) * ${polynomial(scaledComplement, 1 / 6, 1 / 3, 6, "t")};
  return select(select(far, -far, x < 0.0f), near, abs(x) < 1.0f);
}`,
  },
};

/** The text of the functions that this code calls, and of those that they call. */
export function wgslFunctions(code: string): string {
  const names = Object.keys(FUNCTIONS) as WgslName[];
  const called = new Set<WgslName>();
  const add = (name: WgslName) => {
    called.add(name);
    FUNCTIONS[name].uses.forEach(add);
  };
  names.filter((name) => code.includes(`${name}(`)).forEach(add);
  return names
    .filter((name) => called.has(name))
    .map((name) => FUNCTIONS[name].text)
    .join("\n\n");
}
