import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { writeCompaction } from "../../src/dataset/compaction-file.ts";
import { columnCentres, rowCentres } from "../../src/grid.ts";
import { bytesSource } from "../../src/io/byte-source.ts";
import { writeFits } from "../../src/io/fits.ts";
import { interferometers } from "../../src/likelihood/from-spec.ts";
import { type InterferometerDataset, readInterferometer } from "../../src/likelihood/interferometer-dataset.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { compacted, observe, SPEC } from "./lensed-observation.ts";

const OBSERVATION = observe({ count: 10, origin: [0.7, -1.1] });
const { grid } = OBSERVATION;
const COMPACTION = await compacted(OBSERVATION);
/** 1 to 210 in memory order, row 0 the top; in the file, row 0 is the bottom. */
const NUMBERED = Float64Array.from({ length: 210 }, (_, pixel) => 1 + pixel);
const map = (ofPixel: (pixel: number) => number): Uint8Array => {
  const data = NUMBERED.map((_, place) => ofPixel((13 - Math.floor(place / 15)) * 15 + (place % 15)));
  return writeFits([{ data, shape: [14, 15] }]);
};
const FILES: Readonly<Record<string, Uint8Array>> = {
  "alma.npz": writeCompaction(COMPACTION),
  "numbered.fits": map((pixel) => NUMBERED[pixel]),
  "lower-half.fits": map((pixel) => (pixel < 105 ? 1 : 0)),
};

async function read(more: string): Promise<InterferometerDataset> {
  const spec = parseSpec(SPEC.replace("compact: alma.npz", `compact: alma.npz, ${more}`), "lens.yaml");
  const [[name, dataset]] = interferometers(spec);
  const open = async (path: string) => bytesSource(FILES[path], path);
  return readInterferometer(name, dataset, { open, kernels: kernelsOf("wasm") });
}

/** Positions of the grid, from the phase centre, at these distances from (y, x). */
function positionsAt(y: number, x: number, keep: (distance: number) => boolean): number[] {
  return [...rowCentres(grid)].flatMap((row) =>
    [...columnCentres(grid)].flatMap((column) => (keep(Math.hypot(row - y, column - x)) ? [row, column] : [])),
  );
}

describe("a mask is stated from the phase centre, wherever the grid lies", () => {
  test("circular", async () => {
    const { positions } = await read("mask: { type: circular, radius: 0.95, centre: [0.45, -0.75] }");
    expect(positions.length).toBeGreaterThan(40);
    expect([...positions]).toEqual(positionsAt(0.45, -0.75, (distance) => distance < 0.95));
  });

  test("annular", async () => {
    const { positions } = await read(
      "mask: { type: annular, inner_radius: 0.55, outer_radius: 0.95, centre: [0.45, -0.75] }",
    );
    expect([...positions]).toEqual(positionsAt(0.45, -0.75, (distance) => distance < 0.95 && distance >= 0.55));
  });
});

test("an elliptical mask lies where and as it is stated", async () => {
  const mask = "{ type: elliptical, major_axis_radius: 1.2, axis_ratio: 0.4, angle: 90, centre: [0.45, -0.75] }";
  const { positions } = await read(`mask: ${mask}`);
  const wanted = [...rowCentres(grid)].flatMap((y) =>
    [...columnCentres(grid)].flatMap((x) => (Math.hypot(y - 0.45, (x + 0.75) / 0.4) <= 1.2 ? [y, x] : [])),
  );
  expect(wanted.length).toBeGreaterThan(20);
  expect([...positions]).toEqual(wanted);
});

test("nonzero pixels of a mask file are ignored; with invert, kept", async () => {
  const lower = await read("mask: { type: file, path: lower-half.fits }");
  expect([...lower.nativeIndex.subarray(0, 2), lower.nativeIndex.length]).toEqual([7, 0, 210]);
  const upper = await read("mask: { type: file, path: lower-half.fits, invert: true }");
  expect([...upper.nativeIndex.subarray(0, 2), upper.nativeIndex.length]).toEqual([0, 0, 210]);
});

test("the primary beam is that of the unmasked pixels, the grid's rows from the top", async () => {
  const mask = "mask: { type: file, path: lower-half.fits }";
  const fromFile = await read(`${mask}, primary_beam: { path: numbered.fits }`);
  expect(fromFile.primaryBeam).toEqual(NUMBERED.slice(105));
  const { primaryBeam, positions } = await read(`${mask}, primary_beam: { fwhm: 3 }`);
  positions.forEach((y, i) => {
    if (i % 2 === 1) return;
    // Half of it at half the full width.
    expect(primaryBeam?.[i / 2]).toBeCloseTo(0.5 ** ((y ** 2 + positions[i + 1] ** 2) / 1.5 ** 2), 12);
  });
});
