import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type NetcdfGroup, writeNetcdf } from "../../src/io/netcdf.ts";
import { readHdf5 } from "./hdf5-reader.ts";

const PICTURE: NetcdfGroup = {
  attributes: { title: "Über die Länge", count: 3n, ratio: -0.5 },
  groups: {
    picture: {
      variables: {
        y: { dimensions: ["y"], data: Float64Array.of(0.5, -0.5) },
        x: { dimensions: ["x"], data: BigInt64Array.of(-1n, 0n, 1n) },
        "a.b": {
          dimensions: ["y", "x"],
          data: Float64Array.of(1, 2, 3, 4, 5, -Infinity),
          attributes: { units: "arcsec" },
        },
      },
    },
  },
};

describe("a netCDF-4 file", () => {
  const file = readHdf5(writeNetcdf(PICTURE));
  const { y, x, ...others } = file.members.picture.members;
  const image = others["a.b"];

  test("has its groups, values and attributes", () => {
    expect(file.attributes).toEqual({ title: "Über die Länge", count: 3, ratio: -0.5 });
    expect(Object.keys(others)).toEqual(["a.b"]);
    expect(y.values).toEqual([0.5, -0.5]);
    expect(x.values).toEqual([-1, 0, 1]);
    expect(image.shape).toEqual([2, 3]);
    expect(image.values).toEqual([1, 2, 3, 4, 5, -Infinity]);
    expect(image.attributes.units).toBe("arcsec");
  });

  test("has dimensions that know their variables, and variables that know their dimensions", () => {
    expect(y.attributes).toMatchObject({ CLASS: "DIMENSION_SCALE", NAME: "y" });
    expect(y.attributes.REFERENCE_LIST).toEqual([[image.address, 0]]);
    expect(x.attributes.REFERENCE_LIST).toEqual([[image.address, 1]]);
    expect(image.attributes.DIMENSION_LIST).toEqual([y.address, x.address]);
  });

  test("has the bytes that netCDF-C, h5netcdf and h5py were seen to open", () => {
    const hash = createHash("sha256").update(writeNetcdf(PICTURE)).digest("hex");
    expect(hash).toBe("049e87e5ee8b97d940dfd6ebd7826544342c320bcb9dc4296e0e56e71259e0e4");
  });

  test("may be empty, and its dimensions of length zero", () => {
    expect(readHdf5(writeNetcdf({}))).toMatchObject({ members: {}, attributes: {} });
    const x = { dimensions: ["x"], data: new Float64Array(0) };
    expect(readHdf5(writeNetcdf({ variables: { x } })).members.x).toMatchObject({ shape: [0], values: [] });
  });
});

describe("what netCDF cannot hold is refused", () => {
  const x = { dimensions: ["x"], data: Float64Array.of(1, 2) };
  test.each([
    ["netcdf/name", { variables: { "a/b": { dimensions: [], data: Float64Array.of(1) } } }],
    ["netcdf/dimensions", { variables: { a: { dimensions: ["x"], data: Float64Array.of(1) } } }],
    ["netcdf/dimensions", { variables: { x, a: { dimensions: ["x"], data: Float64Array.of(1) } } }],
    ["netcdf/too-large", { attributes: { text: "x".repeat(70_000) } }],
    [
      "netcdf/too-large",
      { variables: { x, ...Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`v${i}`, { ...x }])) } },
    ],
  ] as const)("%s", (tag, group: NetcdfGroup) => {
    expect(() => writeNetcdf(group)).toThrow(expect.objectContaining({ tag }));
  });
});
