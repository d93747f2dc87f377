"""The brief as PDF: the same page, set by Typst, which comes whole with its fonts in its package.

Every text goes to the template as data, which Typst shows and never reads as markup.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from importlib import resources
from typing import Any, Final

from sim.output.charts.saving import drawn
from sim.output.report.brief import content_of, picture
from sim.results.record import Record
from sim.text.probabilities import plain

FONT: Final = "Libertinus Serif"
"""That of template and picture; Typst has it. Where a picture names none that is there, Typst takes it in silence."""

HEIGHT = 215
"""Of the plot, as the page has room for, in units of the chart."""

ACCESSIBLE: Final = "ua-1"
"""PDF/UA, readable by a screen reader: Typst then refuses a letter that no font has, instead of showing a box."""


def pdf(record: Record, iso3: str, *, year: int | None = None) -> bytes:
    """The page of `sim.output.report.brief.brief` as PDF: the same bytes for the same record.

    Raises:
        UsageError: as `brief` does.
    """
    from typst import TypstError

    page = json.dumps(_page(record, iso3, year))
    # Typst's own fonts have Latin, Greek and Cyrillic letters. Others are looked for on this machine, which is slower
    # and may give other bytes elsewhere; what it has not is shown as a box, and can still be copied and searched for.
    for system_fonts, standard in ((False, ACCESSIBLE), (True, ACCESSIBLE)):
        try:
            return _compiled(page, system_fonts, [standard])
        except TypstError as error:
            if "could not be displayed" not in error.message:
                raise
    return _compiled(page, system_fonts=True, standards=[])


def _page(record: Record, iso3: str, year: int | None) -> dict[str, Any]:
    """What the template shows: texts on one line, rows of two texts, and a picture."""
    said, spec = content_of(record, iso3, year), picture(record, iso3, "light", HEIGHT)
    spec["config"]["font"] = FONT
    heading = spec["title"]  # without the scenario, which heads the page, where it may be as long as it likes
    heading["subtitle"] = [line for line in heading["subtitle"] if not line.startswith("Scenario: ")]
    notes = [*said.notes, *said.citation, f"Scenario: {said.source}." if said.source else "", said.based_on]
    texts = {**asdict(said), "notes": " ".join(filter(None, notes)), "words": spec["description"]}
    return {**_on_one_line(texts), "picture": drawn(spec, "svg").decode()}


def _on_one_line(value: Any) -> Any:
    """All texts in it, with blanks for line ends, as a browser shows them, and without what does not print."""
    if isinstance(value, str):
        return " ".join(plain(value).split())
    if isinstance(value, dict):
        return {key: _on_one_line(each) for key, each in value.items()}
    return [_on_one_line(each) for each in value]


def _compiled(page: str, system_fonts: bool, standards: list[Any]) -> bytes:
    """The template with this page; nothing outside an empty folder can be read, and no package fetched."""
    import typst

    with tempfile.TemporaryDirectory(prefix="sim-") as nothing:
        compiler = typst.Compiler(
            _template(), root=nothing, font_paths=[], ignore_system_fonts=not system_fonts, sys_inputs={"brief": page},
            package_path=nothing, package_cache_path=nothing,
        )  # fmt: skip
        made = compiler.compile(format="pdf", pdf_standards=standards)
    assert isinstance(made, bytes)
    return made


def _template() -> bytes:
    return resources.files("sim.output.report").joinpath("templates", "brief.typ").read_bytes()
