"""A brief as PDF: the page of the HTML brief, fit to be published; what users write is shown and never obeyed."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

import sim
from report.hostile import TEXTS
from report.test_hostile import carrying
from sim.errors import UsageError
from sim.output.report.brief import brief
from sim.output.report.brief_pdf import pdf
from sim.results.record import Record
from sim.scenario.shipped import files
from sim.text.escaping import plain
from support import present

MARKUP = (
    "#set text(red)", '#image("/etc/passwd")', '#read("/etc/hostname")', '#import "@preview/x:1.0.0"', "*bold* _em_",
    "`raw` $x^2$ @ref <label> [a] {b}", "\\ // /* */ ~ --- ...", "= Heading", "- item", '"#quoted"', "\\u{41}", "\\(",
    "%PDF-1.7",
)  # fmt: skip
UNSEEN = re.compile("[\\s\u200b\u00ad-]+")


def read(made: bytes) -> PdfReader:
    return PdfReader(BytesIO(made), strict=True)


def words_of(made: bytes) -> str:
    """The text of all pages without blanks and what breaks lines."""
    return UNSEEN.sub("", "".join(page.extract_text() for page in read(made).pages))


def titled(record: Record, title: str, source: str = "") -> Record:
    return replace(record, description=replace(record.description, title=title, source=source))


@pytest.mark.parametrize("iso3", ["ITA", "DEU", "LTU", "USA", "MKD", "ESP"])
def test_it_says_what_the_html_says_on_one_page(record: Record, iso3: str) -> None:
    made = pdf(record, iso3)
    assert len(read(made).pages) == 1
    text = words_of(made)
    page = re.sub(r"<(head|figure).*?</\1>", "", brief(record, iso3), flags=re.DOTALL)
    pieces = [unescape(piece) for piece in re.findall(r">([^<>]+)<", page) if piece.strip()]
    assert len(pieces) > 20
    assert [piece for piece in pieces if UNSEEN.sub("", piece) not in text] == []


@pytest.mark.parametrize("name", sorted(map(str, files())))
def test_it_is_one_page_of_every_shipped_scenario(name: str) -> None:
    shipped = sim.simulate(sim.load(name), 32, 1, executor="serial").record
    long = titled(shipped, "A title of 200 letters that a user has given " * 4 + "and no word more ...")
    for made in (pdf(shipped, "DEU"), pdf(long, "ITA"), *([pdf(shipped, "ITA")] if name == "recession" else [])):
        (page,) = read(made).pages
        assert [round(side * 25.4 / 72) for side in page.mediabox[2:]] == [210, 297]


CHANGES = tuple((f"ally.DEU.budget.parameter_{place}_with_a_name_of_its_own", "0.1", "0.2") for place in range(9))


@pytest.mark.parametrize("source", ["", "a source " * 60, "a source " * 400])
def test_it_is_one_page_however_much_a_child_changes(record: Record, source: str) -> None:
    child = titled(record, "A child of a scenario " * 9, source)
    made = pdf(
        replace(child, manifest={**record.manifest, "builds_on": {"name": "rutte_2032", "changes": CHANGES}}), "DEU"
    )
    assert len(read(made).pages) == 1
    assert UNSEEN.sub("", "Based on rutte_2032, changed: ally.DEU.budget.parameter_0") in words_of(made)
    assert re.search(r"and[48]more\.", words_of(made))


def test_it_has_title_language_and_tags(record: Record) -> None:
    made = read(pdf(record, "ITA"))
    root = made.trailer["/Root"].get_object()
    assert made.metadata is not None
    assert made.metadata.title == f"Italy: {record.description.title}"
    assert present(root)["/Lang"] == "en"
    assert present(root)["/MarkInfo"]["/Marked"]
    assert present(root)["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid" in present(made.xmp_metadata).rdf_root.toxml()
    (page,) = made.pages
    assert [round(side * 25.4 / 72) for side in page.mediabox[2:]] == [210, 297]


def test_its_picture_is_drawn_and_described_and_its_fonts_are_inside(record: Record) -> None:
    made = pdf(record, "ITA")
    resources = read(made).pages[0]["/Resources"]
    drawn = [each.get_object() for each in resources.get("/XObject", {}).values()]
    assert [each for each in drawn if each["/Subtype"] == "/Image"] == []
    fonts = {str(each["/BaseFont"]).partition("+")[2] for each in _fonts(read(made))}
    assert {font.split("-")[0] for font in fonts} == {"LibertinusSerif"}
    assert "coredefencespending" in words_of(made)  # the picture's title, as text


def _fonts(made: PdfReader) -> list[Any]:
    """Those of the page and of the picture on it."""
    page = made.pages[0]["/Resources"]
    parts = [page, *(each.get_object().get("/Resources", {}) for each in page.get("/XObject", {}).values())]
    return [font.get_object() for part in parts for font in part.get("/Font", {}).values()]


def test_the_same_run_gives_the_same_bytes(record: Record) -> None:
    made = pdf(record, "ITA")
    assert made == pdf(record, "ITA")
    assert made != pdf(record, "DEU")
    assert b"/CreationDate" not in made


def test_other_letters_of_europe_are_in_its_own_fonts(record: Record) -> None:
    title = "Ελλάδα: 3,5 % ως το 2032; Україна, Ђорђе, Łódź, Ørsted, Şişli ≥ −"
    made = pdf(titled(record, title), "GRC")
    assert UNSEEN.sub("", title) in words_of(made)
    assert "pdfuaid" in present(read(made).xmp_metadata).rdf_root.toxml()


@pytest.mark.parametrize("title", ["北约 3.5 %", "\U0001f600 NATO", "\ufdd0 no letter at all"])
def test_letters_that_no_font_has_keep_nobody_from_the_rest(record: Record, title: str) -> None:
    made = pdf(titled(record, title), "ITA")
    assert present(read(made).metadata).title == f"Italy: {plain(title)}"
    assert "Theodds" in words_of(made)


@pytest.mark.parametrize("title", ["W" * 300, ("A long title " * 30)[:300]])
def test_a_long_title_stays_on_the_page(record: Record, title: str) -> None:
    made = pdf(titled(record, title), "ITA")
    assert len(read(made).pages) == 1
    assert UNSEEN.sub("", title) in words_of(made)
    begins: list[float] = []

    def visit(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        if text.strip():
            begins.append(cm[0] * tm[4] + cm[2] * tm[5] + cm[4])

    for page in read(made).pages:
        page.extract_text(visitor_text=visit)
    assert len(begins) > 40
    assert max(begins) < 190 * 72 / 25.4


def test_the_markup_of_typst_is_text(record: Record) -> None:
    title, source = " ".join(MARKUP), " | ".join(MARKUP)
    made = pdf(titled(record, title, source), "ITA")
    text = words_of(made)
    assert UNSEEN.sub("", title) in text
    assert UNSEEN.sub("", source) in text
    assert present(read(made).metadata).title == f"Italy: {title}"
    assert _headings(made) == _headings(pdf(record, "ITA"))


def _headings(made: bytes) -> list[str]:
    """The outline of the document: what is a heading."""
    return [entry["/Title"] for entry in read(made).outline if not isinstance(entry, list)]


def test_hostile_texts_are_read_and_nothing_more(record: Record) -> None:
    made = pdf(carrying(record, TEXTS), "ITA")
    found = read(made)
    assert len(found.pages) == 1
    assert "/OpenAction" not in found.trailer["/Root"]
    assert "/JavaScript" not in made.decode("latin-1")
    assert all("/Annots" not in page for page in found.pages)  # no link of theirs


def test_nothing_of_this_machine_can_be_read(record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second wall, with the first one taken down: a template that reads files and fetches a package."""
    from sim.output.report import brief_pdf

    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.chdir(tmp_path)
    for inside in ('#read("secret.txt")', f'#read("{tmp_path}/secret.txt")', '#import "@preview/cetz:0.3.0"'):
        monkeypatch.setattr(brief_pdf, "_template", lambda text=inside: text.encode())
        with pytest.raises(RuntimeError, match=r"not found|outside|failed"):
            pdf(record, "ITA")


def test_what_cannot_be_is_refused(record: Record) -> None:
    with pytest.raises(UsageError, match="no ally"):
        pdf(record, "XXX")
    with pytest.raises(UsageError, match="1999"):
        pdf(record, "ITA", year=1999)
