import { describe, expect, test } from "vitest";
import { type PixelizedContender, pixelizedContenders } from "../../src/bench/pixelized.ts";
import { type PixelizedScene, pixelizedSizes } from "../../src/bench/pixelized-cases.ts";
import { type ObservedScene, observeScene } from "../../src/bench/pixelized-scene.ts";
import { benchReport } from "../../src/bench/report.ts";
import { type BenchRow, runBench } from "../../src/bench/schedule.ts";
import { benchTable } from "../../src/bench/table.ts";
import type { Evaluation } from "../../src/likelihood/evaluation.ts";
import { runCollecting } from "../cli/collecting-io.ts";

const BAND = { name: "a", side: 20, pixelScale: 0.2, maskRadius: 1.9, psf: { side: 5, sigma: 0.8 } };

const TINY: PixelizedScene = {
  name: "S = 40",
  bands: [BAND],
  sourcePixels: 40,
  shared: false,
  solves: ["linear", "positive"],
  gradient: true,
  einsteinRadius: 1,
  reference: "row",
  needs: 0,
};

async function rowsOf(scene: PixelizedScene, observed: ObservedScene, rowBudget = 60): Promise<readonly BenchRow[]> {
  return runBench({
    contenders: pixelizedContenders(scene, observed, rowBudget),
    sizes: { ...pixelizedSizes(scene), pixels: observed.pixels },
    repeat: 2,
    rowBudget,
    memory: 2 ** 32,
    progress: () => {},
    release: () => {},
  });
}

/** As if its likelihoods in the traced voice were these. */
function altered(observed: ObservedScene, change: (evaluation: Evaluation) => Evaluation): ObservedScene {
  return {
    ...observed,
    plan: async (solve, voice) => {
      const likelihood = await observed.plan(solve, voice);
      if (voice === "reference") return likelihood;
      return { ...likelihood, evaluate: async (...args) => (await likelihood.evaluate(...args)).map(change) };
    },
  };
}

describe("a scene", () => {
  test("has rows that are right, with a table of their steps", async () => {
    const observed = await observeScene(TINY, 3);
    const rows = await rowsOf(TINY, observed);
    expect(rows.map(({ implementation, kernel }) => `${implementation} ${kernel}`)).toEqual([
      "traced evidence_linear",
      "traced gradient_linear",
      "traced evidence_positive",
      "traced gradient_positive",
      "reference evidence_linear",
    ]);
    for (const row of rows) expect(row, row.note ?? "").toMatchObject({ runs: 2, median: expect.any(Number) });
    const at = { curve: TINY.name, sizes: { ...pixelizedSizes(TINY), pixels: observed.pixels } };
    const report = benchReport("euclid", at.sizes, 1, {}, [{ at, rows }]);
    expect(report.rows[1].steps_s).toMatchObject({
      curvature_matrix: expect.any(Number),
      gradient: expect.any(Number),
    });
    const table = benchTable(report, [{ title: "evidence", kernels: rows.map(({ kernel }) => kernel) }]);
    expect(table).toContain("evidence, S = 40\n");
    expect(table).toMatch(
      /steps, S = 40: medians\n +traced evidence_linear .*\n +least of all.*\n +all .*\n +trace_rays /,
    );
    expect(table).toMatch(/\n +gradient .*\n +other .*\n$/);
  });

  test("has steps that add up to the time of a call", async () => {
    const [row] = pixelizedContenders(TINY, await observeScene(TINY, 3), 60) as [PixelizedContender];
    const { seconds, steps } = await row.call({ ...pixelizedSizes(TINY), pixels: 1 }, 1, false);
    const sum = Object.values(steps!).reduce((total, step) => total + step, 0);
    expect(sum).toBeCloseTo(seconds, 12);
    expect(steps).not.toHaveProperty("total");
  });

  test("has no time for an evidence or a gradient that is wrong", async () => {
    const observed = await observeScene(TINY, 3);
    // A hundred times the tolerance of either.
    const off = altered(observed, (evaluation) => ({
      ...evaluation,
      logEvidence: evaluation.logEvidence! * (1 + 1e-7),
      gradient: evaluation.gradient?.map((slope) => slope * (1 + 1e-3)) ?? null,
    }));
    const rows = await rowsOf(TINY, off);
    for (const { note, median } of rows.slice(0, 4)) {
      expect(median).toBeNull();
      expect(note).toContain("wrong");
    }
    expect(rows[4].median).toBeGreaterThan(0);
    const failing = altered(observed, (evaluation) => ({ ...evaluation, failure: "it is dark" }));
    expect((await rowsOf(TINY, failing))[0]).toMatchObject({ median: null, note: "failed: it is dark" });
  });

  test("gives every round a vector of its own, and every seed images of its own", async () => {
    const observed = await observeScene(TINY, 3);
    const [first, second] = [observed.vector(1), observed.vector(2)];
    expect(first).toHaveLength(14);
    for (const [p, value] of first.entries()) expect(value).not.toBe(second[p]);
    const evidence = async (scene: ObservedScene) => {
      const [{ logEvidence }] = await (await scene.plan("linear", "traced")).evaluate(first);
      return logEvidence;
    };
    expect(await evidence(await observeScene(TINY, 3))).toBe(await evidence(observed));
    expect(await evidence(await observeScene(TINY, 4))).not.toBe(await evidence(observed));
  });

  test("of two bands has a source in each, or one", async () => {
    const bands = [BAND, { ...BAND, name: "b", side: 24, pixelScale: 0.16 }];
    for (const shared of [false, true]) {
      const scene: PixelizedScene = {
        ...TINY,
        bands,
        shared,
        solves: ["positive"],
        reference: "none",
        gradient: false,
      };
      const observed = await observeScene(scene, 3);
      const [{ sources }] = await (await observed.plan("positive", "traced")).evaluate(observed.vector(0));
      expect(sources.map(({ datasets }) => datasets)).toEqual(shared ? [["a", "b"]] : [["a"], ["b"]]);
      const [row] = await rowsOf(scene, observed);
      expect(row).toMatchObject({ median: expect.any(Number), note: "error of the solver's own residual" });
      expect(row.error).toBeLessThan(1e-12);
    }
  });

  test("that is long is left out of a small budget", async () => {
    const scene = { ...TINY, needs: 100 };
    const rows = await rowsOf(scene, await observeScene(scene, 3), 99);
    for (const row of rows) expect(row.note).toBe("it is long: give --row-budget 100 or more");
  });
});

