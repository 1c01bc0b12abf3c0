"""Non-negative least squares by scipy.optimize.nnls for positive-only.json; see README.md beside this file.

    python make_positive_only.py
"""

import json

import numpy as np
from scipy.optimize import nnls

rng = np.random.default_rng(20)


def case(design, data):
    # nnls does not form A'A: its error is that of the condition number of A, not of its square.
    solution, _ = nnls(design, data, maxiter=10_000)
    return {"design": design.tolist(), "data": data.tolist(), "solution": solution.tolist()}


def smooth(rows, columns, width):
    at = np.arange(rows)[:, None] * columns / rows - np.arange(columns)
    return np.round(np.exp(-(at**2) / (2 * width**2)), 6)


def ridged(design, data, ridge):
    columns = design.shape[1]
    return np.vstack([design, ridge * np.eye(columns)]), np.append(data, np.zeros(columns))


noise = np.round(rng.normal(size=30), 3)
json.dump(
    {
        "tall": case(rng.integers(-5, 6, (20, 12)).astype(float), rng.integers(-9, 10, 20).astype(float)),
        "wide": case(*ridged(rng.integers(-5, 6, (8, 16)).astype(float), rng.integers(-9, 10, 8).astype(float), 1.0)),
        "smooth": case(*ridged(smooth(30, 20, 2.0), noise + 0.5, 1e-3)),
        "very_smooth": case(*ridged(smooth(30, 20, 3.0), noise + 1.0, 1e-4)),
    },
    open("positive-only.json", "w"),
)
