"""A saved run may come from a stranger: whatever its files say, it is refused with place and remedy, or can be shown.

Its digests prove nothing here: they are made anew after every change.
"""

from __future__ import annotations

import copy
import io
import json
import math
import os
import socket
import sys
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from record.crafted import PATHS, changed, resealed, small
from sim.arguments import MOST_PATHS
from sim.engine.block import run_block
from sim.execution.simulate import describe
from sim.numerics.streams import STRETCH
from sim.results.counts import ARRAYS, CERTAIN, EXPECTED, MOMENTS, QUESTIONS, whole_stretches
from sim.results.record import Record
from sim.results.record_checks import MOST_ALLIES, check_counts, most_of_stretch

NASTY: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2.5, 1e308, -1e308, 10**19, 10**30, float("nan"), float("inf"), "", "x", "\ud800",
    "\x1b[31m", "a" * 5_000, [], {}, [[]], [None], {"": None}, ["will", "will"], "../outside", ["../outside"],
)  # fmt: skip


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    small().save(tmp_path / "run")
    return tmp_path / "run"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a tree, tables and lists included."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield from leaves(part, (*path, key))


def put(tree: Any, path: tuple[Any, ...], value: Any) -> None:
    for key in path[:-1]:
        tree = tree[key]
    tree[path[-1]] = value


def dropped(tree: Any, path: tuple[Any, ...]) -> None:
    for key in path[:-1]:
        tree = tree[key]
    del tree[path[-1]]


def refused(place: Path) -> str:
    """How opening is refused: with the place and a remedy, on two lines; "" where it is not, and all can be shown."""
    try:
        record = Record.open(place)
    except sim.RunError as error:
        said, remedy = str(error).split("\n")
        assert said.startswith(str(place))
        assert remedy.startswith("  remedy: ")
        assert said.isprintable()
        assert len(said) < 500
        return said
    shown(record)
    return ""


def shown(record: Record) -> None:
    """All that reads nothing but the record; what a user can do something about may be said."""
    results = sim.Results(record)
    for table in (results.compliance, results.shares, results.alliance, results.gap, results.first_year):
        assert not table().isin([math.inf, -math.inf]).any(axis=None)
    assert results._repr_html_()
    from sim.analysis.stories import scenario_of
    from sim.results.summary import alliance_line, ally_lines, default_year

    year = default_year(record)
    assert ally_lines(record, year)
    assert alliance_line(record, year)
    with pytest.raises(sim.UsageError):
        scenario_of(record)


def test_a_made_run_is_whole_and_can_be_shown(saved: Path) -> None:
    assert refused(saved) == ""


def test_whatever_the_manifest_says_it_is_refused_or_can_be_shown(saved: Path) -> None:
    """Each place of it in turn is something else, is missing, or has company."""
    original = (saved / "manifest.json").read_bytes()
    facts = json.loads(original)
    facts["manifest"] |= {
        "precision_points": 0.5, "built_tables": {"scipy:x": {"digest": "0", "distance": 0.1}},
        "builds_on": {"title": "t", "changes": [["a", "b", "c"]]}, "command": "sim run x.toml",
    }  # fmt: skip
    cases = opened = 0
    for path in [*leaves(facts)]:
        for value in NASTY:
            case = copy.deepcopy(facts)
            put(case, path, value)
            write(saved, case)
            opened += not refused(saved)
            cases += 1
        case = copy.deepcopy(facts)
        dropped(case, path)
        write(saved, case)
        refused(saved)
    assert cases > 1_000
    assert opened < cases / 4


