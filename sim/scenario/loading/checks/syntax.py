"""What a line that is no TOML most probably wants to say: its cause, and the line as it should stand.

A cure is only offered if the parser takes the line with it. Reading then goes on with the cured text, so that the
rest of the file is checked as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from sim.data import countries
from sim.scenario.loading.checks.phrases import distribution_meant, number_meant
from sim.scenario.loading.source_map import OverLimit, loads, scan

MOST_LETTERS: Final = 64 * 1024
"""Of a text whose lines are cured: a scenario has a few thousand."""

MOST_LINE, MOST_BLOCK = 500, 60
"""Letters of a line, and lines of a list, that are looked at."""

SHOWN: Final = 100
"""Letters of a line that a remedy shows."""

COUNTS: Final = ("paths", "seed")
"""Keys of large whole numbers."""

_OPEN, _CLOSED = "“„‟”«»", '“”„‟«»"'
_PAIR = re.compile(f"[{_OPEN}]([^{_OPEN}\"]*)[{_CLOSED}]|[‘‚‛’‹›`´]([^‘‚‛’‹›`´'\"]*)[‘‚‛’‹›`´']")
_HALF = re.compile(f'"([^"{_OPEN}]*)[{_OPEN}]')
_KEY = r"[\w.\"'-]+"
_PAIR_OF_KEY = re.compile(rf"^(\s*{_KEY}(?:\s*\.\s*{_KEY})*\s*=\s*)(.*?)(\s*#[^\"']*)?$")
_STARTS = re.compile(rf"\s*(?:\[|{_KEY}(?:\s*\.\s*{_KEY})*\s*[=:])")
_SPACES = re.compile("[\u00a0\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff\u0085\u2028\u2029]")
_WORD = r"[^\W\d][\w*.-]*(?: [\w*.-]+)*"
_NO_TEXT = re.compile(r"""[\s"'\[\]{}=#]""")
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")
_TIMES = {"k": 1_000, "m": 1_000_000, "mio": 1_000_000, "million": 1_000_000, "thousand": 1_000}


@dataclass(frozen=True, slots=True)
class Cure:
    """What is wrong, what to do, and the text with it; no text where nobody can know what was meant."""

    line: int
    rule: str
    remedy: str
    text: str | None = None


def cure(text: str, line: int, message: str) -> Cure | None:
    """The cure of what stopped the parser at `line` (1-based) with its `message`; None where none is known."""
    if len(text) > MOST_LETTERS:
        return None
    lines = text.split("\n")
    first, last = _block(lines, min(line, len(lines)) - 1, message)
    if any(len(each) > MOST_LINE for each in lines[first : last + 1]):
        return None
    for at in sorted(range(first, last + 1), key=lambda each: each != line - 1):  # where it stopped first
        for rule, cured in _attempts(lines[at]):
            block = [*lines[first:at], cured, *lines[at + 1 : last + 1]]
            if cured != lines[at] and _is_toml(block):
                whole = "\n".join([*lines[:at], cured, *lines[at + 1 :]])
                return Cure(at + 1, rule, f"write {_short(cured.strip())}", whole)
    if last > first:
        for rule, act in _CURES:
            block = [act(each) for each in lines[first : last + 1]]
            if block != lines[first : last + 1] and _is_toml(block):
                at = next(at for at, each in enumerate(block, first) if each != lines[at])
                whole = "\n".join([*lines[:first], *block, *lines[last + 1 :]])
                return Cure(
                    at + 1, rule, f"write {_short(block[at - first].strip(' ,'))}, and the other lines likewise", whole
                )
        end = max(at for at in range(first, last + 1) if lines[at].strip())
        closed = [*lines[first:end], lines[end] + "]"]
        if _is_toml(closed):
            whole = "\n".join([*lines[:first], *closed, *lines[end + 1 :]])
            return Cure(end + 1, "a list that opens must be closed", f"write {_short(closed[-1].strip())}", whole)
    joined = " ".join(each.partition(" #")[0].strip() for each in lines[first : last + 1])
    if last > first and "{" in lines[first] and _is_toml([joined]):
        blank = [""] * (last - first)
        rule, remedy = "a table in braces stands on one line", f"write {_short(joined)}"
        return Cure(first + 1, rule, remedy, "\n".join([*lines[:first], joined, *blank, *lines[last + 1 :]]))
    return _known(lines, min(line, len(lines)) - 1)


