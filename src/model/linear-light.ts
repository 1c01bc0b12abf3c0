import { lightProfiles } from "../profiles/index.ts";
import type { GalaxyTemplate, Model, ProfileTemplate } from "./model.ts";

/*
 * Light whose intensity a model leaves to the linear inversion, in terms of models without such light: what is solved for
 * is linear in the images of some, and with what was found the likelihood is that of another.
 */

/** The paths of the intensities to be solved for, in the order of the spec. */
export function linearIntensities({ galaxies }: Model): readonly string[] {
  return galaxies.flatMap(({ profiles }) => profiles.flatMap(({ linear }) => linear ?? []));
}

/** The model with these intensities as free parameters, its last ones. */
export function withIntensities(model: Model): Model {
  const first = model.parameters.length;
  const paths = linearIntensities(model);
  const solvedFor = linearProfiles(model).map(({ profile }, j) => {
    // A prior is what every free parameter has; this one is found, not searched for.
    return { path: paths[j], prior: lightProfiles.get(profile)!.parameters.intensity.defaultPrior };
  });
  const given = (template: ProfileTemplate): ProfileTemplate => {
    if (template.linear === null) return template;
    const free = first + paths.indexOf(template.linear);
    return { ...template, values: { ...template.values, intensity: { free } }, linear: null };
  };
  return {
    ...model,
    parameters: [...model.parameters, ...solvedFor],
    galaxies: model.galaxies.map((galaxy) => ({ ...galaxy, profiles: galaxy.profiles.map(given) })),
  };
}

/**
 * The model taken apart, all masses in each part: first with its light of given intensities alone, then for each
 * intensity to be solved for with that profile alone, at intensity 1.
 */
export function lightParts(model: Model): readonly [given: Model, ...solvedFor: Model[]] {
  const withLight = (isIn: (light: ProfileTemplate) => boolean): Model => {
    const part = (galaxy: GalaxyTemplate): GalaxyTemplate => ({
      ...galaxy,
      profiles: galaxy.profiles
        .filter((profile) => profile.kind === "mass" || isIn(profile))
        .map((profile) => ({ ...profile, linear: null })),
    });
    return { ...model, galaxies: model.galaxies.map(part) };
  };
  return [
    withLight(({ linear }) => linear === null),
    ...linearProfiles(model).map((one) => withLight((light) => light === one)),
  ];
}

function linearProfiles({ galaxies }: Model): readonly ProfileTemplate[] {
  return galaxies.flatMap(({ profiles }) => profiles.filter(({ linear }) => linear !== null));
}
