import { describe, expect, test } from "vitest";
import { writeCompaction } from "../../src/dataset/compaction-file.ts";
import { nativeFromSlim } from "../../src/dataset/mask.ts";
import type { Evaluation } from "../../src/likelihood/evaluation.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import type { ImagingDataset } from "../../src/likelihood/imaging-dataset.ts";
import type { BackendChoice } from "../../src/likelihood/plan.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { GALAXIES, observationFile, opener, SHAPE, SPEC } from "./imaging-observation.ts";
import { compacted, observe } from "./lensed-observation.ts";

// Intensities that the likelihood solves for: those of least chi^2, and everything else as if they had been given.

const BULGE = "galaxies.lens.bulge.intensity";
const DISK = "galaxies.source.disk.intensity";
const LINEAR = [`${BULGE}=linear`, `${DISK}=linear`];
const VOICES = ["reference", "wasm", "traced"] as const;

const observation = observe({ count: 60, unequalNoise: true });
const FILES: Record<string, Uint8Array> = {
  "hst.npz": observationFile(),
  "alma.npz": writeCompaction(await compacted(observation)),
  "recentred.npz": writeCompaction(await compacted(observation, { referenceImage: observation.image })),
};
const [HST] = SPEC.split("galaxies:");
const BEAM = "primary_beam: { fwhm: 3 }, mask: { type: circular, radius: 1.3 }";
const alma = (file: string) => `  alma: { type: interferometer, compact: ${file}, ${BEAM} }\n`;
const IMAGE = `${HST}${GALAXIES}`;
const VISIBILITIES = `datasets:\n${alma("alma.npz")}${GALAXIES}`;
const RECENTRED = `datasets:\n${alma("recentred.npz")}${GALAXIES}`;
const BOTH = `${HST}${alma("alma.npz")}${GALAXIES}`;

async function planned(text: string, overrides: string[], backend: BackendChoice = "auto", files = FILES) {
  return planSpec(parseSpec(text, "lens.yaml", overrides), { open: opener(files), backend });
}

async function evaluated(text: string, overrides: string[], backend: BackendChoice = "auto", files = FILES) {
  const [evaluation] = await (await planned(text, overrides, backend, files)).likelihood.evaluate(new Float64Array(0));
  return evaluation;
}

const given = (intensities: Readonly<Record<string, number>>) =>
  Object.entries(intensities).map(([path, value]) => `${path}=${value}`);

const PRIOR = "{ prior: uniform, lower: 0.1, upper: 0.9 }";

/** With values that need not be inside of the bounds, or of the prior: what is solved for may be negative. */
async function evaluatedAt(
  values: Readonly<Record<string, number>>,
  text: string,
  overrides: string[] = [],
  backend: BackendChoice = "auto",
) {
  const free = Object.keys(values).map((path) => `${path}=${PRIOR}`);
  const { likelihood, model } = await planned(text, [...overrides, ...free], backend);
  const [evaluation] = await likelihood.evaluate(Float64Array.from(model.parameters, ({ path }) => values[path]));
  return evaluation;
}

/** The files with the image of a model as their data, without noise. */
async function simulated(text: string, overrides: string[]): Promise<typeof FILES> {
  const { datasets, likelihood } = await planned(text, overrides);
  const [{ datasets: seen }] = await likelihood.evaluate(new Float64Array(0));
  const data = nativeFromSlim(seen[0].image, SHAPE, (datasets[0] as ImagingDataset).nativeIndex);
  return { ...FILES, "hst.npz": observationFile({ data }) };
}

test.each(VOICES)("what was simulated is found again, in the %s voice", async (voice) => {
  const truth = { [BULGE]: 0.7, [DISK]: 1.9 };
  const files = await simulated(IMAGE, given(truth));
  const { datasets, logEvidence, backend } = await evaluated(IMAGE, LINEAR, voice, files);
  expect([backend, logEvidence]).toEqual([voice, null]);
  expect(Object.keys(datasets[0].intensities)).toEqual([BULGE, DISK]);
  for (const [path, value] of Object.entries(truth)) {
    expect(Math.abs(datasets[0].intensities[path] / value - 1)).toBeLessThan(1e-12);
  }
  expect(datasets[0].chiSquared).toBeLessThan(1e-20);
});

