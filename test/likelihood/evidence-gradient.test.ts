import { describe, expect, test } from "vitest";
import { writeCompaction } from "../../src/dataset/compaction-file.ts";
import type { Evaluation } from "../../src/likelihood/evaluation.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { GALAXIES, SPEC as LIGHT, observationFile, opener } from "./imaging-observation.ts";
import { compacted, observe } from "./lensed-observation.ts";

/*
 * The gradient of the evidence against differences of the evidence, inside one topology: rays stay in their triangles
 * and cells. Off-centre lenses, since rays of symmetric ones tie.
 */

const [DISK] = GALAXIES.match(/disk:.*/) as RegExpMatchArray;
const [BULGE] = GALAXIES.match(/bulge:.*/) as RegExpMatchArray;
const free = (value: number) => `{ prior: uniform, lower: ${0.5 * value}, upper: ${1.5 * value} }`;

const OVERLAY = "image_mesh: { type: overlay, shape: [6, 5] }";
const MESHES = {
  rectangular: "{ type: rectangular_uniform, shape: [5, 4] }",
  "rectangular, extrapolated": "{ type: rectangular_uniform, shape: [5, 4], edges: extrapolate }",
  "adapted to density": "{ type: rectangular_adapt_density, shape: [5, 4] }",
  Delaunay: `{ type: delaunay, ${OVERLAY} }`,
  "natural neighbor": `{ type: voronoi_natural_neighbor, ${OVERLAY} }`,
} as const;
const CONSTANT = `{ type: constant, coefficient: ${free(2)} }`;

interface Case {
  readonly mesh?: string;
  readonly regularization?: string;
  readonly bulge?: string;
  readonly settings?: string;
  readonly datasets?: string;
  readonly extra?: string;
}

const FILES = {
  "hst.npz": observationFile(),
  "alma.npz": writeCompaction(await compacted(observe({ count: 60, unequalNoise: true }))),
};
const HST = LIGHT.slice(0, LIGHT.indexOf("galaxies:")).replace(
  /over_sampling:.*/,
  "over_sampling: { light: 2, source: 2 }",
);
const ALMA =
  "  alma: { type: interferometer, compact: alma.npz, primary_beam: { fwhm: 3 }, mask: { type: circular, radius: 1.3 } }\n";

function specOf({
  mesh = MESHES.Delaunay,
  regularization = CONSTANT,
  bulge = "",
  settings = "",
  datasets = HST,
  extra = "",
}: Case): string {
  const source = `pixelization:
      mesh: ${mesh}
      regularization: ${regularization}${extra}`;
  return `${datasets}${GALAXIES.replace(DISK, source)
    .replace(BULGE, bulge)
    .replace(
      /mass: .*/,
      `mass: { profile: Isothermal, centre: [${free(0.031)}, -0.017], ell_comps: [${free(0.1)}, 0.07], einstein_radius: ${free(0.93)} }
    shear: { profile: ExternalShear, gamma_1: ${free(0.02)}, gamma_2: 0.01 }`,
    )}${settings === "" ? "" : `settings: { ${settings} }\n`}`;
}

const VALUES: Readonly<Record<string, number>> = {
  "centre.0": 0.031,
  "ell_comps.0": 0.1,
  einstein_radius: 0.93,
  gamma_1: 0.02,
  coefficient: 2,
  effective_radius: 0.4,
  intensity: 0.5,
  flux_scale: 1.3,
  scale: 0.3,
};

function topologyOf({ sources }: Evaluation): string {
  return sources.map(({ mesh }) => `${mesh.mapping.indexes} ${mesh.neighbors.indexes}`).join();
}

