import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesSource } from "../../src/io/byte-source.ts";
import { type FitsCard, type FitsOutput, type FitsValue, openFits, writeFits } from "../../src/io/fits.ts";
import { formatCard, parseCards } from "../../src/io/fits-card.ts";
import { collect, expected, fixtureSource, numbers } from "./fixture.ts";

const BLOCK = 2880;

function open(bytes: Uint8Array) {
  return openFits(bytesSource(bytes, "x.fits"));
}

/** A FITS file from card images, each padded, with `data` behind. */
function file(images: readonly string[], data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const text = [...images, "END"].map((image) => image.padEnd(80)).join("");
  const header = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK));
  const bytes = new Uint8Array(header.length + data.length);
  bytes.set(header);
  bytes.set(data, header.length);
  return bytes;
}

function primary(bitpix: number, axes: readonly number[], more: readonly string[] = []): string[] {
  return [
    "SIMPLE  =                    T",
    `BITPIX  = ${bitpix}`,
    `NAXIS   = ${axes.length}`,
    ...axes.map((length, axis) => `${`NAXIS${axis + 1}`.padEnd(8)}= ${length}`),
    ...more,
  ];
}

describe("FITS written by astropy", () => {
  type Expected = { name: string; kind: string; shape?: number[]; values?: (number | string)[] }[];

  test("every BITPIX, unsigned types, BLANK, cubes, tables between images", async () => {
    const contents = await expected<Expected>("images.json");
    const fits = await openFits(await fixtureSource("images.fits"));
    expect(fits.hdus.map(({ name, kind }) => ({ name, kind }))).toEqual(
      contents.map(({ name, kind }) => ({ name, kind })),
    );
    for (const [index, { name, shape, values }] of contents.entries()) {
      if (values === undefined) continue;
      const image = await fits.image(index);
      expect({ name, shape: image.shape, values: [...image.data] }).toEqual({ name, shape, values: numbers(values) });
      for (const rowsPerChunk of [1, 2, 100]) {
        const chunks = await collect(fits.rows(index, rowsPerChunk));
        expect(chunks.flatMap((chunk) => [...chunk])).toEqual(numbers(values));
        expect(chunks.length).toBe(Math.ceil(shape![0]! / rowsPerChunk));
      }
    }
  });

  test("what is no image is said, with where the images are", async () => {
    const fits = await openFits(await fixtureSource("images.fits"));
    const index = (name: string) => fits.hdus.findIndex((hdu) => hdu.name === name);
    const error = (message: string) => ({ tag: "fits/not-image", message: expect.stringContaining(message) });
    await expect(fits.image(0)).rejects.toMatchObject(error("no data (NAXIS = 0)"));
    await expect(fits.image(0)).rejects.toMatchObject(error("1 (F64), 2 (F32)"));
    await expect(fits.image(index("TABLE"))).rejects.toMatchObject(error("a table"));
    await expect(collect(fits.rows(index("TILES"), 1))).rejects.toMatchObject(error("tile-compressed"));
    for (const missing of [99, -1, 0.5, Number.NaN])
      await expect(fits.image(missing)).rejects.toMatchObject({ tag: "fits/hdu" });
  });

  test("random groups are stepped over", async () => {
    const fits = await openFits(await fixtureSource("groups.fits"));
    expect(fits.hdus.map(({ kind }) => kind)).toEqual(["other"]);
    await expect(fits.image(0)).rejects.toMatchObject({ tag: "fits/not-image" });
  });

  test("long strings, quotes, HIERARCH, complex and big numbers, duplicates, commentary", async () => {
    const cards = await expected<[string, unknown, string][]>("headers.json");
    const { header } = (await openFits(await fixtureSource("headers.fits"))).hdus[0]!;
    const wanted = cards.filter(([keyword]) => keyword !== "HISTORY" && keyword !== "COMMENT");
    const start = header.cards.findIndex(({ keyword }) => keyword === "OBJECT");
    for (const [offset, [keyword, value, comment]] of wanted.entries()) {
      const card = header.cards[start + offset]!;
      const read = typeof card.value === "bigint" ? { bigint: String(card.value) } : (card.value ?? null);
      expect([card.keyword, read, card.comment ?? ""]).toEqual([keyword, value, comment]);
    }
    expect(header.get("DUP")).toBe(1);
    expect(header.get("hierarch eso det gain")).toBe(2.75);
    expect(header.get("DEXP")).toBe(0.0015);
    expect(header.get("BROKEN")).toBe("NaN");
    expect(header.get("UNDEF")).toBeUndefined();
    const history = header.cards.filter(({ keyword }) => keyword === "HISTORY").map(({ comment }) => comment);
    expect(history.join("")).toBe(`made for a test ${"x".repeat(80)}`);
    expect(header.cards.find(({ keyword }) => keyword === "COMMENT")?.comment).toBe("a remark = with an equals sign");
  });
});

