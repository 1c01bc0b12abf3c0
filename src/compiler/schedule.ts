import { VECTOR_INSTRUCTIONS } from "./vector-instructions.ts";
import { isLeaf, type Vector, type VectorLoop } from "./vectors.ts";

/** A straight run of vectors, operands before users; loops stand where they run, their bodies are scheduled apart. */
export type Schedule = readonly Vector[];

/** The schedules of a kernel: of what is outside of loops, and of each loop's body. */
export type Schedules = ReadonlyMap<VectorLoop | undefined, Schedule>;

/** Schedules what these roots need, and the bodies of the loops in it. */
export function scheduleAll(roots: readonly Vector[]): Schedules {
  const schedules = new Map<VectorLoop | undefined, Schedule>();
  const plan = (results: readonly Vector[], home: VectorLoop | undefined) => {
    const order = schedule(results, home);
    schedules.set(home, order);
    for (const { loop } of order) if (loop !== undefined) plan(loop.results, loop);
  };
  plan(roots, undefined);
  return schedules;
}

/** Loads and instructions of a schedule beyond this many are in flight at most, so that few values wait in registers. */
const WINDOW = 60;

/** Above this, values wait anyway, and the plain order, whose values are used soon, is as good and quicker to make. */
const LONGEST_LIST = 700;

/**
 * An order for what these roots need at the level of `home` (a loop's body, or what is outside of loops).
 *
 * A list schedule: whatever is ready and has the longest way to go comes first, within a window of the depth-first
 * order. Long schedules are left depth-first.
 */
function schedule(roots: readonly Vector[], home: VectorLoop | undefined): Schedule {
  const order = depthFirst(roots, home?.depth ?? 0);
  return order.length > LONGEST_LIST ? order : listSchedule(order);
}

function depthFirst(roots: readonly Vector[], depth: number): Vector[] {
  const order: Vector[] = [];
  const seen = new Set<Vector>();
  const belongs = (vector: Vector) =>
    !isLeaf(vector) && vector.kind !== "state" && (vector.home?.depth ?? 0) >= depth && !seen.has(vector);
  // A stack of its own: expressions may be deeper than the machine's.
  const open: { readonly vector: Vector; next: number }[] = [];
  const enter = (vector: Vector) => {
    if (!belongs(vector)) return;
    seen.add(vector);
    open.push({ vector, next: 0 });
  };
  for (const root of roots) {
    enter(root);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (top.next < top.vector.operands.length) enter(top.vector.operands[top.next++]);
      else order.push((open.pop() as { readonly vector: Vector }).vector);
    }
  }
  return order;
}

function latencyOf({ kind }: Vector): number {
  return kind in VECTOR_INSTRUCTIONS ? VECTOR_INSTRUCTIONS[kind as keyof typeof VECTOR_INSTRUCTIONS].latency : 4;
}

function listSchedule(order: readonly Vector[]): Schedule {
  const position = new Map(order.map((vector, index) => [vector, index]));
  const operandsOf = order.map(({ operands }) =>
    operands.map((operand) => position.get(operand)).filter((index) => index !== undefined),
  );
  const users: number[][] = order.map(() => []);
  operandsOf.forEach((operands, user) => {
    for (const operand of operands) users[operand].push(user);
  });
  const wayToGo = new Float64Array(order.length);
  for (let index = order.length - 1; index >= 0; index--) {
    const longest = users[index].reduce((way, user) => Math.max(way, wayToGo[user]), 0);
    wayToGo[index] = longest + latencyOf(order[index]);
  }

  const missing = operandsOf.map(({ length }) => length);
  const readyAt = new Float64Array(order.length);
  const ready = order.flatMap((_, index) => (missing[index] === 0 ? [index] : []));
  const done = new Uint8Array(order.length);
  const result: Vector[] = [];
  let oldest = 0;
  for (let cycle = 0; result.length < order.length; cycle++) {
    while (done[oldest] === 1) oldest++;
    let best = -1;
    ready.forEach((index, slot) => {
      if (readyAt[index] > cycle || index >= oldest + WINDOW) return;
      if (best < 0 || wayToGo[index] > wayToGo[ready[best]]) best = slot;
    });
    if (best < 0) continue;
    const index = ready.splice(best, 1)[0];
    done[index] = 1;
    result.push(order[index]);
    for (const user of users[index]) {
      readyAt[user] = Math.max(readyAt[user], cycle + latencyOf(order[index]));
      if (--missing[user] === 0) ready.push(user);
    }
  }
  return result;
}
