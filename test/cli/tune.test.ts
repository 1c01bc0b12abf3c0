import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bestWasmBuild } from "../../src/backend/wasm.ts";
import type { Answer } from "../../src/bench/implementation.ts";
import { IMPLEMENTATIONS } from "../../src/bench/implementations.ts";
import { tune } from "../../src/bench/tune.ts";
import type { TuneGrid } from "../../src/bench/tune-grid.ts";
import { runTune } from "../../src/cli/tune.ts";
import { cacheDirectory, tuningFileName } from "../../src/cli/tuning-file.ts";
import { CURVATURE_FORMS } from "../../src/likelihood/curvature-form.ts";
import { parseTuning, type Tuning } from "../../src/likelihood/tuning.ts";
import { runCollecting } from "./collecting-io.ts";

// Nothing of the user's is touched: the cache lies in a folder of its own.
const folder = mkdtempSync(join(tmpdir(), "arclet-tune-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = { XDG_CACHE_HOME: join(folder, "cache"), LOCALAPPDATA: join(folder, "cache") };
const cache = join(folder, "cache", "arclet");
const file = join(cache, tuningFileName(1));
const spec = resolve(import.meta.dirname, "../oracle/interferometer.yaml");

const TINY: TuneGrid = {
  lattice_sums: { gridSizes: [6], visibilities: [20, 40] },
  curvature_matrix: { gridSizes: [6], sourcePixels: [5], mappingNeighbors: [2], unequalNoise: [false, true] },
};

async function tuneTiny(options: { json?: boolean; out?: string; threads?: number } = {}) {
  let [stdout, stderr] = ["", ""];
  const collect = (add: (text: string) => void) => ({ write: (text: string) => add(text) });
  await runTune(
    {
      stdout: collect((text) => {
        stdout += text;
      }),
      stderr: collect((text) => {
        stderr += text;
      }),
      env,
      options: {
        backend: "auto",
        threads: 1,
        seed: 0,
        out: undefined,
        json: false,
        debug: false,
        given: [],
        ...options,
      },
    },
    TINY,
  );
  return { stdout, stderr };
}

describe("arclet tune", () => {
  test("stores what it measured in the user's cache, named after the build and the threads", async () => {
    const { stdout, stderr } = await tuneTiny();
    expect(stderr).toMatch(/^lattice_sums, 1 of 4, \d+ s left\n/);
    expect(readdirSync(cache)).toEqual([`tuning-${bestWasmBuild()}-1.json`]);
    const tuning = parseTuning(readFileSync(file, "utf8"), file);
    expect(tuning).toMatchObject({ threads: 1, wasm_build: bestWasmBuild(), wrong: [] });
    expect(tuning.machine).toMatchObject({ cpu: expect.any(String), node: process.version });
    expect(tuning.measurements.map(({ choice, sizes }) => [choice, ...Object.values(sizes)])).toEqual([
      ["lattice_sums", 36, 20],
      ["lattice_sums", 36, 40],
      ["curvature_matrix", 32, 5, 2, 1],
      ["curvature_matrix", 32, 5, 2, 2],
    ]);
    expect(Object.keys(tuning.measurements[0].seconds).sort()).toEqual(["direct", "nufft"]);
    expect(Object.keys(tuning.measurements[2].seconds).sort()).toEqual([...CURVATURE_FORMS].sort());
    expect(stdout).toMatch(
      /^.+ SIMD, one thread\n\nlattice sums: w and the dirty image\n {2}picked +pixels +K +direct +nufft\n/,
    );
    expect(stdout).toMatch(/\n {2}w_\w+ +32 +5 +2 +2 +[\d.]+ [mu]?s/);
    expect(stdout).toContain(`written ${file}\n`);
  });

  test("--json is the same as one object, --out a copy of the file", async () => {
    const out = join(folder, "out");
    const { stdout } = await tuneTiny({ json: true, out });
    const { picks, files, ...tuning } = JSON.parse(stdout);
    const copy = join(out, tuningFileName(1));
    expect(files).toEqual([file, copy]);
    expect(JSON.parse(readFileSync(copy, "utf8"))).toEqual(tuning);
    expect(picks).toHaveLength(4);
    const [first] = tuning.measurements;
    expect(picks[0]).toEqual({
      choice: "lattice_sums",
      sizes: first.sizes,
      // The NUFFT cannot save the 10 ms that the digits of the direct sum are worth.
      picked: "direct",
    });
  });

  test.each([
    [["--backend", "reference"], "--backend reference has nothing to tune"],
    [[], "the environment names no directory for caches"],
  ])("%j without a cache is refused at once", async (argv, message) => {
    const { code, stderr } = await runCollecting(["tune", ...argv]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

test("a candidate that is wrong, or fails, is reported and never picked", async () => {
  const broken = IMPLEMENTATIONS.map((implementation): typeof implementation => {
    if (implementation.kernel !== "curvature_matrix") return implementation;
    if (implementation.name === "wasm_sparse") {
      return {
        ...implementation,
        prepare: () => () => {
          throw new Error("no such thing");
        },
      };
    }
    if (implementation.name !== "wasm_compact_symmetric") return implementation;
    return {
      ...implementation,
      prepare: (...args) => {
        const run = implementation.prepare(...args);
        return (): Answer => {
          const answer = run();
          if (answer.kernel === "curvature_matrix") answer.value.values[0] *= 1 + 1e-9;
          return answer;
        };
      },
    };
  });
  const { measurements, wrong } = await tune({ grid: TINY, seed: 0, implementations: broken, progress: () => {} });
  expect(wrong).toEqual([
    {
      choice: "curvature_matrix",
      candidate: "w_tilde_sparse",
      because: "curvature_matrix wasm_sparse failed: no such thing",
    },
    {
      choice: "curvature_matrix",
      candidate: "w_compact_symmetric",
      because: expect.stringMatching(
        /^curvature_matrix wasm_compact_symmetric is off by \d\.\de-\d+, its tolerance is 1e-13$/,
      ),
    },
  ]);
  for (const { choice, seconds } of measurements) {
    expect(Object.keys(seconds)).toHaveLength(choice === "lattice_sums" ? 2 : CURVATURE_FORMS.length - 2);
    expect(seconds).not.toHaveProperty("w_compact_symmetric");
  }
});

describe("auto", () => {
  /** A tuning that says what no machine would measure, so that it shows. */
  const stored: { tuning?: Tuning } = {};
  beforeAll(async () => {
    await tuneTiny();
    const tuning = parseTuning(readFileSync(file, "utf8"), file);
    for (const { choice, seconds } of tuning.measurements) {
      Object.assign(seconds, choice === "curvature_matrix" ? { preload_direct: 1e-9 } : { nufft: 1e-9, direct: 0.1 });
    }
    stored.tuning = tuning;
  });
  const store = (contents: string | object): void => {
    mkdirSync(cache, { recursive: true });
    writeFileSync(file, typeof contents === "string" ? contents : JSON.stringify(contents));
  };
  const evaluate = async (...argv: string[]) => {
    const { code, stdout, stderr } = await runCollecting(["evaluate", spec, ...argv], env);
    expect(code).toBe(0);
    return { stdout, stderr };
  };

  test("of evaluate and compact picks what the tuning predicts, and says why", async () => {
    store(stored.tuning!);
    const { stdout } = await evaluate("--json");
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ backend: "wasm", curvature_matrix: "preload_direct", lattice_sums: "nufft" });
    const [backend, sums, curvature] = result.picks;
    expect(backend).toMatchObject({ choice: "backend", picked: "wasm", because: expect.stringMatching(/^built in/) });
    expect(sums).toMatchObject({
      choice: "lattice_sums",
      picked: "nufft",
      because: expect.stringContaining("arclet tune"),
    });
    expect(sums.candidates.map(({ candidate }: { candidate: string }) => candidate)).toEqual(["nufft", "direct"]);
    expect(curvature).toMatchObject({ choice: "curvature_matrix", picked: "preload_direct" });
    expect(curvature.candidates).toHaveLength(CURVATURE_FORMS.length);
    expect(curvature.candidates[0]).toEqual({ candidate: "preload_direct", predicted_s: expect.any(Number) });
    // What was picked gives the same evidence.
    const asked = JSON.parse((await evaluate("--json", "--curvature", "w_compact_sparse")).stdout);
    expect(asked.curvature_matrix).toBe("w_compact_sparse");
    expect(asked.picks[2]).toEqual({
      choice: "curvature_matrix",
      picked: "w_compact_sparse",
      because: "asked for",
      candidates: [],
    });
    expect(asked.log_evidence / result.log_evidence).toBeCloseTo(1, 9);
    const out = join(folder, "compacted");
    const { stdout: compacted } = await runCollecting(["compact", spec, "--out", out, "--json"], env);
    expect(JSON.parse(compacted).compactions[0].lattice_sums).toBe("nufft");
  });

  test("of evaluate --explain tells people", async () => {
    store(stored.tuning!);
    const { stdout } = await evaluate("--explain");
    expect(stdout).toMatch(/\nbackend +wasm: built in: the fastest voice/);
    expect(stdout).toMatch(
      /\nlattice_sums +nufft: the fastest by what arclet tune measured on \d{4}-\d\d-\d\d\n +nufft {2}[\d.]+ /,
    );
    expect(stdout).toMatch(/\ncurvature_matrix +preload_direct: the fastest/);
    expect((await evaluate()).stdout).not.toContain("built in");
  });

  test("in the reference voice knows of no tuning", async () => {
    store(stored.tuning!);
    const result = JSON.parse((await evaluate("--json", "--backend", "reference")).stdout);
    expect(result).toMatchObject({ curvature_matrix: "w_compact_symmetric", lattice_sums: "direct" });
    expect(result.picks.map(({ because }: { because: string }) => because)).toEqual([
      "asked for",
      expect.stringMatching(/^built in/),
      expect.stringMatching(/^built in/),
    ]);
  });

  test("without a file is built in, in silence", async () => {
    rmSync(file, { force: true });
    const { stdout, stderr } = await evaluate("--json");
    expect(stderr).not.toContain("tun");
    expect(JSON.parse(stdout)).toMatchObject({ curvature_matrix: "w_compact_symmetric", lattice_sums: "direct" });
  });

  test.each<[string, () => string | object]>([
    ["an empty file", () => ""],
    ["half a file", () => JSON.stringify(stored.tuning).slice(0, 300)],
    ["an older format", () => ({ ...stored.tuning, format: 0 })],
    ["another machine's", () => ({ ...stored.tuning, machine: { ...stored.tuning!.machine, cpu: "an abacus" } })],
    ["another Node's", () => ({ ...stored.tuning, machine: { ...stored.tuning!.machine, node: "v0.1.0" } })],
    ["another build's", () => ({ ...stored.tuning, wasm_build: bestWasmBuild() === "base" ? "relaxed" : "base" })],
    ["another version's", () => ({ ...stored.tuning, version: "0.0.0" })],
    ["other threads'", () => ({ ...stored.tuning, threads: 2 })],
  ])("ignores %s tuning with one line", async (_, contents) => {
    store(contents());
    const { stdout, stderr } = await evaluate("--json");
    const lines = stderr.split("\n").filter((line) => line.includes("tuning"));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^not used: .*; run arclet tune again$/);
    expect(JSON.parse(stdout)).toMatchObject({ curvature_matrix: "w_compact_symmetric", lattice_sums: "direct" });
  });

  test("ignores a folder in the place of the file", async () => {
    rmSync(file, { force: true });
    mkdirSync(file);
    expect((await evaluate()).stderr).toMatch(/^not used: .*: cannot be read; run arclet tune again\n/);
    rmSync(file, { recursive: true });
  });
});

describe("the cache directory", () => {
  test.skipIf(process.platform === "win32").each([
    [{ XDG_CACHE_HOME: "/c", HOME: "/h" }, "linux", "/c/arclet"],
    [{ XDG_CACHE_HOME: "c", HOME: "/h" }, "linux", "/h/.cache/arclet"],
    [{ XDG_CACHE_HOME: "" }, "linux", undefined],
    [{ HOME: "/h" }, "darwin", "/h/Library/Caches/arclet"],
    [{ LOCALAPPDATA: "/l", HOME: "/h" }, "win32", "/l/arclet"],
    [{ HOME: "/h" }, "win32", undefined],
  ])("of %j on %s is %s", (env, platform, expected) => {
    expect(cacheDirectory(env, platform)).toBe(expected);
  });
});
