"""The lines of keys, told by a pass of our own, against the standard parser."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.loading.source_map import MAX_DIGITS, MAX_ENTRIES, MAX_KEYS, MAX_NESTING, OverLimit, scan

ROOT = Path(__file__).parent.parent.parent


def paths(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every key and every entry."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*at, key)
            yield from paths(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield (*at, index)
            yield from paths(inner, (*at, index))


SHAPES: dict[str, tuple[str, dict[Any, int]]] = {
    "flat": ('a = 1\nb = "x"\n', {("a",): 1, ("b",): 2}),
    "tables": ("[a]\nb = 1\n\n[a.c]\nd = 2\n", {("a",): 1, ("a", "b"): 2, ("a", "c"): 4, ("a", "c", "d"): 5}),
    "a table after its part": ("[a.b]\nc = 1\n[a]\nd = 2\n", {("a",): 3, ("a", "b"): 1, ("a", "d"): 4}),
    "dotted": ("a.b . c = 1\na.d = 2\n", {("a", "b", "c"): 1, ("a", "d"): 2}),
    "quoted": ("\"a.b\".'c d' = 1\n\"\\u00e9\\\\n\" = 2\n", {("a.b", "c d"): 1, ("é\\n",): 2}),
    "inline": ("a = { b = 1, c = { d = 2 } }\n", {("a", "b"): 1, ("a", "c", "d"): 1}),
    "list": ("a = [\n  1,\n  # [ ]\n  2, 3,\n  [4,\n5],\n]\nb = 1\n",
             {("a", 0): 2, ("a", 1): 4, ("a", 2): 4, ("a", 3): 5, ("a", 3, 1): 6, ("b",): 8}),
    "list of tables": ("a = [ { b = 1 },\n { b = 2 } ]\n", {("a", 0, "b"): 1, ("a", 1, "b"): 2}),
    "arrays of tables": ("[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3\n[[a.e]]\n[[a.e]]\nf = 4\n[[a]]\n",
                         {("a", 0, "b"): 2, ("a", 1): 3, ("a", 1, "b"): 4, ("a", 1, "c", "d"): 6,
                          ("a", 1, "e", 1, "f"): 9, ("a", 2): 10}),
    "texts": ("a = '''\n\n''' # x\nb = \"\"\"\\\n  \\\"\"\\\" \"\"\"\"\"\nc = 'it \" [' # '\nd = \"\\\"]\"\ne = 1\n",
              {("b",): 4, ("c",): 6, ("d",): 7, ("e",): 8}),
    "quotes at the end of texts": ("a = '''x''''' \nb = \"\"\"x\"\"\"\"\"\nc = 1\n", {("b",): 2, ("c",): 3}),
    "line ends of Windows": ("a = 1\r\n\r\nb = 2\r\n", {("b",): 3}),
    "numbers": ("a = [1_000, 0x1f, -1e3, +inf, nan,\n1979-05-27 07:32:00.123456-07:00, 07:32:00]\nb = true\n",
                {("a", 5): 2, ("b",): 3}),
    "empty": ("# nothing", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes(name: str) -> None:
    """Lines as counted by hand; the text is TOML, and every path of it has a line."""
    text, expected = SHAPES[name]
    places = scan(text)
    assert places.stopped == 0
    assert {path: places.line(path) for path in expected} == expected
    values = tomllib.loads(text)
    assert all(places.line(path) > 0 for path in paths(values))
    assert set(expected) <= set(paths(values))


def test_a_path_that_is_not_there_has_the_line_of_what_would_hold_it() -> None:
    places = scan("\n[will]\nmean = { normal = { mean = 1 } }\n")
    assert places.line(("will", "mean", "normal", "sd")) == 3
    assert places.line(("will", "peer")) == 2
    assert places.line(("budget", "speed")) == 0


@pytest.mark.parametrize("opening", ['"', "'", '"""', "'''"])
def test_where_a_text_was_left_open(opening: str) -> None:
    """On its own line, whatever stands around it and however long the rest."""
    assert scan(f"a = 'x'\n[b]\nc = {opening}open\n\n[d]\ne = 1\n").stopped == 3
    assert scan(f"a = [\n\n1, {{ b = {opening}open\n, 2]\n").stopped == 3
    assert scan(f"a = 1\n{opening}open\n").stopped == 2


