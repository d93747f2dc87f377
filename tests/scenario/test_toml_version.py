"""A scenario is TOML 1.0 on every Python; tomli reads 1.1, as the parser of Python 3.15 does."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
import tomli

import sim
from sim.scenario.loading import reading, source_map

FILES = [
    *(Path(__file__).parents[2] / "scenarios").glob("*.toml"),
    *(Path(__file__).parents[1] / "scenarios").glob("*valid/*.toml"),
]
NEWER = {
    'title = "a\\e[1m"': (1, "a backslash begins an escape"),
    'title = "a"\nsource = "\\x41"': (2, "a backslash begins an escape"),
    'title = """\nabc\nd\\e[0m and\n"""': (3, "the escape \\e is of TOML 1.1"),
    '"\\x74itle" = "a"': (1, "the escape \\x is of TOML 1.1"),
    "horizon = { last_year = 2030, }": (1, "no comma before a closing brace"),
    "horizon = {\n last_year = 2030 }": (1, "on one line"),
    "horizon = { last_year = 2030\n}": (1, "on one line"),
    "horizon = { last_year = 2030 # here\n}": (1, "on one line"),
    "horizon = { # here\n last_year = 2030 }": (1, "on one line"),
    "a = 1\nb = [1, { c = { d = 1, } }]": (2, "no comma before a closing brace"),
    "when = 07:32": (1, "in quotes"),
    "when = 2028-05-01T07:32": (1, "in quotes"),
    "when = 2028-05-01 07:32Z # noon": (1, "in quotes"),
    "when = [2028-05-01t07:32+01:00, 1]": (1, "a time without seconds is of TOML 1.1"),
}
OLDER = [
    'a = "\\\\e \\\\x41 \\u0041 \\\\"', "a = '\\e \\x41'", "a = '''\\e\n\\x'''", 'a = """\\\n   \\\\x \\t"""',
    'a = "07:32"', "a = 07:32:00", "a = 2028-05-01T07:32:00Z", "a = 2028-05-01 07:32:00.5+01:00", "a = 2028-05-01",
    "a = {}", "a = { }", "a = { b = [1,\n 2,\n], c = '''\n''' } # {,}",
    "a = [ { b = 1 },\n { b = 2 }, # here\n]", '"a:b" = { "c,}" = "}," }',
]  # fmt: skip


def newest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser of a Python that reads TOML 1.1."""
    for module in (source_map, reading):
        monkeypatch.setattr(module, "tomllib", tomli)


def told(text: str) -> tuple[str, tuple[sim.Fault, ...]]:
    """What is read, as text (nan is no nan), and the faults, those of lines that were cured among them."""
    try:
        source = reading.parsed(text, "x.toml")
    except sim.ScenarioError as error:
        return "", error.faults
    return repr(source.raw), source.faults


@pytest.mark.parametrize("text", NEWER)
def test_what_only_toml_1_1_knows_is_refused_in_the_same_words(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    line, what = NEWER[text]
    assert tomli.loads(text)
    if sys.version_info < (3, 15):
        with pytest.raises(tomllib.TOMLDecodeError):
            tomllib.loads(text)
    read, faults = told(text)
    assert [(fault.line, fault.code) for fault in faults] == [(line, "bad-toml")]
    assert what in faults[0].rule
    assert faults[0].remedy
    newest(monkeypatch)
    assert told(text) == (read, faults)


@pytest.mark.parametrize("text", OLDER)
def test_what_looks_like_it_is_read(text: str) -> None:
    assert tomllib.loads(text) == tomli.loads(text)
    assert told(text) == (repr(tomllib.loads(text)), ())


def test_the_newest_parser_reads_every_scenario_as_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [file.read_text("utf-8", errors="replace") for file in FILES]
    here = [(read, [fault.code for fault in faults]) for read, faults in map(told, texts)]
    newest(monkeypatch)
    assert [(read, [fault.code for fault in faults]) for read, faults in map(told, texts)] == here
    assert len(here) > 80
