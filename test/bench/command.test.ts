import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { BENCH_CASES } from "../../src/bench/bench-case.ts";
import type { BenchReport } from "../../src/bench/report.ts";
import { runCollecting } from "../cli/collecting-io.ts";

const folder = mkdtempSync(join(tmpdir(), "arclet-bench-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TINY_MESH = "--grid-size 6 --visibilities 40 --source-pixels 5 --repeat 2".split(" ");
const TINY = [...TINY_MESH, ..."--mapping-neighbors 2 --neighbors 2".split(" ")];

async function report(...argv: string[]): Promise<BenchReport & { compared?: unknown[] }> {
  const { code, stdout, stderr } = await runCollecting(["bench", ...argv, ...TINY, "--json"]);
  expect(stderr).not.toContain("arclet:");
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe("arclet bench", () => {
  test("prints the JSON of the contract", async () => {
    const result = await report("table4", "--implementations", "wasm_sparse,reference_compact_sparse");
    expect(Object.keys(result)).toEqual(["case", "sizes", "threads", "device", "machine", "rows", "notes"]);
    expect(result).toMatchObject({
      case: "table4",
      sizes: {
        grid_size: 6,
        image_pixels: 32,
        visibilities: 40,
        mapping_neighbors: 2,
        neighbors: 2,
        source_pixels: 5,
      },
      threads: 1,
      device: "cpu",
      machine: { cpu: expect.any(String), cores: expect.any(Number), memory_bytes: expect.any(Number) },
    });
    expect(result.rows.map(({ implementation }) => implementation)).toEqual([
      "wasm_sparse",
      "reference_compact_sparse",
    ]);
    for (const row of result.rows) {
      expect(row).toEqual({
        kernel: "curvature_matrix",
        implementation: expect.any(String),
        by: "arclet",
        median_s: expect.any(Number),
        min_s: expect.any(Number),
        spread_s: expect.any(Number),
        runs: 2,
        max_relative_error: expect.any(Number),
        peak_bytes: process.platform === "linux" ? expect.any(Number) : null,
        extrapolated: false,
      });
      expect(row.min_s!).toBeLessThanOrEqual(row.median_s!);
      expect(row.max_relative_error!).toBeLessThan(1e-12);
    }
  });

  // What needs no process for every row: the memory of two is measured above.
  const ranked = Object.entries(BENCH_CASES).filter(([, { parametric, pixelized, rankings }]) => {
    return rankings.length > 0 && parametric !== true && pixelized === undefined;
  });
  test.each(ranked)("%s has rows of every kernel that it ranks", async (name, { rankings, sizes }) => {
    const tiny = sizes.mesh === "delaunay" ? TINY_MESH : TINY;
    const { code, stdout } = await runCollecting(["bench", name, ...tiny, "--implementations", only(name)]);
    expect(code).toBe(0);
    for (const { title } of rankings) expect(stdout).toContain(title);
    if (tiny === TINY) expect(stdout).toContain("N = 6 (M = 32), B = 2, K = 40, P = 2, S = 5, one thread");
    else expect(stdout).toMatch(/N = 6 \(M = 32\), B = 3, K = 40, P = [34], S = 5, one thread/);
    expect(stdout.match(/\(1\.00\)/g)).toHaveLength(rankings.length);
  });

  test("the parametric case has a table for every over-sampling, and rows that are right", async () => {
    const argv = ["bench", "parametric", "--repeat", "1", "--implementations", "traced_js,traced_relaxed"];
    const { code, stdout } = await runCollecting(argv);
    expect(code).toBe(0);
    expect(stdout.match(/^log likelihood, over-sampling [124]$/gm)).toHaveLength(3);
    // The best of nine tables; two rows that tie to the last digit printed are both.
    expect(stdout.match(/ \(1\.00\) /g)!.length).toBeGreaterThanOrEqual(9);
    expect(stdout).not.toContain("wrong");
    const sizes = await runCollecting(["bench", "parametric", "--grid-size", "6"]);
    expect([sizes.code, sizes.stderr]).toEqual([2, expect.stringContaining("--grid-size")]);
  });

  test("a Delaunay mesh has its own mappings and neighbors", async () => {
    const { code, stderr } = await runCollecting(["bench", "alma-delaunay", ...TINY_MESH, "--neighbors", "4"]);
    expect(code).toBe(2);
    expect(stderr).toBe("arclet: --neighbors: alma-delaunay has those of a Delaunay mesh; leave it out\n");
  });

  test("writes what it measured, and compares with it", async () => {
    const file = join(folder, "earlier.json");
    const rows = ["--implementations", "wasm_separable"];
    const saved = await report("table2", ...rows, "--save", file);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(saved);
    const [row] = saved.rows;
    const doubled = { ...saved, rows: [{ ...row, median_s: 2 * row.median_s! }] };
    writeFileSync(file, JSON.stringify(doubled));
    const result = await report("table2", ...rows, "--compare", file);
    const now = result.rows[0].median_s!;
    expect(result.compared).toEqual([
      {
        kernel: "w_compact",
        implementation: "wasm_separable",
        by: "arclet",
        old_s: 2 * row.median_s!,
        new_s: now,
        ratio: now / (2 * row.median_s!),
      },
    ]);
    const { stdout } = await runCollecting(["bench", "table2", ...rows, "--compare", file, ...TINY]);
    expect(stdout).toMatch(/implementation +kernel +new +old +new\/old\n +wasm_separable +w_compact .* \d+\.\d{3}\n/);
  });

  test.each([
    ["not JSON", "this is not JSON"],
    ["null", "there are no rows"],
    ['{"rows": [{"kernel": 3}]}', "a row has no kernel or no median_s"],
    ['{"rows": [null]}', "a row has no kernel or no median_s"],
  ])("refuses to compare with %s", async (text, message) => {
    const file = join(folder, "wrong.json");
    writeFileSync(file, text);
    const { code, stderr } = await runCollecting(["bench", "table2", "--compare", file, ...TINY]);
    expect(code).toBe(2);
    expect(stderr).toBe(`arclet: ${file}: ${message}; give a file that arclet bench --save wrote\n`);
  });

  test("says how far it is, on standard error", async () => {
    const { stderr } = await runCollecting(["bench", "table2", ...TINY, "--implementations", "wasm_separable"]);
    expect(stderr).toMatch(/round 1 of 2, \d+ s left\nround 2 of 2, \d+ s left\n/);
  });

  test("--uv seed is the study's, where W is nearly constant", async () => {
    const { rows } = await report("table2", "--uv", "seed", "--implementations", "wasm_separable,wasm_full_product");
    for (const row of rows) expect(row.median_s).toBeGreaterThan(0);
  });

  test("marks what was extrapolated, and what its error was measured on", async () => {
    // 430 million cosines: no machine does them within the budget.
    const sizes = "--grid-size 32 --visibilities 650 --source-pixels 5 --repeat 1 --row-budget 0.2".split(" ");
    const row = ["--implementations", "reference_full_direct"];
    const { code, stdout } = await runCollecting(["bench", "table2", ...sizes, ...row]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/reference_full_direct +w_tilde +arclet +~ [\d.]+ s /);
    expect(stdout).toMatch(/\[1\] extrapolated from \d+ of 650 visibilities/);
  });

  test("--backend leaves the rows of one voice", async () => {
    const { rows } = await report("likelihood", "--backend", "wasm");
    expect(rows.map(({ implementation }) => implementation)).toEqual([
      "wasm_dense",
      "wasm_compact_sparse",
      "wasm_compact_symmetric",
      "wasm_compacted",
    ]);
  });

  test("--out writes the report and a page of it", async () => {
    const out = join(folder, "out");
    const saved = await report("table2", "--implementations", "wasm_separable", "--out", out);
    expect(JSON.parse(readFileSync(join(out, "bench-table2.json"), "utf8"))).toEqual(saved);
    const page = readFileSync(join(out, "bench-table2.html"), "utf8");
    for (const text of ["w-tilde, in any form", "wasm_separable", "K = 40", "wasm build"]) expect(page).toContain(text);
  });
});

describe("arclet bench curves", () => {
  const SMALL = "--grid-size 20 --visibilities 12000 --source-pixels 20 --repeat 2 --row-budget 0.5".split(" ");

  test("measures every curve up to the sizes that are given, and draws them", async () => {
    const out = join(folder, "curves");
    const { code, stdout } = await runCollecting(["bench", "curves", ...SMALL, "--json", "--out", out]);
    expect(code).toBe(0);
    const { rows, sizes } = JSON.parse(stdout) as BenchReport;
    expect(sizes).toMatchObject({ grid_size: 20, visibilities: 12_000, source_pixels: 20 });
    const pointsOf = (curve: string, size: string) => {
      const values = rows.filter((row) => row.curve === curve).map((row) => row.sizes![size]);
      return [...new Set(values)].sort((a, b) => a - b);
    };
    expect(pointsOf("w_compact_by_visibilities", "visibilities")).toEqual([1000, 10_000, 12_000]);
    expect(pointsOf("log_likelihood_by_visibilities", "visibilities")).toEqual([1000, 10_000, 12_000]);
    expect(pointsOf("curvature_matrix_by_image_pixels", "grid_size")).toEqual([16, 20]);
    expect(pointsOf("curvature_matrix_by_source_pixels", "source_pixels")).toEqual([16, 20]);
    for (const row of rows) expect(row.median_s, `${row.curve} ${row.implementation}`).toBeGreaterThan(0);
    const extrapolated = rows.filter((row) => row.extrapolated);
    const page = readFileSync(join(out, "bench-curves.html"), "utf8");
    expect(page.match(/<svg/g)).toHaveLength(4);
    expect(page.match(/"marker hollow"/g) ?? []).toHaveLength(extrapolated.length);
    expect(page.match(/class="marker/g)).toHaveLength(rows.length);
    // Points that curves share are measured once, whatever their place along the others.
    const lines = [...page.matchAll(/class="line[^"]*" d="M([\d.]+) [\d.]+L([\d.]+) /g)];
    expect(lines.length).toBeGreaterThan(20);
    for (const [, from, to] of lines) expect(Number(to)).toBeGreaterThan(Number(from));
    expect(page).not.toMatch(/NaN|undefined/);
  }, 60_000);

  test("leaves the rows that are asked for, in a table with a column for every size", async () => {
    const { stdout } = await runCollecting(["bench", "curves", ...SMALL, "--implementations", "wasm_nufft"]);
    expect(stdout).toContain("w compact against K: N = 20 (M = 316)");
    expect(stdout).toMatch(/implementation +K = 1000 +K = 1e4 +K = 12000 +largest error/);
    expect(stdout).not.toContain("curvature");
  });

  test("says before it starts that the largest point does not fit", async () => {
    const { code, stderr } = await runCollecting(["bench", "curves", "--visibilities", "100000000000"]);
    expect(code).toBe(2);
    expect(stderr).toContain("inputs of these sizes take");
    expect(stderr).not.toContain("making the inputs");
  });
});

/** The fastest row of every kernel of a case. */
function only(name: string): string {
  const rows = { w: "wasm_separable", curvature: "wasm_compact_sparse" };
  if (name === "cholesky") return "wasm_blocked";
  if (name === "positive-only") return "wasm_active_set";
  if (name === "alma-delaunay") return rows.curvature;
  if (name === "science") return `${rows.w},wasm_compact_symmetric`;
  if (name === "table2" || name === "table3") return rows.w;
  return name === "table4" || name === "table5" || name === "likelihood"
    ? rows.curvature
    : `${rows.w},${rows.curvature}`;
}

const python = process.env.ARCLET_PEERS_PYTHON;
describe.skipIf(python === undefined)("with Python peers (ARCLET_PEERS_PYTHON)", () => {
  test.each(["table2", "table4", "table5", "likelihood", "cholesky", "positive-only"])(
    "%s has their rows, right",
    async (name) => {
      const { rows, machine } = await report(name, "--peers", python!, "--implementations", peersOf(name));
      expect(machine.peers).toMatchObject({ numba: expect.any(String), jax: expect.any(String) });
      for (const row of rows) {
        expect(row).toMatchObject({ by: "python", runs: 2, extrapolated: false });
        expect(row.median_s, row.implementation).toBeGreaterThan(0);
        expect(row.max_relative_error).toBeLessThan(1e-9);
      }
      expect(rows).not.toHaveLength(0);
    },
  );
});

function peersOf(name: string): string {
  if (name === "table2") return "numba_compact,jax_compact";
  if (name === "cholesky") return "scipy_cholesky";
  if (name === "positive-only") return "scipy_nnls";
  return name === "likelihood" ? "numba_compact_sparse" : "numba_compact_sparse,numba_sparse,jax_sparse,jax";
}

test("peers live until the last row has asked them", async () => {
  const fake = join(folder, "fake");
  const answers = `case $request in *'"open"'*) echo '{}';; *) echo '{"error": "the peer was asked"}';; esac`;
  const script = `#!/bin/sh\necho '{"versions": {"python": "0"}}'\nwhile read -r request; do ${answers}; done\n`;
  writeFileSync(fake, script, { mode: 0o755 });
  const { rows, notes } = await report("table2", "--peers", fake, "--implementations", "wasm_separable,numba_compact");
  expect(rows.map(({ median_s }) => median_s)).toEqual([expect.any(Number), null]);
  expect(JSON.stringify(notes)).toContain("the peer was asked");
});

test("a Python without the modules is named with what it lacks", async () => {
  const bare = join(folder, "python");
  writeFileSync(bare, '#!/bin/sh\necho \'{"missing": ["numba", "jax"]}\'\n', { mode: 0o755 });
  const { code, stderr } = await runCollecting(["bench", "table2", ...TINY, "--peers", bare]);
  expect(code).toBe(2);
  expect(stderr).toBe(`arclet: ${bare} lacks numba, jax; install them: ${bare} -m pip install numba jax\n`);
});
