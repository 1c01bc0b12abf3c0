import { expect, test } from "vitest";
import { pixelGrid, slimPositions } from "../../src/grid.ts";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import { dirtyImage } from "../../src/operators/dirty-image.ts";
import { visibilities } from "../../src/operators/visibilities.ts";
import { wCompact } from "../../src/operators/w-compact.ts";
import { lensOnSight } from "../../src/pipeline/automatic-mask.ts";
import { dirtyOnSight } from "../../src/pipeline/dirty-on-sight.ts";

/*
 * A ring of 0.8" and 0.25" in width, seen by baselines so long that a beam is a pixel of 0.05", but for a few short ones.
 */

const SIDE = 48;
const COUNT = 600;
/** Of a pixel; the noise of a visibility is 1. */
const FAINT = 0.005;
const grid = pixelGrid([SIDE, SIDE], 0.05);
const random = randomState(7);
const uvWavelengths = draws(random, 2 * COUNT, (state) => (2 * uniform(state) - 1) * 1.5e6).map((u, i) => {
  return i < COUNT / 2 ? u / 8 : u;
});
const noiseMap = new Float64Array(2 * COUNT).fill(1);
const positions = slimPositions(
  grid,
  Int32Array.from({ length: 2 * SIDE * SIDE }, (_, i) => nativeIndexAt(i)),
);
const weightSum = COUNT;
/** Of the dirty image as it is, three times. */
const SHARP = 3 * Math.sqrt(COUNT);
const compact = wCompact({ grid, uvWavelengths, noiseMap });

function nativeIndexAt(i: number): number {
  return i % 2 === 0 ? Math.floor(i / 2 / SIDE) : (i >> 1) % SIDE;
}

const ring = Float64Array.from({ length: SIDE * SIDE }, (_, pixel) => {
  const radius = Math.hypot(positions[2 * pixel], positions[2 * pixel + 1]);
  return Math.exp(-0.5 * ((radius - 0.8) / 0.125) ** 2);
});
const ofRing = visibilities({ grid, image: ring, uvWavelengths });

function onSight(brightness: number, noise: (k: number) => number) {
  const observed = ofRing.map((value, k) => brightness * value + noise(k));
  const data = { dirtyImage: dirtyImage({ grid, uvWavelengths, visibilities: observed, noiseMap }) };
  const sums = { wCompact: compact, data, weightSum } as Parameters<typeof dirtyOnSight>[0]["sums"];
  return dirtyOnSight({ grid, sums });
}

test("what is clear is left as sharp as it is", () => {
  const { data, noiseMap: sigma } = onSight(1, () => 0);
  expect(data).toEqual(dirtyImage({ grid, uvWavelengths, visibilities: ofRing, noiseMap }));
  expect(sigma[0]).toBeCloseTo(SHARP, 10);
});

test("faint arcs that the longest baselines resolve are seen in the shorter ones", () => {
  const noise = draws(random, 2 * COUNT, normal);
  const faint = onSight(FAINT, (k) => noise[k]);
  const sharp = dirtyImage({
    grid,
    uvWavelengths,
    visibilities: ofRing.map((value, k) => FAINT * value + noise[k]),
    noiseMap,
  });
  const sight = (image: typeof faint) => lensOnSight(image, { shareOfPeak: 0.35, lensMayShine: false });
  expect(sight({ ...faint, data: sharp, noiseMap: sharp.map(() => SHARP) }).ringRadius).toBeNull();
  expect(sight(faint).ringRadius).toBeCloseTo(0.8, 1);
});

test("its noise is that of the smoothed image", () => {
  // Far from the sides.
  const at = [20, 28].flatMap((row) => [20, 28].map((column) => row * SIDE + column));
  let smoother = 0;
  const deviations = Array.from({ length: 60 }, () => {
    const noise = draws(random, 2 * COUNT, normal);
    const image = onSight(0, (k) => noise[k]);
    if (image.noiseMap[0] < SHARP) smoother++;
    return at.map((pixel) => (3 * image.data[pixel]) / image.noiseMap[pixel]);
  }).flat();
  expect(smoother).toBeGreaterThan(5);
  const variance = deviations.reduce((sum, value) => sum + value * value, 0) / deviations.length;
  // Short baselines are common to the four pixels: four standard deviations of 60 draws.
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 60));
});
