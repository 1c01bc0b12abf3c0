/**
 * What is wrong with something that a person gave: a file, a spec, an option.
 *
 * Readers and constructors throw it at the door; kernels never do (they return a status). The command line prints
 * `message` on one line and exits with 2.
 */
export class InputError extends Error {
  override readonly name = "InputError";
  /** Machine-readable kind, `area/what`, e.g. `fits/truncated`. */
  readonly tag: string;
  /** Where it was found: a file, an HDU, a line and column, a key. */
  readonly where: string | undefined;

  /**
   * @param tag `area/what`, e.g. `fits/truncated`.
   * @param what One sentence with the offending value in it, no final full stop.
   * @param remedy What to do about it, no final full stop.
   * @param where A file, an HDU, a line and column, a key; more can be put in front with `at`.
   */
  constructor(tag: string, what: string, remedy: string, where?: string) {
    super(`${where === undefined ? "" : `${where}: `}${what}; ${remedy}`);
    this.tag = tag;
    this.where = where;
    this.#what = what;
    this.#remedy = remedy;
  }

  readonly #what: string;
  readonly #remedy: string;

  /** The same error seen from further out: `place` goes in front of where it was found. */
  at(place: string): InputError {
    return new InputError(
      this.tag,
      this.#what,
      this.#remedy,
      this.where === undefined ? place : `${place}: ${this.where}`,
    );
  }
}

/** Runs `read`, putting `place` in front of any `InputError` it throws. */
export async function locating<T>(place: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof InputError ? error.at(place) : error;
  }
}
