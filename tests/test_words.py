"""Figures in words: never a certainty, never more digits than the interval carries."""

from __future__ import annotations

import ast
import json
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.comparison.intervals import paired
from sim.results.intervals import wilson
from sim.text.escaping import json_text, plain, plain_lines
from sim.text.figures import money, number, quantity, share, whole
from sim.text.probabilities import SCALE, interval, likelihood, more_of_100, of_100, percent, points, points_interval
from sim.text.sentences import allies
from sim.text.suggestions import did_you_mean


def chance(met: int, paths: int) -> tuple[float, float, float]:
    low, high = wilson(np.array([met]), paths)
    return met / paths, float(low[0]), float(high[0])


@given(st.integers(1, 10_000_000), st.floats(0, 1))
def test_no_number_of_runs_makes_a_certainty(paths: int, part: float) -> None:
    found = chance(round(part * paths), paths)
    assert percent(*found).lstrip("~") not in ("0", "100")
    assert interval(*found[1:]).split("–")[-1] != "100"
    assert interval(*found[1:]).split("–")[0] != "0"
    assert sum(char.isdigit() for char in percent(*found)) <= 2


@pytest.mark.parametrize(
    ("met", "paths", "words"),
    [
        (0, 100_000, "<1"),
        (600, 100_000, "<1"),
        (100_000, 100_000, ">99"),
        (99_600, 100_000, ">99"),
        (83_456, 100_000, "83"),
        (0, 100, "<4"),
        (100, 100, ">96"),
        (37, 100, "~40"),
        (1, 30, "<17"),
    ],
)
def test_a_probability_has_the_digits_its_interval_allows(met: int, paths: int, words: str) -> None:
    assert percent(*chance(met, paths)) == words


def test_an_interval_is_rounded_outward() -> None:
    assert interval(0.827, 0.832) == "82–84"
    assert interval(0.0, 0.0001) == "<1"
    assert interval(0.995, 1.0) == ">99"
    assert interval(0.0, 1.0) == "any"
    assert interval(0.82, 0.84) == "82–84"


def test_a_sentence_speaks_the_signs() -> None:
    assert of_100(*chance(0, 100_000)) == "in fewer than 1 of 100 simulated runs"
    assert of_100(*chance(100_000, 100_000)) == "in more than 99 of 100 simulated runs"
    assert of_100(*chance(37, 100)) == "in about 40 of 100 simulated runs"


def test_shares_and_counts_have_two_digits() -> None:
    assert [share(value) for value in (3.249, 9.94, 9.96, 12.3)] == ["3.2", "9.9", "10", "12"]
    assert [number(value, 31) for value in (0.2, 9.6, 12.5, 30.8, 31.0)] == ["<1", "10", "13", ">30", "31"]
    assert [number(value, 10) for value in (0.0, 0.4, 9.5, 10.0)] == ["<1", "<1", ">9", "10"]
    few = {0.0: "<0.1", 0.04: "<0.1", 0.05: "0.1", 3.26: "3.3", 8.94: "8.9", 8.96: ">8.9", 9.0: "9.0"}
    assert [number(value, 9) for value in few] == list(few.values())
    assert [number(value, 1) for value in (0.42, 0.97, 1.0)] == ["0.4", ">0.9", "1.0"]
    assert [number(value, 31, tenths=True) for value in (0.2, 12.25)] == ["0.2", "12.3"]
    assert [whole(value) for value in (0.0, 1.0, 13.0)] == ["0", "1", "13"]
    assert [allies(count) for count in (1, 2)] == ["1 ally", "2 allies"]


HUNDREDTHS = [Fraction(k, 100) for k in range(2_047)]


def half_up(value: Fraction, step: Fraction) -> Fraction:
    return math.floor(value / step + Fraction(1, 2)) * step


def test_shares_are_rounded_as_nato_prints_on_the_whole_grid() -> None:
    """2.25 is 2.3 and 2.35 is 2.4: the decimal decides, not the binary fraction next to it."""
    for exact in HUNDREDTHS:
        step = Fraction(1, 10) if exact < Fraction(995, 100) else Fraction(1)
        assert Fraction(share(float(exact))) == half_up(exact, step), exact
    assert [share(pct) for pct in (2.25, 2.35, 0.05, 12.5)] == ["2.3", "2.4", "0.1", "13"]


