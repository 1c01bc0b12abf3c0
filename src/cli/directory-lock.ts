import { open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import { errorCode } from "./error-code.ts";
import { makeDirectory } from "./make-directory.ts";

/** The lock's time is set anew so often, and a lock older than the other was left behind; milliseconds. */
const HEARTBEAT = 30_000;
const STALE = 10 * HEARTBEAT;

/** Held by the process that writes into a directory, so that no other does. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Takes the lock of a directory, which is made where needed. On disks that machines share, the lock of a process that died
 * elsewhere is taken over after five minutes; of one that died here at once.
 * @returns null where another process holds it.
 * @throws InputError `output/directory` where none can be made.
 */
export async function tryLock(directory: string): Promise<DirectoryLock | null> {
  const path = join(directory, ".lock");
  const mine = JSON.stringify({ host: hostname(), pid: process.pid });
  try {
    await makeDirectory(directory);
    if (!(await createWith(path, mine))) {
      if (!(await isLeftBehind(path)) || !(await removeLeftBehind(path))) return null;
      if (!(await createWith(path, mine))) return null;
    }
  } catch (error) {
    const what = `the directory cannot be written (${errorCode(error)})`;
    throw new InputError("output/directory", what, "give --out a directory that can be written", directory);
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, HEARTBEAT);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      await rm(path, { force: true });
    },
  };
}

/** @throws InputError `output/locked` where another process holds it. */
export async function lock(directory: string): Promise<DirectoryLock> {
  const held = await tryLock(directory);
  if (held !== null) return held;
  const remedy = "wait for it, or give another --out";
  throw new InputError("output/locked", "another process is writing here", remedy, directory);
}

async function createWith(path: string, text: string): Promise<boolean> {
  try {
    await using file = await open(path, "wx");
    await file.writeFile(text);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function isLeftBehind(path: string): Promise<boolean> {
  try {
    const [{ mtimeMs }, text] = [await stat(path), await readFile(path, "utf8")];
    if (Date.now() - mtimeMs > STALE) return true;
    const { host, pid } = JSON.parse(text) as { readonly host: string; readonly pid: number };
    return host === hostname() && !isAlive(pid);
  } catch (error) {
    // Released in this moment, or not yet written.
    return errorCode(error) === "ENOENT";
  }
}

/**
 * Of several processes that find the same lock left behind one removes it: by a rename, which only one of them can do, and which
 * is undone where another has its own lock there already.
 */
async function removeLeftBehind(path: string): Promise<boolean> {
  const aside = `${path}-${hostname()}-${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return true;
    throw error;
  }
  const isStill = await isLeftBehind(aside);
  await (isStill ? rm(aside) : rename(aside, path));
  return isStill;
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== "ESRCH";
  }
}
