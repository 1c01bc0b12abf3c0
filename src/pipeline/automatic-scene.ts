import type { LensOnSight } from "./automatic-mask.ts";

/** As YAML parses to. */
export type RawSpec = Readonly<Record<string, unknown>>;
export type Raw = Readonly<Record<string, unknown>>;

/** What is known of a dataset before the fit. */
export interface DatasetOnSight {
  readonly type: "imaging" | "interferometer";
  /** Arcseconds. */
  readonly pixelScale: number;
  /** The standard deviation of a pixel in the median, in the unit of the data; of visibilities, of a source as small as a beam. */
  readonly noise: number;
  readonly sight: LensOnSight;
}

/** What the phases of an automatic fit are made for. */
export interface Scene {
  readonly lens: string;
  readonly source: string;
  readonly ring: number;
  readonly centre: readonly [y: number, x: number];
  /** The images that the lens' light is in. */
  readonly shining: readonly string[];
  /** The images whose over-sampling is left to us. */
  readonly unsampled: readonly string[];
  /** The phase in which all is open: with few pixels for a source, or with a smooth one in the clearest dataset. */
  readonly first: "coarse" | "smooth";
  readonly onSight: Readonly<Record<string, DatasetOnSight>>;
}
