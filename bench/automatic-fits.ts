/*
 * Does `pipeline: automatic` find lenses that nobody has seen? Lenses drawn at random (`sampling/random-lens.ts`), simulated, and
 * fitted from their files and redshifts alone:
 *
 *   node bench/automatic-fits.ts [--instrument hst] [--lenses 20] [--first 1] [--until posterior]
 *
 * Of each: the true Einstein radius, what was found over it, the largest error of mass and shear in units of the stated one
 * (nothing before the posterior), images per truth, evaluations, seconds, warnings. `right` is within 3 % of the radius.
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
import { INSTRUMENT_NAMES, type Instrument, type RandomLens, randomLens } from "./sampling/random-lens.ts";

const { values } = parseArgs({
  options: {
    instrument: { type: "string", default: "hst" },
    lenses: { type: "string", default: "20" },
    first: { type: "string", default: "1" },
    until: { type: "string", default: "posterior" },
    verbose: { type: "boolean", default: false },
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
    onFitted: async (phase) => {
      phases.push(phase);
      if (values.verbose)
        console.error(phase.outcome.phase, found(phase)["mass.einstein_radius"], phase.outcome.samples.hits);
    },
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

let right = 0;
for (let seed = Number(values.first); seed < Number(values.first) + Number(values.lenses); seed++) {
  const lens = randomLens(instrument as Instrument, randomState(seed));
  const radius = lens.truth["mass.einstein_radius"];
  try {
    const { phases, seconds } = await fitted(lens, seed);
    const last = phases.at(-1)!;
    const by = found(last);
    const ratio = by["mass.einstein_radius"].best / radius;
    if (Math.abs(ratio - 1) < 0.03) right++;
    const pulls = Object.entries(lens.truth).map(([path, value]) =>
      by[path].error > 0 ? (by[path].mean - value) / by[path].error : Number.NaN,
    );
    console.log(
      [
        String(seed).padStart(4),
        Math.abs(ratio - 1) < 0.03 ? "right" : "WRONG",
        radius.toFixed(3),
        ratio.toFixed(4),
        pulls.map((pull) => pull.toFixed(1).padStart(5)).join(""),
        phases
          .reduce((sum, { outcome }) => sum + outcome.samples.evaluations, 0)
          .toFixed(0)
          .padStart(6),
        `${seconds.toFixed(0)} s`,
        phases.map(({ outcome }) => (outcome.samples.hits === undefined ? "-" : outcome.samples.hits[0])).join("/"),
        [...implausible(plausibilityOf(last)), ...last.outcome.samples.warnings].join("; ") || "no warning",
      ].join("  "),
    );
  } catch (error) {
    console.log(`${String(seed).padStart(4)}  WRONG  ${radius.toFixed(3)}  ${(error as Error).message}`);
  }
}
console.log(`${right} of ${values.lenses} within 3 %`);
