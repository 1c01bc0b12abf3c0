import * as z from "zod";
import { InputError } from "../errors.ts";
import { dataset } from "./dataset-schema.ts";
import { galaxy } from "./galaxy-schema.ts";
import { applyOverrides } from "./overrides.ts";
import { named, oneOf, PARSING, strict } from "./schema.ts";
import { specError } from "./schema-issue.ts";
import type { Spec } from "./spec.ts";
import { parseYaml, placeOf } from "./yaml-tree.ts";

const settings = strict({
  evidence: oneOf(["exact", "pyautolens"]).default("exact"),
  positive_only: z.boolean({ error: "give true or false" }).default(false),
}).transform(({ evidence, positive_only }) => ({ evidence, positiveOnly: positive_only }));

const schema = strict({
  datasets: named(dataset, "give at least one dataset: a map from its name to type: interferometer and its files"),
  galaxies: named(galaxy, "give at least one galaxy: a map from its name to redshift and profiles"),
  search: z.record(z.string(), z.unknown(), { error: "give a map with method" }).optional(),
  settings: settings.default({ evidence: "exact", positiveOnly: false }),
});

/**
 * Reads and checks a spec.
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
  const result = schema.safeParse(tree.value, PARSING);
  if (!result.success) throw specError(result.error.issues, tree);
  return { ...result.data, search: result.data.search, places: tree.places };
}

/** `file:line:column` of a path of the spec, or of the closest of its ancestors that the file has. */
export function specPlace(spec: Spec, path: string): string | undefined {
  return placeOf(spec.places, path);
}

/** An error about a spec that shows only later, at a path of it: `galaxies.lens.bulge.intensity`. */
export function errorInSpec(spec: Spec, path: string, tag: string, what: string, remedy: string): InputError {
  return new InputError(tag, what, remedy, specPlace(spec, path));
}
