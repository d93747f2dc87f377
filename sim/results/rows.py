"""The compliance table row by row, for those who do without pandas."""

from __future__ import annotations

from collections.abc import Iterator

from sim.results import probabilities
from sim.results.counts import PILLARS, SPENT
from sim.results.parameter_range import of_probability
from sim.results.record import Record

COMPLIANCE_COLUMNS = (
    "iso3", "ally", "year", "pillar", "target_pct", "probability", "ci_low", "ci_high", "over_parameters_low",
    "over_parameters_high", "without_late_push", "in_force", "not_yet_due", "counted", "paths",
)  # fmt: skip

ComplianceRow = tuple[
    str, str, int, str, float, float | None, float | None, float | None, float | None, float | None, float | None,
    float | None, float | None, float | None, int,
]  # fmt: skip


def compliance_rows(record: Record) -> Iterator[ComplianceRow]:
    """Pillar by pillar that has a yardstick, ally by ally, year by year.

    Core and total, also spent only, are the conditional probabilities of `sim.results.probabilities`, and `counted` the
    share of the paths beside them; all else is such a share. The range over parameters is None where they are not
    drawn, or by too few paths; `in_force` and `not_yet_due` are None but for the core; an ally that the yardstick does
    not bind has None for every figure.
    """
    counts, paths, description = record.counts.arrays, record.counts.paths, record.description
    for index, pillar in enumerate(PILLARS):
        target = description.yardstick(pillar)
        if target is None:
            continue
        met, found = counts["compliant"][index], probabilities.of_allies(record.counts, pillar)
        spent = probabilities.of_allies(record.counts, f"{pillar}_without_late_push") if pillar in SPENT else found
        moved = [probabilities.in_force(record.counts), probabilities.of_allies(record.counts, "not_yet_due")]
        for ally, entry in enumerate(description.allies):
            for step, year in enumerate(description.years):
                if not target.binds(entry.iso3):
                    nothing = (None,) * 9
                    yield entry.iso3, entry.name, year, pillar, target.share_pct, *nothing, paths
                    continue
                probability, low, high = map(float, found.at(ally, step))
                drawn = of_probability(counts["row_compliant"][index, ally, step], counts["row_paths"], probability)
                in_force, not_yet_due = (float(each.probability[ally, step]) for each in moved)
                yield (
                    entry.iso3, entry.name, year, pillar, target.share_pct, probability, low, high,
                    *(drawn or (None, None)), float(spent.probability[ally, step]),
                    in_force if pillar == "core" else None, not_yet_due if pillar == "core" else None,
                    int(met[ally, step]) / paths, paths,
                )  # fmt: skip