FILES = sorted(file for place in ("scenarios", "tests/scenarios") for file in (ROOT / place).rglob("*.toml"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_line_of_a_key_holds_it(file: Path) -> None:
    """In every scenario that is TOML, the last part of a key's path stands on its line."""
    text = file.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        values, places = tomllib.loads(text), scan(text)
    except (OverLimit, tomllib.TOMLDecodeError):
        return
    lines = text.split("\n")
    for path in paths(values):
        if isinstance(path[-1], str):
            assert path[-1] in lines[places.line(path) - 1]


keys = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(["a", "b", "a.b", "'", '"', "#", "[", "="])
scalars = (
    st.booleans() | st.integers(-(10**18), 10**18) | st.floats() | st.text(st.characters(codec="utf-8"), max_size=20)
)
values = st.recursive(scalars, lambda v: st.lists(v, max_size=4) | st.dictionaries(keys, v, max_size=4), max_leaves=25)
documents = st.dictionaries(keys, values, max_size=5)


@given(documents, st.booleans())
@settings(max_examples=150, deadline=None)
def test_whatever_a_writer_writes(document: dict[str, Any], multiline: bool) -> None:
    """Every key of a written document has a line, and it is that of a text in which the key is found."""
    text = tomli_w.dumps(document, multiline_strings=multiline).replace("\r", "")
    parsed = tomllib.loads(text)
    try:
        places = scan(text)
    except OverLimit:
        return
    assert places.stopped == 0
    known = set(paths(parsed))
    assert set(places.lines) <= known
    assert all(1 <= places.line(path) <= text.count("\n") + 1 for path in known)


@given(st.text(st.sampled_from("ab1 .=\n\t'\"[]{},#\\-_:\r"), max_size=40))
@settings(max_examples=400, deadline=None)
def test_it_gives_up_no_sooner_than_the_parser(text: str) -> None:
    """What the parser reads, the pass has read to its end, and with the same keys."""
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        scan(text)  # and it raises nothing else
        return
    places = scan(text)
    assert places.stopped == 0
    assert set(places.lines) <= set(paths(parsed))
    assert all(places.line(path) for path in paths(parsed))


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("\n" + "a." * MAX_KEYS + "a = 1", "too-deep", 2),
        ("[" + "a." * (MAX_KEYS - 2) + "a]\n\na.a = 1", "too-deep", 3),
        ("a = " + "{ a = " * MAX_KEYS + "1" + " }" * MAX_KEYS, "too-deep", 1),
        ("a = " + "[" * (MAX_NESTING + 1), "too-nested", 1),
        ("a = [\n" + "[" * MAX_NESTING, "too-nested", 2),
        ("a = [" + "1," * MAX_ENTRIES + "]", "too-many-entries", 1),
        ("a = [\n" + "1,\n" * MAX_ENTRIES + "]", "too-many-entries", MAX_ENTRIES + 1),
        ("a = [" + "{}," * MAX_ENTRIES + "]", "too-many-entries", 1),
        ("a = [" + "[1, 1]," * (MAX_ENTRIES // 2) + "]", "too-many-entries", 1),
        ("[[a]]\n" * (MAX_ENTRIES + 1), "too-many-entries", MAX_ENTRIES + 1),
        ("".join(f"a{number} = 1\n" for number in range(MAX_ENTRIES + 1)), "too-many-entries", MAX_ENTRIES + 1),
        ("a = 1" + "0" * MAX_DIGITS, "too-many-digits", 1),
        ("a = [1, 2,\n 0." + "3" * MAX_DIGITS + ", 4]", "too-many-digits", 2),
        ("a = 0x" + "f" * (MAX_DIGITS + 1), "too-many-digits", 1),
        ("a = 1" + "0" * MAX_DIGITS + "\u0662", "too-many-digits", 1),
    ],
)
def test_limits(text: str, code: str, line: int) -> None:
    with pytest.raises(OverLimit) as caught:
        scan(text)
    assert caught.value.args[:2] == (line, code)


@pytest.mark.parametrize(
    "text",
    [
        "a." * (MAX_KEYS - 1) + "a = 1",
        "a = " + "[" * MAX_NESTING + "]" * MAX_NESTING,
        "a = [" + "1," * (MAX_ENTRIES - 1) + "]",
        "[[a]]\n" * MAX_ENTRIES,
        "a = 1" + "0" * (MAX_DIGITS - 1),
        "a = 0x" + "f" * (MAX_DIGITS - 1),
        "a = [1" + "0" * (MAX_DIGITS - 1) + ", 1979-05-27T00:32:00.123456-07:00]",
        'a = "' + "9" * 100 + '"  # ' + "[" * 100,
    ],
)
def test_just_within_the_limits(text: str) -> None:
    assert scan(text).stopped == 0
    tomllib.loads(text)
