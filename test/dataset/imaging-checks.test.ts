import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import type { ImagingArrays } from "../../src/dataset/imaging.ts";
import { aroundMask, imagingWarnings, skyOf } from "../../src/dataset/imaging-checks.ts";
import { maskCircular, nativeIndexForSlimIndex } from "../../src/dataset/mask.ts";
import { maskShift, maskShiftMessage, stampWarnings, surroundings } from "../../src/dataset/mask-checks.ts";
import { psfOffset, psfWarnings } from "../../src/dataset/psf-checks.ts";
import { pixelGrid } from "../../src/grid.ts";
import { normal, randomState } from "../../src/inference/rng.ts";
import { type ConvolutionKernel, planConvolution, planConvolutionViaFft } from "../../src/operators/convolve.ts";
import { PSF_RESPONSE_TOLERANCE, psfResponseResidual, widelySeen } from "../../src/operators/psf-response.ts";
import { between } from "../between.ts";

const SIDE = 101;
const SHAPE = [SIDE, SIDE] as const;
const GRID = pixelGrid(SHAPE, 0.1);

interface GaussianChoice {
  readonly shape?: readonly [number, number];
  readonly sigma?: readonly [number, number];
  readonly centre?: readonly [number, number];
}

/** A PSF whose sum is one. */
function gaussian({ shape = [13, 13], sigma = [1.4, 1.4], centre = [0, 0] }: GaussianChoice = {}): ConvolutionKernel {
  const values = Float64Array.from({ length: shape[0] * shape[1] }, (_, k) => {
    const y = Math.floor(k / shape[1]) - (shape[0] >> 1) - centre[0];
    const x = (k % shape[1]) - (shape[1] >> 1) - centre[1];
    return Math.exp(-((y / sigma[0]) ** 2 + (x / sigma[1]) ** 2) / 2);
  });
  const sum = values.reduce((total, value) => total + value, 0);
  return { shape, values: values.map((value) => value / sum) };
}

const circle = (radius: number): Uint8Array =>
  maskCircular({ shape: SHAPE, pixelScales: [0.1, 0.1], centre: [0, 0], radius });

/** A lens with a halo and a ring of radius 1.2 arcsec, on a sky of noise one; `change` makes something of it that is wrong. */
function image(radius: number, change: (signal: number, noise: number) => number = (s, n) => s + n): ImagingArrays {
  const random = randomState(11);
  const data = Float64Array.from({ length: SIDE * SIDE }, (_, pixel) => {
    const r = Math.hypot(Math.floor(pixel / SIDE) - 50, (pixel % SIDE) - 50) / 10;
    // Of the ring, an arc.
    const arc = pixel % SIDE > 50 ? 25 * Math.exp(-(((r - 1.2) / 0.15) ** 2)) : 0;
    return change(100 * Math.exp(-4 * Math.sqrt(r + 0.1)) + arc, normal(random));
  });
  return { grid: GRID, masked: circle(radius), data, noiseMap: new Float64Array(data.length).fill(1), psf: gaussian() };
}

