import { expect, test } from "vitest";
import { kernelsOf, type VoiceKernels } from "../../src/backend/kernels.ts";
import { writeNpz } from "../../src/io/npz.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { planInversion } from "../../src/likelihood/inversion.ts";
import { pixelizedSources } from "../../src/likelihood/pixelized-source.ts";
import { referenceRays } from "../../src/likelihood/source-rays.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { GALAXIES, SPEC as LIGHT, observationFile, opener } from "./imaging-observation.ts";

// What an evaluation says of itself, where something is wrong.

const [DISK] = GALAXIES.match(/disk:.*/) as RegExpMatchArray;
const [BULGE] = GALAXIES.match(/bulge:.*/) as RegExpMatchArray;
const withMesh = (mesh: string) =>
  LIGHT.replace(BULGE, "").replace(
    DISK,
    `pixelization:
      mesh: ${mesh}
      regularization: { type: constant, coefficient: 2.0 }`,
  );

test("a vertex at the place of another is counted, and the evidence is there", async () => {
  const seeds = Float64Array.of(0.9, 0, -0.9, 0.1, 0.1, 0.9, 0, -0.9, 0.5, 0.6, 0.5, 0.6);
  const files = {
    "hst.npz": observationFile(),
    "seeds.npz": writeNpz({ seeds: { dtype: "f8", shape: [6, 2], data: seeds } }),
  };
  const spec = parseSpec(withMesh("{ type: delaunay, image_mesh: { type: file, path: seeds.npz } }"), "lens.yaml");
  const { likelihood } = await planSpec(spec, { open: opener(files) });
  const [{ checks, failure, sources }] = await likelihood.evaluate(new Float64Array(0));
  expect(failure).toBeNull();
  expect(checks!.duplicateVertices).toBe(1);
  expect(sources[0].values).toHaveLength(6);
});

test("a curvature matrix that is wrong by 1 % in one block is a failure, not an evidence", async () => {
  const spec = parseSpec(withMesh("{ type: rectangular_uniform, shape: [5, 4] }"), "lens.yaml");
  const { datasets, model } = await planSpec(spec, { open: opener({ "hst.npz": observationFile() }) });
  const good = kernelsOf("wasm");
  const evaluated = async (factor: number) => {
    const kernels: VoiceKernels = {
      ...good,
      planImageWeights(args) {
        const weights = good.planImageWeights(args);
        const curvature: typeof weights.curvature = (t) => {
          const f = weights.curvature(t);
          for (let i = 8; i < 12; i++) for (let j = 8; j < 12; j++) f.values[20 * i + j] *= factor;
          return f;
        };
        return { ...weights, curvature };
      },
    };
    const voices = { light: () => null, rays: (redshift: number) => referenceRays(model, redshift) };
    const settings = { positiveOnly: false, evidence: "exact", once: false, voice: "wasm", picks: [] } as const;
    const sources = pixelizedSources(model, datasets);
    const [evaluation] = await planInversion({
      datasets,
      model,
      sources,
      voices,
      forms: [null],
      kernels,
      ...settings,
    }).evaluate(new Float64Array(0));
    return evaluation;
  };
  expect((await evaluated(1)).failure).toBeNull();
  const { failure, logEvidence } = await evaluated(1.01);
  expect(failure).toMatch(/curvature matrix does not agree/);
  expect(logEvidence).toBe(Number.NEGATIVE_INFINITY);
});
