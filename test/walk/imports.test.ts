import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

// The house's one-way streets: a file imports from its own folder or from a storey below.
const STOREYS: readonly (readonly string[])[] = [
  ["errors.ts", "nearest.ts"],
  ["grid.ts"],
  ["backend/contract.ts", "compiler"],
  ["io", "profiles", "operators", "inference"],
  ["dataset"],
  ["lens", "inversion"],
  ["backend"],
  ["model"],
  ["likelihood"],
  ["pipeline"],
  ["result"],
  ["bench"],
  ["index.ts"],
  ["cli"],
];

const root = resolve(import.meta.dirname, "../../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /\.ts$/.test(name));

function storeyOf(file: string): { storey: number; room: string } {
  const path = file.replaceAll("\\", "/");
  const exact = STOREYS.findIndex((rooms) => rooms.includes(path));
  if (exact >= 0) return { storey: exact, room: path };
  const [room] = path.split("/");
  return { storey: STOREYS.findIndex((rooms) => rooms.includes(room)), room };
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^(?:import|export)\b[^;]*?from "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/gm)].map(
    (match) => match[1] ?? match[2] ?? match[3],
  );
}

test("every file has a storey", () => {
  expect(files.filter((file) => storeyOf(file).storey < 0)).toEqual([]);
  expect(files.length).toBeGreaterThan(60);
});

test("imports point one way", () => {
  const wrong = files.flatMap((file) => {
    const from = storeyOf(file);
    return importsOf(file)
      .filter((target) => target.startsWith("."))
      .map((target) => (target.endsWith(".as") ? `${target}.ts` : target))
      .map((target) => relative(root, resolve(root, dirname(file), target)))
      .filter((target) => {
        const to = storeyOf(target);
        return to.room !== from.room && to.storey >= from.storey;
      })
      .map((target) => `${file} -> ${target}`);
  });
  expect(wrong).toEqual([]);
});

test("only the command line touches Node", () => {
  const wrong = files.filter(
    (file) => !file.startsWith("cli") && importsOf(file).some((name) => name.startsWith("node:")),
  );
  expect(wrong).toEqual([]);
});

test("the sources import what users install, and nothing else", () => {
  const manifest = JSON.parse(readFileSync(resolve(root, "../package.json"), "utf8"));
  const packages = files.flatMap(importsOf).filter((name) => !name.startsWith(".") && !name.startsWith("node:"));
  const names = packages.map((name) =>
    name
      .split("/")
      .slice(0, name.startsWith("@") ? 2 : 1)
      .join("/"),
  );
  expect([...new Set(names)].sort()).toEqual(Object.keys(manifest.dependencies).sort());
});
