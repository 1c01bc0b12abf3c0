"""Packs a relocation onto the ellipse of a border: python make_border.py GOLDEN/03_masks_grids (see README.md)."""

import json
import sys
from pathlib import Path

import numpy as np

arrays = np.load(Path(sys.argv[1]) / "masks_grids.npz")


def pairs(name, step):
    case = f"border_sub{name[-1]}/"
    before, after = [arrays[case + key] for key in KEYS[name]]
    # Most of those that move, and some that stay.
    moved = np.flatnonzero((before != after).any(axis=1))[::step]
    stay = np.flatnonzero((before == after).all(axis=1))[:: 12 * step]
    return {"positions": before[[*moved, *stay]].tolist(), "relocated": after[[*moved, *stay]].tolist()}


KEYS = {
    "pixels_1": ["source_grid_slim_yx", "relocated_slim_yx"],
    "sub_pixels_2": ["source_grid_over_sampled_yx", "relocated_over_sampled_yx"],
    "mesh_1": ["mesh_grid_yx", "relocated_mesh_grid_yx"],
}
border = arrays["border_sub1/source_grid_slim_yx"][arrays["border_sub1/border_slim"]]
for key in ["source_grid_slim_yx", "border_slim", "ellipse_y0_x0_a_b_phi"]:
    assert (arrays["border_sub1/" + key] == arrays["border_sub2/" + key]).all()
content = {
    "border": border.tolist(),
    "ellipse_y0_x0_a_b_phi": arrays["border_sub1/ellipse_y0_x0_a_b_phi"].tolist(),
    "pixels_1": pairs("pixels_1", 6),
    "sub_pixels_2": pairs("sub_pixels_2", 20),
    "mesh_1": pairs("mesh_1", 5),
}
text = json.dumps(content).replace('"sub', '\n"sub').replace('"mesh', '\n"mesh').replace('"pix', '\n"pix')
(Path(__file__).parent / "border-relocation.json").write_text(text.replace('"ell', '\n"ell') + "\n")
