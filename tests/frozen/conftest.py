"""What the tests of frozen forecasts share: one by hand, one simulated, a later edition, a call of the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pytest

import sim
from sim.cli import app
from sim.data.edition import LAST_YEAR
from sim.engine.parameter_rows import rows_counted
from sim.evaluation.forecasts.making import FORECASTERS, Forecasters, freeze
from sim.evaluation.forecasts.schema import (
    AS_SHIPPED,
    SHIPPED,
    Forecast,
    ForecastCell,
    ForecastNumber,
    ForecastTarget,
    Frozen,
    FrozenForecaster,
)
from sim.results.parameter_range import LEAST_PATHS

DATE = f"{LAST_YEAR}-11"
"""A month in which a forecast from the last year with a figure can be made."""

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"
RANGED_PATHS = LEAST_PATHS * rows_counted(sim.loads('[parameters]\nuse = "drawn"'))
"""The fewest of which a range over parameters is told."""

AS_SHIPPED_ONLY: Forecasters = {SHIPPED: FORECASTERS[SHIPPED]}
as_shipped = FORECASTERS[SHIPPED][1]

POINT = (3.0,) * 23
STEP = (2.0,) * 11 + (4.0,) * 12
"""Two distributions whose scores can be had by hand: a certain 3 %, and 2 or 4 % with even chances."""


def cell(iso3: str, year: int, p: float | None, quantiles: tuple[float, ...]) -> ForecastCell:
    chance = None if p is None else (p, p - 0.01, p + 0.01)
    at_least = tuple((q, q - 0.01, q + 0.01) for q in (0.9, 0.8, 0.6, 0.5, 0.1))
    return ForecastCell(
        iso3=iso3, ally=iso3.title(), year=year, at_target=chance, over_parameters=None, without_late_push=None,
        at_least=at_least, quantiles=quantiles,
    )  # fmt: skip


@pytest.fixture(scope="session")
def by_hand() -> Frozen:
    """Estonia and Italy, of which only Estonia is bound, and Europe and Canada, in 2027 and 2028."""
    shares = []
    for year in (2027, 2028):
        shares.append(cell("EST", year, 0.8, POINT))
        shares.append(cell("ITA", year, None, STEP))
        shares.append(cell("EUC", year, 0.3, STEP))
    forecast = Forecast(
        name="hand", title="By hand", source="", note="", base_year=2026, last_year=2028, scenario_last_year=2028,
        target=ForecastTarget(share_pct=3.5, by=2028, agreed=""), scenario_digest="0" * 64, simulated_digest="0" * 64,
        data_digest="0" * 64, seed=1, paths=100, shares=tuple(shares),
        number=(ForecastNumber(year=2027, pmf=(0.2, 0.8)), ForecastNumber(year=2028, pmf=(0.3, 0.7))),
    )  # fmt: skip
    only = FrozenForecaster(name=SHIPPED, description=AS_SHIPPED, scenarios=(forecast,))
    return Frozen(date="2026-11", burdenshare="0.1.0", stream_version=1, reading={}, forecasters=(only,))


def of(frozen: Frozen, *forecasts: Forecast) -> Frozen:
    """The same from one forecaster, of these scenarios."""
    (only,) = frozen.forecasters
    return frozen.model_copy(update={"forecasters": (only.model_copy(update={"scenarios": forecasts}),)})


@pytest.fixture(scope="session")
def two_by_hand(by_hand: Frozen) -> Frozen:
    """The forecast by hand, and another forecaster who gives everything half a chance and 4 %."""
    forecast, half = by_hand.scenarios[0], (0.5, 0.4, 0.6)
    cells = tuple(
        entry.model_copy(update={"quantiles": (4.0,) * 23} | ({"at_target": half} if entry.at_target else {}))
        for entry in forecast.shares
    )
    numbers = tuple(entry.model_copy(update={"pmf": (0.5, 0.5)}) for entry in forecast.number)
    other = forecast.model_copy(update={"shares": cells, "number": numbers, "simulated_digest": "1" * 64})
    coin = FrozenForecaster(name="coin", description="Everything has half a chance.", scenarios=(other,))
    return Frozen(**{**dict(by_hand), "forecasters": (*by_hand.forecasters, coin)})


@pytest.fixture(scope="session")
def scenarios() -> dict[str, sim.Scenario]:
    return {name: sim.load(SCENARIOS / f"{name}.toml") for name in ("rutte_2032", "hague_2035")}


@pytest.fixture(scope="session")
def frozen(scenarios: Mapping[str, sim.Scenario]) -> Frozen:
    """The two shipped scenarios as shipped, 320 paths each, to 2035."""
    return freeze(scenarios, DATE, forecasters=AS_SHIPPED_ONLY, paths=320, seed=7, workers=1)


@pytest.fixture(scope="session")
def by_all(scenarios: Mapping[str, sim.Scenario]) -> Frozen:
    """The same by all forecasters of the project."""
    return freeze(scenarios, DATE, paths=320, seed=7, workers=1)


TWO: Forecasters = {
    "shipped": ("As shipped.", as_shipped),
    "half": ("Half the urgency.", lambda scenario: as_shipped(scenario).with_urgency(0.5)),
}


@pytest.fixture(scope="session")
def two(scenarios: Mapping[str, sim.Scenario]) -> Frozen:
    """The same two scenarios by two forecasters."""
    return freeze(scenarios, DATE, forecasters=TWO, paths=320, seed=7, workers=1)


@pytest.fixture(scope="session")
def drawn_and_shipped(scenarios: Mapping[str, sim.Scenario]) -> Frozen:
    """One scenario by all forecasters, with as many paths as tell rows of parameters from chance."""
    few = {"hague_2035": scenarios["hague_2035"]}
    return freeze(few, DATE, LAST_YEAR + 2, paths=RANGED_PATHS, seed=7, workers=1)


Edition = Callable[..., Path]


def before(table: str, year: int) -> str:
    """A packaged table of shares without the rows of a year and of those after it."""
    text = resources.files("sim.data").joinpath("tables", f"{table}.csv").read_text(encoding="utf-8")
    header, *lines = text.splitlines()
    return "\n".join([header, *(line for line in lines if int(line.split(",")[1]) < year), ""])


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    """Write a made-up later edition of the table of shares: the packaged rows, and years with one share for all."""

    def writing(share_pct: float, *years: int, status: str = "estimate", without: str = "") -> Path:
        header, *lines = before("shares", min(years)).strip().split("\n")
        assert header.startswith("iso3,year,share_pct,status,")
        blanks = "," * (header.count(",") - 3)
        allies = sorted({line[:3] for line in lines} - {without})
        rows = [f"{iso3},{year},{share_pct},{status}{blanks}" for iso3 in allies for year in years]
        file = tmp_path / "later.csv"
        file.write_text("\n".join([header, *lines, *rows]) + "\n", encoding="utf-8")
        return file

    return writing


@dataclass(frozen=True)
class Said:
    """What a call left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Call the command line in this process."""

    def calling(*args: object) -> Said:
        code = app.run([str(arg) for arg in args])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return calling
