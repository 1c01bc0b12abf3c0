import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { InputError } from "../../src/errors.ts";
import { pixelGrid } from "../../src/grid.ts";
import { pixelCentres, type RectangularMesh } from "../../src/inversion/mesh/rectangular.ts";
import { regularizationSchemes } from "../../src/inversion/regularization/schemes.ts";
import { CURVATURE_FORMS } from "../../src/likelihood/curvature-form.ts";
import type { Evaluation } from "../../src/likelihood/evaluation.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import type { InterferometerDataset } from "../../src/likelihood/interferometer-dataset.ts";
import { plan } from "../../src/likelihood/plan.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { bilinear } from "../../src/operators/matrix.ts";
import { compacted, datasetOf, lensModel, observe, SPEC } from "./lensed-observation.ts";

const DATASET = datasetOf(await compacted(observe({ count: 120, noise: 0.5 })));
const RADIUS = "galaxies.lens.mass.einstein_radius";
const COEFFICIENT = "galaxies.source.pixelization.regularization.coefficient";
const uniform = (lower: number, upper: number): string => `{ prior: uniform, lower: ${lower}, upper: ${upper} }`;
const VOICES = ["reference", "wasm"] as const;

async function fixed(...overrides: string[]): Promise<Evaluation> {
  const [evaluation] = await plan([DATASET], lensModel(...overrides)).evaluate(new Float64Array(0));
  return evaluation;
}

const withoutTime = ({ seconds: _, ...rest }: Evaluation) => rest;

describe("a batch", () => {
  const model = lensModel(`${RADIUS}=${uniform(0.1, 2)}`, `${COEFFICIENT}=${uniform(0.1, 9)}`);

  test("gives each vector what the same numbers in the spec give", async () => {
    expect(model.parameters.map(({ path }) => path)).toEqual([RADIUS, COEFFICIENT]);
    const batch = Float64Array.of(0.9, 2, 0.7, 2, 0.9, 8);
    const evaluations = await plan([DATASET], model).evaluate(batch);
    const alone = await Promise.all(
      [0, 1, 2].map((i) => fixed(`${RADIUS}=${batch[2 * i]}`, `${COEFFICIENT}=${batch[2 * i + 1]}`)),
    );
    expect(evaluations.map(withoutTime)).toStrictEqual(alone.map(withoutTime));
    expect(new Set(evaluations.map(({ logEvidence }) => logEvidence)).size).toBe(3);
    expect(await plan([DATASET], model).evaluate(new Float64Array(0))).toEqual([]);
  });

  test("that is not of whole vectors is refused", async () => {
    await expect(plan([DATASET], model).evaluate(new Float64Array(3))).rejects.toThrow(InputError);
    await expect(plan([DATASET], lensModel()).evaluate(new Float64Array(1))).rejects.toThrow(InputError);
  });

  test.each(VOICES.flatMap((voice) => CURVATURE_FORMS.map((form) => [voice, form] as const)))(
    "%s, %s: an evaluation that fails is -Infinity with its reason, and spoils no other",
    async (backend, curvature) => {
      const bad = [
        [Number.NaN, 2],
        [Number.POSITIVE_INFINITY, 2],
        [1e308, 2],
        [0.9, Number.NaN],
        [0.9, 1e200],
        [0.9, Number.POSITIVE_INFINITY],
      ];
      const batch = Float64Array.from([[0.9, 2], ...bad, [0.9, 2]].flat());
      const evaluations = await plan([DATASET], model, { backend, curvature }).evaluate(batch);
      const truth = await fixed();
      for (const good of [evaluations[0], evaluations.at(-1) as Evaluation]) {
        expect(good.failure).toBeNull();
        expect(Math.abs((good.logEvidence as number) - (truth.logEvidence as number))).toBeLessThan(1e-6);
      }
      for (const evaluation of evaluations.slice(1, -1)) {
        expect(evaluation.failure).toMatch(/not positive definite|not finite/);
        expect(evaluation.logEvidence).toBe(Number.NEGATIVE_INFINITY);
        expect(evaluation.logLikelihood).toBe(Number.NEGATIVE_INFINITY);
      }
    },
  );

  test("a chi^2 of the data that is not finite is a failure too", async () => {
    const { compaction } = DATASET;
    const data = { ...compaction.sums.data, chiSquared: Number.POSITIVE_INFINITY };
    const dataset = { ...DATASET, compaction: { ...compaction, sums: { ...compaction.sums, data } } };
    const [evaluation] = await plan([dataset], lensModel()).evaluate(new Float64Array(0));
    expect(evaluation.failure).toMatch(/not finite/);
    expect([evaluation.logLikelihood, evaluation.logEvidence]).toEqual([-Infinity, -Infinity]);
  });

  test("a failure while the coefficient is maximized ends too", async () => {
    const maximizing = lensModel(`${RADIUS}=${uniform(0.1, 2)}`, `${COEFFICIENT}=maximize`);
    const [evaluation] = await plan([DATASET], maximizing).evaluate(Float64Array.of(Number.NaN));
    expect(evaluation.logEvidence).toBe(Number.NEGATIVE_INFINITY);
    expect(evaluation.failure).not.toBeNull();
  });
});

