import { InputError } from "../errors.ts";
import { nearMiss } from "../nearest.ts";
import { isMap, type Located, type LocatedMap, locatedTree, nodeAt, placedAt, yamlTree } from "./located-tree.ts";
import { buildModel } from "./model.ts";
import { applyOverrides } from "./overrides.ts";
import { specFromTree } from "./parse-spec.ts";
import { type PhaseResults, passedOn } from "./passed-on.ts";
import { type Marker, withoutMarkers } from "./phase-markers.ts";
import { patched } from "./phase-patch.ts";
import { isFor } from "./seen-in.ts";
import type { Spec } from "./spec.ts";
import { yamlText } from "./spec-text.ts";
import { parseYaml } from "./yaml-tree.ts";

/** The lensed light of a galaxy in the best fit of a phase, as a dataset has it. */
export interface AdaptImageSource {
  readonly phase: string;
  readonly galaxy: string;
  readonly dataset: string;
}

/** A spec of several searches, one after the other. Plain data. */
export interface Phases {
  /** In the order of the file. */
  readonly names: readonly string[];
  /** Of each phase, checked, with the priors of earlier ones in the place of their results. */
  readonly specs: Readonly<Record<string, Spec>>;
  /** What later phases will read as adapt images. */
  readonly adaptImages: readonly AdaptImageSource[];
  readonly fileName: string;
  readonly tree: Located;
}

/** Of a search, which may be about the best point of an earlier phase. */
const START = "search.start";

/** The file of an adapt image as the spec of a phase names it: see `PhaseOptions`. */
export type AdaptImagePath = (source: AdaptImageSource) => string;

export const adaptImageName: AdaptImagePath = ({ phase, galaxy, dataset }) => {
  return `adapt-image-${phase}.${galaxy}.${dataset}.npy`;
};

/**
 * Reads a spec's phases and checks all of them, so that a mistake in the last shows before the first is run.
 * @returns null for a spec without phases.
 * @throws InputError as `parseSpec`, and for phases that are not there or come later, and what they have not.
 */
export function parsePhases(text: string, fileName: string, overrides: readonly string[] = []): Phases | null {
  const tree = applyOverrides(
    parseYaml(text, (line, column) => `${fileName}:${line}:${column}`),
    overrides,
  );
  // Is it a spec, with phases?
  specFromTree(tree);
  const root = locatedTree(tree);
  const patches = nodeAt(root, "phases");
  if (patches === undefined || !isMap(patches.content)) return null;
  const names = [...patches.content.keys()];
  const adaptImages = new Map<string, AdaptImageSource>();
  const phaseAt = resolving(root, names, null, (source) => {
    const name = adaptImageName(source);
    adaptImages.set(name, source);
    return name;
  });
  const specs = Object.fromEntries(names.map((name) => [name, phaseAt(name).spec]));
  return { names, specs, adaptImages: [...adaptImages.values()], fileName, tree: root };
}

export interface PhaseOptions {
  /** Where adapt images will be found, as the spec is to name them. */
  readonly adaptImagePath?: AdaptImagePath;
}

/**
 * The spec of one phase, with what it takes from earlier ones.
 * @param results Of the earlier phases.
 * @returns The spec, and its text, by which the phase can be run alone.
 * @throws InputError for a phase that there is not, or one whose results are asked for and not there.
 */
export function phaseSpec(
  { names, fileName, tree }: Phases,
  name: string,
  results: Readonly<Record<string, PhaseResults>>,
  { adaptImagePath = adaptImageName }: PhaseOptions = {},
): { readonly spec: Spec; readonly text: string } {
  if (!names.includes(name)) {
    throw new InputError("spec/phase", `there is no phase '${name}'`, `give one of ${names.join(", ")}`, fileName);
  }
  const phase = resolving(tree, names, results, adaptImagePath)(name);
  const { value } = yamlTree(phase.tree);
  return { spec: phase.spec, text: `# Phase ${name}\n${yamlText(value)}` };
}

interface Resolved {
  readonly tree: Located;
  readonly spec: Spec;
}

