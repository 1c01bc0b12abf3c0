import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blurringRegion } from "../../src/dataset/blurring-region.ts";
import { borderPixels } from "../../src/dataset/border.ts";
import {
  type Mask,
  maskAnnular,
  maskCircular,
  maskElliptical,
  maskFromValues,
  nativeIndexForSlimIndex,
} from "../../src/dataset/mask.ts";
import {
  distancesFrom,
  fixedSubSizes,
  pixelMeans,
  steppedSubSizes,
  subPixelPositions,
} from "../../src/dataset/oversampling.ts";
import { InputError } from "../../src/errors.ts";
import { columnCentres, pixelGrid, rowCentres, slimPositions } from "../../src/grid.ts";
import { between } from "../between.ts";

const shape = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }));
const anyMask: fc.Arbitrary<Mask> = shape.chain(([rows, columns]) =>
  fc
    .array(fc.integer({ min: 0, max: 1 }), { minLength: rows * columns, maxLength: rows * columns })
    .filter((masked) => masked.includes(0))
    .map((masked) => ({ shape: [rows, columns], masked: Uint8Array.from(masked) })),
);

function kept(masked: Uint8Array): number {
  return masked.reduce((sum, byte) => sum + 1 - byte, 0);
}

function tagOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return `${error.tag}: ${error.message}`;
    throw error;
  }
  return "nothing";
}

describe("masks", () => {
  const placed = fc.record({
    shape: fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 })),
    pixelScales: fc.tuple(between(0.05, 0.2), between(0.05, 0.2)),
    centre: fc.tuple(between(-1, 1), between(-1, 1)),
  });

  test("an ellipse of axis ratio 1 is a circle at any angle, an annulus is what a circle leaves of one", () => {
    fc.assert(
      fc.property(placed, between(0.1, 2), between(0.1, 2), between(-180, 180), (args, a, b, angle) => {
        const [inner, outer] = [Math.min(a, b), Math.max(a, b)];
        // A centre on a rim is in or out by a rounding.
        const grid = pixelGrid(args.shape, 1);
        const ys = rowCentres(grid).map((y) => y * args.pixelScales[0] - args.centre[0]);
        const xs = columnCentres(grid).map((x) => x * args.pixelScales[1] - args.centre[1]);
        const onRim = (d: number) => Math.min(Math.abs(d - inner), Math.abs(d - outer)) < 1e-12;
        fc.pre(!ys.some((y) => xs.some((x) => onRim(Math.hypot(y, x)))));
        const disk = maskCircular({ ...args, radius: outer });
        expect(maskElliptical({ ...args, majorAxisRadius: outer, axisRatio: 1, angle })).toEqual(disk);
        const hole = maskCircular({ ...args, radius: inner });
        const annulus = maskAnnular({ ...args, innerRadius: inner, outerRadius: outer });
        expect(kept(annulus)).toBe(kept(disk) - kept(hole));
      }),
    );
  });

  test("an ellipse lies along its angle, counter-clockwise from +x", () => {
    const args = { shape: [41, 41], pixelScales: [0.1, 0.1], centre: [0, 0] } as const;
    const ellipse = maskElliptical({ ...args, majorAxisRadius: 1.8, axisRatio: 0.3, angle: 45 });
    // Up and right of the centre, row 0 being the top; and up and left.
    expect(ellipse[10 * 41 + 30]).toBe(0);
    expect(ellipse[10 * 41 + 10]).toBe(1);
    // pi a b over the area of a pixel, to the pixels of its rim.
    expect(Math.abs(kept(ellipse) - (Math.PI * 1.8 * 1.8 * 0.3) / 0.01)).toBeLessThan(15);
  });

  test("of a file's values, nonzero is ignored; with invert, kept", () => {
    expect([...maskFromValues([0, 1, -2, 0.5, Number.NaN], false)]).toEqual([0, 1, 1, 1, 1]);
    expect([...maskFromValues([0, 1, -2, 0.5, Number.NaN], true)]).toEqual([1, 0, 0, 0, 0]);
  });
});

test("the border is what sees the rim of the array along its row or its column", () => {
  fc.assert(
    fc.property(anyMask, (mask) => {
      const [rows, columns] = mask.shape;
      const isMasked = (i: number, j: number) => mask.masked[i * columns + j] !== 0;
      const index = nativeIndexForSlimIndex(mask);
      const wanted = Array.from({ length: index.length / 2 }, (_, m) => m).filter((m) => {
        const [i, j] = [index[2 * m], index[2 * m + 1]];
        const inRow = Array.from({ length: columns }, (_, l) => l);
        const inColumn = Array.from({ length: rows }, (_, k) => k);
        return [
          inRow.filter((l) => l < j).every((l) => isMasked(i, l)),
          inRow.filter((l) => l > j).every((l) => isMasked(i, l)),
          inColumn.filter((k) => k < i).every((k) => isMasked(k, j)),
          inColumn.filter((k) => k > i).every((k) => isMasked(k, j)),
        ].includes(true);
      });
      expect([...borderPixels(mask)]).toEqual(wanted);
    }),
  );
});

