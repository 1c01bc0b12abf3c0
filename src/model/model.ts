import type { Algebra } from "../compiler/algebra.ts";
import { InputError } from "../errors.ts";
import { regularizationSchemes } from "../inversion/regularization/schemes.ts";
import type { Galaxy, LightComponent, MassComponent } from "../lens/galaxy.ts";
import { lightProfiles, massProfiles } from "../profiles/index.ts";
import { lightAndMassProfiles } from "../profiles/light-and-mass.ts";
import type { Pair, Parameter, ParameterTable, ParameterValues, Prior } from "../profiles/parameter.ts";
import type { LightProfile, MassProfile } from "../profiles/profile.ts";
import { FLUX_SCALE } from "./flux-scale.ts";
import type { ParameterEntry, ParameterSpec, PixelizationSpec, ProfileSpec, Spec } from "./spec.ts";

/** A parameter to be found: one entry of the vectors that a search draws. */
export interface FreeParameter {
  /** Its path in the spec, e.g. `galaxies.lens.mass.ell_comps.0`. */
  readonly path: string;
  readonly prior: Prior;
}

/** A number, or the index of the free parameter whose value goes there. */
export type Slot = number | { readonly free: number };

export interface ProfileTemplate {
  readonly kind: "mass" | "light";
  readonly profile: string;
  readonly values: Readonly<Record<string, Slot | Pair<Slot>>>;
  /** Where the intensity is left to the linear inversion, and is 1 here: its path in the spec, or null. */
  readonly linear: string | null;
  /** The names of the datasets that see it; undefined where all do. */
  readonly datasets: readonly string[] | undefined;
}

export interface GalaxyTemplate {
  readonly name: string;
  readonly redshift: number;
  readonly profiles: readonly ProfileTemplate[];
  readonly pixelization: PixelizationOf<Slot> | undefined;
}

/** Galaxies with holes in the places of the free parameters. Plain data. */
export interface Model {
  readonly parameters: readonly FreeParameter[];
  readonly galaxies: readonly GalaxyTemplate[];
  /** By the names of the datasets that have one: the factor of all light there. */
  readonly fluxScales?: Readonly<Record<string, Slot>>;
  /** Of what one dataset sees of a model (`seenIn`): its flux scale. */
  readonly fluxScale?: Slot;
}

/** A pixelization with numbers, or slots for them, in its regularization. */
interface PixelizationOf<T> extends Omit<PixelizationSpec, "regularization"> {
  readonly regularization: {
    readonly type: string;
    /** By the names that they have in code; without `coefficient` where that is maximized. */
    readonly values: Readonly<Record<string, T>>;
    /** Whether the likelihood is to find the `coefficient` of largest evidence. */
    readonly maximize: boolean;
  };
}

export type Pixelization = PixelizationOf<number>;

/** A light profile whose intensity may be left to the linear inversion, and is then 1. */
export interface ModelLight extends LightComponent {
  /** The path of that intensity: `galaxies.lens.bulge.intensity`, of a set `galaxies.lens.bulge.intensity.3`; or null. */
  readonly linear: string | null;
}

export interface ModelGalaxy extends Galaxy {
  readonly lights: readonly ModelLight[];
  readonly pixelization: Pixelization | undefined;
}

/** A model with numbers for all of its parameters. */
export interface ModelInstance {
  readonly galaxies: readonly ModelGalaxy[];
}

/** What a model is made from; without datasets there are no flux scales. */
type ModelSpec = Pick<Spec, "galaxies"> & Partial<Pick<Spec, "datasets">>;

/** The model of a spec: its free parameters in the order of the file, a profile's in the order of its table. */
export function buildModel(spec: ModelSpec): Model {
  return modelWith(spec, (_, entry) => (typeof entry === "number" ? null : entry));
}

/**
 * The model of a spec of numbers with all of them free that a likelihood is smooth in, and their values: to have
 * derivatives by them. Whole numbers stay, and what the members of a set of profiles do not share.
 */
export function freedModel(spec: ModelSpec): { readonly model: Model; readonly vector: Float64Array } {
  const values: number[] = [];
  const model = modelWith(spec, (parameter, entry) => {
    if (parameter === undefined || parameter.whole || typeof entry !== "number") return null;
    values.push(entry);
    return parameter.defaultPrior;
  });
  return { model, vector: Float64Array.from(values) };
}

/** @param priorOf Of a row of a profile's table (or something else) and what the spec says: its prior, null for a number. */
function modelWith(
  spec: ModelSpec,
  priorOf: (parameter: Parameter | undefined, entry: ParameterEntry) => Prior | null,
): Model {
  const parameters: FreeParameter[] = [];
  const slot: MakeSlot = (entry, path, parameter) => {
    const prior = priorOf(parameter, entry);
    if (prior === null) return entry as number;
    parameters.push({ path, prior });
    return { free: parameters.length - 1 };
  };
  const galaxies = Object.entries(spec.galaxies).map(([name, { redshift, profiles, pixelization }]): GalaxyTemplate => {
    const path = `galaxies.${name}`;
    const templates = Object.entries(profiles).flatMap(([key, spec]) => templatesOf(spec, `${path}.${key}`, slot));
    return {
      name,
      redshift,
      profiles: templates,
      pixelization: pixelization && pixelizationOf(pixelization, `${path}.pixelization`, slot),
    };
  });
  const scaled = Object.entries(spec.datasets ?? {}).flatMap(([name, { fluxScale }]) => {
    return fluxScale === undefined ? [] : [[name, slot(fluxScale, `datasets.${name}.flux_scale`, FLUX_SCALE)] as const];
  });
  return { parameters, galaxies, fluxScales: Object.fromEntries(scaled) };
}

