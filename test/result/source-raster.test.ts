import { describe, expect, test } from "vitest";
import { draws, randomState, uniform } from "../../src/inference/rng.ts";
import { delaunayMesh } from "../../src/inversion/mesh/delaunay.ts";
import { naturalNeighborMesh } from "../../src/inversion/mesh/natural-neighbor.ts";
import { pixelCentres, type RectangularMesh, rectangularMesh } from "../../src/inversion/mesh/rectangular.ts";
import { nearestCellMesh } from "../../src/inversion/mesh/voronoi.ts";
import type { SourceReconstruction } from "../../src/likelihood/evaluation.ts";
import { type SourceRaster, sourceRaster } from "../../src/result/source-raster.ts";

const plane = (y: number, x: number): number => 1 + 2 * y - 3 * x;

function sourceOf(
  mesh: SourceReconstruction["mesh"],
  meshType: SourceReconstruction["meshType"],
  vertices: Float64Array,
): SourceReconstruction {
  const values = Float64Array.from({ length: vertices.length / 2 }, (_, s) =>
    plane(vertices[2 * s], vertices[2 * s + 1]),
  );
  return { galaxy: "source", datasets: [], mesh, meshType, vertices, values, errors: null, regularization: {} };
}

/** y and x of every pixel, with its value. */
function pixelsOf({ shape: [rows, columns], extent, values }: SourceRaster) {
  return Array.from(values, (value, at) => ({
    value,
    y: extent.top - ((Math.floor(at / columns) + 0.5) * (extent.top - extent.bottom)) / rows,
    x: extent.left + (((at % columns) + 0.5) * (extent.right - extent.left)) / columns,
  }));
}

const vertices = draws(randomState(3), 60, uniform);
const meshArgs = { positions: new Float64Array(0), vertices };

describe("a raster of a mesh of vertices", () => {
  test.each([
    ["delaunay", delaunayMesh(meshArgs)],
    ["voronoi_natural_neighbor", naturalNeighborMesh(meshArgs)],
  ] as const)("%s is linear where the source is, and has nothing beyond the hull", (type, mesh) => {
    const raster = sourceRaster(sourceOf(mesh, type, vertices), 50);
    expect(Math.max(...raster.shape)).toBe(50);
    const pixels = pixelsOf(raster);
    const inside = pixels.filter(({ value }) => !Number.isNaN(value));
    expect(inside.length).toBeGreaterThan(pixels.length / 2);
    expect(inside.length).toBeLessThan(pixels.length);
    for (const { y, x, value } of inside) expect(value).toBeCloseTo(plane(y, x), 9);
  });

  test.each([
    ["delaunay", delaunayMesh],
    ["voronoi_natural_neighbor", naturalNeighborMesh],
  ] as const)("%s is what the mesh maps there", (type, make) => {
    const source = { ...sourceOf(make(meshArgs), type, vertices), values: draws(randomState(4), 30, uniform) };
    const pixels = pixelsOf(sourceRaster(source, 20));
    const positions = Float64Array.from(pixels.flatMap(({ y, x }) => [y, x]));
    const { indexes, weights, mappingsPerPixel } = make({ positions, vertices }).mapping;
    pixels.forEach(({ value }, at) => {
      if (Number.isNaN(value)) return;
      let mapped = 0;
      for (let entry = at * mappingsPerPixel; entry < (at + 1) * mappingsPerPixel; entry++) {
        if (indexes[entry] >= 0) mapped += weights[entry] * source.values[indexes[entry]];
      }
      // Places of pixels are rounded, and a triangle's weights with them.
      expect(value).toBeCloseTo(mapped, 10);
    });
  });

  test("voronoi_nearest has the brightness of the nearest vertex", () => {
    const source = sourceOf(nearestCellMesh(meshArgs), "voronoi_nearest", vertices);
    for (const { y, x, value } of pixelsOf(sourceRaster(source, 40))) {
      const distances = Array.from(source.values, (_, s) => Math.hypot(vertices[2 * s] - y, vertices[2 * s + 1] - x));
      const nearest = distances.indexOf(Math.min(...distances));
      if (!Number.isNaN(value)) expect(value).toBe(source.values[nearest]);
    }
  });

  test("on a line, or of one vertex, is empty and no crash", () => {
    for (const flat of [Float64Array.of(0, 0, 1, 1, 2, 2), Float64Array.of(0.5, 0.5)]) {
      const mesh = delaunayMesh({ positions: new Float64Array(0), vertices: flat });
      const { values, shape } = sourceRaster(sourceOf(mesh, "delaunay", flat), 20);
      expect(values.length).toBe(shape[0] * shape[1]);
      expect(values.every(Number.isNaN)).toBe(true);
    }
  });
});

test("a rectangular mesh is drawn in its pixels, each as wide as half the ways to the next", () => {
  const laid = rectangularMesh(Float64Array.of(0, 0, 2, 3), [4, 6], "clamp");
  const square = sourceRaster(sourceOf(laid, "rectangular_uniform", pixelCentres(laid)), 6);
  expect(square.shape).toEqual([4, 6]);
  expect(square.values).toEqual(sourceOf(laid, "rectangular_uniform", pixelCentres(laid)).values);
  expect(square.extent.right - square.extent.left).toBeCloseTo(3, 6);
  const uneven: RectangularMesh = { ...laid, shape: [2, 3], y: Float64Array.of(1, 0), x: Float64Array.of(0, 1, 4) };
  const source = sourceOf(uneven, "rectangular_adapt_density", pixelCentres(uneven));
  for (const { y, x, value } of pixelsOf(sourceRaster(source, 60))) {
    expect(value).toBe(plane(y > 0.5 ? 1 : 0, x < 0.5 ? 0 : x < 2.5 ? 1 : 4));
  }
});
