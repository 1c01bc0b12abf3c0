import { glob, stat } from "node:fs/promises";
import { basename, dirname, sep } from "node:path";
import { InputError } from "../errors.ts";

/** One lens of a sample. */
export interface LensSpec {
  /** Differs from that of every other lens, and can be the name of a directory. */
  readonly name: string;
  /** Of its spec. */
  readonly path: string;
}

/**
 * The lenses that paths and patterns (`lenses/J*.yaml`) name, in the order of their paths. A lens has the name of its
 * spec, or, where several have the same, of the folder that it is in.
 * @throws InputError for a pattern that nothing matches.
 */
export async function lensSpecs(patterns: readonly string[]): Promise<readonly LensSpec[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const matches: string[] = [];
    if (await isFile(pattern)) matches.push(pattern);
    else for await (const match of glob(pattern)) matches.push(match);
    if (matches.length === 0) {
      throw new InputError("spec/unreadable", "no file is called so, or matches", "give specs, or a pattern", pattern);
    }
    for (const match of matches) found.add(match);
  }
  const paths = [...found].toSorted();
  const stems = paths.map((path) => basename(path).replace(/\.ya?ml$/i, ""));
  const folders = paths.map((path) => basename(dirname(path)));
  const whole = paths.map((path) =>
    path
      .replace(/\.ya?ml$/i, "")
      .split(sep)
      .filter((part) => part !== "..")
      .join("-"),
  );
  const names =
    [stems, folders, whole].find((names) => new Set(names).size === names.length) ??
    paths.map((_, i) => `lens-${i + 1}`);
  return paths.map((path, i) => ({ name: names[i], path }));
}

/** Whether the argument means several lenses. */
export function isSample(patterns: readonly string[], shard: string | undefined): boolean {
  return patterns.length > 1 || shard !== undefined || patterns.some((pattern) => /[*?[{]/.test(pattern));
}

/**
 * Every n-th lens, from the i-th on.
 * @param shard `i/n`, from 1/n to n/n.
 * @throws InputError `option/value`.
 */
export function shardOf<T>(lenses: readonly T[], shard: string): readonly T[] {
  const [, i, n] = (/^(\d{1,6})\/(\d{1,6})$/.exec(shard) ?? []).map(Number);
  if (!(i >= 1 && i <= n)) {
    throw new InputError("option/value", `--shard ${shard} is no part of a whole`, "give for example --shard 1/8");
  }
  return lenses.filter((_, k) => k % n === i - 1);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
