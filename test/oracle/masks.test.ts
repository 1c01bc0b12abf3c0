import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { blurringRegion } from "../../src/dataset/blurring-region.ts";
import { borderPixels } from "../../src/dataset/border.ts";
import { maskAnnular, maskCircular, maskElliptical, nativeIndexForSlimIndex } from "../../src/dataset/mask.ts";
import { fixedSubSizes, subPixelPositions } from "../../src/dataset/oversampling.ts";
import { pixelGrid } from "../../src/grid.ts";

interface Case {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly pixel_scale: number;
  readonly centre: readonly [number, number];
  readonly radius?: number;
  readonly inner_radius?: number;
  readonly outer_radius?: number;
  readonly major_axis_radius?: number;
  readonly axis_ratio?: number;
  readonly angle?: number;
  /** Bits in hexadecimal digits, row-major. */
  readonly masked: string;
  readonly border_slim: readonly number[];
  readonly blurring_masked_5x5: string;
  readonly every_97th_over_sampled_3_yx: readonly number[];
}

const cases: readonly Case[] = JSON.parse(readFileSync(new URL("masks.json", import.meta.url), "utf8"));

function bytes(bits: string, { shape: [rows, columns] }: Case): Uint8Array {
  return Uint8Array.from({ length: rows * columns }, (_, pixel) => {
    return (Number.parseInt(bits[pixel >> 2], 16) >> (3 - (pixel & 3))) & 1;
  });
}

function built({ shape, pixel_scale, centre, radius, inner_radius, major_axis_radius, ...more }: Case): Uint8Array {
  const args = { shape, pixelScales: [pixel_scale, pixel_scale], centre } as const;
  if (radius !== undefined) return maskCircular({ ...args, radius });
  if (inner_radius !== undefined) {
    return maskAnnular({ ...args, innerRadius: inner_radius, outerRadius: more.outer_radius! });
  }
  return maskElliptical({
    ...args,
    majorAxisRadius: major_axis_radius!,
    axisRatio: more.axis_ratio!,
    angle: more.angle!,
  });
}

describe.each(cases)("mask $name is PyAutoLens's", (wanted) => {
  const { shape } = wanted;
  const mask = { shape, masked: bytes(wanted.masked, wanted) };

  test("its pixels", () => {
    expect(built(wanted)).toEqual(mask.masked);
  });

  test("its border", () => {
    expect([...borderPixels(mask)]).toEqual(wanted.border_slim);
  });

  test("its blurring region of a PSF of 5 x 5", () => {
    const region = nativeIndexForSlimIndex({ shape, masked: bytes(wanted.blurring_masked_5x5, wanted) });
    expect(blurringRegion(mask, [5, 5])).toEqual(region);
  });

  test("its sub-pixels, in their order", () => {
    const nativeIndex = nativeIndexForSlimIndex(mask);
    const grid = pixelGrid(shape, wanted.pixel_scale);
    const positions = subPixelPositions(grid, nativeIndex, fixedSubSizes(nativeIndex.length / 2, 3));
    const found = Array.from(positions).filter((_, i) => Math.floor(i / 2) % 97 === 0);
    expect(found).toHaveLength(wanted.every_97th_over_sampled_3_yx.length);
    // Of positions up to 2 arcsec, some roundings.
    wanted.every_97th_over_sampled_3_yx.forEach((value, i) => {
      expect(Math.abs(found[i] - value)).toBeLessThan(2e-15);
    });
  });
});
