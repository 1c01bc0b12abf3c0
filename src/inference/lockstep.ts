import type { Evaluation, UnconstrainedTarget } from "./unconstrained.ts";

/** A computation written as if it were alone: it yields where it wants to know the target, and is handed what is there. */
export type Asking<Result> = Generator<Float64Array, Result, Evaluation>;

/** Runs computations side by side: what they ask for next is one batch, until the last is done. */
export async function inLockstep<Result>(
  computations: readonly Asking<Result>[],
  target: UnconstrainedTarget,
): Promise<Result[]> {
  const turns = computations.map((computation) => computation.next());
  for (;;) {
    const asking = turns.flatMap((turn, k) => (turn.done ? [] : [{ k, position: turn.value }]));
    if (asking.length === 0) break;
    const answers = await target.evaluate(asking.map(({ position }) => position));
    asking.forEach(({ k }, at) => {
      turns[k] = computations[k].next(answers[at]);
    });
  }
  return turns.map((turn) => turn.value as Result);
}
