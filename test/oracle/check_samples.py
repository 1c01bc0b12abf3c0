"""Opens what write-samples.ts wrote with everything that people open such files with.

    python check_samples.py DIR

Needs numpy, h5py, netCDF4, h5netcdf, xarray and arviz.
"""

import json
import sys
import warnings
from pathlib import Path

import arviz
import h5py
import netCDF4
import numpy as np
import xarray

directory = Path(sys.argv[1])

for method in ("nested", "ensemble"):
    with np.load(directory / f"{method}.npz") as archive:
        names = json.loads(archive["parameters.json"])
        arrays = {key: archive[key] for key in archive.files if key != "parameters.json"}
    values = dict(zip(names, arrays["values"].T))
    assert arrays["unit_points"].shape == arrays["values"].shape == (len(arrays["log_weight"]), len(names))
    assert abs(np.exp(arrays["log_weight"]).sum() - 1) < 1e-9

    path = directory / f"{method}.nc"
    with h5py.File(path) as file:
        for name, dataset in file["posterior"].items():
            scale = name in ("chain", "draw")
            assert h5py.h5ds.is_scale(dataset.id) == scale
            if not scale:
                assert [list(axis) for axis in dataset.dims] == [["chain"], ["draw"]]
                for axis, coordinate in enumerate(("chain", "draw")):
                    assert h5py.h5ds.is_attached(dataset.id, file["posterior"][coordinate].id, axis)
    with netCDF4.Dataset(path) as file:
        groups = list(file.groups)
        assert list(file["posterior"].dimensions) == ["chain", "draw"]
    for engine in ("netcdf4", "h5netcdf"):
        with xarray.open_dataset(path, group="posterior", engine=engine) as dataset:
            assert list(dataset.data_vars) == names
    # What arviz.from_netcdf is from version 1 on.
    with xarray.open_datatree(path) as tree:
        assert list(tree.children) == groups

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        data = arviz.from_netcdf(str(path))
    for warning in said:
        print(f"  warning: {str(warning.message).splitlines()[0]}")
    posterior = data["posterior"]
    if method == "ensemble":
        for name in names:
            draws = np.full(posterior[name].shape, np.nan)
            draws[arrays["chain"], arrays["draw"]] = values[name]
            assert np.array_equal(posterior[name].values, draws)
    else:
        weights = np.exp(arrays["log_weight"])
        with xarray.open_dataset(path, group="weighted_samples") as weighted:
            assert np.array_equal(weighted["log_weight"].values, arrays["log_weight"])
            for name in names:
                assert np.array_equal(weighted[name].values, values[name])
        worth = round(1 / np.sum(weights**2))
        assert posterior.sizes["chain"] == 1 and posterior.sizes["draw"] == worth
        for name in names:
            assert np.isin(posterior[name].values, values[name]).all()
            mean = np.sum(weights * values[name])
            sigma = np.sqrt(np.sum(weights * (values[name] - mean) ** 2))
            assert abs(posterior[name].values.mean() - mean) < 4 * sigma / np.sqrt(worth)
    print(f"{path.name}: {path.stat().st_size} bytes, groups {groups}, {dict(posterior.sizes)}")
    print(arviz.summary(data, kind="all" if method == "ensemble" else "stats"))
    print("  ess:", {name: round(float(value)) for name, value in arviz.ess(data).items()})
print(f"arviz {arviz.__version__}, netCDF4 {netCDF4.__version__}, h5py {h5py.__version__}, xarray {xarray.__version__}")
