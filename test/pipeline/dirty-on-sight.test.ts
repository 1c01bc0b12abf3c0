import { expect, test } from "vitest";
import { ARCSECOND, pixelGrid, slimPositions } from "../../src/grid.ts";
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
const FAINT = 0.0045;
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
  const noise = draws(random, 2 * COUNT, normal);
  const { noiseMap: sigma } = onSight(FAINT, (k) => noise[k]);
  expect(sigma[0]).toBeLessThan(SHARP);
  // A Gaussian of s pixels takes exp(-2 pi^2 s^2 |u|^2) of a baseline of |u| wavelengths per pixel.
  const radian = 0.05 * ARCSECOND;
  const laws = [1, 2, 4].map((pixels) => {
    const kept = Array.from({ length: COUNT }, (_, k) => {
      const squared = (uvWavelengths[2 * k] ** 2 + uvWavelengths[2 * k + 1] ** 2) * radian ** 2;
      return Math.exp(-4 * Math.PI ** 2 * pixels ** 2 * squared);
    });
    return Math.sqrt(kept.reduce((sum, value) => sum + value, 0));
  });
  // The Gaussian is cut at three deviations, and sampled.
  const nearest = Math.min(...laws.map((law) => Math.abs(sigma[0] / 3 / law - 1)));
  expect(nearest).toBeLessThan(0.02);
});
