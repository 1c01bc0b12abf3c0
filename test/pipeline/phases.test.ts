import { describe, expect, test } from "vitest";
import { readNpy } from "../../src/io/npy.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { priorFrom } from "../../src/model/passed-on.ts";
import { adaptImageName, type Phases, parsePhases, phaseSpec } from "../../src/model/phases.ts";
import { unitFromValue } from "../../src/model/prior.ts";
import type { Spec } from "../../src/model/spec.ts";
import { adaptImageFile, openingAlso } from "../../src/pipeline/adapt-image.ts";
import { fitSpec } from "../../src/pipeline/fit-spec.ts";
import { journalInMemory } from "../../src/pipeline/journal.ts";
import { phaseResults } from "../../src/pipeline/phase-results.ts";
import type { SearchOutcome } from "../../src/pipeline/search-outcome.ts";
import { opener } from "../likelihood/imaging-observation.ts";
import { BULGE, FILES, galaxy, HST, JWST, linear, MASS, spec } from "../likelihood/observed-together.ts";

// From the result of a search to the next phase, on a small lens. No search is run: a few points stand for its samples.

const open = opener(FILES);
const RADIUS = "{ prior: uniform, lower: 0.5, upper: 1.5 }";
const GAUSSIANS = "bulge: { profile: MultiGaussian, sigmas: [0.2, 0.3, 0.8], intensity: linear }";
const DISK = "disk: { profile: Sersic, centre: [0.1, 0.05], intensity: 1.0, effective_radius: 0.3, sersic_index: 1.0 }";
const lens = galaxy("lens", 0.5, GAUSSIANS, MASS.replace(/einstein_radius: .*/, `einstein_radius: ${RADIUS} }`));
const source = galaxy(
  "source",
  1,
  linear(DISK).replace("sersic_index: 1.0", "sersic_index: { prior: log_uniform, lower: 0.5, upper: 4.0 }"),
);
const phasesOf = (text: string): Phases => parsePhases(text, "slam.yaml") as Phases;

/** What a search with two samples and a best point would have ended with, and the best fit. */
async function searched(of: Spec, best: readonly number[], others: readonly (readonly number[])[] = [best]) {
  const planned = await planSpec(of, { open });
  const { model } = planned;
  const vector = Float64Array.from(best);
  const [evaluation] = await planned.likelihood.evaluate(vector);
  const vectors = Float64Array.from(others.flat());
  const dimensions = model.parameters.length;
  const outcome: SearchOutcome = {
    phase: "one",
    spec: of,
    model,
    objective: "log_likelihood",
    samples: {
      dimensions,
      points: vectors.map((value, i) => unitFromValue(model.parameters[i % dimensions].prior, value)),
      logLikelihoods: Float64Array.from(others, () => 0),
      // 1/4 and 3/4 of two.
      logWeights: Float64Array.from(others.length === 1 ? [0] : [Math.log(0.25), Math.log(0.75)]),
      chains: null,
      logEvidence: null,
      evaluations: others.length,
      diagnostics: {},
      warnings: [],
    },
    vectors,
    best: { vector, logLikelihood: evaluation.logLikelihood },
    failures: {},
    stopped: null,
  };
  return { ...planned, evaluation, outcome, results: phaseResults(outcome, evaluation) };
}

const FIXED = "  two: { galaxies: { lens: { fixed: one }, source: { fixed: one } } }\n";

