"""What must hold between the parts of a scenario and with the data: allies, dates, targets, pledges.

The checks read the merged tables, not the validated scenario, so that their faults come out with all others; what
has a wrong type is passed over here, for it is reported already.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sim.data.plausible import single_fault
from sim.data.reader import shorten
from sim.data.tables import Tables, load_tables
from sim.model.parameters import Horizon
from sim.scenario.loading.checks.keys import is_parameter, nearest
from sim.scenario.loading.checks.quoting import ally_meant, at, shown
from sim.scenario.loading.source_map import Path

YEARS_BEFORE = 15  # how long before the base year a target may have fallen due
YEARS_AFTER = 60
LEAST_DEBT_PCT = 2.0
LARGEST = 1e6  # of a parameter: what is larger leaves single precision after a few multiplications


IN_PLACE_OF: Final = {
    "share_pct": ("shares", "share_pct", 0), "norm_pct": ("shares", "share_pct", 0),
    "debt_pct": ("gdp", "gov_debt_pct", -1),
}  # fmt: skip
"""Keys of an ally that replace a figure: table, column, and the year it is of, from the base year on."""


class Found(NamedTuple):
    """A rule that is broken at `path`."""

    path: Path
    code: str
    rule: str
    remedy: str


def together(raw: Mapping[str, Any], tables: Tables) -> Iterator[Found]:
    """Everything between the parts of the scenario that does not fit."""
    yield from _allies(raw, tables)
    yield from _members(raw)
    yield from _dates(raw)
    yield from _targets(raw)
    yield from _pledges(raw)
    yield from _fractions(raw)
    yield from _figures(raw, tables)
    yield from _sizes((), raw)


def _allies(raw: Mapping[str, Any], tables: Tables) -> Iterator[Found]:
    """Every code must be that of an ally that counts."""
    names = {row.iso3: shorten(row.name) for row in tables.allies}
    armed = {row.iso3 for row in tables.armed_allies()}
    if not armed:
        yield Found(("data", "allies"), "no-armed-ally", "at least one ally must have armed forces", "set armed_forces")
    for path in _codes(raw):
        code = str(path[-1]) if path[0] == "ally" else at(path, raw)
        if not isinstance(code, str) or len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
            continue
        if code not in names:
            yield Found(path, "unknown-ally", f"{code} is not the code of an ally", ally_meant(code, names))
        elif code not in armed:
            rule = f"{names[code]} has no armed forces: it is listed, never counted"
            yield Found(path, "no-armed-forces", rule, f"remove {code}")


def _codes(raw: Mapping[str, Any]) -> Iterator[Path]:
    for code in _table(raw, "ally"):
        yield "ally", code
    for name, target in _table(raw, "targets").items():
        if isinstance(target, dict) and isinstance(target.get("members"), list):
            yield from (("targets", name, "members", place) for place in range(len(target["members"])))
    yield from (("event", index, "ally") for index, event in _events(raw) if "ally" in event)


def _members(raw: Mapping[str, Any]) -> Iterator[Found]:
    """The members of a target: somebody, nobody twice."""
    for name, target in _table(raw, "targets").items():
        members = target.get("members") if isinstance(target, dict) else None
        if not isinstance(members, list):
            continue
        if not members:
            rule, remedy = "a target must bind somebody", "name its members, or leave members out for all"
            yield Found(("targets", name, "members"), "no-members", rule, remedy)
        seen: set[str] = set()
        for place, code in enumerate(members):
            if isinstance(code, str):
                if code in seen:
                    rule = f"{shown(code)} is in the list already"
                    yield Found(("targets", name, "members", place), "repeated", rule, "remove one of the two")
                seen.add(code)


def _years(raw: Mapping[str, Any]) -> tuple[int, int]:
    """Base year and last year, those of the defaults where they are no years."""
    horizon = _table(raw, "horizon")
    base, last = (horizon.get(key, getattr(Horizon(), key)) for key in ("base_year", "last_year"))
    base = base if type(base) is int else Horizon().base_year
    return base, last if type(last) is int else base + 40


def _dates(raw: Mapping[str, Any]) -> Iterator[Found]:
    """A dated event must lie in the run, a target's year within reach of it."""
    base, last = _years(raw)
    for index, event in _events(raw):
        year = _year_of(event.get("when"))
        if year is not None and year <= base:
            rule = f"must lie in the run, {base + 1}-01 to {last}-12: what came before it is history and in the data"
            remedy = "remove the event, date it later, or set an earlier horizon.base_year"
            yield Found(("event", index, "when"), "before-the-run", rule, remedy)
        elif year is not None and year > last:
            rule = f"must lie in the run, {base + 1}-01 to {last}-12"
            remedy = "remove the event, date it earlier, or set a later horizon.last_year"
            yield Found(("event", index, "when"), "after-the-run", rule, remedy)
    dated: list[Path] = [("targets", name, "by") for name in _table(raw, "targets")]
    dated += [("event", index, "by") for index, _ in _events(raw)]
    for path in dated:
        year = at(path, raw)
        if type(year) is int and not base - YEARS_BEFORE <= year <= base + YEARS_AFTER:
            rule = f"must lie between {base - YEARS_BEFORE} and {base + YEARS_AFTER}"
            yield Found(path, "implausible-year", rule, "correct the year")


