import { InputError } from "../errors.ts";
import type { PixelGrid } from "../grid.ts";
import { type FitsCard, type FitsOutput, writeFits } from "../io/fits.ts";
import type { NdArray } from "../io/ndarray.ts";
import { writeNpy } from "../io/npy.ts";
import { writeNpz } from "../io/npz.ts";
import type { SimulatedDataset } from "../likelihood/simulate.ts";
import type { SimulatedImaging } from "../likelihood/simulated-imaging.ts";
import type { FileReference } from "../model/file-reference.ts";
import type { Spec } from "../model/spec.ts";

/** A file that a spec names, and the key that names it. */
interface NamedFile {
  /** `data`, `noise_map`, ...: also the array of an npz archive where none is named. */
  readonly key: string;
  readonly file: FileReference;
}

interface NamedArray extends NamedFile {
  /** Its path in the spec, for messages. */
  readonly path: string;
  /** Row 0 the top. */
  readonly array: NdArray & { readonly data: Float64Array };
  /** Of FITS: how the pixels lie on the sky, where they do. */
  readonly grid: PixelGrid | null;
  readonly cards: readonly FitsCard[];
}

/**
 * The files of simulated datasets, by the paths that the spec gives them and in the formats of their names. FITS images
 * have their first row at the bottom and a WCS that says so.
 * @param provenance Cards for every FITS file.
 * @throws InputError where two arrays have one place, or HDUs have gaps.
 */
export function simulatedFiles(
  datasets: readonly SimulatedDataset[],
  provenance: readonly FitsCard[],
): ReadonlyMap<string, Uint8Array> {
  const arrays = datasets.flatMap((dataset) => arraysOf(dataset));
  const paths = new Set(arrays.map(({ file }) => file.path));
  return new Map(
    [...paths].map((path) => {
      const together = arrays.filter(({ file }) => file.path === path);
      return [path, fileOf(together, provenance)];
    }),
  );
}

/** The files that simulating a spec makes, and those that it and its evaluation read; each path once. */
export function filesOfSimulation({ datasets }: Spec): { readonly made: string[]; readonly read: string[] } {
  const made: string[] = [];
  const read: string[] = [];
  for (const dataset of Object.values(datasets)) {
    for (const mask of dataset.mask) if (mask.type === "file") read.push(mask.path.path);
    if (dataset.type === "imaging") {
      made.push(dataset.data.path, dataset.noiseMap.path);
      (dataset.simulate?.psfFwhm === undefined ? read : made).push(dataset.psf.path);
      continue;
    }
    if (dataset.primaryBeam !== undefined && "path" in dataset.primaryBeam) read.push(dataset.primaryBeam.path.path);
    if (dataset.recentre !== undefined) read.push(dataset.recentre.path);
    if (dataset.data.kind === "compact") continue;
    made.push(dataset.data.visibilities.path, dataset.data.noiseMap.path);
    (dataset.simulate?.earthRotation === undefined ? read : made).push(dataset.data.uvWavelengths.path);
  }
  return { made: [...new Set(made)], read: [...new Set(read)] };
}

function arraysOf(dataset: SimulatedDataset): NamedArray[] {
  const at = (key: string) => `datasets.${dataset.name}.${key}`;
  if (dataset.type === "imaging") return imagesOf(dataset).map((image) => ({ ...image, path: at(image.key) }));
  const { data } = dataset.spec;
  if (data.kind === "compact") return [];
  const { noiseSigma, earthRotation } = dataset.simulate;
  const thermal = { keyword: "NOISESIG", value: noiseSigma, comment: "thermal noise of each part" };
  const pairs = (key: string, file: FileReference, data: Float64Array, cards: FitsCard[]): NamedArray => {
    const array = { dtype: "f8", shape: [data.length / 2, 2], data } as const;
    return { key, file, path: at(key), array, grid: null, cards };
  };
  const made = [
    pairs("visibilities", data.visibilities, dataset.visibilities, [thermal]),
    pairs("noise_map", data.noiseMap, dataset.noiseMap, [thermal]),
  ];
  if (earthRotation === undefined) return made;
  const hours = { keyword: "HOURS", value: earthRotation.hours, comment: "of hour angle about the meridian" };
  return [...made, pairs("uv_wavelengths", data.uvWavelengths, dataset.uvWavelengths, [hours])];
}

