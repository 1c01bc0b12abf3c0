import { type Invocation, progress } from "./invocation.ts";

/** Between two lines of progress, milliseconds. */
const INTERVAL = 2000;

/** Says from time to time how many visibilities are compacted, and how long the rest will take. */
export function compactionProgress(invocation: Invocation): (done: number, count: number) => void {
  const start = performance.now();
  let next = start + INTERVAL;
  return (done, count) => {
    const now = performance.now();
    if (now < next) return;
    next = now + INTERVAL;
    const left = ((now - start) / done) * (count - done);
    const percent = Math.floor((100 * done) / count);
    progress(invocation, `compacting ${count} visibilities: ${percent} %, ${Math.ceil(left / 1000)} s left`);
  };
}