async function compare(given: Case): Promise<{ errors: number[]; largest: number; kept: number }> {
  const { likelihood, model } = await planSpec(parseSpec(specOf(given), "lens.yaml"), { open: opener(FILES) });
  const vector = Float64Array.from(model.parameters, ({ path }) => {
    return Object.entries(VALUES).find(([name]) => path.endsWith(name))![1];
  });
  const [at] = await likelihood.evaluate(vector, { gradient: true });
  expect(at.failure).toBeNull();
  const scale = Math.max(...at.gradient!.map(Math.abs));
  const errors: number[] = [];
  for (const [p, slope] of at.gradient!.entries()) {
    for (const step of [2e-5, 2e-6]) {
      const moved = [-2, -1, 1, 2].flatMap((k) =>
        Array.from(vector, (value, i) => (i === p ? value + k * step : value)),
      );
      const around = await likelihood.evaluate(Float64Array.from(moved));
      if (around.some((evaluation) => topologyOf(evaluation) !== topologyOf(at))) continue;
      const [a, b, c, d] = around.map(({ logEvidence }) => logEvidence as number);
      errors.push(Math.abs((8 * (c - b) - (d - a)) / (12 * step) - slope) / scale);
      break;
    }
  }
  return { errors, largest: Math.max(...errors), kept: errors.length / vector.length };
}

/** Differences of step h have roundings of 1e-13 |log E| / h, here 1e-7 of the largest slope. */
const TOLERANCE = 1e-6;

async function expectGradient(given: Case): Promise<void> {
  const { largest, kept } = await compare(given);
  expect(kept).toBeGreaterThan(0.7);
  // The pixels of a mesh that follows the rays depend on their order, which changes every few steps.
  expect(largest).toBeLessThan(given.mesh?.includes("adapt") ? 100 * TOLERANCE : TOLERANCE);
}

describe("in an image", () => {
  test.each(Object.entries(MESHES))("on a mesh: %s", (_, mesh) => expectGradient({ mesh }));

  test.each([
    `{ type: constant_split, coefficient: ${free(2)} }`,
    `{ type: zeroth, coefficient: ${free(2)} }`,
    `{ type: exponential_kernel, coefficient: ${free(2)}, scale: ${free(0.3)} }`,
  ])("with a regularization: %s", (regularization) => expectGradient({ regularization }));

  test.each(["exact", "pyautolens"])("with light of given and of open intensity beside it, %s", async (evidence) => {
    const settings = `evidence: ${evidence}`;
    const bulge = (intensity: string) =>
      BULGE.replace(/intensity: [\d.]+/, `intensity: ${intensity}`).replace(
        /effective_radius: [\d.]+/,
        `effective_radius: ${free(0.4)}`,
      );
    await expectGradient({ settings, bulge: bulge(free(0.5)) });
    await expectGradient({ settings, bulge: bulge("linear") });
    await expectGradient({ settings: `${settings}, positive_only: true`, bulge: bulge("linear") });
  });

  test.each(["exact", "pyautolens"])("with pixels at zero, %s", async (evidence) => {
    await expectGradient({
      settings: `evidence: ${evidence}`,
      extra: "\n      edge_pixels: zero",
      mesh: MESHES.rectangular,
    });
    await expectGradient({ settings: `evidence: ${evidence}, positive_only: true` });
  });
});

describe("in visibilities, through a primary beam", () => {
  const datasets = `datasets:\n${ALMA}`;

  test.each(Object.entries(MESHES))("on a mesh: %s", (_, mesh) => expectGradient({ mesh, datasets }));

  test("with light of open intensity beside it", async () => {
    await expectGradient({ datasets, bulge: BULGE.replace(/intensity: [\d.]+/, "intensity: linear") });
  });
});

test("of an image and visibilities, each with its source or sharing one", async () => {
  await expectGradient({ datasets: `${HST}${ALMA}` });
  await expectGradient({ datasets: `${HST}${ALMA}`, extra: "\n      shared: true" });
});

test("with a flux scale, of a source and of light that one dataset sees", async () => {
  const scaled = ALMA.replace("compact:", `flux_scale: ${free(1.3)}, compact:`);
  const bulge = (datasets: string) =>
    BULGE.replace(" }", `, datasets: [${datasets}] }`).replace("intensity: 0.5", "intensity: linear");
  for (const seen of ["hst", "alma"]) {
    await expectGradient({ datasets: `${HST}${scaled}`, extra: "\n      shared: true", bulge: bulge(seen) });
  }
});
