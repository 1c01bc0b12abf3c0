import { tune as measure } from "../bench/tune.ts";
import { TUNE_GRID, type TuneGrid } from "../bench/tune-grid.ts";
import { tunedPicks, tuneTable } from "../bench/tune-table.ts";
import { InputError } from "../errors.ts";
import { TUNING_FORMAT, type Tuning } from "../likelihood/tuning.ts";
import { command } from "./command.ts";
import { type Invocation, printJson, progress } from "./invocation.ts";
import { machineDescription } from "./machine.ts";
import { outputDirectory } from "./output.ts";
import { cacheDirectory, tuningFileName } from "./tuning-file.ts";
import { version } from "./version.ts";

export const tune = command({
  name: "tune",
  description: "times the implementations on this machine, for auto to pick from; about a minute for one --threads N",
  args: {},
  run: (_, invocation) => runTune(invocation, TUNE_GRID),
});

/** Measures, stores and prints: into the user's cache, where `auto` finds it, and into --out besides. */
export async function runTune(invocation: Invocation, grid: TuneGrid): Promise<void> {
  const { options } = invocation;
  if (options.backend !== "auto" && options.backend !== "wasm") {
    throw new InputError("tune/backend", `--backend ${options.backend} has nothing to tune`, "leave --backend out");
  }
  const cache = cacheDirectory(invocation.env);
  const paths = [cache, options.out].filter((path) => path !== undefined);
  if (paths.length === 0) {
    const remedy = "set HOME or XDG_CACHE_HOME, or give --out";
    throw new InputError("tune/cache", "the environment names no directory for caches", remedy);
  }
  // Before a minute is spent: nobody wants to hear afterwards that nothing can be written.
  const directories = await Promise.all(paths.map((path) => outputDirectory(path)));
  const tuned = await measure({ grid, seed: options.seed, progress: (line) => progress(invocation, line) });
  const machine = machineDescription();
  const tuning: Tuning = {
    format: TUNING_FORMAT,
    version: version(),
    machine,
    date: new Date().toISOString(),
    wasm_build: machine.wasm_build as Tuning["wasm_build"],
    threads: options.threads,
    ...tuned,
  };
  const name = tuningFileName(options.threads);
  const files: string[] = [];
  for (const directory of directories) files.push(await directory.write(name, `${JSON.stringify(tuning)}\n`));
  if (options.json) {
    printJson(invocation, { ...tuning, picks: tunedPicks(tuning), files });
    return;
  }
  invocation.stdout.write(tuneTable(tuning));
  for (const file of files) invocation.stdout.write(`written ${file}\n`);
}
