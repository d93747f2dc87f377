"""No text of a user's becomes a formula, a link or a broken file, and each comes back as it was."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import tomli_w

import sim
from exports.hostile import CHARACTERS, FORMULAS, LONG, TEXTS, WORDS
from exports.reading import excel_texts, head, open_workbook, read_csv, read_json, read_netcdf, read_parquet
from sim.data.edition import LAST_YEAR
from sim.output.exports import FORMS, export
from sim.results.record import Record
from sim.text.escaping import defused

EXCEL_MOST = 32_767
SLOW = {*CHARACTERS, *LONG, *FORMULAS[:2]}
"""Texts that go through NetCDF too, which takes its time."""
CUT = " [cut here: a cell holds no more]"


def told(record: Record, text: str) -> Record:
    """The record with a text wherever a scenario or a user's table can put one."""
    described = record.description
    allies = (replace(described.allies[0], name=text), *described.allies[1:])
    yardsticks = tuple(replace(entry, name=text, agreed=text) for entry in described.yardsticks)
    described = replace(
        described, title=text, source=text, description=text, allies=allies, yardsticks=yardsticks
    )  # fmt: skip
    return replace(record, description=described, manifest={**record.manifest, "command": text, text: [text]})


def in_utf8(text: str) -> str:
    """Pairs of surrogates joined, halves replaced: what UTF-8 can carry."""
    joined = re.sub("([\ud800-\udbff])([\udc00-\udfff])", lambda pair: pair.group().encode(
        "utf-16-le", "surrogatepass").decode("utf-16-le"), text)  # fmt: skip
    return re.sub("[\ud800-\udfff]", "\ufffd", joined)


def in_excel(text: str) -> str:
    """What a cell can hold: the characters of XML 1.0, 32,767 units of UTF-16."""
    allowed = "\t\n\r"
    text = "".join(
        char if char in allowed or 0x20 <= ord(char) < 0xD800 or 0xE000 <= ord(char) <= 0xFFFD or ord(char) > 0xFFFF
        else "\ufffd" for char in in_utf8(text)
    )  # fmt: skip
    if units(text) <= EXCEL_MOST:
        return text
    kept, left = [], EXCEL_MOST - len(CUT)
    for char in text:
        left -= units(char)
        if left < 0:
            break
        kept.append(char)
    return "".join(kept) + CUT


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def shown(text: str) -> str:
    return ascii(text[:20])


