import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { wasmKernels } from "../../src/backend/wasm.ts";
import { javascript } from "../../src/compiler/emit-js.ts";
import type { PointBackend } from "../../src/compiler/point-program.ts";
import { webAssembly } from "../../src/compiler/wasm-kernel.ts";
import { writeCompaction } from "../../src/dataset/compaction-file.ts";
import { distancesFrom, steppedSubSizes, subPixelPositions } from "../../src/dataset/oversampling.ts";
import { InputError } from "../../src/errors.ts";
import { slimPositions } from "../../src/grid.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import type { Likelihood } from "../../src/likelihood/evaluation.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import { referenceLight } from "../../src/likelihood/pixel-light.ts";
import type { BackendChoice } from "../../src/likelihood/plan.ts";
import { traceLight } from "../../src/likelihood/traced-light.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { relativeDifference } from "../equivalence/difference.ts";
import { startThreads } from "../threads/joining.ts";
import { GALAXIES, observationFile, opener, SPEC } from "./imaging-observation.ts";
import { compacted, observe } from "./lensed-observation.ts";

// The traced voice: the reference's numbers, and derivatives that no other voice has.

const golden = JSON.parse(readFileSync(new URL("../oracle/imaging.json", import.meta.url), "utf8"));
const jax = JSON.parse(readFileSync(new URL("../oracle/imaging-gradient.json", import.meta.url), "utf8"));
const ORACLE = readFileSync(new URL("../oracle/imaging.yaml", import.meta.url), "utf8");
const oracleBytes = readFileSync(new URL("../oracle/imaging.npz", import.meta.url));

/** Inside the bounds of every parameter; vectors need not be inside of it. */
const PRIOR = "{ prior: uniform, lower: 0.5, upper: 0.9 }";
const PAIR = `[${PRIOR}, ${PRIOR}]`;
const SERSIC = `{ profile: Sersic, centre: ${PAIR}, ell_comps: ${PAIR}, intensity: ${PRIOR}, effective_radius: ${PRIOR}, sersic_index: ${PRIOR} }`;
/** Every parameter of the oracle's model free, in the order of its file. */
const FREE = [
  `galaxies.lens.bulge=${SERSIC}`,
  `galaxies.lens.mass={ profile: Isothermal, centre: ${PAIR}, ell_comps: ${PAIR}, einstein_radius: ${PRIOR} }`,
  `galaxies.lens.shear={ profile: ExternalShear, gamma_1: ${PRIOR}, gamma_2: ${PRIOR} }`,
  `galaxies.source.disk=${SERSIC}`,
];

function vectorOf(model: "truth" | "wrong1" | "wrong2"): Float64Array {
  const profiles: Record<string, object>[] = Object.values(golden.params[model]);
  return Float64Array.from(profiles.flatMap((values) => Object.values(values).flat() as unknown as number[]));
}

async function oracle(overSampling: number, backend: BackendChoice = "traced") {
  const spec = parseSpec(ORACLE, "imaging.yaml", [...FREE, `datasets.hst.over_sampling.light=${overSampling}`]);
  return planSpec(spec, { open: async (path) => bytesSource(oracleBytes, path), backend });
}

describe("the oracle's image", () => {
  test.each([1, 4])("log likelihoods and JAX's gradients, over-sampling %d", async (sub) => {
    const { likelihood } = await oracle(sub);
    for (const model of ["truth", "wrong1", "wrong2"] as const) {
      const expected = golden.fits[`r2.0_os${sub}_${model}`].log_likelihood;
      const vector = vectorOf(model);
      const [plain] = await likelihood.evaluate(vector);
      const [steep] = await likelihood.evaluate(vector, { gradient: true });
      expect(plain).toMatchObject({ backend: "traced", gradient: null, failure: null });
      expect(Math.abs(plain.logLikelihood / expected - 1)).toBeLessThan(1e-12);
      expect(Math.abs(steep.logLikelihood / expected - 1)).toBeLessThan(1e-12);
      const slopes: number[] = jax.gradients[`sub${sub}_${model}`];
      for (const [p, slope] of slopes.entries()) {
        expect(Math.abs((steep.gradient as Float64Array)[p] / slope - 1)).toBeLessThan(1e-8);
      }
    }
  });

  test("the gradient is that of differences of high order", async () => {
    const { likelihood } = await oracle(2);
    const vector = vectorOf("wrong1").map((value, p) => value + 1e-3 * Math.sin(p));
    await holdsToDifferences(likelihood, vector);
  });
});

