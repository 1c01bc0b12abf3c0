import type { EarthRotation } from "../dataset/earth-rotation.ts";
import type { PixelGrid } from "../grid.ts";
import type { WeightMapOptions } from "../inversion/mesh/weight-map.ts";
import type { Prior } from "../profiles/parameter.ts";
import type { FileReference } from "./file-reference.ts";
import type { SearchSpec } from "./search-schema.ts";

/** What a parameter follows: an expression over others by their paths, `2 * galaxies.lens.mass.einstein_radius`. */
export interface Tied {
  readonly tied: string;
}

/** A number, what is believed of it, or what it follows. */
export type ParameterEntry = number | Prior | Tied;

/** A parameter as a spec gives it; `linear` is an intensity left to the linear inversion. Lengths are in arcseconds. */
export type ParameterSpec = ParameterEntry | readonly [ParameterEntry, ParameterEntry] | "linear";

export interface ProfileSpec {
  readonly kind: "mass" | "light" | "light_and_mass";
  /** The name in the registry of that kind. */
  readonly profile: string;
  /** By the names that the profile's parameter table has in code. */
  readonly parameters: Readonly<Record<string, ParameterSpec>>;
  /** Present where this stands for several profiles: of each the parameters that are its own. */
  readonly members?: readonly Readonly<Record<string, ParameterSpec>>[];
  /** The names of the datasets that see this light; undefined where all do. */
  readonly datasets?: readonly string[] | undefined;
}

export type MeshSpec = RectangularMeshSpec | RectangularAdaptiveMeshSpec | VertexMeshSpec;

/** What a position on the rim of a rectangular mesh maps to: its nearest pixels, or weights beyond them. */
type RectangularEdges = "clamp" | "extrapolate";

export interface RectangularMeshSpec {
  readonly type: "rectangular_uniform";
  readonly shape: readonly [rows: number, columns: number];
  readonly edges: RectangularEdges;
}

/** Pixels small where rays are dense, or where the adapt image is bright. */
export interface RectangularAdaptiveMeshSpec {
  readonly type: "rectangular_adapt_density" | "rectangular_adapt_image";
  readonly shape: readonly [rows: number, columns: number];
  readonly edges: RectangularEdges;
  readonly weights: WeightMapOptions;
}

/** A mesh whose vertices a lens model brings from the image plane. */
export interface VertexMeshSpec {
  readonly type: "delaunay" | "voronoi_natural_neighbor" | "voronoi_nearest";
  readonly imageMesh: ImageMeshSpec;
}

/** Where vertices are in the image plane; drawn once, before the first evaluation. */
export type ImageMeshSpec = {
  /** So many vertices more, on a circle about the mask. */
  readonly circlePoints: number;
} & (
  | { readonly type: "overlay"; readonly shape: readonly [rows: number, columns: number] }
  | ({ readonly type: "kmeans"; readonly pixels: number; readonly seed: number } & WeightMapOptions)
  | ({ readonly type: "hilbert"; readonly pixels: number } & WeightMapOptions)
  | { readonly type: "file"; readonly path: FileReference }
);

export interface RegularizationSpec {
  /** The name of one of `regularizationSchemes`. */
  readonly type: string;
  /** Its parameters, by the names that they have in code; without `coefficient` where that is maximized. */
  readonly values: Readonly<Record<string, ParameterEntry>>;
  /** Whether the likelihood is to find the `coefficient` of largest evidence. */
  readonly maximize: boolean;
}

/** What the lensed source is thought to look like, lens light removed: one file for all datasets, or by their names. */
export type AdaptImageSpec =
  | { readonly file: FileReference }
  | { readonly files: Readonly<Record<string, FileReference>> };

export interface PixelizationSpec {
  /** The names of the datasets that it is reconstructed from; undefined for all. */
  readonly datasets: readonly string[] | undefined;
  readonly mesh: MeshSpec;
  readonly regularization: RegularizationSpec;
  /** One source for all datasets, or one for each. */
  readonly shared: boolean;
  /** Whether rays outside the ellipse of the mask's border are drawn in onto it. */
  readonly border: "relocate" | "keep";
  /** Whether pixels on the edge of the mesh are dark. */
  readonly edgePixels: "free" | "zero";
  readonly adaptImage: AdaptImageSpec | undefined;
}

export interface GalaxySpec {
  readonly redshift: number;
  readonly profiles: Readonly<Record<string, ProfileSpec>>;
  readonly pixelization?: PixelizationSpec | undefined;
}

