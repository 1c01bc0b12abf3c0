import { absent } from "../backend/contract.ts";
import { numbers } from "../compiler/algebra.ts";
import { positionAngleOnSky, type SkyOrientation } from "../dataset/sky-orientation.ts";
import type { NumericValues } from "../lens/galaxy.ts";
import type { Model, ModelInstance } from "../model/model.ts";
import { axisRatio, ellipseOf, positionAngle } from "../profiles/elliptical.ts";
import type { Pair } from "../profiles/parameter.ts";
import type { DerivedQuantity } from "./derived-quantity.ts";

/**
 * Of every profile of a model, by its path: axis ratio and position angle, the strength and position angle of a shear,
 * and the Einstein radius that is a parameter. Profiles of one entry, the members of a set, share their shape.
 * @param instance Of the model.
 */
export function shapeQuantities(model: Model, instance: ModelInstance, sky: SkyOrientation): DerivedQuantity[] {
  return model.galaxies.flatMap((template, g) => {
    const { masses, lights } = instance.galaxies[g];
    const ofKind = { mass: masses.values(), light: lights.values() };
    const components = template.profiles.map(({ kind, path }) => ({ path, ...ofKind[kind].next().value! }));
    const first = components.filter(({ path }, i) => components.findIndex((other) => other.path === path) === i);
    return first.flatMap(({ path, values }) => shapeOf(path, values, sky));
  });
}

function shapeOf(path: string, values: NumericValues, sky: SkyOrientation): DerivedQuantity[] {
  const { ellComps, gamma1, gamma2, einsteinRadius } = values;
  const quantities: DerivedQuantity[] = [];
  if (typeof einsteinRadius === "number") {
    const meaning = "Einstein radius, the parameter: as PyAutoLens defines it";
    quantities.push({ name: `${path}.einstein_radius`, unit: "arcsec", meaning, value: einsteinRadius });
  }
  if (ellComps !== undefined) {
    const ellipse = ellipseOf(numbers, ellComps as Pair<number>);
    const isRound = ellipse.squared === 0;
    const ratio = isRound ? 1 : axisRatio(numbers, ellipse);
    quantities.push({ name: `${path}.axis_ratio`, unit: "none", meaning: "minor over major axis", value: ratio });
    quantities.push({
      name: `${path}.position_angle`,
      unit: "deg",
      meaning: "of the major axis, east of north",
      value: isRound ? absent("the profile is round") : positionAngleOnSky(sky, positionAngle(numbers, ellipse)),
      axis: true,
    });
  }
  if (typeof gamma1 === "number" && typeof gamma2 === "number") {
    const strength = Math.hypot(gamma1, gamma2);
    const angle = Math.atan2(gamma2, gamma1) / 2;
    quantities.push({ name: `${path}.strength`, unit: "none", meaning: "of the external shear", value: strength });
    quantities.push({
      name: `${path}.position_angle`,
      unit: "deg",
      meaning: "along which the shear stretches images, east of north; what causes it lies across",
      value: strength === 0 ? absent("there is no shear") : positionAngleOnSky(sky, angle),
      axis: true,
    });
  }
  return quantities;
}
