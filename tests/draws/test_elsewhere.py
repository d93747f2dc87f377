"""SciPy's own families, evaluated in a process of their own: the same bits, and an end for those that have none."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import sim
from sim.cli import app
from sim.distributions import elsewhere, quantile_tables
from sim.distributions import families as f
from sim.distributions.elsewhere import evaluate_all
from sim.distributions.quantile_tables import evaluate, kept, table_of
from sim.errors import RunError

LAWS = (
    f.Scipy(name="skewnorm", a=3.25, loc=0.3, scale=1.7), f.Scipy(name="t", df=5.5, loc=-2.0, scale=0.1),
    f.Scipy(name="gumbel_r", loc=0.1, scale=3.3), f.Scipy(name="johnsonsu", a=1.0, b=2.0, scale=0.7),
)  # fmt: skip
ENDLESS = ("scipy:irwinhall", (("n", 100_000.0),))
"""One call takes minutes."""

SCENARIO = """
horizon = { last_year = 2028 }
[targets.core]
share_pct = 3.5
by = 2028
[will]
mean = { scipy = { name = "%s", %s } }
"""


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """No table of another test, and none for the next."""
    caches = (
        quantile_tables.table_of,
        quantile_tables.standardised,
        quantile_tables.distance,
        quantile_tables._quantiles,
    )
    for empty in (kept().clear, *(cache.cache_clear for cache in caches)):
        empty()
    yield
    kept().clear()


def test_the_bits_are_those_of_this_process() -> None:
    here = {law: (quantile_tables.scipy_moments(law), table_of(law).digest) for law in LAWS}
    quantile_tables.table_of.cache_clear()
    quantile_tables.standardised.cache_clear()
    quantile_tables._quantiles.cache_clear()
    assert evaluate_all(law.shape for law in LAWS) == {}
    assert kept().keys() == {law.shape for law in LAWS}
    assert {law: (quantile_tables.scipy_moments(law), table_of(law).digest) for law in LAWS} == here
    for law in LAWS:
        frozen = getattr(stats, law.name)(**law.shape_parameters, loc=law.loc, scale=law.scale)
        mean, variance = frozen.stats("mv")
        assert quantile_tables.scipy_moments(law) == (float(mean), float(variance) ** 0.5)


def test_a_run_has_the_same_bits_with_workers() -> None:
    scenario = sim.loads(SCENARIO % ("skewnorm", "a = 3.25"))
    digests = {sim.simulate(scenario, paths=4_112, seed=1, block=4_096, workers=workers).digest() for workers in (1, 2)}
    assert len(digests) == 1
    kept().clear()
    assert sim.compare(scenario, scenario, paths=64, workers=2) is not None


@pytest.mark.skipif(
    not hasattr(quantile_tables.time, "pthread_getcpuclockid"), reason="the system must limit processor time"
)
def test_a_shape_that_takes_for_ever_is_refused_and_told_where_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "endless.toml"
    file.write_text(SCENARIO % ("irwinhall", "n = 100000.0"))
    for command in ("check", "run"):
        assert app.run([command, str(file)]) == 3
        said = capsys.readouterr().err
        assert f"{file}:7: will.mean = n = 100000: " in said
        assert "this one takes more than 2 s to tabulate [unfit-family]" in said


def test_after_an_endless_shape_others_are_evaluated() -> None:
    shapes = (("scipy:gumbel_l", ()), ENDLESS, ("scipy:logistic", ()))
    failed = evaluate_all(shapes)
    assert failed.keys() == {ENDLESS}
    assert kept().keys() == {shapes[0], shapes[2]}


def test_a_process_that_ends_for_another_reason_is_no_fault_of_the_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "_within_seconds", exit)
    with pytest.raises(RunError, match="a worker process ended before its work was done"):
        evaluate_all([("scipy:gumbel_l", ())])


def of_daemon(shape: f.Shape) -> tuple[int, tuple[f.Shape, ...]]:
    """What a process that can start no other makes of a shape."""
    return len(evaluate_all([shape])), tuple(kept())


def test_a_daemon_evaluates_by_itself() -> None:
    shape = ("scipy:gumbel_l", ())
    with get_context("spawn").Pool(1) as pool:
        assert pool.apply(of_daemon, (shape,)) == (0, (shape,))


def test_what_is_kept_is_not_evaluated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = ("scipy:gumbel_l", ())
    kept()[shape] = evaluate(shape)
    monkeypatch.setattr(elsewhere, "Worker", None)
    assert evaluate_all([shape]) == {}
    kept().update((("scipy:gumbel_l", (("x", float(number)),)), kept()[shape]) for number in range(300))
    monkeypatch.undo()
    assert evaluate_all([shape]) == {}
    assert len(kept()) == 1, "all were forgotten, and the one that is needed evaluated again"
    assert np.isfinite(kept()[shape].quantiles[0]).all()


def test_check_starts_no_process_for_other_families(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(elsewhere, "Worker", None)
    file = tmp_path / "plain.toml"
    file.write_text(
        (SCENARIO % ("x", "")).replace('{ scipy = { name = "x",  } }', "{ student_t = { df = 7.0, sd = 1.0 } }")
    )
    assert app.run(["check", str(file)]) == 0
