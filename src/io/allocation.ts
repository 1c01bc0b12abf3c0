import { InputError } from "../errors.ts";

/**
 * A zeroed buffer of `byteLength` bytes.
 *
 * @throws InputError `memory/too-large` where the engine refuses: the array is real, but this machine cannot hold it.
 */
export function allocate(byteLength: number, where: string): ArrayBuffer {
  try {
    return new ArrayBuffer(byteLength);
  } catch {
    throw new InputError(
      "memory/too-large",
      `an array of ${byteLength} bytes does not fit in memory`,
      "read it in pieces of a few rows or use a smaller array",
      where,
    );
  }
}
