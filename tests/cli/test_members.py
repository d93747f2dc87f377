"""Whom a target does not bind: a dash, or nothing at all, in everything that a user can get of a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.cli.reporting import write_report
from sim.data.edition import LAST_YEAR
from sim.output.charts.catalogue import KINDS, draw
from sim.output.exports import export
from sim.output.report.brief import brief

from .conftest import HEAD, Call

SOME = ("DEU", "ITA", "POL")
OUTSIDE = "BEL"
BOUND = f"members = {json.dumps(SOME)}\n"
TARGET = '[targets.{name}]\npillar = "{name}"\nshare_pct = {share}\nby = 2029\n'
CORE, RELATED, TOTAL = (
    TARGET.format(name=name, share=share) for name, share in (("core", 3.5), ("related", 1.5), ("total", 5.0))
)
SCENARIOS = {
    "core of some": CORE + BOUND + RELATED + TOTAL,
    "total of some": CORE + RELATED + TOTAL + BOUND,
    "related only": RELATED,
    "related only, of some": RELATED + BOUND,
    "total only, of some": TOTAL + BOUND,
    "none": "",
}
MEASURED = {
    name: [p for p in ("core", "related", "total") if f"[targets.{p}]" in text] for name, text in SCENARIOS.items()
}


def _members(text: str, pillar: str) -> tuple[str, ...] | None:
    own = text.split(f"[targets.{pillar}]")[1].split("[targets")[0]
    return SOME if BOUND in own else None


BINDS = {name: {pillar: _members(text, pillar) for pillar in MEASURED[name]} for name, text in SCENARIOS.items()}
"""By scenario and pillar that it measures: the allies bound, None: all."""


def binds(name: str, pillar: str, iso3: str) -> bool:
    if pillar not in MEASURED[name]:
        return False
    members = BINDS[name][pillar]
    return members is None or iso3 in members


@pytest.fixture(params=SCENARIOS, scope="module")
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def file(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("scenario") / "some.toml"
    place.write_text(HEAD.replace("2030", "2029") + SCENARIOS[name])
    return place


@pytest.fixture(scope="module")
def results(file: Path) -> sim.Results:
    return sim.simulate(sim.load(file), executor="serial")


@pytest.fixture(scope="module")
def run(results: sim.Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("run") / "run"
    results.save(place)
    return place


def test_the_page_has_a_dash_for_each_target_that_does_not_bind(name: str, file: Path, call: Call) -> None:
    said = call("run", file, "--ally", OUTSIDE)
    assert (said.code, said.err) == (0, "")
    row = next(line for line in said.out.splitlines() if line.startswith("Belgium"))
    core, related, total = (binds(name, pillar, OUTSIDE) for pillar in ("core", "related", "total"))
    dashes = 4 * (not core) * ("core" in MEASURED[name])  # probability, interval, spent only, first year
    dashes += (not related) * ("related" in MEASURED[name]) + (not total) * ("total" in MEASURED[name])
    assert row.split().count("–") == dashes
    assert ("–: the target does not bind this ally." in said.out) == bool(dashes)
    bound = BINDS[name].get("core")
    assert ("of the 3 bound expected" in said.out) == any(BINDS[name].values())
    assert ("binds 3 of 31 allies" in said.out) == (bound is not None or (MEASURED[name] != ["core", "related", "total"]
                                                    and any(BINDS[name].values())))  # fmt: skip


@pytest.mark.parametrize("order", ["probability", "first-year", "median", "name"])
def test_every_order_of_the_page_ends_with_those_not_bound(name: str, order: str, file: Path, call: Call) -> None:
    said = call("run", file, "--sort", order, "--no-half", "--json")
    main = next((p for p in ("core", "total", "related") if p in MEASURED[name]), None)
    if (order == "probability" and main is None) or (order == "first-year" and "core" not in MEASURED[name]):
        assert said.code == 2
        return
    assert said.code == 0
    if order in ("probability", "first-year") and main is not None:
        last = [entry[main] is None for entry in json.loads(said.out)["allies"]]
        assert last == sorted(last)


def test_the_document_has_null(name: str, file: Path, call: Call) -> None:
    told = json.loads(call("run", file, "--json", "--no-half").out)
    ally = next(entry for entry in told["allies"] if entry["iso3"] == OUTSIDE)
    for pillar in ("core", "related", "total"):
        assert (ally[pillar] is not None) == binds(name, pillar, OUTSIDE)
        members = BINDS[name].get(pillar)
        assert told["alliance"]["bound"][pillar] == (
            None if pillar not in MEASURED[name] else 31 if members is None else len(members)
        )
        assert (told["alliance"][pillar] is not None) == (pillar in MEASURED[name])
    if not binds(name, "core", OUTSIDE):
        assert ally["first_year_half_at_target"] is ally["already"] is None


def test_the_tables_have_rows_without_figures(name: str, results: sim.Results, file: Path, call: Call) -> None:
    table = results.compliance()
    assert sorted(set(table.pillar)) == sorted(MEASURED[name])
    for (iso3, pillar), rows in table.groupby(["iso3", "pillar"]):
        assert rows.probability.notna().all() == rows.probability.notna().any() == binds(name, pillar, iso3)
        assert rows[["ci_low", "ci_high", "without_late_push"]].notna().all(axis=None) == binds(name, pillar, iso3)
    gap = results.gap().dropna(subset="shortfall_usd_bn_mean")
    first = results.first_year()
    expected = {e.iso3 for e in results.record.description.allies if binds(name, "core", e.iso3)}
    assert set(gap.iso3) - {"EUC", "NATO"} == set(first.iso3) == expected
    said = call("run", file, "--csv", "--ally", OUTSIDE, "--no-half")
    assert len(said.out.splitlines()) == 1 + len(results.record.description.years) * len(MEASURED[name])
    for line in said.out.splitlines()[1:]:
        assert line.endswith(",,,,,320") != binds(name, line.split(",")[3], OUTSIDE)


def test_nobody_counts_in_the_alliance_whom_the_target_does_not_bind(name: str, results: sim.Results) -> None:
    table = results.alliance()
    for pillar, members in BINDS[name].items():
        there = table[(table.pillar == pillar) & (table.probability > 0)]
        assert there.compliant.max() <= (31 if members is None else len(members))


def test_the_report_has_a_dash_and_the_sentences_count_the_bound(
    name: str, results: sim.Results, tmp_path: Path
) -> None:
    place = tmp_path / "report.html"
    write_report(results.record, place)
    text = place.read_text()
    row = text[text.index('<tr data-iso3="BEL">') :].split("</tr>")[0]
    shown = [p for p in MEASURED[name] if p == "core"] * 7
    shown += [p for p in ("total", "related") if p in MEASURED[name]]
    assert row.count(">–<") == sum(not binds(name, pillar, OUTSIDE) for pillar in shown)
    if BINDS[name].get("core"):
        assert "of the 3 allies that the core target binds are expected" in text
        assert "does not bind Belgium, so there are no odds" in text
    if BINDS[name].get("total") or BINDS[name].get("related"):
        assert "of the 3 allies that this target binds are expected" in text
    assert "KeyError" not in text
    assert " nan" not in text


@pytest.mark.parametrize("iso3", [OUTSIDE, "ITA"])
def test_the_brief_says_who_is_not_bound(name: str, iso3: str, results: sim.Results) -> None:
    page = brief(results.record, iso3)
    ally = {"ITA": "Italy", OUTSIDE: "Belgium"}[iso3]
    bound = binds(name, "core", iso3)
    assert (f"does not bind {ally}, so there are no odds" in page) == ("core" in MEASURED[name] and not bound)
    assert ("The scenario has no core target, so there are no odds" in page) == ("core" not in MEASURED[name])
    assert ("Expected shortfall" in page) == bound
    assert "nan" not in page


CHOICES: dict[str, Callable[[str], list[dict[str, Any]]]] = {
    "fan": lambda name: [{"ally": iso3} for iso3 in (OUTSIDE, "ITA", "EUC", "NATO")],
    "first-years": lambda name: [{"ally": "ITA"}],
    "ranked": lambda name: [{}, *({"pillar": pillar} for pillar in MEASURED[name])],
    "heat": lambda name: [{}, *({"pillar": pillar} for pillar in MEASURED[name])],
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_chart_is_drawn_or_refused_in_words(name: str, kind: str, results: sim.Results) -> None:
    core = "core" in MEASURED[name]
    for choices in CHOICES.get(kind, lambda name: [{}])(name):
        wants = kind in ("compliant", "first-years", "shortfall")
        if (wants and not core) or (kind in ("ranked", "heat") and not MEASURED[name]):
            with pytest.raises(sim.UsageError, match="no target for the pillar"):
                draw(kind, results.record, **choices)
            continue
        spec = json.dumps(draw(kind, results.record, **choices).to_dict(), ensure_ascii=False)
        assert "NaN" not in spec
        if kind in ("ranked", "heat", "compliant", "first-years"):
            default = next(p for p in ("core", "total", "related") if p in MEASURED[name])
            pillar = "core" if wants else choices.get("pillar", default)
            assert ("binds 3 of 31 allies" in spec.replace('", "', " ")) == bool(BINDS[name][pillar])


def test_a_fan_has_the_line_of_a_target_only_where_it_binds(name: str, results: sim.Results) -> None:
    for iso3 in (OUTSIDE, "ITA", "EUC", "NATO"):
        spec = draw("fan", results.record, ally=iso3).to_dict()
        whole = "core" in MEASURED[name] and BINDS[name]["core"] is None
        drawn = any(row.get("label") == "3.5 % by 2029" for rows in spec["datasets"].values() for row in rows)
        assert drawn == (whole or (iso3 not in ("EUC", "NATO") and binds(name, "core", iso3)))


def test_small_fans_show_every_ally(name: str, results: sim.Results) -> None:
    spec = draw("multiples", results.record).to_dict()
    assert len(spec["facet"]["sort"]) == 32
    members = BINDS[name].get(next((p for p in ("core", "total", "related") if p in MEASURED[name]), ""))
    if members:
        assert {
            entry.iso3 for entry in results.record.description.allies if entry.name in spec["facet"]["sort"][1:4]
        } == set(members)
        assert "the 28 that it does not bind last" in " ".join(spec["title"]["subtitle"])


def test_a_comparison_counts_each_of_its_own(name: str, file: Path, tmp_path: Path, call: Call) -> None:
    other = tmp_path / "other.toml"
    other.write_text(HEAD.replace("2030", "2029") + CORE + RELATED + TOTAL)
    for first, second in ((file, other), (other, file)):
        said = call("compare", first, second)
        assert (said.code, said.err) == (0, "")
        told = json.loads(call("compare", first, second, "--json").out)["comparisons"][0]
        for row in told["allies"]:
            assert binds(name, row["pillar"].removesuffix("_without_late_push"), row["iso3"])
    if BINDS[name].get("core"):
        assert "of 31 expected in A" in said.out
        assert "of the 3 bound in B" in said.out


def test_a_run_is_told(name: str, file: Path, call: Call) -> None:
    for options in ((), ("--ally", OUTSIDE), ("--json",)):
        assert call("replay", file, "--path", 3, *options).code == 0


@pytest.mark.parametrize(
    ("form", "place"),
    [("csv", "x"), ("parquet", "x"), ("excel", "x.xlsx"), ("json", "x.json"), ("netcdf", "x.nc")],
)
def test_every_export_leaves_a_gap(name: str, form: str, place: str, results: sim.Results, tmp_path: Path) -> None:
    out = tmp_path / place
    export(results, form, out)
    if form == "csv":
        table = pd.read_csv(out / "compliance.csv")
    elif form == "parquet":
        table = pd.read_parquet(out / "compliance.parquet")
    elif form == "excel":
        table = pd.read_excel(out, sheet_name="compliance", na_values=["\u2013"])
    elif form == "json":
        table = pd.DataFrame(json.loads(out.read_text())["tables"]["compliance"])
    else:
        import xarray

        with xarray.open_dataset(out, engine="h5netcdf") as found:
            for pillar in ("core", "related", "total"):
                for iso3 in (OUTSIDE, "ITA"):
                    figures = found["probability"].sel(pillar=pillar, ally=iso3).to_numpy()
                    assert np.isfinite(figures).all() == np.isfinite(figures).any() == binds(name, pillar, iso3)
        return
    if not MEASURED[name]:
        assert len(table) == 0
        return
    for (iso3, pillar), rows in table.groupby(["iso3", "pillar"]):
        assert rows.probability.notna().all() == rows.probability.notna().any() == binds(name, pillar, iso3)


def test_a_forecast_is_frozen_or_refused(name: str, file: Path, tmp_path: Path, call: Call) -> None:
    said = call("freeze", file, "--date", f"{LAST_YEAR}-11", "--to", 2029, "--out", tmp_path / "frozen.json")
    if "core" not in MEASURED[name]:
        assert said.code == 2
        assert "no core target" in said.err
        return
    assert said.code == 0, said.err
    members = BINDS[name]["core"]
    for forecaster in json.loads((tmp_path / "frozen.json").read_text())["forecasters"]:
        (told,) = forecaster["scenarios"]
        for cell in told["shares"]:
            if cell["iso3"] != "EUC":
                assert (cell["at_target"] is not None) == binds(name, "core", cell["iso3"])
        assert {len(entry["pmf"]) for entry in told["number"]} == {32 if members is None else len(members) + 1}


def test_a_notebook_shows_dashes(name: str, results: sim.Results, file: Path) -> None:
    shown = results._repr_html_()
    main = next((p for p in ("core", "total", "related") if p in MEASURED[name]), None)
    bound = BINDS[name].get(main) if main else None
    assert shown.count(">–<") == (28 if bound else 0)
    assert ("binds 3 of 31 allies" in shown) == any(BINDS[name].values())
    assert ("nothing to comply with" in shown) == (main is None)
    assert sim.load(file)._repr_html_()
