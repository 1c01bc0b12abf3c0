import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const textOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("CONTRIBUTING.md shows the mass sheet as it is, in under 60 lines", () => {
  const [, diff] = textOf("CONTRIBUTING.md").split("```diff\n");
  const lines = diff.split("```")[0].split("\n");
  const added = lines.filter((line) => line.startsWith("+") && !line.startsWith("+++")).map((line) => line.slice(1));
  const registry = textOf("src/profiles/index.ts").split("\n");
  const file = textOf("src/profiles/mass/mass-sheet.ts").trimEnd().split("\n");
  expect(added.slice(0, file.length)).toEqual(file);
  expect(added.slice(file.length).every((line) => registry.includes(line))).toBe(true);
  expect(added.length).toBeLessThan(60);
});
