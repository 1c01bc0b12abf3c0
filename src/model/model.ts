import type { Algebra } from "../compiler/algebra.ts";
import { InputError } from "../errors.ts";
import { regularizationSchemes } from "../inversion/regularization/schemes.ts";
import type { Galaxy, LightComponent, MassComponent } from "../lens/galaxy.ts";
import { nearest } from "../nearest.ts";
import { lightProfiles, massProfiles } from "../profiles/index.ts";
import { lightAndMassProfiles } from "../profiles/light-and-mass.ts";
import type { Pair, Parameter, ParameterTable, ParameterValues, Prior } from "../profiles/parameter.ts";
import type { LightProfile, MassProfile } from "../profiles/profile.ts";
import { type Assertion, parseAssertion } from "./assertion.ts";
import { FLUX_SCALE } from "./flux-scale.ts";
import { type Slot, slotOver, valueAt } from "./slot.ts";
import type { ParameterEntry, ParameterSpec, PixelizationSpec, ProfileSpec, Spec } from "./spec.ts";
import { type Entries, type Entry, type FreeParameter, impliedAssertions, located, slotsOf } from "./ties.ts";

export interface ProfileTemplate {
  readonly kind: "mass" | "light";
  readonly profile: string;
  /** Of the entry of the spec that it stands for, which others may stand for too: `galaxies.lens.bulge`. */
  readonly path: string;
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
  /** What must hold of the parameters, or there is no likelihood. */
  readonly assertions: readonly Assertion[];
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
export type ModelSpec = Pick<Spec, "galaxies"> & Partial<Pick<Spec, "datasets" | "assertions">>;

/**
 * The model of a spec: its free parameters in the order of the file, a profile's in the order of its table.
 * @throws InputError for a tie or an assertion that makes no sense; its `where` is the path in the spec.
 */
export function buildModel(spec: ModelSpec): Model {
  return modelWith(spec, (_, entry) => givenPrior(entry));
}

function givenPrior(entry: ParameterEntry): Prior | null {
  return typeof entry === "object" && "prior" in entry ? entry : null;
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

/** Everything that a spec says of parameters and their components, by their paths, in the order of the spec. */
export function entriesOf(spec: ModelSpec): Entries {
  const entries = new Map<string, Entry>();
  templatesWith(spec, (entry, path, parameter) => {
    entries.set(path, { entry, parameter });
    return 0;
  });
  return entries;
}

/** Every number of a spec's model under a vector of its free parameters, by their paths; of what is tied what that comes to. */
export function valuesByPath(spec: ModelSpec, vector: ArrayLike<number>): Readonly<Record<string, number>> {
  const entries = entriesOf(spec);
  const { slotAt } = slotsOf(entries, (_, entry) => givenPrior(entry));
  return Object.fromEntries([...entries.keys()].map((path) => [path, valueAt(slotAt(path), vector)]));
}

/** @param priorOf Of a row of a profile's table (or something else) and what the spec says: its prior, null for what is not free. */
function modelWith(
  spec: ModelSpec,
  priorOf: (parameter: Parameter | undefined, entry: ParameterEntry) => Prior | null,
): Model {
  const entries = entriesOf(spec);
  const { parameters, slotAt, slotOf } = slotsOf(entries, priorOf);
  const asserted = (spec.assertions ?? []).map((text, i): Assertion => {
    const path = `assertions.${i}`;
    const { left, right, ...rest } = located(path, () => parseAssertion(text));
    return { ...rest, left: slotOf(left, path), right: slotOf(right, path) };
  });
  return {
    parameters,
    ...templatesWith(spec, (_, path) => slotAt(path)),
    assertions: [...asserted, ...impliedAssertions(entries, slotAt)],
  };
}

/** @param slot Asked for every number of the spec. */
function templatesWith(spec: ModelSpec, slot: MakeSlot): Pick<Model, "galaxies" | "fluxScales"> {
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
  return { galaxies, fluxScales: Object.fromEntries(scaled) };
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
  const filled = (given: Readonly<Record<string, ParameterSpec>>, member?: number) =>
    Object.entries(table)
      .filter(([parameter]) => Object.hasOwn(given, parameter))
      .map(([parameter, row]) => {
        const own = member !== undefined;
        const ofRow: MakeSlot = (entry, at) => slot(entry, own ? `${at}.${member}` : at, own ? undefined : row);
        return [parameter, slots(given[parameter], `${path}.${row.name}`, ofRow)] as const;
      });
  // Filled once, so that a free parameter that profiles share is one parameter.
  const shared = filled({ ...defaultsOf(table, members?.[0] ?? {}), ...parameters });
  return (members ?? [{}]).flatMap((own, member) => {
    requireWhole(profile, table, { ...parameters, ...own }, path);
    const values = [...shared, ...filled(own, members && member)];
    const linear = Object.values({ ...parameters, ...own }).includes("linear");
    return components.map((component): ProfileTemplate => {
      const names = Object.keys(component.parameters);
      return {
        kind: component.kind,
        profile: component.name,
        path,
        values: Object.fromEntries(values.filter(([parameter]) => names.includes(parameter))),
        linear: linear ? `${path}.intensity${members === undefined ? "" : `.${member}`}` : null,
        datasets,
      };
    });
  });
}

/** What objects leave out; files have been given it. */
function defaultsOf(table: ParameterTable, own: Readonly<Record<string, ParameterSpec>>) {
  const defaults = Object.entries(table).flatMap(([parameter, { default: value, components }]) => {
    if (value === undefined || Object.hasOwn(own, parameter)) return [];
    return [[parameter, components === undefined ? value : ([value, value] as const)] as const];
  });
  return Object.fromEntries(defaults);
}

/** @throws InputError for a parameter that there is not, and one without a value. */
function requireWhole(profile: string, table: ParameterTable, given: Readonly<Record<string, unknown>>, path: string) {
  const known = Object.keys(table);
  const odd = Object.keys(given).find((parameter) => !known.includes(parameter));
  if (odd !== undefined) {
    const remedy = `did you mean ${nearest(odd, known)}? known are ${known.join(", ")}`;
    throw new InputError("model/parameter", `${odd} is no parameter of ${profile}`, remedy, path);
  }
  const open = known.find((parameter) => !Object.hasOwn(given, parameter) && table[parameter].default === undefined);
  if (open === undefined) return;
  throw new InputError("model/parameter", `${open} is missing`, "give a number, a prior, or what it is tied to", path);
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
  const fill = (slot: Slot) => valueAt(slot, vector);
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
  const fill = (slot: Slot) => slotOver(algebra, slot, parameters);
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
