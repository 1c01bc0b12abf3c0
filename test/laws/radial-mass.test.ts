import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { sersicMass } from "../../src/profiles/mass/sersic.ts";
import type { Pair, ParameterTable, ParameterValues } from "../../src/profiles/parameter.ts";
import type { MassProfile } from "../../src/profiles/profile.ts";
import { anyBetween } from "../between.ts";
import { checkedNumbers } from "./checked-numbers.ts";
import { type Dual, dualNumbers, variable } from "./dual-numbers.ts";
import { ellComps, positions, present, RADIAL_PROFILES, RANGES, type Values } from "./radial-values.ts";

/*
 * The laws of every profile whose mass is given by a radial convergence, for axis ratios 0.2 to 1 and radii 1e-3 to 10
 * arcsec. Derivatives are exact, so what is seen is the error of the quadratures.
 */

function modest({ parameters }: MassProfile): fc.Arbitrary<Values> {
  return fc.record(
    Object.fromEntries(
      Object.keys(parameters).map((key) => [
        key,
        key === "centre" ? fc.constant<Pair<number>>([0, 0]) : key === "ellComps" ? ellComps : RANGES[key],
      ]),
    ),
  );
}

/** Any values within the bounds, infinite ones brought down. */
function anyWithin({ parameters }: MassProfile): fc.Arbitrary<Values> {
  return fc.record(
    Object.fromEntries(
      Object.entries(parameters as ParameterTable).map(([key, { bounds, components }]) => {
        const [lower, upper] = bounds;
        const component = anyBetween(lower === -Infinity ? -1e3 : lower, upper === Infinity ? 1e3 : upper);
        return [key, components === undefined ? component : fc.tuple(component, component)];
      }),
    ),
  );
}

const dual = dualNumbers(2);
const free = ([y, x]: Pair<number>): Pair<Dual> => [variable(y, 0, 2), variable(x, 1, 2)];

function constants(values: Values): ParameterValues<ParameterTable, Dual> {
  const { constant } = dual;
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === "number" ? constant(value) : ([constant(value[0]), constant(value[1])] as const),
    ]),
  );
}

test("the profiles are found", () => {
  expect(RADIAL_PROFILES.length).toBeGreaterThanOrEqual(12);
});

/** All scalars of the values in one list, and back. */
function flat(values: Values): number[] {
  return Object.values(values).flat();
}

function refilled<T>(like: Values, scalars: readonly T[]): ParameterValues<ParameterTable, T> {
  let next = 0;
  return Object.fromEntries(
    Object.entries(like).map(([key, value]) => [
      key,
      typeof value === "number" ? scalars[next++] : ([scalars[next++], scalars[next++]] as const),
    ]),
  );
}

describe.each(RADIAL_PROFILES)("$name", (profile) => {
  // The generalized NFW profile sums over 48 x 32 nodes, some 50 ms a case in dual numbers.
  const numRuns = profile.name.startsWith("gNFW") ? 25 : 150;

  // The worst case is a Gaussian or a truncated halo seen from 100 scale radii, where few nodes are inside.
  test("alpha = grad psi, kappa = 1/2 div alpha, and alpha has no curl", () => {
    fc.assert(
      fc.property(modest(profile), positions, (values, position) => {
        const given = constants(values);
        const [alphaY, alphaX] = profile.deflection(dual, free(position), given);
        const psi = present(profile.potential)(dual, free(position), given);
        const kappa = present(profile.convergence)(numbers, position, values);
        const longest = Math.hypot(alphaY.value, alphaX.value);
        const mean = longest / Math.hypot(...position);
        expect(Math.abs(psi.slopes[0] - alphaY.value)).toBeLessThan(1e-8 * longest);
        expect(Math.abs(psi.slopes[1] - alphaX.value)).toBeLessThan(1e-8 * longest);
        expect(Math.abs((alphaY.slopes[0] + alphaX.slopes[1]) / 2 - kappa)).toBeLessThan(1e-9 * mean);
        expect(Math.abs(alphaY.slopes[1] - alphaX.slopes[0])).toBeLessThan(1e-9 * mean);
      }),
      { numRuns },
    );
  });

  test("finite for every parameter within the bounds, everywhere", () => {
    const everywhere = fc.oneof(
      fc.tuple(anyBetween(-4, 4), anyBetween(-4, 4)),
      fc.tuple(anyBetween(-1e6, 1e6), anyBetween(-1e6, 1e6)),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(anyWithin(profile), everywhere, fc.boolean(), (values, elsewhere, round) => {
        const position = elsewhere ?? (values.centre as Pair<number>);
        const given = { ...values, ...(round && "ellComps" in values && { ellComps: [0, 0] as const }) };
        profile.deflection(checkedNumbers, position, given);
        present(profile.potential)(checkedNumbers, position, given);
        expect(present(profile.convergence)(checkedNumbers, position, given)).toBeGreaterThanOrEqual(0);
        const [alphaY, alphaX] = profile.deflection(dual, free(position), constants(given));
        expect([...alphaY.slopes, ...alphaX.slopes].every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 2 * numRuns },
    );
  });

  test("the centre is not deflected and has no potential", () => {
    fc.assert(
      fc.property(modest(profile), (values) => {
        expect(profile.deflection(numbers, [0, 0], values).map(Math.abs)).toEqual([0, 0]);
        expect(present(profile.potential)(numbers, [0, 0], values)).toBeLessThan(1e-25);
      }),
      { numRuns: 20 },
    );
  });

  test("its derivatives by every parameter are those of finite differences", () => {
    fc.assert(
      fc.property(modest(profile), positions, (values, position) => {
        const at = flat(values);
        // Zero ellipticity is the tip of a cone, but for mass that follows a Sersic profile.
        const e = values.ellComps as Pair<number> | undefined;
        fc.pre(e === undefined || Math.hypot(...e) > 1e-2 || profile.name === sersicMass.name);
        const many = dualNumbers(at.length);
        const [y, x] = position.map(many.constant);
        const found = profile.deflection(
          many,
          [y, x],
          refilled(
            values,
            at.map((v, i) => variable(v, i, at.length)),
          ),
        );
        const longest = Math.hypot(found[0].value, found[1].value);
        for (const [i, value] of at.entries()) {
          // A position 1e-3 from the centre makes a step of the centre large.
          const size = i < 2 ? Math.hypot(...position) : Math.max(Math.abs(value), 0.01);
          const moved = (by: number) =>
            profile.deflection(numbers, position, refilled(values, at.with(i, value + by * size)));
          for (const [component, { slopes }] of found.entries()) {
            const h = 1e-3;
            const difference = (step: number) => (moved(step)[component] - moved(-step)[component]) / (2 * step * size);
            const wanted = (4 * difference(h) - difference(2 * h)) / 3;
            // h^4 times the fifth derivative, which Sersic indices of 8 and axis ratios of 0.2 make some hundred.
            expect(Math.abs(slopes[i] - wanted) * size).toBeLessThan(1e-7 * longest);
          }
        }
      }),
      { numRuns: profile.name.startsWith("gNFW") ? 3 : 30 },
    );
  });
});
