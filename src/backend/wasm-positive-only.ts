import { positiveOnlyWith, spread } from "../inversion/positive-only.ts";
import { eliminate, paddedFactor } from "./wasm-dense.ts";
import { fresh } from "./wasm-voices.ts";

/** The WebAssembly voice of the positive-only solve: F + H is copied in once, its free blocks are factorized there. */
export const positiveOnly = positiveOnlyWith(({ curvatureRegMatrix, dataVector }) => {
  const wasm = fresh();
  const size = dataVector.length;
  const matrix = wasm.input(curvatureRegMatrix.values);
  const beyond = wasm.call("mark");
  return (free) => {
    wasm.call("release", beyond);
    const count = free.length;
    const indexes = wasm.input(free);
    const solution = wasm.input(Float64Array.from(free, (i) => dataVector[i]));
    const gradient = wasm.input(dataVector.map((value) => -value));
    const block = paddedFactor(wasm, count);
    wasm.call("packFree", count, block.size, block.stride, indexes, size, matrix, block.address);
    if (eliminate(wasm, block) === null) return null;
    wasm.call("choleskySolve", count, block.stride, block.address, solution);
    wasm.call("addFreeProducts", count, indexes, solution, size, matrix, gradient);
    return {
      values: spread(size, free, wasm.view(solution, count)),
      gradient: wasm.float64(gradient, size),
      logDeterminant: wasm.call("choleskyLogDeterminant", count, block.stride, block.address),
    };
  };
});
