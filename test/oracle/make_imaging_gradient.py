"""JAX's gradients of the parametric imaging likelihood into imaging-gradient.json; see README.md beside this file.

    python make_imaging_gradient.py GOLDEN/04_imaging_parametric

Sersic, isothermal ellipsoid, shear and Sersic, written anew here with angles, where the engine's formulas have none.
"""

import json
import sys

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
source = sys.argv[1]
raw = np.load(f"{source}/imaging_parametric.npz")
models = json.load(open(f"{source}/imaging_parametric.json"))["params"]
inside, around = (np.argwhere(~raw[name]) for name in ("mask_r2.0", "mask_r2.0/blurring_mask"))
SCALE = 0.05


def positions(pixels, size):
    middle = (np.array(raw["data"].shape) - 1) / 2
    offset = ((np.arange(size) + 0.5) / size - 0.5) * SCALE
    y, x = (middle[0] - pixels[:, 0]) * SCALE, (pixels[:, 1] - middle[1]) * SCALE
    y, x = np.broadcast_arrays(y[:, None, None] - offset[None, :, None], x[:, None, None] + offset[None, None, :])
    return jnp.asarray(y.reshape(len(pixels), -1)), jnp.asarray(x.reshape(len(pixels), -1))


def frame(y, x, centre, ell_comps):
    f = jnp.sqrt(ell_comps[0] ** 2 + ell_comps[1] ** 2)
    angle = 0.5 * jnp.arctan2(ell_comps[0], ell_comps[1])
    c, s = jnp.cos(angle), jnp.sin(angle)
    y, x = y - centre[0], x - centre[1]
    return (1 - f) / (1 + f), c, s, c * y - s * x, c * x + s * y


def sersic(y, x, v):
    q, _, _, y, x = frame(y, x, v[0:2], v[2:4])
    intensity, radius, n = v[4:7]
    b = 2 * n - 1 / 3 + 4 / (405 * n) + 46 / (25515 * n**2) + 131 / (1148175 * n**3) - 2194697 / (30690717750 * n**4)
    return intensity * jnp.exp(-b * ((jnp.sqrt(q * x * x + y * y / q) / radius) ** (1 / n) - 1))


def isothermal(y, x, v):
    q, c, s, y, x = frame(y, x, v[0:2], v[2:4])
    g = jnp.sqrt(1 - q * q)
    scale, psi = 2 * v[4] * q / ((1 + q) * g), jnp.sqrt(q * q * x * x + y * y)
    along_y, along_x = scale * jnp.arctanh(g * y / psi), scale * jnp.arctan(g * x / psi)
    return c * along_y + s * along_x, c * along_x - s * along_y


def light(v, y, x):
    alpha_y, alpha_x = isothermal(y, x, v[7:12])
    gamma_1, gamma_2 = v[12:14]
    behind = y - alpha_y - (gamma_2 * x - gamma_1 * y), x - alpha_x - (gamma_1 * x + gamma_2 * y)
    return sersic(y, x, v[0:7]) + sersic(*behind, v[14:21])


def log_likelihood(v, grids):
    (y, x), (y_around, x_around) = grids
    sky = jnp.zeros(raw["data"].shape)
    sky = sky.at[tuple(inside.T)].set(light(v, y, x).mean(1)).at[tuple(around.T)].set(light(v, y_around, x_around)[:, 0])
    blurred = jax.scipy.signal.convolve(sky, raw["psf"], mode="same", method="direct")
    data, noise = (raw[name][tuple(inside.T)] for name in ("data", "noise_map"))
    model = blurred[tuple(inside.T)]
    return -0.5 * jnp.sum(((data - model) / noise) ** 2 + jnp.log(2 * jnp.pi * noise**2))


slopes = jax.jit(jax.grad(log_likelihood))
gradients = {}
for size in (1, 4):
    grids = positions(inside, size), positions(around, 1)
    for name in ("truth", "wrong1", "wrong2"):
        values = [np.ravel(value) for profile in models[name].values() for value in profile.values()]
        gradients[f"sub{size}_{name}"] = slopes(jnp.asarray(np.concatenate(values)), grids).tolist()
with open("imaging-gradient.json", "w") as file:
    json.dump({"jax": jax.__version__, "gradients": gradients}, file, indent=1)
    file.write("\n")
