import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { orient, visibilityChunks } from "../../src/dataset/interferometer.ts";
import { nativeFromSlim, slimFromNative } from "../../src/dataset/mask.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { writeNpy } from "../../src/io/npy.ts";
import { imageChiSquared } from "../../src/likelihood/chi-squared.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { type InterferometerDataset, openVisibilities } from "../../src/likelihood/interferometer-dataset.ts";
import { traceLight } from "../../src/likelihood/traced-light.ts";
import { checkFromVisibilities } from "../../src/likelihood/visibility-check.ts";
import { freedModel } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";

// PyAutoLens' interferometer values under light profiles: see README.md.
const bytes = readFileSync(new URL("interferometer.npz", import.meta.url));
const golden = JSON.parse(readFileSync(new URL("interferometer.json", import.meta.url), "utf8"));
const SPEC = readFileSync(new URL("interferometer-parametric.yaml", import.meta.url), "utf8");
const RECENTRED = SPEC.replace("    mask:", "    recentre: reference.npy\n    mask:");
const UNEQUAL = "datasets.alma.noise_map=interferometer.npz[noise_map_asym]";
const kernels = kernelsOf("wasm");

/** A reference image a per cent off: what an earlier fit would give. */
let reference: Uint8Array = new Uint8Array(0);
const open = async (path: string) => bytesSource(path === "reference.npy" ? reference : bytes, path);

async function evaluated(text: string, ...overrides: string[]) {
  const spec = parseSpec(text, "spec.yaml", overrides);
  const { datasets, likelihood } = await planSpec(spec, { open });
  const [evaluation] = await likelihood.evaluate(new Float64Array(0));
  const dataset = datasets[0] as InterferometerDataset;
  const { data } = spec.datasets.alma as Extract<typeof spec.datasets.alma, { type: "interferometer" }>;
  if (data.kind === "compact") throw new Error("compacted before");
  const files = await openVisibilities(data, { open });
  const check = await checkFromVisibilities(files, dataset, evaluation.datasets[0], kernels);
  return {
    dataset,
    evaluation,
    check,
    native: nativeFromSlim(evaluation.datasets[0].image, [80, 80], dataset.nativeIndex),
  };
}

const { native } = await evaluated(SPEC);
const blotched = native.map((value, pixel) => value * (1 + 0.01 * Math.sin(pixel)));
reference = writeNpy({ dtype: "f8", shape: [80, 80], data: blotched });

const MODELS: readonly (readonly [name: string, ...overrides: string[]])[] = [
  ["parametric"],
  ["parametric_wrong1", "galaxies.lens.mass.einstein_radius=1.02"],
  [
    "parametric_wrong2",
    "galaxies.lens.mass={profile: Isothermal, centre: [0.02, -0.01], ell_comps: [0.10942308366802309, 0.019294241962992262], einstein_radius: 1}",
    "galaxies.source.disk.effective_radius=0.18",
  ],
  ["parametric_asym_noise", UNEQUAL],
];

describe.each(MODELS)("%s", (name, ...overrides) => {
  const expected = golden[name];

  test("from the visibilities themselves, by direct sum to 1e-12 and by NUFFT", async () => {
    const { check, evaluation } = await evaluated(SPEC, ...overrides);
    expect(Math.abs((check.direct as number) / expected.chi_squared - 1)).toBeLessThan(1e-12);
    // 1e-13 of |I|_1 in each of 4000 numbers that chi^2 of 1e9 is made of.
    expect(Math.abs((check.nufft as number) / expected.chi_squared - 1)).toBeLessThan(1e-11);
    expect(check.agree).toBe(true);
    expect(evaluation.terms.noiseNormalization / expected.noise_normalization).toBeCloseTo(1, 13);
  });

  test("through the compaction to 1e-12 of c0, recentred to 1e-8 of chi^2", async () => {
    const plain = await evaluated(SPEC, ...overrides);
    const c0 = plain.dataset.compaction.sums.data.chiSquared;
    expect(Math.abs(plain.evaluation.terms.chiSquared - expected.chi_squared)).toBeLessThan(1e-12 * c0);
    const { evaluation, check } = await evaluated(RECENTRED, ...overrides);
    expect(Math.abs(evaluation.terms.chiSquared / expected.chi_squared - 1)).toBeLessThan(1e-8);
    expect(evaluation.logLikelihood / expected.log_likelihood).toBeCloseTo(1, 8);
    expect(check.agree).toBe(true);
  });
});

