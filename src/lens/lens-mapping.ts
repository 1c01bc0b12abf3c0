import { type Algebra, numbers } from "../compiler/algebra.ts";
import { type Dual, dualNumbers, gradientOf, realOf, variables } from "../compiler/dual.ts";
import type { Pair } from "../profiles/parameter.ts";
import { constantValues, type LensPlane, planeAt } from "./lens-planes.ts";
import { tracePosition } from "./trace-rays.ts";

/** The mapping of the image onto a plane behind the lens. */
export interface LensMapping {
  /** From a position on the image to that on the plane, (y, x) in arcseconds, in an algebra. */
  in<T>(algebra: Algebra<T>): (position: Pair<T>) => Pair<T>;
  /** Positions on the image about which it may vary on small scales: centres of masses, (y, x) in arcseconds. */
  readonly centres: readonly Pair<number>[];
  /** `in` numbers and `localMapping`, compiled; absent where they are computed number by number. */
  readonly compiled?: {
    readonly trace: (image: Pair<number>) => Pair<number>;
    readonly local: (image: Pair<number>) => LocalMapping;
  };
}

/**
 * The mapping onto the plane at `redshift`, the last one if not said.
 * @throws InputError where no plane is there.
 */
export function lensMapping(planes: readonly LensPlane[], redshift = planes.at(-1)?.redshift ?? 0): LensMapping {
  const target = planeAt(planes, redshift);
  const crossed = planes.slice(0, target + 1);
  // Masses further back are not seen where they are; what surrounds them is found on the scale of the grid alone.
  const nearest = crossed.find(({ masses }) => masses.length > 0)?.masses ?? [];
  return {
    in: (algebra) => {
      const values = constantValues(algebra, crossed);
      return (position) => tracePosition(algebra, crossed, position, values)[target];
    },
    centres: nearest.flatMap(({ values: { centre } }) => (centre === undefined ? [] : [centre as Pair<number>])),
  };
}

/** A lens mapping to first order about one position. */
export interface LocalMapping {
  readonly image: Pair<number>;
  readonly source: Pair<number>;
  /** d source / d image, rows and columns in the order y, x. Not symmetric behind several planes. */
  readonly jacobian: readonly [yy: number, yx: number, xy: number, xx: number];
  /** det d source / d image = 1 / magnification. */
  readonly determinant: number;
}

/** Where positions on the image are mapped to, (y, x) in arcseconds. */
export function traceOf(mapping: LensMapping): (image: Pair<number>) => Pair<number> {
  return mapping.compiled?.trace ?? mapping.in(numbers);
}

/** A mapping to first order at any position, by exact derivatives. */
export function localMapping(mapping: LensMapping): (image: Pair<number>) => LocalMapping {
  if (mapping.compiled !== undefined) return mapping.compiled.local;
  const trace = mapping.in<Dual>(dualNumbers);
  return (image) => {
    const [y, x] = trace(variables(...image));
    const [[yy, yx], [xy, xx]] = [gradientOf(y), gradientOf(x)];
    return {
      image,
      source: [realOf(y), realOf(x)],
      jacobian: [yy, yx, xy, xx],
      determinant: yy * xx - yx * xy,
    };
  };
}

/**
 * Magnification, signed: negative where an image is mirrored, infinite on a critical curve.
 * @param positions (M, 2) image-plane y and x, arcseconds.
 * @returns (M)
 */
export function magnification(mapping: LensMapping, positions: Float64Array): Float64Array {
  const at = localMapping(mapping);
  return Float64Array.from(
    { length: positions.length / 2 },
    (_, m) => 1 / at([positions[2 * m], positions[2 * m + 1]]).determinant,
  );
}
