import { InputError } from "../errors.ts";
import type { SmoothTarget } from "../inference/sampler.ts";
import { crc32 } from "../io/crc32.ts";

/*
 * A search is a function of its seed and of what the likelihood says. So the checkpoint of a search is the list of what the
 * likelihood said: a resumed one takes every step again, from the seed, and is told what is on the list until it ends. It is
 * only ever appended to, a killed run loses no more than the batch under way, and whatever a sampler's state is, it needs
 * no form on disk.
 */

/** Entries in the order in which they were appended, those of an earlier run first. */
export interface Journal {
  /** The next entry of an earlier run; null when they have all been read. */
  next(): Uint8Array | null;
  /** @throws Error where it cannot be stored; what is stored already is not lost. */
  append(entry: Uint8Array): void;
}

/** A journal in memory, from the entries of an earlier run. */
export function journalInMemory(entries: Uint8Array[] = []): Journal & { readonly entries: readonly Uint8Array[] } {
  const stored = entries.length;
  let read = 0;
  return {
    entries,
    next: () => (read < stored ? entries[read++] : null),
    append: (entry) => void entries.push(entry),
  };
}

/** A target that a journal answers for as long as it can, and that tells the journal what it computes. */
export interface JournaledTarget extends SmoothTarget {
  readonly failures: ReadonlyMap<string, number>;
  /** How many evaluations the journal answered. */
  readonly replayed: number;
}

/** What the likelihood said of a batch of points. */
interface Answer {
  readonly logLikelihoods: Float64Array;
  /** Empty where they were not asked for. */
  readonly gradients: Float64Array;
  /** All reasons so far, where a batch added to them; else null. */
  readonly failures: readonly (readonly [string, number])[] | null;
}

/**
 * @param name Of the search: what is stored of another is refused.
 * @throws InputError `journal/other` when the journal is of another search, as its methods do when points differ.
 */
export function journaled(target: SmoothTarget, journal: Journal, name: string): JournaledTarget {
  const failures = new Map<string, number>();
  /** Those that the target itself does not know of. */
  let before: ReadonlyMap<string, number> = new Map();
  let replayed = 0;
  const title = new TextEncoder().encode(name);
  const stored = journal.next();
  if (stored === null) journal.append(title);
  else if (crc32(stored) !== crc32(title)) throw otherSearch(`it should begin with '${name}'`);

  async function answer(points: Float64Array, compute: () => Promise<Omit<Answer, "failures">>): Promise<Answer> {
    const key = crc32(bytesOf(points));
    const entry = journal.next();
    if (entry !== null) {
      const { key: storedKey, answer } = decode(entry);
      if (storedKey !== key) throw otherSearch("its points are others");
      replayed += answer.logLikelihoods.length;
      for (const [reason, count] of answer.failures ?? []) failures.set(reason, count);
      before = new Map(failures);
      return answer;
    }
    const computed = await compute();
    let failed = false;
    for (const [reason, count] of target.failures ?? []) {
      const all = count + (before.get(reason) ?? 0);
      failed ||= all !== failures.get(reason);
      failures.set(reason, all);
    }
    const complete = { ...computed, failures: failed ? [...failures] : null };
    journal.append(encode(key, complete));
    return complete;
  }

  const none = new Float64Array(0);
  return {
    dimensions: target.dimensions,
    failures,
    get replayed() {
      return replayed;
    },
    async logLikelihoods(points) {
      const compute = async () => ({ logLikelihoods: await target.logLikelihoods(points), gradients: none });
      return (await answer(points, compute)).logLikelihoods;
    },
    withGradients: (points) => answer(points, () => target.withGradients(points)),
  };
}

function otherSearch(how: string): InputError {
  const what = `the journal is of another search: ${how}`;
  const remedy = "resume with the build of arclet and the Node that began it, or fit anew with another --out";
  return new InputError("journal/other", what, remedy);
}

/** Key, points and derivatives, little-endian as everything in Arclet's files, then both arrays and the failures as JSON. */
function encode(key: number, { logLikelihoods, gradients, failures }: Answer): Uint8Array {
  const text = failures === null ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(failures));
  const counts = Uint32Array.of(key, logLikelihoods.length, gradients.length);
  const parts = [counts, logLikelihoods, gradients].map(bytesOf).concat(text);
  const entry = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    entry.set(part, at);
    at += part.length;
  }
  return entry;
}

function decode(entry: Uint8Array): { readonly key: number; readonly answer: Answer } {
  const header = 12;
  if (entry.length < header) throw otherSearch("an entry is too short");
  // A copy of its own, aligned.
  const bytes = entry.slice();
  const [key, count, slopes] = new Uint32Array(bytes.buffer, 0, 3);
  const end = header + 8 * (count + slopes);
  if (bytes.length < end) throw otherSearch("an entry is too short");
  const numbers = (from: number, length: number) => new Float64Array(bytes.slice(from, from + 8 * length).buffer);
  const text = new TextDecoder().decode(bytes.subarray(end));
  const answer = {
    logLikelihoods: numbers(header, count),
    gradients: numbers(header + 8 * count, slopes),
    failures: text === "" ? null : (JSON.parse(text) as Answer["failures"]),
  };
  return { key, answer };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