/** The first are rounded less, the last stay off the cusps that Sersic profiles have between sub-pixels. */
const STEPS = [3e-3, 2e-3, 1e-3, 6e-4, 3e-4, 1e-4];

/** How far a slope is from differences of order eight, relative, at the best of the steps. */
async function errorOfSlope(slope: number, f: (shift: number) => Promise<number>): Promise<number> {
  const errors = STEPS.map(async (h) => {
    let difference = 0;
    for (const [k, weight] of [4 / 5, -1 / 5, 4 / 105, -1 / 280].entries()) {
      difference += (weight * ((await f((k + 1) * h)) - (await f(-(k + 1) * h)))) / h;
    }
    return Math.abs(difference / slope - 1);
  });
  return Math.min(...(await Promise.all(errors)));
}

async function holdsToDifferences(likelihood: Likelihood, vector: Float64Array): Promise<void> {
  const [{ gradient, backend, datasets }] = await likelihood.evaluate(vector, { gradient: true });
  expect(backend).toBe("traced");
  for (const [p, slope] of (gradient as Float64Array).entries()) {
    const sum = datasets.reduce((total, dataset) => total + (dataset.gradient as Float64Array)[p], 0);
    expect(slope / sum).toBeCloseTo(1, 14);
    const error = await errorOfSlope(slope, async (shift) => {
      const [{ logLikelihood }] = await likelihood.evaluate(vector.with(p, vector[p] + shift));
      return logLikelihood;
    });
    expect(error, `parameter ${p}`).toBeLessThan(1e-7);
  }
}

const RADIUS = `galaxies.lens.mass.einstein_radius=${PRIOR}`;
const CENTRE = `galaxies.source.disk.centre=${PAIR}`;
const INDEX = `galaxies.source.disk.sersic_index=${PRIOR}`;
const SOME = [RADIUS, CENTRE, INDEX];
const AT = Float64Array.of(0.95, 0.12, 0.03, 1.2);

const FARTHER = `    halo: { profile: IsothermalSph, centre: [0.1, 0.1], einstein_radius: 0.2 }
  farther:
    redshift: 2.0
    disk: { profile: Gaussian, centre: [-0.1, 0.0], ell_comps: [0.2, 0.1], intensity: 0.5, sigma: 0.2 }
`;

const BEAM = "primary_beam: { fwhm: 2 }, ";
const alma = (beam: string, more = "") =>
  `  alma${more}: { type: interferometer, compact: alma${more}.npz, ${beam}mask: { type: circular, radius: 1.3 } }\n`;

