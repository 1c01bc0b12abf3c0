import { InputError } from "../errors.ts";
import { PLANCK_2015 } from "../lens/cosmology.ts";
import { coolestProfile } from "../model/coolest-profiles.ts";
import { instantiate, type ModelInstance, type ProfileTemplate } from "../model/model.ts";
import { valueFromUnit } from "../model/prior.ts";
import type { SearchOutcome } from "../pipeline/search-outcome.ts";
import { coolestObservation } from "./coolest-observation.ts";
import { priorOf, statisticsOf, UNKNOWN } from "./coolest-parameter.ts";
import { samplesPosterior } from "./posterior-summary.ts";

/** What a COOLEST file is made of: a search that has ended, or a model and its best values alone. */
export interface CoolestSource extends Pick<SearchOutcome, "spec" | "model"> {
  readonly best: Pick<SearchOutcome["best"], "vector">;
  readonly samples?: SearchOutcome["samples"];
  readonly vectors?: SearchOutcome["vectors"];
  /** Intensities that the likelihood solved for at the best point, by their paths: `DatasetEvaluation.intensities`. */
  readonly intensities?: Readonly<Record<string, number>>;
  /** Rows and columns of the first image of the spec, where it has been read. */
  readonly shape?: readonly [rows: number, columns: number];
}

/** Between these quantiles of the priors whatever is free has another value. */
const APART = [0.3, 0.7];

/**
 * The model as a COOLEST template, to be written as JSON: point estimates at the best point and, where the search sampled
 * the posterior, its statistics, taken over the samples in COOLEST's parameters. Galaxies keep their names; shear and
 * sheets are fields beside them, called as their galaxy with `_field`. Angles in statistics are within 90 degrees of the
 * point estimate. Images are named as the spec names them.
 *
 * What COOLEST has no word for is left out, and said in `meta.left_out` with the reason.
 *
 * @param version of Arclet.
 * @throws InputError `coolest/pixel-scale` for light without an image that tells the size of a pixel.
 */
export function coolestOf(source: CoolestSource, version: string) {
  const { spec, model, best } = source;
  const image = Object.values(spec.datasets).find((dataset) => dataset.type === "imaging");
  const pixelScale = image?.pixelScale ?? gridScale(source);
  const pixelArea = pixelScale ** 2;
  const estimate = instantiate(model, best.vector);
  const moved = APART.map((u) => model.parameters.map(({ prior }) => valueFromUnit(prior, u)));
  const others = moved.map((vector) => instantiate(model, vector));
  const posterior = posteriorOf(source);
  const leftOut: { path: string; profile: string; reason: string }[] = [];

  const entities = model.galaxies.flatMap((galaxy, g) => {
    const counts = { mass: 0, light: 0 };
    const converted = galaxy.profiles.flatMap((template) => {
      const k = counts[template.kind]++;
      const at = (instance: ModelInstance) => parametersOf(instance, g, template, k, pixelArea, source.intensities);
      const found = at(estimate);
      if ("refused" in found) {
        leftOut.push({ path: template.path, profile: template.profile, reason: found.refused });
        return [];
      }
      const { type, field, parameters } = found;
      const solved = template.linear !== null;
      const drawn = posterior?.instances.map((instance) => at(instance));
      const parameter = (name: string, value: number) => {
        const free = others.some((instance) => valueIn(at(instance), name) !== value);
        const samples = drawn?.map((one) => valueIn(one, name));
        const isSolved = solved && name === "I_eff";
        const known = free && !isSolved && samples?.every((sample) => sample !== undefined);
        return {
          point_estimate: { value },
          posterior_stats: known ? statisticsOf(name, value, samples as number[], posterior!.weights) : UNKNOWN,
          prior: priorOf(model, template, name),
          fixed: !free && !isSolved,
        };
      };
      const entries = Object.entries(parameters).map(([name, value]) => [name, parameter(name, value)] as const);
      return [{ field, kind: template.kind, profile: { type, parameters: Object.fromEntries(entries) } }];
    });
    if (galaxy.pixelization !== undefined) {
      const reason = "pixelized sources are written as FITS, not here";
      leftOut.push({ path: `galaxies.${galaxy.name}.pixelization`, profile: galaxy.pixelization.mesh.type, reason });
    }
    const { name, redshift } = galaxy;
    const select = (kind: "mass" | "light", field: boolean) =>
      converted.filter((one) => one.kind === kind && one.field === field).map(({ profile }) => profile);
    const fields = select("mass", true);
    return [
      { type: "Galaxy", name, redshift, mass_model: select("mass", false), light_model: select("light", false) },
      ...(fields.length > 0 ? [{ type: "MassField", name: `${name}_field`, redshift, mass_model: fields }] : []),
    ];
  });

  return {
    standard: "COOLEST",
    mode: "MAP",
    coordinates_origin: { ra: "00h00m00s", dec: "+00d00m00s" },
    lensing_entities: entities,
    ...coolestObservation(image, pixelScale, source.shape),
    cosmology: { H0: PLANCK_2015.hubbleConstant, Om0: PLANCK_2015.omegaMatter, astropy_name: "FlatLambdaCDM" },
    meta: {
      created_by: `arclet ${version}`,
      units: "light in the unit of the data per arcsec^2",
      left_out: leftOut,
    },
  };
}

/** The k-th profile of its kind in a galaxy, in COOLEST's parameters. */
function parametersOf(
  { galaxies }: ModelInstance,
  galaxy: number,
  { kind, profile, linear }: ProfileTemplate,
  k: number,
  pixelArea: number,
  intensities: Readonly<Record<string, number>> = {},
): ReturnType<typeof coolestProfile> {
  const { values } = kind === "mass" ? galaxies[galaxy].masses[k] : galaxies[galaxy].lights[k];
  if (linear === null) return coolestProfile(kind, profile, values, pixelArea);
  const intensity = Object.hasOwn(intensities, linear) ? intensities[linear] : undefined;
  if (intensity === undefined) return { refused: "its intensity is solved for, and was not given" };
  return coolestProfile(kind, profile, { ...values, intensity }, pixelArea);
}

function valueIn(found: ReturnType<typeof coolestProfile>, name: string): number | undefined {
  return "refused" in found ? undefined : found.parameters[name];
}

/** The samples that have a weight, as models. */
function posteriorOf({ model, samples, vectors }: CoolestSource) {
  if (samples === undefined || vectors === undefined || !samplesPosterior(samples)) return undefined;
  const { logWeights } = samples;
  const kept = Array.from(logWeights.keys()).filter((n) => logWeights[n] > -Infinity);
  const dimensions = model.parameters.length;
  const instances = kept.map((n) => instantiate(model, vectors.subarray(n * dimensions, (n + 1) * dimensions)));
  return { instances, weights: kept.map((n) => Math.exp(logWeights[n])) };
}

/** Of visibilities, whose intensities are of the pixels of their grid. */
function gridScale({ spec }: CoolestSource): number {
  const raw = Object.values(spec.datasets).find(({ data }) => typeof data === "object" && "grid" in data);
  if (raw?.type === "interferometer" && raw.data.kind === "visibilities") return raw.data.grid.pixelScale;
  throw new InputError(
    "coolest/pixel-scale",
    "no dataset tells the size of a pixel",
    "give one that has a pixel_scale",
  );
}
