"""What must hold between the parts of a scenario and with the data: allies, dates, targets, pledges.

The checks read the merged tables, not the validated scenario, so that their faults come out with all others; what
has a wrong type is passed over here, for it is reported already.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sim.arguments import LEAST_SHARE_PCT
from sim.data.edition import FIRST_YEAR
from sim.data.plausible import single_fault
from sim.data.reader import shorten
from sim.data.tables import Tables, load_tables
from sim.model.events.base import is_month
from sim.model.parameters import Horizon
from sim.scenario.loading.checks.keys import EVENTS, is_parameter, nearest
from sim.scenario.loading.checks.quoting import ally_meant, at, shown
from sim.scenario.loading.source_map import Path

YEARS_BEFORE = 15  # how long before the base year a target may have fallen due
YEARS_AFTER = 60
LEAST_DEBT_PCT = 2.0
MOST_TARGET_PCT = 20.0  # of a target, as its section has it
MOST_CHANGE_PCT = 10.0  # of a review, up or down, as its kind has it
LAST_YEAR = 2100  # that a date may have
CLOSE = 1e-9  # to a bound, for a sum of decimals
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
    yield from _base_year(raw, tables)
    yield from _dates(raw)
    yield from _targets(raw)
    yield from _due(raw)
    yield from _moves(raw)
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
            yield from (("targets", name, "members", position) for position in range(len(target["members"])))
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
        for index, code in enumerate(members):
            if isinstance(code, str):
                if code in seen:
                    rule = f"{shown(code)} is in the list already"
                    yield Found(("targets", name, "members", index), "repeated", rule, "remove one of the two")
                seen.add(code)


def _years(raw: Mapping[str, Any]) -> tuple[int, int]:
    """Base year and last year, those of the defaults where they are no years."""
    horizon = _table(raw, "horizon")
    base, last = (horizon.get(key, getattr(Horizon(), key)) for key in ("base_year", "last_year"))
    base = base if type(base) is int else Horizon().base_year
    return base, last if type(last) is int else base + 40


def _base_year(raw: Mapping[str, Any], tables: Tables) -> Iterator[Found]:
    """No run starts before the first share: a user's own table may reach further back than the packaged one."""
    base = at(("horizon", "base_year"), raw)
    first = min(row.year for row in tables.shares) if "shares" in tables.replaced else FIRST_YEAR
    if type(base) is int and base < first:
        rule = f"must be at least {first}, the first year in the table of shares"
        remedy = "start later, or bring shares that reach further back: shares = FILE under [data]"
        yield Found(("horizon", "base_year"), "out-of-range", rule, remedy)


def _dates(raw: Mapping[str, Any]) -> Iterator[Found]:
    """A dated event must lie in the run, a target's year within reach of it."""
    base, last = _years(raw)
    for index, event in _events(raw):
        year = _year_of(event.get("when"))
        if _of_the_past(event):
            if year is not None and year > base:
                rule = f"must lie before the run, in {base}-12 at the latest: what comes later is a crisis"
                remedy = 'date it earlier, or write kind = "crisis"'
                yield Found(("event", index, "when"), "after-the-start", rule, remedy)
        elif year is not None and year <= base:
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


def _of_the_past(event: Mapping[str, Any]) -> bool:
    kind = EVENTS.get(str(event.get("kind")))
    return kind is not None and kind.before_the_run


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


def _due(raw: Mapping[str, Any]) -> Iterator[Found]:
    """What a summit sets or an ally pledges falls due later, not before."""
    for index, event in _events(raw):
        first, by = _first_year(event, *_years(raw)), event.get("by")
        if event.get("kind") in ("summit", "pledge") and first is not None and type(by) is int and by < first:
            rule = f"must not lie before the {event['kind']} itself, {_in(event, first)}"
            yield Found(("event", index, "by"), "due-before-event", rule, f"write {first} or a later year")


def _moves(raw: Mapping[str, Any]) -> Iterator[Found]:
    """A review leaves a share and a date that a target may have, whatever came before it.

    Dated events are taken in their order, with the target as they find it where they hit and where they do not. Of a
    random review one hit is looked at: how many follow one another is a matter of chance.
    """
    base, last = _years(raw)
    latest = min(base + YEARS_AFTER, LAST_YEAR)
    for name, target in _table(raw, "targets").items():
        if not isinstance(target, dict):
            continue
        share = _Range.of(target.get("share_pct"), LEAST_SHARE_PCT, MOST_TARGET_PCT)
        by = _Range.of(target.get("by"), base - YEARS_BEFORE, latest)
        for index, event in _in_order(raw, name):
            year, chance = _first_year(event, base, last), _chance(event)
            if year is None:
                continue
            if event["kind"] == "summit":
                share = share.after(_Range.of(event.get("share_pct"), LEAST_SHARE_PCT, MOST_TARGET_PCT), chance)
                by = by.after(_Range.of(event.get("by"), year, latest), chance)
                continue
            change, later = event.get("change_pct"), event.get("years_later")
            if type(change) in (int, float) and change and share.known:
                if wrong := _wrong_share(share, change, name):
                    yield Found(("event", index, "change_pct"), *wrong)
                else:
                    share = share.after(share.moved(change), chance)
            if type(later) is int and later and by.known:
                if wrong := _wrong_date(by, later, name, event, year, latest):
                    yield Found(("event", index, "years_later"), *wrong)
                else:
                    by = by.after(by.moved(later), chance)


