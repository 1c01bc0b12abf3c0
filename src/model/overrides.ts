import { InputError } from "../errors.ts";
import { nearMiss } from "../nearest.ts";
import { joinPath, parseYaml, type YamlTree } from "./yaml-tree.ts";

/**
 * Puts `path=value` in the place of what a spec says; `value` is YAML. The path is dotted keys and, in lists, indices
 * from 0: `galaxies.lens.mass.ell_comps.0=0.1` (or `ell_comps[0]`). Later ones win.
 * @throws InputError when there is no `=`, the path is not in the file, or the value is not YAML.
 */
export function applyOverrides(tree: YamlTree, overrides: readonly string[]): YamlTree {
  return overrides.reduce(applyOverride, tree);
}

function applyOverride(tree: YamlTree, override: string): YamlTree {
  const where = `--set ${override.replace(/\p{Cc}/gu, " ")}`;
  const equals = override.indexOf("=");
  if (equals < 1) {
    throw new InputError("spec/override", "not path=value", "write e.g. galaxies.lens.redshift=0.5", where);
  }
  const path = override
    .slice(0, equals)
    .trim()
    .replace(/\[(\d+)\]/g, ".$1");
  const replacement = parseYaml(override.slice(equals + 1), () => where);
  if (path === "" || !Object.hasOwn(tree.places, path)) {
    const near = nearestPath(tree, path);
    throw new InputError(
      "spec/override",
      `the spec has no ${path}`,
      `${near === "" ? "give a path that it has" : `the nearest that it has is ${near}`}; what is new goes into the file`,
      where,
    );
  }
  return {
    value: replace(tree.value, path.split("."), replacement.value),
    places: { ...withoutBelow(tree.places, path), ...below(path, replacement.places) },
    keyPlaces: { ...withoutBelow(tree.keyPlaces, path), ...below(path, replacement.keyPlaces), [path]: where },
  };
}

/** Follows a path as far as the spec has it, taking the nearest key where it is mistyped. */
function nearestPath({ places }: YamlTree, path: string): string {
  let known = "";
  for (const key of path.split(".")) {
    const children = Object.keys(places)
      .filter((place) => place !== "" && place.slice(0, Math.max(0, place.lastIndexOf("."))) === known)
      .map((place) => place.slice(known === "" ? 0 : known.length + 1));
    const child = children.includes(key) ? key : nearMiss(key, children);
    if (child === undefined) break;
    known = joinPath(known, child);
  }
  return known;
}

/** The same value with one part replaced. `keys` is known to lead somewhere, save where a key itself holds a dot. */
function replace(value: unknown, keys: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return replacement;
  if (Array.isArray(value)) {
    return value.map((item, index) => (String(index) === key ? replace(item, rest, replacement) : item));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, name === key ? replace(item, rest, replacement) : item]),
  );
}

function withoutBelow(places: Readonly<Record<string, string>>, path: string): Record<string, string> {
  return Object.fromEntries(Object.entries(places).filter(([known]) => !known.startsWith(`${path}.`)));
}

function below(path: string, places: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(places).map(([known, place]) => [known === "" ? path : `${path}.${known}`, place]),
  );
}
