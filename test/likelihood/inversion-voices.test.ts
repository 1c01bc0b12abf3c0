import { describe, expect, test } from "vitest";
import { regularizationSchemes } from "../../src/inversion/regularization/schemes.ts";
import { writeNpz } from "../../src/io/npz.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { DATA, SHAPE } from "./imaging-observation.ts";
import { ALMA, BULGE, evaluated, galaxy, HST, JWST, linear, MASS, observation, spec } from "./observed-together.ts";

// Every mesh with every regularization that it takes, in images and in visibilities, in every voice.

const VOICES = ["reference", "wasm", "traced"] as const;

/** As bright as the data: lensed light on a dark ground. */
const map = (data: Float64Array, shape: readonly number[]) =>
  writeNpz({ adapt_image: { dtype: "f8", shape, data: data.map((value) => Math.max(value, 0)) } });
const files = {
  "adapt.npz": map(DATA, SHAPE),
  "adapt-jwst.npz": map(DATA.map(Math.sqrt), SHAPE),
  "adapt-alma.npz": map(observation.image, observation.grid.shape),
};

const seeds = (mesh: string, imageMesh: string) => `{ type: ${mesh}, image_mesh: { ${imageMesh} } }`;
const OVERLAY = "type: overlay, shape: [6, 6]";
const MESHES = {
  "uniform rectangles": "{ type: rectangular_uniform, shape: [6, 5] }",
  "extrapolated rectangles": "{ type: rectangular_uniform, shape: [6, 5], edges: extrapolate }",
  "rectangles by density": "{ type: rectangular_adapt_density, shape: [6, 5] }",
  "rectangles by brightness": "{ type: rectangular_adapt_image, shape: [6, 5], weight_floor: 0.1 }",
  "delaunay over an overlay": seeds("delaunay", OVERLAY),
  "delaunay by k-means": seeds("delaunay", "type: kmeans, pixels: 25, circle_points: 8"),
  "delaunay along Hilbert's curve": seeds("delaunay", "type: hilbert, pixels: 30"),
  "natural neighbors": seeds("voronoi_natural_neighbor", OVERLAY),
  "natural neighbors by k-means": seeds("voronoi_natural_neighbor", "type: kmeans, pixels: 25"),
  "nearest cells": seeds("voronoi_nearest", OVERLAY),
};

/** Of each, with a value for every parameter. */
const PARAMETERS: Readonly<Record<string, string>> = {
  constant: "coefficient: 2.0",
  constant_zeroth: "coefficient: 2.0, coefficient_zeroth: 0.5",
  zeroth: "coefficient: 0.8",
  gaussian_kernel: "coefficient: 2.0, scale: 0.2",
  exponential_kernel: "coefficient: 2.0, scale: 0.2",
  matern_kernel: "coefficient: 2.0, scale: 0.2, nu: 1.3",
  constant_split: "coefficient: 1.5",
  adaptive_brightness: "inner_coefficient: 0.5, outer_coefficient: 3.0, signal_scale: 0.8",
  adaptive_brightness_split: "inner_coefficient: 0.5, outer_coefficient: 3.0, signal_scale: 0.8",
};

const pixelization = (mesh: string, regularization: string, adaptImage: string, more = "") =>
  `pixelization: { mesh: ${mesh}, regularization: { type: ${regularization}, ${PARAMETERS[regularization]} },
      adapt_image: ${adaptImage}${more} }`;

async function expectVoicesAgree(text: string, tolerance: number): Promise<void> {
  const [first, ...others] = await Promise.all(VOICES.map((backend) => evaluated(text, { files, backend })));
  expect(first.evaluation.failure).toBeNull();
  expect(Number.isFinite(first.evaluation.logEvidence)).toBe(true);
  for (const { evaluation } of others) {
    expect(Math.abs(evaluation.logEvidence! / first.evaluation.logEvidence! - 1)).toBeLessThan(tolerance);
    for (const [d, dataset] of evaluation.datasets.entries()) {
      expect(relativeDifference(dataset.image, first.evaluation.datasets[d].image)).toBeLessThan(1e-8);
    }
  }
}

test("each regularization is here", () => {
  expect(Object.keys(PARAMETERS).sort()).toEqual([...regularizationSchemes.keys()].sort());
});

describe.each(Object.entries(MESHES))("%s", (_, mesh) => {
  const schemes = [...regularizationSchemes.values()].filter(({ needs }) => {
    return !needs.includes("crosses") || mesh.includes("image_mesh");
  });
  test.each(schemes.map(({ name }) => name))("%s in an image", async (regularization) => {
    const source = galaxy("source", 1, pixelization(mesh, regularization, "adapt.npz"));
    await expectVoicesAgree(spec(HST, galaxy("lens", 0.5, MASS, linear(BULGE)), source), 1e-10);
  });

  test.each(["constant", "adaptive_brightness"])("%s in visibilities", async (regularization) => {
    const source = galaxy("source", 1, pixelization(mesh, regularization, "adapt-alma.npz"));
    await expectVoicesAgree(spec(ALMA, galaxy("lens", 0.5, MASS, linear(BULGE)), source), 1e-10);
  });

  test("adaptive in an image and visibilities together, a map for each", async () => {
    const maps = "{ hst: adapt.npz, jwst: adapt-jwst.npz, alma: adapt-alma.npz }";
    const source = galaxy("source", 1, pixelization(mesh, "adaptive_brightness", maps, ", shared: true"));
    await expectVoicesAgree(spec(HST + JWST + ALMA, galaxy("lens", 0.5, MASS), source), 1e-10);
  });
});
