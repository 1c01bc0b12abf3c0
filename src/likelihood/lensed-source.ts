import { type Mapping, meanOverSubPixels } from "../inversion/mapping.ts";
import { borderEllipse, relocateOntoBorder } from "../inversion/mesh/border-relocation.ts";
import { borderRelocationSlopes } from "../inversion/mesh/border-relocation-slopes.ts";
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
export interface LaidSource extends Omit<SourceMesh, "slopes">, RegularizedSource {
  /** Of each dataset that sees it, in their order: from its image pixels (M). */
  readonly mappings: readonly Mapping[];
  /** Rays and vertices that the border drew in. */
  readonly relocated: number;
  /**
   * From derivatives by the weights of each of `mappings` and by the vertices (S, 2) to those by the free parameters (P).
   * Which triangle or cell a ray is in, and which rays are drawn in, counts as given.
   */
  slopes(byWeights: readonly Float64Array[], byVertices: Float64Array | null): Float64Array;
}

/** What a source's rays start from in one dataset. */
export interface RayStarts extends Sampling {
  /** (B, 2) centres of the pixels on the border of its mask. */
  readonly border: Float64Array;
}

export interface LensedSourcePlan extends Pick<LensedSource, "galaxy" | "datasets"> {
  /** Of each dataset. */
  readonly starts: readonly RayStarts[];
  /** Of each dataset (M) what the lensed source is thought to look like; empty where nothing asks for it. */
  readonly adaptImages: readonly Float64Array[];
  /** (S, 2) image-plane places of the vertices, empty where the mesh needs none. */
  readonly seeds: Float64Array;
  /** Whether rays that land outside the ellipse of the border's rays are drawn in onto it. */
  readonly relocate: boolean;
  readonly mesh: PlannedMesh;
  readonly rays: SourceRays;
}

/**
 * Plans a source: rays from the pixels of every dataset, from their borders and from the vertices' places in the image
 * plane go to the source plane together, and one mesh is laid where they land.
 */
export function planLensedSource(plan: LensedSourcePlan): LensedSource {
  const { galaxy, datasets, starts, adaptImages, seeds, mesh, rays } = plan;
  const pixels = joined(starts.map(({ positions }) => positions));
  const border = joined(starts.map((start) => start.border));
  const fromImage = rays.from(joined([pixels, seeds, border]));
  const endOfSeeds = pixels.length + seeds.length;
  return {
    galaxy,
    datasets,
    sourcePixels: mesh.sourcePixels,
    at(vector, watch) {
      const traced = timed(watch, "trace_rays", () => fromImage(vector));
      const [landed, landedBorder] = [traced.subarray(0, endOfSeeds), traced.subarray(endOfSeeds)];
      const ellipse = plan.relocate ? borderEllipse(landedBorder) : null;
      const { positions, relocated } = timed(watch, "border", () => {
        return ellipse === null ? { positions: landed, relocated: 0 } : relocateOntoBorder(ellipse, landed);
      });
      const laid = timed(watch, "mesh", () => {
        return mesh.lay(positions.subarray(0, pixels.length), positions.subarray(pixels.length));
      });
      const rows = starts.map((start) => start.positions.length / 2);
      const mappings = splitRows(laid.mesh.mapping, rows).map((part, i) => meanOverSubPixels(part, starts[i].subSizes));
      return {
        ...laid,
        mappings,
        adaptViews: adaptImages.map((adaptImage, i) => ({ mapping: mappings[i], adaptImage })),
        relocated,
        slopes(byWeights, byVertices) {
          const byMesh = laid.slopes(joined(byWeights), byVertices);
          const byLanded = joined([byMesh.positions, byMesh.seeds]);
          const moved = ellipse && borderRelocationSlopes(landedBorder, ellipse, landed, byLanded);
          const byBorder = moved?.border ?? new Float64Array(border.length);
          return fromImage.slopes!(vector, joined([moved?.positions ?? byLanded, byBorder]));
        },
      };
    },
  };
}

function splitRows(mapping: Mapping, counts: readonly number[]): Mapping[] {
  const { mappingsPerPixel: width } = mapping;
  let from = 0;
  return counts.map((count) => {
    const [first, end] = [from * width, (from + count) * width];
    from += count;
    const [indexes, weights] = [mapping.indexes.subarray(first, end), mapping.weights.subarray(first, end)];
    return { ...mapping, imagePixels: count, indexes, weights };
  });
}

function joined(parts: readonly Float64Array[]): Float64Array {
  if (parts.length === 1) return parts[0];
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const part of parts) {
    whole.set(part, next);
    next += part.length;
  }
  return whole;
}