describe("the sky far from the lens", () => {
  test("of the stated noise raises no warning, whichever the mask", () => {
    for (const radius of [1.9, 3, 4.5, 10]) expect(imagingWarnings(image(radius))).toEqual([]);
    const { pixels, level, scatter } = skyOf(image(3))!;
    expect(pixels).toBeGreaterThan(1000);
    // A thousand pixels know the median to 0.04 and the 16th percentile to 0.05.
    expect(Math.abs(level)).toBeLessThan(0.15);
    expect(Math.abs(scatter - 1)).toBeLessThan(0.15);
  });

  test("says that the noise map has a floor, or that noise is underestimated", () => {
    const [floor, ...others] = imagingWarnings(image(3, (signal, noise) => signal + 0.5 * noise));
    expect(others).toEqual([]);
    expect(floor).toMatch(
      /^the sky scatters by 0\.(4|5)\d of its noise in the 10\d\d pixels .* floor .* 0\.2\d a pixel/,
    );
    const [underestimated] = imagingWarnings(image(3, (signal, noise) => signal + 1.6 * noise));
    expect(underestimated).toMatch(/^the sky scatters by 1\.\d\d times its noise .* underestimated/);
  });

  test("says that sky is left in it, or that too much was taken off", () => {
    const warningsAt = (level: number) => imagingWarnings(image(3, (signal, noise) => signal + noise + level));
    expect(warningsAt(1)).toEqual([
      expect.stringMatching(/^the data are (0\.9|1\.0)\d times their noise .* sky is left in them$/),
    ]);
    expect(warningsAt(-1)).toEqual([
      expect.stringMatching(/^the data are -(0\.9|1\.0)\d times .* too much sky was subtracted/),
    ]);
    expect(warningsAt(0.3)).toEqual([]);
  });

  test("is not a halo that reaches as far but fades", () => {
    const haloed = image(3);
    const data = haloed.data.map((value, pixel) => {
      const r = Math.hypot(Math.floor(pixel / SIDE) - 50, (pixel % SIDE) - 50) / 10;
      return value + 60 / r ** 2;
    });
    expect(skyOf({ ...haloed, data })!.level).toBeGreaterThan(1);
    expect(imagingWarnings({ ...haloed, data })).toEqual([]);
  });

  test("is neither neighboring galaxies, flagged pixels, NaN nor what a mosaic has no data for", () => {
    const good = image(3);
    // All in the corners at the left: more than half of what is farthest, if it counted.
    const rows = (from: number, to: number) => (pixel: number) => {
      return Math.floor(pixel / SIDE) >= from && Math.floor(pixel / SIDE) < to && pixel % SIDE < 40;
    };
    const put = (array: Float64Array, value: number, where: (pixel: number) => boolean) => {
      return array.map((old, pixel) => (where(pixel) ? value : old));
    };
    const galaxy = (pixel: number) => rows(2, 6)(pixel) && pixel % SIDE > 30;
    const data = put(put(put(good.data, 0, rows(6, 20)), Number.NaN, rows(20, 40)), 300, galaxy);
    const noiseMap = put(put(good.noiseMap, 1e9, rows(60, 80)), -1, rows(80, 101));
    expect(skyOf({ ...good, data, noiseMap })!.pixels).toBeLessThan(0.7 * skyOf(good)!.pixels);
    expect(imagingWarnings({ ...good, data, noiseMap })).toEqual([]);
  });

  test("of a stamp with hardly any pixels is not spoken of", () => {
    const grid = pixelGrid([20, 20], 0.1);
    const flat = new Float64Array(400).fill(50);
    expect(imagingWarnings({ ...image(3), grid, data: flat, noiseMap: flat, masked: new Uint8Array(400) })).toEqual([]);
  });
});

