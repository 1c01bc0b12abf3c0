import { InputError } from "../errors.ts";
import { nearMiss } from "../nearest.ts";
import { isMap, type Located, type LocatedMap } from "./located-tree.ts";

/** What a map with one of these says of a value is all that is to be said of it. */
const SOURCES = ["prior", "tied", "same_as", "from", "fixed"];

/** What names the other keys that a map has. */
const TAGS = ["profile", "type", "method", "by"];

/**
 * A tree with a patch on it: maps merge, `null` removes a key, and anything else replaces what was there; so does a map
 * with another profile, type or method, and one that says where a value comes from.
 * @throws InputError for the removal of what is not there.
 */
export function patched(base: Located, patch: Located): Located {
  if (!isMap(base.content) || !isMap(patch.content) || replaces(base.content, patch.content)) return patch;
  const merged = new Map(base.content);
  for (const [key, value] of patch.content) {
    const old = merged.get(key);
    if (value.content !== null) merged.set(key, old === undefined ? value : patched(old, value));
    else if (!merged.delete(key)) throw nothingToRemove(key, value, [...base.content.keys()]);
  }
  return { ...patch, content: merged };
}

function replaces(base: LocatedMap, patch: LocatedMap): boolean {
  if (SOURCES.some((key) => isWord(patch.get(key)))) return true;
  return TAGS.some((tag) => {
    const [from, to] = [base.get(tag), patch.get(tag)];
    return isWord(from) && isWord(to) && from.content !== to.content;
  });
}

/** A galaxy may have a profile of any name, which is then a map. */
function isWord(node: Located | undefined): node is Located {
  return node !== undefined && !isMap(node.content);
}

function nothingToRemove(key: string, { keyPlace }: Located, known: readonly string[]): InputError {
  const meant = nearMiss(key, known);
  const remedy = `${meant === undefined ? "" : `did you mean '${meant}'? `}there are ${known.join(", ")}`;
  return new InputError("spec/phase", `there is no '${key}' to remove`, remedy, keyPlace);
}
