import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { wasmKernels } from "../backend/wasm.ts";

/** What a timing depends on besides the program. */
export function machineDescription(): Readonly<Record<string, unknown>> {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory_bytes: availableBytes(),
    system: `${type()} ${release()} ${process.arch}`,
    node: process.version,
    wasm_build: wasmKernels().build,
  };
}

/** Bytes of memory that this process can have: the machine's, or its control group's where that has fewer. */
export function availableBytes(): number {
  // 0 or beyond all memory where there is no limit.
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
