import type { Algebra } from "../../src/compiler/algebra.ts";
import type { PointFunction } from "../../src/compiler/compile.ts";
import { formula } from "../../src/compiler/formula.ts";
import { valueFromUnit } from "../../src/model/prior.ts";
import { lightProfiles, massProfiles } from "../../src/profiles/index.ts";
import type { Pair, Parameter, ParameterTable, ParameterValues } from "../../src/profiles/parameter.ts";
import type { LightProfile, MassProfile } from "../../src/profiles/profile.ts";

/*
 * What is computed in the browser, in f32, and in Node, in f64. Both import this file.
 */

export interface GpuCase {
  readonly name: string;
  readonly point: PointFunction;
  /** Values of the parameters, run by run. */
  readonly runs: readonly (readonly number[])[];
  readonly inputs: readonly Float64Array[];
  readonly groupSize: number;
  /** With derivatives. */
  readonly gradient?: true;
}

/** Numbers between 0 and 1 that fill the unit interval evenly: multiples of the golden ratio. */
function evenly(seed: number): () => number {
  let place = seed * 0.1234;
  return () => {
    place += 0.6180339887498949;
    return place % 1;
  };
}

/** The value of a component at a quantile of its default prior, or nearly, within reason. */
function valueAt({ bounds: [least], defaultPrior: prior, lengthBelow, name, whole }: Parameter, quantile: number) {
  if (prior.prior === "gaussian")
    return prior.mean + (lengthBelow === undefined ? 3 : 2) * (quantile - 0.5) * prior.sigma;
  if (prior.prior === "log_gaussian") return valueFromUnit(prior, quantile);
  const [lower, upper] = [prior.lower, name === "intensity" ? 10 : prior.upper];
  if (prior.prior === "log_uniform") return lower * (upper / lower) ** quantile;
  const value = Math.max(least, lower + (0.05 + 0.9 * quantile) * (Math.min(upper, 10) - lower));
  return whole ? Math.round(value) : value;
}

/** Values of all components of a table. */
function drawn(table: ParameterTable, quantile: () => number): number[] {
  return Object.values(table).flatMap((parameter) =>
    (parameter.components ?? [parameter.name]).map(() => valueAt(parameter, quantile())),
  );
}

const componentNames = (table: ParameterTable, of = ""): string[] =>
  Object.values(table).flatMap(({ name, components = [""] }) => components.map((component) => of + name + component));

/** A flat list of values as the record that a profile takes. */
function valuesOf<T>(table: ParameterTable, flat: readonly T[]): ParameterValues<ParameterTable, T> {
  let next = 0;
  return Object.fromEntries(
    Object.entries(table).map(([key, { components }]) => {
      next += components === undefined ? 1 : 2;
      return [key, components === undefined ? flat[next - 1] : ([flat[next - 2], flat[next - 1]] as const)];
    }),
  );
}

/** Positions of the sub-pixels of a square image, y and x, pixel by pixel. */
function image(side: number, scale: number, subSize: number): [y: Float64Array, x: Float64Array] {
  const size = side * subSize;
  const inputs: [Float64Array, Float64Array] = [new Float64Array(size ** 2), new Float64Array(size ** 2)];
  let point = 0;
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++)
      for (let a = 0; a < subSize; a++)
        for (let b = 0; b < subSize; b++) {
          inputs[0][point] = ((size - 1) / 2 - row * subSize - a) * (scale / subSize);
          inputs[1][point++] = (column * subSize + b - (size - 1) / 2) * (scale / subSize);
        }
  return inputs;
}

/** Deflection, convergence and potential, or intensity: those that are formulas, and their names. */
function quantities(profile: MassProfile | LightProfile) {
  const { parameters: table } = profile;
  const named =
    profile.kind === "light"
      ? { intensity: profile.intensity }
      : { deflection: profile.deflection, convergence: profile.convergence, potential: profile.potential };
  const present = Object.entries(named).filter(([, given]) => typeof given === "function");
  const outputs = present.flatMap(([name]) => (name === "deflection" ? ["deflection y", "deflection x"] : [name]));
  function all<T>(algebra: Algebra<T>, parameters: readonly T[], [y, x]: readonly T[]): readonly T[] {
    const values = valuesOf(table, parameters);
    return present.flatMap(([, given]) => {
      const found = (given as MassProfile["deflection"])(algebra, [y, x], values) as T | Pair<T>;
      return Array.isArray(found) ? (found as readonly T[]) : [found as T];
    });
  }
  return { outputs, formula: all };
}

export const profiles: readonly (MassProfile | LightProfile)[] = [...massProfiles.values(), ...lightProfiles.values()];