describe("light beyond the mask", () => {
  test("is named where the mask cuts the arc, not where it cuts the lens's halo or lies in the sky", () => {
    for (const radius of [0.9, 1.1, 1.3]) {
      expect(imagingWarnings(image(radius))).toEqual([
        expect.stringMatching(/^light beyond the mask: .* widen the mask/),
      ]);
    }
    expect(imagingWarnings(image(1.9))).toEqual([]);
    // An elliptical halo, bright, and off the mask's centre by a fifth of a pixel.
    const haloed = image(2);
    const data = haloed.data.map((value, pixel) => {
      const [y, x] = [Math.floor(pixel / SIDE) - 50.2, ((pixel % SIDE) - 50) * 0.7];
      return value + 8000 / (30 + y * y + x * x);
    });
    const { level, asymmetry } = aroundMask({ ...haloed, data })!;
    expect(level).toBeGreaterThan(15);
    // Of noise, 1.64.
    expect(Math.abs(asymmetry - 1.64)).toBeLessThan(0.5);
    expect(imagingWarnings({ ...haloed, data })).toEqual([]);
  });

  test("is named where all around the mask is as bright, and the inside is not", () => {
    // A ring of even brightness without a lens.
    const ring = image(0.7);
    const data = ring.data.map((_, pixel) => {
      const r = Math.hypot(Math.floor(pixel / SIDE) - 50, (pixel % SIDE) - 50) / 10;
      return r > 0.6 && r < 1.4 ? 20 : 0.1;
    });
    expect(imagingWarnings({ ...ring, data }).join()).toContain("light beyond the mask");
  });

  test("is not what a mask hides: a galaxy in a hole of it, or at the rim of the array", () => {
    const masked = new Uint8Array(SIDE * SIDE);
    const data = image(3).data.slice();
    for (let pixel = 0; pixel < masked.length; pixel++) {
      const [row, column] = [Math.floor(pixel / SIDE), pixel % SIDE];
      const galaxy = Math.hypot(row - 30, column - 70) < 8 || Math.hypot(row - 60, column) < 12;
      if (galaxy) masked[pixel] = 1;
      if (galaxy) data[pixel] += 40;
    }
    expect(imagingWarnings({ ...image(3), data, masked })).toEqual([]);
    expect(surroundings({ shape: SHAPE, masked }, [13, 13]).some((byte) => byte !== 0)).toBe(false);
  });
});

describe("a stamp smaller than mask + PSF", () => {
  test("is said with the number of pixels, which is that of pixels near the rim", () => {
    const half = fc.integer({ min: 0, max: 4 });
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 63, maxLength: 63 }), half, half, (kept, up, across) => {
        const masked = Uint8Array.from(kept, (is) => (is ? 0 : 1));
        const near = kept.filter((is, pixel) => {
          const [row, column] = [Math.floor(pixel / 9), pixel % 9];
          return is && !(row - up >= 0 && row + up < 7 && column - across >= 0 && column + across < 9);
        });
        const warnings = stampWarnings({ shape: [7, 9], masked }, [2 * up + 1, 2 * across + 1]);
        const pixels = near.length === 1 ? "1 unmasked pixel is" : `${near.length} unmasked pixels are`;
        expect(warnings).toEqual(near.length === 0 ? [] : [expect.stringContaining(`mask + PSF: ${pixels} closer`)]);
      }),
    );
  });
});

describe("a mask off by a pixel", () => {
  const random = randomState(4);
  const bad = new Set<number>();
  // Blobs, as of cosmic rays and neighbors, away from the rim.
  for (let blob = 0; blob < 6; blob++) {
    const [row, column] = [30 + 12 * (blob % 3) + normal(random), 30 + 20 * (blob >> 1) + normal(random)];
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      if (Math.hypot(Math.floor(pixel / SIDE) - row, (pixel % SIDE) - column) < 3 + (blob % 2)) bad.add(pixel);
    }
  }
  const noiseMap = image(3).noiseMap.map((sigma, pixel) => (bad.has(pixel) ? 1e9 : sigma));
  const maskAt = (down: number, right: number) =>
    Uint8Array.from({ length: SIDE * SIDE }, (_, pixel) => (bad.has(pixel - down * SIDE - right) ? 1 : 0));

  test("is found by the bad pixels that it keeps, with the way back, whichever step it is", () => {
    const good = { ...image(3), noiseMap };
    expect(maskShift({ ...good, masked: maskAt(0, 0) })).toBeNull();
    for (const down of [-1, 0, 1]) {
      for (const right of [-1, 0, 1]) {
        if (down === 0 && right === 0) continue;
        const shift = maskShift({ ...good, masked: maskAt(down, right) })!;
        expect([shift.rows + down, shift.columns + right, shift.keptIfShifted]).toEqual([0, 0, 0]);
        expect(shift.kept).toBeGreaterThan(20);
      }
    }
    const { data } = good;
    const nan = { ...image(3), data: data.map((value, pixel) => (bad.has(pixel) ? Number.NaN : value)) };
    expect(maskShiftMessage(maskShift({ ...nan, masked: maskAt(1, -1) })!)).toMatch(
      /^the mask keeps \d+ bad pixels, all of which it would hide if it were one row up and one column to the right: is it/,
    );
  });

  test("is not what is wrong where no step hides the bad pixels", () => {
    // A mask that was not made for them, one of another size, and a bad column or row at the array's rim.
    expect(maskShift({ ...image(3), noiseMap })).toBeNull();
    expect(maskShift({ ...image(3), noiseMap, masked: new Uint8Array(SIDE * SIDE) })).toBeNull();
    for (const atRim of [(pixel: number) => pixel % SIDE === 0, (pixel: number) => pixel < SIDE]) {
      const rim = image(3).noiseMap.map((sigma, pixel) => (atRim(pixel) ? 0 : sigma));
      expect(maskShift({ ...image(3), noiseMap: rim, masked: new Uint8Array(SIDE * SIDE) })).toBeNull();
    }
  });
});

