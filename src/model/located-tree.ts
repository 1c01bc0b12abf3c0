import { isPlain } from "./schema.ts";
import { joinPath, placeOf, type YamlTree } from "./yaml-tree.ts";

/*
 * A YAML tree in which every value carries its own place in the file, so that parts of it can be cut out, put together
 * and moved, and messages still point at the line that says it.
 */

export type Scalar = string | number | boolean | null;

export type LocatedMap = ReadonlyMap<string, Located>;

export interface Located {
  readonly content: Scalar | readonly Located[] | LocatedMap;
  /** `file:line:column` of the value. */
  readonly place: string;
  /** Of its key, or of the value where it has none. */
  readonly keyPlace: string;
}

export function locatedTree({ value, places, keyPlaces }: YamlTree): Located {
  const read = (value: unknown, path: string): Located => {
    const place = placeOf(places, path) ?? "";
    const keyPlace = Object.hasOwn(keyPlaces, path) ? keyPlaces[path] : place;
    const at = (key: string | number, child: unknown) => read(child, joinPath(path, key));
    if (Array.isArray(value)) return { content: value.map((item, i) => at(i, item)), place, keyPlace };
    if (!isPlain(value)) return { content: value as Scalar, place, keyPlace };
    return { content: new Map(Object.entries(value).map(([key, child]) => [key, at(key, child)])), place, keyPlace };
  };
  return read(value, "");
}

/** The inverse of `locatedTree`. */
export function yamlTree(root: Located): YamlTree {
  const [places, keyPlaces]: Record<string, string>[] = [{}, {}];
  const write = ({ content, place, keyPlace }: Located, path: string): unknown => {
    places[path] = place;
    if (path !== "") keyPlaces[path] = keyPlace;
    if (isList(content)) return content.map((item, i) => write(item, joinPath(path, i)));
    if (!isMap(content)) return content;
    return Object.fromEntries([...content].map(([key, child]) => [key, write(child, joinPath(path, key))]));
  };
  return { value: write(root, ""), places, keyPlaces };
}

/** Plain values that all have one place. */
export function placedAt(value: unknown, { place, keyPlace }: Pick<Located, "place" | "keyPlace">): Located {
  const at = (child: unknown) => placedAt(child, { place, keyPlace });
  if (Array.isArray(value)) return { content: value.map(at), place, keyPlace };
  if (!isPlain(value)) return { content: value as Scalar, place, keyPlace };
  return { content: new Map(Object.entries(value).map(([key, child]) => [key, at(child)])), place, keyPlace };
}

/** What stands at a path of dotted keys; undefined where there is nothing. */
export function nodeAt(root: Located, path: string): Located | undefined {
  return path.split(".").reduce<Located | undefined>((node, key) => {
    if (node === undefined) return undefined;
    if (isList(node.content)) return node.content[Number(key)];
    return isMap(node.content) ? node.content.get(key) : undefined;
  }, root);
}

/** The word that a map has under a key; undefined for anything else. */
export function wordAt(node: Located | undefined, key: string): string | undefined {
  const content = node !== undefined && isMap(node.content) ? node.content.get(key)?.content : undefined;
  return typeof content === "string" ? content : undefined;
}

export function isMap(content: Located["content"]): content is LocatedMap {
  return content instanceof Map;
}

export function isList(content: Located["content"]): content is readonly Located[] {
  return Array.isArray(content);
}
