"""Values as people write them, and how a scenario writes the same: random values, months, numbers, names, paths."""

from __future__ import annotations

import datetime
import re
from typing import Any, Final, get_args

from sim.model.events import AnyEvent
from sim.model.sections import SECTIONS

_NUMBER = r"([+-]?\d+(?:[.,]\d+)?)"
_PART = rf"(?:\w+\s*=\s*)?{_NUMBER}"
_CALL = re.compile(rf"([A-Za-z_]+)\s*\(\s*{_PART}\s*[,;]\s*{_PART}(?:\s*[,;]\s*{_PART})?\s*\)")
_RANGE = re.compile(rf"(?:from\s+|between\s+)?{_NUMBER}\s*(?:\.\.+|…|–|-|\bto\b|\band\b)\s*{_NUMBER}")
_SPREAD = re.compile(rf"{_NUMBER}\s*(?:±|\+/?-)\s*{_NUMBER}")
_PARTS: Final = {
    "normal": ("mean", "sd"),
    "uniform": ("low", "high"),
    "beta": ("a", "b"),
    "triangular": ("low", "mode", "high"),
}
OTHER_FAMILIES: Final[dict[str, str]] = {
    "n": "normal", "norm": "normal", "gauss": "normal", "gaussian": "normal", "u": "uniform", "unif": "uniform",
    "range": "uniform", "between": "uniform", "flat": "uniform", "tri": "triangular", "triang": "triangular",
    "triangle": "triangular", "t": "student_t", "student": "student_t", "studentt": "student_t", "lognorm": "lognormal",
    "log_normal": "lognormal", "expon": "exponential", "exp": "exponential",
}  # fmt: skip
"""What families of distributions are called elsewhere."""

_UNITS: Final = {
    (name, field.json_schema_extra["unit"])
    for model in (*(section.model for section in SECTIONS), *get_args(get_args(AnyEvent)[0]))
    for name, field in model.model_fields.items()
    if isinstance(field.json_schema_extra, dict)
}
FRACTIONS: Final = ({name for name, unit in _UNITS if unit in ("1", "1/year")} | {"commitment", "exposure"}) - {
    name for name, unit in _UNITS if unit not in ("1", "1/year")
}
"""Keys whose values have no unit, wherever they stand: 1 is all of it."""

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def distribution_meant(value: Any) -> str | None:
    """The distribution that stands behind N(0.3, 1), "0.2 to 0.4", 0.3 ± 0.1 or [0.2, 0.4]; None for anything else."""
    if isinstance(value, list):
        rising = len(value) in (2, 3) and all(type(each) in (int, float) for each in value) and sorted(value) == value
        return _distribution("uniform" if len(value) == 2 else "triangular", value) if rising else None
    if not isinstance(value, str) or len(value) > 60:
        return None
    text = value.strip().replace("−", "-")
    if found := _CALL.fullmatch(text):
        numbers = [_real(part) for part in found.groups()[1:] if part]
        family = OTHER_FAMILIES.get(found[1].lower(), found[1].lower())
        return _distribution(family, numbers) if len(_PARTS.get(family, ())) == len(numbers) else None
    if found := _SPREAD.fullmatch(text):
        return _distribution("normal", [_real(found[1]), _real(found[2])])
    if (found := _RANGE.fullmatch(text)) and _real(found[1]) < _real(found[2]):
        return _distribution("uniform", [_real(found[1]), _real(found[2])])
    return None


def parameters_meant(family: str, value: Any) -> str | None:
    """A distribution of `family` whose parameters stand in a list without their names."""
    numbers = isinstance(value, list) and all(type(each) in (int, float) for each in value)
    return _distribution(family, value) if numbers and len(_PARTS.get(family, ())) == len(value) else None


def _real(text: str) -> float:
    return float(text.replace(",", "."))


def _distribution(family: str, numbers: list[float]) -> str:
    inner = ", ".join(f"{name} = {float(number)!r}" for name, number in zip(_PARTS[family], numbers, strict=True))
    return f"{{ {family} = {{ {inner} }} }}"


def number_meant(text: str, key: str) -> str | None:
    """The number in "3,5", "3.5 %" or "3.5 pp"; a percentage is a fraction of 1 under a key without a unit."""
    found = re.fullmatch(
        rf"{_NUMBER}\s*(%|percent|per cent|pct|pp)?(?:\s*(?:of )?GDP)?", text.strip().replace("−", "-")
    )
    if not found:
        return None
    number = found[1].replace(",", ".")
    return f"{round(float(number) / 100, 6):g}" if found[2] and key in FRACTIONS else number


def year_meant(value: Any) -> int | None:
    """The year in 32, "2032" or "2030-12"; None where there is none."""
    if type(value) is int and 14 <= value <= 99:
        return 2000 + value
    found = (
        re.fullmatch(r"(20\d\d)(?:-\d\d?){0,2}", value.strip()) if isinstance(value, str) and len(value) < 20 else None
    )
    return int(found[1]) if found and found[1].isascii() else None


def month_meant(value: Any) -> str | None:
    """The month in "2028-6", "06/2028", "June 2028", 2028-06-15 or 2028, as "2028-06"; of a year alone its first."""
    if isinstance(value, datetime.date):
        return f"{value.year}-{value.month:02d}"
    text = str(value).strip().lower()
    if len(text) > 30 or not text.isascii():
        return None
    if re.fullmatch(r"20\d\d", text):
        return f"{text}-01"
    year = re.search(r"\b20\d\d\b", text)
    if not year:
        return None
    rest = (text[: year.start()] + " " + text[year.end() :]).strip(" ./-,'")
    word = re.match(r"(?:\d{1,2}\.?\s*)?([a-z]{3,9})\b", rest)
    if word and word[1][:3] in _MONTHS:
        return f"{year[0]}-{_MONTHS.index(word[1][:3]) + 1:02d}"
    parts = re.findall(r"\d+", rest)
    month = int(parts[0]) if parts and (len(parts) == 1 or year.start() == 0) else 0
    return f"{year[0]}-{month:02d}" if 1 <= month <= 12 else None


def name_meant(text: str) -> str | None:
    """A name in small letters, digits and underscores that is like `text`."""
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:63]
    return name if re.match("[a-z]", name) else None


def points_meant(value: Any) -> str | None:
    """Points of an announced path from { 2028 = 2.5 }, [[2028, 2.5]] or one point without its list."""
    if isinstance(value, dict) and {"year", "share_pct"} <= set(value):
        pairs = [(value["year"], value["share_pct"])]
    elif isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list) and all(isinstance(each, list) and len(each) == 2 for each in value):
        pairs = [(each[0], each[1]) for each in value]
    else:
        return None
    read = [(str(year), share) for year, share in pairs[:3] if re.fullmatch(r"20\d\d", str(year))]
    if not read or any(type(share) not in (int, float) for _, share in read):
        return None
    points = ", ".join(f"{{ year = {year}, share_pct = {float(share)!r} }}" for year, share in read)
    return f"points = [{points}{', …' if len(pairs) > 3 else ''}]"
