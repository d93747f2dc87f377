"""The first act: from a file to its tables, within limits, and on to the files it extends."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sim.errors import Fault, ScenarioError
from sim.scenario import shipped
from sim.scenario.loading import source_map
from sim.scenario.loading.checks.quoting import shown
from sim.scenario.loading.checks.syntax import another_format, cure
from sim.text.escaping import printable

DEFAULTS = "defaults.toml (packaged)"
MAX_BYTES: Final = 1024 * 1024  # of a scenario
MAX_TABLE_BYTES: Final = 4 * 1024 * 1024  # of a user's data table
MAX_FAULTS: Final = 100  # that are reported: a hundred teach as much as more
MAX_READ: Final = 768 * 1024  # letters read in all, a file anew with every line that is cured: a second's work
MAX_CHAIN: Final = 8  # files, the first included
MAX_NAME: Final = 255  # bytes of a file's name: no common file system takes more
_OTHER_FILES: Final = (
    (
        b"PK\x03\x04",
        "an Excel workbook or another zip archive",
        "write a scenario in a .toml file, a table in a .csv file (`sim data import` makes one of a workbook)",
    ),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file", "write a scenario in a .toml file, a table in a .csv file"),
    (b"%PDF", "a PDF", "name the .toml or .csv file"),
    (b"\xff\xfe", "UTF-16", "save the file as UTF-8"),
    (b"\xfe\xff", "UTF-16", "save the file as UTF-8"),
)
"""Beginnings of files that are taken for text, what they are, and what to do."""

_AT_LINE = re.compile(r"\(at line ([0-9]+), column [0-9]+\)$")
_BAD_NAME = re.compile(r"[/\\:\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Source:
    """One file, parsed: the name for messages, its tables, and the line of each key.

    `faults` are those of its lines that were cured for reading on, and of what it extends; `alone` says that what it
    extends could not be read.
    """

    name: str
    raw: Mapping[str, Any]
    lines: source_map.SourceMap
    faults: tuple[Fault, ...] = ()
    alone: bool = False


def parsed(text: str, name: str) -> Source:
    """`text` as TOML, its lines cured where that can be: the source has those faults.

    Raises:
        ScenarioError: it cannot be read even so.
    """
    text = text.replace("\r\n", "\n")
    faults: list[Fault] = []
    read = 0
    if other := another_format(text):
        raise ScenarioError((Fault(name, other.line, "", "", other.rule, other.remedy, "bad-toml"),))
    while True:
        try:
            lines = source_map.scan(text)
            read += lines.read
            return Source(name, source_map.loads(text, lines), lines, tuple(faults))
        except source_map.OverLimit as limit:
            line, code, rule, remedy = limit.args
            faults.append(Fault(name, line, "", "", rule, remedy, code))
            cured = None
        except (tomllib.TOMLDecodeError, source_map.Newer) as error:
            at_end = lines.stopped or text.count("\n") + 1
            fault, cured = _unreadable(str(error), text, name, at_end)
            if any(fault.line == former.line for former in faults):  # the cure was none
                faults = [former for former in faults if former.line != fault.line]
                fault, cured = _unreadable(str(error), "", name, at_end)
            faults.append(fault)
        except (ValueError, RecursionError) as error:  # a number or nesting beyond Python's own limits
            rule, remedy = f"must be TOML that can be read ({type(error).__name__})", "write it more simply"
            faults.append(Fault(name, 0, "", "", rule, remedy, "bad-toml"))
            cured = None
        if cured is None or len(faults) > MAX_FAULTS or read > MAX_READ:
            raise ScenarioError(first_faults(faults, and_more=cured is not None)) from None
        text = cured


def first_faults(faults: Iterable[Fault], *, and_more: bool = False) -> tuple[Fault, ...]:
    """By file and line, each once, as many as are reported; behind them that there are more, or with `and_more` may be.

    `faults` holds at least one.
    """
    ordered = sorted(set(faults))
    if len(ordered) <= MAX_FAULTS and not and_more:
        return tuple(ordered)
    first = ordered[:MAX_FAULTS]
    last = ordered[: MAX_FAULTS + 1][-1]
    there = "are" if len(ordered) > MAX_FAULTS else "may be"
    rule = f"a scenario is read to its first {len(first)} faults; there {there} more"
    return (*first, Fault(last.file, 0, "", "", rule, "correct those above, then check again", "too-many-faults"))


@lru_cache(maxsize=1)
def defaults() -> Source:
    """What every scenario builds on."""
    text = resources.files("sim.scenario").joinpath("defaults.toml").read_text(encoding="utf-8")
    return parsed(text, DEFAULTS)


def chain(path: str | os.PathLike[str]) -> tuple[Source, ...]:
    """The file and those it extends, the most general first; what cannot be read of these is a fault of the source.

    `path` as in `located`.

    Raises:
        ScenarioError: the file itself cannot be read.
    """
    file = located(path)
    sources = [parsed(text_of(file.path, file.name, MAX_BYTES), file.name)]
    seen = [_resolved(file.path, ("", 0, ""))]
    while isinstance(wanted := sources[0].raw.get("extends"), str):  # else nothing, or what validation refuses
        location = (sources[0].name, sources[0].lines.line(("extends",)), "extends")
        try:
            file = _next(file, wanted, location, seen)
            sources.insert(0, parsed(text_of(file.path, file.name, MAX_BYTES, location), file.name))
        except ScenarioError as error:
            sources[0] = replace(sources[0], faults=(*sources[0].faults, *error.faults), alone=True)
            break
    return tuple(sources)


def _next(file: Located, wanted: str, location: tuple[str, int, str], seen: list[Path]) -> Located:
    """The file that `file` extends, as it says at `location`; it is added to those `seen`."""
    _file_name(wanted, location)
    found = _own_or_shipped(file.path.parent, wanted, shipped_too=file.is_shipped)
    if not found.is_shipped:
        _inside(found.path, file.path.parent, location)
    resolved = _resolved(found.path, location)
    if resolved in seen:
        rule, remedy = "files must not extend one another in a circle", "extend a file that does not lead back here"
        if found.path.stem in shipped.files() and not found.is_shipped:
            remedy = "a file of the folder comes before the shipped scenario of its name: give it another name"
        raise _refused(location, wanted, rule, remedy, "extends-circle")
    if len(seen) == MAX_CHAIN:
        rule = f"at most {MAX_CHAIN} files may build on one another"
        raise _refused(location, wanted, rule, "join some of them", "extends-depth")
    seen.append(resolved)
    return found


@dataclass(frozen=True, slots=True)
class Located:
    """A file that is meant, whether it is a shipped one, and its name for messages."""

    path: Path
    is_shipped: bool = False

    @property
    def name(self) -> str:
        """Of a shipped one without its folder, which is nobody's concern."""
        return f"{self.path.name} (shipped)" if self.is_shipped else str(self.path)


