import { InputError } from "../errors.ts";

/** Reads an exact number of bytes at a time from chunks of any sizes. */
export interface ByteCursor {
  /** Fills `target` with the next bytes. Throws InputError `bytes/truncated` if the chunks end first. */
  fill(target: Uint8Array): Promise<void>;
  /** Runs to the end of the chunks, so that a check made there (a checksum) happens. */
  finish(): Promise<void>;
  /** Stops early: the chunks' own clean-up runs. */
  close(): Promise<void>;
}

export function byteCursor(chunks: AsyncIterable<Uint8Array>, where: string): ByteCursor {
  const iterator = chunks[Symbol.asyncIterator]();
  let chunk = new Uint8Array(0);
  let used = 0;
  return {
    async fill(target) {
      let filled = 0;
      while (filled < target.length) {
        if (used === chunk.length) {
          const next = await iterator.next();
          if (next.done === true)
            throw new InputError(
              "bytes/truncated",
              `the data end ${target.length - filled} bytes too early`,
              "the file is cut short or damaged; fetch it again",
              where,
            );
          chunk = next.value as Uint8Array<ArrayBuffer>;
          used = 0;
        }
        const piece = chunk.subarray(used, used + target.length - filled);
        target.set(piece, filled);
        filled += piece.length;
        used += piece.length;
      }
    },
    async finish() {
      while ((await iterator.next()).done !== true);
    },
    async close() {
      await iterator.return?.();
    },
  };
}