def _year_of(when: Any) -> int | None:
    if isinstance(when, str) and len(when) == 7 and when[:4].isascii() and when[:4].isdecimal():
        return int(when[:4])
    return None


def _targets(raw: Mapping[str, Any]) -> Iterator[Found]:
    """A summit or review must have a target that exists."""
    targets = _table(raw, "targets")
    for index, event in _events(raw):
        if event.get("kind") not in ("summit", "review"):
            continue
        target = event.get("target", "core")
        if isinstance(target, str) and target not in targets:
            near = nearest(target, targets)
            named = ", ".join(map(shown, list(targets)[:20]))
            known = f"the targets are {named}" if targets else "add a table of that name under [targets]"
            rule = f"there is no target {shown(target)}"
            remedy = f"did you mean {shown(near)}?" if near else known
            yield Found(("event", index, "target"), "unknown-target", rule, remedy)


def _pledges(raw: Mapping[str, Any]) -> Iterator[Found]:
    """One ally has one pledge and one opt-out at a time."""
    seen: dict[tuple[str, bool, str], str] = {}
    for index, event in _events(raw):
        ally, opt_out, when = event.get("ally"), event.get("opt_out", False), event.get("when", "the start")
        if event.get("kind") != "pledge" or not isinstance(ally, str) or not isinstance(when, str) or "rate" in event:
            continue
        if (key := (ally, opt_out is True, when)) in seen:
            what = "opt-out" if opt_out is True else "pledge"
            rule = f"{ally[:3]} has another {what} from {when[:20]} on, event {seen[key]}"
            yield Found(("event", index), "duplicate-pledge", rule, "keep one, or date them apart with when")
        seen.setdefault(key, shown(event.get("name")))


def _fractions(raw: Mapping[str, Any]) -> Iterator[Found]:
    """A public debt that only a fraction of GDP can be; the least that an ally had since 1995 was 3.9 % (IMF)."""
    for code, facts in _table(raw, "ally").items():
        debt = facts.get("debt_pct") if isinstance(facts, dict) else None
        if isinstance(debt, int | float) and 0 < debt < LEAST_DEBT_PCT:
            rule = f"must be 0 or at least {LEAST_DEBT_PCT:g}: public debt is % of GDP"
            yield Found(("ally", code, "debt_pct"), "out-of-range", rule, f"did you mean {100 * debt:.10g}?")


def _figures(raw: Mapping[str, Any], tables: Tables) -> Iterator[Found]:
    """A figure of an ally a power of ten away from the packaged one, by the rule for a user's own tables."""
    base, _ = _years(raw)
    packaged = load_tables()
    known = {row.iso3 for row in packaged.allies}
    for code, facts in _table(raw, "ally").items():
        for key, (table, column, years) in IN_PLACE_OF.items():
            value = facts.get(key) if isinstance(facts, dict) else None
            if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < LARGEST:
                continue  # which is said already, or a debt of nothing
            if key == "debt_pct" and value < LEAST_DEBT_PCT:
                continue  # a fraction, which is said already
            rows = (packaged if code in known else tables).table(table)
            if told := single_fault(table, column, str(code), base + years, value, rows):
                yield Found(("ally", code, key), "implausible", *told)


def _sizes(path: Path, node: Any) -> Iterator[Found]:
    """Numbers of parameters that no computation in single precision survives."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _sizes((*path, key), value)
    elif isinstance(node, list) and path == ("event",):
        for index, event in enumerate(node):
            yield from _sizes((*path, index), event)
    elif type(node) in (int, float) and LARGEST < abs(node) < math.inf and _in_parameter(path):
        yield Found(path, "out-of-range", f"must be between {-LARGEST:,.0f} and {LARGEST:,.0f}", "check the unit")


def _in_parameter(path: Path) -> bool:
    return any(is_parameter(path[:length]) for length in range(2, len(path) + 1))


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = raw.get(name)
    return table if isinstance(table, dict) else {}


def _events(raw: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    events = raw.get("event")
    if isinstance(events, list):
        yield from ((index, event) for index, event in enumerate(events) if isinstance(event, dict))
