import { expect, test } from "vitest";
import { slimPositions } from "../../src/grid.ts";
import { delaunayMesh } from "../../src/inversion/mesh/delaunay.ts";
import { imageMeshOverlay } from "../../src/inversion/mesh/image-mesh-overlay.ts";
import { writeNpz } from "../../src/io/npz.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { SHAPE } from "./imaging-observation.ts";
import { evaluated, galaxy, HST, MASS, spec } from "./observed-together.ts";

// Rays that land outside the ellipse around the traced border of the mask are drawn in onto it.

const OVERLAY = "{ type: delaunay, image_mesh: { type: overlay, shape: [6, 6] } }";
const DATASET = HST.replace("source: 2", "source: 1");
const lensed = (radius: number, border: string, mesh = OVERLAY) =>
  spec(
    DATASET,
    galaxy("lens", 0.5, MASS.replace("0.9", `${radius}`)),
    galaxy(
      "source",
      1,
      `pixelization: { mesh: ${mesh}, border: ${border}, regularization: { type: constant, coefficient: 1.0 } }`,
    ),
  );

/** An isothermal sphere about the origin, or beside it. */
const round = (text: string) => text.replace("centre: [0.05, -0.1], ell_comps: [0.1, 0.05], ", "");
const besides = (text: string) => text.replace(", ell_comps: [0.1, 0.05]", "");

/** Where rays land behind an isothermal sphere: drawn toward its centre by its Einstein radius. */
const traced = (positions: Float64Array, radius: number, centre: readonly number[]): Float64Array =>
  positions.map((value, at) => {
    const first = at - (at % 2);
    const distance = Math.hypot(positions[first] - centre[0], positions[first + 1] - centre[1]);
    return distance === 0 ? value : value - (radius * (value - centre[at % 2])) / distance;
  });

/** The pixels of the mask that see the rim of the image along their row or column. */
function border({ mask: { shape, masked }, nativeIndex }: ImagingDataset): number[] {
  const isOpen = (i: number, j: number) => masked[i * shape[1] + j] === 0;
  return [...new Array(nativeIndex.length / 2).keys()].filter((m) => {
    const [i, j] = [nativeIndex[2 * m], nativeIndex[2 * m + 1]];
    const sees = (di: number, dj: number) => {
      let [y, x] = [i + di, j + dj];
      while (y >= 0 && x >= 0 && y < shape[0] && x < shape[1]) {
        if (isOpen(y, x)) return false;
        [y, x] = [y + di, x + dj];
      }
      return true;
    };
    return sees(1, 0) || sees(-1, 0) || sees(0, 1) || sees(0, -1);
  });
}

/** Half-axes along the directions of largest and least variance, turned by `angle`; positions outside are drawn in. */
function relocated(ofBorder: Float64Array, positions: Float64Array): { moved: Float64Array; count: number } {
  const points = Array.from({ length: ofBorder.length / 2 }, (_, i) => [ofBorder[2 * i], ofBorder[2 * i + 1]]);
  const mean = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
  const moment = (a: number, b: number) =>
    points.reduce((sum, point) => sum + (point[a] - mean[a]) * (point[b] - mean[b]), 0);
  const angle = 0.5 * Math.atan2(2 * moment(0, 1), moment(1, 1) - moment(0, 0));
  const turned = ([y, x]: readonly number[]) => [
    Math.cos(angle) * (x - mean[1]) + Math.sin(angle) * (y - mean[0]),
    Math.cos(angle) * (y - mean[0]) - Math.sin(angle) * (x - mean[1]),
  ];
  const axes = [0, 1].map((axis) => Math.max(...points.map((point) => Math.abs(turned(point)[axis]))));
  const moved = positions.slice();
  let count = 0;
  for (let at = 0; at < positions.length; at += 2) {
    const [along, across] = turned([positions[at], positions[at + 1]]);
    const beyond = Math.hypot(along / axes[0], across / axes[1]);
    if (beyond <= 1 + 1e-11) continue;
    count++;
    for (const axis of [0, 1]) moved[at + axis] = mean[axis] + (positions[at + axis] - mean[axis]) / beyond;
  }
  return { moved, count };
}

