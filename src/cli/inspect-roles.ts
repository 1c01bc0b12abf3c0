/** What an array is for, as far as its name tells. */
export type Role = "data" | "visibilities" | "noise map" | "uv wavelengths" | "psf" | "mask";

/** In order of precedence: `uv_noise_map` is a noise map. */
const PATTERNS: readonly (readonly [Role, RegExp])[] = [
  ["noise map", /noise(?!_?free)|sigma|(^|_)(rms|err|error|std)(_|$)/],
  ["psf", /psf|kernel/],
  ["mask", /(^|_)mask(_|$)/],
  ["uv wavelengths", /(^|_)uv|wavelength|baselines/],
  ["visibilities", /visibilit|(^|_)vis(_|$)/],
  // Not the grids and vectors that a likelihood derives from data.
  ["data", /^(?!.*(grid|vector|index)).*(?<![a-z0-9])(data|image|sci|science)(?![a-z])/],
];

/** The role that a name (a key of an npz, an EXTNAME, a file name without extension) speaks of. */
export function roleOf(name: string): Role | undefined {
  const words = name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
  return PATTERNS.find(([, pattern]) => pattern.test(words))?.[0];
}

/** Visibilities that an array of this shape holds: complex (K) or real (K, 2); undefined for any other shape. */
export function visibilityCount(shape: readonly number[], dtype: string): number | undefined {
  if (dtype === "c16") return shape.length === 1 ? shape[0] : undefined;
  return shape.length === 2 && shape[1] === 2 ? shape[0] : undefined;
}
