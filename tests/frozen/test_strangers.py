"""A frozen forecast may come from a stranger: whatever it says, it is refused, or can be scored and exported."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.data.tables import Replacement, load_tables
from sim.errors import ScenarioError
from sim.evaluation.forecasts import files, hub_config
from sim.evaluation.forecasts.files import KEY, digest
from sim.evaluation.forecasts.hubverse import rows
from sim.evaluation.forecasts.schema import Frozen
from sim.evaluation.forecasts.scoring import score

NASTY: tuple[Any, ...] = (
    None, True, 0, -1, 1, 0.5, 2.5, 101, 1e308, 10**9, 10**19, "", "x", "=1+1", "EUC", "a" * 20_000, [], {}, [[]],
)  # fmt: skip


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a tree; of lists the first two entries."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, part in pairs:
        yield from leaves(part, (*path, key))


def test_whatever_a_forecast_says_it_is_refused_or_can_be_scored_and_exported(
    two_by_hand: Frozen, edition: Callable[..., Path], tmp_path: Path
) -> None:
    later = edition(3.0, 2027)
    tables = load_tables({"shares": Replacement("later", later.read_text("utf-8"))})
    content, file = two_by_hand.model_dump(mode="json"), tmp_path / "f.json"
    cases = read = 0
    for path in leaves(content):
        for value in NASTY:
            case = copy.deepcopy(content)
            tree = case
            for key in path[:-1]:
                tree = tree[key]
            tree[path[-1]] = value
            file.write_text(json.dumps({**case, KEY: digest(case)}), encoding="utf-8")
            cases += 1
            try:
                frozen = files.read(file)
            except ScenarioError:
                continue
            read += 1
            scores = score(frozen, tables)
            json.dumps([line.crps for line in scores.lines], allow_nan=False)
            json.dumps([case.log for case in scores.cases], allow_nan=False)
            assert all(list(rows(forecaster.scenarios, frozen.date)) for forecaster in frozen.forecasters)
            assert hub_config.tasks(frozen.scenarios, frozen.date)
            assert [hub_config.metadata(forecaster, frozen.burdenshare) for forecaster in frozen.forecasters]
    assert cases > 500
    assert read < cases / 5


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda s: s.update(base_year=-(10**15)), "scenarios.0.base_year"),
        (lambda s: s.update(base_year=2000, last_year=2100), "scenarios.0"),
        (lambda s: s.update(last_year=2026, shares=[], number=[]), "scenarios.0"),
        (lambda s: s["shares"][0].update(iso3="=1+1"), "scenarios.0.shares.0.iso3"),
        (lambda s: s.update(paths=0), "scenarios.0.paths"),
        (lambda s: s.update(seed=-1), "scenarios.0.seed"),
    ],
)  # fmt: skip
def test_what_no_forecast_says_is_named(
    change: Callable[[dict[str, Any]], object], place: str, by_hand: Frozen, tmp_path: Path
) -> None:
    content = by_hand.model_dump(mode="json")
    change(content["forecasters"][0]["scenarios"][0])
    (tmp_path / "f.json").write_text(json.dumps({**content, KEY: digest(content)}))
    with pytest.raises(ScenarioError) as raised:
        files.read(tmp_path / "f.json")
    assert raised.value.faults[0].field == f"forecasters.0.{place}"
