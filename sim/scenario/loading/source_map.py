"""Where each key of a TOML text stands, whether the text keeps to limits that keep parsing quick, and to TOML 1.0.

The standard parser gives no line numbers, needs seconds for a key of thousands of dots and fails on thousands of
brackets. So one pass over the text comes before it. The pass knows as much grammar as lines and limits need and is
more lenient than the parser: where it meets something it cannot read, the parser has stopped there or before.
No regular expression here can try a place twice, so no text makes the pass slower than its length.

The parser of Python 3.15 reads TOML 1.1. What only that version knows is refused here, so that every Python refuses it,
and with the same words.
"""

from __future__ import annotations

import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MAX_KEYS = 16  # keys from the top of the file to a value, those of tables and inline tables together
MAX_NESTING = 32  # brackets inside brackets in one value
MAX_DIGITS = 20  # of one number
MAX_ENTRIES = 20_000  # keys, tables and entries of lists in one file

Path = tuple[str | int, ...]
"""Keys and places in lists, from the top of the file: ("event", 2, "size", "exponential", "mean")."""

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"[ \t\n]*")
_COMMENT = re.compile(r"[^\n]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]*")
_PLAIN = re.compile(r"[^,\]}#\n]*")
_PLAIN_ROW = re.compile(r"[^\[\]{}#\n\"']*")
_MANY_DIGITS = re.compile(rf"[0-9A-Fa-f_.+xo-]{{{MAX_DIGITS + 1}}}")
_END_OF_BASIC = re.compile(r'["\\\n]')
_END_OF_LITERAL = re.compile(r"['\n]")
_ESCAPES_OF_1_1 = ("e", "x")
_TIME_WITHOUT_SECONDS = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ])?[0-9]{2}:[0-9]{2}(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_IN_MULTILINE = {'"': re.compile(r'\\|"""'), "'": re.compile("'''")}
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_CODE_POINT = {"u": 4, "U": 8}  # escapes with their number of hexadecimal digits


class OverLimit(Exception):
    """A limit is passed; the arguments are line, code, rule and remedy of the fault to report."""


class Newer(ValueError):
    """What only TOML 1.1 knows; the message ends like those of the standard parser."""


@dataclass(frozen=True, slots=True)
class SourceMap:
    """The line (1-based) of each key; what stands on the line of what holds it is left out."""

    lines: Mapping[Path, int]
    newer: tuple[int, str] | None = None  # the first line of what only TOML 1.1 knows, and what it is
    stopped: int = 0  # the line of the key or value that is no TOML, where it begins; 0 where all could be read
    read: int = 0  # letters, up to there

    def line(self, path: Path) -> int:
        """The line of `path`, or of the nearest thing around it; 0 where nothing of it is in the text."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 0


def scan(text: str) -> SourceMap:
    """The places of all keys of a TOML text, in time proportional to its length; raises OverLimit."""
    scanner = _Scanner(text.replace("\r\n", "\n"))
    try:
        scanner.document()
    except _Unreadable:
        return SourceMap(scanner.lines, scanner.newer, scanner.line, scanner.at)
    return SourceMap(scanner.lines, scanner.newer, read=scanner.at)


def loads(text: str, source_map: SourceMap) -> dict[str, Any]:
    """The tables of a TOML 1.0 text with these places.

    Raises:
        tomllib.TOMLDecodeError: it is no TOML.
        Newer: it is TOML 1.1.
    """
    if source_map.newer:
        line, what = source_map.newer
        raise Newer(f"{what} (at line {line}, column 1)")
    return tomllib.loads(text)


class _Unreadable(Exception):
    """No TOML from here on."""


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.entries = 0
        self.lines: dict[Path, int] = {}
        self.newer: tuple[int, str] | None = None
        self.sizes: dict[Path, int] = {}  # of the arrays of tables, so far

    def document(self) -> None:
        """Read to the end."""
        table: Path = ()
        self._blanks()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table, 0, sum(isinstance(part, str) for part in table), 0)
            self._spaces()
            if self.text[self.at : self.at + 1] not in "\n#":
                raise _Unreadable
            self._blanks()

    def _header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path of the table that it opens."""
        double = self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        self._count(1)
        parts = self._key(0)
        self._take("]]" if double else "]")
        path: Path = ()
        for index, part in enumerate(parts, 1):
            path = (*path, part)
            self.lines.setdefault(path, self.line)
            if path in self.sizes and (index < len(parts) or not double):
                path = (*path, self.sizes[path] - 1)
        if double:
            size = self.sizes.get(path, 0)
            self.sizes[path] = size + 1
            path = (*path, size)
        self.lines[path] = self.line
        return path

    def _pair(self, table: Path, near: int, keys: int, nesting: int) -> None:
        """`key = value`; `near` is the line known for `table` (0: none), `keys` and `nesting` its depth."""
        line = self.line
        self._count(1)
        parts = self._key(keys)
        path = table
        for part in parts:
            path = (*path, part)
            if line != near:
                self.lines.setdefault(path, line)
        self._take("=")
        self._spaces()
        self._value(path, line, keys + len(parts), nesting)

    def _key(self, keys: int) -> list[str]:
        """`a . "b" . 'c'`, with `keys` keys around it; stops behind it."""
        parts: list[str] = []
        while True:
            self._spaces()
            begin = self.at
            first = self.text[begin : begin + 1]
            if first == '"':
                self._basic()
                parts.append(_unescaped(self.text[begin + 1 : self.at - 1]))
            elif first == "'":
                self._literal()
                parts.append(self.text[begin + 1 : self.at - 1])
            else:
                self._skip(_BARE_KEY)
                if self.at == begin:
                    raise _Unreadable
                parts.append(self.text[begin : self.at])
            if keys + len(parts) > MAX_KEYS:
                rule = f"must have at most {MAX_KEYS} keys from the top of the file to a value"
                raise OverLimit(self.line, "too-deep", rule, "no table of a scenario lies deeper than six keys")
            self._spaces()
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _value(self, path: Path, near: int, keys: int, nesting: int) -> None:
        first = self.text[self.at : self.at + 1]
        if first == "[":
            self._array(path, near, keys, nesting + 1)
        elif first == "{":
            self._inline_table(path, near, keys, nesting + 1)
        elif first == '"' or first == "'":
            if self.text.startswith(first * 3, self.at):
                self._multiline(first)
            elif first == '"':
                self._basic()
            else:
                self._literal()
        else:
            self._plain(_PLAIN)

    def _array(self, path: Path, near: int, keys: int, nesting: int) -> None:
        self._not_too_nested(nesting)
        self.at += 1
        index = 0
        while (char := self.text[self.at : self.at + 1]) != "]":
            if char == ",":
                index += 1
                self._count(1)
                self.at += 1
            elif char == "\n":
                self.line += 1
                self.at += 1
            elif char in " \t#":  # and at the end of the text
                self._blanks()
                if self.at >= len(self.text):
                    raise _Unreadable
            else:
                here = (*path, index)
                if self.line != near:
                    self.lines[here] = self.line
                if char in "[{\"'":
                    self._value(here, self.line, keys, nesting)
                else:
                    index += self._plain(_PLAIN_ROW if self.line == near else _PLAIN)
        self.at += 1

    def _inline_table(self, path: Path, near: int, keys: int, nesting: int) -> None:
        self._not_too_nested(nesting)
        self.at += 1
        comma = False  # just before
        while (char := self.text[self.at : self.at + 1]) != "}":
            if char == ",":
                self.at += 1
                comma = True
            elif char in " \t":  # and at the end of the text
                self._spaces()
                if self.at >= len(self.text):
                    raise _Unreadable
            elif char in "\n#":
                self._is_newer("a table in braces over several lines")
                self._blanks()
            else:
                self._pair(path, near, keys, nesting)
                comma = False
        if comma:
            self._is_newer("a comma at the end of a table in braces")
        self.at += 1

    def _is_newer(self, what: str, begin: int | None = None) -> None:
        """Keep the first line of TOML 1.1; `begin` is where the lines that are not counted yet begin, if there are."""
        if self.newer is None:
            line = self.line + (0 if begin is None else self.text.count("\n", begin, self.at))
            self.newer = (line, f"{what} is of TOML 1.1, a scenario of 1.0")

    def _escape(self, begin: int | None = None) -> None:
        """Look at what stands behind a backslash; `begin` as in `_is_newer`."""
        if self.text.startswith(_ESCAPES_OF_1_1, self.at):
            self._is_newer(f"the escape \\{self.text[self.at]}", begin)

    def _count(self, entries: int) -> None:
        self.entries += entries
        if self.entries > MAX_ENTRIES:
            rule = f"must have at most {MAX_ENTRIES:,} keys, tables and entries of lists"
            raise OverLimit(self.line, "too-many-entries", rule, "keep what the question needs: no scenario needs half")

    def _not_too_nested(self, nesting: int) -> None:
        if nesting > MAX_NESTING:
            rule = f"must have at most {MAX_NESTING} brackets inside one another"
            raise OverLimit(self.line, "too-nested", rule, "no value of a scenario needs more than three")

    def _plain(self, what: re.Pattern[str]) -> int:
        """A number, date or boolean, or a row of them: how many commas were in it."""
        begin = self.at
        self._skip(what)
        if self.at == begin:
            raise _Unreadable
        row = self.text[begin : self.at]
        if _MANY_DIGITS.search(row) and any(map(_too_many_digits, row.split(","))):
            rule = f"a number must have at most {MAX_DIGITS} digits"
            raise OverLimit(self.line, "too-many-digits", rule, "round it: six digits are more than any data hold")
        if ":" in row and any(_TIME_WITHOUT_SECONDS.fullmatch(part.strip(" \t")) for part in row.split(",")):
            self._is_newer("a time without seconds")
        commas = row.count(",")
        self._count(commas)
        return commas

    def _basic(self) -> None:
        """A string in double quotes."""
        self.at += 1
        while True:
            found = _END_OF_BASIC.search(self.text, self.at)
            if found is None or found.group() == "\n":
                raise _Unreadable
            self.at = found.end()
            if found.group() == '"':
                return
            self._escape()
            self.at += 1

    def _literal(self) -> None:
        """A string in single quotes."""
        found = _END_OF_LITERAL.search(self.text, self.at + 1)
        if found is None or found.group() == "\n":
            raise _Unreadable
        self.at = found.end()

    def _multiline(self, quote: str) -> None:
        """A string in three quotes of either kind; up to two more belong to it."""
        begin = self.at
        self.at += 3
        stop = _IN_MULTILINE[quote]
        while (found := stop.search(self.text, self.at)) and found.group() == "\\":
            self.at = found.end()
            self._escape(begin)
            self.at += 1
        if found is None:
            raise _Unreadable
        self.at = found.end()
        for _ in range(2):
            self.at += self.text.startswith(quote, self.at)
        self.line += self.text.count("\n", begin, self.at)

    def _skip(self, what: re.Pattern[str]) -> None:
        found = what.match(self.text, self.at)
        if found is not None:
            self.at = found.end()

    def _spaces(self) -> None:
        if self.text[self.at : self.at + 1] in " \t":
            self._skip(_SPACE)

    def _blanks(self) -> None:
        """Spaces, line ends and comments."""
        while (char := self.text[self.at : self.at + 1]) and char in " \t\n#":
            begin = self.at
            self._skip(_COMMENT if char == "#" else _BLANK)
            self.line += self.text.count("\n", begin, self.at)

    def _take(self, what: str) -> None:
        if not self.text.startswith(what, self.at):
            raise _Unreadable
        self.at += len(what)


def _too_many_digits(plain: str) -> bool:
    digits = string.hexdigits if "x" in plain else string.digits
    return ":" not in plain and sum(map(digits.__contains__, plain)) > MAX_DIGITS  # a date has a colon


def _unescaped(text: str) -> str:
    """What a basic string without its quotes means."""
    head, *rest = text.split("\\")
    parts = [head]
    pieces = iter(rest)
    for piece in pieces:
        if piece == "":  # an escaped backslash: what follows the second is plain
            parts += ["\\", next(pieces, "")]
        elif piece[0] in _CODE_POINT:
            width = _CODE_POINT[piece[0]]
            try:
                parts += [chr(int(piece[1 : 1 + width], 16)), piece[1 + width :]]
            except (ValueError, OverflowError):
                raise _Unreadable from None
        elif piece[0] in _ESCAPES:
            parts += [_ESCAPES[piece[0]], piece[1:]]
        else:
            raise _Unreadable
    return "".join(parts)
