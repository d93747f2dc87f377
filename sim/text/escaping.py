"""Texts of a user's on their way out, so that neither a terminal, nor a reader's eye, nor a spreadsheet obeys them."""

from __future__ import annotations

import json
import re
from typing import Final

_REST: Final = re.compile(r"[^\x20-\x7e]")
"""All but the signs that print everywhere."""

_UNSEEN: Final = "['\\s\\x00-\\x20\\x7f-\\xa0\\xad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]*"
"""What a spreadsheet may drop before it looks for a formula."""
_SIGNS: Final = "[=+\\-@＝＋－＠]"
_FORMULA: Final = re.compile(f"(\\A|[;\\t\\r\\n])(?={_UNSEEN}{_SIGNS})|\\A(?='*[\\t\\r\\n])")


def plain(text: str) -> str:
    r"""A text on one line: blanks of any kind are blanks, and what else does not print is shown as `\u202e` and such.

    Control characters could move a terminal's cursor; characters of direction could make a name read as another one.

    >>> print(plain("Den\x1b[31mmark\nand \u202eyawroN "))
    Den\u001b[31mmark and \u202eyawroN
    """
    return printable(text).strip()


def plain_lines(text: str) -> str:
    """The same of a text of several lines, which stay lines, with the blanks at their ends."""
    return "\n".join(map(printable, text.split("\n")))


def printable(text: str) -> str:
    """The same with the blanks at its ends, which may be the fault in a value."""
    return text if text.isprintable() else _REST.sub(_shown, text)


def json_text(document: object, indent: int, *, ascii_only: bool = False) -> str:
    """A document as JSON, ended by a line feed, with escapes for all that does not print; read back it is the same."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only, allow_nan=False)
    return _REST.sub(lambda found: found[0] if found[0] == "\n" else _escaped(found[0]), text) + "\n"


def defused(text: str) -> str:
    """A text for a cell of a spreadsheet, with an apostrophe wherever one could see the beginning of a formula.

    After https://owasp.org/www-community/attacks/CSV_Injection.
    """
    return _FORMULA.sub(lambda found: f"{found[1] or ''}'", text)


def _shown(found: re.Match[str]) -> str:
    return " " if found[0].isspace() else _escaped(found[0])


def _escaped(char: str) -> str:
    return char if char.isprintable() else json.dumps(char)[1:-1] if ord(char) > 0x7F else f"\\u{ord(char):04x}"
