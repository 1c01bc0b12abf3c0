import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { makeCase } from "../../src/bench/cases.ts";
import { type Compaction, compactVisibilities, nufftPays } from "../../src/dataset/compaction.ts";
import { ARCSECOND, columnCentres, type PixelGrid, pixelGrid, rowCentres } from "../../src/grid.ts";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import type { VisibilityData } from "../../src/operators/compaction.ts";
import { addAt, compensatedSum, totalOf } from "../../src/operators/compensated-sum.ts";
import { storedVisibilities } from "../dataset/stored-visibilities.ts";

// The stated epsilon bounds the true error of every lattice, relative to the sum of absolute weights.

const COUNT = 4500;
const SKY = { visibilitiesSign: -1, xAxis: "east" } as const;

/** sum_k a_k cos phi_k - b_k sin phi_k, its roundings carried. */
function exactly(count: number, term: (k: number) => number): number {
  const total = compensatedSum(1);
  for (let k = 0; k < count; k++) addAt(total, 0, term(k));
  return totalOf(total)[0];
}

/** Largest error over some entries of w and of the dirty image, in units of epsilon times the sum of weights. */
function worstError({ sums, epsilon, grid }: Compaction, data: VisibilityData): number {
  const { uvWavelengths: uv, noiseMap, visibilities } = data;
  const count = uv.length / 2;
  const [rows, columns] = grid.shape;
  const [y, x] = [rowCentres(grid), columnCentres(grid)];
  const phase = (k: number, dy: number, dx: number) => {
    const turns = ARCSECOND * dx * uv[2 * k] + ARCSECOND * dy * uv[2 * k + 1];
    return 2 * Math.PI * (turns - Math.round(turns));
  };
  const weight = (k: number) => 1 / noiseMap[k] ** 2;
  const random = randomState(1);
  const pick = (n: number) => [0, n - 1, n >> 1, ...Array.from({ length: 4 }, () => Math.floor(uniform(random) * n))];
  let worst = 0;
  for (const i of pick(rows)) {
    for (const j of pick(columns)) {
      const image = exactly(count, (k) => {
        const angle = phase(k, y[i], x[j]);
        const [re, im] = [2 * k, 2 * k + 1].map((at) => visibilities[at] * weight(at));
        return re * Math.cos(angle) - im * Math.sin(angle);
      });
      worst = Math.max(worst, Math.abs(sums.data.dirtyImage[i * columns + j] - image) / sums.data.weightedSum);
      const minus = exactly(count, (k) => {
        return ((weight(2 * k) + weight(2 * k + 1)) / 2) * Math.cos(phase(k, y[i] - y[0], x[j] - x[0]));
      });
      const at = i * (2 * columns - 1) + j + columns - 1;
      worst = Math.max(worst, Math.abs(sums.wCompact.minus[at] - minus) / sums.weightSum);
      const plus = exactly(count, (k) => {
        return ((weight(2 * k) - weight(2 * k + 1)) / 2) * Math.cos(phase(k, y[i] + y[0], x[j] + x[0]));
      });
      const found = sums.wCompact.plus?.[i * (2 * columns - 1) + j] ?? 0;
      worst = Math.max(worst, Math.abs(found - plus) / sums.weightSum);
    }
  }
  return worst / epsilon;
}

const NYQUIST = 0.5 / (0.2 * ARCSECOND);
const cell = (n: number) => n / 128 / (0.2 * ARCSECOND);
const BASELINES: Record<string, (random: () => number, k: number) => number> = {
  random: (random) => 0.3 * NYQUIST * (2 * random() - 1),
  "all at one uv": (_, k) => [123_456.7, -54_321][k % 2],
  "all at the phase centre": () => 0,
  "on cells' boundaries": (random) => cell(Math.floor(random() * 60)),
  "halfway between cells": (random) => cell(Math.floor(random() * 60) + 0.5),
  "at the grid's limit": (random) => (random() < 0.5 ? 1 : -1) * NYQUIST * (1 - 1e-15),
};

