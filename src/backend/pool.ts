import type { Errand } from "./contract.ts";

/**
 * Threads over shared WebAssembly memories. A job is an export of a program, a module with its memory, called once for each
 * of its parts; parts are the same whatever the number of threads and write to places of their own, so results are too,
 * bit for bit.
 *
 * The caller is one of the threads: it takes parts like the others and then waits. It blocks meanwhile (Atomics.wait),
 * which a browser allows on workers only; there, run the engine in one.
 *
 * A worker that is ended from outside in the middle of a part hangs the caller: nothing tells a blocked thread of the end
 * of another (Node's `exit` event comes through the event loop that the caller holds up, browsers have none), a part has
 * no longest time that a timeout could go by, and JavaScript has no lock that its holder's death sets free. Only a further
 * thread that starts the workers and has nothing else to do could say so, for a death that only this program's own
 * `terminate` can bring about: parts allocate nothing outside the arena. A part that throws is noticed.
 */

/** A thread that has been given its `WorkerStart`, and can be let go. */
export interface SpawnedWorker {
  /** Sends a program that the worker is to `receive`. */
  send(program: SentProgram): void;
  terminate(): void;
}

/** A module and the memory that its instances share. */
export interface SentProgram {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** As the caller has it: with the exports of an instance. */
export interface Program extends SentProgram {
  readonly exports: Exports;
}

/** What a worker needs to begin: the first program and where jobs are announced. */
export interface WorkerStart extends SentProgram {
  readonly control: SharedArrayBuffer;
  /** Which of the arenas is its own. */
  readonly index: number;
}

/** Starts a worker of the platform at hand. */
export type SpawnWorker = (start: WorkerStart) => SpawnedWorker;

/** Words of the control block. */
const GENERATION = 0;
const STATE = 1;
/** Workers that have joined the job and not left it. */
const ACTIVE = 2;
const NEXT_PART = 3;
const PARTS = 4;
const EXPORT = 5;
const ARGUMENTS = 6;
const ARENA_BYTES = 7;
const FAILED = 8;
/** Which program the job is of. */
const PROGRAM = 9;
/** How many programs have been sent. */
const PROGRAMS = 10;
/** An even number of words, since doubles follow. */
const WORDS = 12;
/** Then the address of the first arena and the arguments, as doubles. */
const MOST_ARGUMENTS = 31;
const CONTROL_BYTES = 4 * WORDS + 8 * (1 + MOST_ARGUMENTS);

/** Values of STATE. */
const CLOSED = 0;
const OPEN = 1;
const STOPPED = 2;

/** As the next part: nothing is left to take. */
const NO_MORE = 2 ** 30;

export type Exports = Readonly<Record<string, (...args: number[]) => number>>;

interface Control {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
}

function controlOf(buffer: SharedArrayBuffer): Control {
  return { words: new Int32Array(buffer, 0, WORDS), numbers: new Float64Array(buffer, 4 * WORDS) };
}

/**
 * Owns the workers. A job is open while the caller takes parts of it; workers that come in time join, and the caller
 * waits for those alone. One that is still starting, or that the system has not woken yet, delays nothing.
 */
export class ThreadPool {
  /** The caller included. */
  readonly threads: number;
  readonly #control: Control;
  /** Programs in the order in which they were sent, by their memory, with the names of their exports. */
  readonly #programs = new Map<WebAssembly.Memory, { readonly index: number; readonly names: readonly string[] }>();
  readonly #workers: readonly SpawnedWorker[];

  constructor(threads: number, { module, memory }: SentProgram, spawn: SpawnWorker) {
    this.threads = threads;
    const control = new SharedArrayBuffer(CONTROL_BYTES);
    this.#control = controlOf(control);
    this.#programs.set(memory, { index: 0, names: exportNames(module) });
    this.#control.words[PROGRAMS] = 1;
    this.#workers = Array.from({ length: threads - 1 }, (_, index) => spawn({ module, memory, control, index }));
  }

