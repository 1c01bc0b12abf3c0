import { describe, expect, test } from "vitest";
import { BENCH_CASES } from "../../src/bench/bench-case.ts";
import { type Contender, ownContender } from "../../src/bench/contender.ts";
import type { Implementation } from "../../src/bench/implementation.ts";
import { IMPLEMENTATIONS } from "../../src/bench/implementations.ts";
import { benchInputs } from "../../src/bench/inputs.ts";
import { referenceCheck } from "../../src/bench/reference-check.ts";
import { benchReport } from "../../src/bench/report.ts";
import { type BenchRow, type BenchRun, runBench } from "../../src/bench/schedule.ts";
import { benchTable } from "../../src/bench/table.ts";
import type { BenchSizes } from "../../src/bench/work.ts";
import { partWithin } from "../../src/bench/work.ts";

const SIZES: BenchSizes = { gridSize: 8, visibilities: 60, mappingNeighbors: 3, neighbors: 4, sourcePixels: 9 };
const inputs = benchInputs(SIZES, "gaussian", 3);

function own(kernel: string, name: string): Implementation {
  const found = IMPLEMENTATIONS.find((each) => each.kernel === kernel && each.name === name);
  if (found === undefined) throw new Error(name);
  return found;
}

function contender(implementation: Implementation): Contender {
  return ownContender(implementation, inputs, referenceCheck(inputs), async () => 1234);
}

function runWith(contenders: readonly Contender[], options: Partial<BenchRun> = {}): Promise<BenchRow[]> {
  const limits = { repeat: 3, rowBudget: 60, memory: 2 ** 33 };
  return runBench({ contenders, sizes: inputs.sizes, progress: () => {}, release: () => {}, ...limits, ...options });
}

/** Takes as long as it says, by its own clock. */
function slow(seconds: (pixels: number) => number, seen: [string, number, number][] = []): Contender {
  return {
    ...contender(own("curvature_matrix", "wasm_compact_sparse")),
    name: "slow",
    work: ({ pixels }) => pixels ** 2,
    call: async (part, round, checked) => {
      seen.push(["slow", part.pixels, round]);
      return { seconds: seconds(part.pixels), error: checked ? 0 : null, sampled: null };
    },
  };
}

