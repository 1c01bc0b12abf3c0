import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Algebra, numbers } from "../../src/compiler/algebra.ts";
import { ellCompsOf, rotate } from "../../src/profiles/elliptical.ts";
import { lightProfiles } from "../../src/profiles/index.ts";
import { chameleon } from "../../src/profiles/light/chameleon.ts";
import { devVaucouleurs } from "../../src/profiles/light/dev-vaucouleurs.ts";
import { exponential } from "../../src/profiles/light/exponential.ts";
import { gaussian } from "../../src/profiles/light/gaussian.ts";
import { moffat } from "../../src/profiles/light/moffat.ts";
import { sersic, sersicConstant } from "../../src/profiles/light/sersic.ts";
import { sersicCore } from "../../src/profiles/light/sersic-core.ts";
import { shapelet } from "../../src/profiles/light/shapelet.ts";
import { shapelets } from "../../src/profiles/light/shapelets.ts";
import type { Pair, Parameter, ParameterTable, ParameterValues } from "../../src/profiles/parameter.ts";
import type { LightProfile } from "../../src/profiles/profile.ts";
import { anyBetween, between } from "../between.ts";
import { checkedNumbers } from "./checked-numbers.ts";
import { type Dual, dualNumbers, variable } from "./dual-numbers.ts";

type Values = ParameterValues<ParameterTable, number>;

const everywhere = fc.tuple(anyBetween(-4, 4), anyBetween(-4, 4));
const modest = {
  centre: fc.tuple(between(-0.3, 0.3), between(-0.3, 0.3)),
  q: between(0.2, 1),
  phi: between(-1.5, 1.5),
};

/** Any values within a profile's bounds, infinite ones brought down. */
function valuesOf(profile: LightProfile): fc.Arbitrary<Values> {
  const component = ({ bounds: [lower, upper], whole }: Parameter) =>
    whole ? fc.integer({ min: lower, max: upper }) : anyBetween(Math.max(lower, -1e3), Math.min(upper, 1e3));
  const entries = Object.entries<Parameter>(profile.parameters).map(([key, parameter]) => {
    const one = component(parameter);
    return [key, parameter.components === undefined ? one : fc.tuple(one, one)] as const;
  });
  return fc.record(Object.fromEntries(entries));
}

/** Dual numbers whose derivatives must be finite in every step, the alternative that is not taken included. */
function checkedDuals(count: number): Algebra<Dual> {
  const { loop, sumOver, tabulated, ...operations } = dualNumbers(count);
  const checked = Object.entries(operations).map(([name, operation]: [string, (...operands: never[]) => Dual]) => [
    name,
    (...operands: never[]) => {
      const result = operation(...operands);
      if (!result.slopes.every(Number.isFinite)) throw new Error(`${name} has the slopes ${result.slopes}`);
      return result;
    },
  ]);
  return {
    ...(Object.fromEntries(checked) as Omit<Algebra<Dual>, "loop" | "sumOver" | "tabulated">),
    loop,
    sumOver,
    tabulated,
  };
}

/** The integral over the plane of light that is a function of the radius of the circle of an ellipse's area. */
function totalLight(intensity: (position: Pair<number>) => number, phi: number, q: number): number {
  // r = exp(pi/2 sinh t): the trapezoidal rule is then exact to rounding for any power of r at zero and infinity.
  let sum = 0;
  for (let step = -128; step <= 128; step++) {
    const t = step / 32;
    const r = Math.exp((Math.PI / 2) * Math.sinh(t));
    // Another direction at each radius: it must not matter.
    const across = r * Math.sin(step) * Math.sqrt(q);
    const along = (r * Math.cos(step)) / Math.sqrt(q);
    const light = intensity(rotate(numbers, [across, along], Math.cos(phi), Math.sin(phi)));
    sum += (light * 2 * Math.PI * r * r * (Math.PI / 2) * Math.cosh(t)) / 32;
  }
  return sum;
}

