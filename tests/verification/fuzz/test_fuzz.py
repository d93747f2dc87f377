"""Files made wrong in thousands of ways: each is accepted or refused at once, with faults that can be acted on."""

from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import sheets, tables
from fuzz.campaign import CORPUS, Tally, keep_case
from fuzz.cases import case, drawn, planted_with
from fuzz.contract import MAIN, Broken, Case, judge
from fuzz.plants import ALONE, PLANTS
from fuzz.smaller import smaller

CASES, CHUNKS = 5_000, 10
SEED = 20_260


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_five_thousand_cases_keep_the_contract(chunk: int, tmp_path: Path) -> None:
    """One in eight of those accepted is dumped and reread, one in 2,500 simulated; the campaign does so with all."""
    tally = Tally()
    for number in range(chunk, CASES, CHUNKS):
        made = case(SEED, number)
        tally.add(number, made, tmp_path, dump=number % 8 < 1, run=number % 2_500 == 0)
    assert not tally.failures, "\n\n".join(told for *_, told in tally.failures.values())
    figures = tally.figures()
    assert tally.cases == CASES // CHUNKS
    assert min(figures["accepted"], figures["refused"]) > tally.cases // 10  # neither all sound nor all hopeless


@pytest.mark.parametrize("name", [*PLANTS, *ALONE])
def test_a_planted_fault_is_found_on_its_line(name: str, tmp_path: Path) -> None:
    """Each kind of fault by itself, in four scenarios; where nothing can bear it, the next is tried."""
    found = 0
    for number in range(400):
        made = planted_with(Random(f"{name} {number}"), name)
        if made is None:
            continue
        found += 1
        assert judge(made, tmp_path).codes
        if found == 4:
            return
    raise AssertionError(f"{name} was planted {found} times in 400 scenarios")


@pytest.mark.parametrize("name", tables.PLANTS)
def test_a_fault_planted_in_a_table_is_found_on_its_line(name: str, tmp_path: Path) -> None:
    found = 0
    for number in range(40):
        random = Random(f"{name} {number}")
        table = random.choice(["allies", "pledges", "elections", "announced_paths", "geography"])
        sheet = tables.sheet(random, table)
        if tables.PLANTS[name](random, sheet):
            content, planted = tables.written(random, sheet)
            files = {MAIN: sheets.main(table), f"{table}.csv": content}
            found += bool(judge(Case("table planted", files, tuple(planted)), tmp_path).codes)
    assert found > 4


@pytest.mark.parametrize("value", tables.FOREIGN)
def test_a_number_in_foreign_notation_is_refused_on_its_line(value: str, tmp_path: Path) -> None:
    """In a cell of its own: nothing guesses what a comma means."""
    sheet = tables.sheet(Random(value), "announced_paths")
    sheet.rows[3].cells["share_pct"] = value
    sheet.rows[3].name, sheet.rows[3].codes = "foreign", frozenset({"not-a-number"})
    content, planted = tables.written(Random(value), sheet)
    files = {MAIN: sheets.main("announced_paths"), "announced_paths.csv": content}
    assert judge(Case("table planted", files, tuple(planted)), tmp_path).codes == ("not-a-number",)


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(random=st.randoms(use_true_random=False))
def test_cases_that_hypothesis_steers_keep_the_contract(
    tmp_path_factory: pytest.TempPathFactory, random: Random
) -> None:
    """The same grammar, each choice of it left to Hypothesis, which makes small what fails."""
    judge(drawn(random), tmp_path_factory.getbasetemp(), dump=False)


def test_the_order_of_sets_is_no_part_of_a_case() -> None:
    """The number of a case means the same everywhere: a process with other hashes makes the same bytes."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\nfrom hashlib import sha256\nfrom fuzz.cases import case\n"
        "print(sha256(''.join(case(1, n).written() for n in range(60)).encode()).hexdigest())"
    )
    here = sha256("".join(case(1, number).written() for number in range(60)).encode()).hexdigest()
    call = [sys.executable, "-c", code, str(Path(__file__).parents[1])]
    there = subprocess.run(call, capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "77"})
    assert there.stdout.strip() == here


def test_without_atheris_it_is_said_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from fuzz import guided

    monkeypatch.setitem(sys.modules, "atheris", None)
    monkeypatch.setattr("sys.argv", ["guided.py", "--seconds", "1"])
    assert guided.main() == 5
    assert "pip install atheris" in capsys.readouterr().err


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*.json")), ids=lambda file: file.stem)
def test_what_was_broken_once_holds(file: Path, tmp_path: Path) -> None:
    made = Case.read(file.read_text("utf-8"))
    assert made.planted or made.files
    judge(made, tmp_path, run=True)


def test_a_case_survives_being_written(tmp_path: Path) -> None:
    for number in range(300):
        made = case(SEED, number)
        assert Case.read(made.written()) == made


def test_a_case_is_made_smaller_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loader that falls over the word `peer` is left with that word."""
    import sim

    load = sim.load

    def clumsy(file: Path) -> sim.Scenario:
        if "peer" in Path(file).read_text("utf-8"):
            raise KeyError("peer")
        return load(file)

    monkeypatch.setattr(sim, "load", clumsy, raising=False)
    made = Case("made", {MAIN: b"# a remark\n[will]\nreversion = 0.1\npeer = 0.05\nmean = 0.1\n", "other.toml": b""})
    with pytest.raises(Broken) as caught:
        judge(made, tmp_path)
    assert caught.value.what == "KeyError in test_fuzz.py:clumsy"
    small = smaller(made, caught.value.what, tmp_path)
    assert small.files == {MAIN: b"peer"}
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    assert Case.read(keep_case(caught.value.what, small, corpus).read_text("utf-8")) == small
