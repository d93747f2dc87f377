"""What the pictures show, as tidy tables: a record's figures beside the published ones, and the aims."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf, isnan
from typing import Any

import numpy as np
import pandas as pd

from sim.arguments import COUNTED_PCT
from sim.numerics.grid import HUNDREDTHS
from sim.output.charts.look import wrapped
from sim.output.origins import ESTIMATE, known, mark, meaning, not_natos, packaged
from sim.output.origins import OWN as OWN_MARK
from sim.output.origins import SET as SET_MARK
from sim.results.counts import GROUPS, PILLARS, SPENT
from sim.results.intervals import quantile, wilson
from sim.results.probabilities import of_allies
from sim.results.record import AllyDescription, Record, Yardstick
from sim.results.summary import ally_lines, default_year, step_of
from sim.text.escaping import plain
from sim.text.figures import share, target
from sim.text.probabilities import percent

LEVELS = {
    "q05": 0.05, "q10": 0.10, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q90": 0.90, "q95": 0.95,
}  # fmt: skip
EUROPE = "EUC"
NAMES = {EUROPE: "Europe and Canada", "NATO": "NATO"}

MONTHS = 12
SET = "set by the scenario"
OWN = "own figures"
PARTLY = "own figures among them"
"""Status of a base year's figure that is not the published one; `PARTLY`: of a group, with such figures in it."""

PILLAR_WORDS = {"core": "core", "related": "security-related", "total": "total"}

ROW = 19
"""Height of an ally's row."""

RUNS = "simulated runs of 100"


def aim_of(record: Record, pillar: str) -> Yardstick:
    """The yardstick of a pillar; raises ValueError where there is none."""
    aim = record.description.yardstick(pillar)
    if aim is None:
        raise ValueError(f"the run has no target for the {PILLAR_WORDS.get(pillar, pillar)} pillar")
    return aim


def year_of(record: Record, year: int | None) -> int:
    """The year, or that of the core target; raises UsageError for one that is not simulated."""
    return default_year(record) if year is None else record.description.years[step_of(record, year)]


def measured(record: Record, aim: Yardstick) -> str:
    """What a chart measures against, whether it was agreed, and whether it binds all."""
    text = f"{PILLAR_WORDS[aim.pillar]} {target(aim.share_pct)} % of GDP by {aim.by}"
    return f"Measured against {text}{record.description.remarks(aim)}."


def based_on(record: Record, width: int = 88) -> list[str]:
    """On which file the scenario builds and what it sets otherwise, in lines for a chart's subtitle; none: on none."""
    return wrapped(short(record.based_on, 3 * width), width) if record.based_on else []


def binds(record: Record, aim: Yardstick, iso3: str) -> bool:
    """Whether a yardstick binds an ally, or every ally of a group."""
    return all(aim.binds(entry.iso3) for entry in members_of(record, iso3))


def readable(record: Record) -> Record:
    """The record with its texts as a picture can carry them: on one line, of printable characters, not too long.

    Vega takes some line separators for the end of a text, and a NUL for the end of the world.
    """
    described = record.description
    names = [short(entry.name, 30) for entry in described.allies]
    unlike = [f"{name} ({entry.iso3})" if names.count(name) > 1 else name
              for name, entry in zip(names, described.allies, strict=True)]  # fmt: skip
    return replace(record, description=replace(
        described,
        title=short(described.title, 100),
        allies=tuple(replace(entry, name=name) for name, entry in zip(unlike, described.allies, strict=True)),
        yardsticks=tuple(replace(aim, agreed=short(aim.agreed, 100)) for aim in described.yardsticks),
    ))  # fmt: skip


