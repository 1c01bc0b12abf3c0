import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { openArray } from "../../src/dataset/array-file.ts";
import { compactVisibilities } from "../../src/dataset/compaction.ts";
import type { SkyConvention } from "../../src/dataset/interferometer.ts";
import { type FitsRowZero, readMap } from "../../src/dataset/map.ts";
import { ARCSECOND, columnCentres, pixelGrid, rowCentres } from "../../src/grid.ts";
import { draws, normal, randomState } from "../../src/inference/rng.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { type FitsCard, writeFits } from "../../src/io/fits.ts";
import { writeNpz } from "../../src/io/npz.ts";
import { storedVisibilities } from "../dataset/stored-visibilities.ts";

/** No symmetry maps it to itself: bright in the north-east, fainter in the south-east and nearer to the centre. */
const SKY = [
  { east: 0.8, north: 0.4, intensity: 3 },
  { east: 0.2, north: -0.6, intensity: 1 },
];
const GRID = pixelGrid([13, 15], 0.2);
const UV = draws(randomState(5), 400, normal).map((value) => value * 1e5);

const CONVENTIONS: SkyConvention[] = ([-1, 1] as const).flatMap((visibilitiesSign) =>
  (["east", "west"] as const).map((xAxis) => ({ visibilitiesSign, xAxis })),
);

/** As the convention defines it: V = sum I exp(sign 2 pi i (u l + v m)), l toward east, m toward north. */
function observed(sign: -1 | 1): Float64Array {
  const out = new Float64Array(UV.length);
  for (let k = 0; k < UV.length; k += 2) {
    for (const { east, north, intensity } of SKY) {
      const phase = sign * 2 * Math.PI * ARCSECOND * (UV[k] * east + UV[k + 1] * north);
      out[k] += intensity * Math.cos(phase);
      out[k + 1] += intensity * Math.sin(phase);
    }
  }
  return out;
}

/** (y, x) of the brightest pixel of the dirty image, of data of one sign read by a convention. */
async function peak(sign: -1 | 1, sky: SkyConvention): Promise<[y: number, x: number]> {
  const noiseMap = new Float64Array(UV.length).fill(1);
  const files = await storedVisibilities({ uvWavelengths: UV, visibilities: observed(sign), noiseMap });
  const { sums } = await compactVisibilities(files, GRID, sky, kernelsOf("wasm").compaction);
  const image = sums.data.dirtyImage;
  const brightest = image.indexOf(Math.max(...image));
  const columns = GRID.shape[1];
  return [rowCentres(GRID)[Math.floor(brightest / columns)], columnCentres(GRID)[brightest % columns]];
}

describe("a lopsided sky stands where it is", () => {
  test.each(CONVENTIONS)("visibilities_sign $visibilitiesSign, x_axis $xAxis", async (sky) => {
    const [y, x] = await peak(sky.visibilitiesSign, sky);
    expect(y).toBeCloseTo(0.4, 12);
    expect(x).toBeCloseTo(sky.xAxis === "east" ? 0.8 : -0.8, 12);
  });

  test.each(CONVENTIONS)(
    "turned by 180 degrees with the sign opposite to $visibilitiesSign, x_axis $xAxis",
    async (sky) => {
      const [y, x] = await peak(sky.visibilitiesSign === 1 ? -1 : 1, sky);
      expect(y).toBeCloseTo(-0.4, 12);
      expect(x).toBeCloseTo(sky.xAxis === "east" ? -0.8 : 0.8, 12);
    },
  );
});

describe("the rows and columns of a map", () => {
  const FROM_TOP = Float64Array.of(1, 2, 3, 4, 5, 6);
  const FROM_BOTTOM = Float64Array.of(5, 6, 3, 4, 1, 2);
  const DEC: FitsCard = { keyword: "CTYPE2", value: "DEC--SIN" };

  async function rows(cards: readonly FitsCard[], fitsRowZero: FitsRowZero): Promise<Float64Array> {
    const bytes = writeFits([{ data: FROM_TOP, shape: [3, 2], cards }]);
    return readMap(await openArray(bytesSource(bytes, "map.fits"), "map"), [3, 2], { fitsRowZero, xAxis: "east" });
  }

  test("of FITS without a WCS: as fits_row_zero says", async () => {
    expect(await rows([], "top")).toEqual(FROM_TOP);
    expect(await rows([], "bottom")).toEqual(FROM_BOTTOM);
    // A step along an axis that is not said to be of the sky.
    expect(await rows([{ keyword: "CDELT2", value: 0.1 }], "top")).toEqual(FROM_TOP);
  });

  test.each(["CDELT2", "CD2_2"])("of FITS with a WCS: as %s says, whatever fits_row_zero is", async (keyword) => {
    for (const fitsRowZero of ["top", "bottom"] as const) {
      expect(await rows([DEC, { keyword, value: 0.1 }], fitsRowZero)).toEqual(FROM_BOTTOM);
      expect(await rows([DEC, { keyword, value: -0.1 }], fitsRowZero)).toEqual(FROM_TOP);
    }
  });

  test("of FITS with a WCS: columns against the grid's x are turned", async () => {
    const turned = Float64Array.of(2, 1, 4, 3, 6, 5);
    for (const [step, xAxis, expected] of [
      [-0.1, "east", turned],
      [-0.1, "west", FROM_TOP],
      [0.1, "east", FROM_TOP],
      [0.1, "west", turned],
    ] as const) {
      const cards = [
        { keyword: "CTYPE1", value: "RA---SIN" },
        { keyword: "CDELT1", value: step },
      ];
      const bytes = writeFits([{ data: FROM_TOP, shape: [3, 2], cards }]);
      const file = await openArray(bytesSource(bytes, "map.fits"), "map");
      expect(await readMap(file, [3, 2], { fitsRowZero: "top", xAxis })).toEqual(expected);
    }
  });

  test("of npz: row 0 is the top", async () => {
    for (const fitsRowZero of ["top", "bottom"] as const) {
      const bytes = writeNpz({ map: { dtype: "f8", shape: [3, 2], data: FROM_TOP } });
      const file = await openArray(bytesSource(bytes, "map.npz"), "map");
      expect(await readMap(file, [3, 2], { fitsRowZero, xAxis: "east" })).toEqual(FROM_TOP);
    }
  });

  test("of another shape, transposed even: refused", async () => {
    const bytes = writeFits([{ data: FROM_TOP, shape: [3, 2] }]);
    const file = await openArray(bytesSource(bytes, "map.fits"), "map");
    await expect(readMap(file, [2, 3], { fitsRowZero: "top", xAxis: "east" })).rejects.toThrow(
      /map\.fits.*\(3, 2\), the grid has \(2, 3\)/,
    );
  });
});
