"""A user's table in place of a packaged one: taken whole, or refused with every fault named."""

import pickle
import random
import subprocess
import sys
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.data.edition import LAST_YEAR
from sim.data.reader import MAX_FAULTS, MAX_ROWS
from sim.data.rows import ROWS
from sim.data.tables import Replacement, Tables, load_tables
from sim.errors import Fault, ScenarioError
from sim.scenario.loading.load import reload
from support import present


def packaged(name: str) -> str:
    return resources.files("sim.data").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")


def replace(name: str, text: str) -> Tables:
    return load_tables({name: Replacement(f"my_{name}.csv", text)})


def faults_of(name: str, text: str) -> tuple[Fault, ...]:
    with pytest.raises(ScenarioError) as caught:
        replace(name, text)
    return caught.value.faults


def edited(name: str, old: str, new: str) -> str:
    text = packaged(name)
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


HERE, DEU = next(
    (line, ",".join(row.split(",")[:4]) + ",")
    for line, row in enumerate(packaged("shares").splitlines(), 1)
    if row.startswith("DEU,2026,")
)  # the line and the first cells of one row of shares
AGGREGATES = "name,year,share_pct,status,outlays_usd_m\n"
VINTAGES = "iso3,year,edition,share_pct,status,basis\n"
PLEDGES = "iso3,target_pct,target_year,measure,announced,actor,status,source,note,role\n"
AT_END = packaged("shares").count("\n") + 1


def germany(cells: str) -> tuple[str, str]:
    """Shares with other first cells in the German row of 2026, which is line `HERE`."""
    return "shares", edited("shares", DEU, cells + ",")


def one_more(cells: str) -> tuple[str, str]:
    """Shares with one more row at the end."""
    return "shares", packaged("shares") + cells + ",,,\n"


def aggregates(body: str, header: str = AGGREGATES) -> tuple[str, str]:
    return "aggregates", header + body


def swapped(table: str, old: str, new: str) -> tuple[str, str]:
    return table, edited(table, old, new)


LONG = "".join(f"NATO total,{1950 + line % 151},2,actual,{line}\n" for line in range(MAX_ROWS + 1))

