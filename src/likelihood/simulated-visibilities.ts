import { openArray } from "../dataset/array-file.ts";
import { nufftPays } from "../dataset/compaction.ts";
import { earthRotationBaselines } from "../dataset/earth-rotation.ts";
import { uvRange } from "../dataset/interferometer.ts";
import { gaussianBeam } from "../dataset/primary-beam.ts";
import { simulateVisibilities } from "../dataset/simulate-visibilities.ts";
import { InputError } from "../errors.ts";
import { type PixelGrid, pixelGrid } from "../grid.ts";
import type { InterferometerSpec, VisibilitySimulationSpec } from "../model/spec.ts";
import type { VisibilityData } from "../operators/compaction.ts";
import { type FileChoice, readSpecMap } from "./dataset-maps.ts";
import { lightOfPixels, requireFinite, type Simulator } from "./simulated-light.ts";

/** An interferometer dataset made from a model. */
export interface SimulatedVisibilities extends VisibilityData {
  readonly type: "interferometer";
  readonly name: string;
  readonly spec: InterferometerSpec;
  readonly simulate: VisibilitySimulationSpec;
}

/** How many times finer than the dataset's grid the sky is that visibilities are of, along each side. */
const DIVISION = 4;
/** 4096 x 4096 pixels of that sky. */
const MOST_SKY_PIXELS = 2 ** 24;
const ROWS_PER_CHUNK = 65_536;

/**
 * Visibilities of the light within a dataset's grid, masked pixels too. The sky is divided more finely than the grid, each
 * part with a phase of its own, since a baseline does not see the mean of a pixel; intensities add up to those of the
 * grid's pixels.
 * @throws InputError for baselines or a primary beam that are not right, and for a grid that is too large.
 */
export async function simulatedVisibilities(
  name: string,
  spec: InterferometerSpec,
  simulator: Simulator,
): Promise<SimulatedVisibilities> {
  const { data, simulate } = spec;
  if (data.kind !== "visibilities" || simulate === undefined) throw new TypeError("the schema lets none of this pass");
  const { kernels, voice, light, random } = simulator;
  const { earthRotation, noiseSigma } = simulate;
  const uvWavelengths =
    earthRotation === undefined
      ? await readBaselines(data.uvWavelengths, simulator)
      : earthRotationBaselines(earthRotation);
  const grid = dividedGrid(data.grid);
  const beam = await readBeam(spec, data, simulator);
  const everyPixel = Int32Array.from({ length: grid.shape[0] * grid.shape[1] }, (_, pixel) => pixel);
  const intensities = requireFinite(lightOfPixels(light, grid, everyPixel, 1));
  const image = intensities.map((intensity, pixel) => (intensity * (beam?.[pixel] ?? 1)) / DIVISION ** 2);
  const viaNufft = voice !== "reference" && nufftPays(grid, uvWavelengths.length / 2);
  const seen = simulateVisibilities(
    { grid, image, uvWavelengths, sky: data, noiseSigma },
    viaNufft ? kernels.visibilitiesViaNufft : kernels.visibilities,
    random,
  );
  return { type: "interferometer", name, spec, simulate, ...seen };
}

type RawVisibilities = Extract<InterferometerSpec["data"], { kind: "visibilities" }>;

async function readBaselines(choice: FileChoice, { open }: Simulator): Promise<Float64Array> {
  const file = await openArray(await open(choice.path), "uv_wavelengths", choice);
  const { shape, complex, where } = file;
  if (complex || shape.length !== 2 || shape[1] !== 2 || shape[0] === 0) {
    const what = `has shape (${shape.join(", ")})${complex ? " of complex numbers" : ""}`;
    throw new InputError("visibilities/shape", what, "give real (K, 2): u and v in wavelengths", where);
  }
  // For what it refuses.
  await uvRange(file, ROWS_PER_CHUNK);
  return file.whole();
}

function dividedGrid({ shape, pixelScale, origin }: PixelGrid): PixelGrid {
  const divided = [shape[0] * DIVISION, shape[1] * DIVISION] as const;
  if (divided[0] * divided[1] > MOST_SKY_PIXELS) {
    const what = `a grid of ${shape.join(" x ")} pixels, of which each is simulated as ${DIVISION} x ${DIVISION}`;
    throw new InputError("simulate/size", what, `give at most ${MOST_SKY_PIXELS / DIVISION ** 2} pixels`);
  }
  return pixelGrid(divided, pixelScale / DIVISION, origin);
}

/** The beam's factor in every pixel of the divided grid; a file's holds for the whole of the dataset's pixel. */
async function readBeam(
  { primaryBeam, fitsRowZero }: InterferometerSpec,
  { grid, xAxis }: RawVisibilities,
  { open }: Simulator,
): Promise<Float64Array | null> {
  if (primaryBeam === undefined) return null;
  const divided = dividedGrid(grid);
  if ("fwhm" in primaryBeam) return gaussianBeam(divided, primaryBeam.fwhm);
  const beam = await readSpecMap(primaryBeam.path, "primary_beam", grid, { fitsRowZero, xAxis }, { open });
  const [rows, columns] = divided.shape;
  return requireFinite(
    Float64Array.from({ length: rows * columns }, (_, pixel) => {
      const [i, j] = [Math.floor(pixel / columns / DIVISION), Math.floor((pixel % columns) / DIVISION)];
      return beam[i * grid.shape[1] + j];
    }),
  );
}
