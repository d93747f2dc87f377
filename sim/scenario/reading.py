"""The first act: from a file to its tables, within limits, and on to the files it extends."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from sim.errors import Fault, ScenarioError
from sim.scenario import lines
from sim.scenario.checks.words import shown
from sim.words.harmless import printable

DEFAULTS = "defaults.toml (packaged)"
MAX_BYTES: Final = 1024 * 1024  # of a scenario
MAX_TABLE_BYTES: Final = 4 * 1024 * 1024  # of a user's data table
MAX_CHAIN: Final = 8  # files, the first included
MAX_NAME: Final = 255  # bytes of a file's name: no common file system takes more
_AT_LINE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)$")
_BAD_NAME = re.compile(r"[/\\:\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Source:
    """One file, parsed: the name for messages, its tables, and the line of each key."""

    name: str
    raw: Mapping[str, Any]
    places: lines.Places


def parsed(text: str, name: str) -> Source:
    """`text` as TOML; raises ScenarioError."""
    try:
        places = lines.scan(text)
    except lines.OverLimit as limit:
        line, code, rule, remedy = limit.args
        raise ScenarioError((Fault(name, line, "", "", rule, remedy, code),)) from None
    try:
        return Source(name, tomllib.loads(text), places)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError((_unreadable(str(error), name, places.stopped or text.count("\n") + 1),)) from None
    except (ValueError, RecursionError) as error:  # a number or nesting beyond Python's own limits
        rule, remedy = f"must be TOML that can be read ({type(error).__name__})", "write it more simply"
        raise ScenarioError((Fault(name, 0, "", "", rule, remedy, "bad-toml"),)) from None


@lru_cache(maxsize=1)
def defaults() -> Source:
    """What every scenario builds on."""
    text = resources.files("sim.scenario").joinpath("defaults.toml").read_text(encoding="utf-8")
    return parsed(text, DEFAULTS)


def chain(path: str | os.PathLike[str]) -> tuple[Source, ...]:
    """The file and those it extends, the most general first; raises ScenarioError."""
    sources: list[Source] = []
    seen: list[Path] = []
    place = ("", 0, "")  # who asks for the file: file, line, field
    file = Path(path)
    while True:
        source = parsed(text_of(file, str(file), MAX_BYTES, place), str(file))
        sources.insert(0, source)
        seen.append(_resolved(file, place))
        wanted = source.raw.get("extends")
        if not isinstance(wanted, str):  # nothing, or something that validation refuses
            return tuple(sources)
        place = (source.name, source.places.line(("extends",)), "extends")
        file = beside(file.parent, wanted, place)
        if _resolved(file, place) in seen:
            rule = "files must not extend one another in a circle"
            raise _refused(place, wanted, rule, "extend a file that does not lead back here", "extends-circle")
        if len(sources) == MAX_CHAIN:
            rule = f"at most {MAX_CHAIN} files may build on one another"
            raise _refused(place, wanted, rule, "join some of them", "extends-depth")


def beside(folder: Path, name: str, place: tuple[str, int, str]) -> Path:
    """The file called `name` in `folder`; raises ScenarioError where that is no name or leads out of the folder.

    `place` is the file, line and field that names it, for messages.
    """
    if not name or name in (".", "..") or _BAD_NAME.search(name):
        rule = "must be the name of a file in the scenario's own folder"
        raise _refused(place, name, rule, "put the file beside the scenario and write its name only", "bad-file-name")
    if len(name.encode()) > MAX_NAME:
        rule = f"must be the name of a file, at most {MAX_NAME} bytes long in UTF-8"
        raise _refused(place, name, rule, "give the file a shorter name", "bad-file-name")
    file = folder / name
    # islink, unlike is_symlink, takes what cannot be looked at for no link: reading it will say why
    if os.path.islink(file) and _resolved(file, place).parent != folder.resolve():
        rule = "must lie in the scenario's own folder, not be a link that leads out of it"
        raise _refused(place, name, rule, "copy the file into the folder", "outside-folder")
    return file


def _resolved(file: Path, place: tuple[str, int, str]) -> Path:
    try:
        return file.resolve()
    except (OSError, RuntimeError) as error:  # a link that leads to itself
        rule = "must be a file, not a link that leads nowhere"
        raise _refused(place, file.name, rule, "put the file itself in the folder", "unreadable") from error


def text_of(file: Path, shown: str, limit: int, place: tuple[str, int, str] = ("", 0, "")) -> str:
    """The text of a regular UTF-8 file of at most `limit` bytes; raises ScenarioError.

    `shown` is the file's name in messages; `place` the file, line and field that names it, if one does.
    """
    place = place if place[0] else (shown, 0, "")
    value = file.name if place[2] else ""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            rule = "must be a file, not a folder or a device"
            raise _refused(place, value, rule, "name the TOML or CSV file itself", "not-a-file")
        with file.open("rb") as stream:
            content = stream.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _refused(place, value, "must be there", _near(file, named=bool(place[2])), "no-such-file") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or "not a file name"
        remedy = "check the name and who may read the file"
        raise _refused(place, value, f"must be readable ({reason})", remedy, "unreadable") from None
    return decoded(content, shown, limit)


def decoded(content: bytes, shown: str, limit: int) -> str:
    """`content` as text; raises ScenarioError where it is too long or not UTF-8. A byte order mark is dropped."""
    if len(content) > limit:
        rule = f"must be at most {limit // (1024 * 1024)} MiB"
        raise ScenarioError((Fault(shown, 0, "", "", rule, "keep to what the run needs", "too-large"),))
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        value = f"byte 0x{content[error.start]:02x}"
        fault = Fault(shown, line, "", value, "must be UTF-8 text", "save the file as UTF-8", "not-utf8")
        raise ScenarioError((fault,)) from None


def _refused(place: tuple[str, int, str], value: str, rule: str, remedy: str, code: str) -> ScenarioError:
    file, line, field = place
    return ScenarioError((Fault(file, line, field, shown(value) if value else "", rule, remedy, code),))


def _near(file: Path, *, named: bool) -> str:
    """The remedy for a missing file: the same name in the folder `scenarios`, or the most similar one in its own.

    `named` says that another file names it, which can name none in another folder.
    """
    below = file.parent / "scenarios" / file.name
    if os.path.isfile(below):  # which takes what cannot be looked at for no file
        return "it lies in the folder scenarios: put this file there too" if named else f'did you mean "{below}"?'
    try:
        names = {entry.stem: entry.name for entry in file.parent.iterdir() if entry.suffix == file.suffix}
    except OSError:
        return "the folder is not there either: check the path"
    near = get_close_matches(file.stem, list(names)[:1000], 1) if len(file.name) < 100 else []
    return f"did you mean {shown(names[near[0]])}?" if near else "check the name and the folder"


def _unreadable(message: str, name: str, at_end: int) -> Fault:
    """The fault for what the TOML parser said; `at_end` is the line to name where it stopped at the end of the text."""
    found = _AT_LINE.search(message)
    line = int(found.group(1)) if found else at_end
    what = message.removesuffix(found.group()).strip() if found else message
    if what.startswith(("Cannot overwrite", "Cannot declare", "Duplicate inline", "Cannot mutate")):
        rule = "every key and every table must be there once"
        return Fault(name, line, "", "", rule, "join the two, or remove one", "duplicate-key")
    what = printable(what)[:100]
    remedy = "texts stand in double quotes, lists in brackets, tables under a [name] of their own line"
    return Fault(name, line, "", "", f"must be TOML that can be read ({what})", remedy, "bad-toml")