def another_format(text: str) -> Cure | None:
    """What to do with a text that is JSON or YAML throughout; None where it is not."""
    numbered = enumerate(text[:MOST_LETTERS].split("\n"), 1)
    lines = [(at, line) for at, line in numbered if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        return None
    at, first = lines[0]
    if re.match(r'\s*\{\s*(?:$|"|\})', first):
        remedy = 'write title = "…" for "title": "…", and [will] for "will": { … }'
        return Cure(at, "must be TOML; this looks like JSON", remedy)
    colons = sum(bool(re.match(r"\s*(?:- )?[\w\"'-]+\s*:(?:\s|$)", line)) for _, line in lines)
    most = colons > 1 and colons > len(lines) / 2 and not any("=" in line for _, line in lines)
    if first.strip() == "---" or most:
        remedy = 'write title = "…" for title: …, and [will] for will: with its keys'
        return Cure(at, "must be TOML; this looks like YAML", remedy)
    return None


def _block(lines: list[str], at: int, message: str) -> tuple[int, int]:
    """First and last line of the statement around line `at`: a list may go over several."""
    first = at
    while (
        first > 0
        and at - first < MOST_BLOCK
        and (not _STARTS.match(lines[first]) or (first == at and message.startswith("Unclosed array")))
    ):
        first -= 1
    if not _STARTS.match(lines[first]):
        first = at
    last = first
    if not _balanced(lines[first]):
        while last + 1 < len(lines) and last - first < MOST_BLOCK and not _STARTS.match(lines[last + 1]):
            last += 1
        if "{" in lines[first]:  # the lines of a table in braces look like statements
            reach = next((end for end in range(first, min(first + MOST_BLOCK, len(lines)))
                          if _balanced("\n".join(lines[first : end + 1]))), last)  # fmt: skip
            last = max(last, reach)
    return first, max(last, at) if at - first < MOST_BLOCK and not message.startswith("Unclosed array") else last


def _balanced(text: str) -> bool:
    return all(text.count(left) == text.count(right) for left, right in ("[]", "{}"))


def _is_toml(block: list[str]) -> bool:
    text = "\n".join(block)
    try:
        loads(text, scan(text))
    except (ValueError, RecursionError, OverLimit):
        return False
    return True


def _attempts(line: str) -> Iterator[tuple[str, str]]:
    """The line after each cure alone, then after one upon the other, with the rules of those that changed it."""
    for rule, act in _CURES:
        yield rule, act(line)
    rules, cured = [], line
    for rule, act in _CURES:
        after = act(cured)
        if after != cured:
            rules.append(rule)
            cured = after
            yield "; ".join(rules), cured


def _short(line: str) -> str:
    return line if len(line) <= SHOWN else line[: SHOWN - 1] + "…"


def _typographic(line: str) -> str:
    def straight(found: re.Match[str]) -> str:
        return _quoted((found[1] or found[2] or "").strip())

    return _HALF.sub(lambda found: _quoted(found[1]), _PAIR.sub(straight, line))


def _quoted(text: str) -> str:
    """A text in the quotes that take it as it stands."""
    if "\\" not in text and '"' not in text:
        return f'"{text}"'
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f"'{text}'" if "'" not in text else f'"{escaped}"'


def _spaces(line: str) -> str:
    return _SPACES.sub(" ", line)


def _comment(line: str) -> str:
    return re.sub(
        r"^(\s*)(?://+|--+|;+|%+|/\*+)(.*)$|(\s)//+(.*)$", lambda m: f"{m[1] or m[3] or ''}#{m[2] or m[4] or ''}", line
    )


def _end(line: str) -> str:
    return re.sub(r"[;,]\s*(#.*)?$", lambda found: f" {found[1]}" if found[1] else "", line)


def _sign(line: str) -> str:
    """`:`, `==`, `:=`, `=>` or nothing in place of `=`."""
    head = rf"^(\s*{_KEY}(?:\s*\.\s*{_KEY})*)"
    cured = re.sub(rf"{head}\s*(?::=|==|=>|->|<-|:)\s*(?=\S)", r"\1 = ", line, count=1)
    if cured == line:
        cured = re.sub(rf"{head}[ \t]+(?![=#.])(?=[\d\"'\[{{+-]|true\b|false\b)", r"\1 = ", line, count=1)
    return re.sub(r"([{,]\s*[\w-]+)\s*:\s*(?=\S)", r"\1 = ", cured) if "{" in cured else cured


def _header(line: str) -> str:
    """A table's name that must be quoted, or whose brackets do not match; an ally by its name."""
    found = re.match(r"^\s*(\[+)\s*([^\[\]#]*?)\s*(\]*)\s*:?\s*(#.*)?$", line)
    if not found or "=" in found[2] or not found[2]:
        return line
    parts = [part.strip().strip("“”„«»'\"") for part in found[2].split(".")]
    if parts[0] == "ally" and len(parts) > 1 and (named := countries.look_up(parts[1])):
        parts[1] = named.code
    name = ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else _quoted(part) for part in parts)
    double = name == "event" or (len(found[1]) == len(found[3]) == 2)
    return f"[[{name}]]" if double else f"[{name}]"


