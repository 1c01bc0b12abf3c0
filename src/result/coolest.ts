import { InputError } from "../errors.ts";
import { systematicResampling } from "../inference/statistics/systematic-resampling.ts";
import { PLANCK_2015 } from "../lens/cosmology.ts";
import { coolestProfile } from "../model/coolest-profiles.ts";
import { instantiate, type ModelInstance, type ProfileTemplate } from "../model/model.ts";
import { valueFromUnit } from "../model/prior.ts";
import type { Spec } from "../model/spec.ts";
import { xAxisIn } from "../model/x-axis.ts";
import type { SearchOutcome } from "../pipeline/search-outcome.ts";
import { coolestObservation } from "./coolest-observation.ts";
import { priorOf, statisticsOf, UNKNOWN } from "./coolest-parameter.ts";
import { samplesPosterior } from "./posterior-summary.ts";

/** What a COOLEST template is made of: a search that has ended, or a model and its best values alone. */
export interface CoolestSource extends Pick<SearchOutcome, "spec" | "model"> {
  readonly best: Pick<SearchOutcome["best"], "vector">;
  readonly samples?: SearchOutcome["samples"];
  readonly vectors?: SearchOutcome["vectors"];
  /** Intensities that the likelihood solved for at the best point, by their paths: `DatasetEvaluation.intensities`. */
  readonly intensities?: Readonly<Record<string, number>>;
  /** Rows and columns of the first image of the spec, where it has been read. */
  readonly shape?: readonly [rows: number, columns: number];
  /** Arcseconds, of the first dataset, where the spec does not say it: that of compacted visibilities is in their file. */
  readonly pixelScale?: number;
}

/** What was left out, and why. */
interface LeftOut {
  readonly path: string;
  readonly profile: string;
  readonly reason: string;
}

/** The values that a template tells something of. */
interface Instances {
  readonly estimate: ModelInstance;
  /** Far from each other: what is the same in all of them is fixed. */
  readonly apart: readonly ModelInstance[];
  /** Draws from the posterior; undefined where there are none. */
  readonly posterior: readonly ModelInstance[] | undefined;
}

/** Between these quantiles of the priors whatever is free has another value. */
const APART = [0.3, 0.7];
/** Of the posterior: quantiles to 1 % of sigma, and a memory that does not grow with the chains. */
const MOST_DRAWS = 10_000;

/**
 * The model as a COOLEST template, to be written as JSON: point estimates at the best point and, where the search sampled
 * the posterior, its statistics, taken over draws in COOLEST's parameters. Angles in statistics are within 90 degrees
 * of the point estimate. Galaxies keep their names; shear and sheets are fields beside them, called as their galaxy with
 * `_field`. A template is of one image, the first of the spec; its light is as there, but for a flux scale. Files are named
 * as the spec names them, so that a template belongs beside its spec.
 *
 * What COOLEST has no word for is left out, and said in `meta.left_out` with the reason.
 *
 * @param version of Arclet.
 * @throws InputError `coolest/pixel-scale` where nothing tells the size of a pixel, which intensities are of.
 */
export function coolestOf(source: CoolestSource, version: string) {
  const { spec, model, best } = source;
  const datasets = Object.entries(spec.datasets);
  const [name, dataset] = datasets.find(([, { type }]) => type === "imaging") ?? datasets[0];
  const pixelScale = source.pixelScale ?? pixelScaleOf(dataset);
  const image = dataset.type === "imaging" ? dataset : undefined;
  const instances: Instances = {
    estimate: instantiate(model, best.vector),
    apart: APART.map((u) =>
      instantiate(
        model,
        model.parameters.map(({ prior }) => valueFromUnit(prior, u)),
      ),
    ),
    posterior: posteriorOf(source),
  };
  const entities = model.galaxies.map((_, g) => entitiesOf(source, instances, g, { name, pixelArea: pixelScale ** 2 }));
  return {
    standard: "COOLEST",
    mode: "MAP",
    coordinates_origin: { ra: "00h00m00s", dec: "+00d00m00s" },
    lensing_entities: entities.flatMap(({ found }) => found),
    ...coolestObservation(image, pixelScale, source.shape),
    cosmology: { H0: PLANCK_2015.hubbleConstant, Om0: PLANCK_2015.omegaMatter, astropy_name: "FlatLambdaCDM" },
    meta: {
      created_by: `arclet ${version}`,
      units: "light in the unit of the data per arcsec^2",
      // COOLEST's own is to the right, whichever way that is on the sky.
      x_axis: xAxisIn(dataset) ?? null,
      left_out: entities.flatMap(({ leftOut }) => leftOut),
    },
  };
}