def located(path: str | os.PathLike[str]) -> Located:
    """The file that a user means: a path, or the name of a scenario.

    A name, with or without `.toml`, is that of a file of this folder or else that of a shipped scenario.
    """
    word = os.fspath(path)
    return Located(Path(word)) if Path(word).name != word else _own_or_shipped(Path(), word)


def _own_or_shipped(folder: Path, word: str, *, shipped_too: bool = False) -> Located:
    """The file called `word` in `folder`, or else the shipped scenario; where neither is, the former, as if it were.

    `shipped_too` says that the folder is that of the shipped ones.
    """
    name = word.removesuffix(shipped.ENDING)
    for own in (folder / word, folder / f"{name}{shipped.ENDING}"):
        if os.path.lexists(own) and not os.path.isdir(own):
            return Located(own, shipped_too)
    found = shipped.files().get(name)
    return Located(folder / word) if found is None else Located(found, is_shipped=True)


def next_to(folder: Path, name: str, location: tuple[str, int, str]) -> Path:
    """The file called `name` in `folder`; raises ScenarioError where that is no name or leads out of the folder.

    `location` is the file, line and field that names it, for messages.
    """
    _file_name(name, location)
    file = folder / name
    _inside(file, folder, location)
    return file


def _file_name(name: str, location: tuple[str, int, str]) -> None:
    """Refuse what is no name of a file; raises ScenarioError."""
    if not name or name in (".", "..") or _BAD_NAME.search(name):
        rule = "must be the name of a file in the scenario's own folder"
        remedy = "put the file beside the scenario and write its name only"
        raise _refused(location, name, rule, remedy, "bad-file-name")
    if len(name.encode()) > MAX_NAME:
        rule = f"must be the name of a file, at most {MAX_NAME} bytes long in UTF-8"
        raise _refused(location, name, rule, "give the file a shorter name", "bad-file-name")


def _inside(file: Path, folder: Path, location: tuple[str, int, str]) -> None:
    """Refuse a link that leads out of the folder; raises ScenarioError."""
    # islink, unlike is_symlink, takes what cannot be looked at for no link: reading it will say why
    if os.path.islink(file) and _resolved(file, location).parent != folder.resolve():
        rule = "must lie in the scenario's own folder, not be a link that leads out of it"
        raise _refused(location, file.name, rule, "copy the file into the folder", "outside-folder")


def _resolved(file: Path, location: tuple[str, int, str]) -> Path:
    try:
        return file.resolve()
    except (OSError, RuntimeError) as error:  # a link that leads to itself
        rule = "must be a file, not a link that leads nowhere"
        raise _refused(location, file.name, rule, "put the file itself in the folder", "unreadable") from error


def text_of(file: Path, shown: str, limit: int, location: tuple[str, int, str] = ("", 0, "")) -> str:
    """The text of a regular UTF-8 file of at most `limit` bytes; raises ScenarioError.

    `shown` is the file's name in messages; `location` the file, line and field that names it, if one does.
    """
    return decoded(bytes_of(file, shown, limit, location), shown, limit)


