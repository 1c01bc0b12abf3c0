import type { NdArray } from "../io/ndarray.ts";
import { writeNpz } from "../io/npz.ts";
import type { SearchOutcome } from "../pipeline/search-outcome.ts";

/** The file of the archive that names the columns of `values`: text, which npy files here do not hold. */
const NAMES = "parameters.json";

/**
 * The samples of a search as an npz archive; the same samples always give the same bytes.
 *
 * | array | shape | is |
 * | --- | --- | --- |
 * | `values` | (n, P) | the parameters, their paths in the spec listed in `parameters.json` |
 * | `unit_points` | (n, P) | the same points as quantiles of the priors |
 * | `log_likelihood` | (n) | the objective, log evidence where the source is pixelized |
 * | `log_weight` | (n) | ln of weights that add up to one |
 * | `chain`, `draw` | (n) | where the samples are of chains: which, and the step in it, from 0 |
 */
export function samplesNpz({ model, samples, vectors }: Pick<SearchOutcome, "model" | "samples" | "vectors">) {
  const { chains, dimensions, logLikelihoods, logWeights, points } = samples;
  const count = logLikelihoods.length;
  const table = (data: Float64Array): NdArray => ({ dtype: "f8", shape: [count, dimensions], data });
  const column = (data: Float64Array): NdArray => ({ dtype: "f8", shape: [count], data });
  const indices = (indexOf: (sample: number) => number): NdArray => {
    return { dtype: "i4", shape: [count], data: Int32Array.from({ length: count }, (_, sample) => indexOf(sample)) };
  };
  return writeNpz(
    {
      values: table(vectors),
      unit_points: table(points),
      log_likelihood: column(logLikelihoods),
      log_weight: column(logWeights),
      ...(chains !== null && {
        chain: indices((sample) => sample % chains),
        draw: indices((sample) => Math.floor(sample / chains)),
      }),
    },
    { texts: { [NAMES]: JSON.stringify(model.parameters.map(({ path }) => path)) } },
  );
}
