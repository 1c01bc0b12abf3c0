import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LatticeSums, nufftPays } from "../../src/dataset/compaction.ts";
import { given, pick } from "../../src/likelihood/picks.ts";
import { predictedSeconds } from "../../src/likelihood/predicted-seconds.ts";
import { type Measurement, parseTuning, TUNING_FORMAT, type Tuning } from "../../src/likelihood/tuning.ts";

function tuningWith(measurements: Measurement[]): Tuning {
  return {
    format: TUNING_FORMAT,
    version: "0.1.0",
    machine: { cpu: "a test's" },
    date: "2026-11-23T01:02:03.000Z",
    wasm_build: "base",
    threads: 1,
    measurements,
    wrong: [],
  };
}

const seconds = fc.double({ min: 1e-6, max: 1e3, noNaN: true });
const size = fc.integer({ min: 1, max: 1e7 });

/** Times at every combination of two sizes. */
const grids = fc
  .record({
    pixels: fc.uniqueArray(size, { minLength: 1, maxLength: 4 }),
    visibilities: fc.uniqueArray(size, { minLength: 1, maxLength: 4 }),
  })
  .chain(({ pixels, visibilities }) => {
    const points = pixels.flatMap((p) => visibilities.map((k) => ({ grid_pixels: p, visibilities: k })));
    const count = { minLength: points.length, maxLength: points.length };
    return fc.record({ direct: fc.array(seconds, count), nufft: fc.array(seconds, count) }).map(({ direct, nufft }) =>
      points.map((sizes, i): Measurement => {
        return { choice: "lattice_sums", sizes, seconds: { direct: direct[i], nufft: nufft[i] } };
      }),
    );
  });

const timesOf = (grid: readonly Measurement[], candidate: LatticeSums) =>
  grid.map((each) => ({ sizes: each.sizes, seconds: (each.seconds as Record<LatticeSums, number>)[candidate] }));
const NAMES = ["grid_pixels", "visibilities"];
const predicted = (grid: readonly Measurement[], candidate: LatticeSums, sizes: Record<string, number>) =>
  predictedSeconds(timesOf(grid, candidate), NAMES, sizes);

describe("a predicted time", () => {
  test("is the measured one at a measured point", () => {
    fc.assert(
      fc.property(grids, (grid) => {
        for (const { sizes, seconds } of timesOf(grid, "direct")) {
          expect(predicted(grid, "direct", sizes) / seconds).toBeCloseTo(1, 10);
        }
      }),
    );
  });

  test("lies between the times of the points around it, and grows with the size where those do", () => {
    fc.assert(
      fc.property(size, size, seconds, seconds, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, low, high, at) => {
        // Sizes are counts: two that differ by rounding have a slope of nothing but rounding.
        fc.pre(Math.abs(Math.log(a / b)) > 1e-3);
        const measured = [
          { sizes: { n: Math.min(a, b) }, seconds: Math.min(low, high) },
          { sizes: { n: Math.max(a, b) }, seconds: Math.max(low, high) },
        ];
        const n = (place: number) => measured[0].sizes.n ** (1 - place) * measured[1].sizes.n ** place;
        const time = (place: number) => predictedSeconds(measured, ["n"], { n: n(place) });
        const here = time(at);
        expect(here).toBeGreaterThanOrEqual(measured[0].seconds * (1 - 1e-9));
        expect(here).toBeLessThanOrEqual(measured[1].seconds * (1 + 1e-9));
        expect(time(Math.min(1, at + 0.1))).toBeGreaterThanOrEqual(here * (1 - 1e-9));
      }),
    );
  });

  test("of a power law is that law, between the points and beyond them", () => {
    const law = (m: number, s: number) => 3e-9 * m ** 2 * s ** 0.5;
    const measured = [10, 300, 4000].flatMap((m) => {
      return [5, 60].map((s) => ({ sizes: { m, s }, seconds: law(m, s) }));
    });
    for (const [m, s] of [
      [50, 20],
      [1, 1],
      [1e5, 700],
      [10, 60],
      [300, 9],
    ]) {
      expect(predictedSeconds(measured, ["m", "s"], { m, s }) / law(m, s)).toBeCloseTo(1, 9);
    }
  });

  test("does not fall beyond the measured sizes, whatever noise says", () => {
    const measured = [
      { sizes: { n: 10 }, seconds: 2 },
      { sizes: { n: 100 }, seconds: 1 },
    ];
    expect(predictedSeconds(measured, ["n"], { n: 1e6 })).toBeCloseTo(1, 12);
    expect(predictedSeconds(measured, ["n"], { n: 1 })).toBeCloseTo(2, 12);
  });

  test("is finite without any pixel", () => {
    expect(
      predictedSeconds(
        [
          { sizes: { n: 10 }, seconds: 2 },
          { sizes: { n: 20 }, seconds: 4 },
        ],
        ["n"],
        { n: 0 },
      ),
    ).toBeCloseTo(0.2, 12);
  });
});

