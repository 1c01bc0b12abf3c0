import { depthIn } from "../modes/laplace.ts";
import type { FoundMode } from "../modes/modes.ts";
import type { SampleSet } from "../sampler.ts";
import { paretoShape } from "../statistics/pareto-shape.ts";
import { toUnit } from "../unconstrained.ts";
import { flattened } from "../vectors.ts";
import { together } from "./half.ts";
import type { ImportanceState } from "./importance.ts";
import { weigh } from "./weighing.ts";

/** Fewer climbs into the best mode are luck, which may have missed a better one. */
const LEAST_HITS = 2;
/** Where less of the draws is of worth, the posterior is not what the proposal takes it for. */
const LEAST_EFFICIENCY = 0.01;
/** Of one draw. */
const LARGEST_WEIGHT = 0.05;
/**
 * Pareto's k above which errors of means are off, and above which a mean is not to be relied on. Weights have no variance from 0.5
 * on, but it shows slowly: of 3000 draws whose weights are Pareto's, the error of ln Z is 1.2 times too small at 0.5, 1.4 times at
 * 0.6 and 1.9 times at 0.7; and k itself is only known to 0.1.
 */
const NO_ERROR = 0.6;
const NO_MEAN = 0.7;
/** A basin of less is no second answer. */
const NOTABLE = 0.01;

/** The weighted draws, and why they may not be trusted. */
export function importanceSamples(
  { stage, evaluations, best }: ImportanceState,
  climbers: number,
  wanted: number,
): SampleSet {
  if (stage.name === "climb" || stage.halves[0].positions.length === 0)
    return bestAlone(best, evaluations, "stopped before there were draws");
  const { modes, halves } = stage;
  const draws = together(halves);
  const weighing = weigh(draws);
  const { effectiveSamples, largestWeight, logEvidence, logWeights, error } = weighing;
  if (effectiveSamples === 0) return bestAlone(best, evaluations, "no draw has a likelihood");
  const kept = [...logWeights.keys()].filter((n) => draws.logLikelihoods[n] > Number.NEGATIVE_INFINITY);
  const efficiency = effectiveSamples / logWeights.length;
  const shape = paretoShape(logWeights);
  const [top] = modes;
  const notable = sharesOfModes(modes, draws.positions, logWeights).filter((share) => share > NOTABLE).length;
  const percent = (share: number) => `${(100 * share).toPrecision(2)} %`;
  return {
    dimensions: best.point.length,
    points: flattened(kept.map((n) => toUnit(draws.positions[n]))),
    logLikelihoods: Float64Array.from(kept, (n) => draws.logLikelihoods[n]),
    logWeights: Float64Array.from(kept, (n) => logWeights[n]),
    chains: null,
    logEvidence: { value: logEvidence, error },
    evaluations,
    diagnostics: {
      effectiveSamples,
      efficiency,
      largestWeight,
      ...(shape === null ? {} : { paretoShape: shape }),
      iterations: halves[0].counts.length,
      components: Math.max(...halves.map(({ proposal }) => proposal.length)),
      basins: modes.length,
      hits: top.hits,
      hitRate: top.hits / climbers,
      laplaceLogEvidence: top.logMass,
    },
    warnings: [
      ...(effectiveSamples < wanted
        ? [`${Math.floor(effectiveSamples)} effective samples of ${wanted} after ${logWeights.length} draws`]
        : []),
      ...(efficiency < LEAST_EFFICIENCY
        ? [`${percent(efficiency)} of the draws are effective: the posterior is not near what they were drawn from`]
        : []),
      ...(largestWeight > LARGEST_WEIGHT ? [`one draw has ${percent(largestWeight)} of the weight`] : []),
      ...(shape === null || shape <= NO_ERROR ? [] : [heavyTail(shape)]),
      ...(notable > 1
        ? [`${notable} basins hold more than ${percent(NOTABLE)} of the posterior each: no mean tells of either`]
        : []),
      ...(top.hits < LEAST_HITS ? ["one climb alone found the best basin: more starts may find a better one"] : []),
    ],
  };
}

function heavyTail(shape: number): string {
  const means = shape > NO_MEAN ? "its means and ln Z may be wrong" : "the error of ln Z is too small";
  return `a tail of the posterior is hardly drawn from (Pareto k of the weights ${shape.toFixed(2)}): ${means}`;
}

function bestAlone(best: ImportanceState["best"], evaluations: number, why: string): SampleSet {
  return {
    dimensions: best.point.length,
    points: best.point.slice(),
    logLikelihoods: Float64Array.of(best.logLikelihood),
    logWeights: Float64Array.of(0),
    chains: null,
    logEvidence: null,
    evaluations,
    diagnostics: {},
    warnings: [`${why}: the best point is no sample of the posterior`],
  };
}

/** Of the weight, that of the draws which are nearest to each mode, in its Gaussian. */
function sharesOfModes(
  modes: readonly FoundMode[],
  positions: readonly Float64Array[],
  logWeights: Float64Array,
): Float64Array {
  const shares = new Float64Array(modes.length);
  positions.forEach((position, n) => {
    const distances = modes.map((mode) => depthIn(mode, { position, logDensity: 0 }).squaredDistance);
    shares[distances.indexOf(Math.min(...distances))] += Math.exp(logWeights[n]);
  });
  return shares;
}