describe.each([
  ["an image", IMAGE],
  ["visibilities", VISIBILITIES],
  ["visibilities around a reference image", RECENTRED],
])("%s", (_, text) => {
  // chi^2 of visibilities cancels three digits.
  test.each(VOICES)("has the likelihood of the solved intensities, %s", async (voice) => {
    const solved = await evaluated(text, LINEAR, voice);
    const plain = await evaluatedAt(solved.datasets[0].intensities, text, [], voice);
    expect(solved.logLikelihood / plain.logLikelihood).toBeCloseTo(1, 11);
    expect(solved.datasets[0].image.map((value, m) => value / plain.datasets[0].image[m] - 1).every(isSmall)).toBe(
      true,
    );
    expect(plain.datasets[0].intensities).toEqual({});
  });

  test("chi^2 grows whichever intensity changes", async () => {
    const { datasets, terms } = await evaluated(text, LINEAR);
    for (const path of [BULGE, DISK]) {
      for (const factor of [0.98, 1.02]) {
        const moved = { ...datasets[0].intensities, [path]: factor * datasets[0].intensities[path] };
        expect((await evaluatedAt(moved, text)).terms.chiSquared).toBeGreaterThan(terms.chiSquared);
      }
    }
  });

  test("some may be given", async () => {
    const solved = await evaluated(text, [LINEAR[0], `${DISK}=1.4`]);
    const { intensities } = solved.datasets[0];
    expect(Object.keys(intensities)).toEqual([BULGE]);
    const chiSquaredAt = async (factor: number) => {
      return (await evaluatedAt({ [BULGE]: factor * intensities[BULGE] }, text, [`${DISK}=1.4`])).terms.chiSquared;
    };
    const [below, at, above] = [await chiSquaredAt(0.9), await chiSquaredAt(1), await chiSquaredAt(1.1)];
    // A parabola: as much higher on either side. chi^2 of visibilities cancels some digits.
    expect((above - at) / (below - at)).toBeCloseTo(1, 6);
    expect(solved.terms.chiSquared / at).toBeCloseTo(1, 11);
  });

  test("its gradient is that of the likelihood solved anew", async () => {
    const paths = ["lens.mass.einstein_radius", "lens.mass.ell_comps.0", "lens.bulge.effective_radius"];
    paths.push("source.disk.centre.1", "source.disk.sersic_index");
    const free = paths.map(
      (path) => `galaxies.${path}=${path.endsWith("index") ? PRIOR.replace("0.1", "0.5") : PRIOR}`,
    );
    const { likelihood, model } = await planned(text, [...LINEAR, ...free]);
    expect(model.parameters).toHaveLength(paths.length);
    const values = new Map([
      ["mass.einstein_radius", 0.93],
      ["mass.ell_comps.0", 0.13],
      ["bulge.effective_radius", 0.43],
    ]);
    values.set("disk.centre.1", 0.03).set("disk.sersic_index", 1.2);
    const vector = Float64Array.from(model.parameters, ({ path }) => values.get(path.split(".").slice(2).join("."))!);
    const [{ gradient, failure }] = await likelihood.evaluate(vector, { gradient: true });
    expect(failure).toBeNull();
    for (const p of vector.keys()) {
      const at = async (shift: number) => {
        const [{ logLikelihood }] = await likelihood.evaluate(vector.with(p, vector[p] + shift));
        return logLikelihood;
      };
      const h = 3e-4;
      const slope = (8 * ((await at(h)) - (await at(-h))) - ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h);
      expect(Math.abs((gradient as Float64Array)[p] / slope - 1)).toBeLessThan(1e-6);
    }
  });
});

test("every dataset has intensities of its own", async () => {
  const both = await evaluated(BOTH, LINEAR);
  const alone = [await evaluated(IMAGE, LINEAR), await evaluated(VISIBILITIES, LINEAR)];
  expect(both.datasets).toEqual(alone.flatMap(({ datasets }) => datasets));
  expect(both.datasets[0].intensities[DISK]).not.toBeCloseTo(both.datasets[1].intensities[DISK], 3);
});

describe("intensities that cannot be solved for are said by name", () => {
  const failureOf = async (text: string, overrides: string[]): Promise<Evaluation> => {
    const evaluation = await evaluated(text, overrides);
    expect(evaluation.logLikelihood).toBe(Number.NEGATIVE_INFINITY);
    return evaluation;
  };
  const [LIGHT] = GALAXIES.match(/bulge: \{.*\}/) as RegExpMatchArray;

  test.each([IMAGE, VISIBILITIES])("of two profiles that are the same", async (text) => {
    const twice = text.replace(LIGHT, `${LIGHT}\n    again: ${LIGHT.replace("bulge: ", "")}`);
    const { failure } = await failureOf(twice, [...LINEAR, "galaxies.lens.again.intensity=linear"]);
    const name = text === IMAGE ? "hst" : "alma";
    expect(failure).toBe(
      `in '${name}' intensities cannot be told apart: ${BULGE} and galaxies.lens.again.intensity are the most alike`,
    );
  });

  test("of a profile that is nowhere seen", async () => {
    const far = "galaxies.lens.bulge={ profile: Gaussian, centre: [90, 0], sigma: 0.1, intensity: linear }";
    const { failure } = await failureOf(BOTH, [far, LINEAR[1]]);
    expect(failure).toBe(`in 'hst' ${BULGE} cannot be solved for: no light of it is seen, or it is not finite`);
  });

  test("with a gradient too, and of one vector among others", async () => {
    const { likelihood } = await planned(IMAGE, [
      ...LINEAR,
      "galaxies.lens.bulge.effective_radius={ prior: uniform, lower: 0.1, upper: 2 }",
    ]);
    const [bad, good] = await likelihood.evaluate(Float64Array.of(Number.NaN, 0.4), { gradient: true });
    expect(bad).toMatchObject({ logLikelihood: Number.NEGATIVE_INFINITY, gradient: null });
    expect(bad.failure).toContain(`${BULGE} cannot be solved for`);
    expect(good.failure).toBeNull();
  });
});

test("positive_only keeps intensities from going negative, and finds those of least chi^2 where they are not", async () => {
  const free = await evaluated(IMAGE, LINEAR);
  const held = await evaluated(`${IMAGE}settings: { positive_only: true }\n`, LINEAR);
  expect(held.failure).toBeNull();
  expect(held.logEvidence).toBeNull();
  expect(held.positiveOnly!.pixelsAtZero).toBe(0);
  for (const [path, value] of Object.entries(free.datasets[0].intensities)) {
    expect(value).toBeGreaterThan(0);
    // The prior is 1e-10 of F.
    expect(held.datasets[0].intensities[path] / value).toBeCloseTo(1, 8);
  }
  expect(held.logLikelihood / free.logLikelihood).toBeCloseTo(1, 10);
});

function isSmall(difference: number): boolean {
  return Math.abs(difference) < 1e-11;
}
