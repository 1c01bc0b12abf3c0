import type { RankedKernel } from "./bench-case.ts";
import type { Implementation } from "./implementation.ts";
import type { BenchInputs } from "./inputs.ts";
import type { referenceCheck } from "./reference-check.ts";
import type { Cost, WorkSizes } from "./work.ts";

/** What takes part in a bench: a row of Arclet's own or of a peer. */
export interface Contender extends Cost {
  readonly kernel: RankedKernel;
  readonly name: string;
  readonly by: "arclet" | "python";
  readonly tolerance: number;
  /** Why it cannot run at these sizes whatever memory there is; null where it can. */
  refuses(sizes: WorkSizes): string | null;
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
  /** Of these, seconds by steps, where they are known. */
  readonly steps?: Readonly<Record<string, number>>;
}

/** The block size that AssemblyScript's runtimes stop at. */
const LARGEST_WASM_ARRAY = 2 ** 30 - 16;

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
    refuses(sizes) {
      const bytes = implementation.voice === "wasm" ? implementation.largestArray(sizes) : 0;
      if (bytes <= LARGEST_WASM_ARRAY) return null;
      return `an array would take ${(bytes / 2 ** 30).toPrecision(3)} GiB, and WebAssembly's allocator gives 1 GiB at most`;
    },
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
