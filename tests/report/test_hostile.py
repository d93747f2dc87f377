"""No text that a scenario or a user's table carries can do anything on a page but be read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from report.browser import needs_chromium, opened
from report.hostile import TEXTS
from sim.analysis.stories import Narrative as Told
from sim.output.report.brief import brief
from sim.output.report.page import embedded, report
from sim.results.record import Record
from sim.text.escaping import plain

PARTS = 6


def carrying(record: Record, texts: tuple[str, ...]) -> Record:
    """The record with the texts in every field that a scenario, a table of the user's own or a command can carry."""
    description, all_of_them = record.description, " ".join(texts)
    allies = tuple(
        replace(entry, name=texts[index % len(texts)] + entry.name) for index, entry in enumerate(description.allies)
    )
    aims = tuple(replace(aim, name=all_of_them, agreed=all_of_them) for aim in description.yardsticks)
    scenario = json.loads(record.scenario)
    scenario["event"] += [
        {"name": f"e{index}", "kind": "crisis", "title": text, "when": f"20{27 + index % 5}-03"}
        for index, text in enumerate(texts)
    ]
    described = replace(
        description, title=all_of_them, source=all_of_them, description=all_of_them, allies=allies, yardsticks=aims
    )
    manifest = {**record.manifest, "command": all_of_them}
    return replace(record, description=described, scenario=json.dumps(scenario), manifest=manifest)


@needs_chromium
@pytest.mark.parametrize("part", range(PARTS))
def test_hostile_texts_are_read_and_nothing_more(record: Record, part: int, tmp_path: Path) -> None:
    texts = TEXTS[part::PARTS]
    carrier = carrying(record, texts)
    told = [Told(text, 1, text, ((text, text),), text) for text in texts]
    changes = [(text, text, text) for text in texts]
    place = tmp_path / "report.html"
    page = report(carrier, stories=told, builds_on=texts[0], differences=changes)
    place.write_text(page, "utf-8")
    with opened(place) as seen:
        seen.page.select_option("#chosen", "ITA")
        for head in seen.page.locator("#allies thead button").all():
            head.click()
        seen.page.mouse.move(300, 300)
        assert seen.page.evaluate("typeof pwned") == "undefined"
        assert (seen.dialogs, seen.asked, seen.said) == ([], [], [])
        assert seen.page.locator("script").count() == 2
        assert (
            seen.page.locator(
                "iframe, object, embed, form:not(.vega-bindings), base, link, template, video, marquee"
            ).count()
            == 0
        )
        assert seen.page.locator("style").count() == 1
        assert seen.page.locator("body > main > section").count() == 7
        assert seen.page.locator("#allies tbody tr").count() == 31
        read = _plain(seen.page.locator("h1").text_content())
        assert [text for text in texts if _plain(text) not in read] == []
        assert seen.page.locator("article h3").count() == len(texts)


def _plain(text: str) -> str:
    """As a page shows it: blanks of any kind are one, and what else does not print is escaped."""
    return " ".join(plain(text).split())


@needs_chromium
def test_hostile_texts_in_a_brief(record: Record, tmp_path: Path) -> None:
    (tmp_path / "brief.html").write_text(brief(carrying(record, TEXTS), "ITA"), "utf-8")
    with opened(tmp_path / "brief.html", drawn=False) as seen:
        assert seen.page.evaluate("typeof pwned") == "undefined"
        assert (seen.dialogs, seen.asked, seen.said) == ([], [], [])
        assert seen.page.locator("script").count() == 0
        assert seen.page.locator("main > div section").count() == 2


@needs_chromium
def test_the_policy_stops_what_got_in_all_the_same(page: Path, tmp_path: Path) -> None:
    """The second wall, with the first one taken down: an unescaped script, handler and address in the page."""
    text = page.read_text("utf-8")
    bad = "<script>window.pwned=1</script><img src=x onerror='window.pwned=2'><img src='http://127.0.0.1:9/x.png'>"
    (tmp_path / "bad.html").write_text(text.replace("<main>", f"<main>{bad}"), "utf-8")
    with opened(tmp_path / "bad.html") as seen:
        assert seen.page.evaluate("typeof window.pwned") == "undefined"
        assert any("Content Security Policy" in said for said in seen.said)


def test_data_in_a_page_cannot_end_its_element() -> None:
    for text in TEXTS:
        inside = str(embedded({text: [text]}))
        assert not set("<>&") & set(inside)
        assert json.loads(inside) == {text: [text]}
