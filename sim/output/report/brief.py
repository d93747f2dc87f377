"""The brief: one page on one ally, and that page as HTML."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from sim.data.edition import ESTIMATED_YEARS, FIRST_OF_CORE, in_words
from sim.errors import UsageError
from sim.output.charts import engine
from sim.output.charts.fan import fan
from sim.output.charts.frames import PILLAR_WORDS
from sim.output.charts.look import LOOKS
from sim.output.charts.saving import drawn
from sim.output.origins import ESTIMATE, known, mark, meaning, own_file, own_tables
from sim.output.over_parameters import in_brackets
from sim.output.report import sentences
from sim.output.report.money import BaseRate, Needed, base_rate, gdp_status, needed
from sim.output.report.page import rendered
from sim.output.report.sources import citations
from sim.results.record import AllyDescription, Record, Yardstick
from sim.results.summary import AllySummary, Chance, ally_lines, default_year
from sim.text.figures import money, published_share, share, span, target
from sim.text.footnotes import NOT_BOUND
from sim.text.probabilities import interval, likelihood, percent
from sim.text.sentences import listed

MOST_NAMED = 8
COUNTED = (
    "Part of a rise can be a change of what is counted, in 2025 above all; the figures of "
    f"{listed(map(str, ESTIMATED_YEARS))} are estimates, and the core definition of {in_words(FIRST_OF_CORE)} breaks "
    "the series of some allies in 2023."
)

Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Brief:
    """What a page on one ally says, whatever it is set in; every text is a text and no markup."""

    title: str
    ally: str
    scenario: str
    source: str
    based_on: str
    standing: str
    sentence: str
    odds: Rows
    cost: Rows
    rate: str  # empty where the target takes no rise
    counted: str
    notes: tuple[str, ...]
    citation: tuple[str, ...]


@engine.kept()
def brief(record: Record, iso3: str, *, year: int | None = None) -> str:
    """One page on an ally: its history and fan in one picture, what the target takes, the odds beside base rates.

    `year` is that of the core target unless given.

    Raises:
        UsageError: an ally that the run has not; a year that is not simulated.
        RunError: the chart engine cannot work here.

    >>> import sim, sim.report
    >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
    >>> sim.report.brief(results.record, "ITA").splitlines()[0]
    '<!doctype html>'
    """
    said = content_of(record, iso3, year)
    pictures = {theme: picture(record, iso3, theme) for theme in LOOKS}
    stills = {
        theme: f"data:image/svg+xml;base64,{b64encode(drawn(spec, 'svg')).decode()}" for theme, spec in pictures.items()
    }
    return rendered("brief.html.j2", {}, brief=said, stills=stills, alt_text=pictures["light"]["description"])


def picture(record: Record, iso3: str, theme: str, height: int = 300) -> dict[str, Any]:
    """The history and fan of an ally, as a Vega-Lite specification."""
    spec: dict[str, Any] = fan(record, iso3, straight=True, theme=theme, height=height).to_dict()
    return spec


def content_of(record: Record, iso3: str, year: int | None) -> Brief:
    """What a brief says. Raises as `brief` does."""
    year = default_year(record) if year is None else year
    line, core = _line(record, iso3, year), record.description.yardstick("core")
    bound = core if "core" in line.chances else None
    take = needed(record, line.entry, bound, year)
    rate = base_rate(record, take.rise_pct, take.years) if bound else None
    run = f"{record.counts.paths:,} runs, seed {record.manifest['seed']}"
    version = record.manifest.get("burdenshare", "")
    return Brief(
        title=f"{line.entry.name}: {record.description.title}",
        ally=line.entry.name,
        scenario=record.description.title,
        source=record.description.source,
        based_on=record.based_on,
        standing=sentences.standing(record),
        sentence=sentences.ally_sentence(line, core, year),
        odds=_odds(line, bound, year, record),
        cost=_cost(take, line.entry, bound, record, year),
        rate=_rate(rate) if rate is not None and rate.rise_pct > 0 else "",
        counted=COUNTED,
        notes=(*left_out(record, take, bound), *sentences.caveats(record, year), f"{run}, burdenshare {version}."),
        citation=tuple(citations(record, ("shares", "gdp"), cutoffs=True)),
    )


def _line(record: Record, iso3: str, year: int) -> AllySummary:
    found = [line for line in ally_lines(record, year) if line.entry.iso3 == iso3]
    if not found:
        raise UsageError(f"the run has no ally {iso3}")
    return found[0]


def _odds(line: AllySummary, core: Yardstick | None, year: int, record: Record) -> Rows:
    """`core` is the core target where it binds the ally: without it, a dash stands where its odds would."""
    band = span(line.spent.q05, line.spent.q95, " to ")
    middles = [
        (f"Median spent in {year}", f"{share(line.spent.middle)} % of GDP; {band} in 90 of 100 runs"),
        ("Median reported, with what is closed on paper", f"{share(line.reported.middle)} % of GDP"),
    ]
    if core is None:
        return [("Runs of 100 at the core target", NOT_BOUND), *middles, *_assumed(line, record)]
    chance, last = line.chances["core"], record.description.years[-1]
    met = f"at {target(core.share_pct)} % or above in {year}"
    when = "already" if line.first_year == record.description.base_year else str(line.first_year)
    when = f"after {last}" if line.first_year is None else when
    figure, word = percent(chance.probability, chance.ci_low, chance.ci_high), likelihood(chance.probability)
    drawn = chance.over_parameters is not None  # the range then stands beside it, and Monte Carlo error in a note
    between = f"{interval(chance.ci_low, chance.ci_high)} of 100"
    interval_row = [] if drawn else [("Monte Carlo 95 % interval", between)]
    return [
        (
            f"Runs of 100 {met}",
            f"{figure}{in_brackets(chance)}, {word}" if drawn else f"{figure} ({word})",
        ),
        *interval_row,
        (
            "Spent only, nothing closed on paper",
            f"{percent(chance.without_late_push, chance.without_low, chance.without_high)} of 100",
        ),
        *_moved(chance),
        *middles,
        ("First year in which half of the runs are there", when),
        *_assumed(line, record),
    ]


def _assumed(line: AllySummary, record: Record) -> Rows:
    rows = []
    for aim in record.description.assumed:
        chance = line.chances.get(aim.pillar)
        text = sentences.in_runs(chance).removeprefix("in ") if chance else NOT_BOUND
        rows.append((f"{PILLAR_WORDS[aim.pillar].capitalize()} {target(aim.share_pct)} % (assumption)", text))
    return rows


def _moved(chance: Chance) -> Rows:
    """What a summit or review did to the target, where it did."""
    rows = []
    if chance.in_force != chance.probability:
        met = percent(chance.in_force, chance.in_force_low, chance.in_force_high)
        rows.append(("Met as the target was moved", f"{met} of 100"))
    if chance.not_yet_due:
        waiting = percent(chance.not_yet_due, chance.not_yet_due_low, chance.not_yet_due_high)
        rows.append(("Not met, but the date was put off", f"{waiting} of 100"))
    return rows


def _cost(take: Needed, entry: AllyDescription, core: Yardstick | None, record: Record, year: int) -> Rows:
    base = record.description.base_year
    status = {"": "", ESTIMATE: ", estimate"}.get(sign := mark(record, entry), f", {meaning(record, sign)}")
    rows = [(f"Share in {base}{status}", f"{published_share(entry.base_share_pct)} % of GDP")]
    if take.past_steps_pct:
        steps = ", ".join(f"{each} {step:+.2f}" for each, step in take.past_steps_pct).replace("-", "\u2212")
        rows.append(("Last steps, points", steps))
    if core is None:
        return rows
    if take.rise_pct > 0:
        step = f"+{published_share(take.step_pct)} points, {published_share(take.rise_pct)} in all"
        rows.append((f"Step a year needed to {core.by}", step))
        rows.append((f"That rise at the GDP of {base}", f"USD {money(take.base_usd_bn)} bn a year"))
        if take.nominal_usd_bn is not None:
            assert take.nominal_year is not None
            status = gdp_status(record, entry.iso3, take.nominal_year)
            which = {"forecast": "forecast for", "estimate": "estimated for"}.get(status, "of")
            last = "last forecast year" if status == "forecast" else "last year known"
            carried = "" if take.nominal_year == core.by else f", the {last} before {core.by}"
            rows.append(
                (
                    f"At the GDP {which} {take.nominal_year}{carried}",
                    f"USD {money(take.nominal_usd_bn)} bn a year in current dollars",
                )
            )
    rows.append((
        f"Expected shortfall of what is spent in {year}",
        f"USD {money(take.expected_usd_bn)} bn a year, prices of {base}",
    ))  # fmt: skip
    if take.on_paper_usd_bn > 0:
        rows.append(("Part of it that is closed on paper", f"USD {money(take.on_paper_usd_bn)} bn a year"))
    if take.current_usd_bn is not None:
        text = f"USD {money(take.current_usd_bn)} bn a year"
        assert take.current_year is not None
        status = gdp_status(record, entry.iso3, take.current_year)
        by = f", IMF {status}" if status in ("forecast", "estimate") else ""
        rows.append((f"The shortfall in current dollars of {take.current_year}{by}", text))
    if take.of_spending_pct is not None:
        rows.append(
            (
                f"{target(core.share_pct)} % of GDP as a part of all public spending ({take.spending_year})",
                f"{share(take.of_spending_pct)} %",
            )
        )
    return rows


def left_out(record: Record, take: Needed, core: Yardstick | None) -> list[str]:
    """What is not told, for it takes packaged tables that the run had not, or not whole; one line or none."""
    rises = core is not None and take.rise_pct > 0
    takes = {
        "shares": [
            "the last steps", "the years before in the picture", *["how often such a rise has been seen"] * rises,
        ],
        "gdp": ["figures in current dollars and of public spending"] if core is not None else [],
        "pledges": ["own pledges in the picture"],
        "announced_paths": ["the announced path in the picture"],
    }  # fmt: skip
    if not known(record):
        every = listed(part for parts in takes.values() for part in parts)
        return [f"Left out: {every}, for the figures are not those packaged with this version."]
    own, lines = own_tables(record), []
    for table, parts in takes.items():
        if table in own and parts:
            verb = "changes" if own[table].overlay else "stands in for"
            lines.append(f"{listed(parts)}, for {own_file(record, table)} {verb} the packaged table {table}")
    return [f"Left out: {'; '.join(lines)}."] if lines else []


def _rate(rate: BaseRate) -> str:
    spans = "; ".join(
        f"from {start} to {end} {len(names)} of {of} countries{f' ({listed(names, MOST_NAMED)})' if names else ''}"
        for start, end, names, of in rate.spans
    )
    return (
        f"A rise of {published_share(rate.rise_pct)} points or more between years {rate.years} apart: {spans}. Over "
        f"all windows since 2014, which overlap and are not independent: {rate.seen} of {rate.windows}, of "
        f"{rate.countries} countries."
    )
