import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numbers } from "../../src/compiler/algebra.ts";
import { valueFromUnit } from "../../src/model/prior.ts";
import { complex } from "../../src/profiles/complex.ts";
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
import { anyBetween, between } from "../between.ts";
import { checkedNumbers } from "./checked-numbers.ts";
import { type Dual, dualNumbers, variable } from "./dual-numbers.ts";
import { RADIAL_PROFILES } from "./radial-values.ts";

const everywhere = fc.tuple(anyBetween(-4, 4), anyBetween(-4, 4));
/** The ellipticities that the laws are held to in full precision: axis ratios from 1 down to 0.2. */
const ellComps = fc
  .tuple(fc.oneof(between(0, 2 / 3), between(0, 2e-3), fc.constant(0), fc.constant(1e-12)), between(-3.15, 3.15))
  .map(([f, angle]): Pair<number> => [f * Math.sin(angle), f * Math.cos(angle)]);

/** What the prior of each parameter takes for likely. */
function likelyValues(table: ParameterTable): fc.Arbitrary<ParameterValues<ParameterTable, number>> {
  const component = ({ defaultPrior }: Parameter) => {
    if (defaultPrior.prior === "gaussian") {
      return between(defaultPrior.mean - 2 * defaultPrior.sigma, defaultPrior.mean + 2 * defaultPrior.sigma);
    }
    if (defaultPrior.prior === "log_gaussian") return between(0.02, 0.98).map((u) => valueFromUnit(defaultPrior, u));
    const { prior, lower, upper } = defaultPrior;
    return prior === "log_uniform" ? between(Math.log(lower), Math.log(upper)).map(Math.exp) : between(lower, upper);
  };
  return fc.record(
    Object.fromEntries(
      Object.entries(table).map(([key, parameter]) => [
        key,
        key === "ellComps"
          ? ellComps
          : parameter.components === undefined
            ? component(parameter)
            : fc.tuple(component(parameter), component(parameter)),
      ]),
    ),
  );
}

/** A vector of 1e-3 to 10 arcsec. */
const around = fc
  .tuple(between(Math.log(1e-3), Math.log(10)), between(-3.15, 3.15))
  .map(
    ([logarithm, angle]): Pair<number> => [
      Math.exp(logarithm) * Math.sin(angle),
      Math.exp(logarithm) * Math.cos(angle),
    ],
  );

