import { expect, test } from "vitest";
import type { Dataset } from "../../src/likelihood/dataset.ts";
import { datasetOnSight } from "../../src/pipeline/dataset-on-sight.ts";

const SIDE = 60;
const WEIGHTS = 400;

/** A dirty image of a ring, so many standard deviations high, seen with a beam of 0.15". */
function dirty(signalToNoise: number, radius = 1): Dataset {
  const grid = { shape: [SIDE, SIDE], pixelScale: 0.05, origin: [0, 0] };
  const dirtyImage = Float64Array.from({ length: SIDE * SIDE }, (_, pixel) => {
    const [y, x] = [Math.floor(pixel / SIDE), pixel % SIDE].map((at) => (at - (SIDE - 1) / 2) * 0.05);
    const beams = (Math.hypot(y, x) - radius) / 0.15;
    return signalToNoise * Math.sqrt(WEIGHTS) * Math.exp(-0.5 * beams * beams);
  });
  // Noise of neighbours goes together as the beam.
  const minus = Float64Array.from({ length: SIDE * (2 * SIDE - 1) }, (_, at) => {
    const [d, e] = [Math.floor(at / (2 * SIDE - 1)), (at % (2 * SIDE - 1)) - SIDE + 1];
    return WEIGHTS * Math.exp(-0.5 * ((Math.hypot(d, e) * 0.05) / 0.15) ** 2);
  });
  const sums = { data: { dirtyImage }, wCompact: { shape: grid.shape, minus, plus: null }, weightSum: WEIGHTS };
  const compaction = { grid, sums };
  return { type: "interferometer", compaction } as unknown as Dataset;
}

test("in a dirty image a beam is seen by the noise of one pixel, that of all its pixels", () => {
  expect(datasetOnSight(dirty(8)).sight.ringRadius).toBeCloseTo(1, 1);
  // Nine independent pixels of three standard deviations would be nine.
  expect(datasetOnSight(dirty(3)).sight.ringRadius).toBeNull();
});

test("one image is no ring, however bright", () => {
  expect(datasetOnSight(dirty(30, 0)).sight.ringRadius).toBeNull();
  expect(datasetOnSight(dirty(30, 0.5)).sight.ringRadius).toBeCloseTo(0.5, 1);
});