describe.each([...lightProfiles.values()])("$name", (profile) => {
  const table: ParameterTable = profile.parameters;
  const count = 2 + Object.values(table).reduce((sum, { components }) => sum + (components?.length ?? 1), 0);
  const dual = checkedDuals(count);
  /** Every parameter a variable of its own, after the position's two. */
  const free = (values: Values) => {
    let index = 2;
    const next = (value: number) => variable(value, index++, count);
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => {
        return [key, typeof value === "number" ? next(value) : ([next(value[0]), next(value[1])] as const)];
      }),
    );
  };
  const position = fc.oneof(everywhere, fc.tuple(anyBetween(-1e6, 1e6), anyBetween(-1e6, 1e6)), fc.constant(undefined));

  test("finite with all of its derivatives, for every parameter within the bounds, everywhere", () => {
    fc.assert(
      fc.property(valuesOf(profile), position, fc.boolean(), (any, elsewhere, round) => {
        const values: Values = round ? { ...any, ellComps: [0, 0] } : any;
        const at = elsewhere ?? (values.centre as Pair<number>);
        profile.intensity(checkedNumbers, at, values);
        profile.intensity(dual, [variable(at[0], 0, count), variable(at[1], 1, count)], free(values));
      }),
      { numRuns: 400 },
    );
  });

  test("its intensity is a factor", () => {
    fc.assert(
      fc.property(valuesOf(profile), everywhere, (values, at) => {
        // Subnormal factors have few digits.
        fc.pre(values.intensity === 0 || Math.abs(values.intensity as number) > 1e-290);
        const one = profile.intensity(numbers, at, { ...values, intensity: 1 });
        const some = profile.intensity(numbers, at, values);
        expect(Math.abs(some - (values.intensity as number) * one)).toBeLessThanOrEqual(
          1e-14 * Math.abs(some) + 1e-300,
        );
      }),
    );
  });
});

