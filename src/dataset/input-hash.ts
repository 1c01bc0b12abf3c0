/** Rows of pairs of f64 that are hashed as one block. */
const BLOCK_ROWS = 8192;
const BLOCK = 2 * BLOCK_ROWS;

/**
 * SHA-256 of arrays that come in pieces: every array is cut into blocks of 8192 rows, and the digests of the blocks, in
 * order and array by array, are hashed once more. So the hash does not depend on the pieces, and the platform's own
 * SHA-256, which takes whole messages alone, does the work in the background.
 */
export class InputHash {
  readonly #arrays: readonly BlockDigests[];

  constructor(arrays: number) {
    this.#arrays = Array.from({ length: arrays }, () => new BlockDigests());
  }

  /**
   * Takes the next rows of each array. What is awaited are the digests of the rows before, so that at most two pieces
   * are in memory.
   */
  async update(pieces: readonly Float64Array[]): Promise<void> {
    for (const array of this.#arrays) await array.settled();
    pieces.forEach((piece, index) => {
      this.#arrays[index].update(piece);
    });
  }

  /** In hexadecimal digits. */
  async digest(): Promise<string> {
    const digests: Uint8Array[] = [];
    for (const array of this.#arrays) digests.push(...(await array.finish()));
    const all = new Uint8Array(32 * digests.length);
    digests.forEach((digest, index) => {
      all.set(digest, 32 * index);
    });
    const bytes = await sha256(all);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

/** The digests of one array's blocks. */
class BlockDigests {
  readonly #done: Uint8Array[] = [];
  #pending: Promise<Uint8Array>[] = [];
  /** The beginning of a block. */
  readonly #rest = new Float64Array(BLOCK);
  #filled = 0;

  update(values: Float64Array): void {
    let from = 0;
    while (from < values.length) {
      if (this.#filled === 0 && values.length - from >= BLOCK) {
        this.#hash(values.subarray(from, from + BLOCK));
        from += BLOCK;
        continue;
      }
      const taken = values.subarray(from, from + BLOCK - this.#filled);
      this.#rest.set(taken, this.#filled);
      this.#filled += taken.length;
      from += taken.length;
      if (this.#filled === BLOCK) this.#hashRest();
    }
  }

  async settled(): Promise<void> {
    this.#done.push(...(await Promise.all(this.#pending)));
    this.#pending = [];
  }

  async finish(): Promise<readonly Uint8Array[]> {
    if (this.#filled > 0) this.#hashRest();
    await this.settled();
    return this.#done;
  }

  #hashRest(): void {
    this.#hash(this.#rest.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #hash(block: Float64Array): void {
    // The bytes are copied before this returns: what holds them may be written again.
    this.#pending.push(sha256(new Uint8Array(block.buffer as ArrayBuffer, block.byteOffset, block.byteLength)));
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
