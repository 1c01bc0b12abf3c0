import type { Errand } from "./contract.ts";
import { type Exports, type Program, type SpawnWorker, ThreadPool } from "./pool.ts";
import { baseSimd, relaxedSimd } from "./wasm-binaries.ts";

/** Whose memory resident arrays lie in, by their buffers: a memory has another with every growth. */
const owners = new WeakMap<ArrayBufferLike, WasmKernels>();

/** Typed arrays that cross into WebAssembly memory. */
type Input = Float64Array | Int32Array | Uint8Array;

/** The two compilations of the same sources: fused multiply-adds where the engine has relaxed SIMD, or not. */
export type WasmBuild = "base" | "relaxed";

/**
 * Multiply-adds, some 60 microseconds': about what a thread takes to wake, but most jobs follow others closely and find it
 * still looking. One that comes too late costs the caller nothing but the call of the system.
 */
const WORTH_WAKING = 5e5;

/**
 * The compiled kernels and their memory.
 *
 * Arguments are copied in, results are copied out: a kernel keeps nothing between calls, so its memory is a stack that
 * is emptied before each. One result alone can stay, for kernels that go on with it: see `resident`. The memory is shared
 * from the start, as threads will need.
 */
export class WasmKernels {
  readonly build: WasmBuild;
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Exports;
  readonly #program: Program;

  /** Whose threads it uses. */
  readonly #lender: WasmKernels;

