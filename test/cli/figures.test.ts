import fc from "fast-check";
import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { colorOf, DIVERGING, MASKED_COLOR, SEQUENTIAL } from "../../src/result/color-map.ts";
import { panelsBitmap, panelsPng, picturePng } from "../../src/result/figures.ts";
import { stretched, symmetricRange } from "../../src/result/stretch.ts";
import { terminalImage } from "../../src/result/terminal-image.ts";

/** CIE lightness of an sRGB colour: a witness other than the space in which the maps are made. */
function lightness(color: readonly number[]): number {
  const [r, g, b] = color.map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return luminance > 0.008856 ? 116 * Math.cbrt(luminance) - 16 : 903.3 * luminance;
}

const LEVELS = Array.from({ length: 256 }, (_, level) => level / 255);

describe("colour maps", () => {
  test("the sequential one grows lighter with every few levels, evenly", () => {
    const values = LEVELS.map((level) => lightness(colorOf(SEQUENTIAL, level)));
    for (let level = 4; level < 256; level++) expect(values[level]).toBeGreaterThan(values[level - 4]!);
    const whole = values[255]! - values[0]!;
    expect(whole).toBeGreaterThan(90);
    for (const level of [64, 128, 192]) {
      expect(Math.abs((values[level]! - values[0]!) / whole - level / 255)).toBeLessThan(0.08);
    }
  });

  test("the diverging one is lightest in the middle, blue below and red above", () => {
    const values = LEVELS.map((level) => lightness(colorOf(DIVERGING, level)));
    expect(Math.max(...values)).toBeCloseTo(values[127]!, 1);
    for (const level of [8, 60, 110]) expect(values[level]).toBeLessThan(values[level + 8]!);
    for (const level of [145, 190, 247]) expect(values[level]).toBeGreaterThan(values[level + 8]!);
    expect(Math.abs(values[0]! - values[255]!)).toBeLessThan(8);
    expect(colorOf(DIVERGING, 0.1)[2]).toBeGreaterThan(colorOf(DIVERGING, 0.1)[0]);
    expect(colorOf(DIVERGING, 0.9)[0]).toBeGreaterThan(colorOf(DIVERGING, 0.9)[2]);
  });

  test("no colour is the grey of a masked pixel", () => {
    for (const map of [SEQUENTIAL, DIVERGING]) {
      for (const level of LEVELS) expect(colorOf(map, level)).not.toEqual(MASKED_COLOR);
    }
  });
});

