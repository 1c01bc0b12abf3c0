import * as z from "zod";
import { InputError } from "../errors.ts";
import type { PixelGrid } from "../grid.ts";
import type { Prior } from "../profiles/parameter.ts";
import { dataset } from "./dataset-schema.ts";
import type { FileReference } from "./file-reference.ts";
import { galaxy } from "./galaxy-schema.ts";
import { applyOverrides } from "./overrides.ts";
import { named, oneOf, PARSING, strict } from "./schema.ts";
import { specError } from "./schema-issue.ts";
import { parseYaml, placeOf } from "./yaml-tree.ts";

/** A number, or what is believed of it. */
export type ParameterEntry = number | Prior;

/** A parameter as a spec gives it; `linear` is an intensity left to the linear inversion. Lengths are in arcseconds. */
export type ParameterSpec = ParameterEntry | readonly [ParameterEntry, ParameterEntry] | "linear";

export interface ProfileSpec {
  readonly kind: "mass" | "light";
  /** The name in the registry of that kind. */
  readonly profile: string;
  /** By the names that the profile's parameter table has in code. */
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
}

export interface MeshSpec {
  readonly type: "rectangular_uniform";
  readonly shape: readonly [rows: number, columns: number];
  /** What a position on the rim of the mesh maps to: its nearest pixels, or weights beyond them. */
  readonly edges: "clamp" | "extrapolate";
}

export interface RegularizationSpec {
  readonly type: "constant";
  /** `maximize`: the coefficient of largest evidence, found by the likelihood. */
  readonly coefficient: ParameterEntry | "maximize";
}

export interface PixelizationSpec {
  readonly mesh: MeshSpec;
  readonly regularization: RegularizationSpec;
}

export interface GalaxySpec {
  readonly redshift: number;
  readonly profiles: Readonly<Record<string, ProfileSpec>>;
  readonly pixelization: PixelizationSpec | undefined;
}

export type MaskSpec =
  | { readonly type: "circular"; readonly radius: number; readonly centre: readonly [y: number, x: number] }
  | {
      readonly type: "annular";
      readonly innerRadius: number;
      readonly outerRadius: number;
      readonly centre: readonly [y: number, x: number];
    }
  /** Nonzero pixels of the file are ignored; with `invert`, kept. */
  | { readonly type: "file"; readonly path: FileReference; readonly invert: boolean };

export interface InterferometerSpec {
  readonly type: "interferometer";
  readonly data:
    | {
        readonly kind: "visibilities";
        readonly visibilities: FileReference;
        readonly noiseMap: FileReference;
        readonly uvWavelengths: FileReference;
        readonly grid: PixelGrid;
        /** -1: V = sum I exp(-2 pi i (u x + v y)). */
        readonly visibilitiesSign: -1 | 1;
      }
    /** Grid and sign are in the file. */
    | { readonly kind: "compact"; readonly compact: FileReference };
  /** Absent: all pixels of the grid are kept. */
  readonly mask: MaskSpec | undefined;
  /** Where x grows to. */
  readonly xAxis: "east" | "west";
  /** Which row of the sky is the first of a FITS image. */
  readonly fitsRowZero: "bottom" | "top";
  /** A Gaussian of this full width at half maximum in arcseconds, or an image. */
  readonly primaryBeam: { readonly fwhm: number } | { readonly path: FileReference } | undefined;
  /** A reference image, the visibilities of which are subtracted before anything is summed. */
  readonly recentre: FileReference | undefined;
}

export interface ImagingSpec {
  readonly type: "imaging";
  readonly data: FileReference;
  readonly noiseMap: FileReference;
  readonly psf: FileReference;
  readonly pixelScale: number;
  readonly mask: MaskSpec | undefined;
  readonly overSampling: { readonly light: number; readonly source: number };
  readonly xAxis: "east" | "west";
  readonly fitsRowZero: "bottom" | "top";
}

export type DatasetSpec = InterferometerSpec | ImagingSpec;

/** A spec file, read and checked: what was observed, and what is thought to be there. Plain data. */
export interface Spec {
  readonly datasets: Readonly<Record<string, DatasetSpec>>;
  readonly galaxies: Readonly<Record<string, GalaxySpec>>;
  /** As written. */
  readonly search: Readonly<Record<string, unknown>> | undefined;
  readonly settings: { readonly evidence: "exact" | "pyautolens"; readonly positiveOnly: boolean };
  /** Where each path of the file is, for messages: see `specPlace`. */
  readonly places: Readonly<Record<string, string>>;
}

const settings = strict({
  evidence: oneOf(["exact", "pyautolens"]).default("exact"),
  positive_only: z.boolean({ error: "give true or false" }).default(false),
}).transform(({ evidence, positive_only }) => ({ evidence, positiveOnly: positive_only }));

const schema = strict({
  datasets: named(dataset, "give at least one dataset: a map from its name to type: interferometer and its files"),
  galaxies: named(galaxy, "give at least one galaxy: a map from its name to redshift and profiles"),
  search: z.record(z.string(), z.unknown(), { error: "give a map with method" }).optional(),
  settings: settings.default({ evidence: "exact", positiveOnly: false }),
});

/**
 * Reads and checks a spec.
 * @param text YAML 1.2.
 * @param fileName How messages call it.
 * @param overrides `path=value` each, put in the place of what the text says before it is checked.
 * @throws InputError with file, line and column, the key, the value and the remedy.
 */
export function parseSpec(text: string, fileName: string, overrides: readonly string[] = []): Spec {
  const tree = applyOverrides(
    parseYaml(text, (line, column) => `${fileName}:${line}:${column}`),
    overrides,
  );
  const result = schema.safeParse(tree.value, PARSING);
  if (!result.success) throw specError(result.error.issues, tree);
  return { ...result.data, search: result.data.search, places: tree.places };
}

/** `file:line:column` of a path of the spec, or of the closest of its ancestors that the file has. */
export function specPlace(spec: Spec, path: string): string | undefined {
  return placeOf(spec.places, path);
}

/** An error about a spec that shows only later, at a path of it: `galaxies.lens.bulge.intensity`. */
export function errorInSpec(spec: Spec, path: string, tag: string, what: string, remedy: string): InputError {
  return new InputError(tag, what, remedy, specPlace(spec, path));
}
