import { type BestPoint, bestOf } from "../best-point.ts";
import { numberOption, wholeOption } from "../option.ts";
import { draws, type RandomState, uniform } from "../rng.ts";
import type { Sampler, SamplerState, SampleSet } from "../sampler.ts";
import { startPoints } from "../start-points.ts";

/*
 * Particle swarm optimization: each particle is drawn to the best point it has seen and to the best that any has seen
 * (Kennedy & Eberhart 1995, Proc. IEEE Int. Conf. on Neural Networks, 1942), its velocity constricted so that the swarm
 * contracts (Clerc & Kennedy 2002, IEEE Transactions on Evolutionary Computation 6, 58):
 *
 *   v <- chi (v + phi1 r1 (own best - x) + phi2 r2 (swarm's best - x)),    x <- x + v
 *
 * As PySwarms' GlobalBestPSO with w = chi and c1 = c2 = chi phi / 2. All particles of a step are one batch.
 */

export interface ParticleSwarmOptions {
  /** Default 50, or 4 a dimension where that is more. */
  readonly particles?: number;
  /** Where the particles begin, (particles, dimensions); default uniform in the cube. */
  readonly start?: Float64Array;
  /** Default 1000. */
  readonly maximumIterations?: number;
  /** Ends when the best log likelihood has risen by less than `tolerance` in as many iterations. Default 50. */
  readonly patience?: number;
  /** Default 1e-3. */
  readonly tolerance?: number;
}

export interface ParticleSwarmState extends SamplerState {
  /** (particles, dimensions) */
  readonly points: Float64Array;
  /** (particles, dimensions), coordinates per iteration. */
  readonly velocities: Float64Array;
  /** The best that each particle has seen. */
  readonly ownPoints: Float64Array;
  readonly ownLogLikelihoods: Float64Array;
  readonly best: BestPoint;
  readonly iterations: number;
  /** The best log likelihood when it last rose by `tolerance`, and the iteration. */
  readonly lastRise: { readonly logLikelihood: number; readonly iteration: number };
}

/** phi1 + phi2; the usual choice of Clerc & Kennedy, who need more than 4. */
const PHI = 4.1;
/** 0.7298, their eq. 4 with kappa = 1. */
const CONSTRICTION = 2 / Math.abs(2 - PHI - Math.sqrt(PHI * PHI - 4 * PHI));

/** @throws InputError where an option is out of its range. */
export function particleSwarm(options: ParticleSwarmOptions = {}): Sampler<ParticleSwarmState> {
  const maximumIterations = wholeOption("maximum iterations", options.maximumIterations ?? 1000, 1);
  const patience = wholeOption("patience", options.patience ?? 50, 1);
  const tolerance = numberOption("tolerance", options.tolerance ?? 1e-3, 0, Number.MAX_VALUE);
  const isConverged = ({ iterations, lastRise }: ParticleSwarmState) => iterations - lastRise.iteration >= patience;
  const isDone = (state: ParticleSwarmState) => isConverged(state) || state.iterations >= maximumIterations;

  return {
    name: "particle swarm",
    async init(target, from) {
      const random = from.slice();
      const particles = wholeOption("particles", options.particles ?? Math.max(50, 4 * target.dimensions), 2);
      const { points, logLikelihoods, evaluations } = await startPoints(target, random, particles, options.start);
      const best = bestOf(null, points, logLikelihoods);
      return {
        random,
        evaluations,
        points,
        velocities: draws(random, points.length, (state) => (uniform(state) - 0.5) / 2),
        ownPoints: points,
        ownLogLikelihoods: logLikelihoods,
        best,
        iterations: 0,
        lastRise: { logLikelihood: best.logLikelihood, iteration: 0 },
      };
    },
    async step(before, target) {
      const random = before.random.slice();
      const { points, velocities } = moved(before, random);
      const logLikelihoods = await target.logLikelihoods(points.slice());
      const iterations = before.iterations + 1;
      const best = bestOf(before.best, points, logLikelihoods);
      const isRise = best.logLikelihood >= before.lastRise.logLikelihood + tolerance;
      const state: ParticleSwarmState = {
        random,
        evaluations: before.evaluations + logLikelihoods.length,
        points,
        velocities,
        ...ownBest(before, points, logLikelihoods),
        best,
        iterations,
        lastRise: isRise ? { logLikelihood: best.logLikelihood, iteration: iterations } : before.lastRise,
      };
      const waited = (iterations - state.lastRise.iteration) / patience;
      return {
        state,
        info: {
          progress: isDone(state) ? 1 : Math.max(waited, iterations / maximumIterations),
          best,
          diagnostics: { iterations, radius: radius(state) },
        },
      };
    },
    isDone,
    samples: (state) => swarmSamples(state, isConverged(state)),
  };
}

/** Particles that hit a wall of the cube are reflected, with part of their velocity gone. */
function moved({ points, velocities, ownPoints, best }: ParticleSwarmState, random: RandomState) {
  const nextPoints = points.slice();
  const nextVelocities = velocities.slice();
  const d = best.point.length;
  for (let i = 0; i < points.length; i++) {
    const toOwn = (PHI / 2) * uniform(random) * (ownPoints[i] - points[i]);
    const toBest = (PHI / 2) * uniform(random) * (best.point[i % d] - points[i]);
    const velocity = CONSTRICTION * (velocities[i] + toOwn + toBest);
    const reached = points[i] + velocity;
    const isOutside = reached < 0 || reached > 1;
    const reflected = reached < 0 ? -reached : 2 - reached;
    // Far beyond a wall even the reflection is outside: on the wall then.
    nextPoints[i] = isOutside ? Math.min(Math.max(reflected, 0), 1) : reached;
    nextVelocities[i] = isOutside ? -velocity / 2 : velocity;
  }
  return { points: nextPoints, velocities: nextVelocities };
}

function ownBest(
  { ownPoints, ownLogLikelihoods }: ParticleSwarmState,
  points: Float64Array,
  logLikelihoods: Float64Array,
): Pick<ParticleSwarmState, "ownPoints" | "ownLogLikelihoods"> {
  const d = points.length / logLikelihoods.length;
  const isBetter = logLikelihoods.map((value, k) => (value > ownLogLikelihoods[k] ? 1 : 0));
  return {
    ownPoints: ownPoints.map((x, i) => (isBetter[Math.floor(i / d)] ? points[i] : x)),
    ownLogLikelihoods: ownLogLikelihoods.map((value, k) => (isBetter[k] ? logLikelihoods[k] : value)),
  };
}

/** Largest distance of a particle's best point from the swarm's, by coordinate. */
function radius({ ownPoints, best }: ParticleSwarmState): number {
  const d = best.point.length;
  return ownPoints.reduce((largest, x, i) => Math.max(largest, Math.abs(x - best.point[i % d])), 0);
}

function swarmSamples(state: ParticleSwarmState, isConverged: boolean): SampleSet {
  const { best, evaluations, iterations } = state;
  return {
    dimensions: best.point.length,
    points: best.point.slice(),
    logLikelihoods: Float64Array.of(best.logLikelihood),
    logWeights: Float64Array.of(0),
    chains: null,
    logEvidence: null,
    evaluations,
    diagnostics: { iterations, radius: radius(state), converged: isConverged ? 1 : 0 },
    warnings: [
      "one best point: a swarm does not sample the posterior",
      ...(isConverged ? [] : [`the likelihood still rose in the last of ${iterations} iterations`]),
    ],
  };
}
