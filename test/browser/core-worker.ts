import type { WorkerStart } from "../../src/backend/pool.ts";
import { bestWasmBuild, wasmKernels } from "../../src/backend/wasm.ts";
import { fusesMultiplyAdds } from "../../src/compiler/wasm-kernel.ts";
import { blobSource } from "../../src/index.ts";
import {
  CASE_FOLDER,
  type CoreNumbers,
  compiledCase,
  evaluateCase,
  type FitNumbers,
  fitCase,
  kernelsCase,
  type OpenCase,
} from "./core-case.ts";

/** What the browser says of the core. */
export interface CoreResult {
  readonly isolated: boolean;
  readonly bestBuild: string;
  readonly fused: boolean;
  readonly evaluations: readonly CoreNumbers[];
  /** On two threads. */
  readonly threaded: CoreNumbers;
  /** By the base and the relaxed build. */
  readonly kernels: readonly (readonly number[])[];
  /** Without and with fused multiply-adds. */
  readonly compiled: readonly (readonly number[])[];
  readonly fit: FitNumbers;
}

const open: OpenCase = async (name) => blobSource(await (await fetch(`/${CASE_FOLDER}${name}`)).blob(), name);

/** Until the other thread takes parts: its stack of a kilobyte is full long before the caller's. */
async function threadJoins(): Promise<void> {
  const wasm = wasmKernels();
  for (;;) {
    wasm.reset();
    try {
      wasm.callParts("allocate", 4000, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function startThread(start: WorkerStart) {
  const worker = new Worker(new URL("./pool-worker.ts", import.meta.url), { type: "module" });
  worker.postMessage(start);
  return { send: (program: unknown) => worker.postMessage(program), terminate: () => worker.terminate() };
}

async function core(): Promise<CoreResult> {
  const builds = ["base", "relaxed"] as const;
  const evaluations: CoreNumbers[] = [];
  for (const build of builds) evaluations.push(await evaluateCase(open, build));
  wasmKernels().setThreads(2, startThread);
  await threadJoins();
  const threaded = await evaluateCase(open, "relaxed");
  wasmKernels().setThreads(1);
  const fused = fusesMultiplyAdds();
  return {
    isolated: crossOriginIsolated,
    bestBuild: bestWasmBuild(),
    fused,
    evaluations,
    threaded,
    kernels: builds.map(kernelsCase),
    fit: await fitCase(open),
    compiled: [compiledCase(false), ...(fused ? [compiledCase(true)] : [])],
  };
}

core().then(
  (result) => postMessage(JSON.stringify(result)),
  (error: Error) => postMessage(`error ${error.stack}`),
);
