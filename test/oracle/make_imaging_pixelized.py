"""Carries the pixelized imaging values of PyAutoLens into imaging-pixelized.json; see README.md beside this file.

    python make_imaging_pixelized.py GOLDEN/05_imaging_pixelized
"""

import json
import sys

import numpy as np

source = sys.argv[1]
terms = json.load(open(f"{source}/imaging_pixelized.json"))
TERMS = ["log_evidence", "chi_squared", "regularization_term", "log_det_curvature_reg_matrix_term",
         "log_det_regularization_matrix_term", "noise_normalization"]
overlay = np.load(f"{source}/common.npz")["overlay16_image_mesh_yx_nojitter"]
out = {"overlay": overlay.ravel().tolist(), "cases": {}}
for name in ["rect_uniform_const", "delaunay_const"]:
    raw = np.load(f"{source}/{name}.npz")
    case = terms["cases"][name]
    out["cases"][name] = {
        "terms": {term: case["posneg"][term] for term in TERMS},
        "coefficient": case["reg_params"]["coefficient"],
        "reconstruction": raw["reconstruction_posneg"].tolist(),
    }
    if name == "rect_uniform_const":
        continue
    out["cases"][name] |= {
        # Every 29th pixel and every 17th row are enough to hold an image and a matrix to.
        "image": raw["mapped_reconstructed_operated_data_posneg"][::29].tolist(),
        "blurred_mapping_matrix": raw["operated_mapping_matrix"][::1213].tolist(),
        "curvature_matrix": raw["curvature_matrix"][::17].tolist(),
        "data_vector": raw["data_vector"].tolist(),
        "vertices": raw["source_plane_mesh_grid_yx"].ravel().tolist(),
    }
json.dump(out, open("imaging-pixelized.json", "w"))
