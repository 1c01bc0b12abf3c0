import fc from "fast-check";
import { expect, test } from "vitest";
import { boundingEllipsoid, direction, radiusOf, withinBall } from "../../../src/inference/nested/ellipsoid.ts";
import { type Bound, multiEllipsoid, nearest, withinBound } from "../../../src/inference/nested/multi-ellipsoid.ts";
import { draws, randomState, uniform } from "../../../src/inference/rng.ts";

const NO_VOLUME = -1e3;

test("every point is within the bound of its set, in any number of dimensions, flat sets too", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 60 }),
      fc.nat(),
      (dimensions, count, seed) => {
        const random = randomState(seed);
        const points = draws(random, count * dimensions, uniform);
        // Some coordinates all the same.
        if (seed % 3 === 0) for (let i = 0; i < count; i++) points[i * dimensions] = 0.5;
        const bound = multiEllipsoid(points, dimensions, NO_VOLUME, random);
        for (let i = 0; i < count; i++) expect(nearest(bound, points, i).radius).toBeLessThanOrEqual(1 + 1e-6);
      },
    ),
    { numRuns: 100 },
  );
});

test("the volume is the ball's", () => {
  const random = randomState(1);
  const points = Float64Array.from(Array.from({ length: 4000 }, () => [...direction(random, 3)]).flat());
  const members = Uint32Array.from({ length: 4000 }, (_, i) => i);
  const ellipsoid = boundingEllipsoid(points, members, 3, NO_VOLUME);
  // 4000 points on the sphere: the ellipsoid around them is a few per cent wider than it.
  expect(Math.exp(ellipsoid.logVolume) / ((4 / 3) * Math.PI)).toBeGreaterThan(0.99);
  expect(Math.exp(ellipsoid.logVolume) / ((4 / 3) * Math.PI)).toBeLessThan(1.2);
  expect(Math.exp(boundingEllipsoid(points, members, 3, 5).logVolume)).toBeCloseTo(Math.exp(5), 6);
});

test("two groups far apart become two ellipsoids, one round group one", () => {
  const random = randomState(2);
  const group = (centre: number) =>
    Array.from({ length: 100 }, () => [...withinBall(random, 2)].map((value) => centre + 0.05 * value)).flat();
  const logVolumePerPoint = Math.log((Math.PI * 0.05 ** 2) / 100);
  const boundOf = (points: number[]) => multiEllipsoid(Float64Array.from(points), 2, logVolumePerPoint, random);
  expect(boundOf([...group(0.2), ...group(0.8)]).ellipsoids).toHaveLength(2);
  expect(boundOf(group(0.2)).ellipsoids).toHaveLength(1);
});

test("draws are uniform over the union, overlaps counted once, and end at the cube", () => {
  const disk = (x: number) => ({
    centre: Float64Array.of(x, 0.1),
    axes: Float64Array.of(0.2, 0, 0, 0.2),
    logVolume: Math.log(Math.PI * 0.04),
  });
  const bound: Bound = { ellipsoids: [disk(0.4), disk(0.5)], logVolume: Math.log(2 * Math.PI * 0.04) };
  const random = randomState(3);
  const inside = (x: number, y: number) =>
    bound.ellipsoids.filter((ellipsoid) => radiusOf(ellipsoid, Float64Array.of(x, y), 0) <= 1).length;
  const expected = [0, 0, 0];
  for (let i = 0; i < 1000; i++) for (let j = 0; j < 500; j++) expected[inside((i + 0.5) / 1000, (j + 0.5) / 1000)]++;
  const overlap = expected[2] / (expected[1] + expected[2]);
  const count = 20_000;
  let both = 0;
  for (let i = 0; i < count; i++) {
    const [x, y] = withinBound(bound, random);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(inside(x, y)).toBeGreaterThan(0);
    if (inside(x, y) === 2) both++;
  }
  // Four standard errors of a count.
  expect(Math.abs(both / count - overlap)).toBeLessThan(4 * Math.sqrt((overlap * (1 - overlap)) / count));
});
