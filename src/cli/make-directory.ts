import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "./error-code.ts";

/**
 * Makes a directory, and those above it that are missing. Not by the recursive `mkdir` of Node, which goes up and down for ever
 * where a directory is there and refuses new ones as if it were not: /proc.
 * @throws Error of the system, with its code.
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (await isDirectory(path)) return;
    const above = dirname(path);
    if (errorCode(error) !== "ENOENT" || above === path) throw error;
    await makeDirectory(above);
    // Another process may have made it since.
    await mkdir(path).catch(async (again) => {
      if (!(await isDirectory(path))) throw again;
    });
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