class _Range(NamedTuple):
    """The least and the most that a number of a target can be; nan where nobody knows."""

    least: float
    most: float

    @classmethod
    def of(cls, value: Any, low: float, high: float) -> _Range:
        """That of a number in the file; of what is none, or lies outside its bounds, another fault tells."""
        if type(value) in (int, float) and low <= value <= high:
            return cls(float(value), float(value))
        return cls(math.nan, math.nan)

    @property
    def known(self) -> bool:
        return not math.isnan(self.least)

    def moved(self, change: float) -> _Range:
        return _Range(self.least + change, self.most + change)

    def after(self, new: _Range, chance: Any) -> _Range:
        """What it can be once `new` has come with a probability: a number, or anything else for one unknown."""
        if not new.known or chance == 0:
            return self
        if chance == 1 or not self.known:
            return new
        return _Range(min(self.least, new.least), max(self.most, new.most))


def _in_order(raw: Mapping[str, Any], name: str) -> list[tuple[int, Mapping[str, Any]]]:
    """Summits and reviews of a target: dated ones in their order, then random ones."""
    about = [(index, event) for index, event in _events(raw)
             if event.get("kind") in ("summit", "review") and event.get("target", "core") == name]  # fmt: skip
    dated = [each for each in about if isinstance(each[1].get("when"), str)]
    return sorted(dated, key=lambda each: str(each[1]["when"])) + [each for each in about if _is_random(each[1])]


def _chance(event: Mapping[str, Any]) -> Any:
    """The probability of an event as its file has it; of a random one something between 0 and 1."""
    return 0.5 if _is_random(event) else event.get("probability", 1.0 if event["kind"] == "summit" else 0.0)


def _wrong_share(share: _Range, change: float, name: str) -> tuple[str, str, str] | None:
    """Code, rule and remedy where a review leaves a share that no target may have."""
    after, low, high = share.moved(change), LEAST_SHARE_PCT, MOST_TARGET_PCT
    if low - CLOSE <= after.least and after.most <= high + CLOSE:
        return None
    before, wrong = (share.least, after.least) if after.least < low else (share.most, after.most)
    rule = (
        f"must leave the target {shown(name)} between {low:g} and {high:g} % of GDP; of {_short(before)} it makes "
        f"{_short(wrong)}"
    )
    least, most = (max(low - share.least, -MOST_CHANGE_PCT), min(high - share.most, MOST_CHANGE_PCT))
    remedy = f"write {_short(least)} to {_short(most)}, in percentage points"
    return "out-of-range", rule, remedy


def _wrong_date(
    by: _Range, later: int, name: str, event: Mapping[str, Any], year: int, latest: int
) -> tuple[str, str, str] | None:
    """Code, rule and remedy where a review leaves a date before itself, or one that no target may have."""
    after = by.moved(later)
    if after.least < year:
        rule = (
            f"must not put the date of the target {shown(name)} before the review itself, {_in(event, year)}; of "
            f"{by.least:.0f} it makes {after.least:.0f}"
        )
        return "due-before-event", rule, f"write {year - by.least:.0f} or more, or remove years_later"
    if after.most > latest:
        moved = f"of {by.most:.0f} it makes {after.most:.0f}"
        rule = f"must not put the date of the target {shown(name)} beyond {latest}; {moved}"
        return "implausible-year", rule, f"write {latest - by.most:.0f} or less"
    return None


def _is_random(event: Mapping[str, Any]) -> bool:
    return "rate" in event and "when" not in event


def _first_year(event: Mapping[str, Any], base: int, last: int) -> int | None:
    """The year of a dated event, the first that a random one can have; None where it has no time in the run."""
    when = event.get("when")
    year = base + 1 if _is_random(event) else _year_of(when) if is_month(str(when)) else None
    return year if year is not None and base < year <= last else None


def _in(event: Mapping[str, Any], year: int) -> str:
    return f"in {year} or later" if _is_random(event) else f"in {year}"


def _short(value: float) -> str:
    return f"{round(value, 6):.10g}"


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
            if fault := single_fault(table, column, str(code), base + years, value, rows):
                yield Found(("ally", code, key), "implausible", *fault)


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