describe("the blurring region", () => {
  test("is every pixel within half of the kernel of an unmasked one, in the array or beyond it", () => {
    const half = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(anyMask, half, half, (mask, up, across) => {
        const [rows, columns] = mask.shape;
        const unmasked = nativeIndexForSlimIndex(mask);
        const wanted: number[] = [];
        for (let i = 0 - up; i < rows + up; i++) {
          for (let j = 0 - across; j < columns + across; j++) {
            const inArray = i >= 0 && i < rows && j >= 0 && j < columns;
            if (inArray && mask.masked[i * columns + j] === 0) continue;
            const reached = unmasked.some((row, m) => {
              return m % 2 === 0 && Math.abs(row - i) <= up && Math.abs(unmasked[m + 1] - j) <= across;
            });
            if (reached) wanted.push(i, j);
          }
        }
        expect([...blurringRegion(mask, [2 * up + 1, 2 * across + 1])]).toEqual(wanted);
      }),
    );
  });

  test("needs a kernel with a centre, and fits into memory", () => {
    const mask: Mask = { shape: [5, 5], masked: new Uint8Array(25).fill(1) };
    mask.masked[1 * 5 + 2] = 0;
    expect([...blurringRegion(mask, [3, 1])]).toEqual([0, 2, 2, 2]);
    expect([...blurringRegion(mask, [5, 1])]).toEqual([-1, 2, 0, 2, 2, 2, 3, 2]);
    expect(tagOf(() => blurringRegion(mask, [3, 4]))).toMatch(/^psf\/even: the PSF has 3 x 4 pixels/);
    const wide: Mask = { shape: [1, 2 ** 17], masked: new Uint8Array(2 ** 17) };
    expect(tagOf(() => blurringRegion(wide, [1023, 1]))).toMatch(/^imaging\/size: .* 1 x 131072 .* 1023 x 1 .*crop/);
  });
});

describe("sub-pixels", () => {
  const case_ = fc.record({
    mask: anyMask,
    scale: between(0.01, 1),
    origin: fc.tuple(between(-2, 2), between(-2, 2)),
    sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 144, maxLength: 144 }),
  });

  test("have their pixel's centre for a mean, and lie in it in rows from the top", () => {
    fc.assert(
      fc.property(case_, ({ mask, scale, origin, sizes }) => {
        const grid = pixelGrid(mask.shape, scale, origin);
        const nativeIndex = nativeIndexForSlimIndex(mask);
        const subSizes = Int32Array.from(sizes.slice(0, nativeIndex.length / 2));
        const positions = subPixelPositions(grid, nativeIndex, subSizes);
        const centres = slimPositions(grid, nativeIndex);
        for (const axis of [0, 1]) {
          const means = pixelMeans(
            positions.filter((_, i) => i % 2 === axis),
            subSizes,
          );
          means.forEach((mean, m) => void expect(Math.abs(mean - centres[2 * m + axis])).toBeLessThan(1e-13));
        }
        let next = 0;
        subSizes.forEach((size, m) => {
          const [top, left] = [centres[2 * m] + scale / 2, centres[2 * m + 1] - scale / 2];
          for (let k = 0; k < size * size; k++, next++) {
            const [y, x] = positions.subarray(2 * next, 2 * next + 2);
            expect(Math.floor(((top - y) / scale) * size)).toBe(Math.floor(k / size));
            expect(Math.floor(((x - left) / scale) * size)).toBe(k % size);
          }
        });
        expect(positions).toHaveLength(2 * next);
      }),
    );
  });

  test("one in a pixel is its centre", () => {
    const grid = pixelGrid([2, 3], 0.1, [1, 2]);
    const all = Int32Array.of(0, 0, 0, 1, 0, 2, 1, 0, 1, 1, 1, 2);
    expect(subPixelPositions(grid, all, fixedSubSizes(6, 1))).toEqual(slimPositions(grid, all));
  });

  test("sub-sizes step by radius, or by signal to noise", () => {
    const distances = distancesFrom([1, 0], Float64Array.of(1, 0.3, 1, 0.5, 4, 4));
    expect([...distances]).toEqual([0.3, 0.5, 5]);
    expect([...steppedSubSizes(distances, { edges: [0.5, 2], sizes: [8, 4, 1] })]).toEqual([8, 4, 1]);
    expect([...steppedSubSizes(Float64Array.of(0, 4.9, 5), { edges: [5], sizes: [2, 4] })]).toEqual([2, 2, 4]);
  });

  test("what is no sub-size is refused", () => {
    const steps = (edges: number[], sizes: number[]) =>
      tagOf(() => steppedSubSizes(new Float64Array(1), { edges, sizes }));
    expect(steps([1, 1], [2, 3, 4])).toMatch(/^oversampling\/steps: .*\[1, 1\]; give rising/);
    expect(steps([1], [2])).toMatch(/^oversampling\/steps/);
    expect(steps([1], [2, 1.5])).toBe("oversampling/size: a sub-size of 1.5; give whole numbers from 1 to 64");
    expect(tagOf(() => fixedSubSizes(3, 2.5))).toMatch(/^oversampling\/size: a sub-size of 2.5/);
    const grid = pixelGrid([1, 1], 1);
    for (const size of [0, -1, 65]) {
      const tag = tagOf(() => subPixelPositions(grid, Int32Array.of(0, 0), Int32Array.of(size)));
      expect(tag).toMatch(new RegExp(`^oversampling/size: pixel 0: a sub-size of ${size}`));
    }
    const many = new Int32Array(20_000).fill(64);
    expect(tagOf(() => subPixelPositions(grid, new Int32Array(40_000), many))).toMatch(
      /^oversampling\/large: 81920000/,
    );
  });
});
