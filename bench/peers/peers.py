"""The likelihood's kernels in Numba and JAX, as the 2025 case study has them, and SciPy's Cholesky factorization and
non-negative least squares, for `arclet bench --peers PYTHON`.

Started with a folder as its argument; prints one line of JSON (its versions, or the modules that are missing), then
answers every line of JSON on standard input with one on standard output:

  {"open": PATH}                          reads the inputs, an npz
  {"kernel", "name", "visibilities": K', "pixels": M', "round": r, "save": PATH or null}
                                          one timed call on the first K' visibilities or M' pixels: {"seconds"};
                                          the result goes to PATH as npy
  {..., "peak": true}                     {"peak_bytes"}: growth of resident memory over one warm call (Linux)

A round r has the noise map, or the interpolation weights, moved on by r places. What does not depend on the round (the
baselines, W, the mapped indices) is there before the clock starts; so are compilation and transfers to JAX.

Inputs (f8, i4): pixel_scale (), native_index (M, 2), uv_wavelengths, visibilities, noise_map (K, 2), dirty_image (M),
w_compact (N, 2 N - 1), mapping_indexes, mapping_weights (M, B), neighbors (S, P; -1 at the end of a row), coefficient (),
source (S).
"""

import ctypes
import gc
import importlib.util
import json
import os
import sys
import time

# Before any of them is imported: they read these once.
for variable in ("OMP", "OPENBLAS", "MKL", "NUMBA", "NUMEXPR"):
    os.environ[f"{variable}_NUM_THREADS"] = "1"
