import { type Absent, absent } from "../backend/contract.ts";
import { positionAngleOnSky, type SkyOrientation } from "../dataset/sky-orientation.ts";
import { type PixelGrid, pixelGrid, slimPositions } from "../grid.ts";
import { compiledOptics } from "../lens/compiled-mapping.ts";
import { type Cosmology, PLANCK_2015 } from "../lens/cosmology.ts";
import { type CriticalCurve, criticalCurves } from "../lens/critical-curves.ts";
import { curveShape } from "../lens/curve-shape.ts";
import { type EinsteinRadii, einsteinMass, einsteinRadii } from "../lens/einstein-radii.ts";
import { type LensPlane, lensPlanes } from "../lens/lens-planes.ts";
import type { Dataset } from "../likelihood/dataset.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import { instantiate, type Model } from "../model/model.ts";
import { gridOf } from "./dataset-maps.ts";
import type { DerivedQuantity } from "./derived-quantity.ts";
import { shapeQuantities } from "./shape-quantities.ts";
import { sourceMagnification } from "./source-magnification.ts";

export interface DeriveOptions {
  /** Where north and east are: see `mapFrame`. */
  readonly sky: SkyOrientation;
  /** PLANCK_2015 if not given. */
  readonly cosmology?: Cosmology;
}

/**
 * What follows from a model's parameters at a vector; null for the evaluation where it was not evaluated there. Names, units
 * and meanings are the same for every vector.
 */
export type Derive = (vector: ArrayLike<number>, evaluation: Evaluation | null) => readonly DerivedQuantity[];

/**
 * Plans the derived quantities of a model: Einstein radii by every convention and the mass within, the magnification of
 * the source in each dataset, shapes and position angles. Formulas are compiled with the first vector, so that hundreds of
 * draws from a posterior take milliseconds each.
 * @param datasets Whose unmasked pixels say where critical curves are looked for, and light is.
 */
export function planDerivedQuantities(model: Model, datasets: readonly Dataset[], options: DeriveOptions): Derive {
  const { sky, cosmology = PLANCK_2015 } = options;
  const optics = compiledOptics();
  const fields = datasets.map((dataset) => coarseField(dataset, LIGHT));
  const sizes = fields.map(({ shape, pixelScale }) => Math.hypot(...shape) * pixelScale);
  const widest = coarseField(datasets[sizes.indexOf(Math.max(...sizes))], CURVES);
  return (vector, evaluation) => {
    const instance = instantiate(model, vector);
    const planes = lensPlanes(instance.galaxies, cosmology);
    const radii = einsteinRadii(planes, widest, undefined, optics.mapping);
    return [
      ...radiusQuantities(radii),
      ...criticalCurveQuantities(criticalCurves(optics.mapping(planes), widest), sky),
      {
        name: "einstein_mass",
        unit: "solar_mass",
        meaning: "projected mass within einstein_radius_mean_convergence, where that is exactly the mass in the circle",
        value: massWithin(radii.meanConvergence, planes, cosmology),
      },
      ...datasets.map(
        (dataset, d): DerivedQuantity => ({
          name: `datasets.${dataset.name}.magnification`,
          unit: "none",
          meaning: "flux of all that lies behind a mass, lensed over unlensed",
          value: sourceMagnification(model, vector, planes, dataset, fields[d], optics, evaluation),
        }),
      ),
      ...shapeQuantities(model, instance, sky),
    ];
  };
}

const RADII: Readonly<Record<keyof EinsteinRadii, readonly [name: string, meaning: string]>> = {
  criticalCurve: ["critical_curve", "sqrt(area / pi) of the tangential critical curve, shear included: PyAutoLens's"],
  unsheared: [
    "unsheared",
    "the same without external shear: Bolton's b and lenstronomy's theta_E of an isothermal mass",
  ],
  bSie: [
    "b_sie",
    "theta_E 2 sqrt(q) / (1 + q) of the one isothermal mass, or its like for a power law: Bolton's b_SIE",
  ],
  meanConvergence: ["mean_convergence", "of the circle about the first mass with a mean convergence of 1"],
};

function radiusQuantities(radii: EinsteinRadii): DerivedQuantity[] {
  return Object.entries(RADII).map(([key, [name, meaning]]) => {
    return { name: `einstein_radius_${name}`, unit: "arcsec", meaning, value: radii[key as keyof EinsteinRadii] };
  });
}

/** Masses fitted without shear take its part: their published axes are to be compared with those of the critical curve. */
function criticalCurveQuantities(curves: readonly CriticalCurve[], sky: SkyOrientation): DerivedQuantity[] {
  const largest = curves.find(({ kind, closed }) => kind === "tangential" && closed);
  const shape = largest && curveShape(largest.points);
  const none = absent("no closed tangential critical curve lies on the grid");
  return [
    {
      name: "critical_curve_axis_ratio",
      unit: "none",
      meaning:
        "of the tangential critical curve, mass and shear together: that of an isothermal mass fitted without shear",
      value: shape?.axisRatio ?? none,
    },
    {
      name: "critical_curve_position_angle",
      unit: "deg",
      meaning: "of its major axis, east of north: Bolton's PA_SIE of masses fitted without shear",
      value: shape === undefined ? none : positionAngleOnSky(sky, shape.angle),
      axis: true,
    },
  ];
}

function massWithin(radius: number | Absent, planes: readonly LensPlane[], cosmology: Cosmology): number | Absent {
  if (typeof radius !== "number") return radius;
  const lenses = planes.filter(({ masses }) => masses.length > 0);
  if (lenses.length !== 1) return absent("masses lie at several redshifts");
  const [{ redshift }] = lenses;
  if (redshift === 0) return absent("the lens is at redshift 0");
  return einsteinMass(cosmology, radius, redshift, (planes.at(-1) as LensPlane).redshift);
}

/**
 * The margin is of the box about the unmasked pixels, the pixels are along the longer side. What is seen may reach to the edge
 * of the box. A curve that ran beyond would be missed, and the mean over draws be that of the smaller ones: the critical curve
 * of a long lens beside the middle of its arcs, as that of SPT0346-52, leaves the box. Curves are refined to roots and light to
 * its centres, wherever the pixels are.
 */
const LIGHT = { margin: 1.25, pixels: 24 } as const;
const CURVES = { margin: 2.5, pixels: 48 } as const;

/** A coarse grid over the unmasked pixels of a dataset. */
function coarseField(dataset: Dataset, { margin, pixels }: typeof LIGHT | typeof CURVES): PixelGrid {
  const grid = gridOf(dataset);
  const positions = slimPositions(grid, dataset.nativeIndex);
  const sides = [0, 1].map((axis) => {
    const along = positions.filter((_, at) => at % 2 === axis);
    const [lowest, highest] = along.reduce(
      ([low, high], p) => [Math.min(low, p), Math.max(high, p)],
      [Infinity, -Infinity],
    );
    return { middle: (lowest + highest) / 2, length: margin * (highest - lowest + grid.pixelScale) };
  });
  const pixel = Math.max(...sides.map(({ length }) => length)) / pixels;
  const [rows, columns] = sides.map(({ length }) => Math.ceil(length / pixel - 1e-9));
  return pixelGrid([rows, columns], pixel, [sides[0].middle, sides[1].middle]);
}
