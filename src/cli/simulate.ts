import { basename, isAbsolute } from "node:path";
import { InputError } from "../errors.ts";
import { type SimulatedDataset, simulateSpec } from "../likelihood/simulate.ts";
import type { SimulatedImaging } from "../likelihood/simulated-imaging.ts";
import { panelsPng } from "../result/figures.ts";
import { filesOfSimulation, simulatedFiles } from "../result/simulated-files.ts";
import type { Stretch } from "../result/stretch.ts";
import { command } from "./command.ts";
import { type Invocation, printJson } from "./invocation.ts";
import { outputDirectory } from "./output.ts";
import { SPEC_OPTIONS, type SpecFiles, withSpec } from "./spec-files.ts";
import { version } from "./version.ts";

export const simulate = command({
  name: "simulate",
  description: "the datasets of a spec made from its model, with noise, and a copy of the spec beside them",
  args: {
    ...SPEC_OPTIONS,
    noiseless: { type: "boolean", description: "data without noise; noise maps are as with it" },
  },
  async run(args, invocation) {
    await withSpec(args, async (files) => {
      const { backend, seed, out = "arclet-out" } = invocation.options;
      const noiseless = args.noiseless === true;
      const specName = basename(files.paths[0]);
      const { made, read } = filesOfSimulation(files.spec);
      requireBesideSpec(made, read);
      const start = performance.now();
      const { datasets, voice } = await simulateSpec(files.spec, { open: files.open, backend, seed, noiseless });
      const seconds = (performance.now() - start) / 1000;
      const provenance = [
        { keyword: "CREATOR", value: `arclet simulate ${version()}` },
        noiseless ? { keyword: "NOISE", value: false, comment: "no noise in data" } : { keyword: "SEED", value: seed },
      ];
      const contents = new Map<string, Uint8Array | string>(simulatedFiles(datasets, provenance));
      for (const path of read.filter((path) => !isAbsolute(path))) contents.set(path, await wholeFile(files, path));
      for (const dataset of datasets) {
        if (dataset.type === "imaging") contents.set(`${dataset.name}.png`, quickLook(dataset));
      }
      contents.set(specName, files.text);
      const directory = await outputDirectory(out, files.paths);
      await directory.requireNew([...contents.keys()]);
      const written: string[] = [];
      for (const [name, bytes] of contents) written.push(await directory.write(name, bytes));
      const summaries = Object.fromEntries(datasets.map((dataset) => [dataset.name, summaryOf(dataset)]));
      if (invocation.options.json) {
        const ofSeed = noiseless ? null : seed;
        printJson(invocation, { datasets: summaries, seed: ofSeed, backend: voice, seconds, files: written });
      } else printSimulation(invocation, summaries, written);
    });
  },
});

/** Everything lies in one folder, so that a copy of the spec finds it. */
function requireBesideSpec(made: readonly string[], read: readonly string[]): void {
  const remedy = "give names without a folder: files are written beside a copy of the spec";
  for (const path of [...made, ...read.filter((path) => !isAbsolute(path))]) {
    if (path === basename(path)) continue;
    throw new InputError("simulate/path", `the spec names ${path}, in a folder`, remedy);
  }
  const both = made.find((path) => read.includes(path));
  if (both === undefined) return;
  const what = `${both} is to be read and to be written`;
  throw new InputError("simulate/path", what, "give simulated arrays files of their own");
}

async function wholeFile(files: SpecFiles, path: string): Promise<Uint8Array> {
  const source = await files.open(path);
  return source.read(0, source.size);
}

/** Arcs are faint beside the lens. */
const STRETCH: Stretch = { kind: "asinh" };

function quickLook({ grid, data, image, noiseMap }: SimulatedImaging): Uint8Array {
  const { shape } = grid;
  return panelsPng([
    { shape, values: data, title: "data", stretch: STRETCH },
    { shape, values: image, title: "without noise", stretch: STRETCH },
    { shape, values: image.map((value, pixel) => value / noiseMap[pixel]), title: "signal to noise", stretch: STRETCH },
  ]);
}

/** Signal is the model's, without noise, and its largest pixel or visibility is what is compared with the noise. */
function summaryOf(dataset: SimulatedDataset) {
  const largest = (values: Float64Array) => values.reduce((most, value) => Math.max(most, value), 0);
  if (dataset.type === "imaging") {
    const { grid, psf, image, noiseMap } = dataset;
    return {
      type: dataset.type,
      shape: grid.shape,
      pixel_scale: grid.pixelScale,
      psf_shape: psf.shape,
      brightest_pixel: largest(image),
      largest_signal_to_noise: largest(image.map((value, pixel) => value / noiseMap[pixel])),
    };
  }
  return {
    type: dataset.type,
    visibilities: dataset.uvWavelengths.length / 2,
    noise_sigma: dataset.simulate.noiseSigma,
  };
}

function printSimulation(
  { stdout }: Invocation,
  summaries: Readonly<Record<string, ReturnType<typeof summaryOf>>>,
  written: readonly string[],
): void {
  for (const [name, summary] of Object.entries(summaries)) {
    const line =
      summary.type === "imaging"
        ? `${summary.shape.join(" x ")} pixels of ${summary.pixel_scale} arcsec, signal to noise up to ${summary.largest_signal_to_noise.toPrecision(3)}`
        : `${summary.visibilities} visibilities with noise of ${summary.noise_sigma}`;
    stdout.write(`${name}: ${line}\n`);
  }
  for (const file of written) stdout.write(`written ${file}\n`);
  stdout.write(`evaluate it with arclet evaluate ${written.at(-1)}\n`);
}
