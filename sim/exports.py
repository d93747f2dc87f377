"""A run in the formats of other tools: `export` it in one of `FORMS`.

>>> import sim, sim.exports
>>> sorted(sim.exports.FORMS)
['csv', 'excel', 'json', 'netcdf', 'parquet']
"""

from sim.output.exports import FORMS, export

__all__ = ["FORMS", "export"]
