import { Document, visit } from "yaml";
import * as z from "zod";
import { InputError } from "../errors.ts";
import type { Pair } from "../profiles/parameter.ts";
import { COOLEST_PROFILES, type CoolestParameters } from "./coolest-profiles.ts";
import { PARSING } from "./schema.ts";

/*
 * Of a COOLEST template only what a spec has a place for is looked at, and that leniently: files in use are of several
 * versions of the standard, which differ in what they leave out.
 */

const value = z.looseObject({ value: z.number().nullish() }).nullish();
const parameter = z.looseObject({ point_estimate: value, posterior_stats: z.looseObject({}).nullish() });
const model = z
  .array(z.looseObject({ type: z.string(), parameters: z.record(z.string(), z.unknown()) }))
  .nullish()
  .transform((profiles) => profiles ?? []);
const entity = z.looseObject({
  type: z.string(),
  name: z.string(),
  redshift: z.number().nullish(),
  mass_model: model,
  light_model: model,
});
const grid = z
  .looseObject({
    fits_file: z.looseObject({ path: z.string().nullish() }).nullish(),
    field_of_view_x: z.tuple([z.number(), z.number()]).nullish(),
    num_pix_x: z.number().nullish(),
  })
  .nullish();
const template = z.looseObject({
  standard: z.literal("COOLEST"),
  lensing_entities: z.array(entity).min(1),
  observation: z.looseObject({ pixels: grid, noise: z.looseObject({ noise_map: grid }).nullish() }).nullish(),
  instrument: z
    .looseObject({ pixel_size: z.number().positive().nullish(), psf: z.looseObject({ pixels: grid }).nullish() })
    .nullish(),
  // Of templates that were exported here. West is what images have without a word.
  meta: z
    .looseObject({ x_axis: z.unknown() })
    .nullish()
    .catch(null)
    .transform((meta) => (meta?.x_axis === "east" ? { x_axis: "east" } : {})),
});

type Template = z.infer<typeof template>;
type Entity = z.infer<typeof entity>;
type Profiles = z.infer<typeof model>;

/** Larger files hold samples or pixels, which templates name and do not contain. */
const MOST_CHARACTERS = 10_000_000;

/**
 * The text of a spec, YAML, of a COOLEST template: galaxies and fields with their profiles at the point estimates, medians
 * where there are none; profiles that lack a value are free with default priors. What a spec has no word for is left
 * out, and said in comments at the top, as is what the data are called where the template does not say.
 *
 * @param text JSON.
 * @param fileName How messages and comments call it.
 * @throws InputError `coolest/json`, `coolest/template`, `coolest/redshift`, `coolest/pixel-size`.
 */
export function specFromCoolest(text: string, fileName: string): string {
  const read = readTemplate(text, fileName);
  const pixelScale = pixelScaleOf(read, fileName);
  const notes: string[] = [];
  const names = new Map<string, number>();
  const planes = read.lensing_entities.map((one) => one.redshift).filter((redshift) => typeof redshift === "number");
  const galaxies = read.lensing_entities.map((one): [string, object] => {
    const profiles = profilesOf(one, pixelScale ** 2, notes);
    // A field without a redshift is that of the lens, the nearest.
    const redshift = one.redshift ?? (isField(one) && planes.length > 0 ? Math.min(...planes) : undefined);
    if (redshift === undefined || redshift < 0) {
      const what = `the redshift of ${JSON.stringify(one.name)} is ${redshift ?? "empty"}`;
      throw new InputError("coolest/redshift", what, "give it one of zero or more", fileName);
    }
    return [
      unusedName(one.name.replace(/[^\w-]+/g, "_").replace(/^-*/, "") || "galaxy", names),
      { redshift, ...profiles },
    ];
  });
  const data = datasetOf(read, pixelScale, notes);
  const comments = [`From ${fileName}, a COOLEST template.`, ...notes].map(
    (line) => `# ${line.replace(/\s+/g, " ")}\n`,
  );
  const document = new Document({ datasets: { image: data }, galaxies: Object.fromEntries(galaxies) });
  visit(document, {
    Seq(_, pair) {
      pair.flow = true;
    },
  });
  return `${comments.join("")}${document.toString()}`;
}