describe("results of a phase", () => {
  test("are weighted means and deviations, of logarithms where the prior is", async () => {
    const phases = phasesOf(`${spec(HST, lens, source)}phases:\n  one: {}\n`);
    const { results } = await searched(
      phases.specs.one,
      [0.9, 1.1],
      [
        [0.8, 1],
        [1, 2],
      ],
    );
    expect(Object.keys(results.posteriors)).toEqual([
      "galaxies.lens.mass.einstein_radius",
      "galaxies.source.disk.sersic_index",
    ]);
    const [radius, index] = Object.values(results.posteriors);
    // Of 0.8 and 1 with weights 1/4 and 3/4: mean 0.95, variance 3/16 0.2^2.
    expect(radius.mean).toBeCloseTo(0.95, 14);
    expect(radius.standardDeviation).toBeCloseTo(Math.sqrt(3 / 16) * 0.2, 14);
    expect(index.mean).toBeCloseTo(0.75 * Math.LN2, 14);
    expect(results.best["galaxies.lens.mass.einstein_radius"]).toBe(0.9);
    expect(JSON.parse(JSON.stringify(results))).toEqual(results);
  });

  test("are about the best point where there are no samples", async () => {
    const phases = phasesOf(`${spec(HST, lens, source)}phases:\n  one: {}\n`);
    const { outcome, evaluation } = await searched(phases.specs.one, [0.9, 1.1]);
    const none = {
      ...outcome,
      vectors: new Float64Array(0),
      samples: { ...outcome.samples, logWeights: new Float64Array(0) },
    };
    expect(phaseResults(none, evaluation).posteriors["galaxies.source.disk.sersic_index"]).toEqual({
      mean: Math.log(1.1),
      standardDeviation: 0,
    });
  });

  test("fixed in another phase have the likelihood of the best point, linear light and all", async () => {
    const phases = phasesOf(`${spec(HST, lens, source)}phases:\n  one: {}\n${FIXED}`);
    const { evaluation, results } = await searched(phases.specs.one, [0.9, 1.1]);
    const { spec: fixed } = phaseSpec(phases, "two", { one: results });
    expect(fixed.galaxies.source.profiles.disk.parameters.intensity).toBeTypeOf("number");
    expect(fixed.galaxies.lens.profiles.bulge.members?.map(({ intensity }) => typeof intensity)).toEqual([
      "number",
      "number",
      "number",
    ]);
    const { likelihood } = await planSpec(fixed, { open });
    const [again] = await likelihood.evaluate(new Float64Array(0));
    // Sums in another order.
    expect(again.logLikelihood).toBeCloseTo(evaluation.logLikelihood, 8);
  });

  test("leave intensities to every dataset where there are two", async () => {
    const phases = phasesOf(`${spec(HST + JWST, lens, source)}phases:\n  one: {}\n${FIXED}`);
    const { evaluation, results } = await searched(phases.specs.one, [0.9, 1.1]);
    expect(results.solved).toEqual({});
    const { likelihood } = await planSpec(phaseSpec(phases, "two", { one: results }).spec, { open });
    const [again] = await likelihood.evaluate(new Float64Array(0));
    expect(again.logLikelihood).toBeCloseTo(evaluation.logLikelihood, 8);
  });
});