  /**
   * Runs `exports[name](part, ...args)` of a program for every part on all threads. Workers get a program with its first
   * job, and keep it as long as they live.
   * @param arenas Address of `threads - 1` arenas of `arenaBytes` each, the stacks of the workers, if the program has such.
   * @param meanwhile What the caller does before it takes parts, as long as the workers have not taken them all.
   * @throws Error when a worker failed, and what the caller's own part threw; the other threads have stopped by then.
   */
  run(
    program: Program,
    name: string,
    parts: number,
    arenas: number,
    arenaBytes: number,
    args: readonly number[],
    meanwhile: readonly Errand[] = [],
  ): void {
    const { words, numbers } = this.#control;
    const { index, names } = this.#sent(program);
    words[PROGRAM] = index;
    words[NEXT_PART] = 0;
    words[PARTS] = parts;
    words[EXPORT] = names.indexOf(name);
    words[ARGUMENTS] = args.length;
    words[ARENA_BYTES] = arenaBytes;
    words[FAILED] = 0;
    numbers[0] = arenas;
    numbers.set(args, 1);
    this.#announce(OPEN);
    try {
      for (const errand of meanwhile) {
        if (Atomics.load(words, NEXT_PART) >= parts) break;
        errand();
      }
      takeParts(this.#control, program.exports[name]);
    } finally {
      Atomics.store(words, NEXT_PART, NO_MORE);
      this.#closeJob();
    }
    if (words[FAILED] !== 0) throw new Error(`a thread failed in ${name}`);
  }

  #sent({ module, memory }: Program) {
    let known = this.#programs.get(memory);
    if (known === undefined) {
      known = { index: this.#programs.size, names: exportNames(module) };
      this.#programs.set(memory, known);
      for (const worker of this.#workers) worker.send({ module, memory });
      // After the messages: a worker that finds itself behind can count on them.
      Atomics.store(this.#control.words, PROGRAMS, this.#programs.size);
    }
    return known;
  }

  /** Whether a job is open: its caller is on an errand, and what kernels that needs are its own to do. */
  get busy(): boolean {
    return this.#control.words[STATE] === OPEN;
  }

  close(): void {
    this.#announce(STOPPED);
    for (const worker of this.#workers) worker.terminate();
  }

  #announce(state: number): void {
    const { words } = this.#control;
    Atomics.store(words, STATE, state);
    Atomics.add(words, GENERATION, 1);
    Atomics.notify(words, GENERATION);
  }

  #closeJob(): void {
    const { words } = this.#control;
    Atomics.store(words, STATE, CLOSED);
    for (;;) {
      const active = Atomics.load(words, ACTIVE);
      if (active === 0) return;
      waitForChange(words, ACTIVE, active);
    }
  }
}

/** The side of a worker. */
export class PoolWorker {
  readonly #shared: Control;
  readonly #index: number;
  readonly #programs: { readonly exports: Exports; readonly names: readonly string[] }[] = [];

  constructor({ control, index, ...first }: WorkerStart) {
    this.#shared = controlOf(control);
    this.#index = index;
    this.receive(first);
  }

  receive({ memory, module }: SentProgram): void {
    const { exports } = new WebAssembly.Instance(module, { env: { memory, abort: () => undefined } });
    this.#programs.push({ exports: exports as Exports, names: exportNames(module) });
  }

  /**
   * Waits for jobs and takes parts of them. It blocks, so it returns when there are programs to receive, to be called again
   * after that, and when the pool is closed.
   */
  serve(): "receive" | "closed" {
    const { words } = this.#shared;
    for (let generation = 0; ; ) {
      waitForChange(words, GENERATION, generation);
      generation = Atomics.load(words, GENERATION);
      if (Atomics.load(words, STATE) === STOPPED) return "closed";
      if (Atomics.load(words, PROGRAMS) > this.#programs.length) return "receive";
      // Joins first and looks then: a job that is open now cannot end, nor another begin, before this thread leaves.
      Atomics.add(words, ACTIVE, 1);
      if (Atomics.load(words, STATE) === OPEN) this.#join();
      Atomics.sub(words, ACTIVE, 1);
      Atomics.notify(words, ACTIVE);
    }
  }

  #join(): void {
    const { numbers, words } = this.#shared;
    const program = this.#programs[words[PROGRAM]];
    // The job may be a later one than that whose programs were counted.
    if (program === undefined) return;
    try {
      const arena = numbers[0] + this.#index * words[ARENA_BYTES];
      program.exports.useArena?.(arena, arena + words[ARENA_BYTES]);
      takeParts(this.#shared, program.exports[program.names[words[EXPORT]]]);
    } catch {
      Atomics.store(words, FAILED, 1);
      Atomics.store(words, NEXT_PART, NO_MORE);
    }
  }
}

/** Looks so many times, for some tenth of a millisecond: kernels call one after the other, and waking takes as long. */
const LOOKS = 100_000;

function waitForChange(words: Int32Array, word: number, value: number): void {
  for (let look = 0; look < LOOKS; look++) {
    if (Atomics.load(words, word) !== value) return;
  }
  Atomics.wait(words, word, value);
}

function takeParts({ words, numbers }: Control, part: (...args: number[]) => number): void {
  const args = [...numbers.subarray(1, 1 + words[ARGUMENTS])];
  for (;;) {
    const index = Atomics.add(words, NEXT_PART, 1);
    if (index >= words[PARTS]) return;
    part(index, ...args);
  }
}

/** In an order that every thread agrees on. */
function exportNames(module: WebAssembly.Module): string[] {
  return WebAssembly.Module.exports(module).map(({ name }) => name);
}
