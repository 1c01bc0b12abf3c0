import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { maskCircular, nativeIndexForSlimIndex } from "../../src/dataset/mask.ts";
import {
  distancesFrom,
  fixedSubSizes,
  pixelMeans,
  steppedSubSizes,
  subPixelPositions,
} from "../../src/dataset/oversampling.ts";
import { pixelGrid, slimPositions } from "../../src/grid.ts";
import { imageOf } from "../../src/lens/trace-rays.ts";
import { lightProfiles } from "../../src/profiles/index.ts";
import { sersic } from "../../src/profiles/light/sersic.ts";
import type { Pair, Parameter } from "../../src/profiles/parameter.ts";

type Parameters = Readonly<Record<string, number | Pair<number>>>;

const oracle: {
  readonly positions: readonly number[];
  readonly cases: readonly {
    readonly class: string;
    readonly parameters: Parameters;
    readonly intensity: readonly number[];
  }[];
  readonly oversampled: {
    readonly sub_sizes: readonly number[];
    readonly parameters: Parameters;
    readonly mean_intensity_4: readonly number[];
    readonly mean_intensity_adaptive: readonly number[];
  };
} = JSON.parse(readFileSync(new URL("light-profiles.json", import.meta.url), "utf8"));

/** Both are f64; formulas written in another order differ by some roundings, amplified by the exponents. */
const TOLERANCE = 1e-13;

function worstRatio(found: readonly number[], wanted: readonly number[]): number {
  expect(found).toHaveLength(wanted.length);
  return Math.max(...found.map((value, m) => Math.abs(value / wanted[m] - 1)));
}

test.each(oracle.cases)("$class $parameters is PyAutoLens's", ({ class: name, parameters, intensity }) => {
  // The oracle has the core-Sersic profile of index 1 under a name of its own.
  const given = name === "ExponentialCore" ? { ...parameters, sersic_index: 1 } : parameters;
  const profile = lightProfiles.get(name === "ExponentialCore" ? "SersicCore" : name)!;
  const values = Object.fromEntries(
    Object.entries<Parameter>(profile.parameters).map(([key, parameter]) => [key, given[parameter.name]]),
  );
  const found = intensity.map((_, m) =>
    profile.intensity(numbers, [oracle.positions[2 * m], oracle.positions[2 * m + 1]], values),
  );
  // It holds the axis ratio of a round chameleon at 0.99999: dI/dq of about 3 is then 3e-5.
  const [e0, e1] = parameters.ell_comps as Pair<number>;
  const held = name === "Chameleon" && Math.hypot(e0, e1) === 0;
  expect(worstRatio(found, intensity)).toBeLessThan(held ? 4e-5 : TOLERANCE);
});

test("means over sub-pixels are PyAutoLens's, with one sub-size and with steps by radius", () => {
  const grid = pixelGrid([30, 26], 0.12);
  const masked = maskCircular({ shape: grid.shape, pixelScales: [0.12, 0.12], centre: [0, 0], radius: 1.35 });
  const nativeIndex = nativeIndexForSlimIndex({ shape: grid.shape, masked });
  const { parameters: p, ...wanted } = oracle.oversampled;
  const values = {
    centre: p.centre,
    ellComps: p.ell_comps,
    intensity: p.intensity,
    effectiveRadius: p.effective_radius,
    sersicIndex: p.sersic_index,
  };
  const kept = (array: ArrayLike<number>) => Array.from(array).filter((_, m) => m % 17 === 3);
  const means = (subSizes: Int32Array) =>
    kept(pixelMeans(imageOf([{ profile: sersic, values }], subPixelPositions(grid, nativeIndex, subSizes)), subSizes));

  const steps = { edges: [0.5, 0.9], sizes: [8, 4, 2] };
  const adaptive = steppedSubSizes(distancesFrom([0, 0], slimPositions(grid, nativeIndex)), steps);
  expect(kept(adaptive)).toEqual(wanted.sub_sizes);
  expect(worstRatio(means(adaptive), wanted.mean_intensity_adaptive)).toBeLessThan(TOLERANCE);
  const fixed = fixedSubSizes(nativeIndex.length / 2, 4);
  expect(worstRatio(means(fixed), wanted.mean_intensity_4)).toBeLessThan(TOLERANCE);
});
