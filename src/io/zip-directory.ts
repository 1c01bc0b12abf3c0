import { InputError } from "../errors.ts";
import { printable } from "./printable.ts";

/**
 * The central directory of a zip archive, zip64 included; record layouts after PKWARE's APPNOTE 6.3.10.
 *
 * Sizes come from the central directory alone: numpy's writer leaves 0xFFFFFFFF (zip64) or nothing (streamed output with
 * data descriptors) in the local headers.
 */
export interface ZipEntry {
  readonly name: string;
  readonly deflated: boolean;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

/** A range of the archive that a parser needs next; it is answered with exactly those bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
/** Deflate's best: 258 bytes out of a 1-bit length code and a 1-bit distance code. */
const MAX_DEFLATE_RATIO = 1032;

/**
 * Parses the directory of an archive of `size` bytes; yields the ranges it needs, so that one parser serves bytes in
 * memory and files read in pieces.
 *
 * @throws InputError `zip/...`. After it, entries lie within the archive, do not overlap, and hold no more than deflate
 * can make of their bytes: all of them together inflate to at most 1032 times the archive.
 */
export function* readZipDirectory(size: number, where: string): Generator<ByteRange, ZipEntry[], Uint8Array> {
  const tailLength = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = yield { offset: size - tailLength, length: tailLength };
  const end = findEnd(tail);
  if (end === undefined)
    throw new InputError(
      "zip/not-zip",
      "no zip directory at the end of the file",
      "give an .npz file written with numpy.savez, whole",
      where,
    );
  const view = viewOf(tail);
  let count = view.getUint16(end + 10, true);
  let directorySize = view.getUint32(end + 12, true);
  let directoryOffset = view.getUint32(end + 16, true);
  let directoryLimit = size - tailLength + end;
  if (end >= LOCATOR_BYTES && view.getUint32(end - LOCATOR_BYTES, true) === 0x07064b50) {
    const offset = Number(view.getBigUint64(end - LOCATOR_BYTES + 8, true));
    if (offset + END64_BYTES > directoryLimit) throw damaged("the zip64 record lies beyond the end", where);
    const record = viewOf(yield { offset, length: END64_BYTES });
    if (record.getUint32(0, true) !== 0x06064b50) throw damaged("the zip64 record is missing", where);
    count = Number(record.getBigUint64(32, true));
    directorySize = Number(record.getBigUint64(40, true));
    directoryOffset = Number(record.getBigUint64(48, true));
    directoryLimit = offset;
  }
  if (directoryOffset + directorySize > directoryLimit) throw damaged("the directory lies beyond the end", where);
  if (count * CENTRAL_BYTES > directorySize) throw damaged(`${count} entries in ${directorySize} bytes`, where);
  const entries = parseEntries(yield { offset: directoryOffset, length: directorySize }, count, where);
  requireDisjoint(entries, directoryOffset, where);
  return entries;
}

/** Where an entry's bytes begin: after its local header, whose name and extra field have lengths of their own. */
export function* locateZipData(entry: ZipEntry, where: string): Generator<ByteRange, number, Uint8Array> {
  const local = viewOf(yield { offset: entry.headerOffset, length: LOCAL_BYTES });
  if (local.getUint32(0, true) !== 0x04034b50) throw damaged("an entry has no local header", where);
  return entry.headerOffset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
}

function findEnd(tail: Uint8Array): number | undefined {
  const view = viewOf(tail);
  for (let at = tail.length - END_BYTES; at >= 0; at--)
    // The comment must reach exactly to the end, or the signature is only part of somebody's comment.
    if (view.getUint32(at, true) === 0x06054b50 && at + END_BYTES + view.getUint16(at + 20, true) === tail.length)
      return at;
  return undefined;
}

function parseEntries(directory: Uint8Array, count: number, where: string): ZipEntry[] {
  const view = viewOf(directory);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > directory.length || view.getUint32(at, true) !== 0x02014b50)
      throw damaged(`directory entry ${index} of ${count} is missing`, where);
    const nameEnd = at + CENTRAL_BYTES + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const next = extraEnd + view.getUint16(at + 32, true);
    if (next > directory.length) throw damaged(`directory entry ${index} of ${count} is cut short`, where);
    const name = new TextDecoder().decode(directory.subarray(at + CENTRAL_BYTES, nameEnd));
    const place = `${where}: ${printable(name)}`;
    if (view.getUint16(at + 8, true) & 1)
      throw new InputError("zip/encrypted", "the entry is encrypted", "store it without a password", place);
    const method = view.getUint16(at + 10, true);
    if (method !== 0 && method !== 8)
      throw new InputError("zip/method", `compression method ${method}`, "store it deflated or uncompressed", place);
    const [size, compressedSize, headerOffset] = wideValues(
      [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)],
      directory.subarray(nameEnd, extraEnd),
      place,
    );
    const deflated = method === 8;
    if (deflated ? size! > compressedSize! * MAX_DEFLATE_RATIO : size !== compressedSize)
      throw damaged(`${compressedSize} stored bytes cannot hold ${size}`, place);
    const crc = view.getUint32(at + 16, true);
    entries.push({ name, deflated, crc, compressedSize: compressedSize!, size: size!, headerOffset: headerOffset! });
    at = next;
  }
  return entries;
}

/** Size, compressed size and header offset, where they are 0xFFFFFFFF taken in turn from the zip64 extra field. */
function wideValues(values: readonly number[], extra: Uint8Array, where: string): number[] {
  const view = viewOf(extra);
  let at = 0;
  let limit = 0;
  for (let field = 0; field + 4 <= extra.length; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    at = field + 4;
    limit = Math.min(extra.length, at + view.getUint16(field + 2, true));
    break;
  }
  return values.map((value) => {
    if (value !== 0xffffffff) return value;
    if (at + 8 > limit) throw damaged("the zip64 field is missing", where);
    at += 8;
    return Number(view.getBigUint64(at - 8, true));
  });
}

function requireDisjoint(entries: readonly ZipEntry[], directoryOffset: number, where: string): void {
  const inOrder = entries.toSorted((a, b) => a.headerOffset - b.headerOffset);
  for (const [index, entry] of inOrder.entries()) {
    const limit = inOrder[index + 1]?.headerOffset ?? directoryOffset;
    if (entry.headerOffset + LOCAL_BYTES + entry.compressedSize > limit)
      throw damaged("the entry overlaps what follows it", `${where}: ${printable(entry.name)}`);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(what: string, where: string): InputError {
  return new InputError("zip/damaged", what, "the file is cut short or damaged; write it again", where);
}
