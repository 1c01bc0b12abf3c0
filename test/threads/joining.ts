import { wasmKernels } from "../../src/backend/wasm.ts";
import { withThreads } from "../../src/cli/threads.ts";

/** Allocates more in each part; a worker's stack of a kilobyte is full after a thousand, the caller's is not. */
export function overflowWorkers(): void {
  const wasm = wasmKernels();
  wasm.reset();
  wasm.callParts("allocate", 4000, 0);
}

/** Waits until a worker takes parts: jobs do not wait for workers that are still starting. */
export async function workersJoin(): Promise<void> {
  for (let attempt = 0; attempt < 3000; attempt++) {
    try {
      overflowWorkers();
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("no worker took a part");
}

/** Threads that have joined, until what comes back is called. */
export async function startThreads(threads: number): Promise<() => Promise<void>> {
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  let done: Promise<void> = stopped;
  await new Promise<void>((started, failed) => {
    done = withThreads(threads, async () => {
      await workersJoin().then(started, failed);
      await stopped;
    });
  });
  return async () => {
    stop();
    await done;
  };
}