os.environ["NPROC"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def say(answer):
    print(json.dumps(answer), flush=True)


MISSING = [name for name in ("numpy", "scipy", "numba", "jax") if importlib.util.find_spec(name) is None]
if MISSING:
    say({"missing": MISSING})
    sys.exit(1)

import jax
import jax.numpy as jnp
import numba
import numpy as np
import scipy.linalg
import scipy.optimize

jax.config.update("jax_enable_x64", True)
ARCSECOND = np.pi / 648_000
TWO_PI = 2 * np.pi


# W: w[d, e] = sum_k sigma_k^-2 cos(2 pi step (e u_k - d v_k)) for row differences d >= 0 and all column differences e.


@numba.njit(parallel=True)
def w_compact_numba(size, step, uv, noise):
    down = (TWO_PI * step * np.arange(size)).reshape(-1, 1)
    across = TWO_PI * step * (np.arange(2 * size - 1) - (size - 1.0))
    w = np.zeros((size, 2 * size - 1))
    for k in numba.prange(uv.shape[0]):
        w += np.cos(across * uv[k, 0] - down * uv[k, 1]) * (1.0 / (noise[k] * noise[k]))
    return w


def w_compact_jax(size):
    @jax.jit
    def run(step, uv, noise):
        down = (TWO_PI * step * jnp.arange(size)).reshape(-1, 1)
        across = TWO_PI * step * (jnp.arange(2 * size - 1) - (size - 1.0))

        def add(total, row):
            (u, v), sigma = row
            return total + jnp.cos(across * u - down * v) / (sigma * sigma), None

        return jax.lax.scan(add, jnp.zeros((size, 2 * size - 1)), (uv, noise))[0]

    return run


@numba.njit
def w_tilde_from_compact(w_compact, native):
    count, centre = native.shape[0], w_compact.shape[0] - 1
    w = np.empty((count, count))
    for i in range(count):
        for j in range(count):
            d, e = native[i, 0] - native[j, 0], native[i, 1] - native[j, 1]
            if d < 0:
                d, e = -d, -e
            w[i, j] = w_compact[d, e + centre]
    return w


# The curvature matrix F = T' W T.


@numba.njit
def transpose_times(matrix, indexes, weights, size):
    out = np.zeros((size, matrix.shape[1]))
    for i in range(matrix.shape[0]):
        for b in range(indexes.shape[1]):
            p = indexes[i, b]
            if p < 0:
                break
            weight = weights[i, b]
            for column in range(matrix.shape[1]):
                out[p, column] += weight * matrix[i, column]
    return out


@numba.njit
def curvature_sparse_numba(w, indexes, weights, size):
    half = transpose_times(w, indexes, weights, size)
    return transpose_times(np.ascontiguousarray(half.T), indexes, weights, size)


@numba.njit
def curvature_compact_numba(w_compact, native, indexes, weights, size):
    count, centre = native.shape[0], w_compact.shape[0] - 1
    wt = np.zeros((count, size))
    for i in range(count):
        for j in range(count):
            d = native[i, 0] - native[j, 0]
            e = native[i, 1] - native[j, 1]
            w = w_compact[abs(d), (e if d >= 0 else -e) + centre]
            for b in range(indexes.shape[1]):
                p = indexes[j, b]
                if p < 0:
                    break
                wt[i, p] += w * weights[j, b]
    return transpose_times(wt, indexes, weights, size)


def curvature_dense_jax(size):
    @jax.jit
    def run(w, indexes, weights):
        count, width = indexes.shape
        columns = jnp.where(indexes < 0, size, indexes).reshape(-1)
        rows = jnp.repeat(jnp.arange(count), width)
        t = jnp.zeros((count, size)).at[rows, columns].add(weights.reshape(-1), mode="drop")
        return t.T @ w @ t

    return run


def curvature_sparse_jax(size):
    def half(matrix, indexes, weights):
        def add(total, row):
            values, at, weight = row
            return total.at[jnp.where(at < 0, size, at), :].add(weight[:, None] * values, mode="drop"), None

        return jax.lax.scan(add, jnp.zeros((size, matrix.shape[1])), (matrix, indexes, weights))[0]

    return jax.jit(lambda w, indexes, weights: half(half(w, indexes, weights).T, indexes, weights))


# The log likelihood (in the field's terms the log evidence) from the compact form.


@numba.njit
def constant_regularization(coefficient, neighbors):
    size = neighbors.shape[0]
    squared = coefficient * coefficient
    h = np.zeros((size, size))
    for i in range(size):
        h[i, i] = 1e-8
        for j in range(neighbors.shape[1]):
            k = neighbors[i, j]
            if k < 0:
                break
            h[i, i] += squared
            h[i, k] -= squared
    return h


def log_likelihood_numba(data, native, indexes, weights, dirty_image):
    size = data["neighbors"].shape[0]
    f = curvature_compact_numba(data["w_compact"], native, indexes, weights, size)
    h = constant_regularization(data["coefficient"].item(), data["neighbors"])
    d = transpose_times(dirty_image.reshape(-1, 1), indexes, weights, size)[:, 0]
    a = f + h
    s = np.linalg.solve(a, d)
    noise = data["noise_map"].reshape(-1)
    chi = data["visibilities"].reshape(-1) / noise
    normalization = noise.size * np.log(TWO_PI) + 2 * np.log(noise).sum()
    return -0.5 * (chi @ chi - s @ d + np.linalg.slogdet(a)[1] - np.linalg.slogdet(h)[1] + normalization)


class Peers:
    """The inputs, and every row as a function that makes a call ready."""

    def __init__(self, path):
        with np.load(path) as archive:
            self.data = {name: np.ascontiguousarray(archive[name]) for name in archive.files}
        for name in ("native_index", "mapping_indexes", "neighbors"):
            self.data[name] = self.data[name].astype(np.int64)
        self.step = self.data["pixel_scale"].item() * ARCSECOND
        self.size = self.data["w_compact"].shape[0]
        self.source = self.data["neighbors"].shape[0]
        self.kept = {}

    def once(self, name, make):
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    def dataset(self, request):
        """u and v, and the round's noise of the real parts, of the part asked for."""
        uv, noise = self.data["uv_wavelengths"], self.data["noise_map"]
        count = request["visibilities"] or len(uv)
        return uv[:count], np.ascontiguousarray(np.roll(noise, request["round"], axis=0)[:count, 0])

    def model(self, request):
        """Pixels, mapped indices and the round's weights of the part asked for."""
        native, weights = self.data["native_index"], self.data["mapping_weights"]
        count = request["pixels"] or len(native)
        moved = np.roll(weights.reshape(-1), request["round"]).reshape(weights.shape)
        return native[:count], self.data["mapping_indexes"][:count], moved[:count]

    def w_tilde(self, native):
        return self.once(("w", len(native)), lambda: w_tilde_from_compact(self.data["w_compact"], native))

    def w_tilde_jax(self, native):
        return self.once(("w jax", len(native)), lambda: jnp.asarray(self.w_tilde(native)))

    def jitted(self, make, argument):
        return self.once((make.__name__, argument), lambda: make(argument))

    def ready(self, request):
        return getattr(self, f"{request['kernel']}__{request['name']}")(request)

    def w_compact__numba_compact(self, request):
        uv, noise = self.dataset(request)
        return lambda: w_compact_numba(self.size, self.step, uv, noise)

    def w_compact__jax_compact(self, request):
        uv, noise = (jnp.asarray(array).block_until_ready() for array in self.dataset(request))
        run = self.jitted(w_compact_jax, self.size)
        return lambda: run(self.step, uv, noise).block_until_ready()

    def curvature_matrix__numba_compact_sparse(self, request):
        native, indexes, weights = self.model(request)
        return lambda: curvature_compact_numba(self.data["w_compact"], native, indexes, weights, self.source)

    def curvature_matrix__numba_sparse(self, request):
        native, indexes, weights = self.model(request)
        w = self.w_tilde(native)
        return lambda: curvature_sparse_numba(w, indexes, weights, self.source)

    def curvature_matrix__jax_sparse(self, request):
        return self.curvature_jax(request, curvature_sparse_jax)

    def curvature_matrix__jax(self, request):
        return self.curvature_jax(request, curvature_dense_jax)

    def curvature_jax(self, request, make):
        native, indexes, weights = self.model(request)
        w, i, t = (a.block_until_ready() for a in (self.w_tilde_jax(native), jnp.asarray(indexes), jnp.asarray(weights)))
        run = self.jitted(make, self.source)
        return lambda: run(w, i, t).block_until_ready()

    def cholesky__scipy_cholesky(self, request):
        a = self.curvature_reg_matrix(request)
        return lambda: scipy.linalg.cholesky(a, lower=True, check_finite=False)

    def positive_only__scipy_nnls(self, request):
        a = self.curvature_reg_matrix(request)
        d = a @ self.data["source"]

        def run():
            # s'As / 2 - D's is |L's - L^-1 D|^2 / 2 but for a constant.
            lower = scipy.linalg.cholesky(a, lower=True, check_finite=False)
            right = scipy.linalg.solve_triangular(lower, d, lower=True, check_finite=False)
            return scipy.optimize.nnls(lower.T, right, maxiter=100 * len(d))[0]

        return run

    def curvature_reg_matrix(self, request):
        """In LAPACK's order, so that nothing is copied in the timed call."""
        native, indexes, weights = self.model(request)
        f = curvature_compact_numba(self.data["w_compact"], native, indexes, weights, self.source)
        return np.asfortranarray(f + constant_regularization(self.data["coefficient"].item(), self.data["neighbors"]))

    def log_likelihood__numba_compact_sparse(self, request):
        native, indexes, weights = self.model(request)
        dirty_image = self.data["dirty_image"][: len(native)]
        return lambda: log_likelihood_numba(self.data, native, indexes, weights, dirty_image)


def status_bytes(field):
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def peak_bytes(run):
    """Null where the system does not let a process count its peak anew."""
    try:
        run()
        gc.collect()
        # Or glibc would keep what the first call freed, and the second would find it there.
        ctypes.CDLL(None).malloc_trim(0)
        with open("/proc/self/clear_refs", "w") as clear:
            clear.write("5")
        before = status_bytes("VmRSS")
        result = run()
        peak = status_bytes("VmHWM")
        del result
        return max(0, peak - before)
    except (OSError, AttributeError, StopIteration):
        return None


def answer(peers, request):
    run = peers.ready(request)
    if request.get("peak"):
        return {"peak_bytes": peak_bytes(run)}
    start = time.perf_counter()
    result = run()
    seconds = time.perf_counter() - start
    if request.get("save"):
        np.save(request["save"], np.asarray(result, dtype=np.float64))
    return {"seconds": seconds}


def main():
    modules = {"numpy": np, "scipy": scipy, "numba": numba, "jax": jax}
    versions = {"python": sys.version.split()[0], **{name: module.__version__ for name, module in modules.items()}}
    say({"versions": versions})
    peers = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "open" in request:
                peers = Peers(request["open"])
                say({})
            else:
                say(answer(peers, request))
        except Exception as error:  # One row's failure is its own.
            say({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    main()