function pixelizationOf(spec: PixelizationSpec, path: string, slot: MakeSlot): PixelizationOf<Slot> {
  const { type, values } = spec.regularization;
  const table = regularizationSchemes.get(type)!.parameters;
  const slotOf = (entry: ParameterEntry, key: string) =>
    slot(entry, `${path}.regularization.${table[key].name}`, table[key]);
  return { ...spec, regularization: { ...spec.regularization, values: mapValues(values, slotOf) } };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, f: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, f(value, key)]));
}

/** @param parameter Its row in a profile's table, where that has one and the entry is not a member's own. */
type MakeSlot = (entry: ParameterEntry, path: string, parameter?: Parameter) => Slot;

/** The profiles that an entry of a galaxy stands for: itself, the members of a set, or light and mass. */
function templatesOf({ kind, profile, parameters, members, datasets }: ProfileSpec, path: string, slot: MakeSlot) {
  const components = componentsOf(kind, profile);
  const table: ParameterTable = Object.assign({}, ...components.map((component) => component.parameters));
  const filled = (given: Readonly<Record<string, ParameterSpec>>, rows?: ParameterTable) =>
    Object.entries(table)
      .filter(([parameter]) => Object.hasOwn(given, parameter))
      .map(([parameter, { name }]) => {
        const ofRow: MakeSlot = (entry, at) => slot(entry, at, rows?.[parameter]);
        return [parameter, slots(given[parameter], `${path}.${name}`, ofRow)] as const;
      });
  // Filled once, so that a free parameter that profiles share is one parameter.
  const shared = filled(parameters, table);
  return (members ?? [{}]).flatMap((own, member) => {
    const values = [...shared, ...filled(own)];
    const linear = Object.values({ ...parameters, ...own }).includes("linear");
    return components.map((component): ProfileTemplate => {
      const names = Object.keys(component.parameters);
      return {
        kind: component.kind,
        profile: component.name,
        values: Object.fromEntries(values.filter(([parameter]) => names.includes(parameter))),
        linear: linear ? `${path}.intensity${members === undefined ? "" : `.${member}`}` : null,
        datasets,
      };
    });
  });
}

function slots(given: ParameterSpec, path: string, slot: MakeSlot): Slot | Pair<Slot> {
  if (given === "linear") return 1;
  if (isPair(given)) return [slot(given[0], `${path}.0`), slot(given[1], `${path}.1`)];
  return slot(given, path);
}

/**
 * The model with these values for its free parameters.
 * @param vector One value for each of `model.parameters`, in that order.
 * @throws InputError when the vector has another length.
 */
export function instantiate(model: Model, vector: ArrayLike<number>): ModelInstance {
  if (vector.length !== model.parameters.length) {
    throw new InputError(
      "model/vector",
      `${vector.length} values for ${model.parameters.length} free parameters`,
      `give one for each of [${model.parameters.map(({ path }) => path).join(", ")}]`,
    );
  }
  const fill = (slot: Slot) => (typeof slot === "number" ? slot : vector[slot.free]);
  const galaxies = model.galaxies.map((template): ModelGalaxy => {
    const { lights, ...galaxy } = galaxyOf(template, fill);
    const linear = template.profiles.filter(({ kind }) => kind === "light").map((profile) => profile.linear);
    return {
      ...galaxy,
      lights: lights.map((light, index) => ({ ...light, linear: linear[index] })),
      pixelization: template.pixelization && filled(template.pixelization, fill),
    };
  });
  return { galaxies };
}

/** The galaxies of a model over an algebra, such as symbols for its free parameters. */
export function galaxiesOver<T>(algebra: Algebra<T>, model: Model, parameters: readonly T[]): readonly Galaxy<T>[] {
  const fill = (slot: Slot) => (typeof slot === "number" ? algebra.constant(slot) : parameters[slot.free]);
  return model.galaxies.map((template) => galaxyOf(template, fill));
}

function galaxyOf<T>({ name, redshift, profiles }: GalaxyTemplate, fill: (slot: Slot) => T): Galaxy<T> {
  const masses: MassComponent<T>[] = [];
  const lights: LightComponent<T>[] = [];
  for (const { kind, profile, values: holes } of profiles) {
    const values: ParameterValues<ParameterTable, T> = Object.fromEntries(
      Object.entries(holes).map(([key, hole]) => [key, isPair(hole) ? [fill(hole[0]), fill(hole[1])] : fill(hole)]),
    );
    const found = profileNamed(kind, profile);
    if (found.kind === "mass") masses.push({ profile: found, values });
    else lights.push({ profile: found, values });
  }
  return { name, redshift, masses, lights };
}

function filled(template: PixelizationOf<Slot>, fill: (slot: Slot) => number): Pixelization {
  const { regularization } = template;
  return { ...template, regularization: { ...regularization, values: mapValues(regularization.values, fill) } };
}

function isPair<T>(value: T | Pair<T>): value is Pair<T> {
  return Array.isArray(value);
}

function componentsOf(kind: ProfileSpec["kind"], name: string): readonly (LightProfile | MassProfile)[] {
  if (kind !== "light_and_mass") return [profileNamed(kind, name)];
  const { light, mass } = lightAndMassProfiles.get(name) ?? unknownProfile("light-and-mass", name);
  return [light, mass];
}

function profileNamed(kind: "mass" | "light", name: string): LightProfile | MassProfile {
  return (kind === "mass" ? massProfiles.get(name) : lightProfiles.get(name)) ?? unknownProfile(kind, name);
}

function unknownProfile(kind: string, name: string): never {
  throw new InputError("model/profile", `there is no ${kind} profile '${name}'`, "give the name of a known profile");
}
