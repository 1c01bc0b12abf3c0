import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { wasmKernels } from "../backend/wasm.ts";
import { InputError } from "../errors.ts";
import { parseTuning, type Tuning } from "../likelihood/tuning.ts";
import { type CommandLineIo, type Invocation, progress } from "./invocation.ts";
import { machineDescription } from "./machine.ts";
import { version } from "./version.ts";

/** No tuning is so long: a file beyond it is something else. */
const LARGEST_FILE = 2 ** 22;

/**
 * Where this program keeps what it can make again: XDG_CACHE_HOME or ~/.cache, ~/Library/Caches on macOS, %LOCALAPPDATA%
 * on Windows; undefined where the environment names no such place.
 */
export function cacheDirectory(env: CommandLineIo["env"], platform: string = process.platform): string | undefined {
  const absolute = (path: string | undefined): string | undefined => {
    return path !== undefined && isAbsolute(path) ? path : undefined;
  };
  const inHome = (...folders: string[]): string | undefined => {
    const home = absolute(env.HOME);
    return home === undefined ? undefined : join(home, ...folders);
  };
  // A relative XDG_CACHE_HOME is to be ignored (XDG Base Directory Specification 0.8).
  const caches =
    platform === "win32"
      ? absolute(env.LOCALAPPDATA)
      : platform === "darwin"
        ? (absolute(env.XDG_CACHE_HOME) ?? inHome("Library", "Caches"))
        : (absolute(env.XDG_CACHE_HOME) ?? inHome(".cache"));
  return caches === undefined ? undefined : join(caches, "arclet");
}

/** A build of the kernels and a number of threads have a tuning of their own. */
export function tuningFileName(threads: number): string {
  return `tuning-${wasmKernels().build}-${threads}.json`;
}

/**
 * The tuning of this machine for kernels on so many threads, or undefined. A file that is damaged, of another machine or
 * another program is not used, and one line on standard error says so; never an error.
 */
export async function loadTuning(
  invocation: Invocation,
  threads: number = invocation.options.threads,
): Promise<Tuning | undefined> {
  const { options, env } = invocation;
  const directory = cacheDirectory(env);
  if (directory === undefined || options.backend === "reference" || options.backend === "traced") return undefined;
  const path = join(directory, tuningFileName(threads));
  try {
    const text = await textOf(path);
    if (text === undefined) return undefined;
    const tuning = parseTuning(text, path);
    const other = otherThan(tuning, threads);
    if (other === undefined) return tuning;
    throw new InputError("tuning/other", `the tuning is of another ${other}`, "run arclet tune again", path);
  } catch (error) {
    const what = error instanceof InputError ? error.message : `${path}: cannot be read; run arclet tune again`;
    progress(invocation, `not used: ${what}`);
    return undefined;
  }
}

/** In what a tuning was made otherwise than this run; memory and the number of cores change nothing here. */
function otherThan(tuning: Tuning, threads: number): string | undefined {
  const here = machineDescription();
  const differs = ["cpu", "node", "wasm_build"].find((key) => tuning.machine[key] !== here[key]);
  if (differs !== undefined) return differs === "cpu" ? "machine" : differs;
  if (tuning.wasm_build !== wasmKernels().build) return "wasm_build";
  if (tuning.threads !== threads) return "number of threads";
  return tuning.version === version() ? undefined : "version of arclet";
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST_FILE) throw new Error("too long");
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
