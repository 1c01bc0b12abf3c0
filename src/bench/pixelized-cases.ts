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
  /** Whether the reference voice can say in a few seconds what the evidence is. */
  readonly heldToReference: boolean;
  /** Seconds of a row's budget without which it is not begun. */
  readonly needs: number;
}

export interface PixelizedCase {
  readonly scenes: readonly PixelizedScene[];
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

const ONE_BAND = { shared: false, solves: ["linear", "positive"], gradient: true, needs: 0 } as const;

export const HST: PixelizedCase = {
  scenes: [
    { ...ONE_BAND, name: "S = 1000", bands: [HST_BAND], sourcePixels: 1000, heldToReference: true },
    { ...ONE_BAND, name: "S = 2000", bands: [HST_BAND], sourcePixels: 2000, heldToReference: false },
  ],
};

export const EUCLID: PixelizedCase = {
  scenes: [{ ...ONE_BAND, name: "S = 500", bands: [EUCLID_BAND], sourcePixels: 500, heldToReference: true }],
};

export const JWST: PixelizedCase = {
  scenes: [
    {
      name: "four bands, a source of S = 2000 in each",
      bands: NIRCAM_BANDS,
      sourcePixels: 2000,
      shared: false,
      solves: ["positive"],
      gradient: true,
      heldToReference: false,
      needs: 0,
    },
    {
      name: "four bands, one source of S = 8000",
      bands: NIRCAM_BANDS,
      sourcePixels: 8000,
      shared: true,
      solves: ["positive"],
      gradient: false,
      heldToReference: false,
      needs: 60,
    },
  ],
};