describe("scaling", () => {
  test("BLANK is a stored number; floats are scaled; 64-bit integers are rounded once", async () => {
    const int16 = file(
      primary(16, [3], ["BSCALE  = 2", "BZERO   = 0.5D0", "BLANK   = 7"]),
      Uint8Array.of(0, 7, 0, 1, 255, 255),
    );
    expect([...(await (await open(int16)).image(0)).data]).toEqual([Number.NaN, 2.5, -1.5]);
    const float = file(
      primary(-32, [2], ["BSCALE  = 2", "BLANK   = 1"]),
      Uint8Array.of(0x3f, 0x80, 0, 0, 0x7f, 0xc0, 0, 0),
    );
    expect([...(await (await open(float)).image(0)).data]).toEqual([2, Number.NaN]);
    const unsigned = file(primary(64, [2], ["BZERO   = 9223372036854775808"]), new Uint8Array(16));
    new DataView(unsigned.buffer).setBigInt64(BLOCK + 8, 2n ** 53n + 3n - 2n ** 63n);
    expect([...(await (await open(unsigned)).image(0)).data]).toEqual([2 ** 63, 2 ** 53 + 4]);
  });

  test("-0 survives", async () => {
    const bytes = writeFits([{ data: Float64Array.of(-0), shape: [1] }]);
    expect((await (await open(bytes)).image(0)).data[0]).toBe(-0);
  });
});

describe("what cannot be read is said", () => {
  const cases: [string, Uint8Array, string, RegExp][] = [
    ["an empty file", new Uint8Array(0), "fits/not-fits", /SIMPLE/],
    ["a gzipped file", Uint8Array.of(0x1f, 0x8b, 8, 0), "fits/not-fits", /gunzip/],
    ["SIMPLE = F", file(["SIMPLE  =                    F"]), "fits/not-fits", /SIMPLE = F/],
    ["a header cut short", file(primary(8, [4])).subarray(0, 1000), "fits/truncated", /END/],
    ["a header without END", file(primary(8, [4])).fill(0x20, 320), "fits/truncated", /END/],
    ["data in the header", file(primary(8, [4])).fill(0, 320), "fits/header", /card 5 is not text/],
    ["no BITPIX", file(["SIMPLE  =                    T"]), "fits/card", /no BITPIX/],
    ["BITPIX = 12", file(primary(12, [])), "fits/card", /BITPIX = 12/],
    [
      "BITPIX = '8'",
      file(["SIMPLE  =                    T", "BITPIX  = '8'"]),
      "fits/card",
      /BITPIX = 8 is not an integer/,
    ],
    ["a negative axis", file(primary(8, [4, -4])), "fits/card", /NAXIS2 = -4/],
    ["an axis missing", file(["SIMPLE  =     T", "BITPIX  = 8", "NAXIS   = 1"]), "fits/card", /no NAXIS1/],
    ["too many axes", file(["SIMPLE  =     T", "BITPIX  = 8", "NAXIS   = 1000"]), "fits/card", /NAXIS = 1000/],
    ["axes beyond all files", file(primary(-64, [1e9, 1e9, 1e9])), "fits/axes", /bytes of data/],
  ];
  test.each(cases)("%s", async (_name, bytes, tag, message) => {
    await expect(open(bytes)).rejects.toMatchObject({ tag, message: expect.stringMatching(message) });
  });

  const data: [string, Uint8Array, string, RegExp][] = [
    ["data cut short", file(primary(8, [4]), new Uint8Array(3)), "fits/truncated", /need 4 bytes but 3/],
    ["data far beyond the end", file(primary(8, [1e15])), "fits/truncated", /need 1000000000000000 bytes/],
    ["BSCALE = NaN", file(primary(8, [1], ["BSCALE  = NaN"]), new Uint8Array(1)), "fits/card", /BSCALE = NaN/],
    ["BZERO = 'a'", file(primary(8, [1], ["BZERO   = 'a'"]), new Uint8Array(1)), "fits/card", /BZERO = a/],
    ["BLANK = 1.5", file(primary(8, [1], ["BLANK   = 1.5"]), new Uint8Array(1)), "fits/card", /BLANK = 1.5/],
  ];
  test.each(data)("%s", async (_name, bytes, tag, message) => {
    const fits = await open(bytes);
    await expect(fits.image(0)).rejects.toMatchObject({ tag, message: expect.stringMatching(message) });
    await expect(collect(fits.rows(0, 1))).rejects.toMatchObject({ tag });
  });

  test("a long search for END ends", async () => {
    const blank = new Uint8Array(5000 * BLOCK).fill(0x20);
    blank.set(file(primary(8, [])).subarray(0, 240));
    await expect(open(blank)).rejects.toMatchObject({ tag: "fits/header" });
  });

  test("unpadded data and blocks after the last HDU are accepted", async () => {
    const fits = await open(file(primary(8, [3]), Uint8Array.of(1, 2, 3)));
    expect([...(await fits.image(0)).data]).toEqual([1, 2, 3]);
    const followed = new Uint8Array(4 * BLOCK);
    followed.set(writeFits([{ data: Uint8Array.of(1), shape: [1] }]));
    expect((await open(followed)).hdus.length).toBe(1);
  });

  test("what FITS cannot hold is not written", () => {
    const write = (card: FitsCard) => () => writeFits([{ data: new Uint8Array(1), shape: [1], cards: [card] }]);
    const error = (where: string) => expect.objectContaining({ tag: "fits/card", where: `HDU 0: ${where}` });
    expect(write({ keyword: "A", value: Number.NaN })).toThrow(error("A"));
    expect(write({ keyword: "A", value: "line\nbreak" })).toThrow(error("A"));
    expect(write({ keyword: "A", value: "ångström" })).toThrow(error("A"));
    expect(write({ keyword: "A=B", value: 1 })).toThrow(error("A=B"));
    expect(write({ keyword: "A ".repeat(40).trim(), value: 1 })).toThrow(/HDU 0/);
    expect(() => writeFits([{ data: new Uint8Array(2), shape: [3] }])).toThrow(
      expect.objectContaining({ tag: "fits/shape" }),
    );
    expect(() => writeFits([])).toThrow(expect.objectContaining({ tag: "fits/shape" }));
  });
});

