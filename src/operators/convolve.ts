import { type Fft2dArgs, fft2d, fftSize } from "./fft.ts";

/** Weights around a centre: (rows, columns) row-major, both odd, row 0 the top. */
export interface ConvolutionKernel {
  readonly shape: readonly [rows: number, columns: number];
  readonly values: Float64Array;
}

/**
 * A convolution between two sets of pixels, as plain data: what goes in is zero elsewhere, and nothing else comes out.
 * For a PSF, in go the unmasked pixels and those around the mask from which it reaches them, out come the unmasked.
 */
export interface Convolution {
  readonly kernel: ConvolutionKernel;
  /** Of the box around all pixels. */
  readonly shape: readonly [rows: number, columns: number];
  /** (N, 2) row and column in the box of what goes in. */
  readonly inputPixels: Int32Array;
  /** (M, 2) row and column in the box of what comes out. */
  readonly outputPixels: Int32Array;
}

/** The same with what the FFT needs. */
export interface ConvolutionViaFft extends Convolution {
  /** Rows and columns in which nothing wraps around onto a pixel that comes out; columns are even. */
  readonly fftShape: readonly [rows: number, columns: number];
  /** (floor(rows / 2) + 1, columns) complex, interleaved: the kernel's transform over rows columns, rows above by symmetry. */
  readonly spectrum: Float64Array;
}

export interface ConvolutionArgs {
  readonly convolution: Convolution;
  /** (N) what goes in. */
  readonly image: Float64Array;
}

export interface ConvolutionViaFftArgs {
  readonly convolution: ConvolutionViaFft;
  /** (N) what goes in. */
  readonly image: Float64Array;
}

/**
 * @param inputPixels (N, 2) row and column; any integers, since pixels beyond an array's edge are pixels too.
 * @param outputPixels (M, 2) row and column.
 */
export function planConvolution(
  kernel: ConvolutionKernel,
  inputPixels: Int32Array,
  outputPixels: Int32Array,
): Convolution {
  const [top, bottom] = rangeOf(0, inputPixels, outputPixels);
  const [left, right] = rangeOf(1, inputPixels, outputPixels);
  const inBox = (pixels: Int32Array) => pixels.map((index, at) => index - (at % 2 === 0 ? top : left));
  return {
    kernel,
    shape: [bottom - top + 1, right - left + 1],
    inputPixels: inBox(inputPixels),
    outputPixels: inBox(outputPixels),
  };
}

function rangeOf(axis: 0 | 1, ...sets: readonly Int32Array[]): [first: number, last: number] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const pixels of sets) {
    for (let at = axis; at < pixels.length; at += 2) {
      first = Math.min(first, pixels[at]);
      last = Math.max(last, pixels[at]);
    }
  }
  return [first, last];
}

/**
 * Adds what the FFT needs.
 * @param transform The voice's `fft2d`.
 */
export function planConvolutionViaFft(
  convolution: Convolution,
  transform: (args: Fft2dArgs) => Float64Array = fft2d,
): ConvolutionViaFft {
  const { kernel } = convolution;
  const [rows, columns] = fftShapeOf(convolution);
  const values = new Float64Array(2 * rows * columns);
  const [kernelRows, kernelColumns] = kernel.shape;
  for (let a = 0; a < kernelRows; a++) {
    for (let b = 0; b < kernelColumns; b++) {
      const row = (a - (kernelRows >> 1) + rows) % rows;
      const column = (b - (kernelColumns >> 1) + columns) % columns;
      values[2 * (row * columns + column)] = kernel.values[a * kernelColumns + b] / (rows * columns);
    }
  }
  const spectrum = transform({ shape: [rows, columns], values, inverse: false });
  return { ...convolution, fftShape: [rows, columns], spectrum: spectrum.slice(0, 2 * ((rows >> 1) + 1) * columns) };
}

function fftShapeOf({ kernel, shape, inputPixels, outputPixels }: Convolution): [rows: number, columns: number] {
  // A pixel is reached from the other end of a period that is shorter than the farthest pair and half a kernel.
  const period = (axis: 0 | 1): number => {
    const [firstIn, lastIn] = rangeOf(axis, inputPixels);
    const [firstOut, lastOut] = rangeOf(axis, outputPixels);
    const farthest = Math.max(lastOut - firstIn, lastIn - firstOut);
    return Math.max(farthest + (kernel.shape[axis] >> 1) + 1, kernel.shape[axis], shape[axis]);
  };
  return [fftSize(period(0)), 2 * fftSize(period(1) / 2)];
}

