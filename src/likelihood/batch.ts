import { InputError } from "../errors.ts";
import type { Model } from "../model/model.ts";

/**
 * The vectors of a batch.
 * @param batch (evaluations, free parameters) row-major; empty for the one evaluation of a model without any.
 * @throws InputError for a batch that is not of whole vectors.
 */
export function vectorsOf({ parameters }: Model, batch: Float64Array): Float64Array[] {
  const size = parameters.length;
  const count = size === 0 ? 1 : batch.length / size;
  if (!Number.isInteger(count) || count * size !== batch.length) {
    const what = `${batch.length} values for vectors of ${size} free parameters`;
    throw new InputError("plan/batch", what, "give whole vectors, one after the other");
  }
  return Array.from({ length: count }, (_, i) => batch.subarray(i * size, (i + 1) * size));
}
