import { InputError } from "../errors.ts";
import { lightProfiles, massProfiles } from "../profiles/index.ts";
import { multiGaussian } from "../profiles/light/multi-gaussian.ts";
import { shapelets } from "../profiles/light/shapelets.ts";
import { lightAndMassProfiles } from "../profiles/light-and-mass.ts";
import type { ParameterTable } from "../profiles/parameter.ts";
import { isList, isMap, type Located, type LocatedMap, placedAt, wordAt, yamlTree } from "./located-tree.ts";
import type { Taking } from "./passed-on.ts";
import { patched } from "./phase-patch.ts";

/** What `from: PHASE` or `fixed: PHASE` asks for. */
export interface Marker {
  readonly phase: string;
  readonly taking: Taking;
  /** The path of the spec that it stands at. */
  readonly path: string;
  /** The name of the phase, where it is written. */
  readonly node: Located;
}

/** Where markers may stand; elsewhere `from` is a key like others. */
const MARKABLE = /^galaxies\.|^datasets\.[^.]+\.flux_scale$|^search\.start$/;

const OWN = ["from", "fixed", "widen"];

/**
 * A tree with what its markers ask for in their places. Other keys beside a marker win.
 * @param take What a marker stands for.
 * @throws InputError for markers that make no sense, and what `take` throws.
 */
export function withoutMarkers(node: Located, take: (marker: Marker) => Located, path = ""): Located {
  const { content } = node;
  const inside = (key: string | number) => (path === "" ? String(key) : `${path}.${key}`);
  if (isList(content)) {
    return { ...node, content: content.map((item, i) => withoutMarkers(item, take, inside(i))) };
  }
  if (!isMap(content)) return node;
  const marker = MARKABLE.test(path) ? markerOf(content, path) : null;
  if (marker === null) {
    const children = [...content].map(([key, child]) => [key, withoutMarkers(child, take, inside(key))] as const);
    return { ...node, content: new Map(children) };
  }
  // What goes wrong with it goes wrong here.
  const taken = placedAt(yamlTree(take(marker)).value, { place: marker.node.place, keyPlace: node.keyPlace });
  const rest = new Map([...content].filter(([key]) => !OWN.includes(key)));
  if (rest.size === 0) return taken;
  if (!isMap(taken.content)) {
    const [[key, { keyPlace }]] = rest;
    const what = `'${key}' beside what is a number in phase '${marker.phase}'`;
    throw new InputError("spec/phase", what, `remove it, or give a prior without ${marker.taking.as}`, keyPlace);
  }
  const base = { ...taken, content: inCommon(taken.content, wordAt(node, "profile")) };
  return withoutMarkers(patched(base, { ...node, content: rest }), take, path);
}

function markerOf(content: LocatedMap, path: string): Marker | null {
  // A galaxy may have a profile of any name, which is then a map.
  const [from, fixed] = ["from", "fixed"]
    .map((key) => content.get(key))
    .map((node) => {
      return node === undefined || isMap(node.content) ? undefined : node;
    });
  const widen = content.get("widen");
  if (from !== undefined && fixed !== undefined) throw refuse(fixed, "both from and fixed", "keep one of them");
  const node = from ?? fixed;
  if (node === undefined) return null;
  if (typeof node.content !== "string")
    throw refuse(node, `${path} names no phase`, "give the name of an earlier phase");
  if (widen !== undefined && fixed !== undefined) {
    throw refuse(widen, "widen beside fixed", "give it beside from, whose priors it widens");
  }
  const factor = widen === undefined ? 1 : widen.content;
  if (typeof factor !== "number" || !(factor > 0 && factor < Number.POSITIVE_INFINITY)) {
    throw refuse(widen!, `widen in ${path} is no factor`, "give a number above zero: 2 for priors twice as wide");
  }
  const taking: Taking = from === undefined ? { as: "fixed" } : { as: "from", widen: factor };
  return { phase: node.content, taking, path, node };
}

function refuse({ place }: Located, what: string, remedy: string): InputError {
  return new InputError("spec/phase", what, remedy, place);
}

/** Of a component's keys those that another profile has too; all of them where it stays what it is. */
function inCommon(taken: LocatedMap, profile: string | undefined): LocatedMap {
  if (profile === undefined || taken.get("profile")?.content === profile) return taken;
  const names = parameterNames(profile);
  return new Map([...taken].filter(([key]) => names.includes(key)));
}

/** The parameters that a profile and others may have in common, by their names in files. */
function parameterNames(profile: string): readonly string[] {
  const set = [multiGaussian, shapelets].find(({ name }) => name === profile);
  const known =
    set?.profile ?? massProfiles.get(profile) ?? lightProfiles.get(profile) ?? lightAndMassProfiles.get(profile);
  const table: ParameterTable = known?.parameters ?? {};
  const own = set === undefined ? [] : ["intensity", ...set.own];
  return Object.entries(table).flatMap(([inCode, { name }]) => (own.includes(inCode) ? [] : [name]));
}
