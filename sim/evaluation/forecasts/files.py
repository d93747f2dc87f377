"""The file of a frozen forecast: JSON with a sha256 over its content, which every reading checks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.data.reader import shorten
from sim.errors import Fault, ScenarioError, UsageError
from sim.evaluation.forecasts.schema import AS_SHIPPED, FORMAT, SHIPPED, Frozen
from sim.files import strict_json
from sim.files.writing import try_write, write_new
from sim.scenario.loading.reading import text_of

KEY = "sha256"
OVER_PARAMETERS = "over_parameters"
NOT_IN_FORMAT_1 = "must not stand in a file of format 1"
ORIGINAL = "fetch the original file again, or freeze anew under another date"


def canonical(content: Mapping[str, Any]) -> bytes:
    """`content` as the one text that is hashed: JSON in ASCII, keys sorted, no blanks."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


def digest(content: Mapping[str, Any]) -> str:
    """sha256 of the content without its own digest."""
    return sha256(canonical({key: value for key, value in content.items() if key != KEY})).hexdigest()


def content_of(frozen: Frozen) -> dict[str, Any]:
    """What the file of a forecast holds but for the digest, in the format that the forecast is of."""
    content = frozen.model_dump(mode="json")
    if frozen.format == 1:
        (only,) = content.pop("forecasters")
        content["scenarios"] = only["scenarios"]
        for _, cell in _cells(content):
            del cell[OVER_PARAMETERS]
    return content


def digest_of(frozen: Frozen) -> str:
    """The sha256 that the file of a forecast states."""
    return digest(content_of(frozen))


def text(frozen: Frozen) -> str:
    """The file's text: an ally and year a line, the digest last."""
    content = content_of(frozen)
    return _laid_out({**content, KEY: digest(content)}) + "\n"


def check_destination(out: str | os.PathLike[str]) -> None:
    """Refuse a place that cannot become a frozen forecast, before the runs; leaves nothing behind.

    Raises:
        RunError: it cannot be written.
        ScenarioError: another kind of file stands there.
    """
    file = Path(out)
    if file.exists():
        read(file)
        return
    try_write(out)


def write(frozen: Frozen, out: str | os.PathLike[str]) -> bool:
    """Write the file, whole and at once; False where the same forecast stands there already.

    Of several that are written there at once the first one stands.

    Raises:
        UsageError: another forecast stands there: what is frozen is never replaced.
        RunError: the place cannot be written.
        ScenarioError: another kind of file stands there, or a damaged forecast.
    """
    written = text(frozen).encode()
    if not Path(out).exists() and write_new(written, out):
        return True
    read(out)
    if Path(out).read_bytes() == written:
        return False
    raise UsageError(f"{out} holds another forecast, and what is frozen is not replaced; choose another file")


def read(path: str | os.PathLike[str]) -> Frozen:
    """The forecast of a file whose content has the sha256 that it states.

    Raises:
        ScenarioError: no such file, no frozen forecast, or one that was changed or damaged.
    """
    file = str(path)
    found = text_of(Path(path), file, strict_json.MOST_BYTES)
    content = _parsed(found, file)
    if content.get("kind") != Frozen.model_fields["kind"].default:
        rule = "must be a frozen forecast"
        raise _refused(file, "kind", content.get("kind"), rule, "name a file that `sim freeze` wrote", "no-forecast")
    expected = digest(content)
    if content.get(KEY) != expected:
        rule = f"must be the sha256 of the content, {expected}: the file was changed or damaged since it was frozen"
        raise _refused(file, KEY, content.get(KEY), rule, ORIGINAL, "damaged-forecast")
    if content.get("format") not in (1, FORMAT):
        remedy = "read it with the version of burdenshare that the file names"
        raise _refused(file, "format", content.get("format"), f"must be 1 or {FORMAT}", remedy, "other-format")
    del content[KEY]
    in_format_1 = content["format"] == 1
    if in_format_1:
        content = _of_format_1(content, file)
    try:
        return Frozen.model_validate_json(json.dumps(content), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])).removeprefix("forecasters.0." if in_format_1 else "")
        value = first["input"] if isinstance(first["input"], (str, int, float)) else ""
        raise _refused(file, field, value, first["msg"], ORIGINAL, "damaged-forecast") from None


def _of_format_1(content: Mapping[str, Any], file: str) -> dict[str, Any]:
    """What format 2 has for the content of a file of format 1: its scenarios are those of one forecaster."""
    if "forecasters" in content:
        raise _refused(file, "forecasters", "", NOT_IN_FORMAT_1, ORIGINAL, "damaged-forecast")
    for field, cell in _cells(content):
        if OVER_PARAMETERS in cell:
            key = f"{field}.{OVER_PARAMETERS}"
            raise _refused(file, key, "", NOT_IN_FORMAT_1, ORIGINAL, "damaged-forecast")
        cell[OVER_PARAMETERS] = None
    facts = {key: value for key, value in content.items() if key != "scenarios"}
    only = {"name": SHIPPED, "description": AS_SHIPPED, "scenarios": content.get("scenarios")}
    return {**facts, "forecasters": [only]}


def _cells(content: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every ally and year of a file of format 1, with its place; what is none of a stranger's file is passed over."""
    for number, forecast in _entries(content.get("scenarios")):
        for index, cell in _entries(forecast.get("shares")):
            yield f"scenarios.{number}.shares.{index}", cell


def _entries(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a list, with their place in it."""
    for index, entry in enumerate(value if isinstance(value, list) else ()):
        if isinstance(entry, dict):
            yield index, entry


def _parsed(found: str, file: str) -> dict[str, Any]:
    """The JSON object of a text, read as a stranger's."""
    try:
        content = strict_json.parse(found)
    except json.JSONDecodeError as error:
        raise _refused(file, "", "", f"must be JSON ({error.msg})", ORIGINAL, "bad-json", error.lineno) from None
    except ValueError as error:
        raise _refused(file, "", "", f"must be JSON that can be read ({error})", ORIGINAL, "bad-json") from None
    if not isinstance(content, dict):
        remedy = "name a file that `sim freeze` wrote"
        raise _refused(file, "", shorten(found), "must be a frozen forecast", remedy, "no-forecast")
    return content


def _refused(file: str, field: str, value: Any, rule: str, remedy: str, code: str, line: int = 0) -> ScenarioError:
    shown = "" if value is None else shorten(value, 70)
    return ScenarioError((Fault(file, line, field, shown, rule, remedy, code),))


def _laid_out(value: Any, depth: int = 0) -> str:
    """JSON with a line for every entry that holds no further objects."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if depth and not any(isinstance(entry, dict) for entry in _within(inner)):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {_laid_out(entry, depth + 1)}" for key, entry in value.items()]
        opening, closing = "{", "}"
    else:
        parts = [_laid_out(entry, depth + 1) for entry in value]
        opening, closing = "[", "]"
    indent = " " * depth
    return f"{opening}\n" + ",\n".join(f"{indent} {part}" for part in parts) + f"\n{indent}{closing}"


def _within(entries: Any) -> Any:
    """The entries, and those of the lists among them."""
    for entry in entries:
        yield entry
        if isinstance(entry, list):
            yield from _within(entry)
