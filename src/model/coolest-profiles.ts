import { numbers } from "../compiler/algebra.ts";
import { ellCompsOf, ellipseOf, positionAngle } from "../profiles/elliptical.ts";
import { sersicConstant } from "../profiles/light/sersic.ts";
import type { Pair } from "../profiles/parameter.ts";

/*
 * Profiles in the conventions of COOLEST (Galan et al. 2023, JOSS 8, 5567, and its documentation, "Conventions" and
 * "Supported profiles"), which are those here but for these:
 *
 * - Angles are in degrees from +y, not radians from +x, counter-clockwise both; x is to the right, y up, as here.
 * - Radii are on the intermediate axis: r^2 = q x'^2 + y'^2 / q = q xi^2 of the xi of the mass profiles here. From kappa at
 *   equal points, with theta_E and s of here:
 *     SIE, kappa = theta / (2 r):                        theta = theta_E 2 sqrt(q) / (1 + q)
 *     PEMD, kappa = (3 - g)/2 (theta / r)^(g-1):         theta = theta_E sqrt(q) (2 / (1 + q))^(1/(g-1))
 *     Chameleon, kappa = b/2 [(r^2 + s_c^2)^(-1/2) - (r^2 + s_t^2)^(-1/2)]:
 *                                                        b = 2 Upsilon I sqrt(q) / (1 + q),  s = 2 sqrt(q) c / (1 + q)
 * - b_n of the Sersic profile is 1.9992 n - 0.3271, up to 3 % (n = 0.5) off the root that makes the radius hold half of the
 *   light. Radius and intensity are those that give the same light with that b_n.
 * - Light is per square arcsecond, not per pixel.
 *
 * What has no exact counterpart has none here: cored power laws, whose theta_E COOLEST gives in an approximation alone, and
 * NFW, where it makes the potential an ellipse and leaves the unit of rho_c open.
 */

export type CoolestParameters = Readonly<Record<string, number>>;

/** Values by the names in code, a pair where a parameter has two components. */
export type ProfileValues = Readonly<Record<string, number | Pair<number>>>;

export interface CoolestProfile {
  readonly type: string;
  /** Whether it belongs to a field and not to a galaxy. */
  readonly field: boolean;
  readonly parameters: CoolestParameters;
}

export interface Conversion {
  /** The name in COOLEST. */
  readonly type: string;
  readonly field?: true;
  readonly kind: "mass" | "light";
  /** The name here. */
  readonly profile: string;
  /** COOLEST's parameters that are a parameter here, component and all: these keep their priors. */
  readonly same: Readonly<Record<string, readonly [parameter: string, component?: 0 | 1]>>;
  /** @param pixelArea arcsec^2. */
  export(values: ProfileValues, pixelArea: number): CoolestParameters;
  /** The parameters by their names in files. */
  import(parameters: CoolestParameters, pixelArea: number): Readonly<Record<string, number | Pair<number>>>;
}

const DEGREES = 180 / Math.PI;
const CENTRE = { center_x: ["centre", 1], center_y: ["centre", 0] } as const;

const exportCentre = ({ centre: [y, x] }: { readonly centre: Pair<number> }) => ({ center_x: x, center_y: y });

/** An axis in degrees from +y, in (-90, 90], of its angle in radians from +x. */
function fromNorth(angle: number): number {
  const degrees = angle * DEGREES - 90;
  return degrees > -90 ? degrees : degrees + 180;
}

const fromEast = (degrees: number) => (degrees + 90) / DEGREES;

function exportShape({ centre, ellComps }: { readonly centre: Pair<number>; readonly ellComps: Pair<number> }) {
  const ellipse = ellipseOf(numbers, ellComps);
  const f = Math.sqrt(ellipse.squared);
  return { q: (1 - f) / (1 + f), phi: fromNorth(positionAngle(numbers, ellipse)), ...exportCentre({ centre }) };
}

function importShape({ q, phi, center_x, center_y }: CoolestParameters) {
  return { centre: [center_y, center_x], ell_comps: ellCompsOf(numbers, q, fromEast(phi)) } as const;
}

/** theta_E of a power law on the intermediate axis, over that of here; of the isothermal profile with gamma 2. */
const intermediate = (q: number, gamma: number) => Math.sqrt(q) * (2 / (1 + q)) ** (1 / (gamma - 1));

const sersicConstantOfCoolest = (n: number) => 1.9992 * n - 0.3271;

/** Typed by what the profile's own table has: a conversion is asked for values of its profile alone. */
function conversion<Values>(
  given: Omit<Conversion, "export"> & { export(values: Values, pixelArea: number): CoolestParameters },
): Conversion {
  return given as unknown as Conversion;
}

interface Shape {
  readonly centre: Pair<number>;
  readonly ellComps: Pair<number>;
}