@pytest.mark.parametrize("paths", [200, 2_000, 16_000, 100_000])
def test_a_part_of_the_runs_is_rounded_half_up_wherever_it_lies_between_two(paths: int) -> None:
    for met in range(0, paths + 1, paths // 200):
        exact = half_up(Fraction(100 * met, paths), Fraction(1))
        if 1 < exact < 99:
            assert percent(met / paths, met / paths, met / paths) == str(exact)
            bounds = [(Fraction(str(bound)), word) for bound, word in SCALE]
            assert likelihood(met / paths) == next(word for bound, word in bounds if exact < 100 * bound)


def test_an_end_that_is_a_whole_percent_stays_there() -> None:
    for low in range(1, 99):
        assert interval(low / 100, (low + 1) / 100) == f"{low}–{low + 1 if low < 98 else 99}"
        assert points_interval(-low / 100, low / 100) == f"-{low} to +{low}"


@pytest.mark.parametrize(("usd_bn", "told"), [
    (0.05, "0.1"), (0.25, "0.3"), (9.95, "10"), (12.5, "13"), (99.5, "100"), (125.0, "130"), (1_250.0, "1,300"),
    (114.9, "110"), (0.0499, "<0.1"),
])  # fmt: skip
def test_money_has_two_digits_and_halves_go_up(usd_bn: float, told: str) -> None:
    assert money(usd_bn) == told


def test_a_users_text_cannot_command_the_terminal() -> None:
    assert plain(" a\x1b[31mb\nc\u202ed\xa0") == "a\\u001b[31mb c\\u202ed"
    assert plain("\U000e0041\udc80\x85") == "\\udb40\\udc41\\udc80"
    assert plain("Türkiye – 日本 👩") == "Türkiye – 日本 👩"
    assert plain_lines("  a\x07 \n b") == "  a\\u0007 \n b"


@given(st.text(st.characters()))
def test_any_text_is_one_printable_line_and_json_gives_it_back(text: str) -> None:
    assert plain(text).isprintable()
    assert plain(plain(text)) == plain(text)
    for ascii_only in (True, False):
        said = json_text({text: [text]}, 1, ascii_only=ascii_only)
        assert all(char.isprintable() or char == "\n" for char in said)
        assert json.loads(said) == {_joined(text): [_joined(text)]}


def _joined(text: str) -> str:
    """Halves of surrogate pairs that stand together are one character to JSON."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def test_a_near_word_is_offered_and_a_far_one_is_not() -> None:
    assert did_you_mean("rnu", ["run", "check"]) == "Did you mean 'run'?"
    assert did_you_mean("xyz", ["run", "check"]) == ""


@given(st.integers(1, 10**7), st.floats(0, 1), st.floats(0, 1))
def test_a_difference_has_two_digits_at_most_and_its_sign(paths: int, first: float, second: float) -> None:
    only_a = round(first * paths)
    only_b = round(second * (paths - only_a))
    difference, ends = (only_b - only_a) / paths, paired(only_b - only_a, only_b + only_a, paths)
    words = points(difference, *ends)
    assert sum(char.isdigit() for char in words) <= 2
    undecided = words in ("about 0", "unclear")
    assert undecided == (ends[0] <= 0 <= ends[1])
    assert undecided or ("+" in words or "higher" in words) == (difference > 0)
    assert undecided or ("-" in words or "lower" in words) == (difference < 0)
    assert words != "about 0" or -0.05 <= ends[0] <= ends[1] <= 0.05
    assert not {*words, *points_interval(*ends)} & {"~", "\u2212"}
    assert "100" not in points_interval(*ends)
    assert ("fewer" in more_of_100(difference, *ends)) == (difference < 0 or words == "unclear") * (words != "about 0")


@pytest.mark.parametrize(
    ("found", "words", "spoken", "ends"),
    [
        ((0.123, 0.118, 0.127), "+12", "in 12 more of 100 simulated runs", "+11 to +13"),
        ((-0.054, -0.06, -0.048), "-5", "in 5 fewer of 100 simulated runs", "-6 to -4"),
        ((0.003, 0.001, 0.005), "<1 higher", "in less than 1 more of 100 simulated runs", "above 0 to +1"),
        ((-0.003, -0.005, -0.001), "<1 lower", "in less than 1 fewer of 100 simulated runs", "-1 to below 0"),
        ((0.17, 0.05, 0.29), "about +20", "in about 20 more of 100 simulated runs", "+5 to +29"),
        ((0.04, 0.005, 0.12), "<12 higher", "in less than 12 more of 100 simulated runs", "above 0 to +12"),
        ((0.01, -0.005, 0.025), "about 0", "in about as many simulated runs", "-1 to +3"),
        ((0.045, -0.004, 0.094), "unclear", "in more or in fewer simulated runs", "-1 to +10"),
        ((0.05, -0.06, 0.16), "unclear", "in more or in fewer simulated runs", "-6 to +16"),
        ((0.998, 0.99, 1.0), ">99 higher", "in over 99 more of 100 simulated runs", "above +99"),
        ((-0.6, -1.0, -0.001), "about -60", "in about 60 fewer of 100 simulated runs", "below 0"),
    ],
)
def test_differences(found: tuple[float, float, float], words: str, spoken: str, ends: str) -> None:
    assert points(*found) == words
    assert more_of_100(*found) == spoken
    assert points_interval(*found[1:]) == ends


@pytest.mark.parametrize(
    ("found", "least", "words"),
    [
        ((1.7071, 1.6867, 1.7271), 0.01, ("1.7", "1.6", "1.8")),
        ((38.2, 33.0, 43.0), 0.1, ("38", "33", "43")),
        ((384.0, 310.0, 450.0), 0.1, ("400", "300", "500")),
        ((40.0, 8.0, 130.0), 0.1, ("<100", "0", "200")),
        ((0.0034, 0.0013, 0.0054), 0.01, ("<0.01", "0.00", "0.01")),
        ((0.098, 0.097, 0.099), 0.01, ("0.10", "0.09", "0.10")),
        ((0.0, 0.0, 0.0), 0.01, ("<0.01", "0.00", "0.00")),
    ],
)
def test_quantities(found: tuple[float, float, float], least: float, words: tuple[str, str, str]) -> None:
    assert quantity(*found, least=least) == words


FORMER = re.compile(r"\blate push|urgency at half|\bbefel|\bbefall|\b(?:same|the|of|other) luck\b|~0\b", re.IGNORECASE)
"""Words of this project's own that readers did not know: docs/reference/former-names.md has what stands for them."""
ROOT = Path(__file__).parents[1]
OWN = {"CHANGELOG.md", "docs/reference/former-names.md"}
"""Pages that quote the former words, so that their prose is not held here."""


def prose(page: str) -> str:
    """A page without the blocks that commands print, which tests/docs/test_commands.py holds to these."""
    return re.sub(r"(?s)<!-- output: .*?<!-- end of output -->", "", page)


@pytest.mark.parametrize("text", ["P core without late push", "with urgency at half", "What befell the alliance", "~0"])
def test_former_words_are_known_where_they_stand(text: str) -> None:
    assert FORMER.search(text)


def test_what_the_program_says_has_no_former_words() -> None:
    said: dict[str, str] = {}
    for file in sorted((ROOT / "sim").rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in statements:
                said[f"{file.relative_to(ROOT)}:{node.lineno}:{len(said)}"] = node.value
    others = [*(ROOT / "sim").rglob("*.j2"), *(ROOT / "sim").rglob("*.typ"), *(ROOT / "sim").rglob("*.toml")]
    said |= {str(file): file.read_text("utf-8") for file in [*others, *(ROOT / "scenarios").glob("*.toml")]}
    assert len(said) > 1_000
    assert {place: text for place, text in said.items() if FORMER.search(text)} == {}


def test_the_pages_have_no_former_words() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), *(ROOT / "docs").glob("*.ipynb"), *ROOT.glob("*.md")]
    held = {page.relative_to(ROOT).as_posix(): prose(page.read_text("utf-8")) for page in pages}
    assert held.keys() > OWN
    assert {name: found[0] for name, text in held.items() if name not in OWN and (found := FORMER.search(text))} == {}
