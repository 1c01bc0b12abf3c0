import type { VoiceKernels } from "../backend/kernels.ts";
import { InputError } from "../errors.ts";
import { dense, type Matrix, type SparseMatrix } from "../operators/matrix.ts";
import type { WTildeFromCompactArgs } from "../operators/w-compact.ts";
import { wPreloadFromCompact } from "../operators/w-preload.ts";

/** The ways to the curvature matrix: same value, different memory and cost. */
export const CURVATURE_FORMS = [
  "w_tilde_dense",
  "w_tilde_sparse",
  "w_compact_sparse",
  "w_compact_symmetric",
  "w_compact_fft",
  "w_compact_direct",
  "preload_direct",
] as const;

export type CurvatureForm = (typeof CURVATURE_FORMS)[number];

/**
 * F = T' W T, with what depends on the dataset alone done before. Where `resident`, it may be left in the backend's memory,
 * where the next one overwrites it.
 */
export type CurvatureOperator = (sparseMappingMatrix: SparseMatrix, resident?: boolean) => Matrix;

/** The largest M x M matrix that a kernel can hold: 1 GiB. */
const LARGEST_W_TILDE = 11_000;

/** Whether a form can be held in memory for so many image pixels. */
export function formFits(form: CurvatureForm, imagePixels: number): boolean {
  return !(form === "w_tilde_dense" || form === "w_tilde_sparse") || imagePixels <= LARGEST_W_TILDE;
}

/**
 * Plans one form for W and the unmasked pixels of one dataset.
 * @throws InputError where the form needs an M x M matrix that does not fit in memory.
 */
export function planCurvature(
  form: CurvatureForm,
  { wCompact, nativeIndex }: WTildeFromCompactArgs,
  kernels: VoiceKernels,
): CurvatureOperator {
  switch (form) {
    case "w_tilde_dense": {
      const wTilde = expand(nativeIndex, () => kernels.wTildeFromCompact({ wCompact, nativeIndex }));
      return (t) => kernels.curvatureMatrixViaWTildeDense({ wTilde, mappingMatrix: dense(t) });
    }
    case "w_tilde_sparse": {
      const wTilde = expand(nativeIndex, () => kernels.wTildeFromCompact({ wCompact, nativeIndex }));
      return (sparseMappingMatrix) => kernels.curvatureMatrixViaWTildeSparse({ wTilde, sparseMappingMatrix });
    }
    case "w_compact_sparse":
      return (sparseMappingMatrix) => {
        return kernels.curvatureMatrixViaWCompactSparse({ wCompact, nativeIndex, sparseMappingMatrix });
      };
    case "w_compact_symmetric":
      return (sparseMappingMatrix, resident = false) => {
        return kernels.curvatureMatrixViaWCompactSymmetric({ wCompact, nativeIndex, sparseMappingMatrix, resident });
      };
    case "w_compact_fft":
      return (sparseMappingMatrix) => {
        return kernels.curvatureMatrixViaWCompactFft({ wCompact, nativeIndex, sparseMappingMatrix });
      };
    case "w_compact_direct":
      return (sparseMappingMatrix) => {
        return kernels.curvatureMatrixViaWCompactDirect({ wCompact, nativeIndex, sparseMappingMatrix });
      };
    case "preload_direct": {
      const wPreload = wPreloadFromCompact(wCompact);
      return (sparseMappingMatrix) => {
        return kernels.curvatureMatrixViaPreloadDirect({ wPreload, nativeIndex, sparseMappingMatrix });
      };
    }
  }
}

function expand(nativeIndex: Int32Array, make: () => Matrix): Matrix {
  const size = nativeIndex.length / 2;
  if (size > LARGEST_W_TILDE) {
    throw new InputError(
      "curvature/too-large",
      `w-tilde of ${size} image pixels takes ${((8 * size * size) / 2 ** 30).toFixed(1)} GiB`,
      "use a form that does not need it, such as w_compact_symmetric",
    );
  }
  return make();
}
