/** A colour map: 256 RGB bytes triples, from the lowest value to the highest. */
export type ColorMap = Uint8Array;

/** Colour of a masked pixel: in neither map, and of middling lightness on any background. */
export const MASKED_COLOR = [128, 128, 128] as const;

/** A point on the way through Oklab: lightness in [0, 1], chroma, hue in degrees. */
type Stop = readonly [lightness: number, chroma: number, hue: number];

const LEVELS = 256;

/**
 * For intensities: dark violet through red and orange to pale yellow. Lightness grows linearly with the value, so equal
 * steps look equal and the map survives printing in grey.
 */
export const SEQUENTIAL: ColorMap = colorMap([
  [0.1, 0.03, 285],
  [0.3225, 0.14, 310],
  [0.545, 0.19, 365],
  [0.7675, 0.17, 415],
  [0.99, 0.06, 470],
]);

/** For residuals: blue for negative, near white for zero, red for positive; both ends equally dark. */
export const DIVERGING: ColorMap = colorMap([
  [0.4, 0.16, 262],
  [0.685, 0.11, 252],
  [0.97, 0, 252],
  [0.97, 0, 35],
  [0.685, 0.12, 32],
  [0.4, 0.16, 24],
]);

/** The colour of a value in [0, 1] (values outside are clamped), and grey for NaN. */
export function colorOf(map: ColorMap, value: number): readonly [red: number, green: number, blue: number] {
  if (Number.isNaN(value)) return MASKED_COLOR;
  const at = 3 * Math.round(Math.min(1, Math.max(0, value)) * (LEVELS - 1));
  return [map[at], map[at + 1], map[at + 2]];
}

/** Stops evenly spaced in lightness distance travelled, interpolated in Oklab's polar form. */
function colorMap(stops: readonly Stop[]): ColorMap {
  const travelled = [0];
  for (let i = 1; i < stops.length; i++) travelled.push(travelled[i - 1] + Math.abs(stops[i][0] - stops[i - 1][0]));
  const whole = travelled[travelled.length - 1];
  const map = new Uint8Array(3 * LEVELS);
  for (let level = 0; level < LEVELS; level++) {
    const distance = (level / (LEVELS - 1)) * whole;
    let leg = 0;
    while (leg < stops.length - 2 && travelled[leg + 1] < distance) leg++;
    const length = travelled[leg + 1] - travelled[leg];
    const fraction = length === 0 ? 0 : (distance - travelled[leg]) / length;
    const [from, to] = [stops[leg], stops[leg + 1]];
    const between = (axis: 0 | 1 | 2) => from[axis] + fraction * (to[axis] - from[axis]);
    map.set(displayable(between(0), between(1), between(2)), 3 * level);
  }
  return map;
}

/** sRGB bytes of an Oklab colour, with its chroma reduced until the screen can show it (lightness and hue stay). */
function displayable(lightness: number, chroma: number, hue: number): readonly number[] {
  let inside = 0;
  let outside = chroma;
  let color = linearRgb(lightness, chroma, hue);
  const fits = (rgb: readonly number[]) => rgb.every((channel) => channel >= -1e-4 && channel <= 1 + 1e-4);
  if (!fits(color)) {
    for (let step = 0; step < 20; step++) {
      const middle = (inside + outside) / 2;
      if (fits(linearRgb(lightness, middle, hue))) inside = middle;
      else outside = middle;
    }
    color = linearRgb(lightness, inside, hue);
  }
  return color.map((channel) => Math.round(255 * encodeSrgb(Math.min(1, Math.max(0, channel)))));
}

/** Oklab to linear sRGB: B. Ottosson (2020), "A perceptual color space for image processing". */
function linearRgb(lightness: number, chroma: number, hue: number): readonly number[] {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** The transfer function of IEC 61966-2-1. */
function encodeSrgb(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}
