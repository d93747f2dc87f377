"""Charts of a run: `draw` one of `KINDS` as an Altair chart, `save` it as SVG, PNG, PDF or JSON.

>>> import sim, sim.charts
>>> results = sim.simulate(sim.load("rutte_2032"), paths=320, executor="serial")
>>> ", ".join(sim.charts.KINDS)
'fan, multiples, ranked, heat, compliant, first-years, shortfall'
>>> sim.charts.draw("fan", results.record, ally="POL").to_dict()["description"][:42]
'Poland is estimated at 4.68 % of GDP in 20'
"""

from sim.output.charts.catalogue import KINDS, draw
from sim.output.charts.saving import save

__all__ = ["KINDS", "draw", "save"]
