"""The brief as PDF: the same page, set by Typst, which comes whole with its fonts in its package.

Every text goes to the template as data, which Typst shows and never reads as markup.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from sim.output.charts import engine
from sim.output.charts.frames import short
from sim.output.charts.saving import drawn
from sim.output.report.brief import Brief, content_of, picture
from sim.results.record import Record
from sim.text.escaping import plain
from sim.text.sentences import based_on

if TYPE_CHECKING:
    from typst import Compiler

FONT: Final = "Libertinus Serif"
"""That of template and picture; Typst has it. Where a picture names none that is there, Typst takes it in silence."""

HEIGHTS = (215, 165, 120)
"""Of the plot, in units of the chart: as the page mostly has room for, and where there is more to say."""

MOST_LETTERS, MOST_STANDING = 400, 900
"""Of a text on the page, and of that on all targets."""

MOST_SMALL_PRINT = 1_800
"""Letters of the small print where nothing else makes room."""

ACCESSIBLE: Final = "ua-1"
"""PDF/UA, readable by a screen reader: Typst then refuses a letter that no font has, instead of showing a box."""


@engine.kept()
def pdf(record: Record, iso3: str, *, year: int | None = None) -> bytes:
    """The page of `sim.output.report.brief.brief` as PDF, one page: the same bytes for the same record.

    Raises:
        UsageError: as `brief` does.

    >>> import sim, sim.report
    >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
    >>> sim.report.pdf(results.record, "ITA")[:5]
    b'%PDF-'
    """
    from typst import TypstError

    said = content_of(record, iso3, year)
    page = _page(record, iso3, said, HEIGHTS[:1])
    if not _is_roomy(page):
        page = _page(record, iso3, said, HEIGHTS)
    # Typst's own fonts have Latin, Greek and Cyrillic letters. Others are looked for on this machine, which is slower
    # and may give other bytes elsewhere; what it has not is shown as a box, and can still be copied and searched for.
    for system_fonts, standard in ((False, ACCESSIBLE), (True, ACCESSIBLE)):
        try:
            return _compiled(page, system_fonts, [standard])
        except TypstError as error:
            if "could not be displayed" not in error.message:
                raise
    return _compiled(page, system_fonts=True, standards=[])


def _page(record: Record, iso3: str, said: Brief, heights: Sequence[int]) -> str:
    """What the template shows, as JSON: texts on one line, rows of two texts, pictures and notes from the longest."""
    specs = [picture(record, iso3, "light", height) for height in heights]
    for spec in specs:
        for layer in spec["layer"]:  # the words beside the axis would be longer than it is; the heading has them
            layer["encoding"].get("y", {}).update(title="% of GDP")
        spec["config"]["font"] = FONT
        lines = spec["title"]["subtitle"]  # without the scenario, which heads the page and ends the small print
        own = [index for index, line in enumerate(lines) if line.startswith("Scenario: ")]
        spec["title"]["subtitle"] = lines[: own[0]] if own else lines
    texts = _on_one_line({**asdict(said), "notes": _notes(said, record), "alt_text": specs[0]["description"]})
    cut = {
        "scenario": short(texts["scenario"], MOST_LETTERS),
        "ally": short(texts["ally"], MOST_LETTERS),
        "sentence": short(texts["sentence"], MOST_LETTERS),
        "standing": short(texts["standing"], MOST_STANDING),
    }
    return json.dumps({**texts, **cut, "pictures": [drawn(spec, "svg").decode() for spec in specs]})


def _notes(said: Brief, record: Record) -> list[str]:
    """The small print, whole, with fewer of the changes and words of the source, and cut."""

    def joined(source: str, based: str) -> str:
        return " ".join(filter(None, (*said.notes, *said.citation, f"Scenario: {source}." if source else "", based)))

    few = short(based_on(record.manifest.get("builds_on", {}), 1), MOST_LETTERS)
    fewer = joined(short(said.source, MOST_LETTERS), few)
    return [joined(said.source, said.based_on), fewer, short(fewer, MOST_SMALL_PRINT)]


def _on_one_line(value: Any) -> Any:
    """All texts in it, with blanks for line ends, as a browser shows them, and without what does not print."""
    if isinstance(value, str):
        return " ".join(plain(value).split())
    if isinstance(value, dict):
        return {key: _on_one_line(each) for key, each in value.items()}
    return [_on_one_line(each) for each in value]


def _compiled(page: str, system_fonts: bool, standards: list[Any]) -> bytes:
    """The template with this page."""
    with _compiler(page, system_fonts) as compiler:
        made = compiler.compile(format="pdf", pdf_standards=standards)
    assert isinstance(made, bytes)
    return made


def _is_roomy(page: str) -> bool:
    """Whether all of it has room beside the highest picture, with letters of their full size."""
    with _compiler(page, system_fonts=False) as compiler:
        found: bool = json.loads(compiler.query("<roomy>", field="value", one=True))
    return found


@contextmanager
def _compiler(page: str, system_fonts: bool) -> Iterator[Compiler]:
    """The template with this page; nothing outside an empty folder can be read, and no package fetched."""
    import typst

    with tempfile.TemporaryDirectory(prefix="sim-") as nothing:
        yield typst.Compiler(
            _template(), root=nothing, font_paths=[], ignore_system_fonts=not system_fonts, sys_inputs={"brief": page},
            package_path=nothing, package_cache_path=nothing,
        )  # fmt: skip


def _template() -> bytes:
    return resources.files("sim.output.report").joinpath("templates", "brief.typ").read_bytes()
