import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { lensPlanes } from "../../src/lens/lens-planes.ts";
import { imageOf, lensedImage, traceRays } from "../../src/lens/trace-rays.ts";
import { buildModel, instantiate } from "../../src/model/model.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";

const oracle: {
  readonly parameters: Readonly<Record<"mass" | "shear" | "source_light", object>>;
  readonly positions: readonly number[];
  readonly source_positions: readonly number[];
  readonly image: readonly number[];
} = JSON.parse(readFileSync(new URL("lensed-image.json", import.meta.url), "utf8"));

/** From the text of a spec to the image: every step a user's model takes. JSON is YAML. */
const spec = parseSpec(
  JSON.stringify({
    datasets: { alma: { type: "interferometer", compact: "alma.npz" } },
    galaxies: {
      lens: {
        redshift: 0.5,
        mass: { profile: "Isothermal", ...oracle.parameters.mass },
        shear: { profile: "ExternalShear", ...oracle.parameters.shear },
      },
      source: { redshift: 1, light: { profile: "Sersic", ...oracle.parameters.source_light } },
    },
  }),
  "spec.json",
);
const { galaxies } = instantiate(buildModel(spec), []);
const positions = Float64Array.from(oracle.positions);

/** Both codes are f64 and differ in rounding and in PyAutoLens's 1e-16 under the root of the isothermal profile. */
test("source-plane positions are PyAutoLens's", () => {
  const traced = traceRays(lensPlanes(galaxies), positions).at(-1)!;
  const worst = Math.max(...traced.map((value, m) => Math.abs(value - oracle.source_positions[m])));
  expect(traced).toHaveLength(oracle.source_positions.length);
  expect(worst).toBeLessThan(1e-14);
});

/** d ln I / d beta is up to 14 per arcsec for this source, and 1e-15 arcsec is lost in the lens equation. */
test("the lensed image is PyAutoLens's", () => {
  const image = lensedImage(galaxies, positions);
  const worst = Math.max(...image.map((value, m) => Math.abs(value / oracle.image[m] - 1)));
  expect(image).toHaveLength(oracle.image.length);
  expect(worst).toBeLessThan(1e-12);
});

test("without the lens the source is where it is", () => {
  const source = galaxies.filter(({ name }) => name === "source");
  expect(lensedImage(source, positions)).toEqual(imageOf(source[0].lights, positions));
});
