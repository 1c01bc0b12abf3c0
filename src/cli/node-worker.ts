import { parentPort, workerData } from "node:worker_threads";
import { serve, type WorkerStart } from "../backend/pool.ts";

// The entry of a worker thread: serves the pool until it is closed.
serve(workerData as WorkerStart);
parentPort?.close();