describe("a PSF", () => {
  const mask = { shape: SHAPE, masked: circle(2) };
  const warnings = (psf: ConvolutionKernel, normalized = true) => psfWarnings(psf, normalized, mask);
  const added = ({ shape, values }: ConvolutionKernel, change: (value: number, k: number) => number) => {
    return { shape, values: values.map(change) };
  };

  test("that is one raises no warning, lopsided wings and a percent of its light below zero included", () => {
    expect(warnings(gaussian())).toEqual([]);
    expect(warnings(gaussian({ shape: [13, 9], sigma: [1.6, 1.1] }))).toEqual([]);
    expect(warnings({ shape: [1, 1], values: Float64Array.of(1) })).toEqual([]);
    const peak = Math.max(...gaussian().values);
    expect(warnings(added(gaussian(), (value, k) => value + (k < 60 ? 0.004 : -0.0005) * peak))).toEqual([]);
  });

  test("off its middle pixel by more than a tenth is named, by whole pixels and by parts of one", () => {
    fc.assert(
      fc.property(between(-0.4, 0.4), between(-0.4, 0.4), (y, x) => {
        const psf = gaussian({ centre: [y, x] });
        const [down, right] = psfOffset(psf);
        // Exact for a Gaussian.
        expect(Math.abs(down - y) + Math.abs(right - x)).toBeLessThan(1e-10);
        const off = Math.abs(y) > 0.1 + 1e-9 || Math.abs(x) > 0.1 + 1e-9;
        if (off)
          expect(warnings(psf)).toEqual([expect.stringMatching(/^the PSF's peak is .* rows and .* columns off/)]);
        if (Math.abs(y) < 0.1 - 1e-9 && Math.abs(x) < 0.1 - 1e-9) expect(warnings(psf)).toEqual([]);
      }),
    );
    expect(warnings(gaussian({ centre: [1, -2], sigma: [1.2, 1.2] }))).toEqual([
      "the PSF peaks in row 7, column 4 and its middle is row 6, column 6: it shifts the image; centre it",
    ]);
  });

  test("that does not sum to one is named, with what was done about it", () => {
    const dim = added(gaussian(), (value) => 0.94 * value);
    expect(warnings(dim)).toEqual(["the PSF sums to 0.9400: it was divided by it"]);
    expect(warnings(dim, false)).toEqual(["the PSF sums to 0.9400: with normalize_psf: false it scales the image"]);
    expect(warnings(added(gaussian(), (value) => 0.97 * value))).toEqual([]);
  });

  test("with much of its light below zero is named", () => {
    const peak = Math.max(...gaussian().values);
    const dug = added(gaussian(), (value) => (value < 1e-3 * peak ? -8e-3 * peak : value));
    expect(warnings(dug).join()).toMatch(/the PSF is negative by 5\.2 % of its light/);
    expect(warnings(added(gaussian(), (value) => -value)).join()).toContain("negative everywhere");
  });

  test("that is cut off before it decays is named", () => {
    expect(warnings(gaussian({ shape: [5, 5] }))).toEqual([
      expect.stringMatching(/^the PSF is 36 % of its peak at the rim of its array: its wings are cut off/),
    ]);
  });

  test("wider than the image, or than what the mask keeps, is named", () => {
    expect(warnings(gaussian({ shape: [103, 5], sigma: [1.4, 0.5] }))).toEqual([
      "the PSF (103 x 5) is wider than the image (101 x 101); crop it",
    ]);
    expect(warnings(gaussian({ shape: [5, 41], sigma: [0.5, 1.4] }))).toEqual([
      "the PSF (5 x 41) is wider than what the mask keeps (39 x 39); crop it",
    ]);
  });
});

describe("the response of a blurring to one pixel", () => {
  const psf = gaussian({ shape: [9, 9], sigma: [1.7, 1], centre: [0.2, 0] });
  const lopsided = { ...psf, values: psf.values.map((value, k) => value * (1 + 0.001 * k)) };
  const pixels = nativeIndexForSlimIndex({ shape: SHAPE, masked: circle(2) });
  const kernels = kernelsOf("wasm");
  const residualOf = (planned: ConvolutionKernel, inputPixels = pixels) => {
    const direct = planConvolution(planned, inputPixels, pixels);
    const viaFft = planConvolutionViaFft(direct);
    const ways = [
      (image: Float64Array) => kernels.convolution({ convolution: direct, image }),
      (image: Float64Array) => kernels.convolutionViaFft({ convolution: viaFft, image }),
    ];
    return ways.map((blur) => {
      const args = { blur, psf: lopsided, inputPixels, outputPixels: pixels };
      return psfResponseResidual(args, widelySeen(args));
    });
  };

  test("is the PSF", () => {
    for (const residual of residualOf(lopsided)) expect(residual).toBeLessThan(PSF_RESPONSE_TOLERANCE / 100);
  });

  test("is not that of one transposed, turned or moved by a pixel", () => {
    const wrong = (at: (row: number, column: number) => readonly [number, number]) => {
      return {
        ...lopsided,
        values: lopsided.values.map((_, k) => {
          const [row, column] = at(Math.floor(k / 9), k % 9);
          return lopsided.values[((row + 9) % 9) * 9 + ((column + 9) % 9)];
        }),
      };
    };
    for (const planned of [
      wrong((row, column) => [column, row]),
      wrong((row, column) => [8 - row, 8 - column]),
      wrong((row, column) => [8 - row, column]),
      wrong((row, column) => [row, 8 - column]),
      wrong((row, column) => [row + 1, column]),
    ]) {
      for (const residual of residualOf(planned)) expect(residual).toBeGreaterThan(1e-3);
    }
  });

  test("is judged where all of it is seen, also in an annulus", () => {
    const inner = circle(1);
    const annulus = nativeIndexForSlimIndex({
      shape: SHAPE,
      masked: circle(2).map((byte, k) => (inner[k] ? byte : 1)),
    });
    const lit = widelySeen({ psf: lopsided, inputPixels: annulus, outputPixels: annulus });
    const [row, column] = [annulus[2 * lit], annulus[2 * lit + 1]];
    expect(Math.abs(Math.hypot(row - 50, column - 50) - 15)).toBeLessThan(3);
  });

  test("that is NaN is no small one", () => {
    const nan = {
      blur: () => new Float64Array(pixels.length / 2).fill(Number.NaN),
      psf,
      inputPixels: pixels,
      outputPixels: pixels,
    };
    expect(psfResponseResidual(nan, 0) <= PSF_RESPONSE_TOLERANCE).toBe(false);
  });
});
