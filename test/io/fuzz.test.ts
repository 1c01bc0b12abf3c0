import fc from "fast-check";
import { zlibSync } from "fflate";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { openFits, writeFits } from "../../src/io/fits.ts";
import { readNpy, writeNpy } from "../../src/io/npy.ts";
import { openNpy } from "../../src/io/npy-stream.ts";
import { openNpz, readNpz, writeNpz } from "../../src/io/npz.ts";
import { fixture } from "./fixture.ts";

/** Any one input must be dealt with in this time. */
const LIMIT_MS = 5000;
/** f64 out of 8-bit pixels. */
const FITS_RATIO = 8;
/** The most that deflate can make of a byte; int16 read as rows gives four times the bytes. */
const DEFLATE_RATIO = 1032;

type Reader = (bytes: Uint8Array) => Promise<number>;

/** Reads all that there is and tells how many bytes came of it. */
const READERS: Record<string, Reader> = {
  npy: async (bytes) => readNpy(bytes, "x").data.byteLength,
  npyStream: async (bytes) => {
    const stream = await openNpy(bytesSource(bytes, "x"));
    await stream.header();
    return (await stream.array()).data.byteLength + (await total(stream.rows(3))) / 8;
  },
  npz: async (bytes) => sum([...readNpz(bytes, "x").values()].map(({ data }) => data.byteLength)),
  npzStream: async (bytes) => {
    const archive = await openNpz(bytesSource(bytes, "x"));
    let size = 0;
    for (const name of archive.names) {
      await tolerate(async () => {
        size += (await archive.array(name)).data.byteLength;
      });
      await tolerate(async () => {
        await total(archive.rows(name, 2));
      });
    }
    return size;
  },
  fits: async (bytes) => {
    const file = await openFits(bytesSource(bytes, "x"));
    let size = 0;
    for (const { index } of file.hdus) {
      await tolerate(async () => {
        size += (await file.image(index)).data.byteLength;
      });
      await tolerate(async () => {
        await total(file.rows(index, 2));
      });
    }
    return size;
  },
};

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

async function total(chunks: AsyncIterable<Float64Array>): Promise<number> {
  let size = 0;
  for await (const chunk of chunks) size += chunk.byteLength;
  return size;
}

async function tolerate(read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
}

/** A result or an InputError of one line, in time, and no bigger than the bytes can hold. */
async function requireSound(reader: Reader, bytes: Uint8Array, ratio: number): Promise<void> {
  const start = performance.now();
  try {
    expect(await reader(bytes)).toBeLessThanOrEqual(ratio * bytes.length);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toMatch(/^[^\n]+$/);
    expect(error.tag).toMatch(/^(npy|zip|npz|fits|bytes|array|memory)\/[a-z-]+$/);
  }
  expect(performance.now() - start).toBeLessThan(LIMIT_MS);
}

/** Changes to a valid file; positions are fractions of its length. */
type Change =
  | { kind: "flip"; at: number; bit: number }
  | { kind: "set"; at: number; byte: number }
  | { kind: "cut"; at: number }
  | { kind: "drop"; at: number; length: number }
  | { kind: "insert"; at: number; bytes: Uint8Array }
  | { kind: "copy"; at: number; to: number; length: number }
  | { kind: "digits"; at: number; digits: string };

// Unbiased: small values come too often otherwise, and nearly every mutant dies of its first bytes.
const at = fc.noBias(fc.integer({ min: 0, max: 999_999 })).map((millionths) => millionths / 1e6);
const length = fc.integer({ min: 1, max: 3000 });
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("flip" as const), at, bit: fc.integer({ min: 0, max: 7 }) }),
  fc.record({ kind: fc.constant("set" as const), at, byte: fc.constantFrom(0, 1, 0x20, 0x7f, 0x80, 0xff) }),
  fc.record({ kind: fc.constant("cut" as const), at }),
  fc.record({ kind: fc.constant("drop" as const), at, length }),
  fc.record({ kind: fc.constant("insert" as const), at, bytes: fc.uint8Array({ maxLength: 100 }) }),
  fc.record({ kind: fc.constant("copy" as const), at, to: at, length }),
  fc.record({
    kind: fc.constant("digits" as const),
    at,
    digits: fc.constantFrom("9", "-1", "0", "99999999", "1e400", "NaN", "99999999999999999999", "1.5", "'x'"),
  }),
);

