import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { randomState, uniform } from "../src/inference/rng.ts";

/*
 * node bench/kill-and-resume.ts SPEC [--data DIR] [--kills 20] [--seed 0]
 *
 * Fits once without interruption, then again and again with a SIGKILL at a random moment, resumed on one and two threads in
 * turns: every file of the results but the times must have the same bytes.
 */

const main = resolve(import.meta.dirname, "../src/cli/main.ts");

/** @returns Whether it ended by itself. */
function arclet(argv: readonly string[], killAfter = Infinity): Promise<boolean> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [main, ...argv], { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (text) => {
      said += text;
    });
    const timer = killAfter < Infinity ? setTimeout(() => child.kill("SIGKILL"), killAfter) : undefined;
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      if (signal === null && code !== 0) fail(new Error(said));
      else done(signal === null);
    });
  });
}

/** Of everything that a fit writes but its times and what was asked for. */
async function hashOf(directory: string): Promise<string> {
  const hash = createHash("sha256");
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    if (/timing\.json$|report\.html$/.test(file)) continue;
    hash.update(file.slice(directory.length)).update(await readFile(file));
  }
  return hash.digest("hex");
}

const [spec, ...rest] = process.argv.slice(2);
const option = (name: string, otherwise: string) => rest[rest.indexOf(`--${name}`) + 1 || rest.length] ?? otherwise;
const kills = Number(option("kills", "20"));
const random = randomState(Number(option("seed", "0")));
const root = await mkdtemp(join(tmpdir(), "arclet-kill-"));
const data = rest.includes("--data") ? ["--data", option("data", ".")] : [];
try {
  const whole = join(root, "whole");
  const start = performance.now();
  await arclet(["fit", spec, ...data, "--out", whole, "--threads", "1"]);
  const milliseconds = performance.now() - start;
  const expected = await hashOf(whole);
  console.log(`uninterrupted: ${(milliseconds / 1000).toFixed(1)} s, ${expected.slice(0, 16)}`);
  let wrong = 0;
  let killed = 0;
  for (let round = 1; killed < kills; round++) {
    const killedFit = join(root, `killed-${round}`);
    let argv = ["fit", spec, ...data, "--out", killedFit, "--threads", "2"];
    const moments: string[] = [];
    for (let ended = false; !ended; ) {
      const moment = uniform(random) * milliseconds;
      ended = await arclet(argv, moments.length < 3 && killed < kills ? moment : Infinity);
      if (!ended) {
        killed++;
        moments.push((moment / 1000).toFixed(1));
      }
      const begun = await readFile(join(killedFit, "fit.json")).then(
        () => true,
        () => false,
      );
      if (begun) argv = ["resume", killedFit, "--threads", moments.length % 2 === 0 ? "2" : "1"];
    }
    const same = (await hashOf(killedFit)) === expected;
    if (!same) {
      wrong++;
      await cp(killedFit, join(tmpdir(), `arclet-wrong-${round}`), { recursive: true });
    }
    console.log(`killed after ${moments.join(" s, then ") || "nothing"} s: ${same ? "the same bytes" : "OTHER BYTES"}`);
  }
  console.log(`${killed} kills, ${wrong} fits with other bytes`);
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  await rm(root, { recursive: true, force: true });
}