describe("a pick", () => {
  test("is the candidate of least predicted time or the more exact one at little cost, and says so", () => {
    fc.assert(
      fc.property(grids, fc.integer({ min: 1, max: 900 }), size, (grid, side, visibilities) => {
        const { picked, candidates, because } = pick(tuningWith(grid), "lattice_sums", {
          shape: [side, side],
          visibilities,
        });
        const sizes = { grid_pixels: side * side, visibilities };
        const times = { direct: predicted(grid, "direct", sizes), nufft: predicted(grid, "nufft", sizes) };
        const cheap = times.direct - times.nufft <= 0.01;
        expect(picked).toBe(cheap ? "direct" : "nufft");
        expect(candidates).toHaveLength(2);
        for (const { candidate, seconds } of candidates) expect(seconds).toBe(times[candidate]);
        expect(candidates[0].seconds).toBe(Math.min(times.direct, times.nufft));
        expect(because).toBe(
          cheap && times.direct > times.nufft
            ? "the more exact, and at most 10 ms slower by what arclet tune measured on 2026-11-23"
            : "the fastest by what arclet tune measured on 2026-11-23",
        );
      }),
    );
  });

  test("without a tuning is built in", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), size, (side, visibilities) => {
        const subject = { shape: [side, side] as const, visibilities };
        const { picked, because, candidates } = pick(undefined, "lattice_sums", subject);
        expect(picked).toBe(nufftPays(subject, visibilities) ? "nufft" : "direct");
        expect(because).toMatch(/^built in: /);
        expect(candidates).toEqual([]);
      }),
    );
    const subject = { image_pixels: 1000, source_pixels: 100, mappings_per_pixel: 4, lattices: 1 };
    expect(pick(undefined, "curvature_matrix", subject)).toMatchObject({ picked: "w_compact_symmetric" });
    // A tuning of other choices says nothing about this one.
    expect(pick(tuningWith([]), "curvature_matrix", subject).because).toMatch(/^built in: /);
  });

  test("of a curvature form is the least time, by however little", () => {
    const sizes = { image_pixels: 1000, source_pixels: 100, mappings_per_pixel: 4, lattices: 1 };
    const seconds = { w_compact_symmetric: 1e-3, w_compact_direct: 0.999e-3, w_compact_sparse: 2e-3 };
    const tuning = tuningWith([{ choice: "curvature_matrix", sizes, seconds }]);
    const { picked, candidates } = pick(tuning, "curvature_matrix", sizes);
    expect(picked).toBe("w_compact_direct");
    expect(candidates.map(({ candidate }) => candidate)).toEqual([
      "w_compact_direct",
      "w_compact_symmetric",
      "w_compact_sparse",
    ]);
  });

  test("fits into memory", () => {
    const sizes = { image_pixels: 1000, source_pixels: 100, mappings_per_pixel: 4, lattices: 1 };
    const seconds = { w_tilde_sparse: 1e-9, w_compact_direct: 2, w_compact_sparse: 1 };
    const tuning = tuningWith([{ choice: "curvature_matrix", sizes, seconds }]);
    expect(pick(tuning, "curvature_matrix", sizes).picked).toBe("w_tilde_sparse");
    expect(pick(tuning, "curvature_matrix", { ...sizes, image_pixels: 20_000 }).picked).toBe("w_compact_sparse");
    const large = { choice: "lattice_sums", sizes: { grid_pixels: 9e6, visibilities: 1e6 } } as const;
    const sums = tuningWith([{ ...large, seconds: { nufft: 1, direct: 1e4 } }]);
    expect(pick(sums, "lattice_sums", { shape: [1000, 9000], visibilities: 1e6 }).picked).toBe("direct");
    expect(pick(sums, "lattice_sums", { shape: [300, 300], visibilities: 1e6 }).picked).toBe("nufft");
  });

  test("that was not to be made keeps its reason", () => {
    expect(given("curvature_matrix", "preload_direct", "asked for")).toEqual({
      choice: "curvature_matrix",
      picked: "preload_direct",
      because: "asked for",
      candidates: [],
    });
  });
});

describe("a stored tuning", () => {
  test("is read back as it was", () => {
    fc.assert(
      fc.property(grids, (grid) => {
        const tuning = tuningWith(grid);
        expect(parseTuning(JSON.stringify(tuning), "t.json")).toEqual(tuning);
      }),
    );
  });

  const good = JSON.stringify(tuningWith([]));
  test.each([
    ["nothing", ""],
    ["half of one", good.slice(0, good.length / 2)],
    ["null", "null"],
    ["an older format", good.replace('"format":1', '"format":0')],
    [
      "a candidate nobody knows",
      good.replace(
        "[]",
        '[{"choice":"lattice_sums","sizes":{"grid_pixels":1,"visibilities":1},"seconds":{"magic":1}}]',
      ),
    ],
    [
      "a time of zero",
      good.replace(
        "[]",
        '[{"choice":"lattice_sums","sizes":{"grid_pixels":1,"visibilities":1},"seconds":{"nufft":0}}]',
      ),
    ],
    [
      "a size that is missing",
      good.replace("[]", '[{"choice":"lattice_sums","sizes":{"grid_pixels":1},"seconds":{"nufft":1}}]'),
    ],
  ])("%s is refused", (_, text) => {
    expect(() => parseTuning(text, "t.json")).toThrow(/^t\.json: the tuning is .*; run arclet tune again$/);
  });
});