function mutate(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
  let mutated = bytes.slice();
  for (const change of changes) {
    const place = Math.floor(change.at * mutated.length);
    switch (change.kind) {
      case "flip":
        if (mutated.length > 0) mutated[place]! ^= 1 << change.bit;
        break;
      case "set":
        if (mutated.length > 0) mutated[place] = change.byte;
        break;
      case "cut":
        mutated = mutated.slice(0, place);
        break;
      case "drop":
        mutated = joined(mutated.subarray(0, place), mutated.subarray(place + change.length));
        break;
      case "insert":
        mutated = joined(mutated.subarray(0, place), change.bytes, mutated.subarray(place));
        break;
      case "copy": {
        const to = Math.floor(change.to * mutated.length);
        mutated.copyWithin(to, place, Math.min(mutated.length, place + change.length));
        break;
      }
      case "digits": {
        // One of the numbers written in ASCII, overwritten in place.
        const starts = numberStarts(mutated);
        const from = starts[Math.floor(change.at * starts.length)] ?? mutated.length;
        const text = new TextEncoder().encode(change.digits);
        mutated.set(text.subarray(0, mutated.length - from), from);
        break;
      }
    }
  }
  return mutated;
}

function numberStarts(bytes: Uint8Array): number[] {
  const text = new TextDecoder("latin1").decode(bytes);
  return [...text.matchAll(/\d+/g)].map((match) => match.index);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(sum(parts.map((part) => part.length)));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

async function requireSoundMutants(reader: Reader, files: readonly Uint8Array[], ratio: number, numRuns: number) {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(change, { minLength: 1, maxLength: 6 }),
      async (file, changes) => {
        await requireSound(reader, mutate(file, changes), ratio);
      },
    ),
    { numRuns },
  );
}

const small = {
  a: { dtype: "f8", shape: [4, 3], data: new Float64Array(12).map((_, i) => i / 7) },
  b: { dtype: "i2", shape: [300], data: new Int16Array(300).fill(5) },
} as const;

describe("any bytes", () => {
  const starts: Record<string, Uint8Array> = {
    npy: Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0),
    zip: Uint8Array.of(0x50, 0x4b, 3, 4),
    fits: writeFits([{ data: new Uint8Array(0), shape: [] }]).subarray(0, 80),
    none: new Uint8Array(0),
  };
  test.each(Object.keys(READERS))("%s", async (name) => {
    const bytes = fc.uint8Array({ maxLength: 4000, size: "max" });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(starts)), bytes, async (start, bytes) => {
        await requireSound(READERS[name]!, joined(starts[start]!, bytes), FITS_RATIO);
      }),
      { numRuns: 150 },
    );
  });
});

describe("damaged files", () => {
  test.each(["npy", "npyStream"])("%s", async (name) => {
    const files = [
      writeNpy(small.a),
      writeNpy({ dtype: "c16", shape: [], data: Float64Array.of(1, 2) }),
      await fixture("version2.npy"),
      await fixture("structured.npy"),
    ];
    await requireSoundMutants(READERS[name]!, files, 2, 500);
  });

  test.each(["npz", "npzStream"])("%s", async (name) => {
    const files = [
      writeNpz(small),
      writeNpz(small, { level: 6 }),
      await fixture("stored.npz"),
      await fixture("descriptors.npz"),
    ];
    await requireSoundMutants(READERS[name]!, files, DEFLATE_RATIO, 500);
  });

  test("fits", async () => {
    const whole = await fixture("images.fits");
    const files = [
      writeFits([
        { data: new Float32Array(20), shape: [4, 5], cards: [{ keyword: "LONG", value: "x".repeat(200) }] },
        { data: new Int16Array(6), shape: [1, 2, 3], cards: [{ keyword: "BLANK", value: 0 }], name: "A" },
      ]),
      whole.subarray(0, 5 * 2880),
      whole.subarray(0, 2880 * 2),
      await fixture("headers.fits"),
      await fixture("groups.fits"),
    ];
    await requireSoundMutants(READERS.fits!, files, FITS_RATIO, 1000);
  });
});