describe("visibilities and images together", async () => {
  const blotched = Float64Array.from({ length: 14 * 15 }, (_, pixel) => Math.sin(pixel));
  const files = {
    "hst.npz": observationFile(),
    "alma.npz": writeCompaction(await compacted(observe({ count: 60 }))),
    "alma2.npz": writeCompaction(
      await compacted(observe({ count: 60, unequalNoise: true }), { referenceImage: blotched }),
    ),
  };
  const [HST] = SPEC.split("galaxies:");
  const specs = {
    visibilities: `datasets:\n${alma("")}${GALAXIES}`,
    "through a primary beam": `datasets:\n${alma(BEAM)}${GALAXIES}`,
    "recentred, with unequal noise": `datasets:\n${alma(BEAM, "2")}${GALAXIES}`,
    "three planes, the middle one light and mass": `datasets:\n${alma("")}${GALAXIES}${FARTHER}`,
    "an image and visibilities": `${HST}${alma("")}${alma(BEAM, "2")}${GALAXIES}`,
  };

  test.each(Object.entries(specs))("%s: the voices agree", async (_, text) => {
    const images = await Promise.all(
      (["reference", "traced"] as const).map(async (backend) => {
        const { likelihood } = await planSpec(parseSpec(text, "lens.yaml", SOME), { open: opener(files), backend });
        return (await likelihood.evaluate(AT))[0].datasets.map(({ image }) => image);
      }),
    );
    for (const [d, image] of images[0].entries()) expect(relativeDifference(images[1][d], image)).toBeLessThan(1e-13);
  });

  test.each(Object.entries(specs))("%s: the gradient is that of differences", async (_, text) => {
    const { likelihood } = await planSpec(parseSpec(text, "lens.yaml", SOME), { open: opener(files) });
    await holdsToDifferences(likelihood, AT);
  });

  test("a batch of gradients; none without free parameters", async () => {
    const { likelihood } = await planSpec(parseSpec(specs.visibilities, "lens.yaml", SOME), { open: opener(files) });
    const one = await likelihood.evaluate(AT, { gradient: true });
    const two = await likelihood.evaluate(Float64Array.of(...AT.map((value) => value + 0.1), ...AT), {
      gradient: true,
    });
    expect(two[1].gradient).toEqual(one[0].gradient);
    const fixed = await planSpec(parseSpec(specs.visibilities, "lens.yaml"), { open: opener(files) });
    expect((await fixed.likelihood.evaluate(new Float64Array(0), { gradient: true }))[0].gradient).toHaveLength(0);
  });

  test("what fails has no gradient", async () => {
    const { likelihood } = await planSpec(parseSpec(specs.visibilities, "lens.yaml", SOME), { open: opener(files) });
    const [bad] = await likelihood.evaluate(AT.with(0, Number.NaN), { gradient: true });
    expect(bad).toMatchObject({ gradient: null, logLikelihood: Number.NEGATIVE_INFINITY });
    expect(bad.failure).toMatch(/chi\^2/);
  });

  test.each(["reference", "wasm"] as const)("backend %s says that it has none", async (backend) => {
    const { likelihood } = await planSpec(parseSpec(SPEC, "lens.yaml", SOME), { open: opener(files), backend });
    await expect(likelihood.evaluate(AT, { gradient: true })).rejects.toThrow(InputError);
    await expect(likelihood.evaluate(AT, { gradient: true })).rejects.toThrow(
      /has no gradient: .*; use auto or traced/,
    );
  });
});

describe("the model image in pixels of several sub-sizes", async () => {
  const { datasets, model } = await oracle(1);
  const { grid, nativeIndex } = datasets[0] as ImagingDataset;
  const distances = distancesFrom([0, 0], slimPositions(grid, nativeIndex));
  const subSizes = steppedSubSizes(distances, { edges: [0.3, 0.8], sizes: [8, 4, 1] });
  const positions = subPixelPositions(grid, nativeIndex, subSizes);
  const vector = vectorOf("truth");
  const expected = referenceLight(model).inPixels(positions, subSizes).at(vector, false).image;
  const BACKENDS: Readonly<Record<string, PointBackend>> = {
    javascript,
    "base SIMD": webAssembly(false),
    "this engine's": webAssembly(wasmKernels().build === "relaxed"),
  };

  // The algebra before emission costs a few roundings, and polynomials stand for exp, log and pow.
  test.each(Object.entries(BACKENDS))("is the reference's, by %s", (_, backend) => {
    const light = traceLight(model, backend).inPixels(positions, subSizes);
    expect(relativeDifference(light.at(vector, false).image, expected)).toBeLessThan(1e-13);
    expect(relativeDifference(light.at(vector, true).image, expected)).toBeLessThan(1e-13);
  });
});

test("threads change no bit of values and gradients", async () => {
  const { likelihood } = await oracle(4);
  const vector = vectorOf("wrong1");
  const evaluated = async () => {
    const [{ logLikelihood, gradient }] = await likelihood.evaluate(vector, { gradient: true });
    return [(await likelihood.evaluate(vector))[0].logLikelihood, logLikelihood, ...(gradient as Float64Array)];
  };
  const alone = await evaluated();
  for (const threads of [2, 3]) {
    const stop = await startThreads(threads);
    for (let repeat = 0; repeat < 5; repeat++) expect(await evaluated()).toEqual(alone);
    await stop();
  }
});
