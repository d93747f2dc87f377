"""Elections, governments, recessions, late pushes and the start of a run, as checks on an onlooker's ledger."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

import sim
from judge.judge import binomial, cells, correlation, trials
from judge.ledger import Ledger
from judge.processes import (
    RECESSION,
    SEED,
    STEPS,
    YEARS,
    Found,
    dated_checks,
    law_checks,
    live,
    random_checks,
    size_checks,
    yearly,
)
from judge.values import part_of_words
from sim.distributions import families as f
from sim.distributions.draws import Draws

TABLES = Path(sim.__file__).parent / "data" / "tables"
CALENDAR = range(2021, 2036)
WITHOUT = yearly(0.25)
"""Besides, in a year that the calendar lacks."""
NONE = ("USA", "NOR")
"""No parliament that can be dissolved."""
CHANGE, LAPSE, FALL = 0.45, 0.5, yearly(0.06)
JUMP, BASE_ERROR = f.Normal(mean=0.0, sd=0.4), f.StudentT(df=4.0, mean=-0.02, sd=0.116)


def table(name: str) -> list[dict[str, str]]:
    """A data table, read by itself."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


ALLIES = [row["iso3"] for row in table("allies") if row["armed_forces"] == "1"]


def early_rates() -> dict[str, float]:
    """The rate of the page: the record drawn toward 0.08 as by 25 years of observation."""
    rates = {}
    for row in table("early_elections"):
        seen = row["n_early"], row["exposure_years"]
        rates[row["iso3"]] = (float(seen[0]) + 0.08 * 25) / (float(seen[1]) + 25) if all(seen) else 0.08
    return {iso3: 0.0 if iso3 in NONE else rates.get(iso3, 0.08) for iso3 in ALLIES}


def scheduled() -> dict[str, list[tuple[int, int]]]:
    """Elections of the calendar after the base year that determine the executive and were foreseen."""
    found: dict[str, list[tuple[int, int]]] = {iso3: [] for iso3 in ALLIES}
    for row in table("elections"):
        if row["iso3"] in found and row["executive"] == "1" and row["early"] != "1" and int(row["year"]) in YEARS:
            found[row["iso3"]].append((int(row["year"]), int(row["month"])))
    return {iso3: sorted(dates) for iso3, dates in found.items()}


def early_checks(ledger: Ledger, found: Found) -> None:
    """Early elections: each ally's rate inside the calendar and after it, months, and no tie between allies."""
    inside, months, happened = [year in CALENDAR for year in YEARS], np.zeros(13, dtype=np.int64), {}
    rates = early_rates()
    for iso3 in ALLIES:
        month = ledger.occurred("election/early", YEARS, iso3)
        struck, p = month > 0, yearly(rates[iso3])
        later = p + (1 - p) * WITHOUT
        found.checks += [
            binomial(f"{iso3}: early elections", int(struck[inside].sum()), struck[inside].size, p),
            binomial(
                f"{iso3}: early, no calendar", int((late := struck[np.logical_not(inside)]).sum()), late.size, later
            ),
        ]
        months += np.bincount(month[struck], minlength=13)
        happened[iso3] = struck[inside], p
    found.checks.append(cells("early elections: months", months[1:], part_of_words(12)))
    for one, two in pairwise(iso3 for iso3 in ALLIES if iso3 not in NONE):
        both = happened[one][0] & happened[two][0]
        chance = happened[one][1] * happened[two][1]
        found.checks.append(binomial(f"{one} and {two}: early in one year", int(both.sum()), both.size, chance))


def calendar_checks(ledger: Ledger, found: Found) -> None:
    """Who votes by the calendar: exactly the paths that have not voted for more than twelve months."""
    dates, rates, chances = scheduled(), early_rates(), np.concatenate([[0.0], part_of_words(12)])
    for iso3 in ALLIES:
        votes = []
        for order, stream in enumerate(("event/snap", "event/d_vote", "election/early", "election/scheduled")):
            votes += [(e.year, e.month, order, e.paths) for e in ledger.entries.get(stream, []) if e.iso3 == iso3]
        held = {(year, month): where for year, month, order, where in votes if order == 3}
        last = np.full(ledger.paths, -1_000)
        for year, month, order, where in sorted(
            [*(vote for vote in votes if vote[2] < 3), *((*date, 3, None) for date in dates[iso3])], key=lambda v: v[:3]
        ):
            number = year * 12 + month
            if order == 3:
                where = np.flatnonzero(number - last > 12)
                if not np.array_equal(where, held.pop((year, month), np.array([], dtype=np.intp))):
                    found.faults.append(f"{iso3} votes on other paths in {year}-{month:02}")
            last[where] = number
        found.faults += [f"{iso3} votes by no calendar in {date}" for date in held]
        if iso3 in ("FRA", "GRC") or not dates[iso3]:
            continue  # these two have elections by event besides
        (year, month), p = dates[iso3][0], yearly(rates[iso3])
        free = 1 - p * chances[: month + 1].sum()
        free *= 1 - p * chances[month:].sum() if year > YEARS.start else 1
        number = sum(len(e.paths) for e in ledger.entries["election/scheduled"] if (e.iso3, e.year) == (iso3, year))
        found.checks.append(binomial(f"{iso3}: calendar's election is held", number, ledger.paths, free))