/** @param results null before anything has run. */
function resolving(
  root: Located,
  names: readonly string[],
  results: Readonly<Record<string, PhaseResults>> | null,
  adaptImagePath: AdaptImagePath,
): (name: string) => Resolved {
  const top = new Map(root.content as Map<string, Located>);
  top.delete("phases");
  const known = new Map<string, Resolved>();
  const passed = new Map<string, Located>();

  function phaseAt(name: string): Resolved {
    const found = known.get(name);
    if (found !== undefined) return found;
    const own = patched({ ...root, content: top }, nodeAt(root, `phases.${name}`)!);
    const tree = withoutMarkers(own, (marker) => taken(marker, name, own));
    const resolved = { tree, spec: specFromTree(yamlTree(tree)) };
    known.set(name, resolved);
    return resolved;
  }

  function taken(marker: Marker, by: string, own: Located): Located {
    requireEarlier(marker, names, by);
    const [, galaxy] = /^galaxies\.([^.]+)\.pixelization\.adapt_image$/.exec(marker.path) ?? [];
    if (galaxy !== undefined) return adaptImagesOf(marker, galaxy, own);
    if (marker.path === START) return startOf(marker, by, own);
    return nodeAt(passedOnBy(marker), marker.path) ?? refuseMissing(marker, phaseAt(marker.phase).tree);
  }

  function passedOnBy({ phase, taking }: Marker): Located {
    const key = `${phase} ${taking.as === "from" ? taking.widen : "fixed"}`;
    const found = passed.get(key);
    if (found !== undefined) return found;
    const { tree, spec } = phaseAt(phase);
    const made = passedOn(tree, spec, resultsOf(phase), taking);
    passed.set(key, made);
    return made;
  }

  /** The best point of an earlier phase: what the phase searches for of its numbers. */
  function startOf({ phase, taking, node }: Marker, by: string, own: Located): Located {
    if (taking.as !== "from") {
      throw new InputError("spec/phase", `${START} is fixed`, `give from: ${phase}`, node.place);
    }
    const searchless = new Map(own.content as LocatedMap);
    searchless.delete("search");
    const model = withoutMarkers({ ...own, content: searchless }, (marker) => taken(marker, by, own));
    const best = resultsOf(phase)?.best ?? {};
    const found = buildModel(specFromTree(yamlTree(model))).parameters.filter(({ path }) => Object.hasOwn(best, path));
    return placedAt(Object.fromEntries(found.map(({ path }) => [path, best[path]])), node);
  }

  /** @returns null before anything has run. */
  function resultsOf(phase: string): PhaseResults | null {
    if (results === null) return null;
    if (!Object.hasOwn(results, phase)) {
      throw new InputError("spec/phase", `there are no results of phase '${phase}'`, "run it first");
    }
    return results[phase];
  }

  /** A map from the datasets that the source is reconstructed from to files. */
  function adaptImagesOf({ phase, taking, path, node }: Marker, galaxy: string, own: Located): Located {
    if (taking.as !== "from") {
      throw new InputError("spec/phase", `${path} is fixed`, `give from: ${phase}`, node.place);
    }
    const { spec } = phaseAt(phase);
    const chosen = yamlTree(nodeAt(own, `galaxies.${galaxy}.pixelization`)!).value as { readonly datasets?: unknown };
    const all = nodeAt(own, "datasets")?.content;
    const names = all !== undefined && isMap(all) ? [...all.keys()] : [];
    const wanted = names.filter((name) => !Array.isArray(chosen.datasets) || chosen.datasets.includes(name));
    const dark = wanted.find((dataset) => !isLitIn(spec, galaxy, dataset));
    if (dark !== undefined) {
      const what = `phase '${phase}' has no light of '${galaxy}' in dataset '${dark}'`;
      throw new InputError("spec/phase", what, "name a phase that has, or give files", node.place);
    }
    const files = wanted.map((dataset) => [dataset, adaptImagePath({ phase, galaxy, dataset })]);
    return placedAt(Object.fromEntries(files), node);
  }

  return phaseAt;
}

/** Whether a dataset sees light of a galaxy. */
function isLitIn({ datasets, galaxies }: Spec, name: string, dataset: string): boolean {
  if (!Object.hasOwn(datasets, dataset) || !Object.hasOwn(galaxies, name)) return false;
  const { profiles, pixelization } = galaxies[name];
  if (pixelization !== undefined && isFor(pixelization.datasets, dataset)) return true;
  return Object.values(profiles).some(({ kind, datasets }) => kind !== "mass" && isFor(datasets, dataset));
}

function requireEarlier({ phase, node }: Marker, names: readonly string[], by: string): void {
  const earlier = names.slice(0, names.indexOf(by));
  if (earlier.includes(phase)) return;
  const meant = nearMiss(phase, earlier);
  const remedy =
    earlier.length === 0
      ? "nothing comes before the first phase: give numbers or priors"
      : `${meant === undefined ? "" : `did you mean '${meant}'? `}give one of ${earlier.join(", ")}`;
  const what = names.includes(phase) ? `phase '${phase}' does not come before '${by}'` : `there is no phase '${phase}'`;
  throw new InputError("spec/phase", what, remedy, node.place);
}

function refuseMissing({ phase, path, node }: Marker, tree: Located): never {
  const keys = path.split(".");
  const end = keys.findIndex((_, i) => nodeAt(tree, keys.slice(0, i + 1).join(".")) === undefined);
  const parent = nodeAt(tree, keys.slice(0, end).join("."));
  const known = parent !== undefined && isMap(parent.content) ? [...parent.content.keys()] : [];
  const remedy = known.length === 0 ? "name a phase that has" : `name a phase that has; it has ${known.join(", ")}`;
  throw new InputError("spec/phase", `phase '${phase}' has no ${path}`, remedy, node.place);
}
