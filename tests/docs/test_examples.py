"""What is public has an example in its docstring, which says what it prints; all of them together take seconds."""

from __future__ import annotations

import doctest
import inspect
import re
import time
from collections.abc import Callable, Iterator
from functools import cached_property, wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import sim
import sim.analysis.replay
import sim.backtest
import sim.charts
import sim.exports
import sim.report
from sim.results.counts import KEEPABLE

ROOT = Path(__file__).parents[2]
FILES = sorted(file for file in (ROOT / "sim").rglob("*.py") if ">>> " in file.read_text("utf-8"))
FACES = (sim, sim.charts, sim.report, sim.exports, sim.backtest)
WITHOUT = {
    "sim.charts.KINDS": "a dictionary has no docstring; the example of sim.charts lists its keys",
    "sim.exports.FORMS": "a dictionary has no docstring; the example of sim.exports lists its keys",
}
"""What is public and has no example, and why."""

SECONDS = 30
"""Of processor time, for all examples together."""


def public() -> Iterator[tuple[str, Any]]:
    """Everything that users are promised, by name: the faces' names, and the members of the classes among them."""
    for face in FACES:
        for name in face.__all__:
            yield f"{face.__name__}.{name}", getattr(face, name)
    yield "sim.analysis.replay.Story", sim.analysis.replay.Story


def members(owner: type) -> Iterator[tuple[str, Any]]:
    """The methods and properties of a class that are ours, inherited ones included."""
    for each in reversed(owner.__mro__):
        if each.__module__.split(".")[0] == "sim":
            for name, member in vars(each).items():
                told = isinstance(member, property | cached_property | classmethod | staticmethod)
                if not name.startswith("_") and (told or inspect.isfunction(member)):
                    yield name, member


PUBLIC = dict(public())
PUBLIC |= {f"{name}.{part}": member for name, owner in PUBLIC.items() if inspect.isclass(owner)
           for part, member in members(owner)}  # fmt: skip


def examples_of(name: str, found: Any) -> doctest.DocTest:
    """Those of a docstring, which stand on their own: nothing is defined but by the lines before."""
    return doctest.DocTestParser().get_doctest(inspect.getdoc(found) or "", {}, name, None, None)


@pytest.fixture(scope="module", autouse=True)
def _seconds() -> Iterator[None]:
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS


@pytest.fixture(scope="module", autouse=True)
def _each_run_once() -> Iterator[None]:
    """Examples stand on their own, so that many ask for the same run; here it is made once."""
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((sim, "simulate"), (sim, "compare"), (sim, "replay"), (sim.backtest, "backtest")):
            patch.setattr(owner, name, once(getattr(owner, name)))
        yield


def once(call: Callable[..., Any]) -> Callable[..., Any]:
    """A call whose answers are kept."""
    answers: dict[str, Any] = {}

    @wraps(call)
    def kept(*args: Any, **kwargs: Any) -> Any:
        key = repr((args, kwargs))
        if key not in answers:
            answers[key] = call(*args, **kwargs)
        return answers[key]

    return kept


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_an_example(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    test = examples_of(name, PUBLIC[name])
    assert bool(test.examples) != (name in WITHOUT)
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed == 0


def test_every_reason_is_of_something_public() -> None:
    assert set(WITHOUT) <= set(PUBLIC)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_any_other_example_prints_what_it_says(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    tried = {found.__doc__ for found in PUBLIC.values()}
    for test in doctest.DocTestFinder().find(module):
        if test.docstring not in tried:
            assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test).failed == 0


def test_a_name_without_an_example_and_a_wrong_one_are_seen() -> None:
    """The control."""

    def half(number: float) -> float:
        """Half of it.

        >>> 4 / 2
        3.0
        """
        return number / 2

    assert not examples_of("none", once).examples
    test = examples_of("half", half)
    assert doctest.DocTestRunner().run(test, out=lambda _: None).failed == 1


def test_the_variables_whose_paths_are_kept_are_all_named() -> None:
    named = re.search(r"`keep` names state variables whose paths are kept: ([\w\s,]+)\.", str(sim.simulate.__doc__))
    assert named is not None
    assert tuple(re.split(r",\s+", named[1])) == KEEPABLE
