"""What is no fault, and is said all the same: `sim.scenario.notes`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from cli.conftest import Call, call  # noqa: F401 (a fixture)
from sim.data.tables import load_tables
from sim.scenario.notes import notes

TABLES = Path(sim.__file__).parent / "data" / "tables"


def first_ally_alone(folder: Path, table: str) -> Path:
    """A scenario with a table that holds the rows of the first ally of the packaged one."""
    head, *rows = (TABLES / f"{table}.csv").read_text("utf-8").splitlines()
    (folder / "mine.csv").write_text("\n".join([head, *(row for row in rows if row[:3] == rows[0][:3]), ""]), "utf-8")
    file = folder / "mine.toml"
    file.write_text(f'extends = "rutte_2032"\n[data]\n{table} = "mine.csv"\n')
    return file


@pytest.mark.parametrize("table", ["pledges", "announced_paths", "budgets"])
def test_whom_a_whole_table_leaves_out_is_said_and_how_to_keep_them(tmp_path: Path, table: str) -> None:
    file = first_ally_alone(tmp_path, table)
    (found,) = notes(sim.load(file))
    lost = {row.iso3 for row in load_tables().table(table)} - {(tmp_path / "mine.csv").read_text().splitlines()[1][:3]}
    assert f"the whole table {table}: {min(lost)}" in found
    assert f"and {len(lost) - 4} more" in found or len(lost) <= 4
    file.write_text(file.read_text().replace('"mine.csv"', '{ file = "mine.csv", overlay = true }'))
    assert f'{table} = {{ file = "mine.csv", overlay = true }}' in found
    assert notes(sim.load(file)) == ()


def test_a_table_with_everybody_in_it_is_no_news(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes((TABLES / "pledges.csv").read_bytes())
    (tmp_path / "mine.toml").write_text('extends = "rutte_2032"\n[data]\npledges = "p.csv"\n')
    assert notes(sim.load(tmp_path / "mine.toml")) == ()
    assert notes(sim.load("rutte_2032")) == ()


def test_commands_say_it_beside_their_results(tmp_path: Path, call: Call) -> None:  # noqa: F811
    file = first_ally_alone(tmp_path, "pledges")
    said = call("check", file)
    assert (said.code, said.out[:4]) == (0, "ok  ")
    assert "note: mine.csv stands in the place of the whole table pledges" in said.err
    assert len(json.loads(call("check", file, "--json").out)["files"][0]["notes"]) == 1
    said = call("run", file, "--paths", 16, "--workers", 1, "--no-half", "--csv")
    assert said.err.startswith("Note: mine.csv stands in the place of the whole table pledges")
    assert said.out.startswith("iso3,")


SHARES = "iso3,year,share_pct,status,outlays_usd_m,equipment_share_pct,first_estimate_pct\n"
GDP = "iso3,year,growth_pct,nominal_usd_bn,deflator_pct,gov_balance_pct,gov_debt_pct,gov_spending_pct,status\n"
PLEDGES = (TABLES / "pledges.csv").read_text("utf-8").splitlines()[0] + "\n"


FROM = "[horizon]\nbase_year = 2026\n"


def over(folder: Path, table: str, text: str, more: str = FROM, overlay: str = "true") -> tuple[str, ...]:
    (folder / "mine.csv").write_text(text, "utf-8")
    file = folder / "mine.toml"
    given = f'[data]\n{table} = {{ file = "mine.csv", overlay = {overlay} }}\n'
    file.write_text(f'extends = "rutte_2032"\n{more}{given}')
    return notes(sim.load(file))


def row_of(table: str, key: str, column: int = -1, cell: str = "") -> str:
    """A packaged row, one of its cells changed."""
    line = next(line for line in (TABLES / f"{table}.csv").read_text("utf-8").splitlines() if line.startswith(key))
    cells = line.split(",")
    if column >= 0:
        cells[column] = cell
    return ",".join(cells) + "\n"


@pytest.mark.parametrize(("table", "text", "words"), [
    ("shares", SHARES + "DEU,2027,3.0,estimate,,,\n",
     "1 row of shares is of a year after the base year 2026 and not used: DEU 2027"),
    ("shares", SHARES + "DEU,2027,3.0,estimate,,,\nFRA,2027,2.3,estimate,,,\n",
     "2 rows of shares are of a year after the base year 2026 and not used: DEU 2027, FRA 2027"),
    ("shares", SHARES + row_of("shares", "DEU,2020", 2, "1.4"), "of a year before the habit (2022 to 2026)"),
    ("shares", SHARES + row_of("shares", "DEU,2024", 5, "30"), "with other figures than a run reads of that year"),
    ("gdp", GDP + row_of("gdp", "DEU,2028", 4, "3.0"), "with other figures than a run reads of that year"),
    ("gdp", GDP + row_of("gdp", "DEU,2028", 3, "5600"), "with other figures than a run reads of that year"),
])  # fmt: skip
def test_rows_of_a_users_own_that_no_run_reads_are_said(tmp_path: Path, table: str, text: str, words: str) -> None:
    (found,) = over(tmp_path, table, text)
    assert found.startswith("mine.csv: ")
    assert words in found


@pytest.mark.parametrize(("table", "text"), [
    ("shares", SHARES + row_of("shares", "DEU,2026", 2, "2.6") + row_of("shares", "DEU,2022", 2, "1.4")),
    ("shares", SHARES + row_of("shares", "DEU,2026", 3, "actual")),
    ("shares", SHARES + row_of("shares", "DEU,2020")),
    ("gdp", GDP + row_of("gdp", "DEU,2028", 2, "1.0") + row_of("gdp", "DEU,2026", 3, "5000")),
    ("gdp", GDP + row_of("gdp", "DEU,2025", 6, "70") + row_of("gdp", "DEU,2023", 5, "-3")),
])  # fmt: skip
def test_rows_that_a_run_reads_and_packaged_ones_are_no_news(tmp_path: Path, table: str, text: str) -> None:
    assert over(tmp_path, table, text) == ()


def test_a_whole_table_may_have_a_history_and_a_look_back_later_years(tmp_path: Path) -> None:
    whole = (TABLES / "shares.csv").read_text("utf-8")
    assert over(tmp_path, "shares", whole, overlay="false") == ()
    old = row_of("shares", "DEU,2016")
    changed = whole.replace(old, row_of("shares", "DEU,2016", 2, "1.3"))
    assert changed != whole
    assert over(tmp_path, "shares", changed, overlay="false") == ()
    back = "[horizon]\nbase_year = 2020\nlast_year = 2032\n"
    assert over(tmp_path, "shares", whole, back, overlay="false") == ()
    later = whole.replace(row_of("shares", "DEU,2026"), row_of("shares", "DEU,2026", 2, "2.6"))
    (found,) = over(tmp_path, "shares", later, back, overlay="false")
    assert "after the base year 2020 and not used: DEU 2026" in found


def test_pledges_that_the_model_does_not_read_are_said(tmp_path: Path) -> None:
    row = "FRA,3.5,2030,NATO core,{},president,law,a speech,,{}\n"
    assert over(tmp_path, "pledges", PLEDGES + row.format("2026-11", "pledge")) == ()
    (found,) = over(tmp_path, "pledges", PLEDGES + row.format("2026-11", ""))
    assert "1 row of pledges is without a role, on record only, and not used: FRA 2030" in found
    (found,) = over(tmp_path, "pledges", PLEDGES + row.format("2027-01", "pledge"))
    assert "announced after the base year 2026 and not used: FRA 2030" in found


@pytest.mark.parametrize(("core", "related", "total", "words"), [
    (0.35, 1.5, 5.0, "core 0.35 and related 1.5 do not add up to total 5; core 3.5 would"),
    (0.3, 1.5, 5.0, "core 3 would, or nearly"),
    (3.5, 0.15, 5.0, "related 1.5 would"),
    (3.5, 15.0, 5.0, "related 1.5 would"),
    (3.5, 1.5, 0.5, "total 5 would"),
    (3.5, 1.5, 5.0, ""), (3.0, 1.5, 5.0, ""), (2.0, 1.5, 5.0, ""), (2.5, 1.0, 3.5, ""), (2.0, 0.5, 5.0, ""),
])  # fmt: skip
def test_a_pillar_with_a_slipped_decimal_point_is_asked_about(
    core: float, related: float, total: float, words: str
) -> None:
    text = "".join(
        f"[targets.{name}]\npillar = '{name}'\nshare_pct = {share}\nby = 2032\n"
        for name, share in (("core", core), ("related", related), ("total", total))
    )
    found = notes(sim.loads(text))
    assert len(found) == bool(words)
    assert words in "".join(found)


def test_what_is_inherited_counts_for_the_sum(tmp_path: Path, call: Call) -> None:  # noqa: F811
    (tmp_path / "mine.toml").write_text('extends = "rutte_2032"\n[targets.core]\nshare_pct = 0.35\n')
    assert "note: core 0.35 and related 1.5 do not add up" in call("check", tmp_path / "mine.toml").err
