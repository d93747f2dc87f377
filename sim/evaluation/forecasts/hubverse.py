"""Forecasts as a hub in the format of the hubverse: a folder that its tools read, validate and score."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from sim.errors import RunError, UsageError
from sim.evaluation.forecasts import hub_config
from sim.evaluation.forecasts.hub_checks import faults
from sim.evaluation.forecasts.hub_config import ALLIANCE, COLUMNS, COMPLIANCE, NO, NUMBER, SHARE, UNNAMED, YES
from sim.evaluation.forecasts.schema import LEVELS, Forecast, Frozen, FrozenForecaster, last_day
from sim.files.writing import write_folder
from sim.text.escaping import json_text
from sim.text.rounding import decimal

HubRow = tuple[str, str, str, str, str, str, str, str]
"""The columns of `hub_config.COLUMNS`."""


def export_frozen(frozen: Frozen, out: str | os.PathLike[str], repository: str = UNNAMED) -> list[Path]:
    """Write a frozen forecast as a hub into the new folder `out`: the paths of its model output; see `export`."""
    return export(frozen.forecasters, frozen.date, out, made_by=frozen.burdenshare, repository=repository)


def export(
    forecasters: Sequence[FrozenForecaster], date: str, out: str | os.PathLike[str], *, made_by: str | None = None,
    repository: str = UNNAMED,
) -> list[Path]:  # fmt: skip
    """Write what forecasters say of the same scenarios as a hub into the new folder `out`: a model each.

    The paths are those of the model output, in the order of the forecasters. `date` is when the forecasts were made,
    YYYY-MM or YYYY-MM-DD; `made_by` the version of burdenshare, this one unless given; `repository` owner and name of
    the repository on GitHub in which the hub is published.

    Raises:
        UsageError: a repository that is none.
        RunError: the place is taken or cannot be written.
    """
    destination = Path(out)
    check_repository(repository)
    check_destination(destination)
    models = {hub_config.model_id(forecaster.name): forecaster for forecaster in forecasters}
    outputs = {model: Path("model-output", model, f"{last_day(date)}-{model}.csv") for model in models}
    made = made_by or version("burdenshare")
    texts = {
        Path("hub-config", "admin.json"): json_text(hub_config.admin(repository), 2),
        Path("hub-config", "tasks.json"): json_text(hub_config.tasks(forecasters[0].scenarios, date), 2),
        Path("hub-config", "model-metadata-schema.json"): json_text(hub_config.metadata_schema(), 2),
    }
    for model, forecaster in models.items():
        texts[Path("model-metadata", f"{model}.yml")] = hub_config.yaml(hub_config.metadata(forecaster, made))
        texts[outputs[model]] = _csv(forecaster.scenarios, date)

    def fill(folder: Path) -> None:
        for file, text in texts.items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
        found = faults(folder)
        if found:
            raise AssertionError(f"the hub would not be valid: {'; '.join(found[:5])}")

    write_folder(fill, destination)
    return [destination / output for output in outputs.values()]


def check_repository(repository: str) -> None:
    """Refuse what cannot be a repository on GitHub.

    Raises:
        UsageError: it is not written owner/name.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}", repository):
        raise UsageError(f"a repository is written owner/name, such as {UNNAMED}, not {repository[:80]!r}")


def check_destination(out: str | os.PathLike[str]) -> None:
    """Refuse a place that is taken: nothing of a user's is replaced.

    Raises:
        RunError: it is a file, or a folder that is not empty.
    """
    destination = Path(out)
    if destination.exists() and not (destination.is_dir() and not any(destination.iterdir())):
        raise RunError(f"{out} exists and is not an empty folder; choose another place")


def rows(forecasts: Sequence[Forecast], date: str) -> Iterator[HubRow]:
    """The model output: quantiles of shares, probabilities of compliance, probabilities of the number of allies."""
    origin = last_day(date)
    for forecast in forecasts:
        scenario = hub_config.scenario_id(forecast.name)
        for cell in forecast.shares:
            head = (origin, scenario, SHARE, hub_config.end_of(cell.year), cell.iso3)
            for level, value in zip(LEVELS, cell.quantiles, strict=True):
                yield *head, "quantile", f"{level:g}", _plain(value)
        for cell in forecast.shares:
            if cell.at_target is not None:
                head = (origin, scenario, COMPLIANCE, hub_config.end_of(cell.year), cell.iso3)
                probability = cell.at_target[0]
                yield *head, "pmf", NO, _plain(float(1 - decimal(probability)))
                yield *head, "pmf", YES, _plain(probability)
        for entry in forecast.number:
            head = (origin, scenario, NUMBER, hub_config.end_of(entry.year), ALLIANCE)
            for number, probability in enumerate(entry.pmf):
                yield *head, "pmf", str(number), _plain(probability)


def _plain(value: float) -> str:
    """The shortest decimal that reads back as the number, without an exponent: 0.00001."""
    return f"{decimal(value).normalize():f}"


def _csv(forecasts: Sequence[Forecast], date: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(forecasts, date))
    return text.getvalue()
