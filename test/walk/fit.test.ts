import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readNpz } from "../../src/index.ts";
import { runCollecting } from "../cli/collecting-io.ts";

// From files to a posterior, by the command line.
const root = mkdtempSync(join(tmpdir(), "arclet-fit-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...names: string[]) => join(root, ...names);
const main = resolve(import.meta.dirname, "../../src/cli/main.ts");

const DATASET = `
    type: imaging
    data: image.fits
    noise_map: noise.fits
    psf: psf.fits
    pixel_scale: 0.15
    mask: { type: circular, radius: 2.1 }`;
const TRUTH = `datasets:
  hst:${DATASET}
    simulate: { shape: [32, 32], exposure_time: 2000, background_sky_level: 0.1, read_noise: 4, psf_fwhm: 0.2 }
galaxies:
  lens: { redshift: 0.5, mass: { profile: IsothermalSph, einstein_radius: 1.3 } }
  source:
    redshift: 1.0
    disk: { profile: Exponential, centre: [0.1, 0.05], intensity: 0.3, effective_radius: 0.25 }
`;
const RADIUS = "einstein_radius: { prior: uniform, lower: 1.0, upper: 1.6 }";
const SPEC = `datasets:
  hst:${DATASET}
galaxies:
  lens: { redshift: 0.5, mass: { profile: IsothermalSph, ${RADIUS} } }
  source:
    redshift: 1.0
    disk: { profile: Exponential, centre: [0.1, { prior: gaussian, mean: 0, sigma: 0.1 }], intensity: linear, effective_radius: 0.25 }
search: { method: nested, live_points: 40 }
`;
const PHASES = `
phases:
  parametric: {}
  pixelized:
    galaxies:
      lens: { mass: { from: parametric } }
      source:
        disk: null
        pixelization:
          mesh: { type: delaunay, image_mesh: { type: hilbert, pixels: 60 } }
          regularization: { type: constant, coefficient: 1.0 }
          adapt_image: { from: parametric }
    search: { method: nested, live_points: 12 }
`;

async function json(...argv: string[]) {
  const { code, stdout, stderr } = await runCollecting([...argv, "--json"]);
  expect([code, stderr.replace(/^(fit|parametric|pixelized): .*\n/gm, "")]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

/** What must be the same of the same seed. */
function bytesOf(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const kept = files.filter(({ name }) => !/^(timing\.json|report\.html)$/.test(name));
  const paths = kept.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(directory.length), readFileSync(path, "base64")]));
}

beforeAll(async () => {
  writeFileSync(at("truth.yaml"), TRUTH);
  expect((await runCollecting(["simulate", at("truth.yaml"), "--out", at("hst"), "--seed", "1"])).code).toBe(0);
  writeFileSync(at("hst", "lens.yaml"), SPEC);
  writeFileSync(at("hst", "phases.yaml"), SPEC + PHASES);
});

// Whole fits, a dozen processes: a minute of a machine that has other work too is not enough.
vi.setConfig({ testTimeout: 180_000 });

describe("one search", () => {
  test("finds the truth, and says how", async () => {
    const result = await json("fit", at("hst", "lens.yaml"), "--out", at("one"), "--threads", "1");
    expect(result).toMatchObject({
      format: "arclet-result",
      method: "nested",
      objective: "log_likelihood",
      stopped: null,
    });
    const radius = result.parameters["galaxies.lens.mass.einstein_radius"].posterior;
    expect(Math.abs(radius.median - 1.3)).toBeLessThan(4 * radius.standard_deviation);
    expect(radius.standard_deviation).toBeLessThan(0.01);
    expect(result.derived.einstein_radius_critical_curve.posterior.median).toBeCloseTo(radius.median, 3);
    expect(result.best_fit.datasets.hst.chi_squared_per_pixel).toBeLessThan(1.4);
    expect(Object.keys(result.provenance.input_hashes)).toHaveLength(3);
    for (const file of ["samples.nc", "coolest.json", "report.html", "timing.json", "spec.yaml"])
      expect(existsSync(at("one", file))).toBe(true);
    expect(readdirSync(at("one", "maps"))).toEqual(["hst-lens.fits", "hst-maps.fits", "hst-maps.png"]);
    const samples = await readNpz(readFileSync(at("one", "samples.npz")), "samples.npz");
    expect(samples.get("values")?.shape).toEqual([result.posterior.samples, 2]);
  });

  test("of two threads the same bytes, of another seed others", async () => {
    await json("fit", at("hst", "lens.yaml"), "--out", at("two"), "--threads", "2");
    expect(bytesOf(at("two"))).toEqual(bytesOf(at("one")));
    const other = await json("fit", at("hst", "lens.yaml"), "--out", at("other"), "--seed", "5");
    const one = JSON.parse(readFileSync(at("one", "result.json"), "utf8"));
    expect(other.evidence).not.toEqual(one.evidence);
  });

  test("paused it says so, and goes on to the same end", async () => {
    const stopped = await json("fit", at("hst", "lens.yaml"), "--out", at("stop"), "--evaluations", "300");
    expect(stopped.stopped).toMatch(/paused after 3\d\d evaluations/);
    expect(stopped.warnings[0]).toBe(stopped.stopped);
    const { provenance: _, ...resumed } = await json("resume", at("stop"));
    const { provenance: __, ...whole } = JSON.parse(readFileSync(at("one", "result.json"), "utf8"));
    expect({ ...resumed, files: undefined }).toEqual({ ...whole, files: undefined });
  });

  test("does not go on with another spec", async () => {
    const directory = at("changed");
    await json("fit", at("hst", "lens.yaml"), "--out", directory, "--evaluations", "300");
    const spec = join(directory, "spec.yaml");
    writeFileSync(spec, readFileSync(spec, "utf8").replace("upper: 1.6", "upper: 1.7"));
    const { code, stderr } = await runCollecting(["resume", directory]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/spec\.yaml: the file has changed since the fit began/);
  });
});

describe("phases", () => {
  test("killed on the way, the end is that of a fit that was not", async () => {
    const { best_fit, objective, parameters } = await json("fit", at("hst", "phases.yaml"), "--out", at("phases"));
    expect(objective).toBe("log_evidence");
    expect(best_fit.sources[0].source_pixels).toBe(60);
    expect(parameters["galaxies.lens.mass.einstein_radius"].prior.prior).toBe("gaussian");
    expect(readdirSync(at("phases", "parametric")).sort()).toEqual(["result.json", "samples.npz", "spec.yaml"]);
    const child = spawn(process.execPath, [
      main,
      "fit",
      at("hst", "phases.yaml"),
      "--out",
      at("killed"),
      "--threads",
      "2",
    ]);
    // In the middle of the second phase.
    const whole = readFileSync(at("phases", "evaluations.journal")).length;
    await new Promise<void>((resolve, reject) => {
      child.on("error", reject);
      const look = setInterval(() => {
        const journal = at("killed", "evaluations.journal");
        if (existsSync(journal) && readFileSync(journal).length > 0.9 * whole) child.kill("SIGKILL");
      }, 5);
      child.on("exit", () => {
        clearInterval(look);
        resolve();
      });
    });
    expect(existsSync(at("killed", "result.json"))).toBe(false);
    await json("resume", at("killed"), "--threads", "1");
    expect(bytesOf(at("killed"))).toEqual(bytesOf(at("phases")));
    // A phase can be run alone: its spec and its adapt image lie together, beside the data.
    cpSync(at("phases", "pixelized"), at("hst"), { recursive: true });
    const alone = ["fit", at("hst", "spec.yaml"), "--out", at("alone"), "--seed", "1"];
    expect((await json(...alone)).parameters).toEqual(parameters);
    const noise = await json("report", at("phases"), "--meshes", "3");
    expect(noise.mesh_noise).toMatchObject({ meshes: 4 });
    expect(noise.mesh_noise.log_evidences[0]).toBeCloseTo(best_fit.log_evidence, 6);
    expect(noise.mesh_noise.standard_deviation).toBeGreaterThan(0.01);
  });
});

describe("a sample", () => {
  test("goes on past a bad lens, and has an index", async () => {
    for (const name of ["A", "B", "C"]) cpSync(at("hst"), at("lenses", name), { recursive: true });
    writeFileSync(at("lenses", "B", "lens.yaml"), SPEC.replace("image.fits", "no.fits"));
    const pattern = at("lenses", "*", "lens.yaml");
    const first = await runCollecting(["fit", pattern, "--out", at("sample"), "--shard", "1/3", "--json"]);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout).lenses.map((row: { state: string }) => row.state)).toEqual([
      "done",
      "pending",
      "pending",
    ]);
    const { code, stdout, stderr } = await runCollecting(["fit", pattern, "--out", at("sample")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/A\] has ended already/);
    expect(stderr).toMatch(/B\] failed: .*no\.fits/);
    expect(stdout).toMatch(/^A +done +1\.[23]\d+ \+- 0\.00\d+/m);
    expect(stdout).toMatch(/^C +done/m);
    const index = readFileSync(at("sample", "index.html"), "utf8");
    expect(index).toMatch(/href="A\/report.html"/);
    expect(index).toMatch(/failed/);
    writeFileSync(at("lenses", "A", "lens.yaml"), SPEC.replace("live_points: 40", "live_points: 41"));
    const changed = await runCollecting(["fit", pattern, "--out", at("sample"), "--shard", "1/3"]);
    expect(changed.stderr).toMatch(/A\] failed: .*lens\.yaml: the spec has changed since its fit began; remove/);
    expect(existsSync(at("sample", "A", "result.json"))).toBe(true);
    const reseeded = await runCollecting(["fit", pattern, "--out", at("sample"), "--shard", "3/3", "--seed", "5"]);
    expect(reseeded.stderr).toMatch(/C\] failed: .*this fit began with --seed 0/);
    const [row] = JSON.parse(readFileSync(at("sample", "index.json"), "utf8"));
    expect([row.state, row.warnings[0]]).toEqual(["done", expect.stringMatching(/the spec has changed/)]);
  });
});

