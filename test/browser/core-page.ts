import * as arclet from "../../src/index.ts";

/** What the page itself sees. */
export interface CorePage {
  readonly names: number;
}

/** Loads the whole library, then has the work done in a worker, where threads may wait. */
export async function run(say: (message: string) => Promise<unknown>): Promise<void> {
  const page: CorePage = { names: Object.keys(arclet).length };
  await say(JSON.stringify(page));
  const worker = new Worker(new URL("./core-worker.ts", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => say(data);
  worker.onerror = ({ message }) => say(`error ${message}`);
}
