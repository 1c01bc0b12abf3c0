import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCollecting } from "../cli/collecting-io.ts";

// Light profiles by the command line, from files to a log likelihood.
const oracle = resolve(import.meta.dirname, "../oracle");
const golden = (name: string) => JSON.parse(readFileSync(join(oracle, `${name}.json`), "utf8"));
const imaging = join(oracle, "imaging.yaml");
const interferometer = join(oracle, "interferometer-parametric.yaml");
const out = mkdtempSync(join(tmpdir(), "arclet-walk-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

async function json(...argv: string[]) {
  const { code, stdout, stderr } = await runCollecting([...argv, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

test.each(["auto", "reference"])("an image, backend %s", async (backend) => {
  const expected = golden("imaging").fits["r2.0_os4_truth"];
  const result = await json("evaluate", imaging, "--backend", backend);
  expect(result.log_likelihood / expected.log_likelihood).toBeCloseTo(1, 12);
  expect(result.terms).toEqual({
    chi_squared: result.datasets.hst.terms.chi_squared,
    regularization_term: null,
    log_det_curvature_reg_matrix_term: null,
    log_det_regularization_matrix_term: null,
    noise_normalization: result.datasets.hst.terms.noise_normalization,
  });
  expect(result).toMatchObject({ log_evidence: null, curvature_matrix: null, regularization_coefficient: null });
  expect(result.checks).toEqual({ log_likelihood_error_bound: null, solve_residual: null });
  expect(result.datasets.hst).toMatchObject({ type: "imaging", image_pixels: 5024, flagged_pixels: 0 });
  expect(result.picks.map(({ choice }: { choice: string }) => choice)).toEqual(["backend", "convolution of hst"]);
});

test("an image for people, with pictures", async () => {
  const { code, stdout } = await runCollecting(["evaluate", imaging, "--out", out, "--explain"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/log likelihood +10218\.9693535/);
  expect(stdout).toMatch(/convolution of hst +direct: built in/);
  expect(stdout).not.toMatch(/null|undefined|NaN/);
  expect(readFileSync(join(out, "evaluation.png")).subarray(1, 4).toString()).toBe("PNG");
});

test("visibilities, and --check from themselves", async () => {
  const expected = golden("interferometer").parametric;
  const result = await json("evaluate", interferometer, "--check");
  expect(result.log_likelihood).toBeCloseTo(expected.log_likelihood, 4);
  const { compact, direct, nufft, bound, agree } = result.checks.chi_squared_from_visibilities.alma;
  expect(agree).toBe(true);
  expect(compact).toBe(result.terms.chi_squared);
  expect(direct / expected.chi_squared).toBeCloseTo(1, 12);
  expect(nufft / expected.chi_squared).toBeCloseTo(1, 11);
  expect(bound).toBeLessThan(0.01);
});

test("--check of a pixelized source, and of visibilities compacted before", async () => {
  const spec = join(oracle, "interferometer.yaml");
  expect((await json("evaluate", spec, "--check")).checks.chi_squared_from_visibilities.alma.agree).toBe(true);
  await json("compact", spec, "--out", out);
  const set = "datasets.alma={type: interferometer, compact: alma.compact.npz, mask: {type: circular, radius: 2.0}}";
  const stored = await json("evaluate", spec, "--data", out, "--set", set, "--check");
  expect(stored.checks.chi_squared_from_visibilities).toEqual({ alma: null });
});

test("a gradient by the paths of the spec, and what the compiler makes of the model", async () => {
  const { gradient, backend, log_likelihood } = await json("evaluate", imaging, "--gradient");
  expect(backend).toBe("traced");
  expect(log_likelihood / golden("imaging").fits["r2.0_os4_truth"].log_likelihood).toBeCloseTo(1, 12);
  const expected: number[] = golden("imaging-gradient").gradients.sub4_truth;
  expect(Object.keys(gradient)).toHaveLength(21);
  expect(gradient["galaxies.lens.mass.einstein_radius"] / expected[11]).toBeCloseTo(1, 8);
  const { parameters, image, gradient: kernel } = await json("explain", imaging);
  expect(parameters).toEqual(Object.keys(gradient));
  expect(image.operations.point.exp2).toBeGreaterThan(0);
  expect(kernel.derivatives).toBeGreaterThan(20);
  expect(kernel.code.point.length).toBeGreaterThan(image.code.point.length);
  const { stdout } = await runCollecting(["explain", imaging]);
  expect(stdout).toMatch(/at every point: \d+ operations/);
});

test("no gradient in the reference voice, nothing to explain without light", async () => {
  const pixelized = join(oracle, "interferometer.yaml");
  for (const argv of [
    ["evaluate", pixelized, "--gradient", "--backend", "reference"],
    ["evaluate", imaging, "--gradient", "--backend", "wasm"],
    ["explain", pixelized],
  ]) {
    const { code, stderr } = await runCollecting(argv);
    // What a slow machine says on the way is no error.
    const error = stderr.replace(/^(warning|compacting).*\n/gm, "");
    expect([argv, code, error.split("\n").length]).toEqual([argv, 2, 2]);
  }
});
