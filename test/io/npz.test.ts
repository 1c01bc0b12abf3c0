import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openFile } from "../../src/cli/file-source.ts";
import { type ByteSource, blobSource, bytesSource } from "../../src/io/byte-source.ts";
import { crc32 } from "../../src/io/crc32.ts";
import { type Dtype, type NdArray, type NdData, toFloat64 } from "../../src/io/ndarray.ts";
import { readNpy, writeNpy } from "../../src/io/npy.ts";
import { openNpy } from "../../src/io/npy-stream.ts";
import { openNpz, readNpz, writeNpz } from "../../src/io/npz.ts";
import { encodePng } from "../../src/io/png.ts";
import { collect, expected, fixture, fixtureSource, numbers } from "./fixture.ts";

type Expected = Record<string, { dtype: Dtype; shape: number[]; values: (number | string)[] }>;

/** Values of any dtype as numbers, int64 beyond 2^53 rounded. */
function plain(data: NdData): number[] {
  return Array.from(data, Number);
}

const WORDS: Record<Dtype, (length: number, noise: Uint8Array<ArrayBuffer>) => NdData> = {
  f8: (length, noise) => new Float64Array(noise.buffer, 0, length),
  f4: (length, noise) => new Float32Array(noise.buffer, 0, length),
  i8: (length, noise) => new BigInt64Array(noise.buffer, 0, length),
  i4: (length, noise) => new Int32Array(noise.buffer, 0, length),
  i2: (length, noise) => new Int16Array(noise.buffer, 0, length),
  u1: (length, noise) => new Uint8Array(noise.buffer, 0, length),
  bool: (length, noise) => new Uint8Array(noise.buffer, 0, length).map((byte) => byte & 1),
  c16: (length, noise) => new Float64Array(noise.buffer, 0, 2 * length),
};

/** Arrays of every dtype with any bits, scalars and empty ones among them. */
const arrays: fc.Arbitrary<NdArray> = fc
  .record({
    dtype: fc.constantFrom<Dtype>("f8", "f4", "i8", "i4", "i2", "u1", "bool", "c16"),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    noise: fc.uint8Array({ minLength: 1024, maxLength: 1024 }),
  })
  .map(({ dtype, shape, noise }) => {
    const length = shape.reduce((product, axis) => product * axis, 1);
    return { dtype, shape, data: WORDS[dtype](length, Uint8Array.from(noise)) };
  });

