import { type Algebra, numbers } from "../compiler/algebra.ts";
import { dualNumbers, gradientOf, variables } from "../compiler/dual.ts";
import { type Expression, leavesOf, valueOver } from "./expression.ts";

/** The value of a free parameter, by its index. */
export interface Free {
  readonly free: number;
}

/** What a model has in the place of a number: one, a free parameter, or what it is tied to. */
export type Slot = Expression<Free>;

/** The number that a slot holds under a vector of the free parameters. */
export function valueAt(slot: Slot, vector: ArrayLike<number>): number {
  return valueOver(numbers, slot, ({ free }) => vector[free]);
}

/** What a slot holds over an algebra, such as symbols for the free parameters. */
export function slotOver<T>(algebra: Algebra<T>, slot: Slot, parameters: readonly T[]): T {
  return valueOver(algebra, slot, ({ free }) => parameters[free]);
}

/** Adds to a gradient by the free parameters what a derivative by the slot's value is by them. */
export function addSlotSlopes(gradient: Float64Array, slot: Slot, vector: ArrayLike<number>, slope: number): void {
  for (const varied of new Set(leavesOf(slot).map(({ free }) => free))) {
    const dual = valueOver(dualNumbers, slot, ({ free }) =>
      free === varied ? variables(vector[free], 0)[0] : vector[free],
    );
    gradient[varied] += slope * gradientOf(dual)[0];
  }
}
