import { InputError } from "../errors.ts";
import { nearMiss } from "../nearest.ts";
import type { Parameter, Prior } from "../profiles/parameter.ts";
import type { Assertion } from "./assertion.ts";
import { type Expression, leavesOf, type PathLeaf, parseExpression, substituted } from "./expression.ts";
import type { Slot } from "./slot.ts";
import type { ParameterEntry } from "./spec.ts";

/** A parameter to be found: one entry of the vectors that a search draws. */
export interface FreeParameter {
  /** Its path in the spec, e.g. `galaxies.lens.mass.ell_comps.0`. */
  readonly path: string;
  readonly prior: Prior;
}

/** Ties to ties to ties may double with each. */
const LONGEST_TIE = 1000;
const LONGEST_CHAIN = 100;

/** What a spec says of a parameter or component, and its row in a profile's table, where it is not a member's own. */
export interface Entry {
  readonly entry: ParameterEntry;
  readonly parameter: Parameter | undefined;
}

/** By paths. */
export type Entries = ReadonlyMap<string, Entry>;

export interface Slots {
  /** The free parameters, in the order of the entries. */
  readonly parameters: readonly FreeParameter[];
  /** What the model has in the place of an entry. */
  slotAt(path: string): Slot;
  /** An expression of a spec over the free parameters. */
  slotOf(expression: Expression<PathLeaf>, path: string): Slot;
}

/**
 * Tells which entries are free, and what those that are tied come to.
 * @param priorOf Of a row of a profile's table (or something else) and an entry: its prior, null for what is not free.
 * The slots throw an InputError, its `where` the path to blame, for ties to what is no parameter, and in a circle.
 */
export function slotsOf(
  entries: Entries,
  priorOf: (parameter: Parameter | undefined, entry: ParameterEntry) => Prior | null,
): Slots {
  const parameters: FreeParameter[] = [];
  /** Undefined while a tie is followed. */
  const known = new Map<string, Slot | undefined>();
  let following = 0;
  for (const [path, { entry, parameter }] of entries) {
    const prior = priorOf(parameter, entry);
    if (prior !== null) known.set(path, { free: parameters.push({ path, prior }) - 1 });
    else if (typeof entry === "number") known.set(path, entry);
  }

  function slotAt(path: string): Slot {
    if (known.has(path)) return known.get(path) ?? refuse(path, "is tied to itself", "untie it somewhere");
    known.set(path, undefined);
    if (++following > LONGEST_CHAIN) refuse(path, `is tied through ${LONGEST_CHAIN} others`, "tie it to the first");
    const { tied } = entries.get(path)!.entry as { readonly tied: string };
    const slot = slotOf(
      located(path, () => parseExpression(tied)),
      path,
    );
    known.set(path, slot);
    following--;
    return slot;
  }

  function slotOf(expression: Expression<PathLeaf>, path: string): Slot {
    const slot = substituted(expression, (leaf: PathLeaf) => {
      if (!entries.has(leaf.path)) throw unknownPath(leaf.path, entries, path);
      return slotAt(leaf.path);
    });
    if (leavesOf(slot).length > LONGEST_TIE) refuse(path, "is tied to too much", "tie it to fewer parameters");
    return slot;
  }

  return { parameters, slotAt, slotOf };
}

/** Puts the path of the spec that is to blame into an error. */
export function located<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InputError ? error.at(path) : error;
  }
}

function refuse(path: string, what: string, remedy: string): never {
  throw new InputError("model/tied", `${path} ${what}`, remedy, path);
}

function unknownPath(wanted: string, entries: Entries, path: string): InputError {
  const paths = [...entries.keys()];
  const components = paths.filter((known) => known.startsWith(`${wanted}.`));
  if (components.length > 0) {
    const remedy = `give one of ${components.slice(0, 2).join(", ")}`;
    return new InputError("model/tied", `${wanted} has components`, remedy, path);
  }
  const near = nearMiss(wanted, paths);
  const meant = near === undefined ? "give the path of a number or a prior" : `did you mean ${near}?`;
  const minus = wanted.includes("-") ? "; a minus wants a space before it" : "";
  return new InputError("model/tied", `${wanted} is no parameter`, `${meant}${minus}`, path);
}

/**
 * What nothing else makes sure of: that what is tied is within the bounds of its row, and a vector no longer than it may be.
 * @throws InputError where it already is not.
 */
export function impliedAssertions(entries: Entries, slotAt: (path: string) => Slot): readonly Assertion[] {
  return [...entries].flatMap(([path, { entry, parameter }]): Assertion[] => {
    if (parameter === undefined) return [];
    const asserted: Assertion[] = [];
    const left = slotAt(path);
    if (typeof entry === "object" && "tied" in entry) {
      const [lower, upper] = parameter.bounds;
      if (typeof left === "number" && !(Number.isFinite(left) && left >= lower && left <= upper)) {
        refuse(path, `is tied to ${left}`, `tie it to a number from ${lower} to ${upper}`);
      }
      if (lower === Number.MIN_VALUE) asserted.push({ text: `${path} > 0`, left, relation: ">", right: 0 });
      else if (lower > -Infinity) asserted.push({ text: `${path} >= ${lower}`, left, relation: ">=", right: lower });
      if (upper < Infinity) asserted.push({ text: `${path} <= ${upper}`, left, relation: "<=", right: upper });
    }
    if (parameter.lengthBelow !== undefined && path.endsWith(".0")) {
      const vector = path.slice(0, -".0".length);
      const square = (slot: Slot): Slot => ({ operator: "^", of: [slot, 2] });
      asserted.push({
        text: `length of ${vector} < ${parameter.lengthBelow}`,
        left: { operator: "+", of: [square(left), square(slotAt(`${vector}.1`))] },
        relation: "<",
        right: parameter.lengthBelow ** 2,
      });
    }
    return asserted.filter((assertion) => leavesOf(assertion.left).length > 0);
  });
}
