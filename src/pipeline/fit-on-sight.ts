import { kernelsBeside } from "../backend/kernels.ts";
import { slimPositions } from "../grid.ts";
import { compiledOptics } from "../lens/compiled-mapping.ts";
import { einsteinRadii } from "../lens/einstein-radii.ts";
import { lensPlanes } from "../lens/lens-planes.ts";
import { lightImages } from "../likelihood/light-images.ts";
import { lightSamplingError } from "../likelihood/light-sampling.ts";
import type { Model } from "../model/model.ts";
import { unitFromValue } from "../model/prior.ts";
import { seenGalaxies } from "../model/seen-galaxies.ts";
import type { BestFit } from "./adapt-image.ts";
import { type FitOnSight, type PlausibilityCheck, plausibility } from "./plausibility.ts";

/** Of every dataset that there is something to say of, by its name. */
export type PlausibilityChecks = Readonly<Record<string, readonly PlausibilityCheck[]>>;

/** Whether the best fit of a phase looks like a lens in each of its datasets, and its light is what it should be. */
export function plausibilityOf(fitted: BestFit): PlausibilityChecks {
  return Object.fromEntries(
    fitted.datasets.flatMap(({ name }, d) => {
      const fit = fitOnSight(fitted, d);
      const checks = [...(fit === null ? [] : plausibility(fit)), ...lightSampling(fitted, d)];
      return checks.length === 0 ? [] : [[name, checks] as const];
    }),
  );
}

/** In standard deviations of a pixel: what that changes is no longer within the noise. */
const COARSE = 1;

/** Whether the light of an image is what finer sub-pixels would make of it. */
function lightSampling({ datasets, outcome: { model, best }, evaluation }: BestFit, d: number): PlausibilityCheck[] {
  const dataset = datasets[d];
  if (dataset.type !== "imaging") return [];
  const galaxies = seenGalaxies(model, best.vector, dataset.name, evaluation.datasets[d].intensities);
  if (galaxies.every(({ lights }) => lights.length === 0)) return [];
  const value = lightSamplingError(dataset, galaxies, kernelsBeside(evaluation.backend));
  const change = Number(value.toPrecision(2));
  const warning = `finer sub-pixels change the light by ${change} times its noise: it needs a larger over_sampling.light`;
  return [{ name: "light_sampling", value, warning: value > COARSE ? warning : null }];
}

/** What speaks against it, in words; what is the same in all datasets once. */
export function implausible(checks: PlausibilityChecks): readonly string[] {
  const seen = Object.entries(checks).map(([dataset, checks]) => {
    return { dataset, warnings: checks.flatMap(({ warning }) => warning ?? []) };
  });
  const isInAll = (warning: string) => seen.every(({ warnings }) => warnings.includes(warning));
  const all = seen.flatMap(({ dataset, warnings }) =>
    warnings.map((warning) => (isInAll(warning) ? warning : `${dataset}: ${warning}`)),
  );
  return [...new Set(all)];
}

/** @returns null where nothing is lensed, and where no closed critical curve is on the grid. */
function fitOnSight({ datasets, outcome: { model, best }, evaluation }: BestFit, d: number): FitOnSight | null {
  const dataset = datasets[d];
  const seen = evaluation.datasets[d];
  const grid = dataset.type === "imaging" ? dataset.grid : dataset.compaction.grid;
  const galaxies = seenGalaxies(model, best.vector, dataset.name, seen.intensities);
  const { lensedSource } = lightImages(dataset, seen.lensed, galaxies, kernelsBeside(evaluation.backend));
  const lens = galaxies.find(({ masses }) => masses.some(({ values }) => values.centre !== undefined));
  if (lens === undefined || lensedSource === null) return null;
  const planes = lensPlanes(galaxies);
  const optics = compiledOptics();
  const { criticalCurve } = einsteinRadii(planes, grid, undefined, optics.mapping);
  if (typeof criticalCurve !== "number") return null;
  const centreOf = (components: readonly { readonly values: Readonly<Record<string, unknown>> }[]) =>
    components
      .map(({ values }) => values.centre as [number, number] | undefined)
      .find((centre) => centre !== undefined);
  return {
    positions: slimPositions(grid, dataset.nativeIndex),
    pixelScale: grid.pixelScale,
    lensed: lensedSource,
    residuals:
      dataset.type === "imaging" ? dataset.data.map((value, m) => (value - seen.image[m]) / dataset.noiseMap[m]) : null,
    mapping: optics.mapping(planes),
    einsteinRadius: criticalCurve,
    massCentre: centreOf(lens.masses)!,
    lightCentre: centreOf(lens.lights) ?? null,
    quantiles: massQuantiles(model, best.vector),
  };
}

function massQuantiles({ galaxies, parameters }: Model, vector: Float64Array): FitOnSight["quantiles"] {
  const masses = galaxies.flatMap(({ profiles }) => profiles.filter(({ kind }) => kind === "mass"));
  return Object.fromEntries(
    parameters.flatMap(({ path, prior }, i) => {
      const isOfMass = masses.some((mass) => path.startsWith(`${mass.path}.`));
      return isOfMass ? [[path, unitFromValue(prior, vector[i])]] : [];
    }),
  );
}
