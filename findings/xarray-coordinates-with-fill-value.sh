#!/usr/bin/env bash
# xarray writes what CF allows, one would think of a library that decodes by CF and keeps its attributes. It gives every
# number with decimals a _FillValue, a coordinate too, where CF 2.5.1 forbids missing data, and whole numbers 64 bits, a type
# that CF has only since 1.9. A checker of conventions refuses both.
# encoding={"level": {"_FillValue": None}} and astype("int32") mend it.
# Source: https://github.com/pydata/xarray/issues/1865 and https://github.com/pydata/xarray/pull/1165;
# https://cfconventions.org/Data/cf-conventions/cf-conventions-1.8/cf-conventions.html (2.2, 2.5.1).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check xarray==2026.9.0 h5netcdf==1.8.2 h5py
venv/bin/python - << 'END'
import h5netcdf, h5py, xarray

data = xarray.Dataset({"share": (("level", "year"), [[1.0], [2.0]])}, coords={"level": [0.05, 0.95], "year": [2027]})
data.to_netcdf("plain.nc", engine="h5netcdf")
data.assign_coords(year=data.year.astype("int32")).to_netcdf(
    "mended.nc", engine="h5netcdf", encoding={"level": {"_FillValue": None}}
)
print("xarray", xarray.__version__, "h5netcdf", h5netcdf.__version__)
seen = {}
for name in ("plain.nc", "mended.nc"):
    with h5py.File(name) as file:
        seen[name] = "_FillValue" in file["level"].attrs, str(file["year"].dtype)
    print(name, "fill value on the coordinate, type of the year:", *seen[name])
assert seen == {"plain.nc": (True, "int64"), "mended.nc": (False, "int32")}
END
