/*
 * Does `pipeline: automatic` find lenses that nobody has seen? Lenses drawn at random (`sampling/random-lens.ts`), simulated, and
 * fitted from their files and redshifts alone:
 *
 *   node bench/automatic-fits.ts [--instrument hst] [--lenses 20] [--first 1] [--until posterior]
 *
 * Of each: whether the Einstein radius is within 3 % of the truth, the truth, what was found over it; the deviations of radius,
 * ellipticity and shear in units of the stated errors (none before the posterior); evaluations, seconds, how many starts found
 * the best basin of each phase, warnings.
 */
import { parseArgs } from "node:util";
import { randomState } from "../src/inference/rng.ts";
import { simulateSpec } from "../src/likelihood/simulate.ts";
import { parseSpec } from "../src/model/parse-spec.ts";
import { yamlText } from "../src/model/spec-text.ts";
import { parseYaml } from "../src/model/yaml-tree.ts";
import { automaticSpec } from "../src/pipeline/automatic-spec.ts";
import { implausible, plausibilityOf } from "../src/pipeline/fit-on-sight.ts";
import type { FittedPhase } from "../src/pipeline/fit-phase.ts";
import { fitSpec } from "../src/pipeline/fit-spec.ts";
import { journalInMemory } from "../src/pipeline/journal.ts";
import { phaseResults } from "../src/pipeline/phase-results.ts";
import { simulatedFiles } from "../src/result/simulated-files.ts";
import { INSTRUMENT_NAMES, type RandomLens, randomLens } from "./sampling/random-lens.ts";

const { values } = parseArgs({
  options: {
    instrument: { type: "string", default: "hst" },
    lenses: { type: "string", default: "20" },
    first: { type: "string", default: "1" },
    until: { type: "string", default: "posterior" },
  },
});
const instrument = INSTRUMENT_NAMES.find((name) => name === values.instrument);
if (instrument === undefined) throw new Error(`--instrument is one of ${INSTRUMENT_NAMES.join(", ")}`);

/** The files of a lens, in memory. */
async function filesOf({ spec }: RandomLens, seed: number) {
  const known = parseSpec(yamlText(spec), "truth.yaml");
  const open = async (path: string): Promise<never> => {
    throw new Error(`a simulation reads no ${path}`);
  };
  const files = simulatedFiles((await simulateSpec(known, { seed, open })).datasets, []);
  return async (path: string) => {
    const bytes = files.get(path)!;
    return { name: path, size: bytes.length, read: async (at: number, length: number) => bytes.slice(at, at + length) };
  };
}

/** What a person would write. */
function specOf({ spec }: RandomLens): string {
  const datasets = Object.entries(spec.datasets).map(([name, dataset]) => {
    const { simulate: _, over_sampling: __, ...given } = dataset as Record<string, unknown>;
    return [name, given];
  });
  const galaxies = Object.entries(spec.galaxies).map(([name, { redshift }]) => [name, { redshift }]);
  const written = { datasets: Object.fromEntries(datasets), galaxies: Object.fromEntries(galaxies) };
  return yamlText({ ...written, pipeline: "automatic" });
}

/** Without the phases after one. */
function cut(text: string, last: string): string {
  const { phases, ...rest } = parseYaml(text, () => "spec").value as { phases: Record<string, unknown> };
  const names = Object.keys(phases);
  const kept = names.slice(0, names.includes(last) ? names.indexOf(last) + 1 : names.length);
  return yamlText({ ...rest, phases: Object.fromEntries(kept.map((name) => [name, phases[name]])) });
}

async function fitted(lens: RandomLens, seed: number) {
  const began = performance.now();
  const open = await filesOf(lens, seed);
  const text = cut(await automaticSpec(specOf(lens), "lens.yaml", open), values.until);
  const phases: FittedPhase[] = [];
  await fitSpec(text, "lens.yaml", {
    open,
    seed,
    journal: journalInMemory(),
    onFitted: async (phase) => void phases.push(phase),
  });
  return { phases, seconds: (performance.now() - began) / 1000 };
}

/** Of the mass, by paths in the lens. */
function found({ outcome, evaluation }: FittedPhase) {
  const { posteriors, best } = phaseResults(outcome, evaluation);
  return Object.fromEntries(
    Object.entries(best).map(([path, value]) => {
      const { mean = value, standardDeviation = 0 } = posteriors[path] ?? {};
      return [path.replace(/^galaxies\.lens\./, ""), { best: value, mean, error: standardDeviation }];
    }),
  );
}

/** Of the Einstein radius. */
const RIGHT = 0.03;

function described(lens: RandomLens, phases: readonly FittedPhase[], seconds: number) {
  const last = phases.at(-1)!;
  const values = found(last);
  const radius = values["mass.einstein_radius"].best / lens.truth["mass.einstein_radius"];
  const isRight = Math.abs(radius - 1) < RIGHT;
  const pulls = Object.entries(lens.truth).flatMap(([path, truth]) => {
    const { mean, error } = values[path];
    return error > 0 ? [((mean - truth) / error).toFixed(1).padStart(5)] : [];
  });
  const evaluations = phases.reduce((sum, { outcome }) => sum + outcome.samples.evaluations, 0);
  const hits = phases.map(({ outcome }) => outcome.samples.hits?.[0] ?? "-").join("/");
  const warnings = [...implausible(plausibilityOf(last)), ...last.outcome.samples.warnings].join("; ") || "no warning";
  const cells = [radius.toFixed(4), pulls.join(""), `${evaluations}`.padStart(6), `${seconds.toFixed(0)} s`, hits];
  return { isRight, text: [...cells, warnings].join("  ") };
}

let right = 0;
const first = Number(values.first);
for (let seed = first; seed < first + Number(values.lenses); seed++) {
  const lens = randomLens(instrument, randomState(seed));
  const print = (isRight: boolean, text: string) => {
    const radius = lens.truth["mass.einstein_radius"].toFixed(3);
    console.log(`${String(seed).padStart(4)}  ${isRight ? "right" : "WRONG"}  ${radius}  ${text}`);
  };
  try {
    const { phases, seconds } = await fitted(lens, seed);
    const { isRight, text } = described(lens, phases, seconds);
    if (isRight) right++;
    print(isRight, text);
  } catch (error) {
    print(false, (error as Error).message);
  }
}
console.log(`${right} of ${values.lenses} within 3 %`);
