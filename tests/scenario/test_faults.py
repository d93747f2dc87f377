"""All faults at once, in the order of the file, each at its own place."""

import re
import sys
from importlib import resources
from pathlib import Path
from subprocess import run
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

import sim.scenario
from sim import simulate
from sim.arguments import MOST_PATHS
from sim.data.edition import LAST_YEAR
from sim.errors import Fault, ScenarioError, UsageError
from sim.scenario import dump, load, loads
from sim.scenario.loading.checks.codes import CODES
from sim.scenario.loading.checks.keys import SECTIONS, keys_of


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(ScenarioError) as caught:
        loads(text, "a.toml")
    return caught.value.faults


def faults_of_file(file: Path) -> tuple[Fault, ...]:
    with pytest.raises(ScenarioError) as caught:
        load(file)
    return caught.value.faults


MANY = """\
title = 3
[horizon]
last_year = 2035
[targets.core]
share_pct = "3.5"
by = 2035
members = ["DEU", "XXX"]
[will]
men = 1
peer = 2.0
mean = { normal = { mean = 0.0, sd = -1.0 } }
[ally.GER]
share_pct = 2
[ally.DEU.will]
mena = 1
[[event]]
name = "war"
kind = "crisis"
when = "2036-01"
size = { exponential = { mean = -1.0 } }
[[event]]
name = "talks"
kind = "detent"
"""


def test_all_at_once() -> None:
    """Faults of types, keys, bounds, codes and dates come together, by line."""
    found = [(fault.line, fault.code, fault.field) for fault in faults_of(MANY)]
    assert found == [
        (1, "wrong-type", "title"),
        (5, "wrong-type", "targets.core.share_pct"),
        (7, "unknown-ally", "targets.core.members[2]"),
        (9, "unknown-key", "will.men"),
        (10, "out-of-range", "will.peer"),
        (11, "out-of-range", "will.mean.normal.sd"),
        (12, "unknown-ally", "ally.GER"),
        (15, "unknown-key", "ally.DEU.will.mena"),
        (19, "after-the-run", "event[war].when"),
        (20, "out-of-range", "event[war].size.exponential.mean"),
        (23, "unknown-kind", "event[talks].kind"),
    ]


def test_a_list_of_wrong_entries_is_not_called_empty_besides() -> None:
    event = '[[event]]\nname = "way"\nkind = "announced_path"\nally = "DEU"\npoints = '
    assert [(fault.field, fault.code) for fault in faults_of(event + "[3]\n")] == [
        ("event[way].points[1]", "wrong-type"),
    ]
    assert [(fault.field, fault.code) for fault in faults_of(event + "[]\n")] == [("event[way].points", "too-short")]


def test_each_fault_names_its_own_file(tmp_path: Path) -> None:
    """What an extended file says is blamed on it; what the file over it changes, on the latter."""
    (tmp_path / "base.toml").write_text(
        '[will]\npeer = 3.0\nmean = 0.1\n\n[[event]]\nname = "war"\nkind = "crisis"\nwhen = "2099-01"\nsize = -1.0\n'
    )
    (tmp_path / "top.toml").write_text(
        'extends = "base.toml"\n[will]\nmean = true\n[data]\npledges = "p.csv"\n[[event]]\nname = "war"\nsize = -2.0\n'
    )
    (tmp_path / "p.csv").write_text("iso3,target_pct\nDEU,3.5\n")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "top.toml")
    found = [(fault.file.rpartition("/")[2], fault.line, fault.field) for fault in caught.value.faults]
    assert [place for place in found if place[0] != "p.csv"] == [
        ("base.toml", 2, "will.peer"),
        ("base.toml", 8, "event[war].when"),
        ("top.toml", 3, "will.mean"),
        ("top.toml", 8, "event[war].size"),
    ]
    assert ("p.csv", 1, "target_year") in found


