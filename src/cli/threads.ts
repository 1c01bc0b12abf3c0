import { Worker } from "node:worker_threads";
import type { WorkerStart } from "../backend/pool.ts";
import { wasmKernels } from "../backend/wasm.ts";

/** Runs `use` with the kernels of this thread spread over `threads`, the caller counted; one starts none. */
export async function withThreads<T>(threads: number, use: () => Promise<T>): Promise<T> {
  wasmKernels().setThreads(threads, (start: WorkerStart) => {
    // The same extension as this file: .ts in a clone, .js where compiled.
    const entry = new URL(import.meta.url.endsWith(".ts") ? "./node-worker.ts" : "./node-worker.js", import.meta.url);
    const worker = new Worker(entry, { workerData: start });
    worker.unref();
    return { send: (program) => worker.postMessage(program), terminate: () => void worker.terminate() };
  });
  try {
    return await use();
  } finally {
    wasmKernels().setThreads(1);
  }
}
