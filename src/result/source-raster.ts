import type { Mapping } from "../inversion/mapping.ts";
import { interpolate } from "../inversion/mesh/delaunay.ts";
import { naturalNeighbors } from "../inversion/mesh/natural-neighbor.ts";
import { pointLocation } from "../inversion/mesh/point-location.ts";
import type { RectangularMesh } from "../inversion/mesh/rectangular.ts";
import type { Triangulation } from "../inversion/mesh/triangulation.ts";
import { nearestCells } from "../inversion/mesh/voronoi.ts";
import type { SourceReconstruction } from "../likelihood/evaluation.ts";

/** A part of a plane, arcseconds. */
export interface Extent {
  readonly bottom: number;
  readonly top: number;
  readonly left: number;
  readonly right: number;
}

/** A source on pixels that are square but for rounding, row 0 the top, row-major; NaN beyond its mesh. */
export interface SourceRaster {
  readonly shape: readonly [rows: number, columns: number];
  readonly values: Float64Array;
  readonly extent: Extent;
}

/** An image of one row is thinner than this share of its length. */
const THINNEST = 1e-3;

/**
 * A source as its mesh interpolates it: between vertices linearly, by natural neighbors, or by the cell that a position is
 * in, as the likelihood did, within their hull. A rectangular mesh is drawn in its pixels, which reach half the way to
 * the next, as wide as they are.
 * @param side Pixels along the longer side.
 */
export function sourceRaster(source: SourceReconstruction, side: number): SourceRaster {
  const { mesh, values } = source;
  const extent = "shape" in mesh ? rectangleOf(mesh) : boxAbout(mesh.vertices);
  const { shape, positions } = rasterOver(extent, side);
  return {
    shape,
    extent,
    values: "shape" in mesh ? inPixels(mesh, values, positions) : between(source.meshType, mesh, values, positions),
  };
}

/** The centres of pixels over an extent, (y, x) in arcseconds, row by row from the top. @param side As `sourceRaster` */
export function rasterOver(extent: Extent, side: number): Pick<SourceRaster, "shape"> & { positions: Float64Array } {
  const [height, width] = [extent.top - extent.bottom, extent.right - extent.left];
  const pixel = Math.max(height, width) / side;
  const shape = [height, width].map((length) => Math.max(1, Math.round(length / pixel))) as [number, number];
  const [rows, columns] = shape;
  const positions = new Float64Array(2 * rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      positions[2 * (i * columns + j)] = extent.top - ((i + 0.5) * height) / rows;
      positions[2 * (i * columns + j) + 1] = extent.left + ((j + 0.5) * width) / columns;
    }
  }
  return { shape, positions };
}

function inPixels({ y, x }: RectangularMesh, values: Float64Array, positions: Float64Array): Float64Array {
  const [row, column] = [nearest(y.map((centre) => -centre)), nearest(x)];
  return Float64Array.from({ length: positions.length / 2 }, (_, at) => {
    return values[row(-positions[2 * at]) * x.length + column(positions[2 * at + 1])];
  });
}

/** The index of the nearest of ascending numbers. */
function nearest(centres: Float64Array): (coordinate: number) => number {
  const middles = centres.slice(1).map((centre, i) => (centre + centres[i]) / 2);
  return (coordinate) => {
    const beyond = middles.findIndex((middle) => coordinate < middle);
    return beyond < 0 ? middles.length : beyond;
  };
}

function between(
  type: SourceReconstruction["meshType"],
  mesh: Triangulation,
  values: Float64Array,
  positions: Float64Array,
): Float64Array {
  const locate = pointLocation(mesh);
  const { indexes, weights, mappingsPerPixel: width } = mappingOf(type, mesh, positions);
  return Float64Array.from({ length: positions.length / 2 }, (_, at) => {
    if (mesh.triangles.length === 0 || !locate(positions[2 * at], positions[2 * at + 1]).inside) return Number.NaN;
    let value = 0;
    for (let entry = at * width; entry < (at + 1) * width; entry++) {
      if (indexes[entry] >= 0) value += weights[entry] * values[indexes[entry]];
    }
    return value;
  });
}

function mappingOf(type: SourceReconstruction["meshType"], mesh: Triangulation, positions: Float64Array): Mapping {
  if (type === "voronoi_nearest") return nearestCells(mesh, positions);
  return type === "voronoi_natural_neighbor" ? naturalNeighbors(mesh, positions) : interpolate(mesh, positions);
}

function rectangleOf({ y, x }: RectangularMesh): Extent {
  const rim = (centres: Float64Array): readonly [first: number, last: number] => {
    const n = centres.length;
    // A mesh of one row has no other to be half the way to.
    if (n === 1) return [centres[0], centres[0]];
    return [centres[0] + (centres[0] - centres[1]) / 2, centres[n - 1] + (centres[n - 1] - centres[n - 2]) / 2];
  };
  const [[top, bottom], [left, right]] = [rim(y), rim(x)];
  return notFlat({ top, bottom, left, right });
}

/** About positions, (n, 2) y and x of at least one. */
export function boxAbout(vertices: Float64Array): Extent {
  let [bottom, top, left, right] = [vertices[0], vertices[0], vertices[1], vertices[1]];
  for (let at = 0; at < vertices.length; at += 2) {
    [bottom, top] = [Math.min(bottom, vertices[at]), Math.max(top, vertices[at])];
    [left, right] = [Math.min(left, vertices[at + 1]), Math.max(right, vertices[at + 1])];
  }
  return notFlat({ bottom, top, left, right });
}

function notFlat({ bottom, top, left, right }: Extent): Extent {
  const least = Math.max(THINNEST * Math.max(top - bottom, right - left), 1e-9);
  const [y, x] = [(bottom + top) / 2, (left + right) / 2];
  const [height, width] = [Math.max(top - bottom, least), Math.max(right - left, least)];
  return { bottom: y - height / 2, top: y + height / 2, left: x - width / 2, right: x + width / 2 };
}