def test_a_fault_that_is_overridden_is_none(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("[will]\npeer = 3.0\n")
    (tmp_path / "top.toml").write_text('extends = "base.toml"\n[will]\npeer = 0.3\n')
    assert load(tmp_path / "top.toml").will.peer == 0.3


def test_a_replaced_event_is_judged_by_its_own_lines(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('[[event]]\nname = "x"\nkind = "crisis"\nwhen = "2028-01"\nsize = 1.0\n')
    (tmp_path / "top.toml").write_text(
        'extends = "base.toml"\n\n[[event]]\nname = "x"\nkind = "shock"\nwhen = "2028-01"\n'
    )
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "top.toml")
    found = [(fault.file.rpartition("/")[2], fault.line, fault.code, fault.field) for fault in caught.value.faults]
    assert found == [
        ("top.toml", 3, "missing-key", "event[x].amount"),
        ("top.toml", 3, "missing-key", "event[x].state"),
    ]


@pytest.mark.parametrize("opening", ['"', "'", '"""', "'''"])
def test_a_text_left_open_is_told_where_it_begins(opening: str) -> None:
    """And not at the end of the file, where the parser of the standard library gives up."""
    (fault,) = faults_of(f"title = 'a'\n\n\nsource = {opening}open\n\n[horizon]\nlast_year = 2030\n")
    assert (fault.code, fault.line) == ("bad-toml", 4)
    (fault,) = faults_of(f"title = 'a'\nsource = {opening}open\r\n[horizon]")
    assert (fault.code, fault.line) == ("bad-toml", 2)


def test_what_the_end_of_the_file_cuts_off_is_told_there() -> None:
    for text in ("title = 'a'\nsource = 'b'\n\n[will", "title = 'a'\n\nb"):
        assert [(fault.code, fault.line) for fault in faults_of(text)] == [("bad-toml", text.count("\n") + 1)], text
    fault, *_ = faults_of("[targets.core]\nshare_pct = 2\nby = 2030\nmembers = ['DEU',\n'FRA',\n")
    assert (fault.code, fault.line, fault.remedy) == ("bad-toml", 5, "write 'FRA',]")


@pytest.mark.parametrize("month", ["20\uff12\uff18-05", "20\u0662\u0668-05", "2028-\u0660\u0665", "\u0662028-05"])
def test_a_month_is_written_in_digits_of_our_own(month: str) -> None:
    (fault,) = faults_of(f'[[event]]\nname = "x"\nkind = "crisis"\nwhen = "{month}"\n')
    assert (fault.code, fault.line, fault.value) == ("bad-month", 4, f'"{month}"')


def test_a_code_of_letters_that_only_look_like_ours_is_not_taken_for_it() -> None:
    nothing = "write a code such as DEU; `sim data allies` lists them"
    remedies = [
        faults_of(f'[ally."{code}"]\nshare_pct = 2\n')[0].remedy
        for code in ("deu", "d\u0435u", "\uff44\uff45u", "fo\u00df")
    ]
    assert remedies == ["write DEU (Germany)", nothing, "write DEU (Germany)", nothing]


def test_lines_that_are_no_toml_hide_nothing() -> None:
    """Every one is told, and the rest of the file is checked as it was meant."""
    text = "title = “a”\n[will]\nmean = 0,3\npeer = 3,0\n[ally.UK]\nshare_pct = 2.5 %\n[run]\npaths = 10k\nsed = 1\n"
    found = [(fault.line, fault.code, fault.remedy) for fault in faults_of(text)]
    assert found == [
        (1, "bad-toml", 'write title = "a"'),
        (3, "bad-toml", "write mean = 0.3"),
        (4, "bad-toml", "write peer = 3.0"),
        (4, "out-of-range", "check the unit and the decimal point"),
        (5, "bad-code", "write GBR (United Kingdom)"),
        (6, "bad-toml", "write share_pct = 2.5"),
        (8, "bad-toml", "write paths = 10_000"),
        (9, "unknown-key", "did you mean seed?"),
    ]


@pytest.mark.parametrize(
    ("extends", "code"),
    [("nothing.toml", "no-such-file"), ("a.toml", "extends-circle"), ("../b.toml", "bad-file-name")],
)
def test_a_wrong_extends_hides_no_other_fault(tmp_path: Path, extends: str, code: str) -> None:
    """But nothing is blamed that what it extends may well say: a kind, a target, a month within the run."""
    (tmp_path / "a.toml").write_text(
        f'extends = "{extends}"\n[will]\nmeen = 0.3\npeer = 0,1\n[targets.core]\nby = 2035\n'
        '[[event]]\nname = "war"\nwhen = "2045-01"\n'
    )
    found = [(fault.line, fault.code) for fault in faults_of_file(tmp_path / "a.toml")]
    assert found == [(1, code), (3, "unknown-key"), (4, "bad-toml")]


def test_the_faults_of_what_is_extended_come_with_ones_own(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('extends = "b.toml"\n[will]\nmeen = 0.3\n')
    (tmp_path / "b.toml").write_text("[will]\npeer = 0,1\nnoise ? 3\n")
    found = [(Path(fault.file).name, fault.line, fault.code) for fault in faults_of_file(tmp_path / "a.toml")]
    assert found == [("a.toml", 3, "unknown-key"), ("b.toml", 2, "bad-toml"), ("b.toml", 3, "bad-toml")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04\x14\x00", "this is an Excel workbook or another zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1", "this is an old Excel or Word file"),
        (b"%PDF-1.7", "this is a PDF"),
        ('title = "x"'.encode("utf-16"), "this is UTF-16"),
    ],
)
def test_a_file_of_another_kind_is_called_by_its_name(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.toml").write_bytes(content)
    (fault,) = faults_of_file(tmp_path / "a.toml")
    assert (fault.code, fault.line) == ("not-utf8", 1)
    assert words in fault.rule


@pytest.mark.parametrize(
    "text", ["\ufefftitle = 'x'\n", "title = 'x'\r\n[will]\r\nmean\t=\t0.3\r\n", "[run]\npaths = 1_000"]
)
def test_marks_of_editors_are_no_faults(text: str) -> None:
    loads(text)


typed = st.text(alphabet="ab =:,.\"'[]{}#%“”„’\n\t0123\\/-N()é\u00a0", max_size=60)


@given(st.lists(typed | st.sampled_from(["[will]", "mean = 0,3", "x = “a”", "[ally.UK", "p: {a: 1", "k = N(0,3; 1)"])))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_told_without_an_error_of_ours(pieces: list[str]) -> None:
    """And a remedy that shows a line shows one that the parser takes, or one of several."""
    try:
        loads("\n".join(pieces))
    except ScenarioError as error:
        for fault in error.faults:
            assert fault.rule
            assert fault.remedy
            assert str(fault).replace("\n", "").isprintable()


ODD = '"odd\n\u202e' + "x" * 500 + '"'
IN_A_TABLE = {
    "no-armed-forces": ("allies", "Iceland", ODD, "[ally.ISL]\nshare_pct = 1.0\n"),
    "unknown-ally": ("allies", "Germany", ODD, "[ally.GER]\nshare_pct = 1.0\n"),
    "missing-ally": ("allies", "ALB,8,", f"ZZZ,7,{ODD},2009,0,1\nALB,8,", ""),
    "duplicate": ("pledges", "TUR,,,NATO share", f"TUR,,,{ODD},,,none found,,,\nTUR,,,{ODD}", ""),
}


@pytest.mark.parametrize("code", IN_A_TABLE)
def test_texts_of_a_table_stand_on_one_printable_line(code: str, tmp_path: Path) -> None:
    """A line end, a direction mark and 500 letters in a cell leave the fault what it is: short, and on one line."""
    table, former, text, scenario = IN_A_TABLE[code]
    packaged = resources.files("sim.data").joinpath("tables", f"{table}.csv").read_text("utf-8")
    assert packaged.count(former) == 1
    (tmp_path / "a.csv").write_text(packaged.replace(former, text))
    (tmp_path / "a.toml").write_text(f'data.{table} = "a.csv"\n{scenario}')
    found = [fault for fault in faults_of_file(tmp_path / "a.toml") if fault.code == code]
    assert any("odd \\u202exx" in f"{fault.value}{fault.rule}{fault.remedy}" for fault in found)
    for fault in found:
        assert f"{fault.field}{fault.value}{fault.rule}{fault.remedy}".isprintable()
        assert len(f"{fault.value}{fault.rule}{fault.remedy}") < 300


def test_odd_tables_do_not_confuse_the_places() -> None:
    """Keys that are called like families and kinds."""
    (fault,) = faults_of("[will]\nmean = { normal = { mean = 1.0, sd = 1.0, normal = 3 } }\n")
    assert (fault.code, fault.field) == ("unknown-key", "will.mean.normal.normal")
    (fault,) = faults_of('[[event]]\nname = "x"\nkind = "crisis"\nrate = 1\ncrisis = { size = 1 }\n')
    assert (fault.code, fault.line, fault.field) == ("unknown-key", 5, "event[x].crisis")
    (fault,) = faults_of("[ally.deu]\nshare_pct = 2\n")
    assert (fault.code, fault.line, fault.field) == ("bad-code", 1, "ally.deu")
    assert loads("[targets.normal]\nshare_pct = 2\nby = 2030\n").targets["normal"].share_pct == 2.0


@pytest.mark.parametrize(
    "value", ["nan", "inf", "-inf", "1e400", "true", '"1"', "[]", "{}", "[[1]]", "2028-01-01", "-1e300"]
)
def test_no_parameter_takes_these(value: str) -> None:
    """In every section and every event: one fault, at the value, with a remedy."""
    for section, model in SECTIONS.items():
        for key in keys_of(model):
            if value == "true" and "bool" in repr(model.model_fields[key]):
                continue
            faults = faults_of(f"[{section}]\n{key} = {value}\n")
            assert len(faults) == 1, (section, key, faults)
            assert faults[0].line == 2
            assert faults[0].remedy


def test_codes_are_told() -> None:
    """The catalogue of codes covers what the sources name, and names nothing else."""
    sources = "".join(file.read_text(encoding="utf-8") for file in Path(sim.scenario.__file__).parent.rglob("*.py"))
    for code in CODES:
        assert len(re.findall(f'"{code}"', sources)) >= 2, f"{code} is used nowhere"


words = st.sampled_from(
    ["will", "mean", "event", "name", "kind", "crisis", "when", "normal", "sd", "ally", "DEU", "targets", "core", "by",
     "share_pct", "data", "extends", "replacements", "horizon", "base_year", "members", "points", "x", "growth"]
)  # fmt: skip
leaves = words | st.integers(-3, 3000) | st.floats() | st.booleans() | st.sampled_from(["2028-05", "", "ISL"])
trees = st.recursive(leaves, lambda t: st.lists(t, max_size=3) | st.dictionaries(words, t, max_size=4), max_leaves=20)


@given(st.dictionaries(words, trees, max_size=4))
@settings(max_examples=300, deadline=None)
def test_anything_is_a_scenario_or_has_faults(tables: dict[str, Any]) -> None:
    """No tables, however wrong, lead to another error, and every fault can be acted on."""
    found: tuple[Fault, ...] = ()
    try:
        scenario = loads(tomli_w.dumps(tables))
    except ScenarioError as error:
        found = error.faults
    else:
        assert loads(dump(scenario)) == scenario
    assert list(found) == sorted(found)
    for fault in found:
        assert fault.rule
        assert fault.remedy
        assert fault.code in CODES


def test_loading_needs_no_heavy_library() -> None:
    """Neither NumPy nor SciPy nor pandas: the command line must start at once."""
    code = (
        "import sys; import sim.scenario.loading.load as l; l.load('scenarios/rutte_2032.toml'); "
        "print(*{'numpy', 'scipy', 'pandas', 'jsonschema', 'tomli_w'} & set(sys.modules))"
    )
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []


CORE = "[targets.core]\nshare_pct = 3.5\nby = 2032\n[horizon]\nlast_year = 2035\n"


def review(name: str, when: str, **keys: float) -> str:
    facts = "".join(f"{key} = {value}\n" for key, value in keys.items())
    return f'[[event]]\nname = "{name}"\nkind = "review"\n{when}\n{facts}'


def summit(name: str, when: str, **keys: float) -> str:
    return review(name, when, **keys).replace('"review"', '"summit"')


@pytest.mark.parametrize(("events", "code", "field", "words"), [
    (review("a", 'when = "2030-06"', change_pct=-10.0), "out-of-range", "event[a].change_pct",
     'must leave the target "core" between 0.1 and 20 % of GDP; of 3.5 it makes -6.5'),
    (summit("s", 'when = "2028-06"', share_pct=15.0) + review("a", 'when = "2030-06"', change_pct=10),
     "out-of-range", "event[a].change_pct", "of 15 it makes 25"),
    (summit("s", 'when = "2028-06"', share_pct=15.0, probability=0.5)
     + review("a", 'when = "2030-06"', change_pct=-3.45),
     "out-of-range", "event[a].change_pct", "of 3.5 it makes 0.05"),
    (review("a", 'when = "2029-06"', change_pct=-2, probability=0.3)
     + review("b", 'when = "2028-06"', change_pct=-2, probability=0.3),
     "out-of-range", "event[a].change_pct", "of 1.5 it makes -0.5"),
    (review("a", "rate = 0.1", change_pct=-4), "out-of-range", "event[a].change_pct", "of 3.5 it makes -0.5"),
    (review("a", 'when = "2030-06"', years_later=-4), "due-before-event", "event[a].years_later",
     "before the review itself, in 2030; of 2032 it makes 2028"),
    (review("a", 'when = "2034-06"', years_later=1), "due-before-event", "event[a].years_later",
     "of 2032 it makes 2033"),
    (review("a", "rate = 0.1", years_later=-6), "due-before-event", "event[a].years_later",
     f"in {LAST_YEAR + 1} or later"),
    (summit("s", 'when = "2028-06"', by=LAST_YEAR + 59) + review("a", 'when = "2030-06"', years_later=2),
     "implausible-year", "event[a].years_later",
     f"beyond {LAST_YEAR + 60}; of {LAST_YEAR + 59} it makes {LAST_YEAR + 61}"),
    (summit("s", 'when = "2028-06"', by=2015), "due-before-event", "event[s].by",
     "must not lie before the summit itself, in 2028"),
    (summit("s", "rate = 0.1", by=LAST_YEAR), "due-before-event", "event[s].by", f"in {LAST_YEAR + 1} or later"),
    ('[[event]]\nname = "p"\nkind = "pledge"\nally = "DEU"\nshare_pct = 3.0\nwhen = "2030-01"\nby = 2029\n',
     "due-before-event", "event[p].by", "must not lie before the pledge itself, in 2030"),
])  # fmt: skip
def test_events_leave_a_target_what_a_target_may_have(events: str, code: str, field: str, words: str) -> None:
    (fault,) = faults_of(CORE + events)
    assert (fault.code, fault.field) == (code, field)
    assert words in fault.rule
    assert fault.remedy.startswith("write ")


@pytest.mark.parametrize("events", [
    review("a", 'when = "2030-06"', change_pct=-3.4, years_later=-2),
    review("a", 'when = "2034-06"', change_pct=10),  # due already: its share alone is moved
    summit("s", 'when = "2028-06"', share_pct=15.0) + review("a", 'when = "2030-06"', change_pct=-10),
    review("a", 'when = "2030-06"', change_pct=-3.0)
    + review("b", 'when = "2031-06"', change_pct=-3.0),  # neither moves anything without a probability
    summit("s", 'when = "2028-06"', by=2028),
    '[[event]]\nname = "p"\nkind = "pledge"\nally = "DEU"\nshare_pct = 2.0\nby = 2024\n',
])  # fmt: skip
def test_events_within_what_a_target_may_have_are_taken(events: str) -> None:
    loads(CORE + events)


@pytest.mark.parametrize(("state", "amount", "words"), [
    ("gdp_pct", "-100", "between -99 and 100 for gdp_pct"),
    ("share_pct", "1000000", "between -50 and 50 for share_pct"),
    ("share_pct", "-100", "between -50 and 50 for share_pct"),
    ("norm_pct", "51", "between -50 and 50 for norm_pct"),
    ("related_pct", "-51", "between -50 and 50 for related_pct"),
    ("will", "101", "between -100 and 100 for will"),
    ("urgency", "-101", "between -100 and 100 for urgency"),
    ("share_pct", "{ uniform = { low = -1.0, high = 60.0 } }", "lies from -1 to 60"),
    ("share_pct", "{ normal = { mean = 60.0, sd = 1.0 } }", "lies from 59 to 61"),
    ("gdp_pct", "{ student_t = { df = 5.0, sd = 200.0 } }", "lies from -200 to 200"),
    ("gdp_pct", "{ exponential = { mean = 80.0 } }", "lies from 0 to 160"),
])  # fmt: skip
def test_a_shock_stays_in_the_range_of_its_state(state: str, amount: str, words: str) -> None:
    event = f'[[event]]\nname = "jolt"\nkind = "shock"\nwhen = "2028-06"\nstate = "{state}"\namount = '
    (fault,) = faults_of(event + amount + "\n")
    assert (fault.code, fault.field, fault.line) == ("out-of-range", "event[jolt].amount", 6)
    assert words in fault.rule
    assert fault.value
    loads(event + "{ normal = { mean = -1.0, sd = 0.5 } }\n")
    loads(event + "{ scipy = { name = 'skewnorm', a = 1.0 } }\n")


def test_a_scenario_and_a_call_may_ask_for_as_many_paths() -> None:
    assert loads(f"[run]\npaths = {MOST_PATHS}\n").run.paths == MOST_PATHS
    (fault,) = faults_of(f"[run]\npaths = {MOST_PATHS + 1}\n")
    assert fault.rule == f"must be at most {MOST_PATHS}"
    with pytest.raises(UsageError, match=f"paths must be a whole number from 1 to {MOST_PATHS:,}"):
        simulate(loads(""), paths=MOST_PATHS + 1)


@pytest.mark.parametrize(
    ("key", "table"),
    [
        ("nato", "targets.nato"), ("my target", "targets.core"), ("targets\\u2028related", "targets.core"),
        ("2032", "targets.core"),
    ],
)  # fmt: skip
def test_a_target_outside_its_table_is_told_a_name_that_a_target_can_have(key: str, table: str) -> None:
    (fault,) = faults_of(f'["{key}"]\nshare_pct = 3.5\nby = 2032\n')
    assert (fault.code, fault.remedy) == ("unknown-key", f"write [{table}]")
    assert loads(f"[{table}]\nshare_pct = 3.5\nby = 2032\n").targets[table.split(".")[1]].share_pct == 3.5


def test_of_allies_in_a_table_of_their_own_only_a_code_is_repeated() -> None:
    (fault,) = faults_of('["countries"."\\u2028x".will]\npeer = 0.1\n')
    assert "\u2028" not in fault.remedy
