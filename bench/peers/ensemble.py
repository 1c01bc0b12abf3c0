"""emcee on the problems of bench/samplers-against-emcee.ts.

Reads one JSON object from standard input and prints one:

  {"problem": {...}, "moves": "stretch" or "stretch and differential evolution", "start": [[...]...], "steps", "burn_in", "seed"}

Positions are points of the unit cube. Problems: {"kind": "gaussian", "dimensions", "correlation", "sigma"}, whose likelihood
is numpy's, and {"kind": "lens", "priors", "side", "pixel_scale", "psf", "noise", "data", "ell_comps" ...}, whose
likelihood is jitted JAX, both of all walkers of a half at once.

Answers {"acceptance", "autocorrelation_time" (the longest over the coordinates), "evaluations", "seconds" of
the processor, "likelihood_seconds" of these, "log_likelihood_at_start" (of the walkers), "versions"}, all after the burn-in.
"""

import json
import sys
import time

import emcee
import numpy as np

from parametric import isothermal, jax, jnp, sersic


def gaussian(problem):
    d, r = problem["dimensions"], problem["correlation"]
    covariance = problem["sigma"] ** 2 * ((1 - r) * np.eye(d) + r * np.ones((d, d)))
    precision = np.linalg.inv(covariance)

    def log_likelihood(points):
        off = points - 0.5
        return -0.5 * np.einsum("ni,ij,nj->n", off, precision, off)

    return log_likelihood


def quantile(prior, u):
    if prior["prior"] == "gaussian":
        return prior["mean"] + prior["sigma"] * jax.scipy.special.ndtri(u)
    lower, upper = prior["lower"], prior["upper"]
    if prior["prior"] == "log_uniform":
        return lower * (upper / lower) ** u
    return lower + (upper - lower) * u


def lens(problem):
    """Parameters: ell_comps 0 and 1 and einstein_radius of the lens; centre y, x and intensity of the disk."""
    side, scale = problem["side"], problem["pixel_scale"]
    psf = jnp.asarray(problem["psf"])
    half = psf.shape[0] // 2
    line = (np.arange(side + 2 * half) - (side + 2 * half - 1) / 2) * scale
    y, x = map(jnp.asarray, np.meshgrid(-line, line, indexing="ij"))
    data = jnp.asarray(problem["data"]).reshape(side, side)

    def one(u):
        v = [quantile(prior, u[i]) for i, prior in enumerate(problem["priors"])]
        alpha_y, alpha_x = isothermal(y, x, (0.0, 0.0), (v[0], v[1]), v[2])
        image = sersic(y - alpha_y, x - alpha_x, (v[3], v[4]), (0.0, 0.0), v[5], *problem["disk"])
        seen = jax.scipy.signal.convolve2d(image, psf, mode="valid")
        return -0.5 * jnp.sum(((data - seen) / problem["noise"]) ** 2)

    many = jax.jit(jax.vmap(one))

    def log_likelihood(points):
        return np.asarray(many(jnp.asarray(points)))

    return log_likelihood


def main():
    request = json.load(sys.stdin)
    start = np.array(request["start"])
    walkers, dimensions = start.shape
    log_likelihood = {"gaussian": gaussian, "lens": lens}[request["problem"]["kind"]](request["problem"])
    log_likelihood(start[: walkers // 2])  # Compiled before the clock starts.
    spent = 0.0

    def log_probability(points):
        nonlocal spent
        began = time.process_time()
        inside = np.all((points >= 0) & (points <= 1), axis=1)
        values = np.where(inside, log_likelihood(np.clip(points, 1e-12, 1 - 1e-12)), -np.inf)
        spent += time.process_time() - began
        return values

    stretch, evolution = emcee.moves.StretchMove(), emcee.moves.DEMove()
    moves = stretch if request["moves"] == "stretch" else [(stretch, 0.5), (evolution, 0.5)]
    sampler = emcee.EnsembleSampler(walkers, dimensions, log_probability, moves=moves, vectorize=True)
    np.random.seed(request["seed"])
    state = sampler.run_mcmc(start, request["burn_in"])
    first = log_probability(start)
    sampler.reset()
    spent = 0.0
    began = time.process_time()
    sampler.run_mcmc(state, request["steps"])
    seconds = time.process_time() - began
    answer = {
        "acceptance": float(np.mean(sampler.acceptance_fraction)),
        "autocorrelation_time": float(np.max(emcee.autocorr.integrated_time(sampler.get_chain(), tol=0))),
        "evaluations": walkers * request["steps"],
        "seconds": seconds,
        "likelihood_seconds": spent,
        "log_likelihood_at_start": first.tolist(),
        "versions": {"emcee": emcee.__version__, "numpy": np.__version__, "jax": jax.__version__},
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