def write(folder: Path, facts: dict[str, Any]) -> None:
    """A manifest that may say anything, sealed; what JSON has no word for is written as Python does."""
    from hashlib import sha256

    facts.pop("sha256", None)
    head = json.dumps(facts).removesuffix("}") + ', "sha256": "'
    text = head + sha256(f'{head}"}}'.encode()).hexdigest() + '"}'
    (folder / "manifest.json").write_text(text)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f["description"]["allies"][0].update(iso3="FRA"), "each once"),
        (lambda f: f["description"]["allies"][0].update(iso3="EUC"), "no group's"),
        (lambda f: f["description"]["allies"][0].update(gdp_usd_bn=0), "a GDP above 0"),
        (lambda f: f["description"]["allies"][0].update(mine=1), "nothing else"),
        (lambda f: f["description"].update(base_year=1), "of the calendar"),
        (lambda f: f["description"].update(years=[2026, 2028]), "must follow the base year"),
        (lambda f: f["description"]["yardsticks"].append(f["description"]["yardsticks"][0]), "which has no other"),
        (lambda f: f["description"]["yardsticks"][0].update(members=["DEU", "DEU"]), "each once"),
        (lambda f: f["description"]["yardsticks"][0].update(members=["XXX"]), "bind allies of the run"),
        (lambda f: f["description"]["yardsticks"][0].update(share_pct=2.6), "compliance with core must be that of the"),
        (lambda f: [ally.update(europe_canada=False) for ally in f["description"]["allies"]], "Europe and Canada"),
        (lambda f: f["manifest"].pop("scenario_digest"), "must say scenario_digest"),
        (lambda f: f["manifest"].update(data_digest="x"), "of 64 digits"),
        (lambda f: f["manifest"].update(seed=-1), "a seed that is a whole number"),
        (lambda f: f["manifest"].update(paths=17), "as many paths as were counted"),
        (lambda f: (f.update(paths=32), f["manifest"].update(paths=32)), "every path once"),
        (lambda f: (f.update(paths=10**9), f["manifest"].update(paths=10**9)), "every path once"),
        (lambda f: (f.update(paths=10**10), f["manifest"].update(paths=10**10)), "from 1 to 1,000,000,000 paths"),
        (lambda f: f.update(kept=["will", "will"]), "one variable twice"),
        (lambda f: f.update(kept=[]), "of the files of a run, and of no others"),
        (lambda f: f["files"].pop("will.npy"), "KeyError"),
        (lambda f: f["files"].update({"../x": "0"}), "of the files of a run, and of no others"),
        (lambda f: f.update(deep=json.loads("[" * 40 + "]" * 40)), "brackets inside one another"),
    ],
)  # fmt: skip
def test_what_no_run_says_is_named(change: Callable[[dict[str, Any]], object], words: str, saved: Path) -> None:
    import re

    changed(saved, change)
    assert re.search(words, refused(saved))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 100_000, "brackets inside one another"),
        ("[" + "[]," * 2_000_000 + "[]]", "longer than any file of ours"),
        ('{"format": 2, "format": 2}', "stands twice"),
        ('{"format": 1' + "0" * 5_000 + "}", "digits"),
        ('{"format": NaN}', "no finite number"),
        ('{"format": 1e999}', "no finite number"),
        ('"half \\ud800"', "surrogates"),
        ("null", "the manifest of a saved run"),
        ("", "JSONDecodeError"),
        ("\x00", "JSONDecodeError"),
    ],
)
@pytest.mark.parametrize("name", ["manifest.json", "scenario.json"])
def test_json_is_read_strictly_and_within_limits(name: str, text: str, words: str, saved: Path) -> None:
    (saved / name).write_text(text)
    if name == "scenario.json":
        resealed(saved)
        words = words.replace("the manifest of a saved run", "a table with events")
    if text or name == "manifest.json":  # a record may have no scenario
        assert words in refused(saved)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.update(event=3), "a table with events"),
        (lambda s: s.update(event=["x"]), "a table with a name"),
        (lambda s: s.update(event=[{"name": 3}]), "a table with a name"),
        (lambda s: s.update(event=[{"name": "x", "when": "soon"}]), "a month or none"),
        (lambda s: s.update(budget=[1]), "budget must be a table"),
        (lambda s: s.update(data=[1]), "data must be a table"),
    ],
)  # fmt: skip
def test_what_no_scenario_says_is_named(change: Callable[[dict[str, Any]], object], words: str, saved: Path) -> None:
    scenario = json.loads((saved / "scenario.json").read_text())
    change(scenario)
    (saved / "scenario.json").write_text(json.dumps(scenario))
    resealed(saved)
    assert words in refused(saved)


@pytest.mark.parametrize("name", ARRAYS)
def test_counts_that_no_run_leaves_are_refused(name: str, saved: Path) -> None:
    for value in (-1, PATHS + 1, 2**62, -(2**63)):
        arrays = copy.deepcopy(small().counts.arrays)
        arrays[name].flat[-1] = value
        archived(saved, {key: npy(array) for key, array in arrays.items()})
        assert f"{saved / 'counts.npz'} is damaged" in refused(saved), value