test("the planned chi^2 is that of the pixels in pairs", async () => {
  for (const [text, ...overrides] of [[SPEC], [SPEC, UNEQUAL], [RECENTRED], [RECENTRED, UNEQUAL]]) {
    const { dataset, evaluation, native: image } = await evaluated(text, ...overrides);
    const inPairs = imageChiSquared(dataset.compaction, image, kernels);
    const { data, residual } = dataset.compaction.sums;
    const size = (residual ?? data).chiSquared;
    expect(Math.abs(evaluation.terms.chiSquared - inPairs)).toBeLessThan(1e-13 * size);
  }
});

test("a chi^2 that is not the visibilities' is found out", async () => {
  const { dataset, evaluation } = await evaluated(SPEC);
  const spec = parseSpec(SPEC, "spec.yaml").datasets.alma;
  if (spec.type !== "interferometer" || spec.data.kind !== "visibilities") throw new Error("another spec");
  const files = await openVisibilities(spec.data, { open });
  const [alma] = evaluation.datasets;
  const wrong = { ...alma, chiSquared: alma.chiSquared + 0.01 };
  expect((await checkFromVisibilities(files, dataset, wrong, kernels)).agree).toBe(false);
});

/** By all parameters: the dirty image of the residual visibilities, taken from the visibilities, through the light alone. */
async function gradientsOf(text: string, ...overrides: string[]) {
  const spec = parseSpec(text, "spec.yaml", overrides);
  const { model, vector } = freedModel(spec);
  const { datasets, likelihood } = await planSpec(spec, { open, model });
  const [{ gradient, datasets: seen }] = await likelihood.evaluate(vector, { gradient: true });
  const { compaction, nativeIndex, positions } = datasets[0] as InterferometerDataset;
  const { data } = spec.datasets.alma as Extract<typeof spec.datasets.alma, { type: "interferometer" }>;
  if (data.kind === "compact") throw new Error("compacted before");
  const { grid, sky } = compaction;
  const image = nativeFromSlim(seen[0].image, grid.shape, nativeIndex);
  const adjoint = new Float64Array(image.length);
  for await (const chunk of visibilityChunks(await openVisibilities(data, { open }), 512)) {
    const uvWavelengths = orient(chunk.uvWavelengths, sky);
    const expected = kernels.visibilities({ grid, image, uvWavelengths });
    const residual = chunk.visibilities.map((visibility, k) => visibility - expected[k]);
    const dirty = kernels.dirtyImage({ grid, uvWavelengths, visibilities: residual, noiseMap: chunk.noiseMap });
    for (const [pixel, value] of dirty.entries()) adjoint[pixel] += value;
  }
  const light = traceLight(model).inPixels(positions, new Int32Array(nativeIndex.length / 2).fill(1));
  const ofVisibilities = light.at(vector, true).gradient?.(slimFromNative(adjoint, grid.shape[1], nativeIndex));
  return [gradient, ofVisibilities] as [Float64Array, Float64Array];
}

// Without a reference image the derivatives are what is left of W I and D, 1e9 and more in chi^2.
test.each([
  ["recentred", RECENTRED, 1e-8],
  ["plain", SPEC, 1e-6],
] as const)("the gradient through the compaction is that of the visibilities, %s", async (_, text, tolerance) => {
  for (const overrides of [[], [UNEQUAL]]) {
    const [compact, direct] = await gradientsOf(text, ...overrides);
    expect(compact).toHaveLength(14);
    for (const [p, slope] of direct.entries()) expect(Math.abs(compact[p] / slope - 1)).toBeLessThan(tolerance);
  }
});