describe("round trips", () => {
  const noise = fc.uint8Array({ minLength: 640, maxLength: 640 }).map((bytes) => Uint8Array.from(bytes).buffer);
  const output: fc.Arbitrary<FitsOutput> = fc
    .record({
      view: fc.constantFrom(Float64Array, Float32Array, Int32Array, Int16Array, Uint8Array),
      shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
      noise,
      name: fc.constantFrom("SCI", "noise map", "it's"),
    })
    .map(({ view, shape, noise, name }) => {
      const length = shape.length === 0 ? 0 : shape.reduce((product, axis) => product * axis, 1);
      return { data: new view(noise, 0, length), shape, name };
    });

  test("images of every type and shape", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(output, { minLength: 1, maxLength: 3 }), async (outputs) => {
        const bytes = writeFits(outputs);
        expect(bytes.length % BLOCK).toBe(0);
        const fits = await open(bytes);
        expect(fits.hdus.length).toBe(outputs.length);
        for (const [index, { data, shape, name }] of outputs.entries()) {
          expect(fits.hdus[index]).toMatchObject({ name, shape, kind: "image" });
          if (shape.length > 0) expect([...(await fits.image(index)).data]).toEqual(Array.from(data, Number));
        }
      }),
      { numRuns: 100 },
    );
  });

  test("cards of every kind of value", () => {
    // Printable ASCII without trailing blanks, which FITS does not keep; quotes and ampersands are made frequent.
    const text = (maxLength: number) =>
      fc
        .string({
          unit: fc.oneof(
            fc.constantFrom("'", "&", " ", "/"),
            fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
          ),
          maxLength,
        })
        .map((characters) => characters.trimEnd());
    const real = fc.double({ noNaN: true, noDefaultInfinity: true });
    const value: fc.Arbitrary<FitsValue | undefined> = fc.oneof(
      text(300),
      real,
      fc.maxSafeInteger(),
      fc.bigInt({ min: 2n ** 53n, max: 10n ** 50n }),
      fc.boolean(),
      fc.record({ re: real, im: real }),
      fc.constant(undefined),
    );
    const keyword = fc.constantFrom("A", "OBJECT", "LONG-KEY", "ESO DET NAME", "COMMENTS");
    fc.assert(
      fc.property(fc.array(fc.record({ keyword, value }), { maxLength: 6 }), (cards) => {
        const images = cards.flatMap(formatCard);
        expect(images.every((image) => /^[\x20-\x7e]{80}$/.test(image))).toBe(true);
        expect(parseCards(images).map(({ keyword, value }) => ({ keyword, value }))).toEqual(cards);
      }),
      { numRuns: 500 },
    );
  });

  test("comments, and the cards of a file that was read given back", async () => {
    const cards: FitsCard[] = [
      { keyword: "PIXSCALE", value: 0.05, comment: "arcsec" },
      { keyword: "COMMENT", comment: "x".repeat(100) },
      { keyword: "BSCALE", value: 3 },
      { keyword: "NAXIS1", value: 77 },
    ];
    const first = writeFits([{ data: Float64Array.of(1, 2), shape: [2], cards }]);
    const { hdus } = await open(first);
    expect(hdus[0]!.header.get("BSCALE")).toBeUndefined();
    expect(hdus[0]!.header.cards).toContainEqual({ keyword: "PIXSCALE", value: 0.05, comment: "arcsec" });
    expect(hdus[0]!.header.cards.filter(({ keyword }) => keyword === "COMMENT").map(({ comment }) => comment)).toEqual([
      "x".repeat(72),
      "x".repeat(28),
    ]);
    const again = writeFits([{ data: Float64Array.of(1, 2), shape: [2], cards: hdus[0]!.header.cards }]);
    expect(again).toEqual(first);
  });
});