function bits({ data }: NdArray): number[] {
  return [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
}

describe("npz written by numpy", () => {
  let values: Expected;
  beforeAll(async () => {
    values = await expected<Expected>("npz.json");
  });

  test.each(["stored.npz", "deflated.npz", "descriptors.npz"])(
    "%s: every dtype, byte order, memory order and shape",
    async (file) => {
      const read = readNpz(await fixture(file), file);
      const archive = await openNpz(await fixtureSource(file));
      expect(read.size).toBeGreaterThan(10);
      expect(archive.names).toEqual([...read.keys()]);
      for (const [name, array] of read) {
        const { dtype, shape, values: flat } = values[name]!;
        expect({ name, dtype: array.dtype, shape: array.shape }).toEqual({ name, dtype, shape });
        expect({ name, values: plain(array.data) }).toEqual({ name, values: numbers(flat) });
        expect(await archive.array(name)).toEqual(array);
        expect(await archive.header(name)).toMatchObject({ dtype, shape });
        for (const rowsPerChunk of [1, 2, 1000]) {
          const chunks = await collect(archive.rows(name, rowsPerChunk));
          expect({ name, values: chunks.flatMap((chunk) => [...chunk]) }).toEqual({ name, values: numbers(flat) });
        }
      }
    },
  );

  test("every value in npz.json is in a file", async () => {
    expect([...readNpz(await fixture("deflated.npz"), "x").keys()].sort()).toEqual(Object.keys(values).sort());
  });

  test.each(["version1.npy", "version2.npy", "version3.npy"])("%s", async (file) => {
    const array = readNpy(await fixture(file), file);
    expect(array).toEqual({ dtype: "f8", shape: [3, 4], data: Float64Array.from({ length: 12 }, (_, i) => i) });
    const stream = await openNpy(await fixtureSource(file));
    expect(await stream.array()).toEqual(array);
    expect((await collect(stream.rows(2))).map((chunk) => chunk.length)).toEqual([8, 4]);
  });

  test("names beyond ASCII, and rows of a long deflated array", async () => {
    const archive = await openNpz(await fixtureSource("rows.npz"));
    expect(archive.names).toEqual(["long", "ünïcode"]);
    let row = 0;
    for await (const chunk of archive.rows("long", 700))
      for (let i = 0; i < chunk.length; i += 2, row++)
        if (chunk[i] !== row % 8 || chunk[i + 1] !== Math.floor(row / 5000)) throw new Error(`row ${row} differs`);
    expect(row).toBe(40_000);
  });
});

describe("what cannot be read is said", () => {
  test.each([
    ["structured.npy", "npy/dtype", /structured type/],
    ["text.npy", "npy/dtype", /<U3/],
    ["images.fits", "npy/not-npy", /npy format/],
  ])("%s as npy", async (file, tag, message) => {
    const bytes = await fixture(file);
    expect(() => readNpy(bytes, file)).toThrow(
      expect.objectContaining({ tag, message: expect.stringMatching(message) }),
    );
    await expect(openNpy(bytesSource(bytes, file))).rejects.toMatchObject({ tag });
  });

  test("a missing array: the names there are", async () => {
    const archive = await openNpz(await fixtureSource("rows.npz"));
    const error = { tag: "npz/missing", message: expect.stringContaining("there are: long, ünïcode") };
    await expect(archive.array("lng")).rejects.toMatchObject(error);
    await expect(archive.header("lng")).rejects.toMatchObject(error);
    await expect(collect(archive.rows("lng", 1))).rejects.toMatchObject(error);
  });

  test("a damaged byte anywhere in a member's data", async () => {
    const bytes = writeNpz({ a: { dtype: "f8", shape: [50], data: new Float64Array(50).fill(1.5) } });
    const at = bytes.length - 200;
    bytes[at] = bytes[at]! ^ 4;
    const error = { tag: "zip/damaged", message: expect.stringContaining("checksum") };
    expect(() => readNpz(bytes, "x")).toThrow(expect.objectContaining(error));
    const archive = await openNpz(bytesSource(bytes, "x"));
    await expect(archive.array("a")).rejects.toMatchObject(error);
    await expect(collect(archive.rows("a", 7))).rejects.toMatchObject(error);
  });

  test("a shape that claims more than the bytes", () => {
    const bytes = writeNpy({ dtype: "u1", shape: [9], data: new Uint8Array(9) });
    const text = new TextDecoder("latin1").decode(bytes).replace("(9,), }            ", "(9, 99999999999), }");
    const claimed = Uint8Array.from(text, (character) => character.charCodeAt(0));
    // The magic's first byte is not ASCII, and latin1 decoding maps it elsewhere.
    claimed[0] = 0x93;
    expect(() => readNpy(claimed, "x")).toThrow(expect.objectContaining({ tag: "npy/size" }));
  });

  test("a directory that claims more than deflate can hold", () => {
    const bytes = writeNpz({ a: { dtype: "f8", shape: [50], data: new Float64Array(50) } }, { level: 6 });
    const view = new DataView(bytes.buffer);
    const central = view.getUint32(bytes.length - 6, true);
    view.setUint32(central + 24, 0xfffffff0, true);
    expect(() => readNpz(bytes, "x")).toThrow(expect.objectContaining({ tag: "zip/damaged" }));
  });

  test("members that overlap, as in a zip bomb", () => {
    const array: NdArray = { dtype: "f8", shape: [50], data: new Float64Array(50) };
    const bytes = writeNpz({ a: array, b: array }, { level: 6 });
    const view = new DataView(bytes.buffer);
    const first = view.getUint32(bytes.length - 6, true);
    const second = first + 46 + view.getUint16(first + 28, true);
    view.setUint32(second + 42, view.getUint32(first + 42, true), true);
    expect(() => readNpz(bytes, "x")).toThrow(/overlaps/);
  });

  test("compressed bytes that go on after their end stop early", async () => {
    const array: NdArray = { dtype: "f8", shape: [50], data: new Float64Array(50) };
    const bytes = writeNpz({ a: array }, { level: 6 });
    const central = new DataView(bytes.buffer).getUint32(bytes.length - 6, true);
    const junk = 8_000_000;
    const padded = new Uint8Array(bytes.length + junk).fill(7);
    padded.set(bytes.subarray(0, central));
    padded.set(bytes.subarray(central), central + junk);
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 6, central + junk, true);
    view.setUint32(central + junk + 20, view.getUint32(central + junk + 20, true) + junk, true);
    expect(() => readNpz(padded, "x")).toThrow(/go on after their end/);
  });

  test("int64 values that f64 cannot hold", () => {
    const data = BigInt64Array.of(1n, -(2n ** 53n) - 1n);
    expect(() => toFloat64({ dtype: "i8", shape: [2], data })).toThrow(
      expect.objectContaining({ tag: "array/inexact" }),
    );
  });

  test.each([0, -1, 1.5, Number.NaN])("%d rows per chunk", async (rowsPerChunk) => {
    const archive = await openNpz(await fixtureSource("rows.npz"));
    await expect(collect(archive.rows("long", rowsPerChunk))).rejects.toMatchObject({ tag: "rows/count" });
  });

  test("data that disagree with the shape or dtype are not written", () => {
    const error = expect.objectContaining({ tag: "npy/shape" });
    expect(() => writeNpy({ dtype: "f8", shape: [3], data: new Float64Array(2) })).toThrow(error);
    expect(() => writeNpy({ dtype: "c16", shape: [2], data: new Float64Array(2) })).toThrow(error);
    expect(() => writeNpy({ dtype: "f4", shape: [2], data: new Float64Array(2) })).toThrow(error);
  });
});

