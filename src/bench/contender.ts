import type { Implementation } from "./implementation.ts";
import type { BenchInputs } from "./inputs.ts";
import type { referenceCheck } from "./reference-check.ts";
import type { Cost, WorkSizes } from "./work.ts";

/** What takes part in a bench: a row of Arclet's own or of a peer. */
export interface Contender extends Cost {
  readonly kernel: Implementation["kernel"];
  readonly name: string;
  readonly by: "arclet" | "python";
  readonly tolerance: number;
  /** Bytes that a call can address: WebAssembly's memory ends at 4 GiB. */
  readonly addresses: number;
  /** One call on a part of a round's inputs, timed without what is made ready before it; its result checked on demand. */
  call(part: WorkSizes, round: number, check: boolean): Promise<TimedCall>;
  /** Bytes by which memory grew over one call in the whole; null where that cannot be known. */
  peakBytes(): Promise<number | null>;
}

export interface TimedCall {
  readonly seconds: number;
  /** Largest error; null where nothing was compared. */
  readonly error: number | null;
  /** What was compared, where it was not everything. */
  readonly sampled: string | null;
}

/** An implementation of this program, run in this thread. */
export function ownContender(
  implementation: Implementation,
  inputs: BenchInputs,
  check: ReturnType<typeof referenceCheck>,
  peakBytes: (implementation: Implementation) => Promise<number | null>,
): Contender {
  const { kernel, name, tolerance, partOf, work, keeps, takes } = implementation;
  return {
    kernel,
    name,
    by: "arclet",
    tolerance,
    addresses: implementation.voice === "wasm" ? 2 ** 32 : Number.POSITIVE_INFINITY,
    partOf,
    work,
    keeps,
    takes,
    async call(part, round, checked) {
      const run = implementation.prepare(inputs, part, round);
      const start = performance.now();
      const answer = run();
      const seconds = (performance.now() - start) / 1000;
      return { seconds, ...(checked ? check(answer, part, round) : { error: null, sampled: null }) };
    },
    peakBytes: () => peakBytes(implementation),
  };
}
