import type * as z from "zod";
import { InputError } from "../errors.ts";
import { nearMiss } from "../nearest.ts";
import { joinPath, placeOf, type YamlTree } from "./yaml-tree.ts";

type Issue = z.core.$ZodIssue;

/** The first thing wrong with a spec. A mistyped key comes before the key it leaves missing. */
export function specError(issues: readonly Issue[], tree: YamlTree): InputError {
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const path = issue.path.reduce<string>((parent, key) => joinPath(parent, String(key)), "");
  if (issue.code === "unrecognized_keys") {
    const [key] = issue.keys;
    const known = issue.message.split(" ");
    const near = nearMiss(key, known);
    return new InputError(
      "spec/unknown-key",
      `unknown key '${key}'${path === "" ? "" : ` in ${path}`}`,
      `${near === undefined ? "" : `did you mean '${near}'? `}known keys are ${known.join(", ")}`,
      placeOf(tree.keyPlaces, joinPath(path, key)) ?? placeOf(tree.places, path),
    );
  }
  if (issue.code === "invalid_key") {
    return new InputError("spec/name", `the name ${shown(issue.path.at(-1))}`, issue.message, tree.keyPlaces[path]);
  }
  const where = placeOf(tree.places, path);
  const subject = path === "" ? "the spec" : path;
  if (issue.input === undefined) return new InputError("spec/missing", `${subject} is missing`, issue.message, where);
  return new InputError("spec/value", `${subject} is ${shown(issue.input)}`, issue.message, where);
}

/** A value as a message shows it. */
function shown(value: unknown): string {
  if (value === null) return "empty";
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