# the case: the table and its text, the code, the line, the column, a part of the remedy
CASES = {
    "duplicate": (one_more("DEU,2026,2.69,estimate"), "duplicate", AT_END, "iso3, year", "remove one"),
    "unknown ally": (one_more("FRO,2026,2,estimate"), "unknown-ally", AT_END, "iso3", "sim data allies"),
    "bad code": (one_more("q1,2026,2,estimate"), "bad-code", AT_END, "iso3", "such as DEU"),
    "everyday code": (
        one_more("UK,2026,2,estimate"),
        "bad-code",
        AT_END,
        "iso3",
        "write GBR, the code of United Kingdom",
    ),
    "another code": (one_more("GER,2026,2,estimate"), "unknown-ally", AT_END, "iso3", "write DEU, the code of Germany"),
    "Iceland": (one_more("ISL,2026,1,estimate"), "no-armed-forces", AT_END, "iso3", "remove the row"),
    "year": (one_more("DEU,20260,2,estimate"), "out-of-range", AT_END, "year", "decimal point"),
    "blank": (germany("DEU,2026,,estimate"), "blank", HERE, "share_pct", "leave the whole row out"),
    "not a number": (germany("DEU,2026,about 2,estimate"), "not-a-number", HERE, "share_pct", "with a point"),
    "underscore": (germany("DEU,2026,2_0,estimate"), "not-a-number", HERE, "share_pct", "with a point"),
    "not whole": (germany("DEU,2026.5,2.69,estimate"), "not-a-whole-number", HERE, "year", "digits only"),
    "nan": (germany("DEU,2026,nan,estimate"), "not-finite", HERE, "share_pct", "leave the cell empty"),
    "inf": (germany("DEU,2026,-inf,estimate"), "not-finite", HERE, "share_pct", "leave the cell empty"),
    "1e400": (germany("DEU,2026,1e400,estimate"), "not-finite", HERE, "share_pct", "leave the cell empty"),
    "too high": (germany("DEU,2026,269,estimate"), "out-of-range", HERE, "share_pct", "decimal point"),
    "nothing": (germany("DEU,2026,0,estimate"), "out-of-range", HERE, "share_pct", "decimal point"),
    "negative": (germany("DEU,2026,-2.69,estimate"), "out-of-range", HERE, "share_pct", "decimal point"),
    "choice": (germany("DEU,2026,2.69,guess"), "unknown-choice", HERE, "status", "one of these words"),
    "missing column": (
        aggregates("NATO total,2020,actual,1\n", "name,year,status,outlays_usd_m\n"),
        *("missing-column", 1, "share_pct", "add the column share_pct"),
    ),
    "extra column": (
        aggregates("NATO total,2020,2,actual,1,red\n", AGGREGATES[:-1] + ",colour\n"),
        *("extra-column", 1, "colour", "the columns are name"),
    ),
    "repeated column": (
        aggregates("NATO total,2020,2,actual,1,2020\n", AGGREGATES[:-1] + ",year\n"),
        *("repeated-column", 1, "year", "remove one"),
    ),
    "row too short": (aggregates("NATO total,2020,2,actual\n"), "row-length", 2, "", "missing commas"),
    "row too long": (aggregates("NATO total,2020,2,5,actual,1\n"), "row-length", 2, "", "missing commas"),
    "open quote": (aggregates('NATO total,2020,2,actual,1\n"NATO'), "bad-csv", 3, "", "close every quote"),
    "no rows": (aggregates(""), "empty-table", 1, "", "at least one row"),
    "no text": (aggregates("", header=""), "empty-table", 1, "", "begin with the header"),
    "NUL byte": (aggregates("NATO total\0,2020,2,actual,1\n"), "nul-byte", 2, "", "UTF-8 text"),
    "escape": (aggregates("NATO\x1b[31m,2020,2,actual,1\n"), "control-character", 2, "", "plain UTF-8"),
    "too many rows": (aggregates(LONG), "too-many-rows", MAX_ROWS + 2, "", "packaged table"),
    "too large": (("shares", "x" * 4_194_305), "too-large", 0, "", "packaged table"),
    "too large in bytes": (("shares", "ü" * 2_097_153), "too-large", 0, "", "packaged table"),
    "flag": (
        swapped("allies", "DEU,276,Germany,1955,1", "DEU,276,Germany,1955,yes"),
        "not-a-flag",
        7,
        "eu_member",
        "1 for yes",
    ),
    "numeric code": (swapped("allies", "DEU,276", "DEU,8"), "duplicate", 7, "iso_numeric", "ISO 3166 numeric"),
    "long text": (swapped("early_elections", "Parliament only.", "x" * 601), "too-long", 12, "note", "shorten"),
    "day": (swapped("elections", "DEU,2025,2,23,", "DEU,2025,2,30,"), "bad-date", 19, "day", "correct the day"),
    "ally left out": (swapped("geography", "SVK,1631,0,0,0,,\n", ""), "missing-ally", 0, "iso3", "rows of SVK"),
    "edition": (
        ("share_vintages", VINTAGES + "DEU,2026,July,2,actual,x\n"),
        "bad-format",
        2,
        "edition",
        f"{LAST_YEAR}-07",
    ),
    "pledge": (("pledges", PLEDGES + "FRA,3,,x,,,plan,,,pledge\n"), "blank", 2, "target_year", "leave role empty"),
    "of all": (("pledges", PLEDGES + "ALL,3,2030,x,,,plan,,,pledge\n"), "alliance-role", 2, "role", "role empty"),
    "table": (("share", ""), "unknown-table", 0, "data.share", "did you mean share"),
    "no table": (("zzz", ""), "unknown-table", 0, "data.zzz", "the tables are allies"),
}


@pytest.mark.parametrize(("case", "code", "line", "column", "remedy"), CASES.values(), ids=CASES)
def test_a_fault_is_named_with_place_and_remedy(
    case: tuple[str, str], code: str, line: int, column: str, remedy: str
) -> None:
    table, text = case
    found = faults_of(table, text)
    first = next(fault for fault in found if fault.code == code)
    assert (first.file, first.code, first.line, first.field) == (f"my_{table}.csv", code, line, column)
    assert remedy in first.remedy
    assert first.rule
    assert len(found) == 1 or (table == "aggregates" and code == "too-many-rows")


def test_the_message_reads_as_place_value_rule_and_remedy() -> None:
    (fault,) = faults_of("shares", edited("shares", DEU, "DEU,2026,269,estimate,"))
    assert str(fault) == (
        f"my_shares.csv:{HERE}: share_pct = 269: must be at most 50 [out-of-range]\n"
        "  remedy: check the unit of the column and the place of the decimal point"
    )


