import { parentPort, workerData } from "node:worker_threads";
import { PoolWorker, type SentProgram, type WorkerStart } from "../backend/pool.ts";

// The entry of a worker thread: serves the pool until it is closed, and in between receives programs.
const worker = new PoolWorker(workerData as WorkerStart);
const serve = () => {
  if (worker.serve() === "closed") parentPort?.close();
};
parentPort?.on("message", (program: SentProgram) => {
  worker.receive(program);
  serve();
});
serve();
