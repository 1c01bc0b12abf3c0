import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEMO_SPEC } from "../../src/cli/demo-lens.ts";
import { printEvidences, printFound } from "../../src/cli/demo-text.ts";
import type { Invocation } from "../../src/cli/invocation.ts";
import { CURVATURE_FORMS } from "../../src/likelihood/curvature-form.ts";
import { runCollecting } from "../cli/collecting-io.ts";

// One demo, where an earlier one was killed; then what it left.
const root = mkdtempSync(join(tmpdir(), "arclet-demo-"));
const out = join(root, "demo");
afterAll(() => rmSync(root, { recursive: true, force: true }));
const inDemo = (...names: string[]) => readFileSync(join(out, ...names), "utf8");

let ran: Awaited<ReturnType<typeof runCollecting>>;
beforeAll(async () => {
  mkdirSync(join(out, "fit"), { recursive: true });
  writeFileSync(join(out, "demo.yaml"), DEMO_SPEC);
  writeFileSync(join(out, "fit", "spec.yaml"), DEMO_SPEC);
  const other = { seed: 7, backend: "auto", wasm_build: "base", tuning: null };
  const request = { format: "arclet-fit", version: 1, arclet: "0", node: "v0", spec: "demo.yaml", data: out, ...other };
  writeFileSync(join(out, "fit", "fit.json"), JSON.stringify(request));
  writeFileSync(join(out, "fit", "inputs.json"), JSON.stringify({ [join(out, "alma.npz")]: "other" }));
  writeFileSync(join(out, "fit", "notes.txt"), "mine");
  ran = await runCollecting(["demo", "--out", out, "--json"]);
}, 300_000);

test("all voices agree on both datasets, and the fit finds the truth", async () => {
  expect(ran.code).toBe(0);
  expect(ran.stderr).toContain("simulating");
  const { rows, agreement, fit } = JSON.parse(ran.stdout);
  const of = (dataset: string) => rows.filter((row: { dataset: string }) => row.dataset === dataset);
  expect(of("jwst")).toHaveLength(3);
  expect(of("alma")).toHaveLength(2 * CURVATURE_FORMS.length + 2);
  expect(Object.keys(agreement)).toEqual(["jwst", "alma"]);
  for (const { largest_difference, error_bound } of Object.values<Record<string, number>>(agreement)) {
    expect(largest_difference).toBeLessThan(error_bound);
  }
  expect(Object.keys(fit.parameters)).toHaveLength(3);
  for (const { sigmas, standard_deviation } of Object.values<Record<string, number>>(fit.parameters)) {
    expect(Math.abs(sigmas)).toBeLessThan(4);
    expect(standard_deviation).toBeLessThan(0.01);
  }
  expect(existsSync(fit.report)).toBe(true);
  expect(inDemo("fit", "notes.txt")).toBe("mine");
});

test("what it leaves is a fit, which resumes to the same end", async () => {
  const before = inDemo("fit", "result.json");
  expect((await runCollecting(["resume", join(out, "fit"), "--json"])).code).toBe(0);
  expect(inDemo("fit", "result.json")).toBe(before);
}, 60_000);

test("what it prints", () => {
  let text = "";
  const stdout = { write: (more: string) => (text += more) };
  const { fit, files, ...ways } = JSON.parse(ran.stdout);
  printEvidences({ stdout } as unknown as Invocation, ways);
  printFound({ stdout } as unknown as Invocation, fit, files);
  expect(text).toMatch(/^alma, wasm, w_tilde_dense +-\d+\.\d{6} +\d\.\d{4}$/m);
  expect(text).toMatch(/^jwst: all agree within \d\.\de-\d+; rounding allows/m);
  expect(text).toMatch(/^galaxies\.lens\.mass\.einstein_radius +[01]\.\d+ \+0\.\d+ -0\.\d+ +1 +-?\d\.\d$/m);
  expect(text).toMatch(/^written .*report\.html, beside all/m);
});

test("files that are not its own stay as they are", async () => {
  const refused = async (where: string, why: RegExp) => {
    const { code, stderr } = await runCollecting(["demo", "--out", where]);
    expect(code).toBe(2);
    expect(stderr).toMatch(why);
  };
  const image = join(root, "jwst-image.fits");
  writeFileSync(image, "mine");
  await refused(root, /jwst-image\.fits: there is such a file already/);
  expect(readFileSync(image, "utf8")).toBe("mine");
  const edited = DEMO_SPEC.replace("live_points: 40", "live_points: 80");
  writeFileSync(join(out, "fit", "spec.yaml"), edited);
  await refused(out, /fit: a fit of something else has begun here/);
  writeFileSync(join(out, "demo.yaml"), edited);
  await refused(out, /demo\.yaml: there is such a file already/);
});
