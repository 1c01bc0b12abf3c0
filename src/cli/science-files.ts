import { type FileHandle, mkdtemp, open, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ScienceData } from "../bench/science.ts";
import { openArray } from "../dataset/array-file.ts";
import { visibilityFiles } from "../dataset/interferometer.ts";
import { InputError } from "../errors.ts";
import { normal, type RandomState, randomState, uniform } from "../inference/rng.ts";
import { encodeNpyHeader } from "../io/npy-header.ts";
import { openFile } from "./file-source.ts";

/** Rows that are drawn and written at a time. */
const ROWS = 2 ** 16;
/** Standard deviation of u and v in wavelengths, and where they are cut, in standard deviations. */
const UV_SCALE = 2e5;
const LARGEST = 4.5;

type Draw = (random: RandomState) => readonly [number, number];

const DRAWS: Readonly<Record<"visibilities" | "noise" | "uv", Draw>> = {
  visibilities: (random) => [normal(random), normal(random)],
  noise: (random) => {
    const sigma = 0.5 + uniform(random);
    return [sigma, sigma];
  },
  uv: (random) => [UV_SCALE * cutNormal(random), UV_SCALE * cutNormal(random)],
};

/** A dataset on disk, removed when it is disposed of. */
export interface ScienceFiles extends ScienceData, AsyncDisposable {}

/**
 * Writes K seeded visibilities into a temporary folder: three npy files of (K, 2), as `arclet compact` reads them.
 * @throws InputError `bench/disk` where they do not fit.
 */
export async function writeScienceFiles(visibilities: number, seed: number): Promise<ScienceFiles> {
  await requireDisk(3 * 16 * visibilities);
  const folder = await mkdtemp(join(tmpdir(), "arclet-science-"));
  const pathOf = (name: string): string => join(folder, `${name}.npy`);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const names = Object.keys(DRAWS) as (keyof typeof DRAWS)[];
    for (const [index, name] of names.entries()) {
      await writePairs(pathOf(name), visibilities, randomState(3 * seed + index), DRAWS[name]);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    async withFiles(use) {
      await using first = await openFile(pathOf("visibilities"));
      await using second = await openFile(pathOf("noise"));
      await using third = await openFile(pathOf("uv"));
      const [data, noise, uv] = await Promise.all([first, second, third].map((file) => openArray(file, file.name)));
      return await use(visibilityFiles(data, noise, uv));
    },
    // Node counts it in kibibytes everywhere.
    peakBytes: () => 1024 * process.resourceUsage().maxRSS,
    [Symbol.asyncDispose]: remove,
  };
}

async function writePairs(path: string, rows: number, random: RandomState, draw: Draw): Promise<void> {
  const file: FileHandle = await open(path, "wx");
  try {
    await file.writeFile(encodeNpyHeader("f8", [rows, 2]));
    for (let row = 0; row < rows; row += ROWS) {
      const count = Math.min(ROWS, rows - row);
      const view = new DataView(new ArrayBuffer(16 * count));
      for (let at = 0; at < view.byteLength; at += 16) {
        const [a, b] = draw(random);
        view.setFloat64(at, a, true);
        view.setFloat64(at + 8, b, true);
      }
      await file.writeFile(new Uint8Array(view.buffer));
    }
  } finally {
    await file.close();
  }
}

/** Normal, but for the tails that a grid could not hold. */
function cutNormal(random: RandomState): number {
  for (;;) {
    const value = normal(random);
    if (Math.abs(value) <= LARGEST) return value;
  }
}

async function requireDisk(bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const available = bavail * bsize;
  if (1.1 * bytes <= available) return;
  const gibibytes = (count: number): string => `${(count / 2 ** 30).toPrecision(3)} GiB`;
  const what = `the files of the dataset take ${gibibytes(bytes)}, and there are ${gibibytes(available)} in ${tmpdir()}`;
  throw new InputError("bench/disk", what, "give fewer --visibilities, or set TMPDIR to a folder with more room");
}
