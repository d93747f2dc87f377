"""What the tables say of their edition, and what cannot be one."""

from __future__ import annotations

import csv
import subprocess
import sys
from importlib import resources

import pytest

from sim.data import edition
from sim.data.catalogue import catalogue
from sim.data.tables import load_tables


def test_the_years_and_names_are_those_of_the_tables() -> None:
    tables, names = load_tables(), {info.name: info.edition for info in catalogue()}
    years = {row.year for row in tables.shares}
    assert (min(years), max(years)) == (edition.FIRST_YEAR, edition.LAST_YEAR)
    assert set(edition.ESTIMATED_YEARS) == {row.year for row in tables.shares if row.status == "estimate"}
    for table in ("shares", "gdp"):
        assert edition.name_of(table) == edition.in_words(edition.key_of(table)) == names[table]
    assert edition.key_of() == max(row.edition for row in tables.share_vintages)
    assert edition.outlooks() == (*sorted({row.edition for row in tables.outlook_vintages}), edition.key_of("gdp"))
    assert edition.outlooks()[0] == "2020-10"
    assert {edition.LAST_OF_ALL_OUTLAYS, edition.FIRST_OF_CORE} <= set(edition.full_editions())
    assert "2019-06" not in edition.full_editions(), (
        "it goes back far enough, but has no figure of three allies of today"
    )
    with resources.files("sim.data").joinpath("tables", "share_vintages.csv").open(encoding="utf-8") as text:
        core = {row["edition"] for row in csv.DictReader(text) if row["basis"].startswith("core")}
    assert min(core) == edition.FIRST_OF_CORE


def test_a_past_december_knows_the_outlook_of_its_day_and_the_last_year_the_newest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An outlook of the spring comes before NATO's table of the summer: the last year with a figure stays the same."""
    last = edition.LAST_YEAR
    outlooks = (f"{last - 2}-10", f"{last - 1}-04", f"{last - 1}-10", f"{last}-04", f"{last + 1}-04")
    monkeypatch.setattr(edition, "outlooks", lambda: outlooks)
    known = [edition.outlook_known_in(year) for year in range(last - 3, last + 1)]
    assert known == [None, f"{last - 2}-10", f"{last - 1}-10", None]
    assert [edition.has_outlook(year) for year in range(last - 3, last + 1)] == [False, True, True, True]
    monkeypatch.setattr(edition, "LAST_YEAR", last + 1)
    assert edition.outlook_known_in(last) == f"{last}-04"
    assert edition.outlook_known_in(last + 1) is None


@pytest.mark.parametrize("name", ["2026", "Juli 2026", "July 26", "July 2026, corrected", "2025 to July 2026", ""])
def test_an_edition_that_is_no_month_is_told(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(edition, "name_of", lambda table="shares": name)
    with pytest.raises(ValueError, match="is a month such as July 2026"):
        edition.key_of()


def test_the_last_base_year_reads_no_outlook_of_the_past() -> None:
    """The record of outlooks is the longest table, and most runs start from the last year."""
    program = (
        "import sim; from sim.data import tables; from sim.data.edition import outlooks\n"
        "from sim.engine.inputs import ally_inputs\n"
        "read = lambda name, _=tables._packaged: seen.append(name) or _(name)\n"
        "seen = []; tables._packaged = read\n"
        "for base, last in ((2026, 2030), (2022, 2024)):\n"
        "    ally_inputs(sim.loads(f'[horizon]\\nbase_year = {base}\\nlast_year = {last}\\n'))\n"
        "    print('outlook_vintages' in seen, outlooks.cache_info().currsize)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["False", "0", "True", "1"]
