import { Worker } from "node:worker_threads";
import { wasmKernels } from "../backend/wasm.ts";
import type { Likelihood } from "../likelihood/evaluation.ts";
import {
  type EvaluationReply,
  type EvaluationRequest,
  type EvaluationThread,
  type LikelihoodStart,
  overThreads,
} from "../likelihood/over-threads.ts";

/**
 * Runs `use` with a likelihood whose batches are spread over `threads`, the caller counted. Kernels run on one thread each:
 * not for use inside `withThreads`.
 * @param likelihood As planned from the same datasets, model and options.
 */
export async function withLikelihoodThreads<T>(
  threads: number,
  likelihood: Likelihood,
  start: Omit<LikelihoodStart, "build">,
  use: (likelihood: Likelihood) => Promise<T>,
): Promise<T> {
  const workers = Array.from({ length: threads - 1 }, () => startWorker({ ...start, build: wasmKernels().build }));
  try {
    return await use(overThreads(likelihood, start.model, workers.map(threadOf)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function startWorker(start: LikelihoodStart): Worker {
  // The same extension as this file: .ts in a clone, .js where compiled.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Worker(new URL(`./likelihood-worker.${extension}`, import.meta.url), { workerData: start });
}

/** Replies come in the order of the requests. */
function threadOf(worker: Worker): EvaluationThread {
  const waiting: { resolve(reply: EvaluationReply): void; reject(reason: unknown): void }[] = [];
  const fail = (reason: unknown): void => {
    for (const { reject } of waiting.splice(0)) reject(reason);
  };
  worker.on("message", (reply: EvaluationReply) => waiting.shift()?.resolve(reply));
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`a thread of the likelihood ended with code ${code}`)));
  return {
    ask(request: EvaluationRequest) {
      return new Promise<EvaluationReply>((resolve, reject) => {
        waiting.push({ resolve, reject });
        worker.postMessage(request);
      });
    },
  };
}
