"""The report as people use it, in a real browser, from a file, without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from report.browser import needs_chromium, opened
from sim.results.record import Record

pytestmark = needs_chromium
LEAST = 3_000_000
"""Bytes of a report at most."""
MM = 72 / 25.4
"""Points of a page."""


def test_the_report_is_one_small_file(page: Path) -> None:
    assert page.stat().st_size < LEAST
    text = page.read_text("utf-8")
    assert text.count("<script") == 2  # the data and the code
    assert "javascript:" not in text.split("<script>")[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1100])
def test_it_opens_without_a_word_to_the_console_or_the_world(page: Path, width: int, scheme: str) -> None:
    with opened(page, width=width, scheme=scheme) as seen:
        assert seen.page.locator("figure.drawn .live svg").count() == 8  # a group has no first year: see below
        assert seen.page.evaluate("document.documentElement.scrollWidth") == width  # nothing sticks out
        paper = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 23, 28)"}[scheme]
        assert (seen.said, seen.asked, seen.dialogs) == ([], [], [])


def test_a_picture_is_no_wider_than_its_place_and_follows_it(page: Path) -> None:
    with opened(page, width=1100) as seen:
        sizes = "[...document.querySelectorAll('.live svg')].map(e => e.getBoundingClientRect().width)"
        wide = seen.page.evaluate(sizes)
        assert max(wide) > 600
        seen.page.set_viewport_size({"width": 390, "height": 800})
        seen.page.wait_for_function(f"Math.max(...{sizes}) <= 390 - 24")
        texts = "[...document.querySelectorAll('.live svg text')].map(e => e.getBoundingClientRect().height)"
        assert min(size for size in seen.page.evaluate(texts) if size) > 8  # redrawn, not shrunk


def test_choosing_an_ally_leads_the_pictures(page: Path) -> None:
    with opened(page) as seen:
        assert seen.page.locator("#said").inner_text() == ""
        before = seen.page.locator("figure[data-chart=fan] svg").inner_html()
        seen.page.select_option("#chosen", "ITA")
        seen.page.wait_for_function(
            "document.querySelector('figure[data-chart=fan] svg').innerHTML !== " + repr_js(before)
        )
        assert seen.page.locator("#said").inner_text().startswith("Italy is at 3.5 % or above in 2032 in ")
        assert seen.page.locator("tr.chosen th").inner_text() == "Italy"
        seen.page.locator("table#allies tbody th button", has_text="Poland").click()
        assert seen.page.locator("#chosen").input_value() == "POL"
        assert seen.page.evaluate("document.activeElement.id") == "chosen"
        assert seen.page.locator("#said").inner_text().startswith("Poland is at")
        seen.page.select_option("#chosen", "NATO")
        assert seen.page.locator("#said").inner_text() == ""
        assert seen.said == []


def test_no_picture_stands_under_another_name(page: Path) -> None:
    """What is chosen is named above each picture of one ally; where there is none of it, no other's stands there."""
    first = "figure[data-chart=first]"
    with opened(page) as seen:
        marks = f"[...document.querySelectorAll('{first} svg .mark-rect path')].map(e => e.ariaLabel).join()"
        for iso3, name, bound in [("EUC", "Europe and Canada", False), ("LTU", "Lithuania", True),
                                  ("NATO", "NATO", False), ("ITA", "Italy", True)]:  # fmt: skip
            seen.page.select_option("#chosen", iso3)
            assert seen.page.locator("figure[data-chart=fan] .whose").inner_text() == name
            assert seen.page.locator(first).is_visible() == bound
            assert seen.page.locator("[data-without=first]").is_visible() != bound
            if bound:
                seen.page.wait_for_function(f"{marks}.includes({repr_js(name)})")
                assert seen.page.locator(f"{first} .whose").inner_text() == name
                assert seen.page.locator(f"{first} figcaption").text_content().startswith(f"{name}: in ")
        assert seen.said == []


def test_a_click_on_a_picture_chooses_and_every_picture_marks_the_row(page: Path) -> None:
    with opened(page) as seen:
        marks = "figure[data-chart={}] svg .layer_0_marks path"
        for chart in ("ranked", "money", "total"):
            assert seen.page.locator(marks.format(chart)).count() == 0
        seen.page.locator("figure[data-chart=ranked] svg .mark-symbol path[aria-label*='ally: Germany']").first.click(
            force=True
        )
        seen.page.wait_for_function("document.getElementById('chosen').value === 'DEU'")
        for chart in ("ranked", "money", "total"):
            seen.page.wait_for_selector(marks.format(chart), state="attached")
            assert seen.page.locator(marks.format(chart)).count() == 1
        assert seen.page.locator("#said").inner_text().startswith("Germany is at")
        assert seen.said == []