/** Any values within a table's bounds, infinite ones brought down. */
function valuesWithin(table: ParameterTable): fc.Arbitrary<ParameterValues<ParameterTable, number>> {
  const component = ({ bounds: [lower, upper] }: Parameter) => anyBetween(Math.max(lower, -1e3), Math.min(upper, 1e3));
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

/** Where mass may be taken away, the convergence may be below zero. */
const SIGNED = ["MassSheet", "PowerLawMultipole", "ChameleonMass"];

/** Where two parts nearly cancel, the digits of their difference are gone: how much looser the laws are. */
const LOOSER: Readonly<Record<string, number>> = {
  // A cut at the core is taken 1e-4 above it.
  dPIEMass: 1e2,
  // An outer slope 1e-3 from 2, squared in the potential.
  PowerLawBroken: 1e4,
};

/** The deflection of each of two parts that nearly cancel, which rounding goes with; 0 where there are none. */
function largestPart(values: ParameterValues<ParameterTable, number>): number {
  return Number(values.intensity ?? 0) * Number(values.massToLightRatio ?? 0);
}

// The laws of the others, whose deflections are quadratures, are in radial-mass.test.ts.
describe.each([...massProfiles.values()].filter((profile) => !RADIAL_PROFILES.includes(profile)))(
  "$name",
  (profile) => {
    const dual = dualNumbers(2);

    // The derivatives are exact; f64 loses about 10 roundings, amplified by 1 / (1 - f) = 3 along the major axis.
    test("alpha = grad psi, kappa = 1/2 div alpha, and alpha has no curl", () => {
      fc.assert(
        fc.property(likelyValues(profile.parameters), around, (values, from) => {
          const centre = (values.centre ?? [0, 0]) as Pair<number>;
          const position: Pair<number> = [centre[0] + from[0], centre[1] + from[1]];
          const given = constants(values, 2);
          const [alphaY, alphaX] = profile.deflection(dual, free(position), given);
          const kappa = present(profile.convergence)(numbers, position, values);
          const part = largestPart(values);
          const steepest = Math.hypot(...alphaY.slopes, ...alphaX.slopes) + part / Math.hypot(...from) + 1e-3;
          const tolerance = 1e-12 * (LOOSER[profile.name] ?? 1);
          expect(Math.abs((alphaY.slopes[0] + alphaX.slopes[1]) / 2 - kappa)).toBeLessThan(tolerance * steepest);
          expect(Math.abs(alphaY.slopes[1] - alphaX.slopes[0])).toBeLessThan(tolerance * steepest);
          if (typeof profile.potential !== "function" || Math.abs(Number(values.outerSlope) - 2) < 1e-3) return;
          const psi = profile.potential(dual, free(position), given);
          const longest = Math.hypot(alphaY.value, alphaX.value) + steepest * Math.hypot(...position) + 1e-3;
          expect(Math.abs(psi.slopes[0] - alphaY.value)).toBeLessThan(tolerance * longest);
          expect(Math.abs(psi.slopes[1] - alphaX.value)).toBeLessThan(tolerance * longest);
        }),
        { numRuns: 500 },
      );
    });

    test("finite for every parameter within the bounds, everywhere", () => {
      const positions = fc.oneof(
        everywhere,
        fc.tuple(anyBetween(-1e6, 1e6), anyBetween(-1e6, 1e6)),
        fc.constant([0, 0] as const),
      );
      fc.assert(
        fc.property(valuesWithin(profile.parameters), positions, fc.boolean(), (values, elsewhere, atCentre) => {
          const position = atCentre && values.centre !== undefined ? (values.centre as Pair<number>) : elsewhere;
          const round = { ...values, ...(values.ellComps !== undefined && { ellComps: [0, 0] as const }) };
          for (const given of [values, round]) {
            profile.deflection(checkedNumbers, position, given);
            if (typeof profile.potential === "function") profile.potential(checkedNumbers, position, given);
            const kappa = present(profile.convergence)(checkedNumbers, position, given);
            if (!SIGNED.includes(profile.name)) expect(kappa).toBeGreaterThanOrEqual(0);
          }
          const [alphaY, alphaX] = profile.deflection(dual, free(position), constants(values, 2));
          expect([...alphaY.slopes, ...alphaX.slopes].every(Number.isFinite)).toBe(true);
        }),
        { numRuns: 200 },
      );
    });

    test("the derivatives by every parameter are finite", () => {
      const table = Object.entries<Parameter>(profile.parameters);
      const count = table.reduce((sum, [, { components }]) => sum + (components?.length ?? 1), 0);
      const algebra = dualNumbers(count);
      fc.assert(
        fc.property(likelyValues(profile.parameters), around, (values, [y, x]) => {
          let index = 0;
          const given = Object.fromEntries(
            Object.entries(values).map(([key, value]) => [
              key,
              typeof value === "number"
                ? variable(value, index++, count)
                : ([variable(value[0], index++, count), variable(value[1], index++, count)] as const),
            ]),
          );
          const position = [algebra.constant(y), algebra.constant(x)] as const;
          const found = profile.deflection(algebra, position, given);
          const psi = typeof profile.potential === "function" ? [profile.potential(algebra, position, given)] : [];
          expect([...found, ...psi].flatMap(({ slopes }) => slopes).every(Number.isFinite)).toBe(true);
        }),
      );
    });

    test("an ellipse tends to the circle as its ellipticity", () => {
      fc.assert(
        fc.property(
          likelyValues(profile.parameters),
          around,
          between(0, 6.3),
          fc.integer({ min: 2, max: 16 }),
          (values, [y, x], angle, digits) => {
            if (values.ellComps === undefined) return;
            const [cy, cx] = values.centre as Pair<number>;
            const f = 10 ** -digits;
            const at = (ellComps: Pair<number>) =>
              profile.deflection(numbers, [cy + y, cx + x], { ...values, ellComps });
            const round = at([0, 0]);
            const ellipse = at([f * Math.sin(angle), f * Math.cos(angle)]);
            const rounding = 1e-13 * (LOOSER[profile.name] ?? 1) * (Math.hypot(...round) + largestPart(values) + 1e-3);
            const largest = (Math.hypot(...round) + 1e-3) * 5 * f + rounding;
            expect(Math.hypot(ellipse[0] - round[0], ellipse[1] - round[1])).toBeLessThan(largest);
          },
        ),
      );
    });
  },
);

/** Profiles that are others at some values: what of the first's parameters differs, and what of the second's does. */
const SPECIAL_CASES: readonly (readonly [
  string,
  Readonly<Record<string, number | Pair<number>>>,
  string,
  (values: ParameterValues<ParameterTable, number>) => Readonly<Record<string, unknown>>,
])[] = [
  ["Isothermal", { ellComps: [0, 0] }, "IsothermalSph", () => ({})],
  ["PowerLaw", { ellComps: [0, 0] }, "PowerLawSph", () => ({})],
  ["PowerLaw", { slope: 2 }, "Isothermal", () => ({})],
  ["IsothermalCore", { coreRadius: 0 }, "Isothermal", () => ({})],
  ["IsothermalCore", { coreRadius: 1e-14 }, "Isothermal", () => ({})],
  ["PowerLawCore", { coreRadius: 0 }, "PowerLaw", () => ({})],
  ["PowerLawCore", { coreRadius: 1e-40, slope: 2.4 }, "PowerLaw", () => ({ slope: 2.4 })],
  ["PowerLawCore", { slope: 2 }, "IsothermalCore", () => ({ slope: undefined })],
  ["dPIEMass", { ra: 0, rs: 1e15 }, "Isothermal", ({ b0 }) => ({ einsteinRadius: b0 })],
  [
    "ChameleonMass",
    { coreRadius0: 0, coreRadius1: 1e15, intensity: 1.5, massToLightRatio: 2 },
    "Isothermal",
    () => ({ einsteinRadius: 3 }),
  ],
  [
    "PowerLawBroken",
    { innerSlope: 1.3, outerSlope: 1.3 },
    "PowerLaw",
    ({ ellComps, einsteinRadius }) => {
      const q = axisRatio(numbers, ellipseOf(numbers, ellComps as Pair<number>));
      return { slope: 2.3, einsteinRadius: (einsteinRadius as number) / Math.sqrt(q) / (2 / (1 + q)) ** (1 / 1.3) };
    },
  ],
  ["PowerLawMultipole", { m: 3.5 }, "PowerLawMultipole", () => ({ m: 4 })],
];

test.each(SPECIAL_CASES)("%s with %o is %s", (name, fixed, other, translate) => {
  const [first, second] = [massProfiles.get(name)!, massProfiles.get(other)!];
  fc.assert(
    fc.property(likelyValues(first.parameters), around, (likely, [y, x]) => {
      const values = { ...likely, ...fixed };
      const [cy, cx] = values.centre as Pair<number>;
      const translated = { ...values, ...translate(values) } as ParameterValues<ParameterTable, number>;
      const found = first.deflection(numbers, [cy + y, cx + x], values);
      const wanted = second.deflection(numbers, [cy + y, cx + x], translated);
      const error = Math.hypot(found[0] - wanted[0], found[1] - wanted[1]);
      expect(error).toBeLessThan(1e-11 * (Math.hypot(...wanted) + 1e-3));
    }),
    { numRuns: 300 },
  );
});

test("a broken power law passes through the outer slope 2", () => {
  const broken = massProfiles.get("PowerLawBroken")!;
  const table = broken.parameters;
  fc.assert(
    fc.property(likelyValues(table), around, (values, [y, x]) => {
      const [cy, cx] = values.centre as Pair<number>;
      const position = [cy + y, cx + x] as const;
      const at = (outerSlope: number) => {
        const given = { ...values, outerSlope };
        const psi = present(broken.potential)(numbers, position, given);
        return [...broken.deflection(numbers, position, given), psi];
      };
      const [below, on, above] = [2 - 2e-3, 2, 2 + 2e-3].map(at);
      const size = Math.hypot(...on) + 1e-3;
      // Linear but for the curvature, 4e-6, and the 1e-4 by which the potential stays away.
      for (const [i, value] of on.entries()) {
        expect(Math.abs(value - (below[i] + above[i]) / 2)).toBeLessThan((i < 2 ? 1e-4 : 2e-3) * size);
      }
    }),
  );
});

test("the square root of a complex number", () => {
  const { mul, sqrt } = complex(checkedNumbers);
  fc.assert(
    fc.property(everywhere, (a) => {
      fc.pre(Math.hypot(...a) > 1e-100);
      const root = sqrt(a);
      const square = mul(root, root);
      expect(root[1]).toBeGreaterThanOrEqual(0);
      expect(Math.hypot(square[0] - a[0], square[1] - a[1])).toBeLessThan(1e-15 * Math.hypot(...a));
    }),
  );
});

describe("isothermal", () => {
  const deflection = (position: Pair<number>, e: Pair<number>, einsteinRadius = 1.3) =>
    isothermal.deflection(numbers, position, { centre: [0, 0], ellComps: e, einsteinRadius });

  test("a circle deflects by the Einstein radius, radially", () => {
    fc.assert(
      fc.property(everywhere, between(0.1, 3), ([y, x], einsteinRadius) => {
        const r = Math.hypot(y, x);
        fc.pre(r > 1e-12);
        const [alphaY, alphaX] = deflection([y, x], [0, 0], einsteinRadius);
        expect(Math.abs(alphaY - (einsteinRadius * y) / r)).toBeLessThan(1e-15 * einsteinRadius);
        expect(Math.abs(alphaX - (einsteinRadius * x) / r)).toBeLessThan(1e-15 * einsteinRadius);
      }),
    );
  });

  test("the centre is not deflected, and has a potential of zero", () => {
    fc.assert(
      fc.property(ellComps, everywhere, (e, centre) => {
        const values = { centre, ellComps: e, einsteinRadius: 1.3 };
        expect(isothermal.deflection(numbers, centre, values).map(Math.abs)).toEqual([0, 0]);
        expect(present(isothermal.potential as ScalarFormula<ParameterTable>)(numbers, centre, values)).toBe(0);
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
      fc.property(everywhere, between(0, 6.3), (position, angle) => {
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
      fc.property(everywhere, between(0.05, 1), between(-1.5, 1.5), between(-3, 3), (position, q, phi, turn) => {
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
      fc.property(between(0.001, 1), between(-1.57, 1.57), (q, phi) => {
        const ellipse = ellipseOf(numbers, ellCompsOf(numbers, q, phi));
        expect(axisRatio(numbers, ellipse)).toBeCloseTo(q, 12);
        if (q < 0.999) expect(positionAngle(numbers, ellipse)).toBeCloseTo(phi, 12);
      }),
    );
  });

  test("the eccentric radius is q x'^2 + y'^2 / q in the frame of the major axis", () => {
    fc.assert(
      fc.property(everywhere, between(0.01, 1), between(-1.57, 1.57), ([y, x], q, phi) => {
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
      fc.property(between(1, 10), between(-3.1, 3.1), (f, angle) => {
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
      fc.property(between(1, 8), (sersicIndex) => {
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
    const [lower, upper] = [0.02, 0.98].map((u) => valueFromUnit(defaultPrior, u));
    expect(lower).toBeGreaterThanOrEqual(bounds[0]);
    expect(upper).toBeLessThanOrEqual(bounds[1]);
    expect(parameter.meaning.length).toBeGreaterThan(5);
  }
});