describe("stretch", () => {
  test("is monotone from 0 to 1 and keeps NaN", () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(values, fc.constantFrom("linear" as const, "asinh" as const), (unsorted, kind) => {
        const sorted = unsorted.toSorted((a, b) => a - b);
        const brightness = stretched([...sorted, Number.NaN], { kind });
        expect(brightness.at(-1)).toBeNaN();
        if (sorted[0] === sorted.at(-1)) return;
        expect(brightness[0]).toBe(0);
        expect(brightness[sorted.length - 1]).toBeCloseTo(1, 12);
        for (let i = 1; i < sorted.length; i++) expect(brightness[i]).toBeGreaterThanOrEqual(brightness[i - 1]!);
      }),
    );
  });

  test("asinh lifts the faint, and a symmetric range puts zero in the middle", () => {
    expect(stretched([0, 0.1, 1], { kind: "asinh" })[1]).toBeGreaterThan(0.3);
    const values = [-1, 0, 3];
    expect(stretched(values, { kind: "linear", range: symmetricRange(values) })[1]).toBe(0.5);
  });

  test("a constant picture and one without finite values are drawn", () => {
    expect([...stretched([7, 7], { kind: "linear" })]).toEqual([0.5, 0.5]);
    expect([...stretched([Number.NaN, Number.NaN], { kind: "asinh" })]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe("PNG", () => {
  test("row 0 is at the top, pixels are enlarged whole, NaN is grey", () => {
    const { width, height, channels, data } = decode(
      picturePng({ shape: [2, 3], values: [0, 0.5, 1, Number.NaN, 0.25, 0] }, 4),
    );
    expect([width, height, channels]).toEqual([12, 8, 3]);
    const at = (row: number, column: number) => [
      ...data.slice(3 * (row * width + column), 3 * (row * width + column) + 3),
    ];
    for (const inside of [0, 3]) {
      expect(at(inside, inside)).toEqual([...colorOf(SEQUENTIAL, 0)]);
      expect(at(inside, 8 + inside)).toEqual([...colorOf(SEQUENTIAL, 1)]);
      expect(at(4 + inside, inside)).toEqual([...MASKED_COLOR]);
      expect(at(4 + inside, 4 + inside)).toEqual([...colorOf(SEQUENTIAL, 0.25)]);
    }
  });

  test("panels stand side by side at equal height, titles above them", () => {
    const pictures = [
      { shape: [2, 2] as const, values: [0, 1, 2, 3], title: "data" },
      { shape: [4, 8] as const, values: new Float64Array(32), title: "model" },
    ];
    const bare = panelsBitmap(
      pictures.map(({ shape, values }) => ({ shape, values })),
      { height: 64, gap: 5 },
    );
    expect([bare.width, bare.height]).toEqual([64 + 5 + 128, 64]);
    const titled = decode(panelsPng(pictures, { height: 64, gap: 5 }));
    expect(titled.width).toBe(bare.width);
    expect(titled.height).toBeGreaterThan(64);
    const lower = titled.data.slice(titled.data.length - bare.data.length);
    expect([...lower]).toEqual([...bare.data]);
    const upper = titled.data.slice(0, titled.data.length - bare.data.length);
    expect(new Set(upper)).toEqual(new Set([0, 255]));
  });

  test("shapes that do not fit and enormous figures are refused", () => {
    expect(() => picturePng({ shape: [2, 2], values: [1, 2, 3] })).toThrow(InputError);
    expect(() => picturePng({ shape: [2, 2], values: [1, 2, 3, 4] }, 1e6)).toThrow(InputError);
    expect(() => picturePng({ shape: [2, 2], values: [1, 2, 3, 4] }, 0.5)).toThrow(InputError);
    expect(() => panelsPng([])).toThrow(InputError);
  });
});

describe("terminal picture", () => {
  const picture = {
    shape: [40, 80] as const,
    values: Float64Array.from({ length: 3200 }, (_, i) => (i < 1600 ? 1 : i % 80 < 40 ? 0 : Number.NaN)),
  };

  test("without colours it is plain ASCII of at most 60 columns, bright above, masked blank", () => {
    const lines = terminalImage(picture, { color: false }).split("\n").slice(0, -1);
    expect(lines).toHaveLength(15);
    expect(lines.every((line) => line.length === 60 && /^[ -~]+$/.test(line))).toBe(true);
    expect(lines[0]).toBe("@".repeat(60));
    expect(lines.at(-1)).toBe(".".repeat(30) + " ".repeat(30));
  });

  test("in colour a character is two pixels, each line ending its colours", () => {
    const [red, green, blue] = colorOf(SEQUENTIAL, 0);
    const lines = terminalImage(
      { shape: [2, 1], values: [Number.NaN, 0], stretch: { kind: "linear", range: [0, 1] } },
      { color: true },
    );
    expect(lines).toBe(`\u001b[38;2;128;128;128m\u001b[48;2;${red};${green};${blue}m▀\u001b[0m\n`);
    const wide = terminalImage(picture, { color: true, columns: 20 }).split("\n").slice(0, -1);
    expect(wide).toHaveLength(5);
    for (const line of wide) expect(line.match(/▀/g)).toHaveLength(20);
  });

  test("fits into its square whatever the shape", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 300 }),
        fc.boolean(),
        (rows, columns, color) => {
          const lines = terminalImage(
            { shape: [rows, columns], values: new Float64Array(rows * columns) },
            { columns: 30, color },
          );
          expect(lines.split("\n").length - 1).toBeLessThanOrEqual(30);
        },
      ),
      { numRuns: 40 },
    );
  });
});
