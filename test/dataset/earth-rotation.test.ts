import { expect, test } from "vitest";
import { earthRotationBaselines } from "../../src/dataset/earth-rotation.ts";

const ALMA = { antennas: 12, longestBaseline: 5e5, declination: -40, latitude: -23.03, hours: 6, integrations: 7 };
const PAIRS = 66;

function lengths(uv: Float64Array): Float64Array {
  return Float64Array.from({ length: uv.length / 2 }, (_, k) => Math.hypot(uv[2 * k], uv[2 * k + 1]));
}

test("at the zenith baselines are as long as on the ground, elsewhere they are foreshortened", () => {
  const zenith = lengths(earthRotationBaselines({ ...ALMA, declination: ALMA.latitude, integrations: 1 }));
  expect(zenith).toHaveLength(PAIRS);
  expect(Math.max(...zenith)).toBeCloseTo(5e5, 6);
  const tracks = lengths(earthRotationBaselines(ALMA));
  expect(tracks).toHaveLength(7 * PAIRS);
  tracks.forEach((length, k) => {
    expect(length).toBeLessThan(zenith[k % PAIRS]);
  });
});

test("a baseline runs along an ellipse: u^2 + ((v - v0) / sin d)^2 stays", () => {
  const uv = earthRotationBaselines(ALMA);
  const sine = Math.sin((ALMA.declination * Math.PI) / 180);
  for (let pair = 0; pair < PAIRS; pair++) {
    const [first, second, ...others] = Array.from({ length: 7 }, (_, k) => {
      const at = 2 * (k * PAIRS + pair);
      return [uv[at], uv[at + 1] / sine];
    });
    // The centre is where two of its points say, and all others agree.
    const centre = 0.5 * (first[1] + second[1] + (first[0] ** 2 - second[0] ** 2) / (first[1] - second[1]));
    const radius = (point: readonly number[]) => Math.hypot(point[0], point[1] - centre);
    for (const point of others) expect(radius(point) / radius(first)).toBeCloseTo(1, 9);
  }
});

test("seen from a pole, the Earth turns the array as it is", () => {
  const uv = earthRotationBaselines({ ...ALMA, latitude: 90, declination: 90, hours: 24, integrations: 2 });
  // A quarter of a turn to each side of the meridian: half a turn apart.
  for (let k = 0; k < 2 * PAIRS; k++) expect(uv[2 * PAIRS + k]).toBeCloseTo(-uv[k], 6);
});

test("a source that sets is refused", () => {
  expect(() => earthRotationBaselines({ ...ALMA, declination: 70 })).toThrow(/below the horizon of latitude -23.03/);
  expect(() => earthRotationBaselines({ ...ALMA, hours: 20 })).toThrow(/give fewer hours/);
});
