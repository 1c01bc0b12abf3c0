/** Sizes of a bench by the names of its options. The grid is square, its mask the circle inscribed in it. */
export interface BenchSizes {
  /** N: image pixels a side. */
  readonly gridSize: number;
  /** K */
  readonly visibilities: number;
  /** B: source pixels that each image pixel maps to. */
  readonly mappingNeighbors: number;
  /** P: neighbors of each source pixel in the regularization. */
  readonly neighbors: number;
  /** S */
  readonly sourcePixels: number;
  /** Image pixels map to a Delaunay mesh seen through a lens, which has its own B and P; if absent to S at random. */
  readonly mesh?: "delaunay";
}

/** The sizes that cost depends on: those of the bench, and M. */
export interface WorkSizes extends BenchSizes {
  /** Sub-pixels a side, of the parametric case. */
  readonly overSampling?: number;
  /** M: unmasked image pixels. */
  readonly pixels: number;
}

/** What a part of the work can be cut from. */
export type PartOf = "visibilities" | "pixels" | "sourcePixels";

/** What an implementation costs: known beforehand, so that it can be predicted from a part. */
export interface Cost {
  /** The first is cut, and the next where one of the first is still too long. */
  readonly partOf: readonly PartOf[];
  /** Elementary operations (a cosine, a multiply-add): their ratio between two sizes predicts the ratio of times. */
  readonly work: (sizes: WorkSizes) => number;
  /** Bytes kept between calls besides the inputs, by the name of what is kept: what has one name is there once. */
  readonly keeps: (sizes: WorkSizes) => Readonly<Record<string, number>>;
  /** Bytes that one call takes. */
  readonly takes: (sizes: WorkSizes) => number;
}

/** The part whose work is the largest not above `limit`, of one visibility or pixel at least. */
export function partWithin({ partOf, work }: Cost, sizes: WorkSizes, limit: number): WorkSizes {
  let part = sizes;
  for (const cut of partOf) {
    if (work(part) <= limit) return part;
    let [low, high] = [1, part[cut]];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (work({ ...part, [cut]: middle }) <= limit) low = middle;
      else high = middle - 1;
    }
    part = { ...part, [cut]: low };
  }
  return part;
}

export function isWhole(part: WorkSizes, sizes: WorkSizes): boolean {
  const { visibilities, pixels, sourcePixels } = sizes;
  return part.visibilities === visibilities && part.pixels === pixels && part.sourcePixels === sourcePixels;
}
