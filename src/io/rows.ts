import { InputError } from "../errors.ts";

/** Throws `rows/count` unless `rowsPerChunk` is a whole number of at least 1. */
export function requireRowsPerChunk(rowsPerChunk: number, where: string): void {
  if (!Number.isSafeInteger(rowsPerChunk) || rowsPerChunk < 1)
    throw new InputError("rows/count", `${rowsPerChunk} rows per chunk`, "ask for a whole number of at least 1", where);
}