  /** @param lender Given, its module and threads are used. */
  constructor(build: WasmBuild, lender?: WasmKernels) {
    this.build = build;
    this.#lender = lender ?? this;
    this.#memory = new WebAssembly.Memory({ initial: 256, maximum: 65536, shared: true });
    const module =
      lender === undefined
        ? new WebAssembly.Module(bytesOf(build === "relaxed" ? relaxedSimd : baseSimd))
        : lender.#program.module;
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory, abort: aborted } });
    this.#exports = instance.exports as Exports;
    this.#program = { module, memory: this.#memory, exports: this.#exports };
  }

  /** The same kernels over a memory of their own, for what is to be held; threads are shared. */
  withOwnMemory(): WasmKernels {
    return new WasmKernels(this.build, this);
  }

  /** Threads that kernels may use, the caller counted. */
  get threads(): number {
    return this.#threads;
  }

  /** Sets the number of threads; workers start with the first kernel that has work for them. */
  setThreads(threads: number, spawn?: SpawnWorker): void {
    this.#pool?.close();
    this.#pool = undefined;
    this.#threads = threads;
    this.#spawn = spawn;
  }

  /** Gives up its threads, so that `other` may use as many. */
  handThreadsTo(other: WasmKernels): void {
    other.setThreads(this.#threads, this.#spawn);
    this.setThreads(1);
  }

  #threads = 1;
  #spawn: SpawnWorker | undefined;
  #pool: ThreadPool | undefined;
  #errands: readonly Errand[] = [];

  /** Empties the memory; what was allocated before is gone. */
  reset(): void {
    this.#exports.reset();
  }

  /** What is allocated so far stays for good. */
  keep(): void {
    this.#exports.keep();
  }

  /** Copies an array in, unless it lies there; returns its address, or 0 for null. */
  input(array: Input | null): number {
    if (array === null) return 0;
    if (owners.get(array.buffer) === this) return array.byteOffset;
    const address = this.#allocate(array.byteLength);
    new Uint8Array(this.#memory.buffer, address, array.byteLength).set(
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
    );
    return address;
  }

  /** Room for a result of `length` doubles. */
  output(length: number): number {
    return this.#allocate(8 * length);
  }

  /**
   * Empties the memory and makes room for a result of `length` doubles that stays when it is emptied again, until the next
   * such result: matrices of S^2 entries are neither copied out and in nor is memory taken for them each time.
   */
  resident(length: number): number {
    return this.#addressOf("setApart", 8 * length);
  }

  /** That result, in place. */
  residentView(address: number, length: number): Float64Array {
    const view = this.view(address, length);
    owners.set(view.buffer, this);
    return view;
  }

  /** A window on the memory itself, good until the next allocation. */
  view(address: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, address, length);
  }

  /** @throws Error where the kernel traps: it asked for more memory than there is. */
  call(name: string, ...args: number[]): number {
    try {
      return this.#exports[name](...args);
    } catch (error) {
      throw error instanceof WebAssembly.RuntimeError ? memoryFull(`in ${name}`) : error;
    }
  }

  /**
   * Calls `name(part, ...args)` for each of `parts`, which must write to places of their own, on all threads.
   * @param scratchBytes The most that one part allocates.
   */
  callParts(name: string, parts: number, scratchBytes: number, ...args: number[]): void {
    const pool = parts > 1 ? this.#lender.#threadPool() : undefined;
    if (pool !== undefined) {
      // Room for alignment too.
      const arenaBytes = 1024 * Math.ceil((scratchBytes + 256) / 1024);
      const top = this.#exports.mark();
      const arenas = this.#allocate(arenaBytes * (pool.threads - 1));
      pool.run(this.#program, name, parts, arenas, arenaBytes, args, this.#errands);
      this.#exports.release(top);
      return;
    }
    for (let part = 0; part < parts; part++) this.call(name, part, ...args);
  }

  /** The same where `work`, in multiply-adds, is worth waking threads for; less is done by the caller alone. */
  callPartsOf(work: number, name: string, parts: number, scratchBytes: number, ...args: number[]): void {
    if (work >= WORTH_WAKING) this.callParts(name, parts, scratchBytes, ...args);
    else for (let part = 0; part < parts; part++) this.call(name, part, ...args);
  }

  /**
   * Runs `use`, and while other threads have parts of its kernels, errands that do not touch this memory. Kernels of errands
   * are done by the caller alone.
   */
  withErrands<T>(errands: readonly Errand[], use: () => T): T {
    this.#errands = errands;
    try {
      return use();
    } finally {
      this.#errands = [];
    }
  }

  /** Calls the export `part` of another program for each of `parts` on all threads, as `callParts` does. */
  runParts(program: Program, parts: number, args: readonly number[]): void {
    const pool = parts > 1 ? this.#threadPool() : undefined;
    if (pool !== undefined) pool.run(program, "part", parts, 0, 0, args);
    else for (let part = 0; part < parts; part++) program.exports.part(part, ...args);
  }

  #threadPool(): ThreadPool | undefined {
    if (this.#threads > 1 && this.#spawn !== undefined)
      this.#pool ??= new ThreadPool(this.#threads, this.#program, this.#spawn);
    return this.#pool?.busy ? undefined : this.#pool;
  }

  /** A copy of a result. (`slice` of a view on shared memory takes several times as long.) */
  float64(address: number, length: number): Float64Array {
    return new Float64Array(new Float64Array(this.#memory.buffer, address, length));
  }

  int32(address: number, length: number): Int32Array {
    return new Int32Array(new Int32Array(this.#memory.buffer, address, length));
  }

  uint8(address: number, length: number): Uint8Array {
    return new Uint8Array(new Uint8Array(this.#memory.buffer, address, length));
  }

  #allocate(bytes: number): number {
    return this.#addressOf("allocate", bytes);
  }

  #addressOf(name: "allocate" | "setApart", bytes: number): number {
    // The parameter has 32 bits: more would wrap around in silence.
    if (bytes >= 2 ** 32) throw memoryFull(`with ${bytes} bytes more`);
    // Addresses above 2^31 come back negative.
    return this.call(name, bytes) >>> 0;
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function memoryFull(where: string): Error {
  return new Error(`the 4 GiB of WebAssembly are full ${where}: use fewer pixels or a form that needs less`);
}

function aborted(): never {
  throw memoryFull("in a kernel");
}

/** The faster build that this engine accepts. */
export function bestWasmBuild(): WasmBuild {
  return WebAssembly.validate(bytesOf(relaxedSimd)) ? "relaxed" : "base";
}

let current: WasmKernels | undefined;

/**
 * The kernels of this thread, compiled at first use: those of `chooseWasmBuild`, or of the best build.
 * @param operand What is large among their arguments: if it is resident, those in whose memory it lies.
 */
export function wasmKernels(operand?: Float64Array): WasmKernels {
  const owner = operand && owners.get(operand.buffer);
  if (owner !== undefined) return owner;
  current ??= new WasmKernels(bestWasmBuild());
  return current;
}

/** Makes this thread use one build, as a run that must repeat another's bytes does; as many threads as before. */
export function chooseWasmBuild(build: WasmBuild): void {
  if (current?.build === build) return;
  const next = new WasmKernels(build);
  current?.handThreadsTo(next);
  current = next;
}
