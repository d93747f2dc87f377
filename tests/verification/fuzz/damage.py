"""Damage done to a text without knowing what it says: bytes, lines, and tokens in the place of others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

TOKEN = re.compile(r'"[^"\n]*"|[A-Za-z_][A-Za-z0-9_-]*|[-+]?[0-9][0-9_.eE+-]*|[][{}=.,#"\'\\\n]|\s+|.')

NASTY = (
    "nan", "inf", "-inf", "+nan", "-0.0", "0", "-1", "1e400", "-1e400", "1e308", "1e-320", "4.9e-324", "1e7", "1000001",
    "9223372036854775807", "9223372036854775808", "18446744073709551616", "99999999999999999999",
    "999999999999999999999", "0x7fffffffffffffff", "0o777", "0b1", "0xfffffffffffffffff", "1_000", "1__0", "01", ".5",
    "5.", "1e", "true", "false", "True", '""', "''", '"nan"', '"3.5"', '"\\u0000"', '"\\ud800"', '"\\U00110000"',
    '"\\q"', '"\\u202e"', '"a\\nb"', '"""a\nb"""', "'''\n'''", "[]", "{}", "[[]]", "[{}]", "{ a = {} }", "[1, 'a', {}]",
    "2028-05-01", "2028-05-01T00:00:00Z", "2028-02-30", "07:32:00", "0000-00-00", '"2028-13"', '"2028-5"', '"2028-00"',
    '"20\u0662\u0668-05"', '"\uff12\uff10\uff12\uff18-05"', '"\u0662\u0660\u0662\u0668-05"', '"9999-12"', '"1999-01"',
    '"DEU"', '"deu"', '"ISL"', '"XXX"', '"D\u0415U"', '"\uff24\uff25\uff35"', '"core"', '"cor\u0435"', '"CORE"',
    "{ normal = { mean = 0.0, sd = 1.0 } }", "{ normal = { mean = 0.0, sd = -1.0 } }", "{ uniform = { low = 1.0 } }",
    "{ uniform = { low = 1.0, high = 0.0 } }", "{ normal = 1 }", "{ normal = { } }", "{ scipy = { name = 'cauchy' } }",
    "{ scipy = { name = 'norm', loc = nan } }", "{ scipy = { name = 'gamma', a = 1e-300 } }",
    "{ gamma = { shape = 1 } }",
    "{ student_t = { df = 2.0, sd = 1.0 } }", "{ beta = { a = 1e-9, b = 1.0 } }",
    "{ lognormal = { mean = 1, log_sd = 9 } }",
    "{ triangular = { low = 0, mode = 5, high = 1 } }", "{ exponential = { mean = 1e300 } }",
    "{ exponential = { mean = 1e-300 } }", "{ normal = { mean = 1e6, sd = 1e6 } }",
    "{ uniform = { low = 0.0, high = 5e-324 } }",
    "{ uniform = { low = -1e308, high = 1e308 } }", "\ufeff", "\u200b", "\u202e", "\u2066", "\x00", "\x1b[31m", "\x7f",
    "\r", "\r\n", "\t", "\u2028", "\u00a0", "=", "==", ".", "..", "[", "]", "[[", "]]", "{", "}", ",", "#", '"', '"""',
    "'", "\\", "title", "extends", "data", "event", "ally", "targets", "horizon", "replacements", "will.mean", "a.b.c",
    "normal", "kind", "name", "core", "crisis", "shock", "pledge", "review", "__class__", "\u0130", "\u0131", "\u00df",
    "last_year", "base_year", '"__proto__"', '"{0.__class__}"', '"%s%n"', '"../x"', '"case.toml"', "k" * 300,
    '"' + "x" * 2001 + '"',
    "[" * 40, "[" * 32 + "]" * 32, "a" + ".a" * 20, '"' + "\u0301" * 50 + '"', '"\U0001f4a3"', "\u0662",
    "\uff13.\uff15",
)  # fmt: skip
"""What a hand, a spreadsheet or an enemy may put where something else should stand."""

BYTES = (b"\x00", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xfe\xff", b"\r", b"\r\n", b"\n", b"\x1a",
         b"\x85", b"\xf4\x90\x80\x80", b'"', b"'", b"[", b"]", b"=", b"#", b",", b";", b"\t", b"\\", b"{",
         b"}")  # fmt: skip


def by_bytes(random: Random, content: bytes) -> bytes:
    """One to eight bytes flipped, put in, taken out; now and then a piece doubled or the end cut off."""
    damaged = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 3, 8))):
        at = random.randrange(len(damaged) + 1)
        match random.randrange(6):
            case 0 if at < len(damaged):
                damaged[at] ^= 1 << random.randrange(8)
            case 1:
                damaged[at:at] = random.choice(BYTES)
            case 2:
                del damaged[at : at + random.choice((1, 1, 2, 20))]
            case 3 if at < len(damaged):
                damaged[at] = random.randrange(256)
            case 4:
                damaged[at:at] = damaged[at : at + random.randrange(1, 60)]
            case 5 if random.random() < 0.2:
                del damaged[at:]
    return bytes(damaged)


def by_lines(random: Random, text: str, others: Sequence[str]) -> str:
    """Lines exchanged, doubled, left out, moved, or taken from another file."""
    lines = text.split("\n")
    for _ in range(random.choice((1, 1, 2, 4))):
        at, to = random.randrange(len(lines)), random.randrange(len(lines))
        match random.randrange(6):
            case 0:
                lines[at], lines[to] = lines[to], lines[at]
            case 1:
                lines.insert(to, lines[at])
            case 2 if len(lines) > 1:
                del lines[at]
            case 3:
                lines.insert(to, lines.pop(at))
            case 4:
                lines.insert(to, random.choice(random.choice(others).split("\n")))
            case 5:
                lines[at : at + 1] = lines[at].split(" ", 1)
    return random.choice(("\n", "\n", "\n", "\r\n")).join(lines)


def by_tokens(random: Random, text: str, nasty: Sequence[str] = NASTY) -> str:
    """One to three tokens replaced by nasty ones, or by tokens from elsewhere in the text."""
    tokens = TOKEN.findall(text)
    places = [index for index, token in enumerate(tokens) if not token.isspace()]
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if places:
            new = random.choice(nasty) if random.random() < 0.8 else tokens[random.choice(places)]
            tokens[random.choice(places)] = new
    return "".join(tokens)
