import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runCollecting } from "../cli/collecting-io.ts";

// Intensities that are solved for, by the command line.
const oracle = resolve(import.meta.dirname, "../oracle");
const { linear } = JSON.parse(readFileSync(join(oracle, "imaging.json"), "utf8"));
const spec = join(oracle, "imaging.yaml");
const BULGE = "galaxies.lens.bulge.intensity";
const DISK = "galaxies.source.disk.intensity";
const LINEAR = ["--set", `${BULGE}=linear`, "--set", `${DISK}=linear`];
const out = mkdtempSync(join(tmpdir(), "arclet-walk-"));
afterAll(() => rmSync(out, { recursive: true, force: true }));

test("intensities by name, and no evidence", async () => {
  const { code, stdout, stderr } = await runCollecting(["evaluate", spec, ...LINEAR, "--gradient", "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  const result = JSON.parse(stdout);
  expect(result.log_likelihood / linear.log_likelihood).toBeCloseTo(1, 12);
  expect(result.log_evidence).toBeNull();
  const { intensities } = result.datasets.hst;
  expect(Object.keys(intensities)).toEqual([BULGE, DISK]);
  expect(intensities[DISK]).toBeCloseTo(linear.reconstruction[1], 8);
  // What is solved for is no parameter.
  expect(Object.keys(result.gradient)).toContain("galaxies.lens.mass.einstein_radius");
  expect(Object.keys(result.gradient)).not.toContain(BULGE);
});

test("intensities for people", async () => {
  const { code, stdout } = await runCollecting(["evaluate", spec, ...LINEAR]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/galaxies\.lens\.bulge\.intensity +1\.19938396/);
});

test("what the compiler makes of it", async () => {
  const { code, stdout } = await runCollecting(["explain", spec, ...LINEAR]);
  expect(code).toBe(0);
  expect(stdout).toContain(BULGE);
});

test("a failure says which, with pictures and as JSON that has no NaN", async () => {
  const away = ["--set", `galaxies.lens.bulge={ profile: Gaussian, centre: [99, 0], sigma: 0.1, intensity: linear }`];
  const { code, stdout, stderr } = await runCollecting(["evaluate", spec, ...away, "--json", "--out", out]);
  expect(code).toBe(1);
  const failure = `in 'hst' ${BULGE} cannot be solved for: no light of it is seen, or it is not finite`;
  expect(stderr).toContain(`no likelihood: ${failure}`);
  expect(JSON.parse(stdout)).toMatchObject({ failure, datasets: { hst: { intensities: null } } });
});
