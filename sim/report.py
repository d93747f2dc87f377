"""A run as a page to read: `report` on all allies and `brief` on one as HTML, `pdf` the brief for printing.

>>> import sim, sim.report
>>> results = sim.simulate(sim.load("rutte_2032"), paths=320, executor="serial")
>>> sim.report.brief(results.record, "ITA")[:15]
'<!doctype html>'
"""

from sim.output.report.brief import brief
from sim.output.report.brief_pdf import pdf
from sim.output.report.page import report

__all__ = ["brief", "pdf", "report"]
