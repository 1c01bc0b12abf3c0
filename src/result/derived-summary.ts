import { type Absent, absent } from "../backend/contract.ts";
import type { Evaluation } from "../likelihood/evaluation.ts";
import type { SearchOutcome } from "../pipeline/search-outcome.ts";
import type { Derive } from "./derived-quantities.ts";
import type { DerivedQuantity } from "./derived-quantity.ts";
import { axisSummaryOf, summaryOf, type ValueSummary } from "./value-summary.ts";

/** A derived quantity with what the posterior says of it. */
export interface DerivedSummary extends Omit<DerivedQuantity, "value"> {
  /** At the best point of the search. */
  readonly best: number | Absent;
  /** Over the draws that have it. */
  readonly posterior: ValueSummary | Absent;
  /** How many of the draws have it. */
  readonly draws: number;
}

/**
 * Derived quantities of the best point, with errors from draws.
 * @param evaluation Of the best point, or null.
 * @param draws (n, free parameters) of `posteriorDraws`; empty for no errors.
 * @param evaluations Of the draws, in their order, null where one was not evaluated: reconstructions and intensities that are
 * solved for have errors with them alone.
 */
export function derivedSummaries(
  { model, best }: SearchOutcome,
  derive: Derive,
  evaluation: Evaluation | null,
  draws: Float64Array,
  evaluations?: readonly (Evaluation | null)[],
): readonly DerivedSummary[] {
  const dimensions = model.parameters.length;
  const count = dimensions === 0 ? 0 : draws.length / dimensions;
  const drawn = Array.from({ length: count }, (_, k) =>
    derive(draws.subarray(k * dimensions, (k + 1) * dimensions), evaluations?.[k] ?? null),
  );
  return derive(best.vector, evaluation).map(({ value, ...quantity }, i) => {
    const values = drawn.map((quantities) => quantities[i].value);
    const known = values.filter((each) => typeof each === "number");
    return { ...quantity, best: value, posterior: posteriorOf(values, known, quantity.axis), draws: known.length };
  });
}

function posteriorOf(
  values: readonly (number | Absent)[],
  known: readonly number[],
  axis: true | undefined,
): ValueSummary | Absent {
  if (values.length === 0) return absent("the search did not sample the posterior");
  if (known.length === 0) return values.find((value) => typeof value !== "number") as Absent;
  return (axis ? axisSummaryOf : summaryOf)(known, new Float64Array(known.length).fill(1));
}
