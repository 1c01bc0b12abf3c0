import { Inflate } from "fflate";
import { InputError } from "../errors.ts";
import { crc32 } from "./crc32.ts";
import type { ZipEntry } from "./zip-directory.ts";

/**
 * Compressed bytes to give to an unpacker at a time: small, since one push may come back 1032 times as long.
 */
export const PACKED_BYTES = 16_384;

/** Input without output that is still plausible: the longest stored block is 64 KiB, waited for whole. */
const MAX_SILENT_BYTES = 524_288;

/**
 * Turns the stored bytes of an entry into its contents: push them in order, `last` with the final ones; what comes out
 * is returned. Output never exceeds the entry's size.
 *
 * @throws InputError `zip/damaged` if they do not inflate, or to another length or checksum than the directory's.
 */
export function zipUnpacker(entry: ZipEntry, where: string): (packed: Uint8Array, last: boolean) => Uint8Array[] {
  let produced = 0;
  let silent = 0;
  let crc = 0;
  let output: Uint8Array[] = [];
  const accept = (bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    produced += bytes.length;
    if (produced > entry.size) throw damaged(`it inflates to more than its ${entry.size} bytes`, where);
    silent = 0;
    crc = crc32(bytes, crc);
    output.push(bytes);
  };
  const inflate = entry.deflated ? new Inflate(accept) : undefined;
  return (packed, last) => {
    output = [];
    silent += packed.length;
    if (inflate === undefined) accept(packed);
    else
      try {
        inflate.push(packed, last);
      } catch (error) {
        throw error instanceof InputError ? error : damaged(`it does not inflate (${String(error)})`, where);
      }
    // Bytes after the end of a deflate stream are kept by the inflater: refuse them before they pile up.
    if (silent > MAX_SILENT_BYTES) throw damaged("its compressed bytes go on after their end", where);
    if (last && produced !== entry.size)
      throw damaged(`it inflates to ${produced} bytes in place of ${entry.size}`, where);
    if (last && crc !== entry.crc) throw damaged("its checksum is wrong", where);
    return output;
  };
}

function damaged(what: string, where: string): InputError {
  return new InputError("zip/damaged", what, "the file is damaged; write it again", where);
}