test("what others have published stands beside the fastest row of its scene", () => {
  const row = (implementation: string, median: number): BenchRow => ({
    ...{ kernel: "evidence_positive", implementation, by: "arclet", median, min: median / 2, spread: 0, runs: 5 },
    ...{ error: 0, peakBytes: null, extrapolated: false, note: null },
  });
  const sizes = { gridSize: 120, visibilities: 0, mappingNeighbors: 0, neighbors: 0, sourcePixels: 1000, pixels: 8492 };
  const points = ["S = 1000", "S = 2000"].map((curve) => {
    return { at: { curve, sizes }, rows: [row("slow", 1), row("fast", 0.1)] };
  });
  const { notes } = benchReport("hst", sizes, 1, {}, points);
  expect(notes.map(({ curve, implementation }) => `${curve} ${implementation}`)).toEqual([
    "S = 1000 fast",
    "S = 2000 fast",
  ]);
  expect(notes[0].note).toMatch(
    /^6\.12 times faster than PyAutoLens 2026\.5 .*: 0\.306 s, published, not of this run$/,
  );
  expect(notes[1].note).toMatch(/^46\.0 times faster/);
});

describe("arclet bench euclid", () => {
  test("has a table of its rows and one of their steps", async () => {
    const argv = ["bench", "euclid", "--repeat", "1", "--implementations", "traced"];
    const { code, stdout } = await runCollecting(argv);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^euclid: M = 2828, one thread\n/);
    expect(stdout.match(/^ +traced +(evidence|gradient)_(linear|positive) +arclet .*[mu]?s/gm)).toHaveLength(4);
    expect(stdout).toContain("steps, S = 500: medians");
    expect(stdout).not.toContain("wrong");
  }, 120_000);

  test.each([
    ["--source-pixels", "5", "euclid has sizes of its own"],
    ["--peers", "python3", "euclid has no peers: what PyAutoLens takes is a published time beside the rows"],
  ])("refuses %s", async (option, value, message) => {
    const { code, stderr } = await runCollecting(["bench", "euclid", option, value]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
