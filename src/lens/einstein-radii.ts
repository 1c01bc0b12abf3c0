import { type Absent, absent } from "../backend/contract.ts";
import { numbers } from "../compiler/algebra.ts";
import { InputError } from "../errors.ts";
import { ARCSECOND, type PixelGrid } from "../grid.ts";
import { axisRatio, ellipseOf } from "../profiles/elliptical.ts";
import type { Pair } from "../profiles/parameter.ts";
import { bracketedRoot } from "./bracketed-root.ts";
import { angularDiameterDistance, type Cosmology, criticalSurfaceDensity } from "./cosmology.ts";
import { type CriticalCurve, criticalCurves } from "./critical-curves.ts";
import { type LensMapping, lensMapping, traceOf } from "./lens-mapping.ts";
import { type LensPlane, planeAt } from "./lens-planes.ts";

/** The radii that go by the name of Einstein, arcseconds. All are equal for a round lens without shear. */
export interface EinsteinRadii {
  /**
   * sqrt(A / pi) of the area within the largest tangential critical curve of all there is, shear included: what
   * PyAutoLens derives from a model as its Einstein radius.
   */
  readonly criticalCurve: number | Absent;
  /**
   * The same with external shear left out. Of an isothermal mass this is Bolton's b and lenstronomy's theta_E of an SIE.
   */
  readonly unsheared: number | Absent;
  /**
   * theta_E 2 sqrt(q) / (1 + q) of the one isothermal mass in the model, and for a power law theta_E sqrt(q)
   * (2 / (1 + q))^(1 / (slope - 1)): the geometric mean of the semi-axes of the ellipse in which the mean convergence is
   * 1. The b_SIE to compare with published ones, whatever the shear.
   */
  readonly bSie: number | Absent;
  /**
   * Radius of the largest circle about the centre of the first mass in which the mean convergence is 1, as
   * lenstronomy's effective_einstein_radius. Behind several planes the convergence is half the divergence of the whole
   * deflection.
   */
  readonly meanConvergence: number | Absent;
}

/**
 * The Einstein radii of the masses as seen by sources in the plane at `redshift`, the last one if not said.
 * @param grid Must hold the whole critical curve.
 * @param mappingOf `lensMapping`, or a compiled one where many models of one kind are asked about.
 * @throws InputError where no plane is at `redshift`, or for a grid of millions of pixels.
 */
export function einsteinRadii(
  planes: readonly LensPlane[],
  grid: PixelGrid,
  redshift?: number,
  mappingOf: typeof lensMapping = lensMapping,
): EinsteinRadii {
  const mapping = mappingOf(planes, redshift);
  const masses = planes
    .slice(0, redshift === undefined ? undefined : planeAt(planes, redshift))
    .flatMap((p) => p.masses);
  const sheared = masses.some(({ profile }) => profile.name === "ExternalShear");
  const criticalCurve = radiusOfArea(criticalCurves(mapping, grid));
  return {
    criticalCurve,
    unsheared: sheared ? radiusOfArea(criticalCurves(mappingOf(withoutShear(planes), redshift), grid)) : criticalCurve,
    bSie: intermediateAxis(planes, masses),
    meanConvergence: radiusOfMeanConvergence(mapping, grid),
  };
}

function withoutShear(planes: readonly LensPlane[]): readonly LensPlane[] {
  return planes.map((plane) => ({
    ...plane,
    masses: plane.masses.filter(({ profile }) => profile.name !== "ExternalShear"),
  }));
}

function radiusOfArea(curves: readonly CriticalCurve[]): number | Absent {
  const largest = curves.find(({ kind, closed }) => kind === "tangential" && closed);
  return largest === undefined
    ? absent("no closed tangential critical curve lies on the grid")
    : Math.sqrt(largest.area / Math.PI);
}

/** Isothermal masses and power laws, whose other names are those without ellipticity. */
const POWER_LAWS: readonly string[] = ["Isothermal", "IsothermalSph", "PowerLaw", "PowerLawSph"];

function intermediateAxis(planes: readonly LensPlane[], masses: LensPlane["masses"]): number | Absent {
  const [powerLaw, ...others] = masses.filter(({ profile }) => POWER_LAWS.includes(profile.name));
  if (powerLaw === undefined || others.length > 0) return absent("defined for one isothermal or power-law mass");
  if (planes.length > 2) return absent("defined for one lens plane and one source plane");
  const { einsteinRadius, ellComps = [0, 0], slope = 2 } = powerLaw.values;
  const q = axisRatio(numbers, ellipseOf(numbers, ellComps as Pair<number>));
  return (einsteinRadius as number) * Math.sqrt(q) * (2 / (1 + q)) ** (1 / ((slope as number) - 1));
}

/** The deflection is averaged over this many directions: the error falls exponentially with their number. */
const DIRECTIONS = 360;
const RADII = 60;

/** By Gauss's theorem the mean convergence in a circle is the mean outward deflection on it over its radius. */
function radiusOfMeanConvergence(mapping: LensMapping, { shape, pixelScale }: PixelGrid): number | Absent {
  const [centre] = mapping.centres;
  if (centre === undefined) return absent("no mass has a centre");
  const trace = traceOf(mapping);
  const excess = (radius: number): number => {
    let outward = 0;
    for (let n = 0; n < DIRECTIONS; n++) {
      const angle = (2 * Math.PI * n) / DIRECTIONS;
      const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
      const [y, x] = trace([centre[0] + radius * sine, centre[1] + radius * cosine]);
      outward += (centre[0] - y) * sine + (centre[1] - x) * cosine;
    }
    // The mean of (image - source) along the radius is that of (centre - source) and the radius.
    return outward / (DIRECTIONS * radius);
  };
  // From the grid's corner inwards, to a thousandth of a pixel.
  const largest = (Math.hypot(...shape) * pixelScale) / 2;
  const ratio = (largest / (1e-3 * pixelScale)) ** (1 / RADII);
  let [outer, atOuter] = [largest, excess(largest)];
  for (let n = 1; n <= RADII; n++) {
    const inner = largest / ratio ** n;
    const atInner = excess(inner);
    if (atOuter < 0 && atInner >= 0) {
      return bracketedRoot(excess, [inner, outer], [atInner, atOuter], 1e-12) ?? absent("the mean convergence jumps");
    }
    [outer, atOuter] = [inner, atInner];
  }
  return absent("no circle on the grid has a mean convergence of 1");
}

/**
 * M(< theta_E) = pi theta_E^2 Sigma_cr, solar masses: the mass in the cylinder of a radius in which the mean convergence
 * is 1.
 * @param radius theta_E, arcseconds.
 * @throws InputError unless the radius is not negative and 0 < lens < source.
 */
export function einsteinMass(cosmology: Cosmology, radius: number, lens: number, source: number): number {
  if (!(radius >= 0 && Number.isFinite(radius))) {
    throw new InputError("lens/radius", `Einstein radius ${radius} is not zero or more`, "give arcseconds");
  }
  const kiloparsecs = 1e3 * angularDiameterDistance(cosmology, 0, lens) * ARCSECOND * radius;
  return Math.PI * kiloparsecs ** 2 * criticalSurfaceDensity(cosmology, lens, source);
}