export type MaskSpec =
  | { readonly type: "circular"; readonly radius: number; readonly centre: readonly [y: number, x: number] }
  | {
      readonly type: "annular";
      readonly innerRadius: number;
      readonly outerRadius: number;
      readonly centre: readonly [y: number, x: number];
    }
  | {
      readonly type: "elliptical";
      readonly majorAxisRadius: number;
      readonly axisRatio: number;
      /** Degrees from +x to the major axis, counter-clockwise. */
      readonly angle: number;
      readonly centre: readonly [y: number, x: number];
    }
  /** Nonzero pixels of the file are ignored; with `invert`, kept. */
  | { readonly type: "file"; readonly path: FileReference; readonly invert: boolean };

/** How visibilities are made from the model; nothing else reads it. */
export interface VisibilitySimulationSpec {
  /** Standard deviation of the thermal noise in every real and every imaginary part. */
  readonly noiseSigma: number;
  /** The baselines are made, and written. Without it they are those of the file. */
  readonly earthRotation: EarthRotation | undefined;
}

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
        /** Where x grows to. */
        readonly xAxis: "east" | "west";
      }
    /** Grid, sign and direction of x are in the file; where the spec says the last too, it must not say another. */
    | { readonly kind: "compact"; readonly compact: FileReference; readonly xAxis: "east" | "west" | undefined };
  /** A pixel is kept where all of them keep it. */
  readonly mask: readonly MaskSpec[];
  /** Which row of the sky is the first of a FITS image. */
  readonly fitsRowZero: "bottom" | "top";
  /** A Gaussian of this full width at half maximum in arcseconds, or an image. */
  readonly primaryBeam: { readonly fwhm: number } | { readonly path: FileReference } | undefined;
  /** The factor of all light in these visibilities, beside that in other datasets; undefined for 1. */
  readonly fluxScale: ParameterEntry | undefined;
  /** A reference image, the visibilities of which are subtracted before anything is summed. */
  readonly recentre: FileReference | undefined;
  readonly simulate: VisibilitySimulationSpec | undefined;
}

/** Sub-pixels a side of a pixel: of every pixel, or of each by where it is or by what was seen there. */
export type SubSizeSpec =
  | number
  | {
      readonly by: "radius";
      /** Rising, arcseconds. */
      readonly radii: readonly number[];
      /** subSizes[k] inside radii[k], one more than radii. */
      readonly subSizes: readonly number[];
      readonly centres: readonly (readonly [y: number, x: number])[];
    }
  | { readonly by: "signal_to_noise"; readonly cut: number; readonly lower: number; readonly upper: number };

/** How an image is made from the model; nothing else reads it. */
export interface ImageSimulationSpec {
  readonly shape: readonly [rows: number, columns: number];
  /** Seconds. */
  readonly exposureTime: number;
  /** Electrons per second in every pixel. */
  readonly backgroundSkyLevel: number;
  /** Electrons. */
  readonly readNoise: number;
  /** Arcseconds; the PSF is made, and written. Without it the PSF is that of the file. */
  readonly psfFwhm: number | undefined;
}

export interface ImagingSpec {
  readonly type: "imaging";
  readonly data: FileReference;
  readonly noiseMap: FileReference;
  readonly psf: FileReference;
  /** Whether the PSF is divided by its sum. */
  readonly normalizePsf: boolean;
  readonly pixelScale: number;
  /** Of the image's centre from the origin of the coordinates, arcseconds. */
  readonly offset: readonly [y: number, x: number];
  /** A pixel is kept where all of them keep it. */
  readonly mask: readonly MaskSpec[];
  /** The factor of all light in this image, beside that in other datasets; undefined for 1. */
  readonly fluxScale: ParameterEntry | undefined;
  /** Sub-pixels a side of a pixel: of light profiles, wherever they are, and of a pixelized source. */
  readonly overSampling: { readonly light: SubSizeSpec; readonly source: number };
  readonly xAxis: "east" | "west";
  readonly fitsRowZero: "bottom" | "top";
  readonly simulate: ImageSimulationSpec | undefined;
}

export type DatasetSpec = InterferometerSpec | ImagingSpec;

/** A spec file, read and checked: what was observed, and what is thought to be there. Plain data. */
export interface Spec {
  readonly datasets: Readonly<Record<string, DatasetSpec>>;
  readonly galaxies: Readonly<Record<string, GalaxySpec>>;
  /** Relations between parameters, `galaxies.lens.mass.slope > galaxies.halo.mass.slope`, that a model must keep. */
  readonly assertions: readonly string[];
  /** How the model's free parameters are looked for; undefined where the file does not say. */
  readonly search?: SearchSpec | undefined;
  readonly settings: { readonly evidence: "exact" | "pyautolens"; readonly positiveOnly: boolean };
  /** Present where model and phases are to follow from the data: see `automaticSpec`. */
  readonly pipeline?: "automatic" | undefined;
  /** Where each path of the file is, for messages: see `specPlace`. */
  readonly places: Readonly<Record<string, string>>;
}
