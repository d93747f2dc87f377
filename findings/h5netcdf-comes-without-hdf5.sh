#!/usr/bin/env bash
# h5netcdf is installed to read and write NetCDF 4 by way of h5py, so pip brings h5py, one would think. It is an extra: without
# it h5netcdf is imported, xarray lists it as an engine, and only writing says what is missing. Name h5py beside it.
# Source: h5netcdf 1.8.2, metadata (Provides-Extra: h5py, pyfive, h5pyd); https://h5netcdf.org.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check xarray==2026.9.0 h5netcdf==1.8.2
venv/bin/python - << 'END'
import importlib.util
import h5netcdf, xarray

print("xarray", xarray.__version__, "h5netcdf", h5netcdf.__version__, "h5py", importlib.util.find_spec("h5py"))
assert importlib.util.find_spec("h5py") is None
assert "h5netcdf" in xarray.backends.list_engines()
try:
    xarray.Dataset({"x": 1.0}).to_netcdf("x.nc", engine="h5netcdf")
except ImportError as error:
    print("writing:", error)
else:
    raise SystemExit("it was written")
END
