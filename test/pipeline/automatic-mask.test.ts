import { expect, test } from "vitest";
import { lensOnSight, type SeenImage } from "../../src/pipeline/automatic-mask.ts";

/** Noise of one generator, so that a test is the same in every run. */
function noise(count: number): Float64Array {
  let state = 12345;
  const uniform = () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return (state + 0.5) / 2 ** 32;
  };
  return Float64Array.from({ length: count }, () => {
    return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  });
}

const SCALE = 0.05;
const SIDE = 161;

/** Light in standard deviations of the noise, of (y, x) in arcseconds. */
function imageOf(light: (y: number, x: number) => number): SeenImage {
  const data = noise(SIDE * SIDE).map((value, pixel) => {
    const y = ((SIDE - 1) / 2 - Math.floor(pixel / SIDE)) * SCALE;
    const x = ((pixel % SIDE) - (SIDE - 1) / 2) * SCALE;
    return value + light(y, x);
  });
  const noiseMap = new Float64Array(SIDE * SIDE).fill(1);
  return { shape: [SIDE, SIDE], pixelScale: SCALE, origin: [0, 0], data, noiseMap };
}

const CENTRE = [0.12, -0.07] as const;

/** An elliptical galaxy with an exponential profile. */
function galaxy(y: number, x: number): number {
  const [dy, dx] = [y - CENTRE[0], x - CENTRE[1]];
  return 3000 * Math.exp(-Math.sqrt(((dy + dx) ** 2 / 2) * 0.75 + (dy - dx) ** 2 / 2 / 0.75) / 0.3);
}

/** A ring of 1.2", brighter on one side, as far as `share` of the way round. */
function arcs(y: number, x: number, share = 1): number {
  const [dy, dx] = [y - CENTRE[0], x - CENTRE[1]];
  const angle = Math.atan2(dy, dx);
  if (Math.abs(angle) > share * Math.PI) return 0;
  return (8 + 4 * Math.cos(angle)) * Math.exp(-0.5 * ((Math.hypot(dy, dx) - 1.2) / 0.08) ** 2);
}

const blob = (cy: number, cx: number) => (y: number, x: number) =>
  12 * Math.exp(-0.5 * (((y - cy) ** 2 + (x - cx) ** 2) / 0.1 ** 2));

/** An image of so many radii of 1.2", 20 degrees wide. */
const image = (radii: number, direction: number) => (y: number, x: number) => {
  const [dy, dx] = [y - CENTRE[0], x - CENTRE[1]];
  const angle = Math.atan2(Math.sin(Math.atan2(dy, dx) - direction), Math.cos(Math.atan2(dy, dx) - direction));
  return 200 * Math.exp(-0.5 * (((Math.hypot(dy, dx) - radii * 1.2) / 0.08) ** 2 + (angle / 0.17) ** 2));
};

test("two opposite images at different radii, which average to one", () => {
  const double = [image(1.3, 0.6), image(0.7, 0.6 + Math.PI)];
  const seen = lensOnSight(imageOf((y, x) => galaxy(y, x) + double.reduce((sum, light) => sum + light(y, x), 0)));
  expect(Math.abs(seen.ringRadius! / 1.2 - 1)).toBeLessThan(0.06);
  expect(seen.maskRadius).toBeGreaterThan(1.3 * 1.2 + 2 * 0.08);
});

for (const share of [1, 0.35]) {
  test(`the ring behind a galaxy, ${share} of it`, () => {
    const seen = lensOnSight(imageOf((y, x) => galaxy(y, x) + arcs(y, x, share)));
    expect(seen.hasLensLight).toBe(true);
    // A tenth of a pixel: the peak has a signal to noise of thousands.
    expect(Math.hypot(seen.centre[0] - CENTRE[0], seen.centre[1] - CENTRE[1])).toBeLessThan(0.1 * SCALE);
    // A whole ring is but a bump in the profile: what of it is taken for the galaxy lies inside.
    expect(Math.abs(seen.ringRadius! / 1.2 - 1)).toBeLessThan(0.06);
    expect(seen.maskRadius).toBeGreaterThan(1.2 + 3 * 0.08);
    expect(seen.maskRadius).toBeLessThan(2.2);
    expect(seen.neighbours).toEqual([]);
  });
}

