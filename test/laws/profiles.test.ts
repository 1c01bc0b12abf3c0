import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import {
  axisRatio,
  ellCompsOf,
  ellipseOf,
  positionAngle,
  rotate,
  squaredEccentricRadius,
} from "../../src/profiles/elliptical.ts";
import { lightProfiles, massProfiles } from "../../src/profiles/index.ts";
import { sersic } from "../../src/profiles/light/sersic.ts";
import { isothermal } from "../../src/profiles/mass/isothermal.ts";
import type { Pair, Parameter, ParameterTable, ParameterValues } from "../../src/profiles/parameter.ts";
import type { ScalarFormula } from "../../src/profiles/profile.ts";
import { checkedNumbers } from "./checked-numbers.ts";
import { type Dual, dualNumbers, variable } from "./dual-numbers.ts";

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true, noDefaultInfinity: true });
const everywhere = fc.tuple(real(-4, 4), real(-4, 4));
/** Elliptical components by ellipticity, so that the round, the nearly round and the flat are all met. */
const ellComps = fc
  .tuple(fc.oneof(real(0, 0.9), real(0, 2e-3), fc.constant(0), fc.constant(1e-12)), real(-3.15, 3.15))
  .map(([f, angle]): Pair<number> => [f * Math.sin(angle), f * Math.cos(angle)]);
const isothermalValues = fc.record({
  centre: fc.tuple(real(-0.3, 0.3), real(-0.3, 0.3)),
  ellComps,
  einsteinRadius: real(0.1, 3),
});

/** Any values within a table's bounds, infinite ones brought down. */
function valuesWithin(table: ParameterTable): fc.Arbitrary<ParameterValues<ParameterTable, number>> {
  const component = ({ bounds: [lower, upper] }: Parameter) => real(Math.max(lower, -1e3), Math.min(upper, 1e3));
  return fc.record(
    Object.fromEntries(
      Object.entries(table).map(([key, parameter]) => [
        key,
        parameter.components === undefined
          ? component(parameter)
          : fc.tuple(component(parameter), component(parameter)),
      ]),
    ),
  );
}

/** The values as constants of the dual algebra. */
function constants(values: ParameterValues<ParameterTable, number>, count: number) {
  const { constant } = dualNumbers(count);
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      typeof value === "number" ? constant(value) : ([constant(value[0]), constant(value[1])] as const),
    ]),
  );
}

/** A position whose y and x are the two independent variables. */
function free([y, x]: Pair<number>): Pair<Dual> {
  return [variable(y, 0, 2), variable(x, 1, 2)];
}

function present(formula: ScalarFormula<ParameterTable> | { readonly absent: string }) {
  if (typeof formula !== "function") throw new Error(formula.absent);
  return formula;
}

const modest: Readonly<Record<string, fc.Arbitrary<ParameterValues<ParameterTable, number>>>> = {
  Isothermal: isothermalValues,
  ExternalShear: fc.record({ gamma1: real(-0.3, 0.3), gamma2: real(-0.3, 0.3) }),
};

