import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeFits } from "../../src/io/fits.ts";
import {
  DATA,
  GALAXIES,
  NOISE_MAP,
  observationFile,
  PSF,
  PSF_SHAPE,
  SHAPE,
} from "../likelihood/imaging-observation.ts";
import { runCollecting } from "./collecting-io.ts";
import { expectRefused, runsOn } from "./refusals.ts";

// FITS without a WCS has its bottom row first, whatever that was: the image is upside down, in both specs alike.
const fits = (data: Float64Array, shape: readonly [number, number]) => writeFits([{ data, shape }]);
const SPEC = `datasets:
  hst: { type: imaging, data: data.fits, noise_map: noise.fits, psf: psf.fits, pixel_scale: 0.2 }
${GALAXIES.replace("intensity: 0.5", "intensity: linear").trimStart()}`;
const { runOn, path } = runsOn({
  "lens.yaml": SPEC,
  "data.fits": fits(DATA, SHAPE),
  "noise.fits": fits(NOISE_MAP, SHAPE),
  "psf.fits": fits(PSF, PSF_SHAPE),
});
const at = (...names: string[]) => join(path(), ...names);

async function json(...argv: string[]) {
  const { code, stdout } = await runCollecting([...argv, "--json"]);
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe("arclet export and import", () => {
  test("a model that went there and back has the likelihood that it had", async () => {
    const { code, stdout } = await runOn({}, "export", ["--json"]);
    expect(code).toBe(0);
    const exported = at("out", "lens.coolest.json");
    expect(JSON.parse(stdout)).toEqual({ files: [exported], left_out: [] });
    const template = JSON.parse(readFileSync(exported, "utf8"));
    expect(template.observation.pixels.fits_file.path).toBe("../data.fits");
    expect(await json("import", exported)).toEqual({ files: [at("out", "lens.yaml")], notes: [] });
    const [here, back] = [await json("evaluate", at("lens.yaml")), await json("evaluate", at("out", "lens.yaml"))];
    expect(back.datasets.image.intensities ?? {}).toEqual({});
    // Conventions are turned to 14 digits.
    expect(back.log_likelihood / here.log_likelihood).toBeCloseTo(1, 10);
  });

  test("beside what they read, unless told; never over what is there", async () => {
    await runOn({}, "explain");
    const { code, stdout } = await runCollecting(["export", at("lens.yaml")]);
    expect([code, stdout]).toEqual([0, `written ${at("lens.coolest.json")}\n`]);
    for (const argv of [
      ["export", at("lens.yaml")],
      ["import", at("lens.coolest.json")],
    ]) {
      const again = await runCollecting(argv);
      expect(again).toMatchObject({ code: 2, stdout: "" });
      expect(again.stderr).toMatch(/there is such a file already; give another --out/);
    }
    expect(readFileSync(at("lens.yaml"), "utf8")).toBe(SPEC);
    const elsewhere = await runCollecting(["import", at("lens.coolest.json"), "--out", at("new")]);
    expect(elsewhere.stdout).toContain(`give --data ${path()} with the spec`);
    expect((await runCollecting(["evaluate", at("new", "lens.yaml"), "--data", path()])).code).toBe(0);
  });

  test("say what they leave out", async () => {
    const halo = "    halo: { profile: NFWSph, kappa_s: 0.05, scale_radius: 10.0 }\n    mass:";
    const { stdout } = await runOn({ "lens.yaml": SPEC.replace("    mass:", halo) }, "export");
    expect(stdout).toMatch(/^left out galaxies\.lens\.halo \(NFWSph\): COOLEST has no profile that is the same\n/);
    writeFileSync(at("out", "other.json"), readFileSync(at("out", "lens.coolest.json"), "utf8").replace("SIE", "gNFW"));
    const { notes } = await json("import", at("out", "other.json"));
    expect(notes).toEqual([expect.stringMatching(/^Left out: the mass profile gNFW of lens/)]);
  });

  test.each([
    [
      "a prior",
      { "lens.yaml": SPEC.replace("einstein_radius: 0.9", "einstein_radius: { prior: default }") },
      "has a prior",
    ],
    ["data that are not there", { "lens.yaml": SPEC.replace("data.fits", "no.fits") }, "no.fits"],
  ])("export refuses %s", async (_, files, words) => {
    expectRefused(await runOn(files, "export"), [words]);
  });

  test("export refuses a fit, which has its own", async () => {
    mkdirSync(at("fit"));
    writeFileSync(at("fit", "fit.json"), "{}");
    const { code, stderr } = await runCollecting(["export", at("fit")]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/a fit writes what it has to exchange; take its samples\.npz, samples\.nc or coolest\.json/);
  });

  test("import refuses what is no template, and what is not there", async () => {
    expectRefused({ ...(await runCollecting(["import", at("no.json")])), written: [] }, ["no.json", "ENOENT"]);
    writeFileSync(at("a.json"), "[1, 2");
    expectRefused({ ...(await runCollecting(["import", at("a.json")])), written: [] }, ["a.json", "no JSON"]);
  });
});

test("a fit of datasets that see different light writes a template, and a report of each", async () => {
  const radius = "einstein_radius: { prior: uniform, lower: 0.8, upper: 1.0 }";
  const own = "datasets: [jwst], intensity: linear";
  const jwst =
    "  jwst: { type: imaging, data: jwst.npz, noise_map: jwst.npz, psf: jwst.npz, pixel_scale: 0.2, flux_scale: 1.5 }\n";
  const spec = SPEC.replace("galaxies:", `${jwst}galaxies:`)
    .replace("einstein_radius: 0.9", radius)
    .replace(/(disk:.*)intensity: 1\.0/, `$1${own}`);
  const text = `${spec}search: { method: lbfgs, starts: 1 }\n`;
  const { code, written } = await runOn({ "lens.yaml": text, "jwst.npz": observationFile() }, "fit", [
    "--threads",
    "1",
  ]);
  expect(code).toBe(0);
  expect(written).toContain("coolest.json");
  const { lensing_entities, meta } = JSON.parse(readFileSync(at("out", "coolest.json"), "utf8"));
  expect(lensing_entities[0].mass_model[0].parameters.theta_E).toMatchObject({ fixed: false });
  expect(lensing_entities[0].light_model[0].parameters.I_eff.point_estimate.value).toBeGreaterThan(0);
  expect(meta.left_out).toEqual([expect.objectContaining({ reason: "hst does not see it" })]);
  const report = readFileSync(at("out", "report.html"), "utf8");
  expect(report).toContain("light profiles as in jwst");
  expect(report.replace(/base64,[^"]*/g, "")).not.toContain("NaN");
});
