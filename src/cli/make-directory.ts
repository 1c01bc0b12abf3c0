import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "./error-code.ts";

/**
 * Makes a directory, and those that it is to be in. Not by the `recursive` of `mkdir`, which never ends where an ancestor
 * that is there lets nothing be made in it and says that it is not there, as /proc does.
 * @throws Error where it cannot be made.
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = errorCode(error);
    // Some file systems are read-only, or have no permission, before they look whether it is there.
    if (await isDirectory(path)) return;
    if (code !== "ENOENT" || dirname(path) === path) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path).catch(async (again: unknown) => {
      // Another process may have made it meanwhile.
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