def government_checks(ledger: Ledger, found: Found) -> None:
    """Changes of government at elections and between them, the jump of will, and what lapses."""
    struck = {iso3: ledger.occurred("government", YEARS, iso3) > 0 for iso3 in ALLIES}
    for iso3 in ALLIES:
        found.checks.append(binomial(f"{iso3}: government falls", int(struck[iso3].sum()), struck[iso3].size, FALL))
    for one, two in pairwise(ALLIES):
        both = struck[one] & struck[two]
        found.checks.append(binomial(f"{one} and {two}: fall in one year", int(both.sum()), both.size, FALL**2))
    for stream, chance in (("government", 1.0), ("election/early", CHANGE), ("election/scheduled", CHANGE),
                           ("event/snap", 0.8), ("event/d_vote", CHANGE)):  # fmt: skip
        entries = ledger.entries[stream]
        jumps = ledger.sizes(stream, "will")
        changed = jumps != 0  # no cell of the table is so near to 0
        if stream != "government":
            found.checks.append(binomial(f"{stream}: changes", int(changed.sum()), changed.size, chance))
        elif not changed.all():
            found.faults.append("a government falls and will stays")
        found.checks += law_checks(f"{stream}: jump of will", JUMP, jumps[changed], STEPS)
        bound = lapsed = 0
        for entry in entries:
            if not entry.held:
                continue
            moved, held, kept = entry.moved["will"] != 0, np.array(entry.held), np.array(entry.kept)
            some = moved & held.any(axis=0)
            bound, lapsed = bound + int(some.sum()), lapsed + int((some & ~kept.any(axis=0)).sum())
            if (held & ~kept)[:, ~moved].any() or (kept != held)[:, kept.any(axis=0)].any():
                found.faults.append(f"{stream} of {entry.iso3} in {entry.year} drops a part, or without a change")
        if stream != "event/d_vote":  # Greece has nothing to drop
            found.checks.append(binomial(f"{stream}: pledges and path lapse", lapsed, bound, LAPSE))


def repeat_checks(ledger: Ledger, found: Found) -> None:
    """Jumps of will know nothing of an ally's last one, nor of the jump of another ally in the same year."""
    for stream in ("government", "election/early", "election/scheduled"):
        entries = sorted(ledger.entries[stream], key=lambda entry: (entry.year, entry.month))
        last = np.full((len(ALLIES), ledger.paths), np.nan, dtype=np.float32)
        this_year = np.full((len(YEARS), len(ALLIES), ledger.paths), np.nan, dtype=np.float32)
        later = []
        for entry in entries:
            row, jump = ALLIES.index(entry.iso3), np.where(entry.moved["will"] == 0, np.nan, entry.moved["will"])
            later.append(_known(last[row, entry.paths], jump))
            last[row, entry.paths] = np.where(np.isnan(jump), last[row, entry.paths], jump)
            this_year[entry.year - YEARS.start, row, entry.paths] = jump
        neighbours = [_known(year[:-1], year[1:]) for year in this_year]
        for words, pairs in (("one after another", later), ("of two allies", neighbours)):
            both = np.hstack(pairs)
            found.checks.append(correlation(f"{stream}: jumps {words}", np.corrcoef(both)[0, 1], both.shape[1]))


def _known(one: NDArray[np.floating], two: NDArray[np.floating]) -> NDArray[np.float64]:
    """Where both are known, (2, number)."""
    both = np.isfinite(one) & np.isfinite(two)
    return np.stack([one[both], two[both]]).astype(np.float64)


