"""Carries the parametric imaging values of PyAutoLens into imaging.npz and imaging.json; see README.md beside this file.

    python make_imaging.py GOLDEN/04_imaging_parametric
"""

import json
import sys

import numpy as np

source = sys.argv[1]
raw = np.load(f"{source}/imaging_parametric.npz")
terms = json.load(open(f"{source}/imaging_parametric.json"))
mask = raw["mask_r2.0"]
keep = {
    # What is under the mask no likelihood sees; zeros compress.
    "data": np.where(mask, 0.0, raw["data"]),
    "noise_map": np.where(mask, 0.0, raw["noise_map"]),
    "psf": raw["psf"],
    "mask": mask,
}
# Every 29th value is enough to hold an image to.
for name in ["r2.0_os1_truth", "r2.0_os4_truth", "r2.0_os4_wrong1"]:
    keep[f"{name}/blurred_image_slim"] = raw[f"{name}/blurred_image_slim"][::29]
keep["r2.0_os4_truth/unblurred_image_slim"] = raw["r2.0_os4_truth/unblurred_image_slim"][::29]
keep["r2.0_os4_truth/blurring_image_slim"] = raw["r2.0_os4_truth/blurring_image_slim"][::29]
keep["blurring_mask"] = raw["mask_r2.0/blurring_mask"]
np.savez_compressed("imaging.npz", **keep)
json.dump({"params": terms["params"], "fits": {k: v for k, v in terms["fits"].items() if "linear" not in k},
           "linear": terms["fits"]["linear_lp_r2.0_os4_positive_False"]},
          open("imaging.json", "w"), indent=1)