function readTemplate(text: string, fileName: string): Template {
  if (text.length > MOST_CHARACTERS) {
    const what = `a template of ${text.length} characters is no model`;
    throw new InputError("coolest/template", what, "give one that names its pixels and samples as files", fileName);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const what = `the file is no JSON (${(error as Error).message.slice(0, 100)})`;
    throw new InputError("coolest/json", what, "give a COOLEST template, not a pickle", fileName);
  }
  const result = template.safeParse(json, PARSING);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const what = `${issue.path.join(".") || "the file"}: ${issue.message}`;
  throw new InputError("coolest/template", what, "give a COOLEST template of mode MAP or MOCK", fileName);
}

function pixelScaleOf({ instrument, observation }: Template, fileName: string): number {
  const { field_of_view_x: field, num_pix_x: count } = observation?.pixels ?? {};
  const seen = field && count ? Math.abs(field[1] - field[0]) / count : undefined;
  const size = instrument?.pixel_size ?? seen;
  if (size !== undefined && size > 0 && Number.isFinite(size)) return size;
  const what = "neither the instrument nor the observation tells the size of a pixel";
  throw new InputError("coolest/pixel-size", what, "give instrument.pixel_size in arcsec", fileName);
}

const isField = ({ type }: Entity) => !/^galaxy$/i.test(type);

/** By names that no two of an entity share. */
function profilesOf(entity: Entity, pixelArea: number, notes: string[]): Record<string, object> {
  const names = new Map<string, number>();
  const of = (kind: "mass" | "light", profiles: Profiles) =>
    profiles.flatMap(({ type, parameters }): [string, object][] => {
      const found = COOLEST_PROFILES.find((conversion) => conversion.kind === kind && conversion.type === type);
      if (found === undefined) {
        notes.push(`Left out: the ${kind} profile ${type} of ${entity.name}, which has no exact counterpart.`);
        return [];
      }
      const name = unusedName(found.type === "ExternalShear" ? "shear" : kind, names);
      const imported = importedFrom(parameters, (values) => found.import(values, pixelArea));
      if (imported === undefined) notes.push(`Free: ${name} of ${entity.name}, for which the template lacks values.`);
      return [[name, { profile: found.profile, ...(imported ?? { priors: "default" }) }]];
    });
  return Object.fromEntries([...of("mass", entity.mass_model), ...of("light", entity.light_model)]);
}

/** What a conversion makes of the values; undefined where one that it asks for is not there. */
function importedFrom(
  parameters: Readonly<Record<string, unknown>>,
  convert: (values: CoolestParameters) => Readonly<Record<string, number | Pair<number>>>,
): Readonly<Record<string, number | Pair<number>>> | undefined {
  const values: Record<string, number> = {};
  for (const [name, given] of Object.entries(parameters)) {
    const { data } = parameter.safeParse(given, PARSING);
    const known = data?.point_estimate?.value ?? data?.posterior_stats?.median;
    if (typeof known === "number") values[name] = known;
  }
  const imported = convert(values);
  // A value that is not there is undefined, and what is made of it NaN.
  if (!Object.values(imported).flat().every(Number.isFinite)) return undefined;
  const entries = Object.entries(imported).map(([name, given]) => {
    return [
      name,
      typeof given === "number" ? rounded(given) : ([rounded(given[0]), rounded(given[1])] as const),
    ] as const;
  });
  return Object.fromEntries(entries);
}

function datasetOf({ observation, instrument, meta }: Template, pixelScale: number, notes: string[]) {
  const files = {
    data: observation?.pixels?.fits_file?.path,
    noise_map: observation?.noise?.noise_map?.fits_file?.path,
    psf: instrument?.psf?.pixels?.fits_file?.path,
  };
  const named = Object.entries(files).map(([key, path]): [string, string] => {
    if (path) return [key, path];
    notes.push(`The template names no file for ${key}: put yours in its place.`);
    return [key, `${key}.fits`];
  });
  return { type: "imaging", ...Object.fromEntries(named), pixel_scale: pixelScale, ...meta };
}

function unusedName(wanted: string, names: Map<string, number>): string {
  const count = (names.get(wanted) ?? 0) + 1;
  names.set(wanted, count);
  return count === 1 ? wanted : unusedName(`${wanted}_${count}`, names);
}

/** Without the digits that the conversion itself rounds. */
function rounded(number: number): number {
  return Number(number.toPrecision(14));
}
