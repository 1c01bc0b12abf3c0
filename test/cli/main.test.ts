import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runCollecting } from "./collecting-io.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const MANIFEST = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const WRONG_INPUT: readonly (readonly [string, string])[] = [
  ["", "no command is given"],
  ["inspct a.fits", "the nearest is inspect"],
  ["--seed 1 inspect", "--seed stands where the command belongs"],
  ["simulate", "simulate needs SPEC"],
  ["fit x", "x: the spec cannot be read (ENOENT)"],
  ["resume x", "there is no fit here (ENOENT)"],
  ["export x.yaml", "x.yaml: the spec cannot be read (ENOENT)"],
  ["import x.json", "x.json: the template cannot be read (ENOENT)"],
  ["bench", "bench needs CASE"],
  ["bench tabel2", "tabel2 is none of table2, table3"],
  ["bench tabel2", "the nearest is table2"],
  ["bench table2 --implementations wasm_seperable", "the nearest is wasm_separable"],
  ["bench table2 --implementations numba_compact", "it is a peer: add --peers PYTHON"],
  ["bench table2 --backend traced", "there is no row in the traced voice"],
  ["bench table2 --repeat 0", "--repeat 0 is not a whole number of at least 1"],
  ["bench table2 --row-budget 0", "--row-budget 0 is not a positive number"],
  ["bench table2 --grid-size 99999999", "inputs of these sizes take"],
  ["bench table2 --uv uniform", "the nearest is"],
  ["bench table2 --compare no-such-file.json", "no-such-file.json: there is no such file"],
  ["bench table2 --peers no-such-python", "no-such-python does not start"],
  ["tune", "the environment names no directory for caches"],
  ["tune extra", "tune does not take extra"],
  ["constructor", "unknown command constructor"],
  ["--version demo", "--version does not take demo"],
  ["inspect", "inspect needs FILE"],
  ["evaluate", "evaluate needs SPEC"],
  ["evaluate a.yaml b.yaml", "evaluate does not take b.yaml"],
  ["evaluate a.yaml --no-such 3", "unknown option --no-such"],
  ["demo extra", "demo does not take extra"],
  ["inspect a.fits --jsn", "the nearest is --json"],
  ["inspect a.fits --sed 3", "the nearest is --seed"],
  ["inspect a.fits --pixelscale 3", "the nearest is --pixel-scale"],
  ["inspect a.fits --pixelScale 3", "the nearest is --pixel-scale"],
  ["inspect a.fits -s", "unknown option -s; the nearest is --s"],
  ["inspect a.fits --no-json", "unknown option --no-json"],
  ["inspect a.fits --constructor", "unknown option --constructor"],
  ["inspect a.fits --seed", "--seed has no value"],
  ["inspect a.fits --seed=", "--seed has no value"],
  ["inspect a.fits --seed --json", "--seed has no value"],
  ["inspect a.fits --out --json", "--out has no value"],
  ["inspect a.fits --seed 1 --seed 2", "--seed is given twice"],
  ["inspect a.fits --seed -1", "--seed -1 is not a whole number"],
  ["inspect a.fits --seed 1.5", "--seed 1.5 is not a whole number"],
  ["inspect a.fits --seed 0x10", "--seed 0x10 is not a whole number"],
  ["inspect a.fits --seed 99999999999999999999", "is not a whole number"],
  ["inspect a.fits --threads 0", "--threads 0 is not a whole number of at least 1"],
  ["inspect a.fits --threads 1000", "is more than any machine here has"],
  ["inspect a.fits --backend wsm", "the nearest is wasm"],
  ["inspect a.fits --json=no", "--json takes no value"],
  ["inspect a.fits --pixel-scale NaN", "--pixel-scale NaN is not a positive number"],
  ["inspect a.fits --pixel-scale 0", "--pixel-scale 0 is not a positive number"],
  ["inspect a.fits --shape 10x", "--shape 10x is not ROWSxCOLUMNS"],
  ["inspect a.fits --shape 99999999999", "is not ROWSxCOLUMNS"],
  ["inspect no-such-file.fits", "no-such-file.fits: there is no such file"],
  ["inspect -- --json", "--json: there is no such file"],
];

describe("wrong input", () => {
  test.each(WRONG_INPUT)("arclet %s", async (line, message) => {
    const { code, stdout, stderr } = await runCollecting(line.split(" ").filter((word) => word !== ""));
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^arclet: [^\n]+\n$/);
    expect(stderr).toContain(message);
  });

  test("is one line whatever the file is called, and --debug adds the stack", async () => {
    const plain = await runCollecting(["inspect", "two\nlines\u001b[31m.fits"]);
    expect(plain.stderr).toMatch(/^arclet: two lines \[31m\.fits: [^\n]+\n$/);
    const debug = await runCollecting(["inspect", "no-such-file.fits", "--debug"]);
    expect(debug.code).toBe(2);
    expect(debug.stderr).toContain("at openFile");
  });

  test("no arguments whatever end in a crash", async () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom("inspect", "fit", "--seed", "--json", "--", "-", "--out=", "1", "--shape=5", "--help=x", "nope"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (words) => {
        // "inspect" of files that are not there; other commands would do their work.
        const { code, stdout, stderr } = await runCollecting(["inspect", "no-such-file.fits", ...words]);
        if (code === 0) expect(words.some((each) => each === "--help" || each === "-h")).toBe(true);
        else {
          expect(code).toBe(2);
          expect(stdout).toBe("");
          expect(stderr).toMatch(/^arclet: [^\n]+\n$/);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("what is asked about the program", () => {
  test("--version and -v print the version of the package", async () => {
    for (const option of ["--version", "-v"]) {
      expect(await runCollecting([option])).toEqual({ code: 0, stdout: `${MANIFEST.version}\n`, stderr: "" });
    }
  });

  test("--help lists every command", async () => {
    const { code, stdout, stderr } = await runCollecting(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const command of ["demo", "evaluate", "compact", "simulate", "inspect", "bench"])
      expect(stdout).toContain(command);
  });

  test.each(["demo", "evaluate", "compact", "simulate", "inspect", "bench"])(
    "%s --help lists the common options",
    async (command) => {
      const { code, stdout } = await runCollecting([command, "--help"]);
      expect(code).toBe(0);
      for (const option of ["backend", "threads", "seed", "out", "json", "debug"])
        expect(stdout).toContain(`--${option}`);
    },
  );
});

describe("as a process", () => {
  test("exit code, standard output and standard error", () => {
    const version = spawnSync(process.execPath, [MAIN, "--version"], { encoding: "utf8" });
    expect([version.status, version.stdout, version.stderr]).toEqual([0, `${MANIFEST.version}\n`, ""]);
    // Colours are citty's default wherever no variable speaks of a test.
    const help = spawnSync(process.execPath, [MAIN, "--help"], { encoding: "utf8", env: {} });
    expect(help.status).toBe(0);
    expect(help.stdout).not.toMatch(/(?!\n)\p{Cc}/u);
    const wrong = spawnSync(process.execPath, [MAIN, "inspect", "no-such-file.fits", "--json"], { encoding: "utf8" });
    expect([wrong.status, wrong.stdout]).toEqual([2, ""]);
    expect(wrong.stderr).toBe("arclet: no-such-file.fits: there is no such file; check the path\n");
  });

  test("a reader that closes the pipe is no error", async () => {
    const child = spawn(process.execPath, [MAIN, "inspect", "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    expect([code, stderr]).toEqual([0, ""]);
  });
});
