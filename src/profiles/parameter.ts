/** What is believed of a parameter before the data: plain data, acted on by `src/model/prior.ts`. */
export type Prior =
  | { readonly prior: "uniform"; readonly lower: number; readonly upper: number }
  /** Uniform in the logarithm; `lower` is above zero. */
  | { readonly prior: "log_uniform"; readonly lower: number; readonly upper: number }
  /** Normal, cut off at `lower` and `upper` where they are given. */
  | {
      readonly prior: "gaussian";
      readonly mean: number;
      readonly sigma: number;
      readonly lower?: number;
      readonly upper?: number;
    }
  /** Normal in the natural logarithm, which `mean` and `sigma` are of; `lower` and `upper` are of the parameter itself. */
  | {
      readonly prior: "log_gaussian";
      readonly mean: number;
      readonly sigma: number;
      readonly lower?: number;
      readonly upper?: number;
    }
  /** Of an angle in degrees, from 0 to 180: density as its sine, as inclinations of randomly oriented axes have. */
  | { readonly prior: "sine"; readonly lower: number; readonly upper: number };

/** `none` is a pure number; `intensity` is whatever unit the image has, per pixel. */
export type Unit = "arcsec" | "none" | "intensity";

/** One row of a profile's parameter table. */
export interface Parameter {
  /** The name in files, in snake case. */
  readonly name: string;
  /** Present where the parameter is a vector of two: what its components are called, in file order. */
  readonly components?: readonly [string, string];
  readonly unit: Unit;
  readonly meaning: string;
  /** Smallest and largest value allowed of each component; infinite where there is no limit, MIN_VALUE for above zero. */
  readonly bounds: readonly [lower: number, upper: number];
  /** Present where only whole numbers make sense: the parameter shapes the model, and is not searched for. */
  readonly whole?: true;
  /** Of a vector: its length must stay below this. */
  readonly lengthBelow?: number;
  /** A sensible prior for a galaxy-scale lens, of each component. */
  readonly defaultPrior: Prior;
  /** The value of each component where a file leaves the parameter out; a parameter without one is required. */
  readonly default?: number;
}

/** The parameters of a profile by their names in code (camel case), in the order of the documentation. */
export type ParameterTable = Readonly<Record<string, Parameter>>;

export type Pair<T> = readonly [T, T];

/** The values of a table's parameters: a scalar, or a pair where the parameter has components. */
export type ParameterValues<Table extends ParameterTable, T> = {
  readonly [Key in keyof Table]: string extends Key
    ? T | Pair<T>
    : Table[Key] extends { readonly components: readonly [string, string] }
      ? Pair<T>
      : T;
};

/** The centre that every profile but the external shear has. */
export const CENTRE = {
  name: "centre",
  components: ["y", "x"],
  unit: "arcsec",
  meaning: "position of the centre, [y, x], y up and x right",
  bounds: [-Infinity, Infinity],
  defaultPrior: { prior: "gaussian", mean: 0, sigma: 0.1 },
  default: 0,
} as const satisfies Parameter;

/** The elliptical components that every elliptical profile has. */
export const ELL_COMPS = {
  name: "ell_comps",
  components: ["e0", "e1"],
  unit: "none",
  meaning:
    "[(1-q)/(1+q) sin 2phi, (1-q)/(1+q) cos 2phi] of the axis ratio q and the angle phi of the major axis, counter-clockwise from +x",
  bounds: [-1, 1],
  lengthBelow: 1,
  defaultPrior: { prior: "gaussian", mean: 0, sigma: 0.3, lower: -1, upper: 1 },
  default: 0,
} as const satisfies Parameter;

/** The intensity of a light profile, stated where it has this value. */
export function intensityAt(where: string) {
  return {
    name: "intensity",
    unit: "intensity",
    meaning: `surface brightness at ${where}, per pixel`,
    bounds: [0, Infinity],
    defaultPrior: { prior: "log_uniform", lower: 1e-6, upper: 1e6 },
  } as const satisfies Parameter;
}

/** A length that is a scale of a profile, never zero. */
export function scaleOf<const Name extends string>(name: Name, meaning: string) {
  return {
    name,
    unit: "arcsec",
    meaning,
    bounds: [1e-5, 1000],
    defaultPrior: { prior: "log_uniform", lower: 0.01, upper: 10 },
  } as const satisfies Parameter;
}
