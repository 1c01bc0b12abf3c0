import fc from "fast-check";
import { expect, test } from "vitest";
import { openArray } from "../../src/dataset/array-file.ts";
import { readMap, turnedMap } from "../../src/dataset/map.ts";
import { mapFrame } from "../../src/dataset/map-frame.ts";
import { columnCentres, pixelGrid, rowCentres } from "../../src/grid.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { type FitsCard, writeFits } from "../../src/io/fits.ts";
import { between } from "../between.ts";

const SHAPE = [3, 4] as const;
const values = Float64Array.from({ length: 12 }, (_, pixel) => pixel);

const arrayOf = (cards: readonly FitsCard[], data: Float64Array = values) =>
  openArray(bytesSource(writeFits([{ data, shape: SHAPE, cards }]), "map.fits"), "map");

const wcs = (step1: number, step2: number): FitsCard[] => [
  { keyword: "CTYPE1", value: "RA---SIN" },
  { keyword: "CTYPE2", value: "DEC--SIN" },
  { keyword: "CDELT1", value: step1 },
  { keyword: "CDELT2", value: step2 },
  { keyword: "CROTA2", value: 12 },
];

const orientation = fc.record({
  fitsRowZero: fc.constantFrom("bottom" as const, "top" as const),
  xAxis: fc.constantFrom("east" as const, "west" as const),
});
const steps = fc.tuple(fc.constantFrom(-1e-5, 1e-5), fc.constantFrom(-2e-5, 2e-5));

test("a map written in its frame is read in the grid's order, and lies as the data do", async () => {
  await fc.assert(
    fc.asyncProperty(orientation, fc.option(steps), fc.boolean(), async (sky, step, inFits) => {
      const file = inFits ? await arrayOf(step === null ? [] : wcs(...step)) : null;
      const inGrid = file === null ? values : await readMap(file, SHAPE, sky);
      const { turns, cards } = mapFrame(file, pixelGrid(SHAPE, 0.1), sky);
      const data = turnedMap(inGrid, SHAPE, turns);
      // The made or carried WCS says what `fits_row_zero` had to.
      const back = await readMap(await arrayOf(cards, data), SHAPE, { ...sky, fitsRowZero: "bottom" });
      expect(back).toEqual(inGrid);
      if (file !== null) expect(data).toEqual(values);
      if (file !== null && step !== null) expect(cards).toMatchObject(wcs(...step));
    }),
  );
});

test("a made WCS has every pixel where the grid has it", () => {
  fc.assert(
    fc.property(orientation, fc.tuple(between(-2, 2), fc.constant(0.5)), (sky, origin) => {
      const grid = pixelGrid(SHAPE, 0.1, origin);
      const { turns, cards } = mapFrame(null, grid, sky);
      const card = (keyword: string) => Number(cards.find((one) => one.keyword === keyword)!.value);
      const [y, x] = [0, 1].map((axis) => {
        const native = values.map((_, at) => [rowCentres(grid)[at >> 2], columnCentres(grid)[at & 3]][axis]);
        return turnedMap(native, SHAPE, turns);
      });
      values.forEach((_, at) => {
        const east = (1 + (at & 3) - card("CRPIX1")) * card("CDELT1") * 3600;
        const north = (1 + (at >> 2) - card("CRPIX2")) * card("CDELT2") * 3600;
        expect(east).toBeCloseTo(sky.xAxis === "east" ? x[at] : -x[at], 12);
        expect(north).toBeCloseTo(y[at], 12);
      });
    }),
  );
});

test("the unit of the data is known where their header has one that FITS allows", async () => {
  const unitOf = async (cards: readonly FitsCard[]) =>
    mapFrame(await arrayOf(cards), pixelGrid(SHAPE, 0.1), { fitsRowZero: "bottom", xAxis: "west" }).unit;
  expect(await unitOf([{ keyword: "BUNIT", value: "Jy/beam" }])).toBe("Jy/beam");
  expect(await unitOf([])).toBeUndefined();
  expect(mapFrame(null, pixelGrid(SHAPE, 0.1), { fitsRowZero: "bottom", xAxis: "west" }).unit).toBeUndefined();
});
