import * as z from "zod";
import { InputError } from "../errors.ts";
import { nearMiss } from "../nearest.ts";
import { dataset } from "./dataset-schema.ts";
import { galaxy } from "./galaxy-schema.ts";
import { buildModel } from "./model.ts";
import { applyOverrides } from "./overrides.ts";
import { phases } from "./phase-schema.ts";
import { named, oneOf, PARSING, strict } from "./schema.ts";
import { specError } from "./schema-issue.ts";
import { search } from "./search-schema.ts";
import type { Spec } from "./spec.ts";
import { mirrored, withOneXAxis, xAxisIn } from "./x-axis.ts";
import { parseYaml, placeOf, type YamlTree } from "./yaml-tree.ts";

const settings = strict({
  evidence: oneOf(["exact", "pyautolens"]).default("exact"),
  positive_only: z.boolean({ error: "give true or false" }).default(false),
}).transform(({ evidence, positive_only }) => ({ evidence, positiveOnly: positive_only }));

/** Of what the text of a spec says. */
export const specSchema = strict({
  datasets: named(dataset, "give at least one dataset: a map from its name to type: interferometer and its files"),
  galaxies: named(galaxy, "give at least one galaxy: a map from its name to redshift and profiles"),
  search: search.optional(),
  settings: settings.default({ evidence: "exact", positiveOnly: false }),
  assertions: z
    .array(z.string({ error: "give a relation as text" }), { error: "give a list of relations" })
    .default([]),
  phases: phases.optional(),
  pipeline: oneOf(["automatic"]).optional(),
});

/**
 * Reads and checks a spec; of one with phases what it says without them (see `parsePhases`).
 * @param text YAML 1.2.
 * @param fileName How messages call it.
 * @param overrides `path=value` each, put in the place of what the text says before it is checked.
 * @throws InputError with file, line and column, the key, the value and the remedy.
 */
export function parseSpec(text: string, fileName: string, overrides: readonly string[] = []): Spec {
  const tree = applyOverrides(
    parseYaml(text, (line, column) => `${fileName}:${line}:${column}`),
    overrides,
  );
  return specFromTree(tree);
}

/** The spec that a tree of plain values is, checked. @throws InputError as `parseSpec`. */
export function specFromTree(tree: YamlTree): Spec {
  const result = specSchema.safeParse(withOneXAxis(tree.value), PARSING);
  if (!result.success) throw specError(result.error.issues, tree);
  const { phases: _, ...rest } = result.data;
  const spec = { ...rest, places: tree.places };
  requireKnownDatasets(spec);
  requireOneXAxis(spec);
  requireModel(spec);
  requireStart(spec);
  return spec;
}

/** @throws InputError where one dataset would see the model mirrored. */
function requireOneXAxis(spec: Spec): void {
  const found = mirrored(Object.entries(spec.datasets).map(([name, dataset]) => [name, xAxisIn(dataset)]));
  if (found === undefined) return;
  const { first, other, xAxis } = found;
  const what = `x points ${xAxis} in '${other}' and not in '${first}', and a model is in one system of coordinates`;
  throw errorInSpec(spec, `datasets.${other}.x_axis`, "spec/x-axis", what, "give both the same x_axis");
}

/** What is tied and asserted must be of parameters that there are. */
function requireModel(spec: Spec): void {
  try {
    buildModel(spec);
  } catch (error) {
    const place = error instanceof InputError ? specPlace(spec, error.where ?? "") : undefined;
    throw error instanceof InputError && place !== undefined ? error.at(place) : error;
  }
}

/** A search starts at values of parameters that are searched for. */
function requireStart(spec: Spec): void {
  const known = buildModel(spec).parameters.map(({ path }) => path);
  const odd = Object.keys(spec.search?.start ?? {}).find((path) => !known.includes(path));
  if (odd === undefined) return;
  const meant = nearMiss(odd, known);
  const remedy = `${meant === undefined ? "" : `did you mean '${meant}'? `}give some of [${known.join(", ")}]`;
  throw errorInSpec(spec, "search.start", "spec/start", `there is no free parameter '${odd}'`, remedy);
}

/** What is for some datasets must be for some that there are. */
function requireKnownDatasets(spec: Spec): void {
  const known = Object.keys(spec.datasets);
  const requireKnown = (names: readonly string[] | undefined, path: string): void => {
    const odd = names?.find((name) => !known.includes(name));
    if (odd === undefined) return;
    const meant = nearMiss(odd, known);
    const remedy = `${meant === undefined ? "" : `did you mean '${meant}'? `}give some of [${known.join(", ")}]`;
    throw errorInSpec(spec, path, "spec/datasets", `there is no dataset '${odd}'`, remedy);
  };
  for (const [name, { profiles, pixelization }] of Object.entries(spec.galaxies)) {
    for (const [key, { datasets }] of Object.entries(profiles))
      requireKnown(datasets, `galaxies.${name}.${key}.datasets`);
    requireKnown(pixelization?.datasets, `galaxies.${name}.pixelization.datasets`);
    const adaptImage = pixelization?.adaptImage;
    const perDataset = adaptImage !== undefined && "files" in adaptImage ? Object.keys(adaptImage.files) : undefined;
    requireKnown(perDataset, `galaxies.${name}.pixelization.adapt_image`);
  }
}

/** `file:line:column` of a path of the spec, or of the closest of its ancestors that the file has. */
export function specPlace(spec: Spec, path: string): string | undefined {
  return placeOf(spec.places, path);
}

/** An error about a spec that shows only later, at a path of it: `galaxies.lens.bulge.intensity`. */
export function errorInSpec(spec: Spec, path: string, tag: string, what: string, remedy: string): InputError {
  return new InputError(tag, what, remedy, specPlace(spec, path));
}
