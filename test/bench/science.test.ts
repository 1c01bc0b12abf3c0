import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import type { BenchReport } from "../../src/bench/report.ts";
import { runCollecting } from "../cli/collecting-io.ts";

// The grid and the number of visibilities are the smallest that the NUFFT is taken for.
const SMALL = "--grid-size 32 --mapping-neighbors 2 --neighbors 2 --source-pixels 9".split(" ");
const SIZES = [...SMALL, "--visibilities", "5000"];

// A temporary folder of this test's own: others may be running a bench.
const folder = mkdtempSync(join(tmpdir(), "arclet-test-"));
vi.stubEnv("TMPDIR", folder);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("compactions from files and likelihoods from them are right, and nothing stays on disk", async () => {
  const options = ["--repeat", "2", "--row-budget", "1", "--threads", "2", "--json"];
  const { code, stdout, stderr } = await runCollecting(["bench", "science", ...SIZES, ...options]);
  expect(stderr).not.toContain("arclet:");
  expect(code).toBe(0);
  const { rows, notes, threads, sizes }: BenchReport = JSON.parse(stdout);
  expect(threads).toBe(2);
  expect(sizes).toMatchObject({ grid_size: 32, image_pixels: 812, visibilities: 5000 });
  expect(rows.map(({ kernel, implementation }) => `${kernel} ${implementation}`)).toEqual([
    "compaction wasm_nufft",
    "compaction wasm_separable",
    "compaction reference_direct",
    "log_likelihood wasm_compact_symmetric",
  ]);
  for (const row of rows) {
    expect(row.median_s, JSON.stringify(notes)).toBeGreaterThan(0);
    expect(row.max_relative_error).toBeLessThan(1e-9);
  }
  for (const row of rows.slice(0, 3)) expect(row.max_relative_error).toBeLessThan(1e-13);
  expect(rows[0].peak_bytes).toBeGreaterThan(2 ** 20);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  [["--visibilities", "5000", "--implementations", "wasm_nuff"], "the nearest is wasm_nufft"],
  [["--backend", "traced"], "there is no row in the traced voice"],
  [["--peers", "python"], "science has no peers"],
  [["--visibilities", "1000000000000"], "the files of the dataset take 4.47e+4 GiB"],
])("refuses %s before it writes anything", async (options, message) => {
  const { code, stderr } = await runCollecting(["bench", "science", ...SMALL, ...options]);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(readdirSync(folder)).toEqual([]);
});
