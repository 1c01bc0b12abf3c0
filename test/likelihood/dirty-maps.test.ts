import { describe, expect, test } from "vitest";
import { kernelsOf } from "../../src/backend/kernels.ts";
import { nativeFromSlim } from "../../src/dataset/mask.ts";
import { dirtyMaps } from "../../src/likelihood/dirty-maps.ts";
import { dirtyImage } from "../../src/operators/dirty-image.ts";
import { visibilities } from "../../src/operators/visibilities.ts";
import { compacted, datasetOf, observe } from "./lensed-observation.ts";

describe.each([
  ["equal noise", {}],
  ["unequal noise, off the phase centre", { unequalNoise: true, origin: [0.3, -0.5] as const }],
])("dirty maps with %s", (_, options) => {
  const observation = observe(options);
  const masked = Uint8Array.from({ length: 14 * 15 }, (_, pixel) => (pixel % 15 < 4 ? 1 : 0));

  test.each([
    ["the data", null],
    ["the residual of a reference image that lights masked pixels", observation.image],
  ])("from %s are those of the visibilities, outside the mask too", async (_, referenceImage) => {
    const dataset = datasetOf(await compacted(observation, { referenceImage }), masked);
    const { grid, sums } = dataset.compaction;
    const image = Float64Array.from({ length: dataset.nativeIndex.length / 2 }, (_, m) => Math.sin(m) + 1);
    const maps = dirtyMaps(dataset, image, kernelsOf("wasm"));
    const model = visibilities({ ...observation, image: nativeFromSlim(image, grid.shape, dataset.nativeIndex) });
    const seen = {
      data: observation.visibilities,
      model,
      residual: observation.visibilities.map((value, k) => value - model[k]),
    };
    // Dirty images per unit weight are at most as large as the visibilities.
    const largest = Math.max(...seen.data.map(Math.abs), ...model.map(Math.abs));
    for (const name of ["data", "model", "residual"] as const) {
      const direct = dirtyImage({ ...observation, visibilities: seen[name] });
      maps[name].forEach((value, pixel) => {
        expect(Math.abs(value - direct[pixel] / sums.weightSum) / largest, name).toBeLessThan(1e-11);
      });
    }
  });
});
