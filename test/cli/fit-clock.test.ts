import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FitClock } from "../../src/cli/fit-clock.ts";
import { outputDirectory } from "../../src/cli/output.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "arclet-clock-"));
});
afterEach(() => rm(directory, { recursive: true }));

test("times that cannot be read are none, and no reason to lose a fit", async () => {
  await writeFile(join(directory, "timing.json"), '{ "runs": [] }\n}');
  const clock = await FitClock.in(await outputDirectory(directory), 1);
  expect(clock.timing().runs).toHaveLength(1);
});

test("two writes of one file at once leave it whole", async () => {
  const output = await outputDirectory(directory);
  const texts = Array.from({ length: 20 }, (_, k) => JSON.stringify({ text: "x".repeat(1000 * (20 - k)) }));
  await Promise.all(texts.map((text) => output.write("timing.json", text)));
  expect(texts).toContain(await readFile(join(directory, "timing.json"), "utf8"));
});
