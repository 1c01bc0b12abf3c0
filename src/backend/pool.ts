/**
 * Threads over one shared WebAssembly memory. A job is an export called once for each of its parts; parts are the same
 * whatever the number of threads and write to places of their own, so results are too, bit for bit.
 *
 * The caller is one of the threads: it takes parts like the others and then waits. It blocks meanwhile (Atomics.wait),
 * which a browser allows on workers only; there, run the engine in one.
 */

/** A thread that has been given its `WorkerStart`, and can be let go. */
export interface SpawnedWorker {
  terminate(): void;
}

/** What a worker needs to begin; it calls `serve` with it. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  /** Which of the arenas is its own. */
  readonly index: number;
}

/** Starts a worker of the platform at hand. */
export type SpawnWorker = (start: WorkerStart) => SpawnedWorker;

/** Words of the control block. */
const GENERATION = 0;
const NEXT_PART = 1;
const PARTS = 2;
const FINISHED = 3;
const EXPORT = 4;
const ARGUMENTS = 5;
const ARENA_BYTES = 6;
const FAILED = 7;
const WORDS = 8;
/** Then the address of the first arena and the arguments, as doubles. */
const MOST_ARGUMENTS = 31;
const CONTROL_BYTES = 4 * WORDS + 8 * (1 + MOST_ARGUMENTS);

const STOP = -1;

type Exports = Readonly<Record<string, (...args: number[]) => number>>;

interface Control {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
}

function controlOf(buffer: SharedArrayBuffer): Control {
  return { words: new Int32Array(buffer, 0, WORDS), numbers: new Float64Array(buffer, 4 * WORDS) };
}

/** Owns the workers. */
export class ThreadPool {
  /** The caller included. */
  readonly threads: number;
  readonly #control: Control;
  readonly #workers: readonly SpawnedWorker[];

  constructor(threads: number, module: WebAssembly.Module, memory: WebAssembly.Memory, spawn: SpawnWorker) {
    this.threads = threads;
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    this.#control = controlOf(control);
    this.#workers = Array.from({ length: threads - 1 }, (_, index) => spawn({ module, memory, control, index }));
  }

  /**
   * Runs `exports[name](part, ...args)` for every part on all threads.
   * @param arenas Address of `threads - 1` arenas of `arenaBytes` each, the stacks of the workers.
   * @throws Error when a worker failed.
   */
  run(
    exports: Exports,
    name: string,
    parts: number,
    arenas: number,
    arenaBytes: number,
    args: readonly number[],
  ): void {
    const { words, numbers } = this.#control;
    words[NEXT_PART] = 0;
    words[PARTS] = parts;
    words[FINISHED] = 0;
    words[EXPORT] = exportNames(exports).indexOf(name);
    words[ARGUMENTS] = args.length;
    words[ARENA_BYTES] = arenaBytes;
    words[FAILED] = 0;
    numbers[0] = arenas;
    numbers.set(args, 1);
    Atomics.add(words, GENERATION, 1);
    Atomics.notify(words, GENERATION);
    takeParts(this.#control, exports[name]);
    for (;;) {
      const finished = Atomics.load(words, FINISHED);
      if (finished === this.#workers.length) break;
      Atomics.wait(words, FINISHED, finished);
    }
    if (words[FAILED] !== 0) throw new Error(`a thread failed in ${name}`);
  }

  close(): void {
    const { words } = this.#control;
    words[EXPORT] = STOP;
    Atomics.add(words, GENERATION, 1);
    Atomics.notify(words, GENERATION);
    for (const worker of this.#workers) worker.terminate();
  }
}

/** A worker's life: waits for jobs and takes parts of them, until the pool is closed. */
export function serve({ module, memory, control, index }: WorkerStart): void {
  const instance = new WebAssembly.Instance(module, { env: { memory, abort: () => undefined } });
  const exports = instance.exports as Exports;
  const names = exportNames(exports);
  const shared = controlOf(control);
  const { words, numbers } = shared;
  for (let generation = 0; ; ) {
    Atomics.wait(words, GENERATION, generation);
    const current = Atomics.load(words, GENERATION);
    if (current === generation) continue;
    generation = current;
    if (words[EXPORT] === STOP) return;
    try {
      const arena = numbers[0] + index * words[ARENA_BYTES];
      exports.useArena(arena, arena + words[ARENA_BYTES]);
      takeParts(shared, exports[names[words[EXPORT]]]);
    } catch {
      Atomics.store(words, FAILED, 1);
    }
    Atomics.add(words, FINISHED, 1);
    Atomics.notify(words, FINISHED);
  }
}

function takeParts({ words, numbers }: Control, part: (...args: number[]) => number): void {
  const args = [...numbers.subarray(1, 1 + words[ARGUMENTS])];
  for (;;) {
    const index = Atomics.add(words, NEXT_PART, 1);
    if (index >= words[PARTS]) return;
    part(index, ...args);
  }
}

/** In an order that every instance of the module agrees on. */
function exportNames(exports: Exports): string[] {
  return Object.keys(exports).sort();
}