describe("each regularization", () => {
  const path = COEFFICIENT.slice(0, COEFFICIENT.lastIndexOf("."));
  const GIVEN = [
    "{ type: constant, coefficient: 2 }",
    "{ type: constant_zeroth, coefficient: 2, coefficient_zeroth: 0.5 }",
    "{ type: zeroth, coefficient: 2 }",
    "{ type: gaussian_kernel, coefficient: 2, scale: 0.1 }",
    "{ type: exponential_kernel, coefficient: 2, scale: 0.3 }",
    "{ type: matern_kernel, coefficient: 2, scale: 0.3, nu: 1.7 }",
  ];

  test.each(GIVEN)("%s is the same in both voices, and is that of the pixel centres", async (given) => {
    const evaluate = async (backend: (typeof VOICES)[number]): Promise<Evaluation> => {
      const [evaluation] = await plan([DATASET], lensModel(`${path}=${given}`), { backend }).evaluate(
        new Float64Array(0),
      );
      return evaluation;
    };
    const [reference, wasm] = await Promise.all(VOICES.map(evaluate));
    expect(reference.failure).toBeNull();
    // H of a kernel is good to 1e-16 times the condition of its covariance, at most 1e8 S.
    expect((wasm.logEvidence as number) - (reference.logEvidence as number)).toBeCloseTo(0, 5);
    const { mesh, values } = reference.sources[0];
    const type = /type: (\w+)/.exec(given)![1];
    const own = { coefficient: 2, coefficientZeroth: 0.5, scale: type === "gaussian_kernel" ? 0.1 : 0.3, nu: 1.7 };
    const planned = regularizationSchemes.get(type)!.plan(mesh.neighbors, kernelsOf("reference"));
    const source = { vertices: pixelCentres(mesh as RectangularMesh), triangulation: null, adaptViews: [] };
    const { regularizationMatrix, logDetRegularizationMatrix } = planned.at(own, source);
    expect(reference.terms.regularizationTerm).toBeCloseTo(bilinear(values, regularizationMatrix, values), 8);
    expect(reference.terms.logDetRegularizationMatrixTerm).toBeCloseTo(logDetRegularizationMatrix, 8);
  });

  test.each(GIVEN.filter((given) => !given.includes("constant_zeroth")))("%s, maximized", async (given) => {
    const at = async (coefficient: number | "maximize"): Promise<Evaluation> => {
      const model = lensModel(`${path}=${given.replace("coefficient: 2", `coefficient: ${coefficient}`)}`);
      const [evaluation] = await plan([DATASET], model).evaluate(new Float64Array(0));
      return evaluation;
    };
    const best = await at("maximize");
    for (const factor of [1.1, 1 / 1.1, 10, 0.1]) {
      expect((await at(best.sources[0].regularization.coefficient * factor)).logEvidence).toBeLessThan(
        best.logEvidence as number,
      );
    }
  });
});

describe("coefficient: maximize", () => {
  test.each([0.02, 0.5, 20])("is where the evidence is largest, at noise of %d", async (noise) => {
    const dataset = datasetOf(await compacted(observe({ count: 120, noise })));
    const at = async (coefficient: number | "maximize"): Promise<Evaluation> => {
      const model = lensModel(`${COEFFICIENT}=${coefficient}`);
      const [evaluation] = await plan([dataset], model).evaluate(new Float64Array(0));
      return evaluation;
    };
    const best = await at("maximize");
    const { coefficient } = best.sources[0].regularization;
    expect((await at(coefficient)).logEvidence).toBeCloseTo(best.logEvidence as number, 8);
    for (const factor of [1.1, 1 / 1.1, 10, 0.1, 1e3, 1e-3]) {
      const { logEvidence } = await at(coefficient * factor);
      expect(logEvidence).toBeLessThan(best.logEvidence as number);
    }
  });
});

describe("what cannot be planned is said, with what to do", () => {
  const ONE_LINE = /^[^\n]+; [^\n]+$/;
  const large = (size: number): InterferometerDataset => ({
    ...DATASET,
    compaction: { ...DATASET.compaction, grid: pixelGrid([1, size], 0.1) },
    nativeIndex: Int32Array.from({ length: 2 * size }, (_, i) => (i % 2) * (i >> 1)),
  });

  test.each(["w_tilde_dense", "w_tilde_sparse"] as const)("%s of too many pixels", (curvature) => {
    expect(() => plan([large(11_001)], lensModel(), { curvature })).toThrow(/11001 image pixels takes 0\.9 GiB; use/);
    expect(() => plan([large(11_001)], lensModel())).not.toThrow();
  });

  test("no dataset", () => {
    expect(() => plan([], lensModel())).toThrow(InputError);
  });

  /** A spec fails before any of its files is opened. */
  async function failure(text: string): Promise<InputError> {
    const open = async (path: string): Promise<never> => {
      throw new Error(`opened ${path}`);
    };
    const error: unknown = await planSpec(parseSpec(text, "lens.yaml"), { open }).catch((reason: unknown) => reason);
    if (!(error instanceof InputError)) throw error;
    return error;
  }

  const PIXELIZATION = SPEC.slice(SPEC.indexOf("pixelization:"));
  const WRONG: Readonly<Record<string, readonly [text: string, message: RegExp]>> = {
    "no pixelization": [SPEC.replace(PIXELIZATION, ""), /^lens\.yaml:\d+:\d+: /],
    "nothing behind the lens": [
      SPEC.replace("redshift: 1.0", "redshift: 0.4"),
      /^lens\.yaml:\d+:\d+: no galaxy lies behind/,
    ],
    "two coefficients to maximize": [
      `${SPEC}  other:\n    redshift: 1.0\n    ${PIXELIZATION}`.replace(
        /coefficient: [\d.]+/g,
        "coefficient: maximize",
      ),
      /^lens\.yaml:\d+:\d+: galaxies\.other: a second regularization coefficient to maximize; give a number, here or in 'source'/,
    ],
  };

  test.each(Object.entries(WRONG))("%s, before a file is read", async (_, [text, message]) => {
    const error = await failure(text);
    expect(error.message).toMatch(ONE_LINE);
    expect(error.message).toMatch(message);
  });
});
