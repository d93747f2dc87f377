"""Options and kinds of values that several commands share, each defined once; they take what people type."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any])

_TIMES: Final = {"": 0, "k": 3, "m": 6, "mio": 6, "bn": 9}
_NUMBER: Final = re.compile(r"([+-]?\d[\d_]*(?:\.\d+)?(?:e[+-]?\d{1,2})?) ?(k|m|mio|bn)?", re.IGNORECASE | re.ASCII)
_GROUPS: Final = re.compile(r"[+-]?\d{1,3}(?:([,.' \u00a0\u202f’])\d{3})(?:\1\d{3})*", re.ASCII)


class WholeParam(click.ParamType[int]):
    """A whole number: 10000, 10_000, 10,000, 1e4, 10k, 0.5M; from `least` to `most` where these are given."""

    name = "integer"

    def __init__(self, least: int | None = None, most: int | None = None) -> None:
        self.least, self.most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; fails with what to write."""
        number = value if isinstance(value, int) else self._read(str(value).strip(), param, ctx)
        if (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
            limits = f"from {self.least} to {self.most}" if self.most is not None else f"of {self.least} or more"
            self.fail(f"{value} is not a whole number {limits}.", param, ctx)
        return number

    def _read(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        grouped = _GROUPS.fullmatch(text)
        if grouped and grouped[1] == "." and text.count(".") == 1:
            whole, thousands = text.partition(".")[0], text.replace(".", "")
            self.fail(f"{text} can be read as {whole} and as {thousands}; write one of these.", param, ctx)
        found = _NUMBER.fullmatch(re.sub(r"[,.' \u00a0\u202f’]", "", text) if grouped else text)
        number = Decimal(found[1].replace("_", "")).scaleb(_TIMES[(found[2] or "").lower()]) if found else None
        if number is None or number != number.to_integral_value():
            self.fail(f"{text[:40]!r} is not a whole number, such as 10000, 10_000, 1e4 or 10k.", param, ctx)
        return int(number)


class NumberParam(click.ParamType[float]):
    """A number; a decimal comma is taken for a point."""

    name = "float"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        text = str(value).strip()
        decimal = text.replace(",", ".") if re.fullmatch(r"[+-]?\d+,\d+", text) else text
        try:
            return float(decimal)
        except ValueError:
            self.fail(f"{text[:40]!r} is not a number, such as 0.5.", param, ctx)


class YearParam(WholeParam):
    """A year, of which the last two digits will do."""

    name = "year"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The year with four digits."""
        number = super().convert(value, param, ctx)
        return number + 2000 if 10 <= number <= 99 else number


class WordParam(click.Choice[str]):
    """One of some words in any case; `also` are other names of them."""

    def __init__(self, choices: Iterable[str], also: Mapping[str, str] | None = None) -> None:
        super().__init__(list(choices), case_sensitive=False)
        self.also = dict(also or {})

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word itself."""
        return super().convert(self.also.get(str(value).lower().lstrip("."), value), param, ctx)


def paths(help: str = "Simulated runs; the scenario's number unless given.", **more: Any) -> Callable[[C], C]:
    """--paths."""
    return click.option("--paths", type=WholeParam(), help=help, **more)


def seed(help: str = "Seed of every draw; the scenario's unless given.", **more: Any) -> Callable[[C], C]:
    """--seed."""
    return click.option("--seed", type=WholeParam(), help=help, **more)


def workers() -> Callable[[C], C]:
    """--workers."""
    help = "Worker processes; changes no number. All processors unless given."
    return click.option("--workers", type=WholeParam(), help=help)


def engine() -> Callable[[C], C]:
    """--engine."""
    help = (
        "How runs are computed; changes no number. fast compiles the equations, which takes some seconds first, and "
        "needs the extra fast; auto takes it for long runs.  [numpy]"
    )
    return click.option("--engine", type=WordParam(("numpy", "fast", "auto")), default="numpy", help=help)


def year(help: str, flag: str = "--year", name: str = "year", **more: Any) -> Callable[[C], C]:
    """--year, or another flag of a year."""
    return click.option(flag, name, type=YearParam(), help=help, **more)


def allies(help: str = "Show this ally only: code or name. Several: repeat it, or commas.") -> Callable[[C], C]:
    """--ally, as often as one likes."""
    return click.option("--ally", "allies", multiple=True, metavar="ALLY", help=help)
