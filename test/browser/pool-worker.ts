import { PoolWorker, type SentProgram, type WorkerStart } from "../../src/backend/pool.ts";

// A thread of the pool in a browser: its first message is its start, the others are programs.
let worker: PoolWorker | undefined;
addEventListener("message", ({ data }: MessageEvent<WorkerStart | SentProgram>) => {
  if (worker === undefined) worker = new PoolWorker(data as WorkerStart);
  else worker.receive(data);
  worker.serve();
});