@pytest.mark.parametrize("text", TEXTS, ids=shown)
def test_a_workbook_has_neither_formula_nor_link_and_every_text(text: str, record: Record, tmp_path: Path) -> None:
    place = export(told(record, text), "excel", tmp_path / "out.xlsx")
    book = open_workbook(place)
    for sheet in book:
        assert re.fullmatch(r"[\w ]{1,31}", sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in "sn", (sheet.title, cell.coordinate)
                assert cell.hyperlink is None
    with zipfile.ZipFile(place) as parts:
        for name in parts.namelist():
            content = parts.read(name)
            assert not re.search(rb"<(f|hyperlink|oleObject)[ >/]", content), name
            assert b"relationships/hyperlink" not in content
            assert "external" not in name
    found = excel_texts(place)
    assert in_excel(text) in found or text == ""
    for cell in (book["Read me"]["A1"], book["compliance"]["B2"]):
        assert cell.data_type == "s" or cell.value is None
    assert all(units(entry) <= EXCEL_MOST for entry in found)


def test_a_long_text_that_looks_like_xml_is_cut_and_stays_text(record: Record, tmp_path: Path) -> None:
    for text in ("<r>" + "&" * 9_000 + "</r>", "<r>" + "x" * 40_000 + "</r>", "_x0041_x0041_" + "&" * 30_000):
        found = excel_texts(export(told(record, text), "excel", tmp_path / "out.xlsx"))
        assert [entry for entry in found if entry.startswith(text[:3]) and entry.endswith(CUT)]
        assert all(units(entry) <= EXCEL_MOST for entry in found)


@pytest.mark.parametrize("text", TEXTS, ids=shown)
def test_a_text_comes_back_from_csv_as_no_formula(text: str, record: Record, tmp_path: Path) -> None:
    place = export(told(record, text), "csv", tmp_path / "out")
    raw = (place / "compliance.csv").read_bytes().decode()
    cell = read_csv(place)["compliance"][0]["ally"]
    _assert_no_formula(str(cell))
    assert fused(str(cell)) == in_utf8(text)
    assert f',"{str(cell).replace(chr(34), chr(34) * 2)}",' in raw
    assert head("csv", place)["title"] == in_utf8(text)
    assert (place / "readme.txt").read_bytes().decode()


def _assert_no_formula(cell: str) -> None:
    """By any separator: no piece of the cell begins, behind what a spreadsheet drops, with the sign of a formula."""
    for piece in (cell, *re.split("[;\t\r\n]", cell)):
        left = re.sub("^[\\s\\x00-\\x20\\x7f-\\xa0\u200b-\u200f\u202a-\u202e\ufeff]+", "", piece)
        assert left[:1] not in {*"=+-@＝＋－＠"} or not left
    assert cell[:1] not in {"\t", "\r", "\n"}


def fused(cell: str) -> str:
    """The text of a cell, by the rule as the readme says it: for those that read the tables back."""
    unseen = "['\\s\\x00-\\x20\\x7f-\\xa0\\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
    return re.sub(f"(\\A|[;\\t\\r\\n])'(?={unseen}[=+\\-@＝＋－＠])|\\A'(?='*[\\t\\r\\n])", r"\1", cell)


def test_the_rule_of_csv_says_what_it_does() -> None:
    for text in FORMULAS:
        assert defused(text) != text or text in ('",=1+1', '"=1+1', "{=1+1}", "%0A=1")
    for text in (*WORDS, "a=1", "Bosnia-Herzegovina", "a + b", "x, -1", "'t Gooi"):
        assert defused(text) == text
    assert defused("=1") == "'=1"
    assert defused("x;=1") == "x;'=1"


def test_numbers_of_csv_are_never_quoted(record: Record, tmp_path: Path) -> None:
    """A negative one neither: the rule is for texts."""
    from sim.output.exports.as_csv import _cell

    assert [_cell(value) for value in (-1.5, -3, 1e-05, None, "-1.5")] == ["-1.5", "-3", "1e-05", "", '"\'-1.5"']
    lines = (export(record, "csv", tmp_path / "out") / "gap.csv").read_bytes().decode().split("\n")
    assert re.fullmatch(rf'"POL","Poland",{LAST_YEAR + 1}(,[0-9.e-]+){{10}}', lines[1])
    assert re.fullmatch(rf'"EUC","Europe and Canada",{LAST_YEAR + 1},,,,,,,(,[0-9.e-]+){{3}}', lines[LAST_YEAR - 2033])
    assert lines[-1] == ""


@pytest.mark.parametrize("text", TEXTS, ids=shown)
def test_a_text_comes_back_from_json_parquet_and_netcdf(text: str, record: Record, tmp_path: Path) -> None:
    run = told(record, text)
    wanted = in_utf8(text)
    for form, reader in (("json", read_json), ("parquet", read_parquet)):
        place = export(run, form, tmp_path / form)
        assert reader(place)["compliance"][0]["ally"] == wanted
        facts = head(form, place)
        assert {facts[key] for key in ("title", "source", "description")} == {wanted}
        assert {entry["agreed"] for entry in facts["yardsticks"]} == {wanted}
        assert facts["manifest"][wanted] == [wanted]
        assert facts["manifest"]["command"] == wanted
    schema = pq.read_schema(tmp_path / "parquet" / "gap.parquet")
    assert schema.metadata[b"title"].decode() == wanted
    if text not in SLOW:
        return
    place = export(run, "netcdf", tmp_path / "out.nc")
    facts, data = head("netcdf", place), read_netcdf(place)
    ended = wanted.replace("\0", "\ufffd")
    assert {facts[key] for key in ("title", "source", "description")} == {ended}
    assert str(data["ally_name"].values[0]) == ended
    assert {entry["agreed"] for entry in facts["yardsticks"]} == {wanted}


@pytest.mark.parametrize("form", sorted(FORMS))
def test_what_a_scenario_file_can_carry_is_exported(form: str, tmp_path: Path) -> None:
    text = "=cmd|' /C calc'!A0 \u202e😀 <f>&\x01\r\n@SUM(1)"
    document = {
        "title": text, "source": text, "description": text, "horizon": {"last_year": 2028},
        "targets": {"core": {"share_pct": 3.5, "by": 2028, "agreed": text}},
    }  # fmt: skip
    run = sim.simulate(sim.loads(tomli_w.dumps(document)), paths=16, seed=1, executor="serial")
    place = export(run, form, tmp_path / "out")
    if form == "excel":
        assert in_excel(text) in excel_texts(place)
    else:
        facts = head(form, place)
        assert facts["title"] == facts["description"] == facts["yardsticks"][0]["agreed"] == text


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_manifest_with_numbers_that_json_lacks_is_exported(form: str, record: Record, tmp_path: Path) -> None:
    odd = {"seed": 2**63 - 1, "a": float("nan"), "b": [float("inf"), True, None], "c": {"d": 1}}
    place = export(replace(record, manifest=odd), form, tmp_path / "out")
    if form == "excel":
        assert {str(2**63 - 1), "[null, true, null]"} <= set(excel_texts(place))
    else:
        assert head(form, place)["manifest"] == {"seed": 2**63 - 1, "a": None, "b": [None, True, None], "c": {"d": 1}}