describe("round trips", () => {
  test("npy: every dtype and shape, bit for bit", async () => {
    await fc.assert(
      fc.asyncProperty(arrays, async (array) => {
        const bytes = writeNpy(array);
        const read = readNpy(bytes, "x");
        expect({ ...read, data: bits(read) }).toEqual({ ...array, data: bits(array) });
        const streamed = await (await openNpy(bytesSource(bytes, "x"))).array();
        expect(bits(streamed)).toEqual(bits(array));
      }),
      { numRuns: 200 },
    );
  });

  test("npz: stored and deflated, in memory and streamed", async () => {
    const level = fc.constantFrom<0 | 1 | 6 | 9>(0, 1, 6, 9);
    const named = fc.dictionary(fc.string({ minLength: 1, unit: "grapheme" }), arrays, { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(named, level, async (members, level) => {
        const bytes = writeNpz(members, { level });
        const read = readNpz(bytes, "x");
        expect([...read.keys()]).toEqual(Object.keys(members));
        const archive = await openNpz(bytesSource(bytes, "x"));
        for (const [name, array] of read) {
          expect(bits(array)).toEqual(bits(members[name]!));
          expect(bits(await archive.array(name))).toEqual(bits(array));
        }
      }),
      { numRuns: 100 },
    );
  });

  test("the same arrays give the same bytes in every time zone", () => {
    const members: Record<string, NdArray> = { a: { dtype: "i2", shape: [3], data: Int16Array.of(1, 2, 3) } };
    const zone = process.env.TZ;
    try {
      const written = ["UTC", "Asia/Tokyo", "America/Los_Angeles"].map((name) => {
        process.env.TZ = name;
        return crc32(writeNpz(members, { level: 6 }));
      });
      expect(new Set(written).size).toBe(1);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  test("png: what is encoded is decoded", () => {
    const data = Uint8Array.from({ length: 2 * 3 * 4 }, (_, i) => 10 * i);
    expect(decode(encodePng({ width: 2, height: 3, channels: 4, data }))).toMatchObject({ width: 2, height: 3, data });
    expect(() => encodePng({ width: 2, height: 3, channels: 3, data })).toThrow(/24 bytes/);
  });
});

describe("sources", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "arclet-io-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("memory, Blob and file give the same ranges and the same error beyond the end", async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);
    const path = join(folder, "bytes");
    await writeFile(path, bytes);
    await using file = await openFile(path);
    for (const source of [bytesSource(bytes, "m"), blobSource(new Blob([bytes]), "b"), file] satisfies ByteSource[]) {
      expect(source.size).toBe(1000);
      expect([...(await source.read(300, 20))]).toEqual([...bytes.subarray(300, 320)]);
      expect((await source.read(1000, 0)).length).toBe(0);
      for (const [offset, length] of [
        [990, 11],
        [-1, 2],
        [0.5, 1],
        [0, Number.NaN],
      ] as const)
        await expect(source.read(offset, length)).rejects.toMatchObject({ tag: "bytes/truncated" });
    }
  });

  test("missing file, directory, and a file cut while open", async () => {
    await expect(openFile(join(folder, "nothing"))).rejects.toMatchObject({ tag: "file/missing" });
    await expect(openFile(folder)).rejects.toMatchObject({ tag: "file/directory" });
    await expect(openFile("a\0b")).rejects.toMatchObject({ tag: "file/unreadable" });
    const path = join(folder, "cut");
    await writeFile(path, new Uint8Array(100));
    await using file = await openFile(path);
    await truncate(path, 10);
    await expect(file.read(0, 50)).rejects.toMatchObject({ tag: "bytes/truncated" });
  });

  test("rows of a stored array read its range only, in pieces", async () => {
    const rows = 200_000;
    const data = Float64Array.from({ length: 2 * rows }, (_, i) => i);
    const bytes = writeNpz({
      before: { dtype: "u1", shape: [9], data: new Uint8Array(9) },
      a: { dtype: "f8", shape: [rows, 2], data },
    });
    let largest = 0;
    let total = 0;
    const inner = bytesSource(bytes, "x");
    const archive = await openNpz({
      ...inner,
      read(offset, length) {
        largest = Math.max(largest, length);
        total += length;
        return inner.read(offset, length);
      },
    });
    let sum = 0;
    for await (const chunk of archive.rows("a", 1000)) {
      expect(chunk.length).toBe(2000);
      sum += chunk[0]!;
    }
    expect(sum).toBe(2000 * ((200 * 199) / 2));
    expect(largest).toBeLessThan(300_000);
    expect(total).toBeLessThan(data.byteLength + 70_000);
  });
});
