import { readFile } from "node:fs/promises";
import { bytesSource } from "../../src/io/byte-source.ts";

const FOLDER = new URL("../fixtures/io/", import.meta.url);

/** The bytes of a fixture file. */
export async function fixture(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(new URL(name, FOLDER)));
}

/** A fixture file as a source of bytes in memory. */
export async function fixtureSource(name: string) {
  return bytesSource(await fixture(name), name);
}

/** The parsed contents of a JSON fixture. */
export async function expected<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(new URL(name, FOLDER), "utf8")) as T;
}

/** Expected values: JSON has no NaN and no infinities, so they are written as strings. */
export function numbers(values: readonly (number | string)[]): number[] {
  return values.map((value) => (typeof value === "string" ? Number(value.replace("inf", "Infinity")) : value));
}

/** Everything an async iterable yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
