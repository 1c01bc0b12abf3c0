import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { availableThreads } from "../../src/cli/available-threads.ts";
import { lock, tryLock } from "../../src/cli/directory-lock.ts";
import { isSample, lensSpecs, shardOf } from "../../src/cli/lens-specs.ts";

// What a sample of lenses needs besides fits.
const root = mkdtempSync(join(tmpdir(), "arclet-sample-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(...paths: string[]): string[] {
  return paths.map((path) => {
    const full = join(root, path);
    mkdirSync(resolve(full, ".."), { recursive: true });
    writeFileSync(full, "");
    return full;
  });
}

const namesOf = async (...patterns: string[]) => (await lensSpecs(patterns)).map(({ name }) => name);

describe("names of lenses", () => {
  test("of their specs, of their folders, of both", async () => {
    write("a/J1.yaml", "a/J2.yml", "b/J3/lens.yaml", "b/J4/lens.yaml", "c/x/J5/lens.yaml", "c/y/J5/lens.yaml");
    expect(await namesOf(join(root, "a", "*"))).toEqual(["J1", "J2"]);
    expect(await namesOf(join(root, "b", "*", "lens.yaml"))).toEqual(["J3", "J4"]);
    const both = await namesOf(join(root, "c", "*", "*", "lens.yaml"));
    expect(both.map((name) => name.slice(-9))).toEqual(["J5-lens", "J5-lens"].map((end, i) => `${"xy"[i]}-${end}`));
  });

  test("one spec named twice is one lens", async () => {
    const [path] = write("d/J6.yaml");
    expect(await namesOf(path, join(root, "d", "*.yaml"))).toEqual(["J6"]);
  });

  test("a pattern, a shard or two specs make a sample", () => {
    expect([isSample(["a.yaml"], undefined), isSample(["a.yaml"], "1/2")]).toEqual([false, true]);
    expect([isSample(["*.yaml"], undefined), isSample(["a", "b"], undefined)]).toEqual([true, true]);
  });
});

test("shards are a partition of the lenses", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 12 }), (count, n) => {
      const lenses = Array.from({ length: count }, (_, i) => i);
      const shards = Array.from({ length: n }, (_, i) => shardOf(lenses, `${i + 1}/${n}`));
      expect(shards.flat().toSorted((a, b) => a - b)).toEqual(lenses);
      const sizes = shards.map((shard) => shard.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
  for (const wrong of ["0/2", "3/2", "1", "a/b", "1/2/3", "-1/2"]) expect(() => shardOf([1], wrong)).toThrow(/--shard/);
});

describe("the lock of a directory", () => {
  const locking = resolve(import.meta.dirname, "../../src/cli/directory-lock.ts");
  const holder = (directory: string) => {
    const program = `import { lock } from ${JSON.stringify(locking)};
      await lock(${JSON.stringify(directory)}); console.log("held"); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const held = new Promise((done) => child.stdout.once("data", done));
    const ended = new Promise((done) => child.once("exit", done));
    return { child, held, ended };
  };

  test("keeps others out, and is left behind by a process that was killed", async () => {
    const directory = join(root, "locked");
    const { child, held, ended } = holder(directory);
    await held;
    expect(await tryLock(directory)).toBe(null);
    await expect(lock(directory)).rejects.toThrow(/another process is writing here/);
    child.kill("SIGKILL");
    await ended;
    const mine = await lock(directory);
    await mine.release();
    expect(existsSync(join(directory, ".lock"))).toBe(false);
  });

  test("of a process on another machine counts until its heart stops", async () => {
    const directory = join(root, "shared");
    const [path] = write("shared/.lock");
    writeFileSync(path, JSON.stringify({ host: "elsewhere", pid: 1 }));
    expect(await tryLock(directory)).toBe(null);
    const before = new Date(Date.now() - 6 * 60_000);
    utimesSync(path, before, before);
    await (await lock(directory)).release();
  });
});

test("threads are those that the job was granted", () => {
  const all = availableThreads({});
  expect(all).toBeGreaterThanOrEqual(1);
  expect(availableThreads({ SLURM_CPUS_PER_TASK: "1" })).toBe(1);
  expect(availableThreads({ SLURM_CPUS_PER_TASK: "100000" })).toBe(all);
  expect(availableThreads({ SLURM_CPUS_PER_TASK: "many" })).toBe(all);
});
