import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { runCollecting } from "./collecting-io.ts";

export type Files = Readonly<Record<string, Uint8Array | string>>;

/** Files that differ from the good ones, and words of the message that refuses them. */
export type Case = readonly [files: Files, ...words: string[]];

/** Runs commands on `lens.yaml` and the files beside it, in a folder that each test has to itself. */
export function runsOn(good: Files) {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "arclet-wrong-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  return {
    path: () => folder,
    async runOn(files: Files, command: string, options: readonly string[] = []) {
      const all = Object.entries({ ...good, ...files });
      for (const [name, contents] of all) await writeFile(join(folder, name), contents);
      const out = join(folder, "out");
      const result = await runCollecting([command, join(folder, "lens.yaml"), "--out", out, ...options]);
      return { ...result, written: await readdir(out).catch(() => []) };
    },
  };
}

/** One line that says where, what and, after the semicolon, what to do; nothing else anywhere. */
export function expectRefused(
  result: Awaited<ReturnType<ReturnType<typeof runsOn>["runOn"]>>,
  words: readonly string[],
): void {
  expect(result.stderr).toMatch(/^arclet: [^\n]+; [^\n]{8,}\n$/);
  expect(result).toMatchObject({ code: 2, stdout: "", written: [] });
  for (const word of words) expect(result.stderr).toContain(word);
}