describe("headers of any values", () => {
  const value = fc.constantFrom(
    ...[
      "8",
      "16",
      "-32",
      "-64",
      "64",
      "0",
      "1",
      "2",
      "3",
      "999",
      "-1",
      "1.5",
      "1E30",
      "NaN",
      "T",
      "'IMAGE'",
      "'BINTABLE'",
    ],
    ...["2147483648", "9007199254740991", "9223372036854775808", "99999999999999999999999", "", "(1, 2)"],
  );
  const keyword = fc.constantFrom(
    ...["BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "PCOUNT", "GCOUNT", "GROUPS", "BSCALE", "BZERO", "BLANK", "EXTNAME"],
  );

  test("fits", async () => {
    const changes = fc.uniqueArray(fc.tuple(keyword, value), { selector: ([keyword]) => keyword, maxLength: 5 });
    const unit = (first: string, changed: readonly (readonly [string, string])[]) => {
      const cards = new Map([["BITPIX", "8"], ["NAXIS", "2"], ["NAXIS1", "3"], ["NAXIS2", "2"], ...changed]);
      const images = [...cards].map(([keyword, value]) => `${keyword.padEnd(8)}= ${value}`.padEnd(80));
      const header = [first.padEnd(80), ...images, "END"].join("").padEnd(2880);
      return joined(new TextEncoder().encode(header), new Uint8Array(2880).fill(1));
    };
    await fc.assert(
      fc.asyncProperty(changes, changes, async (first, second) => {
        const bytes = joined(unit("SIMPLE  = T", first), unit("XTENSION= 'IMAGE   '", second));
        await requireSound(READERS.fits!, bytes, FITS_RATIO);
      }),
      { numRuns: 1000 },
    );
  });

  test("npy", async () => {
    const shape = fc.array(
      fc.constantFrom("0", "1", "2", "24", "9007199254740991", "1e3", "-1", "99999999999999999999"),
    );
    const descr = fc.constantFrom("<f8", ">f8", "|b1", "<c16", "<i2", "|u1", "=f8", "|f8", "<f16", "O", "");
    await fc.assert(
      fc.asyncProperty(shape, descr, fc.constantFrom("True", "False", "0"), async (shape, descr, order) => {
        const literal = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.join(", ")},), }`;
        const text = new TextEncoder().encode(literal.padEnd(400));
        const bytes = joined(Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 144, 1), text, new Uint8Array(24));
        await requireSound(READERS.npy!, bytes, 1);
        await requireSound(READERS.npyStream!, bytes, 4);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("damage at every byte", () => {
  test.each([
    ["npy", () => writeNpy(small.a)],
    ["npz", () => writeNpz(small, { level: 6 })],
    ["npzStream", () => writeNpz({ b: small.b }, { level: 6 })],
  ] as const)("%s: cut short is always an error", async (name, write) => {
    const bytes = write();
    for (let length = 0; length < bytes.length; length++)
      await expect(READERS[name]!(bytes.subarray(0, length))).rejects.toBeInstanceOf(InputError);
  });

  test("npz: each byte set to 255, in memory and streamed", async () => {
    const bytes = writeNpz(small, { level: 6 });
    for (let place = 0; place < bytes.length; place++) {
      const damaged = bytes.slice();
      damaged[place] = 255;
      await requireSound(READERS.npz!, damaged, DEFLATE_RATIO);
      await requireSound(READERS.npzStream!, damaged, DEFLATE_RATIO);
    }
  });
});

describe("deflate streams", () => {
  // The compressed bytes of a member are replaced, with the directory set right: the inflater itself is what is tested.
  function withMember(packed: Uint8Array, size: number): Uint8Array {
    const bytes = writeNpz({ b: small.b }, { level: 6 });
    const view = new DataView(bytes.buffer);
    const central = view.getUint32(bytes.length - 6, true);
    const dataStart = 30 + view.getUint16(26, true);
    const built = joined(bytes.subarray(0, dataStart), packed, bytes.subarray(central));
    const moved = new DataView(built.buffer);
    const directory = dataStart + packed.length;
    moved.setUint32(built.length - 6, directory, true);
    moved.setUint32(directory + 20, packed.length, true);
    moved.setUint32(directory + 24, size, true);
    return built;
  }

  test("any bytes as a deflate stream", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 2, maxLength: 3000, size: "max" }), async (packed) => {
        const bytes = withMember(packed, packed.length * 5);
        await requireSound(READERS.npz!, bytes, DEFLATE_RATIO);
        await requireSound(READERS.npzStream!, bytes, DEFLATE_RATIO);
      }),
      { numRuns: 300 },
    );
  });

  test("a bomb: more comes out than is declared", async () => {
    // A zlib stream without its two-byte header is a deflate stream.
    const packed = zlibSync(new Uint8Array(50_000_000), { level: 9 }).subarray(2);
    expect(packed.length).toBeLessThan(100_000);
    const bytes = withMember(packed, 10_000);
    for (const name of ["npz", "npzStream"] as const) await requireSound(READERS[name]!, bytes, 1);
    await expect(READERS.npz!(bytes)).rejects.toThrow(/more than its 10000 bytes/);
  });
});