describe("pixelized phases", () => {
  const PIXELS = `pixelization: { mesh: { type: delaunay, image_mesh: { type: hilbert, pixels: 40 } },
        regularization: { type: constant, coefficient: maximize }, adapt_image: { from: one } }`;
  const text = `${spec(HST, lens, source)}phases:
  one: {}
  two: { galaxies: { lens: { fixed: one }, source: { disk: null, ${PIXELS} } } }
  three: { galaxies: { lens: { fixed: one, mass: { from: one, ell_comps: [0.1, 0.05] } }, source: { fixed: two } } }
  four: { galaxies: { lens: { fixed: one }, source: { disk: null, ${PIXELS.replace("from: one", "from: two")} } } }
`;

  test("have adapt images from memory, and pass on the coefficient that was found", async () => {
    const phases = phasesOf(text);
    expect(phases.adaptImages.map(({ phase }) => phase)).toEqual(["one", "two"]);
    const one = await searched(phaseSpec(phases, "one", {}).spec, [0.9, 1.1]);
    const inHst = { galaxy: "source", dataset: "hst" };
    const file = adaptImageFile(one, inHst);
    const image = readNpy(file, "adapt").data as Float64Array;
    expect(readNpy(file, "adapt").shape).toEqual([21, 23]);
    // The source is brightest where the ring is, 0.9 arcsec from the centre, and the lens there is not seen.
    const brightest = image.indexOf(Math.max(...image));
    const [y, x] = [2 - 0.2 * Math.floor(brightest / 23), 0.2 * (brightest % 23) - 2.2];
    expect(Math.hypot(y, x)).toBeGreaterThan(0.5);
    expect(image[10 * 23 + 11]).toBeLessThan(0.3 * image[brightest]);
    const lensImage = readNpy(adaptImageFile(one, { ...inHst, galaxy: "lens" }), "adapt").data;
    expect(lensImage[10 * 23 + 11]).toBe(Math.max(...(lensImage as Float64Array)));

    const { spec: second } = phaseSpec(phases, "two", { one: one.results });
    const memory = openingAlso(new Map([[adaptImageName({ phase: "one", ...inHst }), file]]), open);
    const { likelihood, datasets, model } = await planSpec(second, { open: memory });
    expect(model.parameters).toEqual([]);
    const [evaluation] = await likelihood.evaluate(new Float64Array(0));
    expect(evaluation.failure).toBeNull();

    const none = new Float64Array(0);
    const best = { vector: none, logLikelihood: 0 };
    const outcome = { ...one.outcome, spec: second, model, best, vectors: none };
    const lensed = readNpy(adaptImageFile({ datasets, outcome, evaluation }, inHst), "adapt").data as Float64Array;
    const { nativeIndex } = datasets[0];
    evaluation.datasets[0].lensed?.forEach((value, m) => {
      expect(lensed[nativeIndex[2 * m] * 23 + nativeIndex[2 * m + 1]]).toBe(value);
    });

    const two = phaseResults(outcome, evaluation);
    const { spec: third } = phaseSpec(phases, "three", { one: one.results, two });
    expect(third.galaxies.source.pixelization?.regularization).toEqual({
      type: "constant",
      values: { coefficient: evaluation.sources[0].regularization.coefficient },
      maximize: false,
    });
    // The phase before the last had its adapt image from the first, and so has what takes it over.
    expect(third.galaxies.source.pixelization?.adaptImage).toEqual(second.galaxies.source.pixelization?.adaptImage);
    expect(third.galaxies.lens.profiles.mass.parameters.ellComps).toEqual([0.1, 0.05]);
    const { likelihood: last, model: lastModel } = await planSpec(third, { open: memory });
    expect(lastModel.parameters.map(({ path }) => path)).toEqual(["galaxies.lens.mass.einstein_radius"]);
    const [evidence] = await last.evaluate(Float64Array.of(0.9));
    // The same model, its radius free where it was fixed; 1e-6 of some hundred for sums in another order.
    expect(evidence.logEvidence).toBeCloseTo(evaluation.logEvidence as number, 6);
  });
});

test("searches one after the other: a second mass begins where the first ended", async () => {
  const top = spec(
    HST,
    galaxy("lens", 0.5, BULGE, MASS.replace(/einstein_radius: .*/, `einstein_radius: ${RADIUS} }`)),
    galaxy("source", 1, DISK),
  );
  const text = `${top}search: { method: ensemble, walkers: 8, maximum_steps: 60 }
phases:
  isothermal: {}
  power-law: { galaxies: { lens: { mass: { profile: PowerLaw, from: isothermal, slope: 2.0 } } } }
`;
  const fitted = await fitSpec(text, "slam.yaml", { seed: 1, journal: journalInMemory(), open });
  const radius = "galaxies.lens.mass.einstein_radius";
  const [first, second] = fitted.map((phase) => phaseResults(phase.outcome, phase.evaluation).posteriors[radius]);
  const prior = priorFrom({ prior: "uniform", lower: 0.5, upper: 1.5 }, first, 1);
  // Cut at the parameter's own bounds.
  expect(fitted[1].outcome.model.parameters).toEqual([{ path: radius, prior: { ...prior, lower: 0, upper: 1000 } }]);
  // The same model by another name, under a prior that is wide against what the data say.
  expect(Math.abs(second.mean - first.mean)).toBeLessThan(first.standardDeviation);
  expect(Math.abs(first.mean - 0.9)).toBeLessThan(5 * first.standardDeviation);
});
