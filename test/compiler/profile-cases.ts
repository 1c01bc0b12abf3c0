import fc from "fast-check";
import { type Algebra, numbers } from "../../src/compiler/algebra.ts";
import type { PointFunction } from "../../src/compiler/compile.ts";
import { lightProfiles, massProfiles } from "../../src/profiles/index.ts";
import type { Pair, Parameter, ParameterTable, ParameterValues } from "../../src/profiles/parameter.ts";
import type { ScalarFormula, VectorFormula } from "../../src/profiles/profile.ts";
import { ellComps, positions, RANGES, scale } from "../laws/radial-values.ts";

/* Every formula of every profile as a point function, and parameters to try it with. */

/** A formula of a profile. */
export interface Row {
  readonly name: string;
  readonly table: ParameterTable;
  readonly point: PointFunction;
}

/** A row's parameters in their order, and positions 1e-3 to 10 arcsec from the centre. */
export interface Draw {
  readonly parameters: readonly number[];
  readonly positions: readonly Pair<number>[];
}

export const POSITION = ["y", "x"] as const;

/** Often the ends, never so near zero that products underflow. */
const real = (min: number, max: number) =>
  fc.integer({ min: 0, max: 2 ** 30 }).map((step) => min + (max - min) * (step / 2 ** 30));

/** Beyond those of `radial-values.ts`; a profile's own name for a range goes first. */
const MORE: Readonly<Record<string, fc.Arbitrary<number>>> = {
  ...RANGES,
  einsteinRadius: real(0.3, 3),
  coreRadius: real(0.01, 1),
  slope: real(1.4, 2.7),
  "PowerLawBroken innerSlope": real(0.2, 1.8),
  // At 2 the formulas are limits, near which terms cancel.
  outerSlope: fc.oneof(real(0.2, 1.6), real(2.4, 2.8)),
  breakRadius: real(0.1, 2),
  // Further out in scale radii its convergence is a difference of large terms.
  "NFWTruncatedSph scaleRadius": scale(0.5, 20),
  "NFWTruncatedSph truncationRadius": scale(2, 50),
  m: fc.constantFrom(3, 4),
  multipoleComps: real(-0.1, 0.1),
  ra: real(0.05, 1),
  rs: real(1.5, 30),
  b0: real(0.5, 4),
  coreRadius0: real(0.01, 0.4),
  coreRadius1: real(0.5, 1),
  kappa: real(-0.2, 0.2),
  gamma1: real(-0.2, 0.2),
  gamma2: real(-0.2, 0.2),
  radiusBreak: scale(0.05, 1),
  gamma: real(0, 1),
  "SersicCore alpha": real(1, 5),
  "Moffat alpha": scale(0.1, 5),
  beta: real(0.5, 6),
  "ShapeletCartesian beta": scale(0.5, 5),
  nY: fc.nat(5),
  nX: fc.nat(5),
};

export function parameterNames(table: ParameterTable): string[] {
  return Object.values(table).flatMap(({ name, components }) =>
    components === undefined ? [name] : components.map((component) => `${name}.${component}`),
  );
}

/** The flat list of values as the record that a profile takes. */
export function valuesOf<T>(table: ParameterTable, flat: readonly T[]): ParameterValues<ParameterTable, T> {
  const left = [...flat];
  const take = () => left.shift() as T;
  return Object.fromEntries(
    Object.entries(table).map(([key, { components }]) => [
      key,
      components === undefined ? take() : ([take(), take()] as const),
    ]),
  );
}

/** What of the formulas there is, of mass profiles the deflection first. */
export const rows: readonly Row[] = [
  ...[...massProfiles.values()].flatMap(({ name, parameters, deflection, convergence, potential }) => [
    ...rowsOf(`${name} deflection`, parameters, deflection),
    ...rowsOf(`${name} convergence`, parameters, convergence),
    ...rowsOf(`${name} potential`, parameters, potential),
  ]),
  ...[...lightProfiles.values()].flatMap(({ name, parameters, intensity }) =>
    rowsOf(`${name} intensity`, parameters, intensity),
  ),
];

function rowsOf(name: string, table: ParameterTable, given: unknown): Row[] {
  if (typeof given !== "function") return [];
  const either = given as ScalarFormula<ParameterTable> & VectorFormula<ParameterTable>;
  const formula = <T>(algebra: Algebra<T>, parameters: readonly T[], [y, x]: readonly T[]): readonly T[] => {
    const result: T | Pair<T> = either(algebra, [y, x], valuesOf(table, parameters));
    return Array.isArray(result) ? result : [result as T];
  };
  const parameters = parameterNames(table);
  const length = formula(
    numbers,
    parameters.map(() => 0.5),
    [0.3, 0.4],
  ).length;
  return [{ name, table, point: { parameters, inputs: POSITION, outputs: Array(length).fill("each"), formula } }];
}

/** Some draws of parameters at sensible values, each with some positions. */
export function draw(profile: string, table: ParameterTable, draws: number, points: number): readonly Draw[] {
  const values = Object.entries(table).map(([key, parameter]) => valuesOfParameter(profile, key, parameter));
  const arbitrary = fc
    .tuple(fc.tuple(...values), fc.array(positions, { minLength: points, maxLength: points }))
    .map(([given, offsets]): Draw => {
      const parameters = given.flat();
      const [y, x] = "centre" in table ? parameters : [0, 0];
      return { parameters, positions: offsets.map(([dy, dx]) => [y + dy, x + dx]) };
    });
  return fc.sample(arbitrary, draws);
}

function valuesOfParameter(profile: string, key: string, parameter: Parameter): fc.Arbitrary<readonly number[]> {
  if (key === "centre") return fc.tuple(real(-0.3, 0.3), real(-0.3, 0.3));
  if (key === "ellComps") return ellComps;
  const values = MORE[`${profile} ${key}`] ?? MORE[key];
  if (values === undefined) throw new Error(`no range for ${profile}'s ${key}`);
  return parameter.components === undefined ? fc.tuple(values) : fc.tuple(values, values);
}
