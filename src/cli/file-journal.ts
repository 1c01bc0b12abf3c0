import { closeSync, constants, fsync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { InputError } from "../errors.ts";
import { crc32 } from "../io/crc32.ts";
import type { Journal } from "../pipeline/journal.ts";
import { errorCode } from "./error-code.ts";

/** Before every entry: its length and its CRC-32, little-endian. */
const FRAME = 8;
/** What is on its way to the disk is waited for so often, milliseconds: a power cut costs no more than that. */
const SYNC_INTERVAL = 5000;
/** Longer than any batch: a length beyond it is damage. */
const LONGEST_ENTRY = 2 ** 30;
const CHUNK = 2 ** 20;

/**
 * A journal in a file that only ever grows. What a killed run left half written is cut off when the entries before it have
 * been read.
 */
export class FileJournal implements Journal {
  readonly #file: number;
  readonly #path: string;
  /** Where the entries end that are whole: read so far, or written. */
  #end = 0;
  #reading = true;
  #entries = 0;
  /** What was read ahead, from `#aheadAt` on. */
  #ahead = new Uint8Array(0);
  #aheadAt = 0;
  #synced = performance.now();
  #syncError: Error | null = null;

  /** @throws InputError `journal/unwritable`. */
  constructor(path: string) {
    this.#path = path;
    try {
      this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT);
    } catch (error) {
      const what = `the journal cannot be opened (${errorCode(error)})`;
      throw new InputError("journal/unwritable", what, "give a directory that can be written", path);
    }
  }

  /** Read or written so far. */
  get entries(): number {
    return this.#entries;
  }

  next(): Uint8Array | null {
    if (!this.#reading) return null;
    const frame = this.#read(this.#end, FRAME);
    if (frame !== null) {
      const header = new DataView(frame.buffer, frame.byteOffset);
      const [length, sum] = [header.getUint32(0, true), header.getUint32(4, true)];
      const entry = length <= LONGEST_ENTRY ? this.#read(this.#end + FRAME, length) : null;
      if (entry !== null && crc32(entry) === sum) {
        this.#end += FRAME + length;
        this.#entries++;
        return entry;
      }
    }
    this.#reading = false;
    ftruncateSync(this.#file, this.#end);
    return null;
  }

  append(entry: Uint8Array): void {
    if (this.#reading) throw new Error("entries of an earlier run are to be read first");
    const framed = new Uint8Array(FRAME + entry.length);
    const header = new DataView(framed.buffer);
    header.setUint32(0, entry.length, true);
    header.setUint32(4, crc32(entry), true);
    framed.set(entry, FRAME);
    try {
      if (this.#syncError !== null) throw this.#syncError;
      for (let done = 0; done < framed.length; ) {
        done += writeSync(this.#file, framed, done, framed.length - done, this.#end + done);
      }
    } catch (error) {
      const remedy = "make room, then `arclet resume` goes on from what is stored";
      throw new Error(`${this.#path}: the journal cannot be written (${errorCode(error)}); ${remedy}`);
    }
    this.#end += framed.length;
    this.#entries++;
    this.#sync();
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(from: number, length: number): Uint8Array | null {
    const ahead = from - this.#aheadAt;
    if (ahead < 0 || ahead + length > this.#ahead.length) {
      const bytes = new Uint8Array(Math.max(length, CHUNK));
      let filled = 0;
      for (let count = 1; count > 0 && filled < bytes.length; filled += count) {
        count = readSync(this.#file, bytes, filled, bytes.length - filled, from + filled);
      }
      this.#ahead = bytes.subarray(0, filled);
      this.#aheadAt = from;
      if (filled < length) return null;
    }
    return this.#ahead.slice(from - this.#aheadAt, from - this.#aheadAt + length);
  }

  /** In the background: a kill loses nothing of what was written, a power cut little. */
  #sync(): void {
    const now = performance.now();
    if (now < this.#synced + SYNC_INTERVAL) return;
    this.#synced = now;
    fsync(this.#file, (error) => {
      // A file that was closed in the meantime is whole.
      if (error !== null && error.code !== "EBADF") this.#syncError = error;
    });
  }
}