def bytes_of(file: Path, shown: str, limit: int, location: tuple[str, int, str] = ("", 0, "")) -> bytes:
    """The content of a regular file, of a larger one `limit` bytes and one; the rest as `text_of`."""
    location = location if location[0] else (shown, 0, "")
    value = file.name if location[2] else ""
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            rule = "must be a file, not a folder or a device"
            run = (file / "manifest.json").is_file()
            remedy = "it is a saved run: `sim report` shows it" if run else "name the TOML or CSV file itself"
            raise _refused(location, value, rule, remedy, "not-a-file")
        with file.open("rb") as stream:
            return stream.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _refused(location, value, "must be there", _near(file, location[2]), "no-such-file") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = getattr(error, "strerror", None) or "not a file name"
        remedy = "check the name and who may read the file"
        raise _refused(location, value, f"must be readable ({reason})", remedy, "unreadable") from None


def decoded(content: bytes, shown: str, limit: int) -> str:
    """`content` as text; raises ScenarioError where it is too long or not UTF-8. A byte order mark is dropped."""
    if len(content) > limit:
        rule = f"must be at most {limit // (1024 * 1024)} MiB"
        raise ScenarioError((Fault(shown, 0, "", "", rule, "keep to what the run needs", "too-large"),))
    for begin, what, remedy in _OTHER_FILES:
        if content.startswith(begin):
            raise ScenarioError((Fault(shown, 1, "", "", f"must be UTF-8 text; this is {what}", remedy, "not-utf8"),))
    try:
        return content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        value = f"byte 0x{content[error.start]:02x}"
        fault = Fault(shown, line, "", value, "must be UTF-8 text", "save the file as UTF-8", "not-utf8")
        raise ScenarioError((fault,)) from None


def _refused(location: tuple[str, int, str], value: str, rule: str, remedy: str, code: str) -> ScenarioError:
    file, line, field = location
    return ScenarioError((Fault(file, line, field, shown(value) if value else "", rule, remedy, code),))


def _near(file: Path, field: str) -> str:
    """The remedy for a missing file: the same name in the folder `scenarios`, or the most similar one that there is.

    `field` is that of the file that names it, which can name none in another folder; empty where a user does.
    """
    below = file.parent / "scenarios" / file.name
    if os.path.isfile(below):  # which takes what cannot be looked at for no file
        return "it lies in the folder scenarios: put this file there too" if field else f'did you mean "{below}"?'
    is_scenario = field in ("", "extends") and file.suffix in ("", shipped.ENDING)
    known = {name: name for name in shipped.files()} if is_scenario else {}
    if file.stem in known:
        return f"did you mean the shipped scenario {shown(file.stem)}?"
    ending = shipped.ENDING if is_scenario else file.suffix
    try:
        names = {entry.stem: entry.name for entry in islice(file.parent.iterdir(), 1000) if entry.suffix == ending}
    except OSError:
        return "the folder is not there either: check the path"
    near = get_close_matches(file.stem, [*names, *known], 1) if len(file.name) < 100 else []
    remedy = f"did you mean {shown((known | names)[near[0]])}?" if near else "check the name and the folder"
    if is_scenario and (field or file.parent == Path()):  # by its name alone
        remedy += f"{'' if near else '.'} Shipped scenarios: {', '.join(known)}"
    return remedy


def _unreadable(message: str, text: str, name: str, at_end: int) -> tuple[Fault, str | None]:
    """The fault for what the TOML parser said, and the text cured of it if it can be.

    `at_end` is the line to name where it stopped at the end of the text; an empty text looks for no cure.
    """
    found = _AT_LINE.search(message)
    line = int(found.group(1)) if found else at_end
    what = message.removesuffix(found.group()).strip() if found else message
    if what.startswith(("Cannot overwrite", "Cannot declare", "Duplicate inline", "Cannot mutate")):
        rule = "every key and every table must be there once"
        former = _former(text.split("\n"), line) if text else 0
        remedy = (
            f"line {former} has it already: join the two, or remove one" if former else "join the two, or remove one"
        )
        return Fault(name, line, "", "", rule, remedy, "duplicate-key"), None
    if text and (known := cure(text, line, what)):
        return Fault(name, known.line, "", "", printable(known.rule), printable(known.remedy), "bad-toml"), known.text
    what = printable(what)[:100]
    remedy = "texts stand in double quotes, lists in brackets, tables under a [name] of their own line"
    return Fault(name, line, "", "", f"must be TOML that can be read ({what})", remedy, "bad-toml"), None


def _former(written: list[str], line: int) -> int:
    """The last line before `line` (1-based) that begins with the same key or header; 0 where none does."""
    begin = written[line - 1].partition("#")[0].strip()
    begin = begin if begin.startswith("[") else begin.partition("=")[0].strip()
    for at in range(line - 1, 0, -1):
        before = written[at - 1].partition("#")[0].strip()
        if begin and (before if before.startswith("[") else before.partition("=")[0].strip()) == begin:
            return at
    return 0