describe("total light", () => {
  const one = { centre: [0, 0], intensity: 1 } as const;
  // Each term has some roundings, and q enters through |e| close to 1.
  const TOLERANCE = 1e-12;

  test("of a Gaussian is 2 pi sigma^2 / q", () => {
    fc.assert(
      fc.property(modest.q, modest.phi, between(0.1, 3), (q, phi, sigma) => {
        const values = { ...one, ellComps: ellCompsOf(numbers, q, phi), sigma };
        const light = totalLight((position) => gaussian.intensity(numbers, position, values), phi, q);
        expect(Math.abs((light * q) / (2 * Math.PI * sigma ** 2) - 1)).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 50 },
    );
  });

  test("of a Moffat profile is pi alpha^2 / (q (beta - 1))", () => {
    fc.assert(
      fc.property(modest.q, modest.phi, between(0.1, 3), between(1.8, 6), (q, phi, alpha, beta) => {
        const values = { ...one, ellComps: ellCompsOf(numbers, q, phi), alpha, beta };
        const light = totalLight((position) => moffat.intensity(numbers, position, values), phi, q);
        expect(Math.abs((light * q * (beta - 1)) / (Math.PI * alpha ** 2) - 1)).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 50 },
    );
  });

  test("of a chameleon is pi (1 - f^2) times the difference of its core radii", () => {
    fc.assert(
      fc.property(modest.q, modest.phi, between(0.01, 1), between(0.1, 3), (q, phi, coreRadius0, more) => {
        const coreRadius1 = coreRadius0 + more;
        const values = { ...one, ellComps: ellCompsOf(numbers, q, phi), coreRadius0, coreRadius1 };
        const light = totalLight((position) => chameleon.intensity(numbers, position, values), phi, q);
        const wanted = (Math.PI * (coreRadius1 - coreRadius0) * 4 * q) / (1 + q) ** 2;
        expect(Math.abs(light / wanted - 1)).toBeLessThan(TOLERANCE);
      }),
      { numRuns: 50 },
    );
  });

  test("of an exponential disk is 2 pi r_e^2 e^b / b^2", () => {
    fc.assert(
      fc.property(modest.q, modest.phi, between(0.1, 3), (q, phi, effectiveRadius) => {
        const values = { ...one, ellComps: ellCompsOf(numbers, q, phi), effectiveRadius };
        const light = totalLight((position) => exponential.intensity(numbers, position, values), phi, q);
        const b = sersicConstant(numbers, 1);
        expect(Math.abs((light * b ** 2) / (2 * Math.PI * effectiveRadius ** 2 * Math.exp(b)) - 1)).toBeLessThan(
          TOLERANCE,
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe("special cases", () => {
  const shape = fc.record({ ...modest, effectiveRadius: between(0.1, 3), intensity: between(0.1, 10) });
  const shaped = ({ q, phi, ...values }: { q: number; phi: number }) => ({
    ...values,
    ellComps: ellCompsOf(numbers, q, phi),
  });

  test("a Sersic profile is an exponential disk, a de Vaucouleurs profile and a Gaussian", () => {
    fc.assert(
      fc.property(shape, everywhere, ({ q, phi, ...rest }, position) => {
        const values = { ...rest, ...shaped({ q, phi }) };
        const of = (sersicIndex: number) => sersic.intensity(numbers, position, { ...values, sersicIndex });
        expect(exponential.intensity(numbers, position, values)).toBe(of(1));
        expect(devVaucouleurs.intensity(numbers, position, values)).toBe(of(4));
        const b = sersicConstant(numbers, 0.5);
        const sigma = values.effectiveRadius * Math.sqrt(q / (2 * b));
        const bell = gaussian.intensity(numbers, position, {
          ...values,
          intensity: values.intensity * Math.exp(b),
          sigma,
        });
        // Exponents reach some thousands, where the value underflows.
        if (bell > 1e-290) expect(Math.abs(bell / of(0.5) - 1)).toBeLessThan(1e-11);
      }),
    );
  });

  test("half of the light of an exponential disk and of a de Vaucouleurs profile is inside the effective radius", () => {
    for (const [profile, tolerance] of [
      [exponential, 2e-5],
      [devVaucouleurs, 1e-7],
    ] as const) {
      const values = { centre: [0, 0], ellComps: [0, 0], intensity: 1, effectiveRadius: 1 } as const;
      const light = (position: Pair<number>) => profile.intensity(numbers, position, values);
      // Inside and outside by r = 1 / (1 + s) and r = 1 + s, with s from zero to infinity.
      let [inside, outside] = [0, 0];
      for (let step = -130; step <= 110; step++) {
        const t = step / 32;
        const s = Math.exp((Math.PI / 2) * Math.sinh(t));
        const weight = s * Math.cosh(t);
        inside += (light([0, 1 / (1 + s)]) * weight) / (1 + s) ** 3;
        outside += light([0, 1 + s]) * weight * (1 + s);
      }
      // b_n is a series: 2.5e-5 off at n = 1, 7e-8 at n = 4.
      expect(Math.abs(inside / (inside + outside) - 0.5)).toBeLessThan(tolerance);
    }
  });

  test("a core-Sersic profile has its intensity at the break, its slope inside and a Sersic profile outside", () => {
    const values = fc.record({
      effectiveRadius: between(0.3, 3),
      sersicIndex: between(0.5, 6),
      radiusBreak: between(0.01, 0.1),
      intensity: between(0.1, 10),
      gamma: between(0, 1.5),
      alpha: between(2, 10),
    });
    fc.assert(
      fc.property(values, (given) => {
        const round = { ...given, centre: [0, 0], ellComps: [0, 0] } as const;
        const at = (r: number) => sersicCore.intensity(numbers, [0, r], round);
        expect(Math.abs(at(given.radiusBreak) / given.intensity - 1)).toBeLessThan(1e-12);
        // The Sersic profile's share of the slope vanishes as r^alpha.
        const r = given.radiusBreak * 1e-5;
        expect(Math.log(at(r / 2) / at(r)) / Math.LN2).toBeCloseTo(given.gamma, 8);
        const outside = (radius: number) => sersic.intensity(numbers, [0, radius], round);
        // (r_b / r)^alpha is below 1e-8 at 1e4 r_b; u - r is that of r.
        const far = given.radiusBreak * 1e4;
        const change = at(far) / at(far / 2) / (outside(far) / outside(far / 2));
        if (outside(far) > 1e-200) expect(Math.abs(change - 1)).toBeLessThan(1e-4);
      }),
    );
  });

  test("a Moffat profile has half of its intensity at alpha sqrt(2^(1/beta) - 1) of the minor axis", () => {
    fc.assert(
      fc.property(modest.q, between(0.1, 3), between(0.5, 10), (q, alpha, beta) => {
        const values = { centre: [0, 0], ellComps: ellCompsOf(numbers, q, 0), intensity: 2, alpha, beta } as const;
        const half = alpha * Math.sqrt(2 ** (1 / beta) - 1);
        expect(moffat.intensity(numbers, [half, 0], values)).toBeCloseTo(1, 12);
      }),
    );
  });
});

describe("shapelets", () => {
  const shape = { centre: [0.1, -0.2], ellComps: [0.2, -0.35], beta: 0.7, intensity: 1 } as const;
  const at = (position: Pair<number>, order: Readonly<Record<string, number>>) =>
    (shapelet as LightProfile).intensity(numbers, position, { ...shape, ...order });

  test("are orthonormal in any ellipse", () => {
    const members = shapelets.members(4);
    expect(members).toHaveLength(15);
    // The sum over a lattice is the integral to rounding, for what is smooth and ends inside of it.
    const step = 0.18;
    const lattice = Array.from({ length: 107 }, (_, i) => (i - 53) * step);
    const positions = lattice.flatMap((y) => lattice.map((x): Pair<number> => [y, x]));
    const values = members.map((member) => positions.map((position) => at(position, member)));
    for (const [k, a] of values.entries()) {
      for (const [l, b] of values.entries()) {
        const product = a.reduce((sum, value, m) => sum + value * b[m], 0) * step ** 2;
        expect(product).toBeCloseTo(k === l ? 1 : 0, 12);
      }
    }
  });

  test("the first is a Gaussian of the circle's sigma, the others count their nodes along y and x", () => {
    const [f, q] = [Math.hypot(0.2, -0.35), (1 - Math.hypot(0.2, -0.35)) / (1 + Math.hypot(0.2, -0.35))];
    expect(f).toBeLessThan(1);
    const bell = { ...shape, sigma: 0.7 * Math.sqrt(q), intensity: 1 / (0.7 * Math.sqrt(Math.PI)) };
    fc.assert(
      fc.property(everywhere, (position) => {
        const first = at(position, { nY: 0, nX: 0 });
        expect(Math.abs(first - gaussian.intensity(numbers, position, bell))).toBeLessThan(1e-14);
      }),
    );
    const round = { ...shape, centre: [0, 0], ellComps: [0, 0], nY: 3, nX: 1 } as const;
    const signs = (along: (t: number) => Pair<number>) => {
      const values = Array.from({ length: 400 }, (_, i) => shapelet.intensity(numbers, along((i - 199.7) / 50), round));
      return values.filter((value, i) => i > 0 && value * values[i - 1] < 0).length;
    };
    expect(signs((t) => [t, 0.3])).toBe(3);
    expect(signs((t) => [0.3, t])).toBe(1);
  });

  test("of the largest order are still normal", () => {
    let sum = 0;
    for (let i = -600; i <= 600; i++) {
      const round = { ...shape, centre: [0, 0], ellComps: [0, 0], beta: 1, nY: 40, nX: 0 } as const;
      sum += shapelet.intensity(numbers, [i / 40, 0], round) ** 2 / 40;
    }
    // h_0(0)^2 = pi^(-1/2) along x.
    expect(sum * Math.sqrt(Math.PI)).toBeCloseTo(1, 12);
  });
});
