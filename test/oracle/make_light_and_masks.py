"""Packs values of light profiles and of masks: python make_light_and_masks.py GOLDEN (see README.md)."""

import json
import sys
from pathlib import Path

import numpy as np

golden, here = Path(sys.argv[1]), Path(__file__).parent
LIGHT = ["Exponential", "DevVaucouleurs", "SersicCore", "ExponentialCore", "Gaussian", "Moffat", "Chameleon"]


def write(name, content):
    (here / name).write_text(json.dumps(content, indent=1) + "\n")


def bits(mask):
    return np.packbits(mask.astype(bool).ravel()).tobytes().hex()


folder = golden / "02_light_profiles"
arrays = np.load(folder / "light_profiles.npz")
cases = json.loads((folder / "light_profiles.json").read_text())["cases"]
points = slice(0, None, 8)
pixels = slice(3, None, 17)
write(
    "light-profiles.json",
    {
        "positions": arrays["points_yx"][points].ravel().tolist(),
        "cases": [
            {"class": case["class"], "parameters": case["params"], "intensity": arrays[name + "/irr"][points].tolist()}
            for name, case in cases.items()
            if case["class"] in LIGHT
        ],
        "oversampled": {
            "sub_sizes": arrays["adaptive_sub_size_slim"][pixels].tolist(),
            "parameters": cases["Sersic_2"]["params"],
            "mean_intensity_4": arrays["Sersic_2/os4"][pixels].tolist(),
            "mean_intensity_adaptive": arrays["Sersic_2/os_adaptive"][pixels].tolist(),
        },
    },
)

folder = golden / "03_masks_grids"
arrays = np.load(folder / "masks_grids.npz")
masks = json.loads((folder / "masks_grids.json").read_text())["masks"]
LENGTHS = ["radius", "inner_radius", "outer_radius", "major_axis_radius", "axis_ratio", "angle"]
write(
    "masks.json",
    [
        {
            "name": name,
            "shape": mask["shape"],
            "pixel_scale": mask["pixel_scales"],
            "centre": mask.get("centre", [0, 0]),
            **{key: mask[key] for key in LENGTHS if key in mask},
            "masked": bits(arrays[name + "/mask"]),
            "border_slim": arrays[name + "/border_slim"].tolist(),
            "blurring_masked_5x5": bits(arrays[name + "/blurring_mask_5x5"]),
            "every_97th_over_sampled_3_yx": arrays[name + "/over_sampled_3_yx"][::97].ravel().tolist(),
        }
        for name, mask in masks.items()
    ],
)
