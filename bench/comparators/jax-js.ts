import { lax, numpy as np } from "@jax-js/jax";
import { type Absent, absent, type Voice } from "../../src/backend/contract.ts";
import type { ArgsOf, KernelName, ResultOf } from "../../src/backend/kernels.ts";
import { ARCSECOND } from "../../src/grid.ts";
import type { LogLikelihoodViaWTildeArgs } from "../../src/inversion/evidence.ts";
import { mappingMatrix } from "../../src/inversion/mapping.ts";
import { constantRegularizationMatrix } from "../../src/inversion/regularization/constant.ts";
import type { Matrix } from "../../src/operators/matrix.ts";
import { noiseIsUnequal, type WCompact, type WCompactArgs } from "../../src/operators/w-compact.ts";

/**
 * Some kernels of the table on @jax-js/jax 0.1.25: what the same formulas give and cost on a general array library.
 *
 * A comparator, not a voice: nothing in src/ may import it. It runs on the library's device "wasm", the one meant for
 * work; "cpu" is an interpreter for debugging, exact but slow. In Node "wasm" has one thread, for there is no global
 * Worker.
 *
 * Its float64 is float64 in storage, arithmetic, square roots, sums, matrix products, Cholesky's factorization and
 * triangular solves, there often bit for bit the reference's. But on "wasm" its cos, sin, exp, log and atan convert to
 * float32 and back. Largest errors measured in 0.1.25 against Math: cos 4.5e-7 for |x| < pi, 4.6e-6 for |x| < 50 and
 * 5.9e-4 for |x| < 5000, since the phase is rounded before it is reduced; log 1.3e-5 whatever its value, which is 26% of
 * ln 0.99995 and more than all of it nearer to 1; sin, exp and atan 1.1e-6 to 1.5e-6 of their value. It has no scan, so
 * a sum over visibilities cannot be taken in chunks inside one program.
 *
 * The library counts references: an array given to a function is consumed unless it is given as `array.ref`.
 */
export const jaxJs = {
  wCompact: {
    run: wCompact,
    tolerance: 1e-5,
    because: "cosines and sines in float32 of phases up to some tens of radians: 1.1e-6 measured on the cases",
  },
  curvatureMatrixViaWTildeDense: {
    run: ({ wTilde, mappingMatrix: t }) => {
      const values = curvatureMatrix(array(t), array(wTilde)).dataSync() as Float64Array;
      return { rows: t.columns, columns: t.columns, values };
    },
    tolerance: 1e-15,
    because: "true float64 and the same products in the same order: no difference measured",
  },
  logLikelihoodViaWTilde: {
    run: logLikelihoodViaWTilde,
    tolerance: 5e-6,
    because: "logarithms in float32: 8.7e-7 measured on the cases, and 6e-16 with Math.log in their place",
  },
  mappingMatrix: absent("it has no public scatter-add, only the one inside the derivative of a gather"),
} as const satisfies { readonly [N in KernelName]?: Voice<ArgsOf<N>, ResultOf<N>> | Absent };

function array(a: Matrix | Float64Array): np.Array {
  if (a instanceof Float64Array) return np.array(new Float64Array(a), { dtype: np.float64, device: "wasm" });
  return array(a.values).reshape([a.rows, a.columns]);
}

/** Both lattices of W, as the reference takes them; `plus` only where the noise is unequal. */
function wCompact({ grid, uvWavelengths, noiseMap }: WCompactArgs): WCompact {
  const [rows, columns] = grid.shape;
  const radians = 2 * Math.PI * ARCSECOND;
  const u = uvWavelengths.filter((_, k) => k % 2 === 0);
  const v = uvWavelengths.filter((_, k) => k % 2 === 1);
  const weights = (sign: number) => u.map((_, k) => (noiseMap[2 * k] ** -2 + sign * noiseMap[2 * k + 1] ** -2) / 2);
  const down = (count: number, first: number) =>
    Float64Array.from({ length: count }, (_, i) => radians * (first - i * grid.pixelScale));
  const across = (first: number) =>
    Float64Array.from({ length: 2 * columns - 1 }, (_, j) => radians * (first + (j - columns + 1) * grid.pixelScale));
  return {
    shape: grid.shape,
    minus: lattice(down(rows, 0), across(0), u, v, weights(1)),
    plus: noiseIsUnequal(noiseMap)
      ? lattice(
          down(2 * rows - 1, 2 * grid.origin[0] + (rows - 1) * grid.pixelScale),
          across(2 * grid.origin[1]),
          u,
          v,
          weights(-1),
        )
      : null,
  };
}

/**
 * sum_k weight_k cos(x u_k + y v_k) for every y and x in radians times 2 pi. The cosine of a sum taken apart makes two
 * matrix products of it: five times faster here than one fused cosine and sum, and no less accurate. The two tables hold
 * (rows + columns) K numbers.
 */
function lattice(
  y: Float64Array,
  x: Float64Array,
  u: Float64Array,
  v: Float64Array,
  weight: Float64Array,
): Float64Array {
  const [xu, yv, weights] = [np.outer(array(x), array(u)), np.outer(array(y), array(v)), array(weight)];
  const cosines = np.matmul(np.cos(yv.ref).mul(weights.ref), np.cos(xu.ref).transpose());
  const sines = np.matmul(np.sin(yv).mul(weights), np.sin(xu).transpose());
  return cosines.sub(sines).dataSync() as Float64Array;
}

/** F = T' W T. */
function curvatureMatrix(t: np.Array, w: np.Array): np.Array {
  return np.matmul(t.ref.transpose(), np.matmul(w, t));
}

/** All in jax-js but T and H, which are the reference's: they need the scatter-add that it lacks. */
function logLikelihoodViaWTilde(args: LogLikelihoodViaWTildeArgs): number {
  const t = array(mappingMatrix(args));
  const h = array(constantRegularizationMatrix(args));
  const f = curvatureMatrix(t.ref, array(args.wTilde));
  const d = np.matmul(t.transpose(), array(args.dirtyImage));
  const factor = np.linalg.cholesky(f.ref.add(h.ref));
  const column = lax.linalg.triangularSolve(factor.ref, d.ref.reshape([-1, 1]), { leftSide: true, lower: true });
  const solved = lax.linalg.triangularSolve(factor.ref, column, { leftSide: true, lower: true, transposeA: true });
  const s = solved.reshape([-1]);
  const regularizationTerm = np.dot(s.ref, np.matmul(h.ref, s.ref));
  const ofModel = np.dot(s.ref, np.matmul(f, s.ref)).sub(np.dot(s, d).mul(2));
  const noise = array(args.noiseMap);
  const scaled = array(args.visibilities).div(noise.ref);
  return (
    -0.5 *
    (ofModel
      .add(np.dot(scaled.ref, scaled))
      .add(regularizationTerm)
      .add(logDeterminant(factor))
      .sub(logDeterminant(np.linalg.cholesky(h)))
      .add(np.log(noise.ref.mul(noise).mul(2 * Math.PI)).sum())
      .item() as number)
  );
}

/** 2 sum ln L_ii of a Cholesky factor. */
function logDeterminant(factor: np.Array): np.Array {
  return np.log(np.diagonal(factor)).sum().mul(2);
}