def _of_value(act: Callable[[str, str], str]) -> Callable[[str], str]:
    """A cure of the value of `key = value`."""

    def cured(line: str) -> str:
        found = _PAIR_OF_KEY.match(line)
        return f"{found[1]}{act(found[2].strip(), found[1])}{found[3] or ''}" if found else line

    return cured


def _decimal_comma(value: str, _: str) -> str:
    """3,5; also behind every = of a table in braces."""
    if re.fullmatch(r"[+-]?\d+,\d+", value):
        return value.replace(",", ".")
    return re.sub(r"(=\s*[+-]?\d+),(\d+)(?=\s*[,}])", r"\1.\2", value) if value.startswith("{") else value


def _thousands(value: str, key: str) -> str:
    """100,000 and the like; of a single comma only where a count stands, for elsewhere it is a decimal one."""
    if re.fullmatch(r"[+-]?\d{1,3},\d{3}", value) and key.split("=")[0].strip().rpartition(".")[2] not in COUNTS:
        return value
    if value.startswith("{"):
        return re.sub(rf"(\b(?:{'|'.join(COUNTS)})\s*=\s*\d{{1,3}}),(\d{{3}})(?=\s*[,}}])", r"\1_\2", value)
    if re.fullmatch(r"[+-]?\d{1,3}([,.' \u00a0\u202f’])\d{3}(?:\1\d{3})*", value) and not re.fullmatch(
        r"\d+\.\d+", value
    ):
        return re.sub(r"[,.' \u00a0\u202f’]", "_", value)
    if found := re.fullmatch(
        r"(\d+(?:[.,]\d+)?)\s*(k|m|mio|million|thousand)\.?(?:\s+(?:paths|runs))?", value, re.IGNORECASE
    ):
        return f"{float(found[1].replace(',', '.')) * _TIMES[found[2].lower()]:_.0f}"
    return value


def _unit(value: str, key: str) -> str:
    """3.5 %, 10 pp, $5: the number alone; a percentage as a fraction where its key takes one."""
    name = key.split("=")[0].strip().rpartition(".")[2]
    return number_meant(value, name) or re.sub(r"^[$€£]\s*(?=\d)|(?<=\d)\s*(?:USD|EUR|[$€£]|points|years?)$", "", value)


def _number(value: str, _: str) -> str:
    """.5, 5., 05, −1 with the sign of typesetters, 1/3."""
    value = re.sub(r"^[−–—](?=[\d.])", "-", value)
    if found := re.fullmatch(r"(\d+)\s*/\s*(\d+)", value):
        return f"{int(found[1]) / int(found[2]):.6g}" if len(value) < 20 and int(found[2]) else value
    value = re.sub(r"^([+-]?)\.(?=\d)", r"\g<1>0.", value)
    value = re.sub(r"^([+-]?\d+)\.$", r"\1.0", value)
    return re.sub(r"^([+-]?)0+(?=\d)", r"\1", value)


def _truth(value: str, _: str) -> str:
    small = value.lower()
    return "true" if small in _TRUE else "false" if small in _FALSE else value


def _random(value: str, _: str) -> str:
    return distribution_meant(value) or value


def _unquoted(value: str, _: str) -> str:
    """A text, or the texts of a list, without quotes."""
    if value.startswith("["):
        return re.sub(rf"(?<=[\[,])(\s*)({_WORD})(\s*)(?=[,\]]|$)", _word_quoted, value)
    if value.startswith("{"):
        return re.sub(rf"(?<==)(\s*)(?!true\b|false\b)({_WORD})(\s*)(?=[,}}]|$)", _word_quoted, value)
    if re.fullmatch(r"[A-Za-z]{3}(?:\s*,\s*[A-Za-z]{3})+", value):
        return f"[{', '.join(_quoted(each.strip()) for each in value.split(','))}]"
    if not value or value[0] in "\"'[{" or value.lower() in ("none", "null", "nil", "n/a", "-"):
        return value
    return _quoted(value)


def _entry_unquoted(line: str) -> str:
    return re.sub(rf"^(\s*)({_WORD})(\s*,?\s*)$", _word_quoted, line)


def _entry(line: str) -> str:
    return re.sub(r"""^(\s*(?:"[^"]*"|'[^']*'|\{.*\}|[\w.-]+))\s*(#.*)?$""", r"\1, \2", line).rstrip()


def _word_quoted(found: re.Match[str]) -> str:
    return f'{found[1]}"{found[2]}"{found[3]}'


