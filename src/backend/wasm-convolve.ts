import type { ConvolutionArgs, ConvolutionViaFftArgs } from "../operators/convolve.ts";
import { fresh } from "./wasm-voices.ts";

/** The WebAssembly voice of convolutions. */

export function convolution({ convolution, image }: ConvolutionArgs): Float64Array {
  const wasm = fresh();
  const { shape, kernel, inputPixels, outputPixels } = convolution;
  const out = wasm.output(outputPixels.length / 2);
  wasm.call(
    "convolve",
    ...shape,
    ...kernel.shape,
    wasm.input(kernel.values),
    image.length,
    wasm.input(inputPixels),
    wasm.input(image),
    outputPixels.length / 2,
    wasm.input(outputPixels),
    out,
  );
  return wasm.float64(out, outputPixels.length / 2);
}

export function convolutionViaFft({ convolution, image }: ConvolutionViaFftArgs): Float64Array {
  const wasm = fresh();
  const { fftShape, spectrum, inputPixels, outputPixels } = convolution;
  const out = wasm.output(outputPixels.length / 2);
  wasm.call(
    "convolveFft",
    ...fftShape,
    wasm.input(spectrum),
    image.length,
    wasm.input(inputPixels),
    wasm.input(image),
    outputPixels.length / 2,
    wasm.input(outputPixels),
    out,
  );
  return wasm.float64(out, outputPixels.length / 2);
}
