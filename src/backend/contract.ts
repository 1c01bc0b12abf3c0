/**
 * What a kernel is: one mathematical function with a fixed argument record, in several voices.
 *
 * A voice that does not exist is stated with its reason; it is never silently replaced by another.
 */

/** How a kernel is implemented. */
export type VoiceName = "reference" | "wasm" | "traced";

export const VOICE_NAMES: readonly VoiceName[] = ["reference", "wasm", "traced"];

/** One implementation of a kernel and how closely it must follow the reference. */
export interface Voice<A, R> {
  readonly run: (args: A) => R;
  /** Largest allowed difference from the reference, relative to the largest magnitude of each array of the result. */
  readonly tolerance: number;
  /** Why the tolerance is what it is. */
  readonly because: string;
}

/** A voice that does not exist, and why. */
export interface Absent {
  readonly absent: string;
}

export function absent(reason: string): Absent {
  return { absent: reason };
}

export function isAbsent(voice: Voice<never, unknown> | Absent): voice is Absent {
  return "absent" in voice;
}

/** A function of the table: what it computes and the voices it has. */
export interface Kernel<A, R> {
  readonly summary: string;
  readonly voices: Readonly<Record<VoiceName, Voice<A, R> | Absent>>;
}

/**
 * Work of one thread that has to be done some time, and that the caller of a kernel may do while other threads have its
 * parts. It is done when it is first called; calls after that do nothing.
 */
export type Errand = () => unknown;
