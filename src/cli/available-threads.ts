import { availableParallelism } from "node:os";
import type { CommandLineIo } from "./invocation.ts";

/**
 * Threads that this process may use: the smaller of what the system grants it (its cores, its affinity, the limit of its
 * control group) and what Slurm does.
 */
export function availableThreads(env: CommandLineIo["env"]): number {
  const granted = Number(env.SLURM_CPUS_PER_TASK);
  const cores = availableParallelism();
  return Number.isInteger(granted) && granted > 0 ? Math.min(granted, cores) : cores;
}
