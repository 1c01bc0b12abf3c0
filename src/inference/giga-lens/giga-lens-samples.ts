import type { SampleSet } from "../sampler.ts";
import type { ChainsStage, GigaLensState } from "./giga-lens.ts";

/** A mode of more than this part of the mass is not left out in silence. */
const NOTABLE = 0.01;
/** Fewer climbs into the best mode are luck, which may have missed a better one. */
const LEAST_HITS = 2;

/** The samples of the chains, and what the climb to them says. */
export function gigaLensSamples(
  { stage, evaluations, best }: GigaLensState,
  climbers: number,
  samplesOf: (stage: ChainsStage) => SampleSet,
): SampleSet {
  if (stage.name !== "chains") {
    return {
      dimensions: best.point.length,
      points: best.point.slice(),
      logLikelihoods: Float64Array.of(best.logLikelihood),
      logWeights: Float64Array.of(0),
      chains: null,
      logEvidence: null,
      evaluations,
      diagnostics: {},
      warnings: ["stopped before there were chains: the best point is no sample of the posterior"],
    };
  }
  const [top, ...others] = stage.modes;
  const samples = samplesOf(stage);
  const rivals = others.filter(({ logMass }) => logMass > top.logMass + Math.log(NOTABLE));
  const rivalMass = rivals.reduce((sum, { logMass }) => sum + Math.exp(logMass - top.logMass), 0);
  const basins = stage.modes.length;
  return {
    ...samples,
    evaluations,
    diagnostics: {
      ...samples.diagnostics,
      basins,
      hits: top.hits,
      hitRate: top.hits / climbers,
      rivalMass,
      laplaceLogEvidence: top.logMass,
    },
    warnings: [
      ...(top.hits < LEAST_HITS ? ["one climb alone found the best basin: more starts may find a better one"] : []),
      ...(rivals.length > 0
        ? [
            `the chains know the best basin alone: ${rivals.length} more ${rivals.length > 1 ? "have" : "has"} ${rivalMass.toPrecision(2)} times its mass`,
          ]
        : []),
      ...samples.warnings,
    ],
  };
}
