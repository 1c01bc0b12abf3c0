"""Packs the regularizations of the golden imaging cases: python make_regularizations.py GOLDEN/05_imaging_pixelized"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.special import gammaln, kve

source = Path(sys.argv[1])
cases = json.loads((source / "imaging_pixelized.json").read_text())["cases"]
adapt_image = np.load(source / "common.npz")["adapt_image_slim"]
ROWS = range(0, 208, 41)


def case(name):
    arrays = np.load(source / f"{name}.npz")
    matrix = arrays["regularization_matrix"]
    rows = {str(i): {str(j): matrix[i, j] for j in np.flatnonzero(matrix[i])} for i in ROWS}
    return arrays, {
        **cases[name]["reg_params"],
        "log_det": cases[name]["posneg"]["log_det_regularization_matrix_term"],
        "trace": np.trace(matrix),
        "rows": rows,
    }


out = {name: case(f"delaunay_{name}")[1] for name in ("constsplit", "adapt", "adaptsplit", "gausskernel")}
arrays, _ = case("delaunay_adapt")
vertices = np.load(source / "delaunay_const.npz")["source_plane_mesh_grid_yx"]
for name in ("constsplit", "adapt", "adaptsplit", "gausskernel"):
    assert np.array_equal(vertices, case(f"delaunay_{name}")[0]["source_plane_mesh_grid_yx"])

# All entries of the mapping to a few source pixels, the brightest among them, and to no others.
signals = arrays["pixel_signals"]
some = sorted({*range(5, 208, 41), int(np.argmax(signals))})
entries = [
    [some.index(p), float(arrays["pix_weights"][m, b]), float(adapt_image[m])]
    for m in range(len(adapt_image))
    for b, p in enumerate(arrays["pix_indexes"][m])
    if p in some
]
out["adapt"]["regularization_weights"] = arrays["regularization_weights"].tolist()
out["signals"] = {"entries": entries, "pixel_signals": signals[some].tolist()}


def matern(nu, z):
    """2^(1 - nu) / Gamma(nu) z^nu K_nu(z), by logarithms, since its factors overflow."""
    return np.exp((1 - nu) * np.log(2) - gammaln(nu) + nu * np.log(z) + np.log(kve(nu, z)) - z)


out["matern_function"] = [
    [nu, z, matern(nu, z)]
    for nu in (0.01, 0.3, 0.5, 0.7, 1, 1.5, 2, 2.5, 3.3, 10, 23.4, 100)
    for z in (1e-6, 1e-3, 0.1, 1, 3.7, 15, 60)
    if np.isfinite(kve(nu, z))
]
distance = np.hypot(*(vertices[:, None] - vertices[None]).T)
nugget = 1e-8 * np.eye(len(vertices))
z = np.sqrt(2 * 1.2) * distance / 0.3 + np.eye(len(vertices))
covariances = {
    "exponential": np.exp(-distance / 0.3) + nugget,
    "matern": np.where(distance > 0, matern(1.2, z), 1) + nugget,
}
for name, covariance in covariances.items():
    inverse = np.linalg.inv(covariance)
    log_det = -np.linalg.slogdet(covariance)[1]
    out[name] = {"log_det": log_det, "trace": np.trace(inverse), "diagonal": np.diag(inverse)[::23].tolist()}
print(json.dumps(out))