def test_all_faults_of_all_tables_come_at_once_in_the_order_of_the_files() -> None:
    shares = packaged("shares") + "DEU,2020,x,estimate,,,\nDEU,2026,2,estimate,,,\nISL,x,nan,actual,,,\n"
    aggregates = AGGREGATES[:-1] + ",colour\nNATO total,x,2,actual,1,red\n"
    with pytest.raises(ScenarioError) as caught:
        load_tables({"shares": Replacement("a.csv", shares), "aggregates": Replacement("b.csv", aggregates)})
    assert [(fault.file, fault.line, fault.code) for fault in caught.value.faults] == [
        ("a.csv", AT_END, "not-a-number"),
        ("a.csv", AT_END + 1, "duplicate"),
        ("a.csv", AT_END + 2, "not-a-whole-number"),
        ("a.csv", AT_END + 2, "not-finite"),
        ("b.csv", 1, "extra-column"),
        ("b.csv", 2, "not-a-whole-number"),
    ]


def test_a_hopeless_file_is_given_up_after_a_hundred_faults() -> None:
    found = faults_of("aggregates", AGGREGATES + "a,b,c,d,e\n" * 5000)
    assert len(found) == MAX_FAULTS + 1
    assert found[-1].code == "too-many-faults"
    assert len(faults_of("shares", packaged("shares") + f"{DEU},,\n" * 5000)) == MAX_FAULTS


def test_what_stands_in_a_cell_is_shown_shortened_and_printable() -> None:
    (fault,) = faults_of("shares", edited("shares", DEU, f"DEU,2026,\u202e{'9' * 100},estimate,"))
    assert len(fault.value) == 40
    assert fault.value.isprintable()


def test_a_line_number_counts_the_lines_of_the_file() -> None:
    text = AGGREGATES + '\n\n"NATO\ntotal",2020,2,actual,1\n\nNATO total,2020,2,actual,x\n'
    assert [fault.line for fault in faults_of("aggregates", text)] == [4, 7]


def test_a_replacement_is_taken_whole() -> None:
    text = AGGREGATES + "NATO total,2020,2.5,actual,\n"
    tables = replace("aggregates", text)
    assert len(tables.aggregates) == 1
    assert present(tables.aggregate("NATO total", 2020)).share_pct == 2.5
    assert present(tables.aggregate("NATO total", 2020)).outlays_usd_m is None
    assert tables.aggregate("Europe and Canada", 2026) is None
    assert tables.shares == load_tables().shares


def test_spaces_a_byte_order_mark_and_another_order_of_columns_are_harmless() -> None:
    text = "\ufeffyear , name,status,share_pct,outlays_usd_m\n 2020,NATO total , actual, 2.5 ,\n,,,,\n"
    row = replace("aggregates", text).aggregate("NATO total", 2020)
    assert (present(row).share_pct, present(row).outlays_usd_m) == (2.5, None)


def test_allies_may_be_added_when_every_table_that_needs_them_has_them() -> None:
    allies = packaged("allies") + "UKR,804,Ukraine,2030,0,1\n"
    found = faults_of("allies", allies)
    assert [(fault.file, fault.code) for fault in found] == [
        ("geography (packaged)", "missing-ally"),
        ("shares (packaged)", "missing-ally"),
        ("gdp (packaged)", "missing-ally"),
        ("elections (packaged)", "missing-ally"),
    ]
    tables = load_tables(
        {
            "allies": Replacement("a.csv", allies),
            "geography": Replacement("g.csv", packaged("geography") + "UKR,756,1,1,0,,\n"),
            "shares": Replacement("s.csv", packaged("shares") + "UKR,2026,20,estimate,,,\n"),
            "gdp": Replacement("d.csv", packaged("gdp") + "UKR,2026,2,200,,,,,forecast\n"),
            "elections": Replacement("e.csv", packaged("elections") + "UKR,2030,3,,presidential,0,projected,,none\n"),
        }
    )
    assert len(tables.armed_allies()) == 32
    assert present(tables.share("UKR", 2026)).share_pct == 20


@pytest.mark.parametrize("armed", [set(), {"USA"}, {"NOR"}, {"USA", "NOR"}])
def test_an_ally_needs_another_one_to_look_to(armed: set[str]) -> None:
    header, *rows = packaged("allies").splitlines()
    table = "\n".join([header, *(row[:-1] + str(int(row[:3] in armed)) for row in rows)])
    found = [fault for fault in faults_of("allies", table) if fault.field == "armed_forces"]
    assert [(fault.code, fault.value) for fault in found] == [("missing-ally", "NOR" if "NOR" in armed else "")]


def test_the_smallest_alliance_with_peers_runs() -> None:
    few = ("DNK", "NOR", "USA")  # defaults.toml names the last

    def of_few(name: str) -> str:
        header, *rows = packaged(name).splitlines()
        return "\n".join([header, *(row for row in rows if row[:3] in few)])

    header, *rows = packaged("allies").splitlines()
    tables = {"allies": "\n".join([header, *(row[:-1] + str(int(row[:3] in few)) for row in rows)])}
    tables |= {name: of_few(name) for name in ("shares", "share_vintages", "announced_paths", "promises")}
    scenario = reload("[targets.core]\nshare_pct = 3\nby = 2028", {n: Replacement(n, t) for n, t in tables.items()})
    assert set(sim.simulate(scenario, paths=16, seed=1).compliance()["iso3"]) == set(few)


