import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { CURVATURE_FORMS } from "../../src/likelihood/curvature-form.ts";
import { runCollecting } from "../cli/collecting-io.ts";

// The whole walk by the command line, from files to a log evidence.
const oracle = resolve(import.meta.dirname, "../oracle");
const spec = join(oracle, "interferometer.yaml");
const golden = JSON.parse(readFileSync(join(oracle, "interferometer.json"), "utf8")).rect_uniform_const_mapping_truth;
const out = mkdtempSync(join(tmpdir(), "arclet-walk-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

async function json(...argv: string[]) {
  const { code, stdout, stderr } = await runCollecting([...argv, "--json"]);
  // Progress may be there, on a slow machine.
  expect(stderr).not.toContain("arclet:");
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe("arclet evaluate", () => {
  test.each(["auto", ...CURVATURE_FORMS])("gives every term of the oracle through %s", async (form) => {
    const result = await json("evaluate", spec, "--curvature", form);
    for (const [name, value] of Object.entries<number>(result.terms)) {
      expect(value / golden[name], name).toBeCloseTo(1, 8);
    }
    expect(result.log_evidence / golden.log_evidence).toBeCloseTo(1, 8);
    expect(result.log_likelihood).toBeCloseTo(-0.5 * (golden.chi_squared + golden.noise_normalization), 4);
    expect(result.curvature_matrix).toBe(form === "auto" ? "w_compact_symmetric" : form);
    expect(result).toMatchObject({ backend: "wasm", threads: 1, failure: null });
    expect(result.seconds.total).toBeGreaterThan(0);
  });

  test("in the reference voice", async () => {
    const result = await json("evaluate", spec, "--backend", "reference");
    expect(result).toMatchObject({ backend: "reference", wasm_build: null });
    expect(result.log_evidence / golden.log_evidence).toBeCloseTo(1, 8);
  });

  test("with --set, another model", async () => {
    const result = await json("evaluate", spec, "--set", "galaxies.lens.mass.einstein_radius=1.1");
    expect(result.log_evidence).toBeLessThan(golden.log_evidence - 1000);
  });

  test("with a source that is nowhere negative, and says what that is worth", async () => {
    const positive = ["evaluate", spec, "--set", "settings={ evidence: exact, positive_only: true }"];
    const result = await json(...positive);
    expect(result.positive_only).toMatchObject({
      pixels_at_zero: 109,
      log_evidence: expect.stringContaining("approx"),
    });
    expect(result.checks).toMatchObject({ solve_residual: null, kkt_residual: expect.any(Number) });
    expect(result.checks.kkt_residual).toBeLessThan(1e-14);
    const { stdout } = await runCollecting(positive);
    expect(stdout).toMatch(
      /positive only +109 source pixels are zero \(\d+ factorizations, KKT residual .*approximation/,
    );
    expect((await json("evaluate", spec)).positive_only).toBeUndefined();
  });

  test("for people, as a table, with pictures and the same JSON under --out", async () => {
    const { code, stdout } = await runCollecting(["evaluate", spec, "--out", out]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/log evidence +-7239\.7856/);
    const written = JSON.parse(readFileSync(join(out, "evaluation.json"), "utf8"));
    expect(written.log_evidence / golden.log_evidence).toBeCloseTo(1, 8);
    expect(readFileSync(join(out, "evaluation.png")).subarray(1, 4).toString()).toBe("PNG");
  });
});

test("arclet compact, then evaluate what it stored, is the same evidence to the last bit", async () => {
  const { compactions } = await json("compact", spec, "--out", out);
  expect(compactions).toHaveLength(1);
  expect(compactions[0]).toMatchObject({
    visibilities: 2000,
    visibilities_sign: -1,
    x_axis: "east",
    unequal_noise: false,
  });
  const dataset = `{type: interferometer, compact: alma.compact.npz, mask: {type: circular, radius: 2.0}}`;
  const stored = await json("evaluate", spec, "--data", out, "--set", `datasets.alma=${dataset}`);
  const direct = await json("evaluate", spec);
  expect(stored.log_evidence).toBe(direct.log_evidence);
  expect(stored.checks).toEqual(direct.checks);
});

const data = resolve(import.meta.dirname, "../../../shared/data/alma/spt0346-52");
describe.skipIf(!existsSync(data))("SPT0346-52 (the data are not in this repository)", () => {
  const example = resolve(import.meta.dirname, "../../examples/spt0346-52.yaml");

  test("the evidence prefers the published Einstein radius", async () => {
    const evidence: number[] = [];
    for (const radius of [0.5, 0.97, 1.5]) {
      const set = `galaxies.lens.mass.einstein_radius=${radius}`;
      evidence.push((await json("evaluate", example, "--data", data, "--set", set)).log_evidence);
    }
    expect(evidence[1]).toBeGreaterThan(Math.max(evidence[0], evidence[2]) + 50);
  });
});