/** A galaxy, and the field about it where it has one. */
function entitiesOf(
  source: CoolestSource,
  instances: Instances,
  g: number,
  seen: { readonly name: string; readonly pixelArea: number },
) {
  const galaxy = source.model.galaxies[g];
  const leftOut: LeftOut[] = [];
  const counts = { mass: 0, light: 0 };
  const converted = galaxy.profiles.flatMap((template) => {
    const k = counts[template.kind]++;
    const at = (instance: ModelInstance): ReturnType<typeof coolestProfile> => {
      if (template.datasets?.includes(seen.name) === false) return { refused: `${seen.name} does not see it` };
      return profileAt(instance, g, template, k, seen.pixelArea, source.intensities);
    };
    const found = at(instances.estimate);
    if ("refused" in found) {
      leftOut.push({ path: template.path, profile: template.profile, reason: found.refused });
      return [];
    }
    const { type, field } = found;
    const parameters = parametersOf(source, instances, template, found.parameters, at);
    return [{ kind: template.kind, field, profile: { type, parameters } }];
  });
  const { name, redshift, pixelization } = galaxy;
  if (pixelization !== undefined) {
    const reason = "a pixelized source is no profile; its map is among the FITS files";
    leftOut.push({ path: `galaxies.${name}.pixelization`, profile: pixelization.mesh.type, reason });
  }
  const select = (kind: "mass" | "light", field: boolean) => {
    return converted.filter((one) => one.kind === kind && one.field === field).map(({ profile }) => profile);
  };
  const fields = select("mass", true);
  const own = {
    type: "Galaxy",
    name,
    redshift,
    mass_model: select("mass", false),
    light_model: select("light", false),
  };
  const about = { type: "MassField", name: `${name}_field`, redshift, mass_model: fields, light_model: undefined };
  return { found: fields.length > 0 ? [own, about] : [own], leftOut };
}

/** The k-th profile of its kind in a galaxy, in COOLEST's parameters. */
function profileAt(
  { galaxies }: ModelInstance,
  galaxy: number,
  { kind, profile, linear }: ProfileTemplate,
  k: number,
  pixelArea: number,
  intensities: Readonly<Record<string, number>> = {},
): ReturnType<typeof coolestProfile> {
  const { values } = kind === "mass" ? galaxies[galaxy].masses[k] : galaxies[galaxy].lights[k];
  if (linear === null) return coolestProfile(kind, profile, values, pixelArea);
  if (!Object.hasOwn(intensities, linear)) return { refused: "its intensity is solved for, and was not given" };
  return coolestProfile(kind, profile, { ...values, intensity: intensities[linear] }, pixelArea);
}

/** Of a profile, by their names: what COOLEST tells of each parameter. */
function parametersOf(
  { model }: CoolestSource,
  { apart, posterior }: Instances,
  template: ProfileTemplate,
  estimates: Readonly<Record<string, number>>,
  at: (instance: ModelInstance) => ReturnType<typeof coolestProfile>,
) {
  const valuesAt = (instance: ModelInstance): Readonly<Record<string, number>> => {
    const found = at(instance);
    return "refused" in found ? {} : found.parameters;
  };
  const elsewhere = apart.map(valuesAt);
  const drawn = posterior?.map(valuesAt);
  return Object.fromEntries(
    Object.entries(estimates).map(([name, value]) => {
      // Solved for anew at every point, and known at the best alone.
      const isSolved = template.linear !== null && name === "I_eff";
      const isFree = !isSolved && elsewhere.some((values) => values[name] !== value);
      const samples = isFree ? drawn?.map((values) => values[name]) : undefined;
      const isKnown = samples?.every((sample) => sample !== undefined);
      return [
        name,
        {
          point_estimate: { value },
          posterior_stats: isKnown ? statisticsOf(name, value, samples!) : UNKNOWN,
          prior: priorOf(model, template, name),
          fixed: !isFree && !isSolved,
        },
      ] as const;
    }),
  );
}

/** Draws of equal weight, no more than there are samples. */
function posteriorOf({ model, samples, vectors }: CoolestSource): readonly ModelInstance[] | undefined {
  if (samples === undefined || vectors === undefined || !samplesPosterior(samples)) return undefined;
  const dimensions = model.parameters.length;
  const drawn = systematicResampling(samples.logWeights, Math.min(samples.logWeights.length, MOST_DRAWS), 0.5);
  return Array.from(drawn, (n) => instantiate(model, vectors.subarray(n * dimensions, (n + 1) * dimensions)));
}

function pixelScaleOf(dataset: Spec["datasets"][string]): number {
  if (dataset.type === "imaging") return dataset.pixelScale;
  if (dataset.data.kind === "visibilities") return dataset.data.grid.pixelScale;
  const what = `the size of a pixel is in ${dataset.data.compact.path} and not in the spec`;
  throw new InputError("coolest/pixel-scale", what, "give it beside the spec");
}
