"""Packs the inputs and outputs of python-autojax that autojax.test.ts compares with.

python make_autojax.py SOURCE.npz autojax-small.npz

SOURCE.npz holds in_<name> for every array of tests.Data.dict() of DataGenerated (N 16, K 256, P 8, S 32, B 3) and
out_<function> for the output of every function of the library on them. Left out: inputs that are another function's
output, grids and sizes that follow from those kept, and all but every 7th row of the three (208, 208) outputs, whose
nearly constant values do not compress.
"""

import sys

import numpy as np

INPUTS = {
    "in_curvature_reg_matrix": np.float64,
    "in_data": np.complex128,
    "in_dirty_image": np.float64,
    "in_grid_radians_slim": np.float64,
    "in_native_index_for_slim_index": np.int32,
    "in_neighbors": np.int32,
    "in_noise_map": np.complex128,
    "in_pix_indexes_for_sub_slim_index": np.int32,
    "in_pix_weights_for_sub_slim_index": np.float64,
    "in_real_space_mask": np.bool_,
    "in_slim_index_for_sub_slim_index": np.int32,
    "in_sub_fraction": np.float64,
    "in_uv_wavelengths": np.float64,
}
# Each is left out because it is another array of the file, or follows from it.
SAME = {
    "in_data_vector": "out_data_vector_from",
    "in_w_compact": "out_w_compact_curvature_interferometer_from",
    "in_w_tilde_preload": "out_w_tilde_curvature_preload_interferometer_from",
    "in_w_tilde": "out_w_tilde_via_preload_from",
}
ROW_STEP = 7

source = np.load(sys.argv[1])
for name, other in SAME.items():
    assert np.array_equal(source[name], source[other]), name
assert np.array_equal(source["in_noise_map_real"], source["in_noise_map"].real)
assert np.array_equal(source["in_visibilities_real"], source["in_data"].real)
# Every pixel has all its mappings; neighbors are counted by their -1.
assert (source["in_pix_size_for_sub_slim_index"] == source["in_pix_indexes_for_sub_slim_index"].shape[1]).all()
assert ((source["in_neighbors"] >= 0).sum(axis=1) == source["in_neighbors_sizes"]).all()

packed = {name: source[name].astype(dtype) for name, dtype in INPUTS.items()}
for name in source.files:
    if name.startswith("out_"):
        array = source[name]
        full_w = array.shape == (208, 208) and array.dtype == np.float64
        packed[name] = array[::ROW_STEP] if full_w else array
np.savez_compressed(sys.argv[2], **packed)
