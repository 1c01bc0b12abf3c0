import { InputError } from "../errors.ts";

/** Random access to bytes: a file on disk, a Blob, or bytes in memory. */
export interface ByteSource {
  readonly name: string;
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset` on; they may be a view of memory that others see, so do not write to them.
   *
   * @throws InputError `bytes/truncated` if the range goes beyond the end.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Throws `bytes/truncated` unless `[offset, offset + length)` lies within `size` bytes. */
export function requireRange(offset: number, length: number, size: number, name: string): void {
  // Negated, so that NaN fails too.
  if (!(Number.isInteger(offset) && Number.isInteger(length) && offset >= 0 && length >= 0 && offset + length <= size))
    throw new InputError(
      "bytes/truncated",
      `${length} bytes at offset ${offset} are needed but there are ${size} bytes in all`,
      "the file is cut short or damaged; fetch it again",
      name,
    );
}

/** Bytes in memory as a source; `read` returns views of them. */
export function bytesSource(bytes: Uint8Array, name: string): ByteSource {
  return {
    name,
    size: bytes.length,
    async read(offset, length) {
      requireRange(offset, length, bytes.length, name);
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** A Blob (a File that a person dropped on a page) as a source; only the ranges asked for are read. */
export function blobSource(blob: Blob, name: string): ByteSource {
  return {
    name,
    size: blob.size,
    async read(offset, length) {
      requireRange(offset, length, blob.size, name);
      let buffer: ArrayBuffer;
      try {
        buffer = await blob.slice(offset, offset + length).arrayBuffer();
      } catch (error) {
        // A File is a reference: it becomes unreadable when the file on disk changes after it was chosen.
        throw new InputError("file/unreadable", `reading failed (${String(error)})`, "choose the file again", name);
      }
      requireRange(0, length, buffer.byteLength, name);
      return new Uint8Array(buffer);
    },
  };
}
