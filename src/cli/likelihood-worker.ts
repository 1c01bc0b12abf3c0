import { parentPort, workerData } from "node:worker_threads";
import { type EvaluationRequest, evaluationServer, type LikelihoodStart } from "../likelihood/over-threads.ts";

// The entry of a thread that evaluates whole vectors: a reply for each request, in their order.
const serve = evaluationServer(workerData as LikelihoodStart);
let last: Promise<unknown> = Promise.resolve();
parentPort?.on("message", (request: EvaluationRequest) => {
  last = last.then(async () => parentPort?.postMessage(await serve(request)));
});
