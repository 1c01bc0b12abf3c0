import { type BestPoint, bestOf } from "../best-point.ts";
import { numberOption, wholeOption } from "../option.ts";
import { draws, normal, type RandomState, uniform } from "../rng.ts";
import type { Sampler, SamplerState, SampleSet } from "../sampler.ts";
import { startPoints } from "../start-points.ts";

/*
 * Particle swarm optimization (Kennedy & Eberhart 1995, Proc. IEEE Int. Conf. on Neural Networks, 1942) in the form of SPSO
 * 2011 (Zambrano-Bigiarini, Clerc & Rojas 2013, IEEE Congress on Evolutionary Computation, 2337): a particle at x is drawn to
 * the best point p that it has seen and to the best l that its informants have,
 *
 *   G = x + c (p - x + l - x) / 3,    v <- w v + (a point in the sphere about G through x) - x,    x <- x + v
 *
 * The sphere makes it the same in every direction. Swarms that are drawn coordinate by coordinate, as PySwarms' are, creep
 * along degeneracies: of a Gaussian in 10 dimensions, neighbors correlated by 0.95, such a one stopped short of the top by
 * 0.1 in log likelihood every other time, and this one never. Informants are few and drawn anew whenever the swarm's best
 * has not risen. All particles of a step are one batch.
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
  /** (particles, 3): whom each particle informs of its best, besides itself. */
  readonly informed: Int32Array;
  readonly best: BestPoint;
  readonly iterations: number;
  /** The best log likelihood when it last rose by `tolerance`, and the iteration. */
  readonly lastRise: { readonly logLikelihood: number; readonly iteration: number };
}

/** w, c and K of the standard. */
const INERTIA = 1 / (2 * Math.LN2);
const ATTRACTION = 0.5 + Math.LN2;
const INFORMED = 3;

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
        // Toward any point of the cube.
        velocities: points.map((x) => uniform(random) - x),
        ownPoints: points,
        ownLogLikelihoods: logLikelihoods,
        informed: drawInformed(particles, random),
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
        informed: best === before.best ? drawInformed(logLikelihoods.length, random) : before.informed,
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

function drawInformed(particles: number, random: RandomState): Int32Array {
  return Int32Array.from({ length: particles * INFORMED }, () => Math.floor(uniform(random) * particles));
}

/** Of each particle the one, maybe itself, that has seen the best of those who inform it. */
function bestInformants({ ownLogLikelihoods, informed }: ParticleSwarmState): Int32Array {
  const bestOfEach = Int32Array.from(ownLogLikelihoods.keys());
  informed.forEach((k, at) => {
    const informant = Math.floor(at / INFORMED);
    if (ownLogLikelihoods[informant] > ownLogLikelihoods[bestOfEach[k]]) bestOfEach[k] = informant;
  });
  return bestOfEach;
}

/** Particles that would leave the cube stay on its wall, and turn back at half of their velocity. */
function moved(before: ParticleSwarmState, random: RandomState) {
  const points = before.points.slice();
  const velocities = before.velocities.slice();
  const { ownPoints, best } = before;
  const d = best.point.length;
  bestInformants(before).forEach((informant, k) => {
    const from = k * d;
    // Who is informed by none better has one attractor only.
    const share = ATTRACTION / (informant === k ? 2 : 3);
    const toCentre = Float64Array.from({ length: d }, (_, i) => {
      const toOwn = ownPoints[from + i] - points[from + i];
      return share * (informant === k ? toOwn : toOwn + ownPoints[informant * d + i] - points[from + i]);
    });
    const direction = draws(random, d, normal);
    const offset = (uniform(random) * Math.hypot(...toCentre)) / Math.hypot(...direction);
    for (let i = 0; i < d; i++) {
      const velocity = INERTIA * velocities[from + i] + toCentre[i] + offset * direction[i];
      const reached = points[from + i] + velocity;
      const isOutside = reached < 0 || reached > 1;
      points[from + i] = Math.min(Math.max(reached, 0), 1);
      velocities[from + i] = isOutside ? -velocity / 2 : velocity;
    }
  });
  return { points, velocities };
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
