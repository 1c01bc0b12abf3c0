import { logSum } from "../statistics/log-sum.ts";
import { flattened } from "../vectors.ts";
import { defensive } from "./defensive-mixture.ts";
import { fitMixture } from "./fit-mixture.ts";
import { logMixture, type StudentMixture } from "./student-mixture.ts";
import { truncatedWeights, weigh } from "./weighing.ts";

/** Points of the unconstrained space and what is known there. */
export interface Draws {
  /** Each (d). */
  readonly positions: readonly Float64Array[];
  /** (n) */
  readonly logLikelihoods: Float64Array;
  /** (n) ln of the posterior over the unconstrained space, not normalized. */
  readonly logPosteriors: Float64Array;
}

/**
 * One half of all draws, whose proposals learn from the other half alone. A proposal that is fitted to the draws it will weigh is
 * too high just where these are, and the evidence too low, by a part of about its parameters over the draws. Plain data, never
 * changed.
 */
export interface Half extends Draws {
  /** Drawn from so far, and how many each. */
  readonly proposals: readonly StudentMixture[];
  readonly counts: readonly number[];
  /** (n) ln of the density of all draws together, whichever proposal made them. */
  readonly logProposals: Float64Array;
  /** What is drawn from next. */
  readonly proposal: StudentMixture;
}

/** More would need more draws than there are. */
const MOST_COMPONENTS = 8;
/** One that has drawn nothing yet. */
export function emptyHalf(proposal: StudentMixture): Half {
  const none = new Float64Array(0);
  return {
    positions: [],
    logLikelihoods: none,
    logPosteriors: none,
    logProposals: none,
    proposals: [],
    counts: [],
    proposal,
  };
}

/**
 * With draws of its proposal's defensive mixture. Every draw counts as one of the mixture of all proposals, by the numbers of
 * their draws (adaptive multiple importance sampling: Cornuet, Marin, Mira & Robert 2012, Scandinavian Journal of Statistics 39,
 * 798), so that early proposals that were bad cost little.
 */
export function withDraws(half: Half, added: Draws): Half {
  const latest = defensive(half.proposal);
  const proposals = [...half.proposals, latest];
  const counts = [...half.counts, added.positions.length];
  const logCount = Math.log(added.positions.length);
  const before = half.positions.map((x, n) => logSum([half.logProposals[n], logCount + logMixture(latest, x)]));
  const after = added.positions.map((x) =>
    logSum(proposals.map((made, t) => Math.log(counts[t]) + logMixture(made, x))),
  );
  return {
    positions: [...half.positions, ...added.positions],
    logLikelihoods: flattened([half.logLikelihoods, added.logLikelihoods]),
    logPosteriors: flattened([half.logPosteriors, added.logPosteriors]),
    logProposals: Float64Array.from([...before, ...after]),
    proposals,
    counts,
    proposal: half.proposal,
  };
}

/** Each with a proposal that the other's draws have taught. */
export function taught([a, b]: readonly [Half, Half]): readonly [Half, Half] {
  return [
    { ...a, proposal: proposalFrom(b, a.proposal) },
    { ...b, proposal: proposalFrom(a, b.proposal) },
  ];
}

function proposalFrom(half: Half, before: StudentMixture): StudentMixture {
  const { logWeights, effectiveSamples } = weigh(half);
  if (effectiveSamples === 0) return before;
  const weights = truncatedWeights(logWeights);
  const effective = 1 / weights.reduce((sum, weight) => sum + weight * weight, 0);
  return fitMixture(before, { positions: half.positions, weights, effective }, MOST_COMPONENTS);
}

/** Both as one: draws of either count as drawn from its own proposals. */
export function together([a, b]: readonly [Half, Half]): Draws & Pick<Half, "logProposals"> {
  const whole = (half: Half) => {
    const factor = Math.log((a.positions.length + b.positions.length) / half.positions.length);
    return half.logProposals.map((value) => value + factor);
  };
  return {
    positions: [...a.positions, ...b.positions],
    logLikelihoods: flattened([a.logLikelihoods, b.logLikelihoods]),
    logPosteriors: flattened([a.logPosteriors, b.logPosteriors]),
    logProposals: flattened([whole(a), whole(b)]),
  };
}