def test_more_allies_than_a_byte_counts_are_refused() -> None:
    """How many comply on a path is kept in one."""
    header, *rows = packaged("allies").splitlines()
    for number, refused in ((255, False), (256, True)):
        codes = [f"{a}{b}X" for a in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for b in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
        free = sorted(set(range(1, 1_000)) - {int(row.split(",")[1]) for row in rows})
        more = [f"{code},{place},Land {code},2030,0,1" for code, place in zip(codes[: number - 31], free, strict=False)]
        found = faults_of("allies", "\n".join([header, *rows, *more]))
        assert ("too-many" in {fault.code for fault in found}) == refused


def test_what_the_defaults_say_of_an_ally_is_dropped_where_it_does_not_count() -> None:
    few = ("DNK", "FRA")  # without the United States and Norway, which defaults.toml names
    header, *rows = packaged("allies").splitlines()
    tables = {"allies": "\n".join([header, *(row[:-1] + str(int(row[:3] in few)) for row in rows)])}
    for name in ("shares", "share_vintages", "announced_paths", "promises"):
        header, *rows = packaged(name).splitlines()
        tables[name] = "\n".join([header, *(row for row in rows if row[:3] in few)])
    replacements = {name: Replacement(name, text) for name, text in tables.items()}
    scenario = reload("[targets.core]\nshare_pct = 3\nby = 2028", replacements)
    assert set(scenario.ally) == set()
    assert set(sim.simulate(scenario, paths=16, seed=1).compliance()["iso3"]) == set(few)
    with pytest.raises(sim.ScenarioError, match=r"<text>:1: ally.NOR: Norway has no armed forces"):
        reload("[ally.NOR]\ndebt_pct = 50.0\n", replacements)


def test_an_ally_that_other_tables_name_may_not_be_left_out() -> None:
    found = faults_of("allies", edited("allies", "MKD,807,North Macedonia,2020,0,1\n", ""))
    assert {fault.code for fault in found} == {"missing-ally"}
    assert {fault.value for fault in found} == {"MKD"}


def test_every_packaged_table_passes_its_own_checks_and_is_the_same_content() -> None:
    own = {name: Replacement(f"{name}.csv", packaged(name)) for name in ROWS}
    assert load_tables(own).digest == load_tables().digest


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_line_endings_do_not_move_the_digest(ending: str) -> None:
    own = {name: Replacement(name, packaged(name).replace("\n", ending)) for name in ROWS}
    assert load_tables(own).digest == load_tables().digest


@settings(max_examples=15, deadline=None)
@given(name=st.sampled_from(sorted(ROWS)), seed=st.integers(0, 2**32))
def test_the_order_of_rows_moves_neither_digest_nor_content(name: str, seed: int) -> None:
    header, *lines = packaged(name).splitlines()
    random.Random(seed).shuffle(lines)
    tables = replace(name, "\n".join([header, *lines]))
    assert tables.digest == load_tables().digest
    assert tables.table(name) == load_tables().table(name)


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(range(7)))
def test_the_order_of_columns_does_not_move_the_digest(order: list[int]) -> None:
    lines = [line.split(",") for line in packaged("shares").splitlines()]
    text = "\n".join(",".join(cells[column] for column in order) for cells in lines)
    assert replace("shares", text).digest == load_tables().digest


def test_one_hundredth_of_a_point_moves_the_digest() -> None:
    changed = replace("shares", edited("shares", DEU, "DEU,2026,2.70,estimate,"))
    assert changed.digest != load_tables().digest
    blank = replace("aggregates", edited("aggregates", "actual,289315\n", "actual,\n"))
    zero = replace("aggregates", edited("aggregates", "actual,289315\n", "actual,0\n"))
    assert blank.digest != zero.digest


def test_the_packaged_tables_are_one_object_and_travel_to_a_worker_light() -> None:
    assert load_tables() is load_tables({})
    tables = replace("aggregates", AGGREGATES + "NATO total,2020,2.5,actual,\n")
    assert tables.armed_allies()
    sent = pickle.dumps(tables)
    assert len(sent) < 2000
    assert pickle.loads(sent).digest == tables.digest


def test_rows_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_tables().allies[0].name = "x"


def test_the_tables_need_neither_numpy_nor_pandas() -> None:
    code = "import sys, sim.data.catalogue as c; c.catalogue(); print({'numpy', 'pandas'} & sys.modules.keys())"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
