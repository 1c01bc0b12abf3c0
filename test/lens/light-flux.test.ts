import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { pixelGrid } from "../../src/grid.ts";
import type { LightComponent } from "../../src/lens/galaxy.ts";
import { lightFlux } from "../../src/lens/light-flux.ts";
import { lightProfiles } from "../../src/profiles/index.ts";
import type { LightProfile } from "../../src/profiles/profile.ts";

/** (1 - 0.1) / (1 + 0.1) of the components' length. */
const AXIS_RATIO = 9 / 11;
const field = pixelGrid([20, 24], 0.25, [0.1, -0.2]);

function gaussian(sigma: number, centre: readonly [number, number]): LightComponent {
  const profile = lightProfiles.get("Gaussian") as LightProfile;
  return { profile, values: { centre, ellComps: [0.06, -0.08], intensity: 3, sigma } };
}

describe("the light of a Gaussian", () => {
  test.each([0.003, 0.05, 0.4])("of sigma %f along the minor axis is 2 pi sigma^2 / q of its peak", (sigma) => {
    const light = gaussian(sigma, [0.3, 0.1]);
    const intensity = (position: readonly [number, number]) => light.profile.intensity(numbers, position, light.values);
    const flux = lightFlux([light], intensity, (position) => position, field);
    // Of four nodes in cells as wide as half their distance; the least sigma is that of the smallest cells by three.
    expect(flux / ((2 * Math.PI * sigma ** 2 * 3) / AXIS_RATIO)).toBeCloseTo(1, 2);
  });

  test("is four times as much where it is magnified by four, and none where nothing is mapped onto it", () => {
    const light = gaussian(0.05, [0.3, 0.1]);
    const intensity = (position: readonly [number, number]) => light.profile.intensity(numbers, position, light.values);
    const plain = lightFlux([light], intensity, (position) => position, field);
    const twice = lightFlux([light], intensity, ([y, x]) => [y / 2, x / 2], field);
    expect(twice / plain).toBeCloseTo(4, 2);
    expect(lightFlux([light], intensity, ([y, x]) => [y + 50, x], field)).toBe(0);
  });
});
