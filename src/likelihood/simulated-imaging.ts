import { openArray } from "../dataset/array-file.ts";
import { readMap } from "../dataset/map.ts";
import { gaussianPsf, psfKernel } from "../dataset/psf.ts";
import { type SimulatedImage, simulateImaging } from "../dataset/simulate-imaging.ts";
import { type PixelGrid, pixelGrid } from "../grid.ts";
import type { ImageSimulationSpec, ImagingSpec } from "../model/spec.ts";
import { type ConvolutionKernel, fftPays, planConvolution, planConvolutionViaFft } from "../operators/convolve.ts";
import type { FileChoice } from "./dataset-maps.ts";
import { convergedLight, requireFinite, type Simulator } from "./simulated-light.ts";

/** An imaging dataset made from a model, with what it was made of. */
export interface SimulatedImaging extends SimulatedImage {
  readonly type: "imaging";
  readonly name: string;
  readonly spec: ImagingSpec;
  readonly simulate: ImageSimulationSpec;
  readonly grid: PixelGrid;
  /** (rows, columns) what the camera sees without noise, electrons per second. */
  readonly image: Float64Array;
  readonly psf: ConvolutionKernel;
}

/** @throws InputError for a PSF that is not right, and for what `simulateImaging` refuses. */
export async function simulatedImaging(
  name: string,
  spec: ImagingSpec,
  simulator: Simulator,
): Promise<SimulatedImaging> {
  const simulate = spec.simulate as ImageSimulationSpec;
  const grid = pixelGrid(simulate.shape, spec.pixelScale, spec.offset);
  const psf =
    simulate.psfFwhm === undefined ? await readPsf(spec, simulator) : gaussianPsf(simulate.psfFwhm, spec.pixelScale);
  const image = seenByCamera(grid, psf, simulator);
  const seen = simulateImaging(image, simulate, simulator.random);
  return { type: "imaging", name, spec, simulate, grid, image, psf, ...seen };
}

async function readPsf(spec: ImagingSpec, { open }: Simulator): Promise<ConvolutionKernel> {
  const choice: FileChoice = spec.psf;
  const file = await openArray(await open(choice.path), "psf", choice);
  const [rows, columns] = file.shape;
  // Without a WCS it lies as the image will: a FITS image is written with its first row at the bottom.
  const like = spec.data.format === "fits" ? { rows: true, columns: false } : undefined;
  return psfKernel(await readMap(file, [rows, columns], spec, like), [rows, columns], spec.normalizePsf, file.where);
}

/** The light of the model through the PSF, with what that brings from half of itself beyond the frame's edge. */
function seenByCamera(grid: PixelGrid, psf: ConvolutionKernel, { light, kernels }: Simulator): Float64Array {
  const [up, across] = [psf.shape[0] >> 1, psf.shape[1] >> 1];
  const padded = pixelGrid([grid.shape[0] + 2 * up, grid.shape[1] + 2 * across], grid.pixelScale, grid.origin);
  const image = requireFinite(convergedLight(light, padded));
  const convolution = planConvolution(psf, pixelsOf(grid, up, across), pixelsOf(grid, 0, 0));
  if (!fftPays(convolution)) return kernels.convolution({ convolution, image });
  return kernels.convolutionViaFft({ convolution: planConvolutionViaFft(convolution, kernels.fft2d), image });
}

/** (N, 2) row and column of a frame's pixels and of some rows and columns beyond each edge, in row-major order. */
function pixelsOf({ shape: [rows, columns] }: PixelGrid, up: number, across: number): Int32Array {
  const width = columns + 2 * across;
  return Int32Array.from({ length: 2 * (rows + 2 * up) * width }, (_, at) => {
    return at % 2 === 0 ? Math.floor((at >> 1) / width) - up : ((at >> 1) % width) - across;
  });
}
