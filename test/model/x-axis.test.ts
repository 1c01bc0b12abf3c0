import { describe, expect, test } from "vitest";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { xAxisIn } from "../../src/model/x-axis.ts";
import { evaluated, galaxy, HALO, spec } from "../likelihood/observed-together.ts";

const GALAXY = galaxy("lens", 0.5, HALO);
const image = (name: string, more = "") =>
  `  ${name}: { type: imaging, data: a.fits, noise_map: b.fits, psf: c.fits, pixel_scale: 0.1${more} }\n`;
const visibilities = (more = "") =>
  `  alma: { type: interferometer, visibilities: v.npy, noise_map: n.npy, uv_wavelengths: u.npy, grid: { shape: [9, 9], pixel_scale: 0.1 }${more} }\n`;
const compact = (more = "") => `  alma: { type: interferometer, compact: alma.npz${more} }\n`;

const xAxes = (datasets: string) =>
  Object.values(parseSpec(spec(datasets, GALAXY), "lens.yaml").datasets).map((dataset) => xAxisIn(dataset));

describe("x of all datasets points the same way", () => {
  test.each([
    ["visibilities alone", visibilities(), ["east"]],
    ["images alone", image("hst") + image("jwst"), ["west", "west"]],
    ["an image as the visibilities", image("hst") + visibilities(), ["east", "east"]],
    ["visibilities as the image says", image("hst", ", x_axis: west") + visibilities(), ["west", "west"]],
    ["as the image after them", visibilities() + image("hst", ", x_axis: east"), ["east", "east"]],
    ["as all say", image("hst", ", x_axis: east") + visibilities(", x_axis: east"), ["east", "east"]],
    ["a compaction that says nothing", image("hst") + compact(), ["east", undefined]],
  ])("%s", (_, datasets, expected) => {
    expect(xAxes(datasets)).toEqual(expected);
  });

  test.each([
    [
      "an image and visibilities",
      image("hst", ", x_axis: west") + visibilities(", x_axis: east"),
      /^lens\.yaml:3:\d+: x points east in 'alma'/,
    ],
    ["images", image("hst") + image("jwst", ", x_axis: east"), /^lens\.yaml:3:\d+: x points east in 'jwst'/],
    [
      "an image and a compaction",
      compact(", x_axis: east") + image("hst", ", x_axis: west"),
      /^lens\.yaml:3:\d+: x points west in 'hst'/,
    ],
  ])("%s are refused where they do not agree", (_, datasets, message) => {
    expect(() => xAxes(datasets)).toThrow(message);
  });

  test("a compaction is refused that turns out to be of another sky", async () => {
    const hst = "  hst: { type: imaging, data: hst.npz, noise_map: hst.npz, psf: hst.npz, pixel_scale: 0.2 }\n";
    const west = hst.replace("0.2", "0.2, x_axis: west");
    await expect(evaluated(spec(compact() + west, GALAXY))).rejects.toMatchObject({ tag: "compaction/sky" });
    const { evaluation } = await evaluated(spec(compact() + hst, GALAXY));
    expect(evaluation.failure).toBe(null);
  });
});