def _open_quote(value: str, _: str) -> str:
    """A quote that is not closed, not opened, or closed by one of the other kind."""
    for quote, other in ("\"'", "'\""):
        inner = value[1:]
        if value.startswith(quote) and quote not in inner:
            return _quoted(inner.removesuffix(other).rstrip())
    return _quoted(value[:-1]) if value.endswith('"') and value.count('"') == 1 else value


def _inner_quote(value: str, _: str) -> str:
    """A quote inside the text."""
    return _quoted(value[1:-1]) if len(value) > 2 and value[0] == value[-1] and value[0] in "\"'" else value


def _backslash(value: str, _: str) -> str:
    return re.sub(r'"([^"\']*\\[^"\']*)"', r"'\1'", value)


def _bracket(value: str, _: str) -> str:
    """Brackets and braces left open, closed at the end; a comma too many before a closing brace."""
    value = re.sub(r",\s*\}", " }", value)
    outside = re.sub(r'"[^"]*"|\'[^\']*\'', "", value)
    still: list[str] = []
    for char in outside:
        if char in "[{":
            still.append("]" if char == "[" else " }")
        elif char in "]}" and still and still[-1].strip() == char:
            still.pop()
    return value.rstrip(", ") + "".join(reversed(still)) if still else value


_CURES: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("a space stands here that is none, as pages and word processors have them", _spaces),
    ("a text stands in straight quotes, not in typographic ones", _typographic),
    ("a comment begins with #", _comment),
    ("a table opens with its name in closed brackets; other signs than a-z, 0-9, _ and - need quotes", _header),
    ("a key and its value have = between them", _sign),
    ("nothing stands behind a value but a comment", _end),
    ("a large number stands in digits, with _ between thousands if you like", _of_value(_thousands)),
    ("a decimal number has a point, not a comma", _of_value(_decimal_comma)),
    ("a number has no unit or sign behind it; what has no unit is a fraction of 1", _of_value(_unit)),
    ("a number begins with a digit other than 0, or with 0 and a point, and ends with a digit", _of_value(_number)),
    ("true and false have small letters and no quotes", _of_value(_truth)),
    ("a random value is a table with the name of its family", _of_value(_random)),
    ("a bracket or brace that opens must be closed, with no comma before a closing brace", _of_value(_bracket)),
    ("in double quotes a backslash begins an escape", _of_value(_backslash)),
    ("a text begins and ends with the same quote", _of_value(_open_quote)),
    ("a quote inside a text ends it", _of_value(_inner_quote)),
    ("a text stands in quotes", _of_value(_unquoted)),
    ("a text stands in quotes", _entry_unquoted),
    ("entries of a list have commas between them", _entry),
)  # fmt: skip
"""Rules that lines break, each with the cure; the most certain first."""


def _known(lines: list[str], at: int) -> Cure | None:
    """Causes whose cure only the user knows, or takes another line."""
    line = lines[at]
    for quotes in ('"""', "'''"):
        if line.count(quotes) % 2:
            return Cure(at + 1, "a text of several lines must be closed", f"write {quotes} at its end")
    without = "\n".join([*lines[:at], "#" + line, *lines[at + 1 :]])
    if found := re.match(rf"^\s*({_KEY})\s*=\s*(?:#.*)?$", line):
        return Cure(at + 1, "a key needs a value", f"write a value behind {found[1]} =, or remove the line", without)
    if re.match(rf"^\s*{_KEY}\s*=\s*(?:none|null|nil|n/a|-)\s*(?:#.*)?$", line, re.IGNORECASE):
        return Cure(at + 1, "there is no empty value", "remove the line: what is left out has its default", without)
    if found := re.match(r"^\s*(\[+[^\[\]]+\]+)\s*([^\s#].*)$", line):
        remedy = f"write {_short(found[1])}, and {_short(found[2].strip())} on the next line"
        return Cure(at + 1, "the name of a table stands on a line of its own", remedy)
    if re.match(r"^\s*- ", line):
        return Cure(at + 1, "a list of events is not written with -", "begin every event with [[event]]", without)
    if found := re.match(rf"^\s*({_KEY})\s*:\s*$", line):
        return Cure(at + 1, "a table opens with its name in brackets", f"write [{found[1]}]")
    if found := re.match(r"^\s*(\S*[^\W\x00-\x7f]\S*)\s*=", line):
        rule = "a key without quotes has letters from a to z, digits, _ and -; here is another"
        odd = next(char for char in found[1] if ord(char) > 127)
        return Cure(at + 1, rule, f"write the key anew: {odd} is U+{ord(odd):04X}", without)
    if line.strip() and not set("=[]{}\"'") & set(line):
        rule = "a line is a key with = and a value, a [table], or a comment behind #"
        return Cure(at + 1, rule, f"write # {_short(line.strip())}, if it is a comment", without)
    return None
