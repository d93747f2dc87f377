"""The report: one HTML file that holds all it shows, asks for nothing, and obeys nothing that a scenario says."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim.data.edition import ESTIMATED_YEARS, FIRST_OF_CORE, in_words
from sim.output.charts import engine
from sim.output.over_parameters import source_sentences
from sim.output.report import contents, sentences
from sim.output.report.figures import album, choices
from sim.results.record import Record
from sim.results.summary import default_year
from sim.text.escaping import json_text, plain_lines
from sim.text.footnotes import ASSUMPTION
from sim.text.probabilities import scale_in_words
from sim.text.sentences import listed

if TYPE_CHECKING:
    from sim.analysis.sensitivity import Sensitivity
    from sim.analysis.stories import Narrative

Differences = Sequence[tuple[str, str, str]]
"""What a scenario sets otherwise than the one it builds on: parameter, there, here."""

FIRST = "EUC"
NOTHING_ELSE = "base-uri 'none'; form-action 'none'"


@engine.kept()
def report(
    record: Record,
    *,
    year: int | None = None,
    stories: Sequence[Narrative] = (),
    sensitivities: Sequence[Sensitivity] = (),
    builds_on: str = "",
    differences: Differences = (),
) -> str:
    """The report of a run as HTML: sentences, pictures, tables, what it rests on.

    `year` is that of the core target unless given. `stories` tell single runs; `sensitivities` say what other
    assumptions would do, the first of them the run itself; `builds_on` names the scenario that
    `differences` are from.

    Raises:
        UsageError: a year that is not simulated.
        RunError: the chart engine cannot work here.

    >>> import sim, sim.report
    >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
    >>> page = sim.report.report(results.record, year=2030)
    >>> page.count("<h1"), "Germany" in page
    (1, True)
    """
    year = default_year(record) if year is None else year
    pictures = album(record, year, FIRST)
    sheet, editions = contents.allies_sheet(record, year), contents.editions_sheet(record)
    store = {**pictures.store(FIRST), "sentences": contents.ally_sentences(record, year)}
    return rendered(
        "report.html.j2",
        {"charts": store},
        title=record.description.title,
        description=record.description,
        based_on=record.based_on,
        year=year,
        headlines=sentences.headlines(record, year),
        standing=sentences.standing(record),
        figures=pictures.figures,
        choices=choices(record),
        first=FIRST,
        sheet=sheet,
        editions=editions,
        scale=scale_in_words(),
        stories=stories,
        sensitivities=sentences.sensitivity_rows(sensitivities, record),
        ranges_say=sentences.ranges_say(record, year),
        sensitivities_sentence=sentences.sensitivities_sentence(sensitivities, record, year),
        builds_on=builds_on,
        differences=differences,
        paths=record.counts.paths,
        parameters=source_sentences(record.description.parameters),
        parameters_were="chosen" if record.description.parameters.use == "shipped" else "estimated",
        track_record=sentences.TRACK_RECORD,
        core_from=in_words(FIRST_OF_CORE),
        estimated=listed(map(str, ESTIMATED_YEARS)),
        caveats=(*sentences.caveats(record, year), ASSUMPTION),
        sources=contents.sources(record),
        facts=contents.facts(record),
        scenario=_indented(record.scenario),
    )


def rendered(template: str, data: Mapping[str, Any], **values: Any) -> str:
    """A page with its style, its data and the script that reads them inside, and the policy that lets nothing else in.

    The policy names the hash of each script and style, so that nothing a page's text smuggles in could ever run.
    """
    style, script = _text("page.css"), f"{vega()}\n{_text('page.js')}" if data else ""
    scripts = _hash(script) if data else "'none'"
    policy = f"default-src 'none'; script-src {scripts}; style-src {_hash(style)}; img-src data:; {NOTHING_ELSE}"
    page = _environment().get_template(template)
    return page.render(
        policy=policy, style=Markup(style), script=Markup(script),
        data={name: embedded(value) for name, value in data.items()}, **values,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sim.output.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _plain(value: Any) -> Any:
    """What a page shows of a value: of a text what prints, HTML of ours as it is."""
    return plain_lines(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def embedded(value: Any) -> Markup:
    """Data inside a page: JSON without a character that could end the element it stands in."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


@lru_cache(maxsize=1)
def vega() -> str:
    """Vega, Vega-Lite and their embedding, as vl-convert bundles them: one script that asks for nothing."""
    bundle = engine.bundle("window.vegaEmbed = vegaEmbed;")
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _text(name: str) -> str:
    return resources.files("sim.output.report").joinpath("templates", name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _indented(scenario: str) -> str:
    return json_text(json.loads(scenario), 1) if scenario else ""