/** What the outputs of a profile's case are. */
export const quantityNames = (profile: MassProfile | LightProfile): readonly string[] => quantities(profile).outputs;

function pointFunctionOf(profile: MassProfile | LightProfile): PointFunction {
  const { outputs, formula } = quantities(profile);
  return {
    parameters: componentNames(profile.parameters),
    inputs: ["y", "x"],
    outputs: outputs.map(() => "each"),
    formula,
  };
}

/** Every quantity of a profile on an image, for four draws of its parameters. */
export const profileCases: readonly GpuCase[] = profiles.map((profile) => ({
  name: profile.name,
  point: pointFunctionOf(profile),
  runs: [1, 2, 3, 4].map((seed) => drawn(profile.parameters, evenly(seed))),
  inputs: image(15, 0.4, 1),
  groupSize: 1,
}));

const AWAY = [0, 1e-300, 1e-25, 1e-15, 1e-9, 1e-6];

/** What a gradient of several outputs multiplies them by at each point. */
function weightsFor(profile: MassProfile | LightProfile): Float64Array[] {
  const names = quantityNames(profile);
  return names.length === 1 ? [] : names.map((_, i) => new Float64Array(AWAY.length).fill(1 - 0.3 * i));
}

/** With derivatives at the centre, and next to it; round, nearly round, and elliptical. */
export const centreCases: readonly GpuCase[] = profiles.map((profile) => {
  const names = componentNames(profile.parameters);
  const draw = drawn(profile.parameters, evenly(5));
  const shapes = [0, 1e-300, 1e-160, 1e-20, 1e-12, 1e-3, 0.3];
  return {
    name: `${profile.name} at the centre`,
    point: pointFunctionOf(profile),
    runs: shapes.map((e) =>
      names.map((name, i) => (name.startsWith("centre") ? 0 : name.startsWith("ell_comps") ? e : draw[i])),
    ),
    inputs: [Float64Array.of(...AWAY), new Float64Array(AWAY.length), ...weightsFor(profile)],
    groupSize: 1,
    gradient: true,
  };
});

type Component<P> = readonly [profile: P, values: readonly number[]];

interface LensModel {
  readonly masses: readonly Component<MassProfile>[];
  readonly lensLight: readonly Component<LightProfile>[];
  readonly sourceLight: readonly Component<LightProfile>[];
}

const mass = (name: string, ...values: number[]): Component<MassProfile> => [
  massProfiles.get(name) as MassProfile,
  values,
];
const light = (name: string, ...values: number[]): Component<LightProfile> => [
  lightProfiles.get(name) as LightProfile,
  values,
];

/** The surface brightness that is seen. */
function lensed({ masses, lensLight, sourceLight }: LensModel) {
  const all = [...masses, ...lensLight, ...sourceLight];
  function brightness<T>(algebra: Algebra<T>, parameters: readonly T[], [y, x]: readonly T[]): T {
    const f = formula(algebra);
    let next = 0;
    const take = (table: ParameterTable) => {
      const count = componentNames(table).length;
      next += count;
      return valuesOf(table, parameters.slice(next - count, next));
    };
    const sum = (terms: readonly T[]) => terms.reduce((a, b) => f`${a} + ${b}`);
    const deflections = masses.map(([{ deflection, parameters: table }]) => deflection(algebra, [y, x], take(table)));
    const source: Pair<T> = [
      f`${y} - ${sum(deflections.map(([y]) => y))}`,
      f`${x} - ${sum(deflections.map(([, x]) => x))}`,
    ];
    const seen = lensLight.map(([{ intensity, parameters: table }]) => intensity(algebra, [y, x], take(table)));
    const behind = sourceLight.map(([{ intensity, parameters: table }]) => intensity(algebra, source, take(table)));
    return sum([...seen, ...behind]);
  }
  return {
    parameters: all.flatMap(([{ parameters: table }], i) => componentNames(table, `${i} `)),
    values: all.flatMap(([, values]) => values),
    brightness,
  };
}

const GALAXY = lensed({
  masses: [mass("Isothermal", 0.01, -0.02, 0.1, 0.05, 1.6), mass("ExternalShear", 0.03, -0.02)],
  lensLight: [light("Sersic", 0.01, -0.02, 0.08, 0.05, 0.8, 0.9, 3.5)],
  sourceLight: [light("Sersic", 0.1, 0.15, 0.1, -0.2, 1.2, 0.25, 1.3)],
});
const GROUP = lensed({
  masses: [
    mass("PowerLaw", 0.02, 0.01, -0.12, 0.1, 1.4, 2.1),
    mass("PowerLawMultipole", 4, 0.02, 0.01, 1.4, 2.1, 0.02, -0.01),
    mass("NFWSph", 1.2, -0.8, 0.1, 5),
  ],
  lensLight: [light("SersicCore", 0.02, 0.01, -0.1, 0.1, 0.9, 3, 0.05, 0.3, 0.2, 2)],
  sourceLight: [light("Exponential", -0.1, 0.2, 0.2, 0.1, 0.7, 0.3)],
});

