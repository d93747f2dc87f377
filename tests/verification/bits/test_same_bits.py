"""Neither workers, blocks, executor, hashes, zone, locale nor processor change a bit; what should change them does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import sim
from bits.digest import Spec, digest, digests
from bits.environments import WITHOUT_FMA, compiled_locales, dispatched, in_utf8, measured, printed
from sim.execution.executors import EXECUTORS

SMALL, CONSTANTS = (str(Path(__file__).with_name(f"{name}.toml")) for name in ("small", "constants"))
PATHS = 8_200
BASE = Spec((SMALL,), PATHS)


@pytest.fixture(scope="module")
def here() -> str:
    """The digest in this process: serial, all paths in one block."""
    return digests(BASE)[SMALL]


@pytest.mark.parametrize("block", [4_096, 8_192])
def test_the_block_changes_no_bit(block: int, here: str) -> None:
    assert digests(Spec((SMALL,), PATHS, block=block))[SMALL] == here


def test_the_block_changes_no_bit_where_numbers_stand_for_distributions() -> None:
    whole, *parts = (digests(Spec((CONSTANTS,), 8_200, seed=7, block=block)) for block in (None, 4_096, 8_192))
    assert parts == [whole, whole]


def test_the_engine_changes_no_bit(here: str) -> None:
    pytest.importorskip("numba", reason="needs numba (pip install 'burdenshare[fast]')")
    assert digests(Spec((SMALL,), PATHS, engine="fast"))[SMALL] == here


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_change_no_bit(workers: int, here: str) -> None:
    """Three jobs; the order in which they end is theirs."""
    assert digests(Spec((SMALL,), PATHS, workers=workers, block=4_096, executor="processes"))[SMALL] == here


def test_every_executor_is_looked_at() -> None:
    assert set(EXECUTORS) == {"serial", "processes"}  # a new one belongs into the tests above and the matrix


@pytest.mark.parametrize("change", ["seed", "stream version", "table"])
def test_what_should_change_the_bits_does(change: str, here: str) -> None:
    """The control. "table" is one unit in the last place of one of 65,536 cells of one distribution."""
    assert digests(Spec((SMALL,), PATHS, change=change))[SMALL] != here
    assert digests(BASE)[SMALL] == here  # and all is as it was


def test_the_digest_sees_every_array(here: str) -> None:
    """The digest's own control: one number changed anywhere in a record gives another."""
    from sim.results.counts import KEEPABLE

    record = sim.simulate(sim.load(SMALL), PATHS, 2032, executor="serial", keep=KEEPABLE, block=12_288).record
    assert digest(record) == here
    for arrays in (record.counts.arrays, record.counts.kept):
        for name, array in arrays.items():
            before = array.flat[-1]
            array.flat[-1] = before + 1
            assert digest(record) != here, f"blind to {name}"
            array.flat[-1] = before
    assert digest(record) == here


ASCII_ONLY = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
ENVIRONMENTS: dict[str, dict[str, str]] = {
    "Kathmandu and ASCII": {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "random", **ASCII_ONLY},
    "four threads": {f"{library}_NUM_THREADS": "4" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB")},
    "no SIMD, no FMA": {"NPY_DISABLE_CPU_FEATURES": "all", "GLIBC_TUNABLES": WITHOUT_FMA},
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_environment_changes_no_bit(name: str, here: str) -> None:
    more = dict(ENVIRONMENTS[name])
    if "NPY_DISABLE_CPU_FEATURES" in more:
        more["NPY_DISABLE_CPU_FEATURES"] = " ".join(dispatched())
    found = measured(BASE, more)
    assert found["digests"][SMALL] == here
    assert found["hashes"] == ("PYTHONHASHSEED" in more)  # and the process has seen what it was given
    assert found["zone"] == ["+0545", "+0545"] or "TZ" not in more
    assert found["dispatched"] == [] or "NPY_DISABLE_CPU_FEATURES" not in more


@pytest.fixture(scope="module")
def turkish(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment with a decimal comma and a dotless i, on an island 12:45 hours from Greenwich."""
    folder = compiled_locales(tmp_path_factory.mktemp("locales"), ("tr_TR",)).get("tr_TR")
    if folder is None:
        pytest.skip("needs localedef and the source of the locale tr_TR (apt-get install locales)")
    return {"LOCPATH": folder, "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Chatham"}


def test_a_locale_with_a_decimal_comma_changes_no_bit(turkish: dict[str, str], here: str) -> None:
    """Other hashes, and asserts left out, besides."""
    more = {**turkish, "PYTHONHASHSEED": "1", "PYTHONOPTIMIZE": "1"}
    found = measured(replace(BASE, locale="tr_TR.UTF-8"), more)
    assert found["decimal_point"] == ","
    assert found["digests"][SMALL] == here


def test_what_is_printed_depends_on_neither_locale_nor_zone(turkish: dict[str, str]) -> None:
    """Byte for byte; where stdout takes ASCII only, the same document with its letters escaped."""
    few = Spec((SMALL,), 16)
    base = printed(few, {})
    assert json.loads(base)["allies"]
    assert printed(replace(few, locale="tr_TR.UTF-8"), turkish) == base
    escaped = printed(few, {**ASCII_ONLY, "TZ": "America/St_Johns"})
    assert escaped.isascii()
    assert in_utf8(escaped) == base