/**
 * Whether the FFT is the faster in WebAssembly, where a cell costs its transforms 0.85 ns times the logarithm of their
 * number, and a multiply-add of the sum 0.095 ns: from kernels of some 13 x 13 on.
 */
export function fftPays(convolution: Convolution): boolean {
  const [rows, columns] = fftShapeOf(convolution);
  const [kernelRows, kernelColumns] = convolution.kernel.shape;
  // A row of the kernel more: its two rows of pixels are summed together.
  const multiplyAdds = (convolution.outputPixels.length / 2) * (kernelRows + 1) * kernelColumns;
  return multiplyAdds > 9 * rows * columns * Math.log2(rows * columns);
}

/** The adjoint A', for which <Ax, y> = <x, A'y>: the kernel turned by 180 degrees, what came out now goes in. */
export function adjointConvolution(convolution: Convolution): Convolution {
  const { kernel, inputPixels, outputPixels } = convolution;
  const turned = { ...kernel, values: kernel.values.toReversed() };
  return { ...convolution, kernel: turned, inputPixels: outputPixels, outputPixels: inputPixels };
}

/** The same by FFT: the transform of a real kernel turned by 180 degrees is the complex conjugate. */
export function adjointConvolutionViaFft(convolution: ConvolutionViaFft): ConvolutionViaFft {
  const spectrum = convolution.spectrum.map((part, k) => (k % 2 === 0 ? part : -part));
  return { ...convolution, ...adjointConvolution(convolution), spectrum };
}

/**
 * out[i] = sum over k of kernel[k] image[i - k], k counted from the kernel's centre.
 * @returns (M)
 */
export function convolution({ convolution, image }: ConvolutionArgs): Float64Array {
  const { kernel, shape, inputPixels, outputPixels } = convolution;
  const [kernelRows, kernelColumns] = kernel.shape;
  const box = new Float64Array(shape[0] * shape[1]);
  for (let n = 0; n < image.length; n++) box[inputPixels[2 * n] * shape[1] + inputPixels[2 * n + 1]] = image[n];
  const out = new Float64Array(outputPixels.length / 2);
  for (let m = 0; m < out.length; m++) {
    for (let a = 0; a < kernelRows; a++) {
      const row = outputPixels[2 * m] - (a - (kernelRows >> 1));
      if (row < 0 || row >= shape[0]) continue;
      for (let b = 0; b < kernelColumns; b++) {
        const column = outputPixels[2 * m + 1] - (b - (kernelColumns >> 1));
        if (column < 0 || column >= shape[1]) continue;
        out[m] += kernel.values[a * kernelColumns + b] * box[row * shape[1] + column];
      }
    }
  }
  return out;
}

/** The same as a product of transforms. */
export function convolutionViaFft({ convolution, image }: ConvolutionViaFftArgs): Float64Array {
  const { fftShape, spectrum, inputPixels, outputPixels } = convolution;
  const [rows, columns] = fftShape;
  const values = new Float64Array(2 * rows * columns);
  for (let n = 0; n < image.length; n++) {
    values[2 * (inputPixels[2 * n] * columns + inputPixels[2 * n + 1])] = image[n];
  }
  const transformed = fft2d({ shape: fftShape, values, inverse: false });
  for (let p = 0; p < rows; p++) {
    for (let q = 0; q < columns; q++) {
      const mirrored = p > rows >> 1;
      const s = 2 * (mirrored ? (rows - p) * columns + ((columns - q) % columns) : p * columns + q);
      const [re, im] = [spectrum[s], mirrored ? -spectrum[s + 1] : spectrum[s + 1]];
      const at = 2 * (p * columns + q);
      const [x, y] = [transformed[at], transformed[at + 1]];
      transformed[at] = re * x - im * y;
      transformed[at + 1] = re * y + im * x;
    }
  }
  // The spectrum holds 1 / (rows columns), which the inverse takes once more.
  const blurred = fft2d({ shape: fftShape, values: transformed, inverse: true });
  return Float64Array.from({ length: outputPixels.length / 2 }, (_, m) => {
    return rows * columns * blurred[2 * (outputPixels[2 * m] * columns + outputPixels[2 * m + 1])];
  });
}
