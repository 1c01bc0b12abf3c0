import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

// What a user installs: the package, packed and put into an empty project.
const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "arclet-package-"));
const project = join(folder, "project");
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
// The runtime that the tests run on comes first, whatever the system's is.
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` };

function run(command: string, args: readonly string[], cwd = project): string {
  return execFileSync(command, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

beforeAll(() => {
  rmSync(join(root, "dist"), { recursive: true, force: true });
  run(process.execPath, [tsc, "-p", "tsconfig.build.json"], root);
  const packed = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], root));
  const { filename } = Array.isArray(packed)
    ? packed[0]
    : Object.values(packed as Record<string, { filename: string }>)[0];
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", join(folder, filename)]);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const arclet = join(project, "node_modules", ".bin", "arclet");

test("the command says its version and evaluates a spec", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(run(arclet, ["--version"]).trim()).toBe(manifest.version);
  copyFileSync(join(root, "test/oracle/interferometer.npz"), join(project, "interferometer.npz"));
  copyFileSync(join(root, "test/oracle/interferometer.yaml"), join(project, "golden.yaml"));
  const result = JSON.parse(run(arclet, ["evaluate", "golden.yaml", "--json"]));
  expect(result.log_evidence).toBeCloseTo(-7239.78567, 4);
  expect(result.backend).toBe("wasm");
});

test("its imports are typed and work", () => {
  writeFileSync(
    join(project, "use.ts"),
    `import { type Evaluation, kernelsOf, pixelGrid } from "arclet";
const grid = pixelGrid([3, 4], 0.1);
const image: Float64Array = kernelsOf("wasm").visibilities({ grid, image: new Float64Array(12).fill(1), uvWavelengths: Float64Array.of(0, 0) });
const terms = (evaluation: Evaluation): number => evaluation.terms.chiSquared;
// @ts-expect-error: a grid has no third side
const wrong: number = grid.shape[2];
console.log(image[0], typeof terms, wrong);
`,
  );
  const options = ["--module", "nodenext", "--target", "es2023", "--lib", "es2023,dom", "--strict", "--types", ""];
  run(process.execPath, [tsc, ...options, "--skipLibCheck", "false", "use.ts"]);
  expect(run(process.execPath, ["use.js"]).trim()).toBe("12 function undefined");
});

test("it brings the Python peers of its bench", () => {
  expect(existsSync(join(project, "node_modules/arclet/bench/peers/peers.py"))).toBe(true);
  const sizes = "--grid-size 6 --visibilities 40 --source-pixels 5 --repeat 1".split(" ");
  const { rows } = JSON.parse(run(arclet, ["bench", "table4", "--implementations", "wasm_sparse", ...sizes, "--json"]));
  expect(rows).toMatchObject([{ implementation: "wasm_sparse", median_s: expect.any(Number) }]);
});

test("it carries no tests, sources or development runtime", () => {
  const listed = readFileSync(join(project, "node_modules/arclet/package.json"), "utf8");
  expect(JSON.parse(listed).optionalDependencies).toBeUndefined();
  const installed = run("npm", ["ls", "--all", "--parseable"]);
  expect(installed).not.toMatch(/node-linux|vitest|assemblyscript|jax-js/);
});
