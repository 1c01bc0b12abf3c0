import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { nativeFromSlim } from "../../src/dataset/mask.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { toFloat64 } from "../../src/io/ndarray.ts";
import { readNpz, writeNpz } from "../../src/io/npz.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import type { BackendChoice } from "../../src/likelihood/plan.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";

// PyAutoLens' linear light profiles, and sets of them on its image: see README.md.
const bytes = readFileSync(new URL("imaging.npz", import.meta.url));
const golden = JSON.parse(readFileSync(new URL("imaging.json", import.meta.url), "utf8"));
const SPEC = readFileSync(new URL("imaging.yaml", import.meta.url), "utf8");
const BULGE = "galaxies.lens.bulge.intensity";
const DISK = "galaxies.source.disk.intensity";

async function evaluated(overrides: string[], backend: BackendChoice = "auto", file: Uint8Array = bytes) {
  const spec = parseSpec(SPEC, "imaging.yaml", overrides);
  const { datasets, likelihood } = await planSpec(spec, { open: async (path) => bytesSource(file, path), backend });
  const [evaluation] = await likelihood.evaluate(new Float64Array(0));
  return { dataset: datasets[0] as ImagingDataset, evaluation };
}

test.each(["reference", "traced"] as const)("the fit with linear light profiles, %s", async (backend) => {
  const { evaluation } = await evaluated([`${BULGE}=linear`, `${DISK}=linear`], backend);
  const [bulge, disk] = golden.linear.reconstruction;
  const { intensities } = evaluation.datasets[0];
  // Its 1e-3 on the diagonal is 4e-10 and 1.5e-9 of F.
  expect(Math.abs(intensities[BULGE] / bulge - 1)).toBeLessThan(3e-9);
  expect(Math.abs(intensities[DISK] / disk - 1)).toBeLessThan(3e-9);
  // At the least chi^2 these make no difference.
  expect(Math.abs(evaluation.logLikelihood / golden.linear.log_likelihood - 1)).toBeLessThan(1e-12);
});

test("20 Gaussians from a fifth of a pixel to the edge of the mask", async () => {
  const set = (intensity: string) =>
    `galaxies.lens.bulge={ profile: MultiGaussian, ell_comps: [0.05, 0.1], sigmas: { lower: 0.01, upper: 2, count: 20 }, intensity: ${intensity} }`;
  const truth = Array.from({ length: 20 }, (_, i) => 1 + (i % 3));
  const { dataset, evaluation } = await evaluated([set(JSON.stringify(truth))]);
  const arrays = readNpz(bytes, "imaging.npz");
  const array = (name: string, shape: readonly number[]) => {
    return { dtype: "f8", shape, data: toFloat64(arrays.get(name)!) } as const;
  };
  const simulated = writeNpz({
    data: {
      dtype: "f8",
      shape: [100, 100],
      data: nativeFromSlim(evaluation.datasets[0].image, [100, 100], dataset.nativeIndex),
    },
    noise_map: array("noise_map", [100, 100]),
    psf: array("psf", [11, 11]),
  });
  const solved = (await evaluated([set("linear"), `${DISK}=linear`], "auto", simulated)).evaluation;
  expect(solved.failure).toBeNull();
  expect(solved.terms.chiSquared).toBeLessThan(1e-15);
  // The condition number of the columns, 1e5, squared in F.
  const values = Object.values(solved.datasets[0].intensities);
  expect(Math.max(...truth.map((value, j) => Math.abs(values[j] - value)))).toBeLessThan(1e-5);
});

test("more Gaussians than can be told apart are refused by name, not solved for wrongly", async () => {
  const set =
    "galaxies.lens.bulge={ profile: MultiGaussian, sigmas: { lower: 0.05, upper: 2, count: 40 }, intensity: linear }";
  const { evaluation } = await evaluated([set]);
  expect(evaluation.logLikelihood).toBe(Number.NEGATIVE_INFINITY);
  expect(evaluation.failure).toMatch(
    /^in 'hst' intensities cannot be told apart: galaxies\.lens\.bulge\.intensity\.\d+ and/,
  );
});