def test_counts_that_do_not_belong_together_are_refused(saved: Path) -> None:
    """Each number alone could be one of a run."""
    for name, axes in ARRAYS.items():
        arrays = copy.deepcopy(small().counts.arrays)
        array = arrays[name]
        if axes[-1] in ("cell", "step", "number"):
            array[..., 0], array[..., 1] = array[..., 1].copy(), array[..., 0].copy() - 1
        else:
            array[...] = 3
        archived(saved, {key: npy(array) for key, array in arrays.items()})
        said = refused(saved)
        assert said if name not in ("in_force", "kept_from") else True, name


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_kept_paths_are_finite(value: float, saved: Path) -> None:
    kept = small().counts.kept["will"]
    kept[1, 1, 3] = value
    np.save(saved / "will.npy", kept)
    resealed(saved)
    assert "will must be finite" in refused(saved)


def npy(array: np.ndarray[Any, Any], **facts: Any) -> bytes:
    """An array as an .npy file, with another head than it should have."""
    stream = io.BytesIO()
    head = {"descr": "<i8", "fortran_order": False, "shape": array.shape} | facts
    np.lib.format.write_array_header_1_0(stream, head)
    return stream.getvalue() + array.tobytes()


def archived(folder: Path, members: dict[str, bytes], pack: int = zipfile.ZIP_DEFLATED) -> None:
    """Another archive in the place of the counts."""
    with zipfile.ZipFile(folder / "counts.npz", "w", pack) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    resealed(folder)


def members(**others: bytes) -> dict[str, bytes]:
    return {name: npy(array) for name, array in small().counts.arrays.items()} | others


COMPLIANT = small().counts.arrays["compliant"]
ZEROS = np.zeros(100, dtype=np.int64)
CRAFTED: dict[str, Callable[[Path], object]] = {
    "one array more": lambda run: archived(run, members(mine=npy(ZEROS))),
    "one that is out of the folder": lambda run: archived(run, members(**{"../x": npy(ZEROS)})),
    "none": lambda run: archived(run, {}),
    "another shape": lambda run: archived(run, members(compliant=npy(COMPLIANT.reshape(2, 2, 3)))),
    "a shape of 6.4 GB": lambda run: archived(run, members(compliant=npy(COMPLIANT, shape=(3, 2, 2, 66_666_667)))),
    "a shape below 0": lambda run: archived(run, members(compliant=npy(COMPLIANT, shape=(3, -2, -2)))),
    "no shape": lambda run: archived(run, members(compliant=npy(COMPLIANT, shape=()))),
    "objects": lambda run: archived(run, members(compliant=npy(COMPLIANT, descr="|O"))),
    "texts": lambda run: archived(run, members(compliant=npy(COMPLIANT, descr="<U2"))),
    "floats": lambda run: archived(run, members(compliant=npy(COMPLIANT, descr="<f8"))),
    "without a sign": lambda run: archived(run, members(compliant=npy(COMPLIANT, descr="<u8"))),
    "times": lambda run: archived(run, members(compliant=npy(COMPLIANT, descr="<m8[ns]"))),
    "tables": lambda run: archived(run, members(compliant=npy(COMPLIANT, descr=[("a", "<i4"), ("b", "<i4")]))),
    "too many numbers": lambda run: archived(run, members(compliant=npy(COMPLIANT) + b"12345678")),
    "too few numbers": lambda run: archived(run, members(compliant=npy(COMPLIANT)[:-8])),
    "no head": lambda run: archived(run, members(compliant=b"\x93NUMPY")),
    "nothing": lambda run: archived(run, members(compliant=b"")),
    "a head of brackets": lambda run: archived(run, members(compliant=b"\x93NUMPY\x01\0\x88\x13" + b"(" * 5_000)),
    "a head of 4 GB": lambda run: archived(run, members(compliant=b"\x93NUMPY\x02\0\xff\xff\xff\xff{")),
    "a head of Python 2": lambda run: archived(
        run, members(compliant=npy(COMPLIANT).replace(b"(3, 2, 2)", b"(3L,2,2)"))
    ),
    "version 3": lambda run: archived(run, members(compliant=b"\x93NUMPY\x03\0" + npy(COMPLIANT)[8:])),
    "zeros of 6.4 GB": lambda run: bomb(run, 6_400),
    "a packing that no run has": lambda run: archived(run, members(), zipfile.ZIP_LZMA),
    "no archive": lambda run: (run / "counts.npz").write_bytes(npy(COMPLIANT)),
    "a sum that is another": lambda run: flipped(run),
    "one of them twice": lambda run: twice(run),
    "a larger archive than any": lambda run: (run / "counts.npz").write_bytes(bytes(2_000_000)),
}  # fmt: skip


