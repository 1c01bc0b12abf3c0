import { expect, test } from "vitest";
import { withLikelihoodThreads } from "../../src/cli/likelihood-threads.ts";
import type { Evaluation } from "../../src/likelihood/evaluation.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { GALAXIES, SPEC as LIGHT, observationFile, opener } from "../likelihood/imaging-observation.ts";

const [DISK] = GALAXIES.match(/disk:.*/) as RegExpMatchArray;
const SPEC = LIGHT.replace(
  DISK,
  `pixelization:
      mesh: { type: delaunay, image_mesh: { type: overlay, shape: [6, 5] } }
      regularization: { type: constant, coefficient: 2.0 }`,
);
const RADIUS = "galaxies.lens.mass.einstein_radius={ prior: uniform, lower: 0.5, upper: 1.5 }";

const withoutTime = (evaluations: readonly Evaluation[]) => evaluations.map((each) => ({ ...each, seconds: null }));

test("a batch has the same bytes on any number of threads", async () => {
  const { likelihood, datasets, model } = await planSpec(parseSpec(SPEC, "lens.yaml", [RADIUS]), {
    open: opener({ "hst.npz": observationFile() }),
  });
  const batch = Float64Array.of(0.8, 0.9, Number.NaN, 1.0, 1.1);
  const alone = await likelihood.evaluate(batch, { gradient: true });
  expect(alone.map(({ failure }) => failure !== null)).toEqual([false, false, true, false, false]);
  for (const threads of [1, 2, 3]) {
    await withLikelihoodThreads(threads, likelihood, { datasets, model, options: {} }, async (spread) => {
      for (const _ of ["a batch", "another"]) {
        const evaluations = await spread.evaluate(batch, { gradient: true });
        expect(withoutTime(evaluations)).toEqual(withoutTime(alone));
      }
      expect(await spread.evaluate(new Float64Array(0))).toEqual([]);
    });
  }
});

test("what a thread throws comes through", async () => {
  const { likelihood, datasets, model } = await planSpec(parseSpec(SPEC, "lens.yaml", [RADIUS]), {
    open: opener({ "hst.npz": observationFile() }),
    backend: "reference",
  });
  const start = { datasets, model, options: { backend: "reference" } } as const;
  await withLikelihoodThreads(2, likelihood, start, async (spread) => {
    const steep = spread.evaluate(Float64Array.of(0.8, 0.9), { gradient: true });
    await expect(steep).rejects.toThrow(/reference backend has no gradient/);
    expect(await spread.evaluate(Float64Array.of(0.8, 0.9))).toHaveLength(2);
  });
});
