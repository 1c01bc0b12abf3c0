/** What a number of a sampler is called, and what it tells. */
interface Diagnostic {
  readonly name: string;
  readonly meaning: string;
}

/** By the names in `SampleSet.diagnostics`. */
const DIAGNOSTICS: Readonly<Record<string, Diagnostic>> = {
  acceptance: {
    name: "acceptance",
    meaning: "the part of proposed moves that were taken; for NUTS near what its step size aims at (0.8)",
  },
  autocorrelationTime: {
    name: "autocorrelation time",
    meaning: "steps after which a chain has forgotten where it was; chains should be 50 times as long",
  },
  basins: { name: "basins", meaning: "different maxima that the starts ended in" },
  burnIn: { name: "burn-in", meaning: "steps that were left out, at the beginning of every chain" },
  components: {
    name: "components",
    meaning: "Student t distributions that the posterior was drawn with: one where it is a bell",
  },
  converged: { name: "converged", meaning: "1 where nothing improved any more, or how many starts did so" },
  cutOff: {
    name: "trajectories cut off",
    meaning: "ended by their largest length before they turned; many make sampling slow, not wrong",
  },
  divergences: {
    name: "divergences",
    meaning: "trajectories that left the posterior for numerical reasons; any at all may hide a part of it",
  },
  effectiveSamples: {
    name: "effective samples",
    meaning: "independent samples of the same worth; some hundreds give errors that can be quoted",
  },
  efficiency: { name: "efficiency", meaning: "points kept, or effective samples, of those evaluated or drawn" },
  hitRate: {
    name: "hit rate",
    meaning: "the part of the starts that ended in the best basin; near 1 the search found it surely",
  },
  information: {
    name: "information",
    meaning: "how far the posterior is within the prior, in factors of e of its volume",
  },
  iterations: { name: "iterations", meaning: "steps taken" },
  laplaceLogEvidence: {
    name: "Laplace ln Z",
    meaning: "the evidence if the posterior were a Gaussian of the curvature at its top",
  },
  largestWeight: {
    name: "largest weight",
    meaning: "the part of the weight that one draw has: some hundredths at most",
  },
  leaps: { name: "leaps", meaning: "gradients a trajectory took, in the mean" },
  meshes: {
    name: "meshes",
    meaning: "of the source: the samples are spread by how far the best point moves between them",
  },
  meshScatter: {
    name: "mesh scatter",
    meaning: "of the best point from mesh to mesh, in standard deviations on one: what the pixels add to the errors",
  },
  paretoShape: {
    name: "Pareto k",
    meaning: "how heavy the tail of the weights is: below 0.6 errors hold, above 0.7 means do not either",
  },
  radius: { name: "radius", meaning: "of the swarm, as a part of the prior: small once all particles agree" },
  splitRHat: {
    name: "split R-hat",
    meaning: "how much chains, and their halves, differ from each other: below 1.01 they agree",
  },
  stuck: { name: "stuck walks", meaning: "walks that ended where they began: their points are no new samples" },
  withoutLikelihood: { name: "without likelihood", meaning: "evaluations that failed: the reasons are below" },
};

/** One that is not known here goes by its own name, without a meaning. */
export function diagnosticOf(key: string): Diagnostic {
  if (Object.hasOwn(DIAGNOSTICS, key)) return DIAGNOSTICS[key];
  return { name: key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`), meaning: "" };
}