describe("every implementation", () => {
  test.each(IMPLEMENTATIONS.map((each) => [`${each.kernel} ${each.name}`, each] as const))("%s is right", (_, each) => {
    for (const part of [inputs.sizes, partWithin(each, inputs.sizes, each.work(inputs.sizes) / 5)]) {
      const { error } = referenceCheck(inputs)(each.prepare(inputs, part, 2)(), part, 2);
      expect(error).toBeLessThanOrEqual(each.tolerance);
    }
  });

  test("can be cut to a second's work at ALMA's sizes, so that its time can be predicted", () => {
    const alma = {
      gridSize: 200,
      visibilities: 1e6,
      mappingNeighbors: 3,
      neighbors: 4,
      sourcePixels: 2000,
      pixels: 31_416,
    };
    // What factorizes has no parts; it takes seconds.
    const factorizes = ["log_likelihood", "cholesky", "positive_only"];
    for (const each of IMPLEMENTATIONS.filter(({ kernel }) => !factorizes.includes(kernel))) {
      const least = each.work(partWithin(each, alma, 0));
      expect(least, `${each.kernel} ${each.name}`).toBeLessThan(1e8);
    }
  });

  test("has a name of its own within its kernel", () => {
    const names = IMPLEMENTATIONS.map(({ kernel, name }) => `${kernel} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test("would be caught reusing another round's result", () => {
    for (const each of IMPLEMENTATIONS) {
      const stale = each.prepare(inputs, inputs.sizes, 1)();
      expect(referenceCheck(inputs)(stale, inputs.sizes, 2).error, each.name).toBeGreaterThan(each.tolerance);
    }
  });
});

describe("a row whose smallest part is long", () => {
  test("has as many rounds as its budget pays for, the last of them checked", async () => {
    const seen: [string, number, number][] = [];
    const [row] = await runWith([{ ...slow(() => 4, seen), work: () => 1 }], { repeat: 7, rowBudget: 14 });
    expect(row).toMatchObject({ runs: 2, error: 0, extrapolated: true });
    // One call predicts it, which warms it too.
    expect(seen.map(([, , round]) => round)).toEqual([0, 6, 7]);
  });
});

test("a factor too large to be compared is held to the matrix that it is of", () => {
  const large = benchInputs({ ...SIZES, sourcePixels: 1400 }, "gaussian", 3);
  const { kernel, prepare, tolerance } = own("cholesky", "wasm_blocked");
  const answer = prepare(large, large.sizes, 2)();
  expect(referenceCheck(large)(answer, large.sizes, 2)).toMatchObject({ sampled: "10000 entries of L L'" });
  expect(referenceCheck(large)(answer, large.sizes, 2).error).toBeLessThan(1e-13);
  if (answer.kernel !== kernel || answer.kernel !== "cholesky") throw new Error(answer.kernel);
  answer.value.values.fill(0, 1400 * 700, 1400 * 701);
  expect(referenceCheck(large)(answer, large.sizes, 2).error).toBeGreaterThan(tolerance);
});

test("a published time stands beside the fastest row, at its own sizes alone", () => {
  const row = (kernel: BenchRow["kernel"], median: number | null): BenchRow => {
    const nothing = { min: null, spread: null, runs: 1, error: null, peakBytes: null, extrapolated: false, note: null };
    return { kernel, implementation: `takes ${median}`, by: "arclet", median, ...nothing };
  };
  const rows = [
    row("curvature_matrix", 0.1),
    row("log_likelihood", 0.5),
    row("log_likelihood", 0.126),
    row("log_likelihood", null),
  ];
  const sizes = { ...BENCH_CASES.alma.sizes, pixels: 15_400 };
  const { notes } = benchReport("alma", sizes, 1, {}, [{ at: null, rows }]);
  expect(notes).toHaveLength(1);
  expect(notes[0].implementation).toBe("takes 0.126");
  expect(notes[0].note).toMatch(
    /^10\.0 times faster than PyAutoLens .* 1\.26 s, published, not of this run; 2\.55 times slower/,
  );
  expect(benchReport("alma", { ...sizes, sourcePixels: 100 }, 1, {}, [{ at: null, rows }]).notes).toEqual([]);
});

describe("an implementation that is wrong", () => {
  const right = own("curvature_matrix", "wasm_compact_sparse");
  const wrong = (spoil: (values: Float64Array) => unknown): Implementation => ({
    ...right,
    name: "wrong",
    prepare: (...args) => {
      const run = right.prepare(...args);
      return () => {
        const answer = run();
        if (answer.kernel === "curvature_matrix") spoil(answer.value.values);
        return answer;
      };
    },
  });

  test.each([
    ["by a little in one entry", (values: Float64Array) => values.fill(values[5] * (1 + 1e-9), 5, 6)],
    ["by a NaN", (values: Float64Array) => values.fill(Number.NaN, 5, 6)],
  ])("%s has no time", async (_, spoil) => {
    const rows = await runWith([contender(right), contender(wrong(spoil))]);
    expect(rows[0].median).toBeGreaterThan(0);
    expect(rows[1]).toMatchObject({ median: null, min: null, spread: null, runs: 3 });
    expect(rows[1].error).toBeGreaterThan(right.tolerance);
    const report = benchReport("table4", inputs.sizes, 1, {}, [{ at: null, rows }]);
    expect(JSON.parse(JSON.stringify(report)).rows[1].max_relative_error).toBeGreaterThan(right.tolerance);
    const table = benchTable(report, [{ title: "curvature matrix", kernels: ["curvature_matrix"] }]);
    expect(table).toMatch(/wrong +arclet +wrong +\d/);
    expect(table).toMatch(/wasm_compact_sparse +arclet +[\d.]+ [mu]?s +\(1\.00\)/);
  });

  test("by failing is no reason for others to fail", async () => {
    const failing: Implementation = {
      ...right,
      name: "failing",
      prepare: () => () => {
        throw new Error("out of luck");
      },
    };
    const [failed, other] = await runWith([contender(failing), contender(right)]);
    expect(failed).toMatchObject({ median: null, runs: 0, note: "failed: out of luck" });
    expect(other.median).toBeGreaterThan(0);
  });
});

describe("what is too long or too large", () => {
  test("runs on a part and is scaled by what is known of its cost", async () => {
    const [row] = await runWith([slow((pixels) => 2e-3 * pixels ** 2)], { rowBudget: 16 });
    expect(row.extrapolated).toBe(true);
    expect(row.note).toMatch(/^extrapolated from \d+ of \d+ image pixels$/);
    expect(row.median! / (2e-3 * inputs.sizes.pixels ** 2)).toBeCloseTo(1, 10);
    expect(row.peakBytes).toBeNull();
    const table = benchTable(benchReport("table4", inputs.sizes, 1, {}, [{ at: null, rows: [row] }]), [
      { title: "curvature matrix", kernels: ["curvature_matrix"] },
    ]);
    expect(table).toMatch(/slow +arclet +~ /);
  });

  test("spends a share of the budget only", async () => {
    const seen: [string, number, number][] = [];
    const cost = (pixels: number): number => 2e-3 * pixels ** 2;
    await runWith([slow(cost, seen)], { rowBudget: 16 });
    const spent = seen.filter(([, , round]) => round > 0).reduce((sum, [, pixels]) => sum + cost(pixels), 0);
    expect(spent).toBeGreaterThan(0);
    expect(spent).toBeLessThanOrEqual(1.6);
  });

  test("runs whole where the budget allows it", async () => {
    const [row] = await runWith([slow((pixels) => 1e-4 * pixels ** 2)]);
    expect(row).toMatchObject({ extrapolated: false, runs: 3, peakBytes: 1234, note: null });
    expect(row.median).toBeCloseTo(1e-4 * inputs.sizes.pixels ** 2, 12);
  });

  test("is left out before anything starts, and says why", async () => {
    const lines: string[] = [];
    const large: Contender = { ...slow(() => 0), name: "large", keeps: () => ({ "w tilde": 2 ** 40 }) };
    const small = slow(() => 1);
    const rows = await runWith([large, small], { progress: (line) => lines.push(line) });
    expect(lines[0]).toMatch(/^large is left out: it would take 1\.02e\+3 GiB of memory, and there are 8\.00 GiB$/);
    expect(rows[0]).toMatchObject({ median: null, runs: 0, note: expect.stringContaining("it would take") });
    expect(rows[1].median).toBe(1);
  });

  test("for WebAssembly is left out too", () => {
    const wide = { ...inputs.sizes, pixels: 11_586 };
    expect(contender(own("w_tilde", "wasm_full_product")).refuses(wide)).toContain("1.00 GiB");
    expect(contender(own("w_tilde", "reference_full_direct")).refuses(wide)).toBeNull();
    expect(contender(own("w_tilde", "wasm_full_product")).refuses({ ...wide, pixels: 11_585 })).toBeNull();
  });

  test("kept once by several rows counts once", async () => {
    const keeping = { keeps: () => ({ "w tilde": 0.6 * 2 ** 33 }) };
    const rows = await runWith([
      { ...slow(() => 1), ...keeping },
      { ...slow(() => 2), ...keeping },
      { ...slow(() => 3), keeps: () => ({ another: 0.6 * 2 ** 33 }) },
    ]);
    expect(rows.map(({ median }) => median)).toEqual([1, 2, null]);
  });
});

test("rounds call everyone in turn", async () => {
  const seen: [string, number, number][] = [];
  const named = (name: string): Contender => {
    const call: Contender["call"] = async (part, round) => {
      seen.push([name, part.pixels, round]);
      return { seconds: 1, error: null, sampled: null };
    };
    return { ...slow(() => 1), name, call };
  };
  await runWith([named("a"), named("b")], { repeat: 2 });
  expect(seen.filter(([, , round]) => round > 0).map(([name, , round]) => `${name}${round}`)).toEqual([
    "a1",
    "b1",
    "a2",
    "b2",
  ]);
});
