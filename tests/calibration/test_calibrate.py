"""One calibration from start to end, its table, and the editions it can rest on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from calibration.known import PLACE, SILENT, TRUTH, Formula
from sim.data.edition import full_editions, key_of
from sim.data.tables import load_tables
from sim.engine.variants import reported_shares
from sim.errors import UsageError
from sim.evaluation.backtest.origins import LAST, ORIGINS, past_scenario, seen_in
from sim.evaluation.calibration.calibrate import (
    asked,
    calibrate,
    cutoffs,
    last_cutoff,
    shares_of_edition,
    table,
)
from sim.evaluation.calibration.evidence import ScoringJob, score_points, shares_seen
from sim.evaluation.calibration.parameters import MIDDLE, shipped, variants_at
from sim.evaluation.scores.crps import crps
from sim.model.estimated import ESTIMATED
from sim.scenario.loading.load import loads


def test_what_the_figures_say_is_found_and_the_rest_stays_in_the_middle(formula: Formula) -> None:
    found = calibrate(LAST, paths=16, workers=1)
    assert (found.years, found.cells) == (LAST - 2014, sum(min(5, LAST - origin) for origin in ORIGINS))
    assert found.score < found.middle_score
    rows: dict[str, Any] = {str(row["parameter"]): row for row in table(found)}
    assert list(rows) == [each.name for each in ESTIMATED]
    for each in ESTIMATED:
        row, place = rows[each.name], PLACE[each.name]
        assert (row["low"], row["high"], row["title"]) == (each.low, each.high, each.title)
        assert row["estimate"] == found.numbers[each.name]
        assert each.low <= row["q05"] <= row["q95"] <= each.high
        assert len(row["rise"]) == 5
        if each.name in SILENT:
            assert row["estimate"] == pytest.approx(each.middle, rel=1e-3)
            assert row["verdict"] == "not pinned"
        elif abs(TRUTH[place] - 0.5) > 0.1:
            assert (row["estimate"] > each.middle) == (TRUTH[place] > 0.5)
    as_shipped = shipped(loads(""))
    assert {name: row["shipped"] for name, row in rows.items()} == as_shipped
    assert found.shipped_score != found.score


def test_a_quick_calibration_has_the_same_estimate_without_profiles(formula: Formula) -> None:
    whole, quick = (calibrate(2019, paths=16, workers=1, quick=quick) for quick in (False, True))
    assert quick.numbers == whole.numbers
    assert (quick.uncertainty.resampled == whole.uncertainty.resampled).all()
    assert quick.by_moments is quick.uncertainty.profiles is None
    assert {"rise", "by_moments"}.isdisjoint(table(quick)[0])
    assert set(table(whole)[0]) - set(table(quick)[0]) == {"rise", "by_moments"}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"cutoff": 2014}, f"cutoff must lie from 2015 to {LAST} in edition {key_of()}, not 2014"),
        ({"cutoff": LAST + 1}, f"cutoff must lie from 2015 to {LAST} in edition {key_of()}, not {LAST + 1}"),
        ({"cutoff": 2025, "edition": "2025-08"}, "cutoff must lie from 2015 to 2024 in edition 2025-08, not 2025"),
        ({"edition": "2024-06"}, "no edition '2024-06' with shares since 2014; there are 2025-08, 2026-07"),
        ({"edition": ""}, "no edition ''"),
        ({"paths": 15}, "paths must be a whole number from 16 to 65,536, not 15"),
        ({"paths": 70_000}, "paths must be a whole number from 16 to 65,536"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        ({"workers": 0}, "workers must be a whole number from 1 to 1,024, not 0"),
    ],
)
def test_what_cannot_be_estimated_is_refused(formula: Formula, facts: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError) as error:
        calibrate(**({"cutoff": 2020} | facts))  # type: ignore[arg-type]
    assert str(error.value).startswith(words)
    assert formula.made == 0


def test_every_edition_has_its_cutoffs() -> None:
    assert [last_cutoff(edition) for edition in full_editions()][:2] == [2024, 2026]
    assert last_cutoff(key_of()) == LAST
    assert list(cutoffs(key_of())) == list(ORIGINS)[1:]
    assert list(cutoffs("2025-08")) == list(range(2015, 2025))
    for edition in full_editions():
        asked(last_cutoff(edition), edition, 16)


def test_the_shares_of_an_edition_are_those_it_printed() -> None:
    assert shares_of_edition(key_of()) is None
    replaced = shares_of_edition("2025-08")
    assert replaced is not None
    former, ours = load_tables({"shares": replaced}), load_tables()
    printed = {(row.iso3, row.year): row.share_pct for row in ours.share_vintages if row.edition == "2025-08"}
    assert {(row.iso3, row.year): row.share_pct for row in former.shares} == printed
    assert former.share("DEU", 2025) is None
    assert former.share("DEU", 2024) is not None
    assert former.share("USA", 2024) != ours.share("USA", 2024)
    assert np.isfinite(shares_seen(range(2014, 2025), replaced)).all()
    assert np.isnan(shares_seen(range(2025, 2026), replaced)).sum() == 1


def test_an_edition_that_lacks_an_ally_is_scored_on_the_others() -> None:
    """Germany has no 2025 in the edition of August 2025."""
    replaced = shares_of_edition("2025-08")
    found = score_points(ScoringJob(MIDDLE[None], 2023, 2025, 1, 32, replaced))
    assert np.isfinite(found).all()
    scenario = seen_in(past_scenario(2023, 2025, events_given=True), replaced)
    ensemble = reported_shares(variants_at(scenario, MIDDLE[None]), 1, 32)[0]
    observed = shares_seen(range(2024, 2026), replaced)
    seen = np.isfinite(observed[:, 1])
    assert seen.sum() == len(seen) - 1
    assert found[0, 0, 0] == pytest.approx(crps(ensemble[:, 0], observed[:, 0]).mean())
    assert found[0, 1, 0] == pytest.approx(crps(ensemble[seen, 1], observed[seen, 1]).mean())


def test_another_edition_gives_another_answer() -> None:
    one, other = (
        score_points(ScoringJob(MIDDLE[None], 2021, 2022, 1, 32, shares_of_edition(edition)))
        for edition in (full_editions()[0], key_of())
    )
    assert not np.allclose(one, other, atol=1e-4)


def test_an_older_edition_is_estimated_to_its_last_cutoff(formula: Formula) -> None:
    found = calibrate(2024, edition="2025-08", paths=16, workers=1, quick=True)
    assert (found.edition, found.years, found.cells) == ("2025-08", 10, 40)
    assert all(job.shares is not None for job in formula.jobs)
