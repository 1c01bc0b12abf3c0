import fc from "fast-check";
import { type Mapping, meanOverSubPixels } from "../../src/inversion/mapping.ts";
import { planConvolution } from "../../src/operators/convolve.ts";
import { between } from "../between.ts";

const number = between(-1, 1);
const odd = fc.integer({ min: 0, max: 4 }).map((half) => 2 * half + 1);

/** An image of some pixels with holes, a PSF that may be larger than it, and a source mapped to it at random. */
export const blurred = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 19 }), psf: fc.tuple(odd, odd) })
  .chain(({ rows, columns, psf }) => {
    const pixels = fc
      .uniqueArray(fc.nat(rows * columns - 1), { minLength: 1 })
      .map((kept) => kept.sort((a, b) => a - b));
    return fc.record({
      columns: fc.constant(columns),
      kept: pixels,
      kernel: fc.array(number, { minLength: psf[0] * psf[1], maxLength: psf[0] * psf[1] }).map((values) => {
        return { shape: psf, values: Float64Array.from(values) };
      }),
      subSize: fc.integer({ min: 1, max: 2 }),
      sourcePixels: fc.integer({ min: 1, max: 70 }),
      seed: fc.integer({ min: 1, max: 1000 }),
    });
  })
  .map(({ columns, kept, kernel, subSize, sourcePixels, seed }) => {
    const nativeIndex = Int32Array.from(kept.flatMap((pixel) => [Math.floor(pixel / columns), pixel % columns]));
    const entries = 3 * kept.length * subSize * subSize;
    const perSubPixel: Mapping = {
      imagePixels: entries / 3,
      sourcePixels,
      mappingsPerPixel: 3,
      indexes: Int32Array.from({ length: entries }, (_, e) => ((e * e * seed + e) % (sourcePixels + 1)) - 1),
      weights: Float64Array.from({ length: entries }, (_, e) => Math.sin(e * seed)),
      slimIndexForSubSlimIndex: null,
      subFraction: null,
    };
    const mapping = meanOverSubPixels(perSubPixel, new Int32Array(kept.length).fill(subSize));
    const noiseMap = Float64Array.from(kept, (pixel) => 0.5 + Math.cos(pixel) ** 2);
    return { mapping, noiseMap, convolution: planConvolution(kernel, nativeIndex, nativeIndex) };
  });