describe("what is refused", () => {
  const refused = async (...argv: string[]) => {
    const { code, stderr } = await runCollecting(argv);
    expect(code).toBe(2);
    return stderr;
  };

  test("a directory that has a fit", async () => {
    expect(await refused("fit", at("hst", "lens.yaml"), "--out", at("one"))).toMatch(
      /begun here already; .*arclet resume/,
    );
  });

  test("a directory that has none", async () => {
    expect(await refused("resume", at("hst"))).toMatch(/no fit here/);
  });

  test("another seed, backend or directory than a fit began with", async () => {
    for (const command of ["resume", "report"]) {
      expect(await refused(command, at("one"), "--seed", "5")).toMatch(/began with --seed 0, and keeps it; leave/);
      expect(await refused(command, at("one"), "--backend", "reference")).toMatch(/began with --backend auto/);
      expect(await refused(command, at("one"), "--out", at("elsewhere"))).toMatch(/in the directory that it began in/);
    }
    await json("report", at("one"), "--seed", "0", "--backend", "auto", "--out", at("one"));
  });

  test("data that have changed, before anything is lost", async () => {
    cpSync(at("one"), at("changed"), { recursive: true });
    const inputs = readFileSync(at("changed", "inputs.json"), "utf8");
    writeFileSync(at("changed", "inputs.json"), inputs.replace(/"[0-9a-f]{64}"/, `"${"0".repeat(64)}"`));
    const before = readFileSync(at("changed", "evaluations.journal"));
    expect(await refused("resume", at("changed"))).toMatch(/has changed since the fit began/);
    expect(readFileSync(at("changed", "evaluations.journal")).equals(before)).toBe(true);
  });

  test("a model without free parameters, a method that there is not, a directory that cannot be", async () => {
    const spec = at("hst", "lens.yaml");
    const fixed = ["galaxies.lens.mass.einstein_radius=1.3", "galaxies.source.disk.centre.1=0"].flatMap((s) => [
      "--set",
      s,
    ]);
    expect(await refused("fit", spec, ...fixed, "--out", at("fixed"))).toMatch(/no free parameter/);
    // It has not begun: the spec can be put right, and fitted.
    expect(existsSync(at("fixed", "fit.json"))).toBe(false);
    expect(await refused("fit", spec, "--set", "search.method=nestled", "--out", at("m"))).toMatch(
      /did you mean 'nested'/,
    );
    expect(await refused("fit", spec, "--out", at("truth.yaml"))).toMatch(/no directory can be made|cannot be written/);
    expect(await refused("fit", at("no", "*.yaml"))).toMatch(/matches/);
    expect(await refused("fit", spec, spec, "--shard", "4/3", "--out", at("shard"))).toMatch(/--shard 4\/3/);
  });
});
