import { logSum } from "../statistics/log-sum.ts";
import { NO_LIKELIHOOD } from "./points.ts";

/*
 * From births and deaths to weights and the evidence.
 *
 *   Z = int L dX,   E[ln X_i] = -sum_(j <= i) 1 / n_j
 *
 * Skilling 2006, Bayesian Analysis 1, 833: a death leaves of the prior volume X the largest of n uniform numbers, n
 * points being alive. With births, n_i is counted and not assumed (Higson et al. 2019): points that die with no
 * replacement (at the end of a run, or as members of a plateau of equal likelihoods, none of whose replacements is born
 * below it: Fowlie, Handley & Su 2021, MNRAS 503, 1199) take each its share of what is left.
 */

/** Deaths in the order of likelihood, and what follows from them. */
export interface Weighing {
  /** (n) indices of the points, from the lowest likelihood. All other arrays are in this order. */
  readonly order: Uint32Array;
  /** (n) points alive when each died, itself included. */
  readonly liveCounts: Uint32Array;
  /** (n) E[ln X] within the contour of each. */
  readonly logVolumes: Float64Array;
  /** (n) ln of the posterior's weights, which add up to one; -Infinity for all where there is no evidence. */
  readonly logWeights: Float64Array;
  readonly logEvidence: number;
  /** Standard error of `logEvidence`, from the uncertain volumes. */
  readonly logEvidenceError: number;
  /** H = int P ln(P) dX with P = L / Z: by how many e-foldings the posterior is compressed. */
  readonly information: number;
  /** (sum w)^2 / sum w^2 (Kish 1965). */
  readonly effectiveSamples: number;
}

/** @param logLikelihoods, births (n), every birth below its likelihood, as `Points` has them. */
export function weigh(logLikelihoods: Float64Array, births: Float64Array): Weighing {
  const count = logLikelihoods.length;
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  order.sort((a, b) => logLikelihoods[a] - logLikelihoods[b] || a - b);
  const likelihoods = Float64Array.from(order, (point) => logLikelihoods[point]);
  const liveCounts = countLive(likelihoods, births);
  const logVolumes = new Float64Array(count);
  for (let i = 0, logVolume = 0; i < count; i++) {
    logVolume -= 1 / liveCounts[i];
    logVolumes[i] = logVolume;
  }
  const logEdges = edgesOfShells(logVolumes);
  const logMasses = likelihoods.map((logLikelihood, i) =>
    logLikelihood === NO_LIKELIHOOD
      ? Number.NEGATIVE_INFINITY
      : logLikelihood + logEdges[i] + Math.log(-Math.expm1(logEdges[i + 1] - logEdges[i])),
  );
  const logEvidence = logSum(logMasses);
  if (logEvidence === Number.NEGATIVE_INFINITY) {
    const none = { logEvidence, logEvidenceError: 0, information: 0, effectiveSamples: 0 };
    return { order, liveCounts, logVolumes, logWeights: logMasses, ...none };
  }
  const logWeights = logMasses.map((mass) => mass - logEvidence);
  let [information, squares] = [0, 0];
  for (let i = 0; i < count; i++) {
    const weight = Math.exp(logWeights[i]);
    if (weight > 0) information += weight * (likelihoods[i] - logEvidence);
    squares += weight * weight;
  }
  const logEvidenceError = errorOf(likelihoods, liveCounts, logVolumes, logEdges, logEvidence);
  return {
    order,
    liveCounts,
    logVolumes,
    logWeights,
    logEvidence,
    logEvidenceError,
    information,
    effectiveSamples: 1 / squares,
  };
}

/** Births below a likelihood, less the deaths before it. */
function countLive(sorted: Float64Array, births: Float64Array): Uint32Array {
  const sortedBirths = births.toSorted();
  let born = 0;
  return Uint32Array.from(sorted, (logLikelihood, deaths) => {
    while (born < sortedBirths.length && sortedBirths[born] < logLikelihood) born++;
    return born - deaths;
  });
}

/** Shells end halfway between contours (the trapezoid rule); the first begins at the prior, the last ends at zero. */
function edgesOfShells(logVolumes: Float64Array): Float64Array {
  const count = logVolumes.length;
  const edges = new Float64Array(count + 1);
  for (let i = 1; i < count; i++) {
    edges[i] = logVolumes[i - 1] + Math.log1p(Math.expm1(logVolumes[i] - logVolumes[i - 1]) / 2);
  }
  edges[count] = Number.NEGATIVE_INFINITY;
  return edges;
}

/**
 * To first order: each ln t_j has variance 1 / n_j^2, and scales the volumes of all contours from j on. With the edges B
 * of shells, Z = sum_i B_i (L_i - L_(i-1)), so that
 *
 *   d ln Z / d ln t_j = (X_j (L_j - L_(j-1)) / 2 + sum_(i > j) B_i (L_i - L_(i-1))) / Z,
 *
 * one while the posterior is ahead and zero behind it or along a plateau. For n live points throughout it is close to,
 * and not above, Skilling's sqrt(H / n).
 */
function errorOf(
  likelihoods: Float64Array,
  liveCounts: Uint32Array,
  logVolumes: Float64Array,
  logEdges: Float64Array,
  logEvidence: number,
): number {
  let [ahead, variance] = [0, 0];
  for (let j = likelihoods.length - 1; j >= 0; j--) {
    // The first edge is the prior's, which nothing shrinks.
    const rise = j === 0 ? 0 : -Math.expm1(likelihoods[j - 1] - likelihoods[j]);
    const slope = ahead + 0.5 * rise * Math.exp(likelihoods[j] + logVolumes[j] - logEvidence);
    variance += (slope / liveCounts[j]) ** 2;
    ahead += rise * Math.exp(likelihoods[j] + logEdges[j] - logEvidence);
  }
  return Math.sqrt(variance);
}
