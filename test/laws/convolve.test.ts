import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KernelName, kernelsOf } from "../../src/backend/kernels.ts";
import { draws, normal, randomState } from "../../src/inference/rng.ts";
import {
  adjointConvolution,
  adjointConvolutionViaFft,
  type Convolution,
  planConvolution,
  planConvolutionViaFft,
} from "../../src/operators/convolve.ts";
import { dot } from "../../src/operators/matrix.ts";

type Ways = readonly [forward: (image: Float64Array) => Float64Array, adjoint: (image: Float64Array) => Float64Array];

/** A convolution and its adjoint in one voice. */
function ways(convolution: Convolution, voice: "reference" | "wasm", by: KernelName): Ways {
  const kernels = kernelsOf(voice);
  if (by === "convolution") {
    return [
      (image) => kernels.convolution({ convolution, image }),
      (image) => kernels.convolution({ convolution: adjointConvolution(convolution), image }),
    ];
  }
  const viaFft = planConvolutionViaFft(convolution, kernels.fft2d);
  return [
    (image) => kernels.convolutionViaFft({ convolution: viaFft, image }),
    (image) => kernels.convolutionViaFft({ convolution: adjointConvolutionViaFft(viaFft), image }),
  ];
}

const VOICES = (["reference", "wasm"] as const).flatMap((voice) =>
  (["convolution", "convolutionViaFft"] as const).map((by) => [voice, by] as const),
);

const pixel = fc.tuple(fc.integer({ min: -12, max: 40 }), fc.integer({ min: -7, max: 30 }));
const pixels = fc
  .uniqueArray(pixel, { minLength: 1, maxLength: 60, selector: ([row, column]) => `${row} ${column}` })
  .map((list) => Int32Array.from(list.flat()));
const odd = fc.integer({ min: 0, max: 7 }).map((half) => 2 * half + 1);
const problem = fc.record({ inputs: pixels, outputs: pixels, shape: fc.tuple(odd, odd), seed: fc.nat(1000) });

test.each(VOICES)("%s, %s: the sum itself, nothing wraps around", (voice, by) => {
  fc.assert(
    fc.property(problem, ({ inputs, outputs, shape, seed }) => {
      const random = randomState(seed);
      const kernel = { shape, values: draws(random, shape[0] * shape[1], normal) };
      const image = draws(random, inputs.length / 2, normal);
      const [forward] = ways(planConvolution(kernel, inputs, outputs), voice, by);
      const halves = [shape[0] >> 1, shape[1] >> 1];
      const expected = Float64Array.from({ length: outputs.length / 2 }, (_, m) => {
        return image.reduce((sum, value, n) => {
          const [a, b] = [0, 1].map((axis) => outputs[2 * m + axis] - inputs[2 * n + axis] + halves[axis]);
          const inside = a >= 0 && a < shape[0] && b >= 0 && b < shape[1];
          return inside ? sum + value * kernel.values[a * shape[1] + b] : sum;
        }, 0);
      });
      const size = Math.sqrt(dot(image, image) * dot(kernel.values, kernel.values));
      const out = forward(image);
      expect(Math.max(...out.map((value, m) => Math.abs(value - expected[m])))).toBeLessThan(1e-14 * size);
    }),
  );
});

describe.each(VOICES)("%s, %s", (voice, by) => {
  test("<Ax, y> = <x, A'y> for any two sets of pixels and any odd kernel", () => {
    fc.assert(
      fc.property(problem, ({ inputs, outputs, shape, seed }) => {
        const random = randomState(seed);
        const kernel = { shape, values: draws(random, shape[0] * shape[1], normal) };
        const [forward, adjoint] = ways(planConvolution(kernel, inputs, outputs), voice, by);
        const x = draws(random, inputs.length / 2, normal);
        const y = draws(random, outputs.length / 2, normal);
        const size = Math.sqrt(dot(x, x) * dot(y, y) * dot(kernel.values, kernel.values) * kernel.values.length);
        expect(Math.abs(dot(forward(x), y) - dot(x, adjoint(y)))).toBeLessThan(1e-14 * size);
      }),
    );
  });

  test("one pixel in, and the kernel comes out around it, row by row", () => {
    const kernel = { shape: [3, 5], values: Float64Array.from({ length: 15 }, (_, k) => k + 1) } as const;
    const around = Int32Array.from({ length: 30 }, (_, at) => {
      return at % 2 === 0 ? 4 + Math.floor(at / 10) - 1 : 9 + ((at >> 1) % 5) - 2;
    });
    const [forward] = ways(planConvolution(kernel, Int32Array.of(4, 9), around), voice, by);
    const out = forward(Float64Array.of(2));
    expect(Math.max(...out.map((value, k) => Math.abs(value - 2 * (k + 1))))).toBeLessThan(1e-13);
  });

  test("a delta PSF changes nothing", () => {
    const values = Float64Array.from({ length: 77 }, (_, k) => (k === 38 ? 1 : 0));
    const image = draws(randomState(5), 120, normal);
    const all = Int32Array.from({ length: 240 }, (_, at) => (at % 2 === 0 ? Math.floor(at / 24) : (at >> 1) % 12));
    const [forward, adjoint] = ways(planConvolution({ shape: [7, 11], values }, all, all), voice, by);
    for (const out of [forward(image), adjoint(image)]) {
      expect(Math.max(...out.map((value, k) => Math.abs(value - image[k])))).toBeLessThan(1e-14);
    }
  });
});