def bomb(folder: Path, megabytes: int) -> None:
    with zipfile.ZipFile(folder / "counts.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members().items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                file.write(content)
                if name == "shares":
                    for _ in range(min(megabytes, 300)):  # the rest is claimed: see below
                        file.write(bytes(1_000_000))
    whole = (folder / "counts.npz").read_bytes()
    assert len(whole) < 900_000


def flipped(folder: Path) -> None:
    archived(folder, members(), zipfile.ZIP_STORED)
    whole = bytearray((folder / "counts.npz").read_bytes())
    at = whole.index(b"NUMPY") + 150  # in the numbers of the first array
    whole[at] ^= 1
    (folder / "counts.npz").write_bytes(whole)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def twice(folder: Path) -> None:
    with zipfile.ZipFile(folder / "counts.npz", "w") as archive:
        for name, content in [*members().items(), ("compliant", npy(COMPLIANT))]:
            archive.writestr(f"{name}.npy", content)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("what", CRAFTED)
def test_an_archive_that_no_run_wrote_is_refused_before_much_is_made_of_it(what: str, saved: Path) -> None:
    CRAFTED[what](saved)
    resealed(saved)
    tracemalloc.start()
    try:
        assert f"{saved / 'counts.npz'} is damaged" in refused(saved)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_the_archive_of_a_run_is_read_however_it_is_packed(saved: Path) -> None:
    """The control of those above."""
    for pack in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        archived(saved, members(), pack)
        assert refused(saved) == ""


@pytest.mark.parametrize("name", ["manifest.json", "counts.npz", "will.npy", "scenario.json"])
@pytest.mark.parametrize("kind", ["pipe", "link", "link to a device", "socket", "folder"])
@pytest.mark.skipif(sys.platform == "win32", reason="such files are of Unix")
def test_only_regular_files_are_opened(kind: str, name: str, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = saved / name
    file.rename(saved.with_name(name))
    monkeypatch.chdir(saved)  # a socket's name is short
    match kind:
        case "pipe":
            os.mkfifo(file)
        case "link":
            file.symlink_to(saved.with_name(name))
        case "link to a device":
            file.symlink_to("/dev/zero")
        case "socket":
            with socket.socket(socket.AF_UNIX) as end:
                end.bind(name)
        case "folder":
            file.mkdir()
    assert "must be a file of its own, no link, folder, pipe or device" in refused(saved)


def test_a_run_that_is_replaced_while_it_is_read_is_read_again(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest of the former run, then the counts of the next one."""
    from dataclasses import replace

    from sim.results import store

    digest, done = store.digest, list[Any]()

    def slowly(stream: Any) -> str:
        if not done:
            done.append(True)
            record = small()
            record.counts.kept["will"] += 1
            replace(record, manifest={**record.manifest, "seed": 2}).save(saved)
        return digest(stream)

    monkeypatch.setattr(store, "digest", slowly)
    assert Record.open(saved).manifest["seed"] == 2
    assert done


TWO_STRETCHES = """
[horizon]
last_year = 2028
[targets.core]
share_pct = 2.5
by = 2028
members = ["DEU", "FRA", "POL", "USA"]
[targets.related]
pillar = "related"
share_pct = 1.2
by = 2028
[targets.total]
pillar = "total"
share_pct = 3.5
by = 2028
"""
SUM, SQUARE = range(len(MOMENTS))
OF_CORE, OF_TOTAL, ALONE, TOTAL_ALONE = range(len(EXPECTED))


@pytest.fixture(scope="module")
def counted() -> tuple[dict[str, Any], dict[str, Any], int]:
    """The counts of two stretches of paths and some more, their description, and the row of an ally that is bound."""
    scenario = sim.loads(TWO_STRETCHES)
    description = asdict(describe(scenario))
    arrays = run_block(scenario, 3, 0, 2 * STRETCH + 48).arrays
    return arrays, description, [ally["iso3"] for ally in description["allies"]].index("DEU")


def put_moments(arrays: dict[str, Any], name: str, place: tuple[Any, ...], *by_stretch: int) -> None:
    """What two stretches sum to."""
    for moment, value in ((SUM, sum(by_stretch)), (SQUARE, sum(number * number for number in by_stretch))):
        arrays[name][(moment, *place)] = value


def test_a_real_run_passes(counted: tuple[dict[str, Any], dict[str, Any], int]) -> None:
    arrays, description, row = counted
    check_counts(arrays, description, 0, 2 * STRETCH + 48)
    assert (arrays["expected"][:, row] > 0).all()
    assert (arrays["expected_moments"][SUM] > 0).any(axis=(1, 2)).tolist() == [True] * 6 + [False]


BY_STRETCHES = "what is {} by stretches must be what is {} of all paths"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda a, row: a["expected"].__setitem__((OF_CORE, row), (2 * STRETCH + 48) * CERTAIN + 1), "from 0 to 5"),
        (lambda a, row: a["expected"].__setitem__((ALONE, row), a["expected"][OF_CORE, row] + 1), "without closing on"),
        (lambda a, row: a["expected"].__setitem__((OF_TOTAL, row), a["expected"][OF_CORE, row] + 1), "not expected to"),
        (lambda a, row: a["expected"].__setitem__((OF_CORE, 0), 1), "of core binds"),
        (lambda a, row: put_moments(a, "expected_moments", (OF_CORE, row, 0), 1, 2),
         BY_STRETCHES.format("expected", "expected")),
        (lambda a, row: put_moments(a, "expected_moments", (QUESTIONS.index("related"), row, 0), 0, 0),
         BY_STRETCHES.format("counted", "counted")),
        (lambda a, row: put_moments(a, "expected_moments", (QUESTIONS.index("in_force"), row, 0), 1, 2),
         BY_STRETCHES.format("counted", "counted")),
        (lambda a, row: put_moments(a, "expected_number_moments", (OF_CORE, 0), 1, 2),
         BY_STRETCHES.format("of the number expected", "of the number expected")),
        (lambda a, row: put_moments(a, "number_moments", (0, 0, 1), 1, 2),
         BY_STRETCHES.format("of the numbers of allies", "of the numbers of allies")),
        *((lambda a, row, name=name, add=add: a[name].__setitem__((SQUARE, 0), a[name][SQUARE, 0] + add),
           f"^{name} must be of 2 whole stretches of paths$")
          for name in ("expected_moments", "expected_number_moments", "number_moments") for add in (-(2**40), 2**62)),
        (lambda a, row: a["expected_moments"].__setitem__((SQUARE, OF_CORE, row, 0),
                                                          a["expected_moments"][SUM, OF_CORE, row, 0] ** 2 // 2 - 1),
         "whole stretches of paths"),
    ],
)  # fmt: skip
def test_probabilities_that_no_run_leaves_are_named(
    change: Callable[[dict[str, Any], int], object], words: str, counted: tuple[dict[str, Any], dict[str, Any], int]
) -> None:
    arrays, description, row = copy.deepcopy(counted)
    change(arrays, row)
    with pytest.raises(ValueError, match=words):
        check_counts(arrays, description, 0, 2 * STRETCH + 48)


def test_moments_of_the_most_paths_and_allies_stay_within_64_bits() -> None:
    stretches = whole_stretches(0, MOST_PATHS)
    for name in ("expected_moments", "expected_number_moments", "number_moments"):
        assert stretches * most_of_stretch(name, MOST_ALLIES) ** 2 < 2**63
    assert stretches * most_of_stretch("expected_number_moments", MOST_ALLIES + 1) ** 2 >= 2**63
    assert MOST_PATHS * CERTAIN * MOST_ALLIES < 2**63
    assert STRETCH * CERTAIN < 2**31, "a stretch is summed in 32 bits"