def repr_js(text: str) -> str:
    import json

    return json.dumps(text)


def test_the_table_sorts_by_any_column_both_ways(page: Path) -> None:
    with opened(page) as seen:
        table = seen.page.locator("table#allies")
        names = "[...document.querySelectorAll('#allies tbody tr')].map(r => r.cells[0].innerText)"
        first = seen.page.evaluate(names)
        heads = table.locator("thead th")
        for column in range(heads.count()):
            values = f"[...document.querySelectorAll('#allies tbody tr')].map(r => r.cells[{column}].dataset.value)"
            for _ in range(2):
                heads.nth(column).locator("button").click()
                order = heads.nth(column).get_attribute("aria-sort")
                found = seen.page.evaluate(values)
                keys = found if column == 0 else [float(value) for value in found]
                key = (lambda name: seen.page.evaluate("n => n.normalize('NFD')", name)) if column == 0 else None
                assert keys == sorted(keys, key=key, reverse=order == "descending")
            assert table.locator("th[aria-sort]").count() == 1
        assert sorted(seen.page.evaluate(names)) == sorted(first)


def test_the_filter_hides_rows_and_says_how_many_are_left(page: Path) -> None:
    with opened(page) as seen:
        seen.page.fill("#filter", "LIKELY")
        shown = seen.page.locator("#allies tbody tr:visible")
        assert 0 < shown.count() < 31
        assert all("likely" in text for text in shown.all_inner_texts())
        assert seen.page.locator("#shown").inner_text() == f"{shown.count()} shown"
        seen.page.fill("#filter", "")
        assert shown.count() == 31


def test_all_of_it_can_be_reached_by_keyboard(page: Path) -> None:
    with opened(page) as seen:
        reached = set()
        for _ in range(90):
            seen.page.keyboard.press("Tab")
            reached.add(seen.page.evaluate("(e => e.id || e.textContent.trim().slice(0, 20))(document.activeElement)"))
        assert {"Skip to the answer", "chosen", "filter", "Ally", "Lithuania"} <= reached
        seen.page.locator("#chosen").focus()
        seen.page.keyboard.type("Italy")
        assert seen.page.locator("#chosen").input_value() == "ITA"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # axe must be put into the page, which the page's own policy forbids: here alone it is set aside.
    with opened(page, scheme=scheme, bypass_csp=True) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        found = Axe().run(seen.page).response
        told = [(v["id"], [node["html"][:120] for node in v["nodes"][:3]]) for v in found["violations"]]
        assert told == []
        assert len(found["passes"]) > 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_scripts_everything_is_there_but_the_choice(page: Path, scheme: str) -> None:
    with opened(page, scripts=False, scheme=scheme) as seen:
        assert seen.page.locator("img.still:visible").count() == 9
        assert seen.page.locator(".live:visible").count() == 0
        assert seen.page.locator(".scripted:visible").count() == 0
        assert seen.page.locator("#allies tbody tr:visible").count() == 31
        assert all(seen.page.evaluate("[...document.images].map(i => i.naturalWidth > 100)"))
        assert seen.asked == []


def test_it_prints_on_a4_with_still_pictures(page: Path, tmp_path: Path) -> None:
    with opened(page, scheme="dark") as seen:
        seen.page.emulate_media(media="print")
        assert seen.page.locator("img.still:visible").count() == 9
        assert seen.page.locator(".live:visible, nav:visible, select:visible").count() == 0
        seen.page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    pages = PdfReader(tmp_path / "report.pdf").pages
    assert len(pages) <= 20
    assert {(round(page.mediabox.width / MM), round(page.mediabox.height / MM)) for page in pages} == {(210, 297)}


def test_a_run_without_a_target_has_a_report_too(tmp_path: Path) -> None:
    import sim
    from sim.cli.reporting import write_report

    bare = sim.simulate(sim.loads('title = "No target"\n[horizon]\nlast_year = 2028'), 64, 1).record
    write_report(bare, tmp_path / "bare.html")
    with opened(tmp_path / "bare.html") as seen:
        assert seen.page.locator("figure.drawn").count() == 2
        assert "The scenario has no target to measure against." in seen.page.inner_text("header")
        seen.page.select_option("#chosen", "ITA")
        assert (seen.said, seen.asked) == ([], [])


def test_opening_takes_no_longer_than_drawing(page: Path, record: Record) -> None:
    """Not a race against the clock: the page is whole before any script runs, and draws each picture once."""
    with opened(page, drawn=False) as seen:
        assert seen.page.locator("#allies tbody tr").count() == len(record.description.allies)
        seen.page.wait_for_function("document.documentElement.dataset.drawn === 'yes'")
        assert seen.page.locator(".live svg").count() == seen.page.locator("figure:not(.absent)").count()
