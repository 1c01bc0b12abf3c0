"""The likelihood of an image under light profiles in JAX, for `arclet bench parametric --peers PYTHON`.

Started with a folder as its argument; prints one line of JSON (its versions, or the modules that are missing), then
answers every line of JSON on standard input with one on standard output:

  {"open": PATH}                          reads the inputs, an npz
  {"kernel", "over_sampling": s, "vector": [...], "save": PATH or null}
                                          one timed call with s x s sub-pixels: {"seconds"}; the result goes to PATH as npy

Kernels: parametric_log_likelihood; parametric_gradient, that value followed by its derivatives by all parameters;
parametric_first_result, the value by functions that are traced and compiled anew. Both others are compiled before the
clock starts.

The vector: lens Sersic (centre y, x, ell_comps 0, 1, intensity, effective_radius, sersic_index), lens Exponential at the
origin (ell_comps 0, 1, intensity, effective_radius), isothermal ellipsoid (centre, ell_comps, einstein_radius), shear
(gamma_1, gamma_2), source Sersic.

Inputs (f8, i4): pixel_scale (), shape (2), native_index (M, 2), blurring_region (B, 2), data, noise_map (M), psf (2-D).
"""

import importlib.util
import json
import os
import sys
import time

# Before any of them is imported: they read these once.
for variable in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{variable}_NUM_THREADS"] = "1"
os.environ["NPROC"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def say(answer):
    print(json.dumps(answer), flush=True)


MISSING = [name for name in ("numpy", "jax") if importlib.util.find_spec(name) is None]
if MISSING:
    say({"missing": MISSING})
    sys.exit(1)

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)


def frame(y, x, centre, ell_comps):
    """Axis ratio, cosine and sine of the position angle, and the position along the ellipse's axes."""
    f = jnp.hypot(*ell_comps)
    angle = 0.5 * jnp.arctan2(*ell_comps)
    c, s = jnp.cos(angle), jnp.sin(angle)
    y, x = y - centre[0], x - centre[1]
    return (1 - f) / (1 + f), c, s, c * y - s * x, c * x + s * y


def sersic(y, x, centre, ell_comps, intensity, radius, n):
    q, _, _, y, x = frame(y, x, centre, ell_comps)
    r = jnp.sqrt(q * x * x + y * y / q + 1e-24)
    b = 2 * n - 1 / 3 + 4 / (405 * n) + 46 / (25515 * n**2) + 131 / (1148175 * n**3) - 2194697 / (30690717750 * n**4)
    return intensity * jnp.exp(-b * ((r / radius) ** (1 / n) - 1))


def isothermal(y, x, centre, ell_comps, einstein_radius):
    q, c, s, y, x = frame(y, x, centre, ell_comps)
    g = jnp.sqrt(1 - q * q)
    scale, psi = 2 * einstein_radius * q / ((1 + q) * g), jnp.sqrt(q * q * x * x + y * y + 1e-24)
    along_y, along_x = scale * jnp.arctanh(g * y / psi), scale * jnp.arctan(g * x / psi)
    return c * along_y + s * along_x, c * along_x - s * along_y


def light(v, y, x):
    alpha_y, alpha_x = isothermal(y, x, v[11:13], v[13:15], v[15])
    gamma_1, gamma_2 = v[16:18]
    behind_y, behind_x = y - alpha_y - (gamma_2 * x - gamma_1 * y), x - alpha_x - (gamma_1 * x + gamma_2 * y)
    return (
        sersic(y, x, v[0:2], v[2:4], *v[4:7])
        + sersic(y, x, (0.0, 0.0), v[7:9], v[9], v[10], 1.0)
        + sersic(behind_y, behind_x, v[18:20], v[20:22], *v[22:25])
    )


class Peers:
    """The inputs, and the compiled functions."""

    def __init__(self, path):
        with np.load(path) as archive:
            self.data = {name: archive[name] for name in archive.files}
        self.compiled = {}

    def positions(self, pixels, size):
        """(pixels, size^2) y and x of sub-pixels."""
        rows, columns = self.data["shape"]
        scale = self.data["pixel_scale"].item()
        offset = ((np.arange(size) + 0.5) / size - 0.5) * scale
        y = ((rows - 1) / 2 - pixels[:, 0]) * scale
        x = (pixels[:, 1] - (columns - 1) / 2) * scale
        y, x = np.broadcast_arrays(y[:, None, None] - offset[None, :, None], x[:, None, None] + offset[None, None, :])
        return jnp.asarray(y.reshape(len(pixels), -1)), jnp.asarray(x.reshape(len(pixels), -1))

    def log_likelihood(self, size):
        inside, around, psf = self.data["native_index"], self.data["blurring_region"], self.data["psf"]
        (y, x), (y_around, x_around) = self.positions(inside, size), self.positions(around, 1)
        # The smallest box: rows and columns that are dark cost transforms.
        corner = np.minimum(inside.min(0), around.min(0))
        box = np.maximum(inside.max(0), around.max(0)) - corner + 1
        at, at_around = (tuple(map(jnp.asarray, (pixels - corner).T)) for pixels in (inside, around))
        data, noise = jnp.asarray(self.data["data"]), jnp.asarray(self.data["noise_map"])
        padded = tuple(int(n) for n in box + np.array(psf.shape) - 1)
        middle = [n // 2 for n in psf.shape]
        spectrum = jnp.fft.rfft2(jnp.asarray(psf), s=padded)
        normalization = jnp.sum(jnp.log(2 * jnp.pi * noise**2))

        def run(v, y, x, y_around, x_around):
            sky = jnp.zeros(tuple(box)).at[at].set(light(v, y, x).mean(1)).at[at_around].set(light(v, y_around, x_around)[:, 0])
            blurred = jnp.fft.irfft2(jnp.fft.rfft2(sky, s=padded) * spectrum, s=padded)
            model = blurred[at[0] + middle[0], at[1] + middle[1]]
            return -0.5 * (jnp.sum(((data - model) / noise) ** 2) + normalization)

        # Positions are arguments: XLA would take minutes to fold them in as constants.
        return run, (y, x, y_around, x_around)

    def value(self, size):
        run, positions = self.log_likelihood(size)
        return jax.jit(run), positions

    def gradient(self, size):
        run, positions = self.log_likelihood(size)
        return jax.jit(lambda *given: jnp.append(*jax.value_and_grad(run)(*given))), positions

    def ready(self, kernel, size, vector):
        """A call of it, compiled but for the first result."""
        if kernel == "parametric_first_result":
            run, positions = self.value(size)
            return lambda: run(vector, *positions)
        if (kernel, size) not in self.compiled:
            make = {"parametric_log_likelihood": self.value, "parametric_gradient": self.gradient}[kernel]
            run, positions = make(size)
            self.compiled[kernel, size] = run.lower(vector, *positions).compile(), positions
        run, positions = self.compiled[kernel, size]
        return lambda: run(vector, *positions)


def answer(peers, request):
    vector = jnp.asarray(request["vector"], dtype=jnp.float64).block_until_ready()
    run = peers.ready(request["kernel"], request["over_sampling"], vector)
    start = time.perf_counter()
    result = run().block_until_ready()
    seconds = time.perf_counter() - start
    if request.get("save"):
        np.save(request["save"], np.asarray(result))
    return {"seconds": seconds}


def main():
    versions = {"python": sys.version.split()[0], "numpy": np.__version__, "jax": jax.__version__}
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