export const COOLEST_PROFILES: readonly Conversion[] = [
  conversion<Shape & { readonly einsteinRadius: number }>({
    type: "SIE",
    kind: "mass",
    profile: "Isothermal",
    same: CENTRE,
    export({ einsteinRadius, ...rest }) {
      const shape = exportShape(rest);
      return { theta_E: einsteinRadius * intermediate(shape.q, 2), ...shape };
    },
    import: ({ theta_E, ...rest }) => ({ ...importShape(rest), einstein_radius: theta_E / intermediate(rest.q, 2) }),
  }),
  conversion<Shape & { readonly einsteinRadius: number; readonly slope: number }>({
    type: "PEMD",
    kind: "mass",
    profile: "PowerLaw",
    same: { ...CENTRE, gamma: ["slope"] },
    export({ einsteinRadius, slope, ...rest }) {
      const shape = exportShape(rest);
      return { gamma: slope, theta_E: einsteinRadius * intermediate(shape.q, slope), ...shape };
    },
    import: ({ theta_E, gamma, ...rest }) => ({
      ...importShape(rest),
      einstein_radius: theta_E / intermediate(rest.q, gamma),
      slope: gamma,
    }),
  }),
  conversion<
    Shape & Record<"intensity" | "massToLightRatio" | "coreRadius0" | "coreRadius1", number> // in convergence
  >({
    type: "Chameleon",
    kind: "mass",
    profile: "ChameleonMass",
    same: CENTRE,
    export({ intensity, massToLightRatio, coreRadius0, coreRadius1, ...rest }) {
      const shape = exportShape(rest);
      const factor = intermediate(shape.q, 2);
      const [s_c, s_t] = [factor * coreRadius0, factor * coreRadius1];
      return { b: factor * massToLightRatio * intensity, s_c, s_t, ...shape };
    },
    import({ b, s_c, s_t, ...rest }) {
      const factor = intermediate(rest.q, 2);
      const [core_radius_0, core_radius_1] = [s_c / factor, s_t / factor];
      return { ...importShape(rest), intensity: b / factor, core_radius_0, core_radius_1, mass_to_light_ratio: 1 };
    },
  }),
  conversion<{ readonly gamma1: number; readonly gamma2: number }>({
    type: "ExternalShear",
    field: true,
    kind: "mass",
    profile: "ExternalShear",
    same: {},
    export: ({ gamma1, gamma2 }) => ({
      gamma_ext: Math.hypot(gamma1, gamma2),
      phi_ext: fromNorth(0.5 * Math.atan2(gamma2, gamma1)),
    }),
    import({ gamma_ext, phi_ext }) {
      const twice = 2 * fromEast(phi_ext);
      return { gamma_1: gamma_ext * Math.cos(twice), gamma_2: gamma_ext * Math.sin(twice) };
    },
  }),
  conversion<{ readonly centre: Pair<number>; readonly kappa: number }>({
    type: "ConvergenceSheet",
    field: true,
    kind: "mass",
    profile: "MassSheet",
    same: { kappa_s: ["kappa"] },
    // Its sheet is about the origin. NaN, which no file has, for one about another centre.
    export: ({ centre: [y, x], kappa }) => ({ kappa_s: y === 0 && x === 0 ? kappa : Number.NaN }),
    import: ({ kappa_s }) => ({ kappa: kappa_s }),
  }),
  conversion<Shape & Record<"intensity" | "effectiveRadius" | "sersicIndex", number>>({
    type: "Sersic",
    kind: "light",
    profile: "Sersic",
    same: { ...CENTRE, n: ["sersicIndex"] },
    export({ intensity, effectiveRadius, sersicIndex: n, ...rest }, pixelArea) {
      const [here, there] = [sersicConstant(numbers, n), sersicConstantOfCoolest(n)];
      const I_eff = (intensity * Math.exp(here - there)) / pixelArea;
      return { I_eff, theta_eff: effectiveRadius * (there / here) ** n, n, ...exportShape(rest) };
    },
    import({ I_eff, theta_eff, n, ...rest }, pixelArea) {
      const [here, there] = [sersicConstant(numbers, n), sersicConstantOfCoolest(n)];
      const intensity = I_eff * Math.exp(there - here) * pixelArea;
      return {
        ...importShape(rest),
        intensity,
        effective_radius: theta_eff * (here / there) ** n,
        sersic_index: n,
      };
    },
  }),
];

/** Profiles that are others with a parameter fixed. */
const SPECIAL: Readonly<Record<string, { readonly of: string; readonly values: ProfileValues }>> = {
  IsothermalSph: { of: "Isothermal", values: { ellComps: [0, 0] } },
  PowerLawSph: { of: "PowerLaw", values: { ellComps: [0, 0] } },
  Exponential: { of: "Sersic", values: { sersicIndex: 1 } },
  DevVaucouleurs: { of: "Sersic", values: { sersicIndex: 4 } },
};

/** The values that COOLEST allows, where a parameter here may have others. */
const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  n: [0.5, 10],
  gamma_ext: [0, 1],
  I_eff: [0, Infinity],
};

/** How a profile here is said in COOLEST; undefined where it has no word for it. */
export function coolestConversion(kind: "mass" | "light", profile: string): Conversion | undefined {
  const name = Object.hasOwn(SPECIAL, profile) ? SPECIAL[profile].of : profile;
  return COOLEST_PROFILES.find((conversion) => conversion.kind === kind && conversion.profile === name);
}

/**
 * A profile as COOLEST says it.
 * @param pixelArea arcsec^2, of the pixels that intensities are of.
 * @returns what it cannot say, where it cannot.
 */
export function coolestProfile(
  kind: "mass" | "light",
  profile: string,
  values: ProfileValues,
  pixelArea: number,
): CoolestProfile | { readonly refused: string } {
  const found = coolestConversion(kind, profile);
  if (found === undefined) return { refused: "COOLEST has no profile that is the same" };
  const whole = Object.hasOwn(SPECIAL, profile) ? { ...SPECIAL[profile].values, ...values } : values;
  const parameters = found.export(whole, pixelArea);
  for (const [name, value] of Object.entries(parameters)) {
    const [least, most] = Object.hasOwn(RANGES, name) ? RANGES[name] : [-Infinity, Infinity];
    if (!Number.isFinite(value) || value < least || value > most)
      return { refused: `COOLEST's ${name} cannot have its value` };
  }
  return { type: found.type, field: found.field === true, parameters };
}