function meanImage({ brightness, parameters, values }: typeof GALAXY): Omit<GpuCase, "name"> {
  return {
    point: {
      parameters,
      inputs: ["y", "x"],
      outputs: ["groupMean"],
      formula: (algebra, given, position) => [brightness(algebra, given, position)],
    },
    runs: [values],
    inputs: image(40, 0.12, 4),
    groupSize: 16,
  };
}

/** chi^2 of the image against data that are 5 % off, with a noise of 0.05, and the sum of the image. */
function chiSquared({ brightness, parameters, values }: typeof GROUP): Omit<GpuCase, "name"> {
  const [y, x] = image(33, 0.15, 1);
  const data = y.map((_, i) => 0.3 + 0.2 * Math.sin(i));
  return {
    point: {
      parameters,
      inputs: ["y", "x", "data"],
      outputs: ["sum"],
      formula: (algebra, given, [y, x, data]) => {
        const f = formula(algebra);
        const residual = f`(${brightness(algebra, given, [y, x])} - ${data}) / 0.05`;
        return [f`${residual} * ${residual}`];
      },
    },
    runs: [values],
    inputs: [y, x, data],
    groupSize: 1,
  };
}

export const modelCases: readonly GpuCase[] = [
  { name: "the image of an isothermal galaxy with shear and two Sersics, 4 x 4 sub-pixels", ...meanImage(GALAXY) },
  { name: "the image of a power law with a multipole and a halo, 4 x 4 sub-pixels", ...meanImage(GROUP) },
];

export const gradientCases: readonly GpuCase[] = [
  { name: "an isothermal galaxy with shear and two Sersics", gradient: true, ...meanImage(GALAXY) },
  { name: "chi^2 of a power law with a multipole and a halo", gradient: true, ...chiSquared(GROUP) },
];

const rounded = (count: number, f: (u: number) => number) =>
  Float64Array.from({ length: count }, (_, i) => Math.fround(f(i / (count - 1))));

/** Every function of the algebra over its range, arguments such that f32 has them exactly. */
export const functionCases: readonly GpuCase[] = (
  [
    ["exp", (u: number) => 170 * u - 85],
    ["log", (u: number) => 10 ** (70 * u - 35)],
    ["log", (u: number) => 0.5 + 1.5 * u],
    ["sqrt", (u: number) => 10 ** (70 * u - 35)],
    ["sin", (u: number) => 200 * u - 100],
    ["cos", (u: number) => 200 * u - 100],
    ["atan", (u: number) => Math.tan(3.14 * (u - 0.5))],
    ["atanh", (u: number) => 2 * u - 1],
    ["atanh", (u: number) => 10 ** (-30 * u)],
    ["tanh", (u: number) => 20 * u - 10],
    ["erf", (u: number) => 10 * u - 5],
    ["erf", (u: number) => 10 ** (-30 * u)],
  ] as const
).map(([name, argument]) => ({
  name,
  point: { parameters: [], inputs: ["a"], outputs: ["each"], formula: (algebra, _, [a]) => [algebra[name](a)] },
  runs: [[]],
  inputs: [rounded(1001, argument)],
  groupSize: 1,
}));

/** Outputs of every kind, one of a parameter alone, in groups of three; and workgroups in more than one row. */
export const layoutCases: readonly GpuCase[] = [
  {
    name: "sums, values of points and means, side by side",
    point: {
      parameters: ["p"],
      inputs: ["x", "y"],
      outputs: ["sum", "each", "groupMean", "sum", "each"],
      formula: ({ add, mul }, [p], [x, y]) => {
        const value = add(mul(mul(p, p), x), y);
        return [value, value, value, p, mul(x, y)];
      },
    },
    runs: [[3], [-0.5]],
    inputs: [Float64Array.from({ length: 333 }, (_, i) => i % 7), Float64Array.from({ length: 333 }, (_, i) => i % 11)],
    groupSize: 3,
  },
  {
    name: "the sum over 70,001 points",
    point: { parameters: [], inputs: ["x"], outputs: ["sum"], formula: ({ mul }, _, [x]) => [mul(x, x)] },
    runs: [[]],
    inputs: [Float64Array.from({ length: 70_001 }, (_, i) => i % 5)],
    groupSize: 1,
  },
];

export const allCases: readonly GpuCase[] = [
  ...functionCases,
  ...profileCases,
  ...centreCases,
  ...layoutCases,
  ...modelCases,
  ...gradientCases,
];
