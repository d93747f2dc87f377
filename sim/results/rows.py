"""The compliance table row by row, for those who do without pandas."""

from __future__ import annotations

from collections.abc import Iterator

from sim.results.counts import PILLARS
from sim.results.intervals import wilson
from sim.results.parameter_range import of_probability
from sim.results.record import Record

COMPLIANCE_COLUMNS = (
    "iso3", "ally", "year", "pillar", "target_pct", "probability", "ci_low", "ci_high", "over_parameters_low",
    "over_parameters_high", "without_late_push", "in_force", "not_yet_due", "paths",
)  # fmt: skip

ComplianceRow = tuple[
    str, str, int, str, float, float | None, float | None, float | None, float | None, float | None, float | None,
    float | None, float | None, int,
]  # fmt: skip


def compliance_rows(record: Record) -> Iterator[ComplianceRow]:
    """Pillar by pillar that has a yardstick, ally by ally, year by year.

    The range over parameters is None where they are not drawn, or by too few paths; `in_force` and `not_yet_due` are
    None but for the core; an ally that the yardstick does not bind has None for every figure.
    """
    counts, paths, description = record.counts.arrays, record.counts.paths, record.description
    for index, pillar in enumerate(PILLARS):
        target = description.yardstick(pillar)
        if target is None:
            continue
        met, paper = counts["compliant"][index], counts["on_paper"][index]
        not_yet_due = counts["not_yet_due"]
        in_force = counts["in_force"] - not_yet_due
        low, high = wilson(met, paths)
        for ally, entry in enumerate(description.allies):
            for step, year in enumerate(description.years):
                if not target.binds(entry.iso3):
                    nothing = (None,) * 8
                    yield entry.iso3, entry.name, year, pillar, target.share_pct, *nothing, paths
                    continue
                drawn = of_probability(counts["row_compliant"][index, ally, step], counts["row_paths"])
                yield (
                    entry.iso3, entry.name, year, pillar, target.share_pct, int(met[ally, step]) / paths,
                    float(low[ally, step]), float(high[ally, step]), *(drawn or (None, None)),
                    int(met[ally, step] - paper[ally, step]) / paths,
                    int(in_force[ally, step]) / paths if pillar == "core" else None,
                    int(not_yet_due[ally, step]) / paths if pillar == "core" else None, paths,
                )  # fmt: skip
