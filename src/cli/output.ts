import { open, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { InputError } from "../errors.ts";
import { errorCode } from "./error-code.ts";
import { makeDirectory } from "./make-directory.ts";

/** A directory that results are written to. */
export interface OutputDirectory {
  readonly path: string;
  /** @throws InputError `output/exists` where a file of one of these names is there already. */
  requireNew(names: readonly string[]): Promise<void>;
  /**
   * Writes a file whole or not at all, replacing one of the same name.
   * @returns Its path.
   * @throws InputError `output/...` when it would replace an input, or the disk refuses.
   */
  write(name: string, contents: Uint8Array | string): Promise<string>;
}

/**
 * Creates the directory where needed.
 * @param inputs Paths of the files that the command reads: never overwritten.
 * @throws InputError `output/directory`.
 */
export async function outputDirectory(path: string, inputs: readonly string[] = []): Promise<OutputDirectory> {
  try {
    await makeDirectory(path);
  } catch (error) {
    const remedy = "give --out a directory that can be written";
    throw new InputError("output/directory", `no directory can be made here (${errorCode(error)})`, remedy, path);
  }
  return {
    path,
    async requireNew(names) {
      for (const name of names) {
        const target = join(path, name);
        if ((await identity(target)) === undefined) continue;
        const remedy = "give another --out, or remove it";
        throw new InputError("output/exists", "there is such a file already", remedy, target);
      }
    },
    async write(name, contents) {
      if (name !== basename(name) || name === "" || name === "." || name === "..") {
        throw new TypeError(`${JSON.stringify(name)} is not the name of a file in a directory`);
      }
      const target = join(path, name);
      await requireNoInput(target, inputs);
      try {
        await writeWhole(path, name, contents);
      } catch (error) {
        const remedy = "free some space or give another directory to --out";
        throw new InputError("output/unwritable", `the file cannot be written (${errorCode(error)})`, remedy, target);
      }
      return target;
    },
  };
}

/** So that two writes of one file at once are not into one. */
let writes = 0;

async function writeWhole(directory: string, name: string, contents: Uint8Array | string): Promise<void> {
  // Beside the target: a rename is atomic within one file system only.
  const temporary = join(directory, `.${name}.${process.pid}-${writes++}.part`);
  const handle = await open(temporary, "w");
  try {
    try {
      await handle.writeFile(contents);
      // Or a power cut could leave the new name with no contents.
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, join(directory, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** By identity on the disk, since one file can have many paths. */
async function requireNoInput(target: string, inputs: readonly string[]): Promise<void> {
  const there = await identity(target);
  if (there === undefined) return;
  for (const input of inputs) {
    if ((await identity(input)) !== there) continue;
    throw new InputError("output/input", "writing this file would overwrite an input", "give another --out", target);
  }
}

async function identity(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
