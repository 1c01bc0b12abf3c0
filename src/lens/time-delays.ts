import { type Absent, absent } from "../backend/contract.ts";
import { numbers } from "../compiler/algebra.ts";
import { ARCSECOND } from "../grid.ts";
import type { Pair } from "../profiles/parameter.ts";
import { MEGAPARSEC, SPEED_OF_LIGHT } from "./cosmology.ts";
import { constantValues, type LensPlane, planeAt } from "./lens-planes.ts";
import { tracePosition } from "./trace-rays.ts";

const DAY = 86_400;

/**
 * How much later than the first the images of one source arrive, days.
 *
 * A ray that meets planes of comoving distance chi_i at x_i is late, against a straight one without lenses, by
 *
 *   1/c sum over i of [ tau_i,i+1 |x_i - x_i+1|^2 / 2 - tau_is psi_i(x_i) ],     tau_ij = chi_i chi_j / (chi_j - chi_i),
 *
 * psi_i for a source in the last plane s (Schneider, Ehlers & Falco 1992, ch. 9, in comoving distances of a flat
 * universe). For one lens tau is the time-delay distance, and this its Fermat potential.
 * @param redshift Of the source's plane.
 * @param images Positions of all images of one point, as `imagePositions` finds them.
 * @returns In the order of the images; absent where a mass has no potential.
 * @throws InputError where no plane is at `redshift`.
 */
export function timeDelays(
  planes: readonly LensPlane[],
  redshift: number,
  images: readonly Pair<number>[],
): Float64Array | Absent {
  const crossed = planes.slice(0, planeAt(planes, redshift) + 1);
  for (const { profile } of crossed.slice(0, -1).flatMap(({ masses }) => masses)) {
    if (typeof profile.potential !== "function") {
      return absent(`${profile.name} has no potential: ${profile.potential.absent}`);
    }
  }
  const last = (planes.at(-1) as LensPlane).comovingDistance;
  const values = constantValues(numbers, crossed);
  const lateness = images.map((image) => {
    const ray = tracePosition(numbers, crossed, image, values);
    let sum = 0;
    for (let i = 0; i + 1 < crossed.length; i++) {
      const [here, next] = [crossed[i].comovingDistance, crossed[i + 1].comovingDistance];
      const [dy, dx] = [ray[i][0] - ray[i + 1][0], ray[i][1] - ray[i + 1][1]];
      sum += (((here * next) / (next - here)) * (dy * dy + dx * dx)) / 2;
      sum -= ((here * last) / (last - here)) * potentialOf(crossed[i], ray[i]);
    }
    return (sum * ARCSECOND ** 2 * MEGAPARSEC) / SPEED_OF_LIGHT / DAY;
  });
  const first = Math.min(...lateness);
  return Float64Array.from(lateness, (late) => late - first);
}

function potentialOf({ masses }: LensPlane, position: Pair<number>): number {
  return masses.reduce((sum, { profile: { potential }, values }) => {
    return typeof potential === "function" ? sum + potential(numbers, position, values) : Number.NaN;
  }, 0);
}
