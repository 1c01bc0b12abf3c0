import { type EmittedKernel, emitKernel } from "./emit-wasm.ts";
import { lower } from "./lower.ts";
import type { PointArrays, PointBackend, PointKernel, PointProgram } from "./point-program.ts";
import { VECTOR_INSTRUCTIONS } from "./vector-instructions.ts";
import { vectorBuilder } from "./vectors.ts";
import { F64, WasmCode, wasmModule } from "./wasm-module.ts";

/*
 * The WebAssembly back end: programs on two f64 lanes, in base SIMD or with fused multiply-adds.
 */

const PAGE = 65536;
const MOST_PAGES = 65536;

/** The limits are those of any memory: which is given at instantiation. */
const MEMORY = { module: "env", name: "memory", shared: false, initialPages: 1 } as const;

type Run = (frame: number, scratch: number, from: number, to: number, groupSize: number) => void;

/** The back end for engines that have this build. */
export function webAssembly(fused: boolean): PointBackend {
  return (program) => {
    const kernel = emitKernel(program, lower(vectorBuilder(fused), program));
    const module = new WebAssembly.Module(wasmModule(MEMORY, [kernel.run]));
    return pointKernel(program, kernel, module);
  };
}

function pointKernel(program: PointProgram, kernel: EmittedKernel, module: WebAssembly.Module): PointKernel {
  const runs = new WeakMap<PointArrays, (from: number, to: number) => void>();
  return {
    allocate(points, groupSize) {
      const { arrays, run } = allocate(program, kernel, module, points, groupSize);
      runs.set(arrays, run);
      return arrays;
    },
    run(arrays, from, to) {
      const run = runs.get(arrays);
      if (run === undefined) throw new Error("these arrays are of another kernel");
      run(from, to);
    },
    code: kernel.listing,
  };
}

/** A memory of its own for these arrays: frame, scratch, inputs, outputs, each from a multiple of 64 bytes. */
function allocate(
  { inputs, outputs, frontier }: PointProgram,
  { layout, scratchBytes }: EmittedKernel,
  module: WebAssembly.Module,
  points: number,
  groupSize: number,
) {
  const length = { each: points, groupMean: points / groupSize, sum: 1 };
  const lengths = [...inputs.map(() => points), ...outputs.map(({ reduction }) => length[reduction])];
  let end = 0;
  const place = (bytes: number) => {
    const address = end;
    end += 64 * Math.ceil(bytes / 64);
    return address;
  };
  const frame = place(layout.bytes);
  const scratch = place(scratchBytes);
  const addresses = lengths.map((count) => place(8 * count));
  const pages = Math.max(1, Math.ceil(end / PAGE));
  if (pages > MOST_PAGES) throw new RangeError(`${points} points do not fit into the 4 GiB of a WebAssembly memory`);

  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const { buffer } = memory;
  new Uint32Array(buffer, frame + layout.addresses, lengths.length).set(addresses);
  for (const { bits, offset } of layout.constants) new BigUint64Array(buffer, frame + offset, 2).fill(bits);
  const views = addresses.map((address, index) => new Float64Array(buffer, address, lengths[index]));
  const arrays: PointArrays = {
    groupSize,
    frontier: new Float64Array(buffer, frame + layout.frontier, frontier.length),
    inputs: views.slice(0, inputs.length),
    outputs: views.slice(inputs.length),
  };
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const run = instance.exports.run as Run;
  return {
    arrays,
    run: (from: number, to: number) => run(frame, scratch, from / groupSize, to / groupSize, groupSize),
  };
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
  for (const value of [1 + 2 ** -30, 1 - 2 ** -30, -1]) code.f64(value).simd(SPLAT);
  code.simd(VECTOR_INSTRUCTIONS.fusedMultiplyAdd.opcode).firstLane();
  const bytes = wasmModule(MEMORY, [{ name: "probe", parameters: [], results: [F64], locals: [], code }]);
  if (!WebAssembly.validate(bytes)) return false;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return (exports.probe as () => number)() !== 0;
}

const SPLAT = 0x14;