def recession_checks(ledger: Ledger, found: Found) -> None:
    """The common factor's mean is 0 whatever the recession's probability and depth: Germany has no noise of its own."""
    draws = Draws(SEED, 0, ledger.paths)
    p, depth = (draws.value(f"param/growth.{name}", law).astype(np.float64) for name, law in RECESSION.items())
    hits = np.zeros((len(YEARS), ledger.paths), dtype=np.bool_)
    for index, year in enumerate(YEARS):
        common = ledger.surprises[year].astype(np.float64)
        for name in ("slump", "slump_deu", "d_slump"):
            for entry in ledger.entries[f"event/{name}"]:
                if entry.year == year:
                    common[entry.paths] += entry.moved["growth_loss"]
        struck = p - common / depth
        hits[index] = struck > 0.5
        if np.abs(struck - hits[index]).max() > 1e-4:
            found.faults.append(f"the common factor of {year} is not depth * (probability - R)")
    for name, which in (("all", p >= 0), ("rare", p < 0.1), ("frequent", p > 0.2), ("deep", depth > 6)):
        found.checks.append(trials(f"recessions, {name}", int(hits[:, which].sum()), np.tile(p[which], len(YEARS))))
    p_once = np.tile(p**2, len(YEARS) // 2)
    found.checks.append(trials("recessions two years running", int((hits[::2] & hits[1::2]).sum()), p_once))


def push_checks(ledger: Ledger, found: Found) -> None:
    """Late pushes against their probability on each path, 0.95 w saturate(A), and how far they exceed the target."""
    pushes = ledger.pushes.values()
    willing, urgency, pushed, excess = (
        np.concatenate([getattr(push, name) for push in pushes]).astype(np.float64)
        for name in ("willing", "urgency", "pushed", "excess")
    )
    # 1 - 1 / (1 + A + A^2/2 + A^3/6)
    chance = 0.95 * willing * (1 - 1 / (1 + urgency + urgency**2 / 2 + urgency**3 / 6))
    american = [push for (iso3, _), push in ledger.pushes.items() if iso3 == "USA"]
    if any(push.elsewhere for push in pushes) or any(push.pushed.any() for push in american):
        found.faults.append("a late push where none is possible")
    asked = np.concatenate([np.full(len(push.pushed), iso3 != "USA") for (iso3, _), push in ledger.pushes.items()])
    found.checks.append(trials("late pushes", int(pushed[asked].sum()), chance[asked]))
    for low, high in ((0.0, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.95)):
        some = asked & (chance >= low) & (chance < high)
        found.checks.append(trials(f"late pushes, chance {low:g} to {high:g}", int(pushed[some].sum()), chance[some]))
    law = stats.halfnorm(scale=0.01)
    edges = law.ppf(np.arange(1, 16) / 16)
    counts = np.bincount(np.searchsorted(edges, excess), minlength=16)
    # rounded to float32 three times, 6e-8 each, at densities up to 0.8 / 0.01; and the table, folded, is twice 8e-6 off
    found.checks.append(cells("late pushes: excess", counts, np.full(16, 1 / 16), 1.8e-7 * 80 + 1.6e-5))


def start_checks(ledger: Ledger, found: Found) -> None:
    """The base year's error falls on estimates only."""
    published = {row["iso3"]: row for row in table("shares") if row["year"] == str(YEARS.start - 1)}
    errors = []
    for iso3 in ALLIES:
        share = float(published[iso3]["share_pct"])
        if iso3 == "GRC":
            if (ledger.start[iso3] != np.float32(2.85)).any():
                found.faults.append("a share that the scenario gives has an error")
        elif published[iso3]["status"] == "estimate":
            errors.append(ledger.start[iso3] / share - 1)
        elif (ledger.start[iso3] != np.float32(share)).any():
            found.faults.append(f"{iso3} has an error without an estimate")
    earlier = live(64, "[horizon]\nbase_year = 2023\nlast_year = 2024\n")
    for row in table("shares"):
        if row["year"] == "2023" and (earlier.start[row["iso3"]] != np.float32(row["share_pct"])).any():
            found.faults.append(f"{row['iso3']} has an error in 2023, a year without estimates")
    # rounded to float32 five times, 6e-8 of the share each, at densities up to 5.7; and the table is 8e-6 off
    found.checks += law_checks("base error", BASE_ERROR, np.concatenate(errors), 3e-7 * 5.7 + 8e-6)
    r = np.corrcoef(np.stack(errors))[np.triu_indices(len(errors), 1)]
    found.checks.append(correlation("base error: between allies", r, len(errors[0])))


def process_checks(ledger: Ledger) -> Found:
    """Everything that happens by chance in a run."""
    found = Found()
    random_checks(ledger, found)
    dated_checks(ledger, found)
    size_checks(ledger, found)
    early_checks(ledger, found)
    calendar_checks(ledger, found)
    government_checks(ledger, found)
    repeat_checks(ledger, found)
    recession_checks(ledger, found)
    push_checks(ledger, found)
    start_checks(ledger, found)
    return found
