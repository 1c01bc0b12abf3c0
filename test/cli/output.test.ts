import { existsSync } from "node:fs";
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lock } from "../../src/cli/directory-lock.ts";
import { outputDirectory } from "../../src/cli/output.ts";
import { InputError } from "../../src/errors.ts";

let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "arclet-output-"));
});

afterEach(() => rm(directory, { recursive: true }));

test("writes whole files into a directory that it makes, and leaves nothing else there", async () => {
  const out = await outputDirectory(join(directory, "a", "b"));
  expect(await out.write("result.json", "{}")).toBe(join(directory, "a", "b", "result.json"));
  await out.write("result.json", "{ }");
  await out.write("map.png", Uint8Array.of(1, 2));
  expect((await readdir(out.path)).sort()).toEqual(["map.png", "result.json"]);
  expect(await readFile(join(out.path, "result.json"), "utf8")).toBe("{ }");
});

test("never overwrites an input, under whatever path", async () => {
  const input = join(directory, "data.fits");
  await writeFile(input, "input");
  const out = await outputDirectory(join(directory, "."), [input]);
  await expect(out.write("data.fits", "result")).rejects.toThrow(InputError);
  await symlink(input, join(directory, "alias.fits"));
  await link(input, join(directory, "twin.fits"));
  for (const name of ["alias.fits", "twin.fits"]) await expect(out.write(name, "result")).rejects.toThrow(/overwrite/);
  expect(await readFile(input, "utf8")).toBe("input");
});

test("a directory or a file that cannot be written is wrong input, and no partial file stays", async () => {
  await writeFile(join(directory, "file"), "");
  await expect(outputDirectory(join(directory, "file"))).rejects.toThrow(InputError);
  await mkdir(join(directory, "out", "taken"), { recursive: true });
  const out = await outputDirectory(join(directory, "out"));
  await expect(out.write("taken", "result")).rejects.toThrow(InputError);
  expect(await readdir(out.path)).toEqual(["taken"]);
});

test("names with a path in them are refused", async () => {
  const out = await outputDirectory(directory);
  for (const name of ["../escaped", "a/b", "", "..", "."]) await expect(out.write(name, "")).rejects.toThrow(TypeError);
});

test("where nothing can be made, it says so at once, whatever the system calls the reason", {
  timeout: 5000,
}, async () => {
  // There for all, and nothing can be made in it, by root neither: "no such file", says Linux.
  if (!existsSync("/proc/self")) return;
  await expect(outputDirectory("/proc/arclet/out")).rejects.toThrow(InputError);
  await expect(lock("/proc/arclet/out")).rejects.toThrow(InputError);
});
