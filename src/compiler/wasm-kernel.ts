import { emitPart } from "./emit-wasm.ts";
import { type KernelPlan, planKernel } from "./kernel-plan.ts";
import { listing } from "./listing.ts";
import { lower } from "./lower.ts";
import { type PointArrays, type PointBackend, type PointKernel, slotsOf } from "./point-program.ts";
import { VECTOR_INSTRUCTIONS } from "./vector-instructions.ts";
import { vectorBuilder } from "./vectors.ts";
import { F64, type ImportedMemory, WasmCode, wasmModule } from "./wasm-module.ts";

/*
 * The WebAssembly back end: programs on two f64 lanes, in base SIMD or with fused multiply-adds.
 */

const PAGE = 65536;
const MOST_PAGES = 65536;

/** Some 20 microseconds of work: threads that have just been busy take it up at once. */
const PART_POINTS = 1024;

/** A module with its memory and the exports of an instance. */
export interface PartProgram {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly exports: Readonly<Record<string, (...args: number[]) => number>>;
}

/** Calls the export `part(index, ...args)` of a program for each index below `parts`, on threads or one after the other. */
export type RunParts = (program: PartProgram, parts: number, args: readonly number[]) => void;

/**
 * The back end for engines that have this build.
 * @param runParts Given, memories are shared, for it to use threads. Results are the same, whatever their number.
 */
export function webAssembly(fused: boolean, runParts?: RunParts): PointBackend {
  return (program) => {
    const plan = planKernel(program, lower(vectorBuilder(fused), program));
    const shared = runParts !== undefined;
    const module = new WebAssembly.Module(wasmModule(importedMemory(shared), [emitPart(plan)]));
    return pointKernel(plan, (points, groupSize) => {
      const { memory, ...places } = allocate(plan, shared, points, groupSize);
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      const instance = { module, memory, exports: exports as PartProgram["exports"] };
      return { ...places, runParts: (parts, args) => (runParts ?? oneAfterTheOther)(instance, parts, args) };
    });
  };
}

function oneAfterTheOther({ exports }: PartProgram, parts: number, args: readonly number[]): void {
  for (let part = 0; part < parts; part++) exports.part(part, ...args);
}

/** Limits that any memory is within: which one is given at instantiation. */
function importedMemory(shared: boolean): ImportedMemory {
  return { module: "env", name: "memory", shared, initialPages: 1, ...(shared ? { maximumPages: MOST_PAGES } : {}) };
}

/** Arrays and what runs on them. */
interface Allocation {
  readonly arrays: PointArrays;
  readonly frame: number;
  readonly scratch: number;
  /** The memory as f64. */
  readonly numbers: Float64Array;
  readonly runParts: (parts: number, args: readonly number[]) => void;
}

function pointKernel(plan: KernelPlan, make: (points: number, groupSize: number) => Allocation): PointKernel {
  const allocations = new WeakMap<PointArrays, Allocation>();
  return {
    allocate(points, groupSize) {
      const allocation = make(points, groupSize);
      allocations.set(allocation.arrays, allocation);
      return allocation.arrays;
    },
    run(arrays, from, to) {
      const allocation = allocations.get(arrays);
      if (allocation === undefined) throw new Error("these arrays are of another kernel");
      const { frame, runParts, scratch } = allocation;
      const { groupSize } = arrays;
      const partGroups = partSize(groupSize);
      const parts = Math.ceil((to - from) / groupSize / partGroups);
      runParts(parts, [frame, scratch, from / groupSize, to / groupSize, groupSize, partGroups]);
      plan.program.outputs.forEach(({ reduction }, slot) => {
        if (reduction === "sum") arrays.outputs[slot][0] = total(plan, allocation, slot, parts);
      });
    },
    code: listing(plan.schedules),
  };
}

/** The sums of all parts added, in their order. */
function total(
  { scratch: { bytes, sums } }: KernelPlan,
  { numbers, scratch }: Allocation,
  slot: number,
  parts: number,
) {
  let sum = 0;
  for (let part = 0; part < parts; part++) sum += numbers[(scratch + part * bytes + sums) / 8 + slot];
  return sum;
}

/** Groups to a part: a multiple of those that go side by side. */
function partSize(groupSize: number): number {
  return 8 * Math.ceil(PART_POINTS / groupSize / 8);
}

/** A memory of its own for these arrays: frame, scratch, inputs, outputs, each from a multiple of 64 bytes. */
function allocate(plan: KernelPlan, shared: boolean, points: number, groupSize: number) {
  const { inputs, outputs, frontier } = plan.program;
  const groups = points / groupSize;
  const length = { each: points, groupMean: groups, sum: 1 };
  const lengths = [...inputs.map(() => points), ...outputs.map(({ reduction }) => length[reduction])];
  let end = 0;
  const place = (bytes: number) => {
    const address = end;
    end += 64 * Math.ceil(bytes / 64);
    return address;
  };
  const frame = place(plan.frame.bytes);
  const scratch = place(plan.scratch.bytes * Math.ceil(groups / partSize(groupSize)));
  const addresses = lengths.map((count) => place(8 * count));
  const pages = Math.max(1, Math.ceil(end / PAGE));
  if (pages > MOST_PAGES) throw new RangeError(`${points} points do not fit into the 4 GiB of a WebAssembly memory`);

  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  const { buffer } = memory;
  new Uint32Array(buffer, frame, lengths.length).set(addresses);
  for (const [{ bits }, offset] of plan.frame.constants) new BigUint64Array(buffer, frame + offset, 2).fill(bits);
  for (const [{ values }, offset] of plan.frame.tables) new Float64Array(buffer, frame + offset).set(values);
  const views = addresses.map((address, index) => new Float64Array(buffer, address, lengths[index]));
  const arrays: PointArrays = {
    groupSize,
    frontier: new Float64Array(buffer, frame + plan.frame.frontier, slotsOf(frontier).length),
    inputs: views.slice(0, inputs.length),
    outputs: views.slice(inputs.length),
  };
  return { memory, arrays, frame, scratch, numbers: new Float64Array(buffer) };
}

let fusedHere: boolean | undefined;

/**
 * Whether this engine has relaxed SIMD, and its multiply-add rounds once: it may also round twice, and then functions
 * that count on the former lose digits.
 */
export function fusesMultiplyAdds(): boolean {
  fusedHere ??= probe();
  return fusedHere;
}

function probe(): boolean {
  // (1 + e)(1 - e) - 1 = -e^2, which is lost if the product is rounded first.
  const code = new WasmCode();
  for (const value of [1 + 2 ** -30, 1 - 2 ** -30, -1]) code.f64(value).splat();
  code.simd(VECTOR_INSTRUCTIONS.fusedMultiplyAdd.opcode).firstLane();
  const bytes = wasmModule(importedMemory(false), [
    { name: "probe", parameters: [], results: [F64], locals: [], code },
  ]);
  if (!WebAssembly.validate(bytes)) return false;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return (exports.probe as () => number)() !== 0;
}
