import type { BenchSizes } from "./work.ts";

/** A camera's image of the lens: square, with a round Gaussian PSF. */
export interface Band {
  readonly name: string;
  /** Pixels a side. */
  readonly side: number;
  /** Arcseconds. */
  readonly pixelScale: number;
  /** Arcseconds. */
  readonly maskRadius: number;
  /** Pixels a side of the PSF, and its standard deviation in pixels. */
  readonly psf: { readonly side: number; readonly sigma: number };
}

/** How the source is solved for. */
export type Solve = "linear" | "positive";

/** Images of one lens, and the source that is looked for in them. */
export interface PixelizedScene {
  /** Told apart by this in a report. */
  readonly name: string;
  readonly bands: readonly Band[];
  /** S, of each source. */
  readonly sourcePixels: number;
  /** One source for all bands, or one for each. */
  readonly shared: boolean;
  readonly solves: readonly Solve[];
  /** Whether derivatives are timed too. */
  readonly gradient: boolean;
  /** What the reference voice does: a row beside the others, or only the evidence that they are held to, or nothing. */
  readonly reference: "row" | "check" | "none";
  /** Arcseconds. */
  readonly einsteinRadius: number;
  /** Seconds of a row's budget without which it is not begun. */
  readonly needs: number;
}

const HST_BAND: Band = {
  name: "hst",
  side: 120,
  pixelScale: 0.05,
  maskRadius: 2.6,
  psf: { side: 21, sigma: 1.4 },
};

const EUCLID_BAND: Band = {
  name: "vis",
  side: 64,
  pixelScale: 0.1,
  maskRadius: 3,
  psf: { side: 15, sigma: 0.75 },
};

/** Two of NIRCam's bands in its short channel and two in its long one: 10,357 and 9,975 pixels. */
const NIRCAM_BANDS: readonly Band[] = [
  nircam("f115w", 0.031, 1.78, 0.7),
  nircam("f150w", 0.031, 1.78, 0.8),
  nircam("f277w", 0.063, 3.55, 0.7),
  nircam("f444w", 0.063, 3.55, 1),
];

function nircam(name: string, pixelScale: number, maskRadius: number, sigma: number): Band {
  return { name, side: 120, pixelScale, maskRadius, psf: { side: 21, sigma } };
}

const ONE_BAND = {
  shared: false,
  solves: ["linear", "positive"],
  gradient: true,
  einsteinRadius: 1.4,
  needs: 0,
} as const;

// The mask of the short channel has to hold the lensed source.
const FOUR_BANDS = {
  bands: NIRCAM_BANDS,
  solves: ["positive"],
  reference: "none",
  einsteinRadius: 0.9,
} as const;

export const HST: readonly PixelizedScene[] = [
  { ...ONE_BAND, name: "S = 1000", bands: [HST_BAND], sourcePixels: 1000, reference: "row" },
  { ...ONE_BAND, name: "S = 2000", bands: [HST_BAND], sourcePixels: 2000, reference: "check" },
];

export const EUCLID: readonly PixelizedScene[] = [
  { ...ONE_BAND, name: "S = 500", bands: [EUCLID_BAND], sourcePixels: 500, reference: "row" },
];

export const JWST: readonly PixelizedScene[] = [
  { ...FOUR_BANDS, name: "sources of S = 2000", sourcePixels: 2000, shared: false, gradient: true, needs: 0 },
  { ...FOUR_BANDS, name: "one source of S = 8000", sourcePixels: 8000, shared: true, gradient: false, needs: 120 },
];

/** There are no visibilities, and a scene has sizes of its own. */
export function pixelizedSizes({ bands, sourcePixels }: PixelizedScene): BenchSizes {
  return { gridSize: bands[0].side, visibilities: 0, mappingNeighbors: 0, neighbors: 0, sourcePixels };
}
