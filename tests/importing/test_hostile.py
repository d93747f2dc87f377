"""Workbooks that mean harm or are damaged: bounded before they are opened, refused in one clear fault."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importing.publishers import saved
from sim.data.importing import import_file
from sim.data.importing.workbooks import MAX_ROWS
from sim.errors import MissingExtra, ScenarioError


def book() -> openpyxl.Workbook:
    made = openpyxl.Workbook()
    made.active.append(["Country", 2025, "2026e"])
    made.active.append(["France", 2.1, 2.22])
    return made


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


SOUND = saved(book())
SHEET = "xl/worksheets/sheet1.xml"


def with_part(name: str, content: bytes) -> bytes:
    return packed(parts(SOUND) | {name: content})


def edited(old: bytes, new: bytes) -> bytes:
    entries = parts(SOUND)
    assert old in entries[SHEET]
    return packed(entries | {SHEET: entries[SHEET].replace(old, new)})


def refused(content: bytes) -> str:
    with pytest.raises(ScenarioError) as caught:
        import_file(content, "x.xlsx")
    (fault,) = caught.value.faults
    return f"{fault.code}: {fault.rule}"


def test_a_sound_workbook_is_read() -> None:
    assert import_file(SOUND, "x.xlsx").rows == 2


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
LAST_ROW = b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
HOSTILE = {
    "unpacks to far more": (lambda: with_part("xl/media/a.xml", b"<a>" + b" " * (140 * 2**20)), "unpack to at most"),
    "thousands of parts": (lambda: packed(parts(SOUND) | {f"a{n}": b"" for n in range(2_100)}), "unpack to at most"),
    "entities": (lambda: with_part(SHEET, BOMB), "define no entities"),
    "a definition elsewhere": (lambda: with_part(SHEET, b'<!DOCTYPE x SYSTEM "file:///etc/hosts"><x/>'), "no entities"),
    "entities in UTF-16": (lambda: with_part(SHEET, BOMB.decode().encode("utf-16")), "XML in UTF-8"),
    "another alphabet": (lambda: with_part(SHEET, b'<?xml version="1.0" encoding="cp037"?>x'), "XML in UTF-8"),
    "macros": (lambda: with_part("xl/vbaProject.bin", b"x"), "no macros"),
    "macro sheet": (lambda: with_part("xl/macrosheets/sheet1.xml", b"<x/>"), "no macros"),
    "encrypted or old": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "without a password"),
    "cut off": (lambda: SOUND[:-300], "can be read"),
    "no workbook in it": (lambda: packed({"a.txt": b"x"}), "can be read"),
    "broken sheet": (lambda: with_part(SHEET, b"<worksheet><row>"), "can be read"),
    "no sheet": (lambda: with_part("xl/workbook.xml", b"<workbook/>"), "1 to 200 sheets"),
    "too large": (lambda: b"PK\x03\x04" + bytes(17 * 2**20), "at most 16 MiB"),
    "formula without a value": (lambda: edited(b"<v>2.1</v>", b"<f>1+1.1</f>"), "value of its formula"),
    "from another workbook": (lambda: edited(b"<v>2.1</v>", b"<f>[1]Sheet1!A1</f><v>2.1</v>"), "computed from another"),
    "a program": (lambda: edited(b"<v>2.1</v>", b"<f>cmd|'/C calc'!A0</f><v>2.1</v>"), "computed from another"),
    "a million rows": (lambda: edited(b"</sheetData>", LAST_ROW + b"</sheetData>"), f"at most {MAX_ROWS:,} rows"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "words"), HOSTILE.values(), ids=HOSTILE)
def test_one_clear_fault(make: Callable[[], bytes], words: str) -> None:
    assert words in refused(make())


def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    for size in (b"A1", b"A1:XFD1048576"):
        content = edited(b'<dimension ref="A1:C2" />', b'<dimension ref="%s" />' % size)
        assert import_file(content, "x.xlsx").rows == 2


def test_formulas_of_the_sheet_itself_count_with_the_value_last_saved() -> None:
    imported = import_file(edited(b"<v>2.1</v>", b"<f>1+1.1</f><v>2.1</v>"), "x.xlsx")
    assert imported.rows == 2
    assert any("1 cells of Sheet are formulas" in note for note in imported.notes)


def test_texts_become_no_formulas_of_the_table() -> None:
    made = book()
    made.active.append(["=cmd|' /C calc'!A0", 2.1, 2.2])
    made.active.append(["@SUM(A1)", 2.1, 2.2])
    text = import_file(saved(made), "x.xlsx").text
    assert "cmd" not in text
    assert "SUM" not in text


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, len(SOUND) - 1), byte=st.integers(0, 255))
def test_a_byte_changed_is_a_table_or_a_fault(at: int, byte: int) -> None:
    content = SOUND[:at] + bytes([byte]) + SOUND[at + 1 :]
    with suppress(ScenarioError):
        import_file(content, "x.xlsx")


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255), name=st.sampled_from(sorted(parts(SOUND))))
def test_a_byte_changed_inside_is_a_table_or_a_fault(at: int, byte: int, name: str) -> None:
    entries = parts(SOUND)
    content = entries[name]
    at %= len(content)
    with suppress(ScenarioError):
        import_file(packed(entries | {name: content[:at] + bytes([byte]) + content[at + 1 :]}), "x.xlsx")


def test_without_openpyxl_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match=r"burdenshare\[excel\]"):
        import_file(SOUND, "x.xlsx")
