"""Carries the interferometer values of PyAutoLens into interferometer.npz; see README.md beside this file.

    python make_interferometer.py GOLDEN/06_interferometer
"""

import json
import sys

import numpy as np

source = sys.argv[1]
raw = np.load(f"{source}/interferometer.npz")
terms = json.load(open(f"{source}/interferometer.json"))
keep = {
    name: raw[name]
    for name in ["uv_wavelengths", "visibilities", "image_truth_slim", "w_tilde_subset_index"]
}
# Every 7th value is enough to hold a map to.
for name in ["dirty_image_slim", "sparse_dirty_image_slim"]:
    keep[name] = raw[name][::7]
keep["precision_operator"] = raw["precision_operator"][::7, ::3]
keep["w_tilde_subset_direct"] = raw["w_tilde_subset_direct"][::5, ::5]
keep["w_tilde_subset_index"] = raw["w_tilde_subset_index"][::5]
keep["noise_map"] = raw["noise_map"]
keep["noise_map_asym"] = raw["noise_map_asym"]
case = "rect_uniform_const_mapping_truth"
for name in ["curvature_matrix", "data_vector", "reconstruction_posneg"]:
    keep[name] = raw[f"{case}/{name}"]
keep["mapped_reconstructed_visibilities_posneg"] = raw[f"{case}/mapped_reconstructed_visibilities_posneg"][::7]
np.savez_compressed("interferometer.npz", **keep)
json.dump(
    {
        "rect_uniform_const_mapping_truth": terms["pixelized"][case]["posneg"],
        "rect_uniform_const_sparse_truth": terms["pixelized"]["rect_uniform_const_sparse_truth"]["posneg"],
        "rect_uniform_const_mapping_truth_positive": {
            **terms["pixelized"][case]["pos_noedgezero"],
            "reconstruction": raw[f"{case}/reconstruction_pos_noedgezero"].tolist(),
        },
        "parametric": terms["parametric"]["truth"],
        "parametric_wrong1": terms["parametric"]["wrong1"],
        "parametric_wrong2": terms["parametric"]["wrong2"],
        "parametric_asym_noise": terms["parametric_asym_noise"]["truth"],
    },
    open("interferometer.json", "w"),
    indent=1,
)