describe.each([...massProfiles.values()].filter(({ name }) => name in modest))("$name", (profile) => {
  const dual = dualNumbers(2);

  // The derivatives are exact; f64 loses about 10 roundings, amplified by 1 / (1 - f) = 10 along the major axis.
  test("alpha = grad psi, kappa = 1/2 div alpha, and alpha has no curl", () => {
    fc.assert(
      fc.property(modest[profile.name], everywhere, (values, position) => {
        const centre = values.centre as Pair<number> | undefined;
        fc.pre(centre === undefined || Math.hypot(position[0] - centre[0], position[1] - centre[1]) > 1e-6);
        const given = constants(values, 2);
        const [alphaY, alphaX] = profile.deflection(dual, free(position), given);
        const psi = present(profile.potential)(dual, free(position), given);
        const kappa = present(profile.convergence)(numbers, position, values);
        const steepest = Math.hypot(...alphaY.slopes, ...alphaX.slopes) + 1e-3;
        const longest = Math.hypot(alphaY.value, alphaX.value) + steepest * Math.hypot(...position) + 1e-3;
        expect(Math.abs(psi.slopes[0] - alphaY.value)).toBeLessThan(1e-12 * longest);
        expect(Math.abs(psi.slopes[1] - alphaX.value)).toBeLessThan(1e-12 * longest);
        expect(Math.abs((alphaY.slopes[0] + alphaX.slopes[1]) / 2 - kappa)).toBeLessThan(1e-12 * steepest);
        expect(Math.abs(alphaY.slopes[1] - alphaX.slopes[0])).toBeLessThan(1e-12 * steepest);
      }),
      { numRuns: 500 },
    );
  });

  test("finite for every parameter within the bounds, everywhere", () => {
    const positions = fc.oneof(everywhere, fc.tuple(real(-1e6, 1e6), real(-1e6, 1e6)), fc.constant([0, 0] as const));
    fc.assert(
      fc.property(valuesWithin(profile.parameters), positions, fc.boolean(), (values, elsewhere, atCentre) => {
        const position = atCentre && values.centre !== undefined ? (values.centre as Pair<number>) : elsewhere;
        const round = { ...values, ...(values.ellComps !== undefined && { ellComps: [0, 0] as const }) };
        for (const given of [values, round]) {
          profile.deflection(checkedNumbers, position, given);
          present(profile.potential)(checkedNumbers, position, given);
          expect(present(profile.convergence)(checkedNumbers, position, given)).toBeGreaterThanOrEqual(0);
        }
        const [alphaY, alphaX] = profile.deflection(dual, free(position), constants(values, 2));
        expect([...alphaY.slopes, ...alphaX.slopes].every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("isothermal", () => {
  const deflection = (position: Pair<number>, e: Pair<number>, einsteinRadius = 1.3) =>
    isothermal.deflection(numbers, position, { centre: [0, 0], ellComps: e, einsteinRadius });

  test("a circle deflects by the Einstein radius, radially", () => {
    fc.assert(
      fc.property(everywhere, real(0.1, 3), ([y, x], einsteinRadius) => {
        const r = Math.hypot(y, x);
        fc.pre(r > 1e-12);
        const [alphaY, alphaX] = deflection([y, x], [0, 0], einsteinRadius);
        expect(Math.abs(alphaY - (einsteinRadius * y) / r)).toBeLessThan(1e-15 * einsteinRadius);
        expect(Math.abs(alphaX - (einsteinRadius * x) / r)).toBeLessThan(1e-15 * einsteinRadius);
      }),
    );
  });

  test("an ellipse tends to the circle as its ellipticity", () => {
    fc.assert(
      fc.property(everywhere, real(0, 6.3), fc.integer({ min: 1, max: 300 }), (position, angle, digits) => {
        fc.pre(Math.hypot(...position) > 1e-9);
        const f = 10 ** -digits;
        const round = deflection(position, [0, 0]);
        const ellipse = deflection(position, [f * Math.sin(angle), f * Math.cos(angle)]);
        // |d alpha / d f| is at most 4/3 of theta_E, reached in the second order terms at f = 0.1.
        const largest = 1.3 * (1.5 * f + 4e-16);
        expect(Math.hypot(ellipse[0] - round[0], ellipse[1] - round[1])).toBeLessThan(largest);
      }),
    );
  });

  test("the centre is not deflected, and has a convergence that is finite", () => {
    fc.assert(
      fc.property(isothermalValues, (values) => {
        expect(isothermal.deflection(numbers, values.centre, values).map(Math.abs)).toEqual([0, 0]);
        expect(isothermal.potential).toBeTypeOf("function");
        expect(present(isothermal.potential as ScalarFormula<ParameterTable>)(numbers, values.centre, values)).toBe(0);
      }),
    );
  });

  test("series and closed form meet, with their derivatives by ellipticity", () => {
    const algebra = dualNumbers(2);
    const at = (f: number, angle: number, [y, x]: Pair<number>) =>
      isothermal
        .deflection(algebra, [algebra.constant(y), algebra.constant(x)], {
          centre: [algebra.constant(0), algebra.constant(0)],
          ellComps: [variable(f * Math.sin(angle), 0, 2), variable(f * Math.cos(angle), 1, 2)],
          einsteinRadius: algebra.constant(1),
        })
        .flatMap(({ value, slopes }) => [value, ...slopes]);
    fc.assert(
      fc.property(everywhere, real(0, 6.3), (position, angle) => {
        fc.pre(Math.hypot(...position) > 1e-6);
        const series = at(1e-3 * (1 - 1e-13), angle, position);
        const closed = at(1e-3 * (1 + 1e-13), angle, position);
        // The closed form's derivatives hold 1e-16 / f; the second derivatives are of order one.
        for (const [i, value] of series.entries()) expect(Math.abs(value - closed[i])).toBeLessThan(3e-12);
        expect(at(0, angle, position).every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test("turning the ellipse and the position turns the deflection", () => {
    fc.assert(
      fc.property(everywhere, real(0.05, 1), real(-1.5, 1.5), real(-3, 3), (position, q, phi, turn) => {
        fc.pre(Math.hypot(...position) > 1e-6);
        const turned = (vector: Pair<number>) => rotate(numbers, vector, Math.cos(turn), Math.sin(turn));
        const before = turned(deflection(position, ellCompsOf(numbers, q, phi)));
        const after = deflection(turned(position), ellCompsOf(numbers, q, phi + turn));
        // Rounding of the turned position is seen through d alpha / d theta, up to 1 / (q r) here.
        expect(Math.hypot(before[0] - after[0], before[1] - after[1])).toBeLessThan(1e-12);
      }),
    );
  });
});

describe("ellipses", () => {
  test("elliptical components, axis ratio and angle go there and back", () => {
    fc.assert(
      fc.property(real(0.001, 1), real(-1.57, 1.57), (q, phi) => {
        const ellipse = ellipseOf(numbers, ellCompsOf(numbers, q, phi));
        expect(axisRatio(numbers, ellipse)).toBeCloseTo(q, 12);
        if (q < 0.999) expect(positionAngle(numbers, ellipse)).toBeCloseTo(phi, 12);
      }),
    );
  });

  test("the eccentric radius is q x'^2 + y'^2 / q in the frame of the major axis", () => {
    fc.assert(
      fc.property(everywhere, real(0.01, 1), real(-1.57, 1.57), ([y, x], q, phi) => {
        const along = Math.cos(phi) * x + Math.sin(phi) * y;
        const across = Math.cos(phi) * y - Math.sin(phi) * x;
        const wanted = q * along ** 2 + across ** 2 / q;
        const found = squaredEccentricRadius(numbers, [y, x], ellipseOf(numbers, ellCompsOf(numbers, q, phi)));
        // Along the major axis P cancels to q of its terms.
        expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-14 * (wanted + (x * x + y * y) / q) + 1e-300);
      }),
    );
  });

  test("components outside the unit disk are shortened, not turned", () => {
    fc.assert(
      fc.property(real(1, 10), real(-3.1, 3.1), (f, angle) => {
        const { ellComps: found, squared } = ellipseOf(numbers, [f * Math.sin(angle), f * Math.cos(angle)]);
        expect(Math.hypot(...found)).toBeCloseTo(0.999, 14);
        expect(Math.sqrt(squared)).toBeCloseTo(0.999, 14);
        expect(Math.atan2(...found)).toBeCloseTo(angle, 12);
      }),
    );
  });
});

describe("Sersic", () => {
  test("half of the light is within the effective radius", () => {
    fc.assert(
      fc.property(real(1, 8), (sersicIndex) => {
        const values = { centre: [0, 0], ellComps: [0, 0], intensity: 1, effectiveRadius: 1, sersicIndex } as const;
        // In s = r^(1/n) the integrand is smooth: r dr = n s^(2n-1) ds. Simpson's rule.
        const light = (to: number) => {
          const steps = 4000;
          let sum = 0;
          for (let i = 0; i <= steps; i++) {
            const s = (to * i) / steps;
            const weight = i === 0 || i === steps ? 1 : 2 + 2 * (i % 2);
            sum += weight * s ** (2 * sersicIndex - 1) * sersic.intensity(numbers, [0, s ** sersicIndex], values);
          }
          return (sum * to) / (3 * steps);
        };
        // b_n is 2.5e-5 off at n = 1; d(fraction)/d ln(b_n) is below 1/2.
        expect(light(1) / light(30)).toBeCloseTo(0.5, 4);
      }),
      { numRuns: 20 },
    );
  });

  test("the effective radius has the intensity, the centre is a maximum, all is finite", () => {
    fc.assert(
      fc.property(valuesWithin(sersic.parameters), everywhere, (any, position) => {
        const values = any as ParameterValues<typeof sersic.parameters, number>;
        const round = { ...values, ellComps: [0, 0] as const, centre: [0, 0] as const };
        const r = values.effectiveRadius;
        expect(Math.abs(sersic.intensity(numbers, [0, r], round) - values.intensity)).toBeLessThanOrEqual(
          1e-13 * values.intensity,
        );
        const centre = sersic.intensity(checkedNumbers, values.centre, values);
        const there = sersic.intensity(checkedNumbers, position, values);
        sersic.intensity(checkedNumbers, position, round);
        expect(there).toBeGreaterThanOrEqual(0);
        expect(there).toBeLessThanOrEqual(centre);
        const slopes = sersic.intensity(dualNumbers(2), free(position), constants(any, 2) as never).slopes;
        expect(slopes.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

test.each([...massProfiles, ...lightProfiles])("the parameter table of %s is sound", (name, profile) => {
  expect(profile.name).toBe(name);
  const table: ParameterTable = profile.parameters;
  for (const [key, parameter] of Object.entries(table)) {
    const camel = parameter.name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    expect(key).toBe(camel);
    const { bounds, defaultPrior } = parameter;
    const { lower, upper } =
      defaultPrior.prior === "gaussian" ? { lower: defaultPrior.mean, upper: defaultPrior.mean } : defaultPrior;
    expect(lower).toBeGreaterThanOrEqual(bounds[0]);
    expect(upper).toBeLessThanOrEqual(bounds[1]);
    expect(parameter.meaning.length).toBeGreaterThan(5);
  }
});
