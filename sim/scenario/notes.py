"""What is no fault of a scenario, but may not be what its author meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sim.data.rows import AnnouncedPathRow, BudgetRow, GdpRow, PledgeRow, Row, ShareRow
from sim.data.tables import Tables, load_tables
from sim.scenario.schema import Scenario

WITHOUT: Final = {
    "pledges": "have no national pledge", "announced_paths": "have no announced path", "budgets": "have no budget",
}  # fmt: skip
"""Tables that an ally need not stand in, and what it means if it does not."""
SHOWN: Final = 4
PILLARS: Final = ("core", "related", "total")
FAR: Final = 2.0
"""Times that core and related together are the total, or the total they, from where on a slipped point is sought."""
NEAR: Final = 1.25
"""The same once the point is put back."""
EXACTLY: Final = 1.001
"""The same where they add up, but for what is lost in a float."""


def notes(scenario: Scenario) -> tuple[str, ...]:
    """Sentences on a scenario that is in order: whom a table leaves out, what no run reads, what does not add up."""
    tables = load_tables(scenario.replacements)
    return (*_left_out(scenario, tables), *_unread(scenario, tables), *_sum_of_targets(scenario))


def _left_out(scenario: Scenario, tables: Tables) -> Iterator[str]:
    """Whom a table of the user's own leaves out that the packaged one has."""
    for name, meaning in WITHOUT.items():
        own = scenario.replacements.get(name)
        if own is None:
            continue
        there = {row.key[0] for row in tables.table(name)}
        lost = sorted({row.key[0] for row in load_tables().table(name)} - there)
        if lost:
            keep = f'{name} = {{ file = "{own.file}", overlay = true }} keeps theirs'
            who = f"{_some(lost)} {meaning} in it"
            yield f"{own.file} stands in the place of the whole table {name}: {who}; {keep}"


def _unread(scenario: Scenario, tables: Tables) -> Iterator[str]:
    """Rows of the user's own, other than the packaged ones, on which nothing in a run rests."""
    for name, own in scenario.replacements.items():
        packaged = {row.key: row for row in load_tables().table(name)}
        found: dict[str, list[str]] = {}
        for row in tables.table(name):
            if not tables.is_own(name, row) or row == packaged.get(row.key):
                continue
            if why := _why_unread(scenario, row, packaged.get(row.key), own.overlay):
                year = getattr(row, "year", None) or getattr(row, "target_year", None)
                found.setdefault(why, []).append(" ".join(str(part) for part in (row.key[0], year) if part))
        for why, which in found.items():
            count = f"1 row of {name} is" if len(which) == 1 else f"{len(which)} rows of {name} are"
            yield f"{own.file}: {count} {why} and not used: {_some(which)}"


def _why_unread(scenario: Scenario, row: Row, packaged: Row | None, overlay: bool) -> str:
    """Why no run of the scenario reads what a row changes; empty where one may.

    A whole table has a history, as the packaged one has; rows laid over one were meant to change something.
    """
    base, last = scenario.horizon.base_year, scenario.horizon.last_year
    if isinstance(row, ShareRow) and row.year > base:
        return f"of a year after the base year {base}"
    if isinstance(row, PledgeRow) and not row.role:
        return "without a role, on record only,"
    if isinstance(row, PledgeRow | AnnouncedPathRow | BudgetRow) and (row.announced or "") > f"{base}-12-31":
        return f"announced after the base year {base}"
    if isinstance(row, BudgetRow) and row.year <= base:
        return f"of a year up to the base year {base}"
    if not overlay:
        return ""
    read: set[str] = set()
    if isinstance(row, ShareRow):
        first = base - scenario.of_ally(row.iso3, scenario.budget).norm_years + 1
        read = {"share_pct", "status"} if row.year == base else {"share_pct"}
        if row.year < first:
            return f"of a year before the habit ({first} to {base})"
    elif isinstance(row, GdpRow):
        read = {"growth_pct"} if row.year <= last else set()
        read |= {"nominal_usd_bn"} if row.year == base else set()
        read |= {"gov_debt_pct"} if row.year == base - 1 else set()
        read |= {"gov_balance_pct"} if base - 3 <= row.year < base else set()
    else:
        return ""
    changed = {column for column in type(row).model_fields if getattr(row, column) != getattr(packaged, column, None)}
    return "" if changed & read else "with other figures than a run reads of that year"


def _sum_of_targets(scenario: Scenario) -> Iterator[str]:
    """A pillar whose target seems to have a slipped decimal point: core and related do not come near the total."""
    shares = {pillar: target.share_pct for pillar in PILLARS if (target := scenario.yardstick(pillar))}
    if len(shares) < len(PILLARS) or (apart := _apart(shares)) <= EXACTLY:
        return
    enough = NEAR if apart > FAR else EXACTLY
    for pillar, share in shares.items():
        for factor in (10, 0.1):
            if _apart(shares | {pillar: share * factor}) <= enough:
                core, related, total = (f"{name} {shares[name]:g}" for name in PILLARS)
                yield f"{core} and {related} do not add up to {total}; {pillar} {share * factor:g} would, or nearly"
                return


def _apart(shares: dict[str, float]) -> float:
    """How many times core and related together are the total, or the total they."""
    ratio = (shares["core"] + shares["related"]) / shares["total"]
    return max(ratio, 1 / ratio)


def _some(items: Sequence[str]) -> str:
    return ", ".join(items[:SHOWN]) + (f" and {len(items) - SHOWN} more" if len(items) > SHOWN else "")
