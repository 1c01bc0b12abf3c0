"""Carries the pixelized imaging values of PyAutoLens into imaging-pixelized.{json,npz}; see README.md beside this file.

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

# Every case through a spec: terms of three solutions each, which differ in what is held at zero.
TAGS = ["posneg", "pos_noedgezero", "pos_edgezero"]
common = np.load(f"{source}/common.npz")
adapt_image = np.zeros(common["mask"].shape)
adapt_image[~common["mask"].astype(bool)] = common["adapt_image_slim"]
arrays = {"adapt_image": adapt_image, "image_mesh": common["image_plane_mesh_grid_yx"]}
out["solutions"] = {}
for name in ["rect_uniform_const", "delaunay_const", "delaunay_constsplit", "delaunay_adapt", "delaunay_adaptsplit",
             "delaunay_gausskernel", "delaunay_const_zeroed20", "delaunay_const_os2_border"]:
    raw = np.load(f"{source}/{name}.npz")
    case = terms["cases"][name]
    out["solutions"][name] = {tag: {term: case[tag][term] for term in TERMS} for tag in TAGS}
    if "zeroed" in name:
        # All but this is as in delaunay_const.
        arrays[f"{name}/pos_edgezero"] = raw["reconstruction_pos_edgezero"]
        continue
    for tag in TAGS if "rect" in name else TAGS[:2]:
        arrays[f"{name}/{tag}"] = raw[f"reconstruction_{tag}"]
    arrays[f"{name}/regularization_matrix"] = raw["regularization_matrix"][::83]
    if name in ["rect_uniform_const", "delaunay_const", "delaunay_const_os2_border"]:
        arrays[f"{name}/curvature_matrix"] = raw["curvature_matrix"][::83]
        arrays[f"{name}/data_vector"] = raw["data_vector"]
        arrays[f"{name}/neighbors"] = raw["neighbors"].astype("i4")
        arrays[f"{name}/pix_indexes"] = raw["pix_indexes"][::97].astype("i4")
        arrays[f"{name}/pix_weights"] = raw["pix_weights"][::97]
np.savez_compressed("imaging-pixelized.npz", **arrays)
json.dump(out, open("imaging-pixelized.json", "w"))