/** As the likelihood does, by hand. */
function byHand(dataset: ImagingDataset, radius: number, centre: readonly number[]) {
  const pixels = slimPositions(dataset.grid, dataset.nativeIndex);
  const seeds = imageMeshOverlay(dataset.grid, dataset.mask, [6, 6]);
  const rays = traced(pixels, radius, centre);
  const edge = border(dataset).flatMap((m) => [rays[2 * m], rays[2 * m + 1]]);
  const ofBorder = Float64Array.from(edge);
  return { positions: relocated(ofBorder, rays), vertices: relocated(ofBorder, traced(seeds, radius, centre)) };
}

test("rays and vertices outside are where hand relocation puts them", async () => {
  const { evaluation, datasets } = await evaluated(besides(lensed(0.9, "relocate")));
  const { positions, vertices } = byHand(datasets[0] as ImagingDataset, 0.9, [0.05, -0.1]);
  // Those near the lens land beyond its far side.
  expect(positions.count).toBeGreaterThan(20);
  expect(vertices.count).toBeGreaterThan(3);
  const [source] = evaluation.sources;
  // The half-axes are 1e-12 arcseconds longer, so that those of a point are not zero.
  expect(relativeDifference(source.vertices, vertices.moved)).toBeLessThan(1e-11);
  const { mapping } = delaunayMesh({ positions: positions.moved, vertices: vertices.moved });
  const weightsOf = ({ indexes, weights, mappingsPerPixel, imagePixels, sourcePixels }: typeof mapping) => {
    const dense = new Float64Array(imagePixels * sourcePixels);
    indexes.forEach((p, e) => {
      if (p >= 0) dense[Math.floor(e / mappingsPerPixel) * sourcePixels + p] += weights[e];
    });
    return dense;
  };
  // Positions on the ellipse are on the hull, where a rounding decides which triangle; weights hardly differ.
  expect(relativeDifference(weightsOf(source.mesh.mapping), weightsOf(mapping))).toBeLessThan(1e-9);
  const kept = await evaluated(besides(lensed(0.9, "keep")));
  expect(kept.evaluation.logEvidence).not.toBe(evaluation.logEvidence);
});

/** A rhombus. The ellipse around a disk cuts through some of its border. */
const DIAMOND = writeNpz({
  mask: {
    dtype: "f8",
    shape: SHAPE,
    data: Float64Array.from({ length: SHAPE[0] * SHAPE[1] }, (_, pixel) => {
      const [i, j] = [Math.floor(pixel / SHAPE[1]), pixel % SHAPE[1]];
      return Math.abs(i - 10) / 8 + Math.abs(j - 11) / 5 > 1 ? 1 : 0;
    }),
  },
});

test.each([OVERLAY, "{ type: rectangular_uniform, shape: [5, 4] }"])(
  "where no ray is outside, nothing changes, %s",
  async (mesh) => {
    const [relocate, keep] = await Promise.all(
      ["relocate", "keep"].map((border) => {
        const text = round(lensed(0.02, border, mesh)).replace(
          /mask: \{[^}]*\}/,
          "mask: { type: file, path: mask.npz }",
        );
        return evaluated(text, { files: { "mask.npz": DIAMOND } });
      }),
    );
    const { positions, vertices } = byHand(keep.datasets[0] as ImagingDataset, 0.02, [0, 0]);
    expect([positions.count, vertices.count]).toEqual([0, 0]);
    expect(relocate.evaluation.logEvidence).toBe(keep.evaluation.logEvidence);
    expect(relocate.evaluation.sources[0].vertices).toEqual(keep.evaluation.sources[0].vertices);
  },
);

test("what is not said is relocation, but for meshes of equal pixels", async () => {
  for (const [mesh, border] of [
    [OVERLAY, "relocate"],
    ["{ type: rectangular_uniform, shape: [5, 4] }", "keep"],
    ["{ type: rectangular_adapt_density, shape: [5, 4] }", "relocate"],
  ] as const) {
    const said = await evaluated(lensed(0.9, border, mesh));
    const unsaid = await evaluated(lensed(0.9, border, mesh).replace(`border: ${border}, `, ""));
    expect(unsaid.evaluation.logEvidence).toBe(said.evaluation.logEvidence);
    const other = await evaluated(lensed(0.9, border === "keep" ? "relocate" : "keep", mesh));
    expect(other.evaluation.logEvidence).not.toBe(said.evaluation.logEvidence);
  }
});
