"""Files made to do harm: a clear fault, and within seconds."""

import contextlib
import os
import time
from pathlib import Path

import pytest

from fuzz.contract import MAIN, Case, judge
from sim.data.reader import MAX_FAULTS
from sim.errors import Fault, ScenarioError
from sim.scenario import load, loads
from sim.scenario.loading.reading import MAX_BYTES, MAX_CHAIN
from sim.scenario.loading.source_map import OverLimit, scan
from support import present

MIB = 1024 * 1024


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    return caught.value.faults


def faults_of_file(path: Path | str) -> tuple[Fault, ...]:
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return caught.value.faults


FULL = {
    "numbers in a row": "a = [" + "1," * (MIB // 2 - 4) + "]",
    "numbers in lines": "a = [" + "1,\n" * (MIB // 3 - 4) + "]",
    "a row after a line end": "a = [\n" + "1," * (MIB // 2 - 8) + "]",
    "texts in a row": "a = [" + "''," * (MIB // 3 - 4) + "]",
    "tables in a row": "a = [" + "{}," * (MIB // 3 - 4) + "]",
    "keys": "".join(f"k{number} = 1\n" for number in range(MIB // 13)),
    "tables": "".join(f"[t{number}]\n" for number in range(MIB // 10)),
    "events": "[[event]]\n" * (MIB // 10),
    "backslashes": 'a = "' + "\\\\" * (MIB // 2 - 8) + '"',
    "half a text": 'a = """' + '""\\"' * (MIB // 4 - 8),
    "apostrophes": "'" * MIB,
    "comments": "#\n" * (MIB // 2),
    "brackets": "[" * MIB,
    "dots": "a" + ".a" * (MIB // 2 - 4),
    "digits": "a = " + "1" * (MIB - 8),
    "one long key": "a" * (MIB - 8) + " = 1",
}


def seconds(text: str) -> float:
    """Processor time of one scan, the least of three."""
    taken = []
    for _ in range(3):
        begin = time.process_time()
        with contextlib.suppress(OverLimit):
            scan(text)
        taken.append(time.process_time() - begin)
    return min(taken)


@pytest.mark.parametrize("name", FULL)
def test_lines_take_time_in_proportion(name: str) -> None:
    """Four times the text takes about four times the time, not sixteen times; compared inside one run."""
    short, long = FULL[name][: MIB // 16], FULL[name][: MIB // 4]
    assert seconds(long) < 10 * seconds(short) + 0.02


@pytest.mark.parametrize(
    "name",
    [
        "dots",
        "brackets",
        "digits",
        "one long key",
        "apostrophes",
        "numbers in a row",
        "tables in a row",
        "keys",
        "events",
    ],
)
def test_a_full_file_is_refused_at_once(name: str, tmp_path: Path) -> None:
    """Well within the processor time that tests/verification/fuzz allows any file, and with faults that keep it."""
    assert judge(Case("full", {MAIN: FULL[name].encode()}), tmp_path).codes


@pytest.mark.parametrize(
    "unit", ['[[event]]\nname = "event_number_{}"\n', "event_number_{} = 1\n", "[ally.X{}.will]\n"]
)
def test_as_many_faults_as_a_file_can_have_are_refused_at_once(unit: str, tmp_path: Path) -> None:
    """Each of thousands of names may be near every other one."""
    text = "".join(unit.format(number) for number in range(9_990))
    assert "too-many-faults" in judge(Case("many", {MAIN: text.encode()}), tmp_path).codes


def test_a_flood_of_faults_is_cut() -> None:
    faults = faults_of("".join(f"k{number} = 1\n" for number in range(5_000)))
    assert len(faults) == MAX_FAULTS + 1
    assert faults[-1].code == "too-many-faults"
    assert [fault.line for fault in faults[:-1]] == list(range(1, MAX_FAULTS + 1))


def broken(count: int) -> str:
    """Tables with a decimal comma each, and behind them one of no known name."""
    return "".join(f"[ally.X{number:03}]\nshare_pct = 3,5\n" for number in range(count)) + "[wil]\nmean = 1\n"


def test_every_line_that_is_no_toml_is_told_with_all_else() -> None:
    faults = faults_of(broken(25))
    commas = [fault.line for fault in faults if fault.code == "bad-toml"]
    assert commas == list(range(2, 52, 2))
    assert any(fault.field == "wil" for fault in faults)


@pytest.mark.parametrize("count", [100, 101, 150, 1_500])
def test_a_flood_of_lines_that_are_no_toml_is_cut_and_says_so(count: int) -> None:
    faults = faults_of(broken(count))
    assert len(faults) == MAX_FAULTS + 1
    assert (faults[-1].code, faults[-1].line) == ("too-many-faults", 0)
    assert faults[-1].rule == f"a scenario is read to its first {MAX_FAULTS} faults; there are more"


def test_a_large_text_is_not_read_anew_for_every_line_that_is_no_toml(tmp_path: Path) -> None:
    """The last lines of a text that takes long to read; what is left out for that is said as well."""
    lines = [f"k{number} = 1" for number in range(4_900)]
    text = "\n".join([*lines, *(f"q{number} = 3,5" for number in range(200))])
    faults = faults_of(text)
    assert 10 <= len(faults) <= MAX_FAULTS
    assert [fault.line for fault in faults[:-1]] == list(range(4_901, 4_900 + len(faults)))
    assert faults[-1].code == "too-many-faults"
    assert f"its first {len(faults) - 1} faults; there may be more" in faults[-1].rule
    for whole in (text, broken(MIB // 40)):
        judge(Case("broken", {MAIN: whole.encode()}), tmp_path)  # which allows so much processor time


def test_keys_of_many_dots_and_many_brackets() -> None:
    """What keeps the standard parser busy for seconds, or fells it."""
    assert faults_of("a" + ".a" * 20_000 + " = 1")[0].code == "too-deep"
    assert faults_of("a = " + "[" * 2_000 + "]" * 2_000)[0].code == "too-nested"
    assert faults_of("a = " + "9" * 5_000)[0].code == "too-many-digits"


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    assert faults_of_file(tmp_path / "nowhere.toml")[0].code == "no-such-file"
    assert faults_of_file(tmp_path / "no" / "folder.toml")[0].code == "no-such-file"
    assert faults_of_file(tmp_path / "folder.toml")[0].code == "not-a-file"
    assert faults_of_file(tmp_path / "pipe.toml")[0].code == "not-a-file"
    assert faults_of_file("/dev/zero")[0].code == "not-a-file"
    assert faults_of_file("a\0b.toml")[0].code == "unreadable"


def test_a_file_in_the_folder_of_scenarios_is_pointed_to(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "base.toml").write_text('title = "base"\n')
    (fault,) = faults_of_file(tmp_path / "base.toml")
    assert fault.remedy == f'did you mean "{tmp_path / "scenarios" / "base.toml"}"?'
    (tmp_path / "mine.toml").write_text('extends = "base.toml"\n')
    (fault,) = faults_of_file(tmp_path / "mine.toml")
    assert (fault.code, fault.line, fault.remedy) == (
        "no-such-file", 1, "it lies in the folder scenarios: put this file there too",
    )  # fmt: skip


@pytest.mark.parametrize("wanted", ["nope.toml", "missing.toml", "x.toml"])
def test_a_name_far_from_right_is_not_taken_for_another(tmp_path: Path, wanted: str) -> None:
    """An ending in common is no likeness."""
    for name in ("pyproject.toml", "bin.toml", "requirements.csv"):
        (tmp_path / name).write_text("a = 1\n")
    (fault,) = faults_of_file(tmp_path / wanted)
    assert fault.remedy == "check the name and the folder"


def test_a_name_nearly_right_is_named(tmp_path: Path) -> None:
    (tmp_path / "rutte_2032.toml").write_text("")
    (fault,) = faults_of_file(tmp_path / "ruttte_2032.toml")
    assert fault.remedy == 'did you mean "rutte_2032.toml"?'


def test_too_large(tmp_path: Path) -> None:
    file = tmp_path / "large.toml"
    file.write_text("#" * MAX_BYTES)
    assert load(file).title == "Large"
    file.write_text("#" * (MAX_BYTES + 1))
    assert faults_of_file(file)[0].code == "too-large"
    assert faults_of("#" * (MAX_BYTES + 1))[0].code == "too-large"


@pytest.mark.parametrize("content", ['title = "x"'.encode("utf-16"), b"title = '\xff'", b"\x80", b"\xed\xa0\x80"])
def test_not_utf8(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd.toml"
    file.write_bytes(content)
    assert faults_of_file(file)[0].code == "not-utf8"


def test_lone_surrogates_and_nul_in_a_text() -> None:
    assert faults_of("title = '\ud800'")[0].code == "not-utf8"
    assert faults_of("title = 'a\0b'")[0].code == "bad-toml"


def test_a_chain_that_is_too_long(tmp_path: Path) -> None:
    for index in range(MAX_CHAIN + 1):
        extends = f'extends = "f{index + 1}.toml"\n' if index < MAX_CHAIN else ""
        (tmp_path / f"f{index}.toml").write_text(extends)
    assert load(tmp_path / "f1.toml").title == "F1"  # eight files
    (fault,) = faults_of_file(tmp_path / "f0.toml")
    assert (fault.code, fault.file, fault.line) == ("extends-depth", str(tmp_path / f"f{MAX_CHAIN - 1}.toml"), 1)


def test_a_circle_of_two(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('\nextends = "b.toml"\n')
    (tmp_path / "b.toml").write_text('extends = "a.toml"\n')
    (fault,) = faults_of_file(tmp_path / "a.toml")
    assert (fault.code, fault.file, fault.line) == ("extends-circle", str(tmp_path / "b.toml"), 1)


def test_a_link_out_of_the_folder(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.toml").write_text("title = 'secret'\n")
    (outside / "secret.csv").write_text("a,b\n")
    (inside / "link.toml").symlink_to(outside / "secret.toml")
    (inside / "link.csv").symlink_to(outside / "secret.csv")
    (inside / "near.toml").write_text("title = 'near'\n")
    (inside / "alias.toml").symlink_to(inside / "near.toml")
    (inside / "a.toml").write_text('extends = "link.toml"\n[data]\nshares = "link.csv"\n')
    (inside / "b.toml").write_text('[data]\nshares = "link.csv"\n')
    (inside / "c.toml").write_text('extends = "alias.toml"\n')
    assert [fault.code for fault in faults_of_file(inside / "a.toml")] == ["outside-folder"] * 2
    assert [fault.code for fault in faults_of_file(inside / "b.toml")] == ["outside-folder"]
    found = load(inside / "c.toml")
    assert (found.title, present(found.base).scenario.title) == ("C", "near")


@pytest.mark.parametrize("name", ["", ".", "..", "/etc/passwd", "..\\x.toml", "C:x.toml", "a/b.toml", "a\\u0000b"])
@pytest.mark.parametrize("key", ["extends", "data.shares"])
def test_names_that_lead_elsewhere(tmp_path: Path, key: str, name: str) -> None:
    file = tmp_path / "a.toml"
    written = name if name.startswith("a\\u") else name.replace("\\", "\\\\")
    file.write_text(f'{key} = "{written}"\n')
    (fault,) = faults_of_file(file)
    assert (fault.code, fault.line, fault.field) == ("bad-file-name", 1, key)


@pytest.mark.parametrize("letter", ["a", "\u00e9", "\ufffd", "\U0001f4a3"])
@pytest.mark.parametrize("key", ["extends", "data.shares"])
def test_a_name_of_more_bytes_than_a_file_can_have(tmp_path: Path, key: str, letter: str) -> None:
    file = tmp_path / "a.toml"
    longest = letter * (255 // len(letter.encode()))
    file.write_text(f'{key} = "{longest}"\n')
    assert [fault.code for fault in faults_of_file(file)] == ["no-such-file"]
    file.write_text(f'{key} = "{longest + letter}"\n')
    (fault,) = (fault for fault in faults_of_file(file) if fault.code != "too-long")  # in letters, of a table's name
    assert (fault.code, fault.line, fault.field) == ("bad-file-name", 1, key)
    assert fault.remedy == "give the file a shorter name"


@pytest.mark.parametrize("key", ["extends", "data.shares"])
def test_a_path_of_more_bytes_than_there_can_be(tmp_path: Path, key: str) -> None:
    """The name is short enough, but not in this folder."""
    folder = tmp_path
    while len(str(folder)) < 3_900:
        folder /= "f" * min(200, 4_000 - len(str(folder)))
    folder.mkdir(parents=True)
    (folder / "a.toml").write_text(f'{key} = "{"b" * 200}"\n')
    (fault,) = faults_of_file(folder / "a.toml")
    assert (fault.code, fault.line, fault.field) == ("unreadable", 1, key)


def test_a_text_names_no_files() -> None:
    codes = [fault.code for fault in faults_of('extends = "a.toml"\n[data]\nshares = "a.csv"\n')]
    assert codes == ["no-folder", "no-folder"]


def test_nothing_of_a_file_is_executed(tmp_path: Path) -> None:
    """Names and texts that look like code or format strings stay what they are."""
    text = "title = '{0.__class__} %s ${HOME} `id` {{7*7}} __import__(\"os\")'\n"
    assert loads(text).title == text[9:-2]
    faults = faults_of("['{fault.__class__}']\n'%s%n' = 1\n")
    assert faults[0].field == '"{fault.__class__}"'


@pytest.mark.parametrize("text", [r'"DEU\tFRA, USA"', r'"DEU, \u001b[31mFRA"', r'"DEU, \u202eARF"', r"'DEU, \"FRA\"'"])
def test_a_remedy_writes_out_no_text_that_a_terminal_or_a_reader_obeys(text: str) -> None:
    with pytest.raises(ScenarioError) as error:
        loads(f"[targets.core]\nshare_pct = 3.5\nby = 2030\nmembers = {text}\n")
    assert [fault.remedy for fault in error.value.faults] == ["write [ … ] with its entries between the brackets"]