function imagesOf({ spec, simulate, grid, data, noiseMap, psf }: SimulatedImaging): Omit<NamedArray, "path">[] {
  const { exposureTime, backgroundSkyLevel, readNoise, psfFwhm } = simulate;
  const cards = [
    ...wcsCards(grid, spec.xAxis),
    { keyword: "BUNIT", value: "electron/s" },
    { keyword: "EXPTIME", value: exposureTime, comment: "exposure time in seconds" },
    { keyword: "SKYLEVEL", value: backgroundSkyLevel, comment: "sky that was subtracted, electron/s" },
    { keyword: "READNOIS", value: readNoise, comment: "read noise in electrons" },
  ];
  const image = (key: string, file: FileReference, data: Float64Array) => {
    return { key, file, array: { dtype: "f8", shape: grid.shape, data } as const, grid, cards };
  };
  const images = [image("data", spec.data, data), image("noise_map", spec.noiseMap, noiseMap)];
  if (psfFwhm === undefined) return images;
  const ofPsf = { ...grid, shape: psf.shape };
  const array = { dtype: "f8", shape: psf.shape, data: psf.values } as const;
  const fwhm = { keyword: "FWHM", value: psfFwhm, comment: "full width at half maximum in arcsec" };
  return [...images, { key: "psf", file: spec.psf, array, grid: ofPsf, cards: [...wcsCards(ofPsf, spec.xAxis), fwhm] }];
}

/** A tangent plane about its middle, at right ascension and declination zero: nobody looked there. */
function wcsCards({ shape: [rows, columns], pixelScale }: PixelGrid, xAxis: "east" | "west"): FitsCard[] {
  const step = pixelScale / 3600;
  return [
    { keyword: "CTYPE1", value: "RA---TAN" },
    { keyword: "CTYPE2", value: "DEC--TAN" },
    { keyword: "CRPIX1", value: (columns + 1) / 2 },
    { keyword: "CRPIX2", value: (rows + 1) / 2 },
    { keyword: "CRVAL1", value: 0 },
    { keyword: "CRVAL2", value: 0 },
    { keyword: "CDELT1", value: xAxis === "east" ? step : -step },
    { keyword: "CDELT2", value: step },
    { keyword: "CUNIT1", value: "deg" },
    { keyword: "CUNIT2", value: "deg" },
  ];
}

/** Arrays that go into one file. */
function fileOf(arrays: readonly NamedArray[], provenance: readonly FitsCard[]): Uint8Array {
  const [first, second] = arrays;
  switch (first.file.format) {
    case "npy":
      if (second !== undefined) throw samePlace(first, second);
      return writeNpy(first.array);
    case "npz":
      return writeNpz(Object.fromEntries(placed(arrays, nameIn).map(({ name, array }) => [name, array])));
    case "fits":
      return writeFits(hdusOf(arrays).map((array) => fitsOutput(array, provenance)));
  }
}

const nameIn = ({ file, key }: NamedArray): string => (file.format === "npz" ? (file.array ?? key) : key);
const hduIn = ({ file }: NamedArray): string => String(file.format === "fits" ? (file.hdu ?? 0) : 0);

/** @throws InputError where two arrays would have one name. */
function placed<T extends NamedArray>(arrays: readonly T[], nameOf: (array: T) => string): (T & { name: string })[] {
  const taken = new Map<string, T>();
  return arrays.map((array) => {
    const name = nameOf(array);
    const other = taken.get(name);
    if (other !== undefined) throw samePlace(other, array);
    taken.set(name, array);
    return { ...array, name };
  });
}

function samePlace(first: NamedArray, second: NamedArray): InputError {
  const what = `${first.path} and ${second.path} have one place in ${first.file.path}`;
  return new InputError("simulate/file", what, "give each a file, an HDU or an array of its own");
}

function hdusOf(arrays: readonly NamedArray[]): readonly NamedArray[] {
  const hdus = placed(arrays, hduIn).toSorted((a, b) => Number(a.name) - Number(b.name));
  const gap = hdus.findIndex(({ name }, index) => Number(name) !== index);
  if (gap < 0) return hdus;
  const what = `${hdus[gap].path} is HDU ${hdus[gap].name} of ${hdus[gap].file.path}, and nothing is HDU ${gap}`;
  throw new InputError("simulate/file", what, "count HDUs from 0 without a gap");
}

function fitsOutput({ key, array, grid, cards }: NamedArray, provenance: readonly FitsCard[]): FitsOutput {
  const { shape, data } = array;
  const name = key.toUpperCase();
  const all = [...cards, ...provenance];
  if (grid === null) return { data, shape, name, cards: all };
  const [rows, columns] = grid.shape;
  const fromBottom = data.map((_, at) => data[(rows - 1 - Math.floor(at / columns)) * columns + (at % columns)]);
  return { data: fromBottom, shape, name, cards: all };
}