test("an image that goes on outwards is in the mask as a whole", () => {
  const wide = (y: number, x: number) =>
    30 * Math.exp(-0.5 * (((y - CENTRE[0]) ** 2 + (x - CENTRE[1] - 1.9) ** 2) / 0.14 ** 2));
  const seen = lensOnSight(imageOf((y, x) => galaxy(y, x) + arcs(y, x, 0.5) + wide(y, x)));
  expect(seen.neighbours).toEqual([]);
  expect(seen.maskRadius).toBeGreaterThan(1.9 + 2 * 0.14);
});

test("neighbours are no arcs, and are left out where they are within the mask", () => {
  const far = blob(-2.6, 2.4);
  // Between one and a half radii of the ring and the mask that arcs so far out ask for.
  // Opposite arcs both would be images of theirs.
  const near = blob(CENTRE[0] + 1.8, CENTRE[1] + 1.04);
  const tail = blob(CENTRE[0] - 1.1, CENTRE[1] + 1.23);
  const seen = lensOnSight(imageOf((y, x) => galaxy(y, x) + arcs(y, x, 0.6) + far(y, x) + near(y, x) + tail(y, x)));
  expect(Math.abs(seen.ringRadius! / 1.2 - 1)).toBeLessThan(0.1);
  expect(seen.neighbours).toHaveLength(1);
  const [{ centre, radius }] = seen.neighbours;
  expect(Math.hypot(centre[0] - CENTRE[0] - 1.8, centre[1] - CENTRE[1] - 1.04)).toBeLessThan(SCALE);
  // The blob is above five of the noise of nine pixels out to 2.5 of its widths.
  expect(radius).toBeGreaterThan(0.2);
  expect(radius).toBeLessThan(0.5);
});

test("where the lens is dark, its ring says where it is", () => {
  const seen = lensOnSight(imageOf((y, x) => arcs(y, x)));
  expect(seen.hasLensLight).toBe(false);
  expect(Math.hypot(seen.centre[0] - CENTRE[0], seen.centre[1] - CENTRE[1])).toBeLessThan(SCALE);
  expect(Math.abs(seen.ringRadius! / 1.2 - 1)).toBeLessThan(0.03);
});

test("an arc near the middle is no light of a lens", () => {
  const bright = imageOf((y, x) => {
    const [dy, dx] = [y - CENTRE[0], x - CENTRE[1]];
    return 500 * (1 + 0.5 * Math.cos(Math.atan2(dy, dx))) * Math.exp(-0.5 * ((Math.hypot(dy, dx) - 0.8) / 0.08) ** 2);
  });
  const seen = lensOnSight(bright);
  expect(seen.hasLensLight).toBe(false);
  expect(Math.abs(seen.ringRadius! / 0.8 - 1)).toBeLessThan(0.06);
});

test("pixels that the noise flags count as nothing", () => {
  const bright = imageOf((y, x) => galaxy(y, x) + arcs(y, x) + (x > 1.6 ? 1000 : 0));
  const noiseMap = bright.data.map((_, pixel) => (((pixel % SIDE) - (SIDE - 1) / 2) * SCALE > 1.6 ? 1e8 : 1));
  const seen = lensOnSight({ ...bright, noiseMap });
  expect(Math.abs(seen.ringRadius! / 1.2 - 1)).toBeLessThan(0.06);
});

test("sidelobes below a share of the peak are not seen", () => {
  const lobes = (y: number, x: number) => 100 * arcs(y, x) + 15 * Math.cos(5 * x) * Math.cos(5 * y);
  const seen = lensOnSight(imageOf(lobes), { shareOfPeak: 0.3, lensMayShine: false });
  expect(Math.abs(seen.ringRadius! / 1.2 - 1)).toBeLessThan(0.05);
  expect(seen.neighbours).toEqual([]);
});

test("noise alone is no ring", () => {
  const seen = lensOnSight(imageOf(() => 0));
  expect(seen.ringRadius).toBeNull();
  expect(seen.maskRadius).toBe(3);
});
