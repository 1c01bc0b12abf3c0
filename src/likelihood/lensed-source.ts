import { type Mapping, meanOverSubPixels } from "../inversion/mapping.ts";
import type { RegularizedSource } from "../inversion/regularization/regularization.ts";
import type { Sampling } from "./observation.ts";
import type { PlannedMesh, SourceMesh } from "./source-mesh.ts";
import type { SourceRays } from "./source-rays.ts";
import { type Stopwatch, timed } from "./stopwatch.ts";

/** A pixelized source, as one dataset sees it or several together do. */
export interface LensedSource {
  /** The index of its galaxy. */
  readonly galaxy: number;
  /** The datasets' indexes. */
  readonly datasets: readonly number[];
  /** S */
  readonly sourcePixels: number;
  /** @param vector (P) the model's free parameters. */
  at(vector: Float64Array, watch: Stopwatch): LaidSource;
}

/** The mesh of a source under one model, and where each dataset sees its pixels. */
export interface LaidSource extends SourceMesh, RegularizedSource {
  /** Of each dataset that sees it, in their order: from its image pixels (M). */
  readonly mappings: readonly Mapping[];
}

/** What a source's rays start from in one dataset. */
export interface RayStarts extends Sampling {
  /** (B, 2) centres of the pixels on the border of its mask. */
  readonly border: Float64Array;
}

/**
 * Plans a source: rays from the pixels of every dataset, from their borders and from the vertices' places in the image
 * plane go to the source plane together, and one mesh is laid where they land.
 * @param adaptImages Of each dataset (M) what the lensed source is thought to look like; empty where nothing asks for it.
 * @param seeds (S, 2) image-plane places of the vertices, empty where the mesh needs none.
 */
export function planLensedSource(
  { galaxy, datasets }: Pick<LensedSource, "galaxy" | "datasets">,
  starts: readonly RayStarts[],
  adaptImages: readonly Float64Array[],
  seeds: Float64Array,
  mesh: PlannedMesh,
  rays: SourceRays,
): LensedSource {
  const pixels = joined(starts.map(({ positions }) => positions));
  const border = joined(starts.map((start) => start.border));
  const trace = rays.from(joined([pixels, border, seeds]));
  return {
    galaxy,
    datasets,
    sourcePixels: mesh.sourcePixels,
    at(vector, watch) {
      const traced = timed(watch, "trace_rays", () => trace(vector));
      const [endOfPixels, endOfBorder] = [pixels.length, pixels.length + border.length];
      const laid = timed(watch, "mesh", () =>
        mesh.lay({
          positions: traced.subarray(0, endOfPixels),
          border: traced.subarray(endOfPixels, endOfBorder),
          seeds: traced.subarray(endOfBorder),
        }),
      );
      let from = 0;
      const mappings = starts.map(({ positions, subSizes }) => {
        const part = rowsOf(laid.mesh.mapping, from, from + positions.length / 2);
        from += positions.length / 2;
        return meanOverSubPixels(part, subSizes);
      });
      const adaptViews = adaptImages.map((adaptImage, i) => ({ mapping: mappings[i], adaptImage }));
      return { ...laid, mappings, adaptViews };
    },
  };
}

function rowsOf(mapping: Mapping, from: number, to: number): Mapping {
  const { mappingsPerPixel: width, imagePixels } = mapping;
  if (from === 0 && to === imagePixels) return mapping;
  return {
    ...mapping,
    imagePixels: to - from,
    indexes: mapping.indexes.subarray(from * width, to * width),
    weights: mapping.weights.subarray(from * width, to * width),
  };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const part of parts) {
    whole.set(part, next);
    next += part.length;
  }
  return whole;
}
