"""The types of the whole project, tests included: the type checker finds what the baseline has, no more and no less."""

from __future__ import annotations

import pytest
from type_baseline import BASELINE, Kind, allowed, counted, differences, found, written

FILE = Kind("tests/x/test_y.py", "arg-type")


def test_the_type_checker_finds_what_the_baseline_has_no_more_and_no_less() -> None:
    """The first time it takes a minute or two, then seconds. `python tools/type_baseline.py --write` lowers it."""
    assert differences(found(), allowed(BASELINE.read_text("utf-8"))) == []


def test_the_baseline_is_of_tests_only_and_in_order() -> None:
    text = BASELINE.read_text("utf-8")
    assert all(kind.file.startswith("tests/") for kind in allowed(text))
    assert written(allowed(text)) == text


@pytest.mark.parametrize(("now", "before", "word"), [(2, 1, "mend"), (1, 0, "mend"), (1, 2, "lower"), (0, 1, "lower")])
def test_more_errors_are_told_and_fewer_as_well(now: int, before: int, word: str) -> None:
    (told,) = differences({FILE: now}, {FILE: before})
    assert told.startswith(FILE.file)
    assert word in told
    assert differences({FILE: now}, {FILE: now}) == []


def test_a_line_counts_once_a_kind() -> None:
    said = [
        'tests/x/test_y.py:3: error: Argument 1 to "f" has incompatible type "A | B"  [arg-type]',
        'tests/x/test_y.py:3: error: Argument 2 to "f" has incompatible type "A | B"  [arg-type]',
        "tests/x/test_y.py:3: note: see the page on variance [arg-type]",
        "tests/x/test_y.py:4: error: Missing type arguments  [type-arg]",
        "tests/x/test_y.py:5: error: Missing type arguments  [type-arg]",
    ]
    kinds = counted(said)
    assert kinds == {FILE: 1, Kind(FILE.file, "type-arg"): 2}
    assert allowed(written(kinds)) == kinds