def short(text: str, most: int) -> str:
    """A text on one line, without anything unprintable, cut to `most` characters."""
    line = " ".join(plain(text[: 2 * most]).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def published(record: Record) -> str:
    """What the shares up to the base year are, after a noun: "published"."""
    if not known(record):
        return "not those packaged"
    signs = {mark(record, entry) for entry in record.description.allies}
    own = [meaning(record, sign) for sign in (OWN_MARK, SET_MARK) if sign in signs]
    return f"published (or {' or '.join(own)})" if own else "published"


def name_of(record: Record, iso3: str) -> str:
    """The name of an ally or group; raises KeyError for one the run has not."""
    return {**NAMES, **{entry.iso3: entry.name for entry in record.description.allies}}[iso3]


def entry_of(record: Record, iso3: str) -> AllyDescription | None:
    """An ally of the run; None for a group."""
    return next((entry for entry in record.description.allies if entry.iso3 == iso3), None)


def bands(record: Record, iso3s: Sequence[str]) -> pd.DataFrame:
    """The simulated core share that is spent, % of GDP: iso3, ally, year, q05 to q95, reported.

    Without what is closed on paper that year; `reported` is the median with it. The first year is the
    base year, where all are the published figure. A figure above the grid that shares are counted on is infinite: see
    `drawable`.
    """
    counts, allies = record.counts.arrays, [entry.iso3 for entry in record.description.allies]
    rows: list[tuple[Any, ...]] = []
    for iso3 in iso3s:
        name, base = name_of(record, iso3), base_share_pct(record, iso3)
        spent, reported = (
            counts[f"{kind}group_shares"][GROUPS.index(iso3), pillars.index("core")] if iso3 in GROUPS
            else counts[f"{kind}shares"][pillars.index("core"), allies.index(iso3)]
            for kind, pillars in (("spent_", SPENT), ("", PILLARS))
        )  # fmt: skip
        values = [quantile(spent, level, HUNDREDTHS, open_end=True) for level in LEVELS.values()]
        columns = np.stack([*values, quantile(reported, 0.5, HUNDREDTHS, open_end=True)])
        rows.append((iso3, name, record.description.base_year, *[base] * len(columns)))
        rows += [(iso3, name, year, *columns[:, step]) for step, year in enumerate(record.description.years)]
    return pd.DataFrame(rows, columns=["iso3", "ally", "year", *LEVELS, "reported"])


def drawable(table: pd.DataFrame) -> pd.DataFrame:
    """Bands as they can be drawn, each figure with its text: `q05_text` and so on, `reported_text`.

    What lies above the grid has no place in a picture: no line is drawn there, and a band that reaches there goes on to
    the end of the grid, or to the highest figure shown.
    """
    levels = table[[*LEVELS, "reported"]]
    counted = levels.where(levels < inf)
    top = max(COUNTED_PCT, float(np.nanmax(counted.to_numpy())))
    for low, high in (("q05", "q95"), ("q10", "q90"), ("q25", "q75")):
        counted[high] = counted[high].where(levels[high] < inf, top).where(levels[low] < inf)
    texts = {f"{level}_text": [share(value) for value in table[level]] for level in levels}
    return table.assign(**counted, **texts)


def beyond(table: pd.DataFrame) -> bool:
    """Whether a quantile of `bands` lies above the grid."""
    return bool((table[list(LEVELS)] == inf).any(axis=None))


def members_of(record: Record, iso3: str) -> list[AllyDescription]:
    """The allies of a group, or the one ally of that code."""
    allies = record.description.allies
    return [e for e in allies if iso3 in (e.iso3, "NATO") or (iso3 == EUROPE and e.europe_canada)]


def base_share_pct(record: Record, iso3: str) -> float:
    """The published core share of the base year, % of GDP; of a group the GDP-weighted average."""
    members = members_of(record, iso3)
    if len(members) == 1:  # as it is: times GDP and divided by it, it would be another number
        return members[0].base_share_pct
    gdp = sum(entry.gdp_usd_bn for entry in members)
    return sum(entry.base_share_pct * entry.gdp_usd_bn for entry in members) / gdp


def history(record: Record, iso3s: Sequence[str]) -> pd.DataFrame:
    """Core shares as last published, % of GDP, to the base year: iso3, ally, year, share_pct, status.

    Of an ally from NATO's table 3, of a group NATO's own aggregate; only the base year where a run had an own table in
    its place.
    """
    base, rows = record.description.base_year, []
    for iso3 in iso3s:
        name = name_of(record, iso3)
        known: Sequence[Any] = ()
        group = {EUROPE: "Europe and Canada", "NATO": "NATO total"}.get(iso3)
        tables = packaged(record, "aggregates" if group else "shares")
        if tables is not None:
            known = tables.shares_of(iso3) if group is None else [r for r in tables.aggregates if r.name == group]
        rows += [(iso3, name, row.year, row.share_pct, row.status) for row in known if row.year < base]
        rows.append((iso3, name, base, *_base_point(known, record, iso3)))
    return pd.DataFrame(rows, columns=["iso3", "ally", "year", "share_pct", "status"])


def _base_point(known: Sequence[Any], record: Record, iso3: str) -> tuple[float, str]:
    """The base year's figure and its status: as the run took it; of a group of NATO's figures alone as NATO prints."""
    base, share, members = record.description.base_year, base_share_pct(record, iso3), members_of(record, iso3)
    if iso3 not in NAMES:
        status = {SET_MARK: SET, OWN_MARK: OWN, ESTIMATE: "estimate"}.get(mark(record, members[0]), "actual")
        return share, status
    if any(not_natos(record, entry) for entry in members):
        return share, PARTLY
    printed = next((row for row in known if row.year == base), None)
    if printed is not None:
        return printed.share_pct, printed.status
    return share, "estimate" if any(entry.estimated for entry in members) else "actual"


def vintages(record: Record, iso3s: Sequence[str]) -> pd.DataFrame:
    """Shares as earlier editions printed them, % of GDP: iso3, ally, year, edition, share_pct. The newest is left out.

    Editions before `FIRST_OF_CORE` count all outlays: of those a difference mixes revision and definition.
    """
    tables, base = packaged(record, "shares", "share_vintages"), record.description.base_year
    latest = max((row.edition for row in tables.share_vintages), default="") if tables else ""
    rows = [
        (row.iso3, name_of(record, row.iso3), row.year, row.edition, row.share_pct)
        for row in (tables.share_vintages if tables else ())
        if row.iso3 in iso3s and row.edition < latest and row.year <= base and entry_of(record, row.iso3)
    ]
    return pd.DataFrame(rows, columns=["iso3", "ally", "year", "edition", "share_pct"])


def pledges(record: Record, iso3s: Sequence[str]) -> pd.DataFrame:
    """Targets that governments set themselves, as the model reads them: iso3, ally, year, share_pct, label."""
    tables = packaged(record, "pledges")
    asked = json.loads(record.scenario).get("budget", {}).get("pledges", True) if record.scenario else True
    rows = [
        (row.iso3, name_of(record, row.iso3), row.target_year, row.target_pct,
         f"{'own limit' if row.role == 'opt_out' else 'own pledge'} {row.target_pct:g} % by {row.target_year}")
        for row in (tables.pledges if tables and asked else ())
        if row.iso3 in iso3s and row.role and row.target_pct is not None and row.target_year is not None
        and entry_of(record, row.iso3)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["iso3", "ally", "year", "share_pct", "label"])


def announced(record: Record, iso3s: Sequence[str]) -> pd.DataFrame:
    """Announced spending paths, straight between their points from the base year: iso3, ally, year, share_pct."""
    tables, base, rows = packaged(record, "announced_paths"), record.description.base_year, []
    asked = json.loads(record.scenario).get("budget", {}).get("announced_paths", True) if record.scenario else True
    for iso3 in iso3s:
        known = tables.announced_path(iso3) if tables and asked and entry_of(record, iso3) else ()
        points = [point for point in known if point.year > base]
        if points:
            rows.append((iso3, name_of(record, iso3), base, base_share_pct(record, iso3)))
            rows += [(iso3, name_of(record, iso3), point.year, point.share_pct) for point in points]
    return pd.DataFrame(rows, columns=["iso3", "ally", "year", "share_pct"])


def events(record: Record) -> pd.DataFrame:
    """What a scenario sets at a date of the run: when (decimal year), label, and the ally (none: the alliance)."""
    rows = []
    for event in json.loads(record.scenario).get("event", []) if record.scenario else []:
        year, month = (int(part) for part in str(event.get("when") or "0-1").split("-")[:2])
        if year > record.description.base_year:
            label = short(str(event.get("title") or event["name"].replace("_", " ")), 60)
            part = event.get("probability")
            if isinstance(part, float) and part < 1:
                often = f"in {percent(part, part, part)} of 100 runs" if part else "in no run"
                label += f" (moves the target {often})" if event.get("kind") == "review" else f" ({often})"
            rows.append((year + (month - 1) / MONTHS, label, event.get("ally")))
    return pd.DataFrame(rows, columns=["when", "label", "iso3"])


def chances(record: Record, pillar: str = "core") -> pd.DataFrame:
    """Probabilities with their texts: the columns of `compliance` for one pillar, and four of texts.

    text ("83", "<1"), text_interval ("82–84"), text_range ("39–78"; "" where parameters are not drawn) and
    text_without, of what is spent only. Of the allies that the yardstick binds.
    """
    from sim.results.tables import compliance
    from sim.text.probabilities import interval, outward, percent

    table = compliance(record)
    table = table[(table.pillar == pillar) & table.probability.notna()].copy()
    figures = zip(table.probability, table.ci_low, table.ci_high, strict=True)
    table["text"] = [percent(*figure) for figure in figures]
    table["text_interval"] = [interval(*row) for row in zip(table.ci_low, table.ci_high, strict=True)]
    ends = zip(table.over_parameters_low, table.over_parameters_high, strict=True)
    table["text_range"] = ["" if isnan(low) else outward(low, high) for low, high in ends]
    question = f"{pillar}_without_late_push" if pillar in SPENT else pillar
    without, codes = of_allies(record.counts, question), [entry.iso3 for entry in record.description.allies]
    indices = zip(map(codes.index, table.iso3), map(record.description.years.index, table.year), strict=True)
    table["text_without"] = [percent(*map(float, without.at(*index))) for index in indices]
    return table


def in_words(probabilities: Iterable[float], record: Record) -> list[str]:
    """Parts of a run's paths, as counted, in runs of 100."""
    from sim.text.probabilities import percent

    parts = np.array(list(probabilities), dtype=np.float64)
    low, high = wilson(np.rint(parts * record.counts.paths).astype(np.int64), record.counts.paths)
    return [percent(*row) for row in zip(parts.tolist(), low.tolist(), high.tolist(), strict=True)]


def ranking(record: Record, year: int) -> list[str]:
    """All allies, from the most to the least probable to meet the main target in a year; ties by name.

    Those that it does not bind come last, the highest median share first, as do all where there is no target.
    """
    table = chances(record, record.description.main_pillar or "core")
    table = table[table.year == year].sort_values(["probability", "ally"], ascending=[False, True])
    bound = list(table.iso3)
    others = [line for line in ally_lines(record, year) if line.entry.iso3 not in bound]
    others.sort(key=lambda line: (-line.spent.middle, line.entry.name))
    return [*bound, *(line.entry.iso3 for line in others)]
