import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bestWasmBuild, chooseWasmBuild } from "../backend/wasm.ts";
import { IMPLEMENTATIONS } from "../bench/implementations.ts";
import { benchInputs, type UvDraw } from "../bench/inputs.ts";
import type { BenchSizes } from "../bench/work.ts";

/**
 * Peak memory of one row: how far the resident memory of a process of its own rises above what the inputs take, over
 * one call on the whole. A process of its own because WebAssembly's memory never shrinks: among others a row would find
 * room that another has made. Linux alone lets a process begin to count its peak anew; elsewhere there is no number.
 */
export interface MemoryTask {
  readonly kernel: string;
  readonly name: string;
  readonly sizes: BenchSizes;
  readonly uv: UvDraw;
  readonly seed: number;
}

/** Compiles the kernels without taking room. */
const TINY: BenchSizes = { gridSize: 4, visibilities: 8, mappingNeighbors: 1, neighbors: 2, sourcePixels: 2 };

/** @returns Bytes, or null where they cannot be measured. */
export function peakBytesOf(task: MemoryTask): Promise<number | null> {
  if (process.platform !== "linux") return Promise.resolve(null);
  const file = fileURLToPath(import.meta.url);
  return new Promise((resolve) => {
    execFile(process.execPath, ["--expose-gc", file, JSON.stringify(task)], (error, stdout) => {
      const bytes = Number(stdout);
      resolve(error === null && stdout !== "" && Number.isFinite(bytes) ? bytes : null);
    });
  });
}

function measure({ kernel, name, sizes, uv, seed }: MemoryTask): number {
  const implementation = IMPLEMENTATIONS.find((each) => each.kernel === kernel && each.name === name);
  if (implementation === undefined) throw new Error(`there is no ${name} of ${kernel}`);
  const inputs = benchInputs(sizes, uv, seed);
  const run = implementation.prepare(inputs, inputs.sizes, 1);
  // W and the dirty image were made in WebAssembly's memory, which stays as large as that took: begin with another.
  if (bestWasmBuild() === "relaxed") {
    chooseWasmBuild("base");
    chooseWasmBuild("relaxed");
  }
  const tiny = benchInputs(TINY, uv, seed);
  implementation.prepare(tiny, tiny.sizes, 0)();
  globalThis.gc?.();
  writeFileSync("/proc/self/clear_refs", "5");
  const before = kilobytes("VmRSS");
  run();
  return 1024 * Math.max(0, kilobytes("VmHWM") - before);
}

function kilobytes(field: string): number {
  return Number(readFileSync("/proc/self/status", "utf8").match(new RegExp(`${field}:\\s*(\\d+) kB`))?.[1]);
}

if (import.meta.main) process.stdout.write(`${measure(JSON.parse(process.argv[2]) as MemoryTask)}`);