function observed(name: string, grid: PixelGrid, unequal: boolean): VisibilityData {
  const sizes = { gridSize: [1, 1], visibilities: COUNT, mappings: 1, neighbors: 0, sourcePixels: 1 } as const;
  const { visibilities, noiseMap } = makeCase(name, sizes, { seed: grid.shape[0], unequalNoise: unequal });
  const random = randomState(5);
  const uvWavelengths = Float64Array.from({ length: 2 * COUNT }, (_, k) => BASELINES[name](() => uniform(random), k));
  return { visibilities, noiseMap, uvWavelengths };
}

describe.each(Object.keys(BASELINES))("baselines %s", (name) => {
  test.each([
    ["a centred grid", pixelGrid([33, 35], 0.2), false],
    ["an even grid, unequal noise", pixelGrid([40, 32], 0.2), true],
    ["a grid off the phase centre, unequal noise", pixelGrid([32, 37], 0.2, [0.7, -1.1]), true],
  ] as const)("%s", async (_, grid, unequal) => {
    const data = observed(name, grid, unequal);
    const files = await storedVisibilities(data);
    const kernels = kernelsOf("wasm");
    expect(nufftPays(grid, COUNT)).toBe(true);
    const compaction = await compactVisibilities(files, grid, SKY, kernels.compaction, {
      viaNufft: kernels.compactionViaNufft,
    });
    expect(worstError(compaction, data)).toBeLessThan(1);
    const direct = await compactVisibilities(files, grid, SKY, kernels.compaction);
    expect(worstError(direct, data)).toBeLessThan(1);
    expect(direct.epsilon).toBeLessThan(compaction.epsilon);
    expect(compaction.epsilon).toBeLessThan(5e-12);
  });
});

test("half a million equal terms, every rounding to the same side, stay within epsilon", async () => {
  const count = 2 ** 19;
  const grid = pixelGrid([32, 32], 0.2);
  const uvWavelengths = Float64Array.from({ length: 2 * count }, (_, k) => [123_456.7, -54_321][k % 2]);
  const noiseMap = new Float64Array(2 * count).fill(1.1);
  const few = { uvWavelengths: uvWavelengths.slice(0, 2), noiseMap: noiseMap.slice(0, 2) };
  const { wCompactViaNufft, wCompact } = kernelsOf("wasm");
  const one = wCompact({ grid, ...few }).minus;
  const all = wCompactViaNufft({ grid, uvWavelengths, noiseMap }).minus;
  const worst = Math.max(...all.map((value, i) => Math.abs(value / count - one[i]))) / one[31];
  expect(worst).toBeLessThan(3e-13);
});

test("a reference image is taken off by the NUFFT too", async () => {
  const grid = pixelGrid([32, 33], 0.2);
  const data = observed("random", grid, true);
  const random = randomState(2);
  const referenceImage = draws(random, 32 * 33, normal);
  const kernels = kernelsOf("wasm");
  const files = await storedVisibilities(data);
  const viaNufft = kernels.compactionViaNufft;
  const by = (options: object) =>
    compactVisibilities(files, grid, SKY, kernels.compaction, { referenceImage, ...options });
  const [nufft, direct] = [await by({ viaNufft }), await by({})];
  expect(nufft.sums.residual).not.toBeNull();
  const [a, b] = [nufft.sums.residual!, direct.sums.residual!];
  expect(Math.abs(a.chiSquared - b.chiSquared)).toBeLessThan(1e-12 * b.chiSquared);
  const worst = Math.max(...a.dirtyImage.map((value, i) => Math.abs(value - b.dirtyImage[i])));
  expect(worst).toBeLessThan(nufft.epsilon * b.weightedSum);
});

test("the NUFFT is taken for many visibilities on a grid that is neither small nor beyond memory", () => {
  const pays = (rows: number, columns: number, count: number) => nufftPays(pixelGrid([rows, columns], 0.1), count);
  expect(pays(64, 64, 32_768)).toBe(true);
  expect(pays(900, 900, 1e7)).toBe(true);
  expect(pays(64, 64, 4095)).toBe(false);
  expect(pays(8, 8, 1e7)).toBe(false);
  expect(pays(3000, 3000, 1e7)).toBe(false);
  expect(pays(1, 2 ** 20, 1e7)).toBe(false);
});
