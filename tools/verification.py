"""Writes docs/verification.md from the figures that the verifications left in docs/verification/: `make verify` ends with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pages import table

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "verification.md"
Figures = dict[str, Any]

HEAD = """# Verification

*Is the code right?* is another question than *is the model right?* The second is for
[the track record](track-record.md). This page answers the first: what is verified, how, and with what figures. It is
written by a command, from what the verifications printed and kept in [`verification/`](verification/).

```console
$ make verify                        # all verifications whose code has changed since, then this page; hours, resumable
$ make verify PARTS="bits fuzz"     # some of them
$ .venv/bin/python tests/verification/verify.py --list    # which figures are of the code as it is
```

The short form of each verification is a test and runs with `make test`.
"""


def share(value: float) -> str:
    """A part of one in per cent."""
    return f"{100 * value:.1f} %"


def power(value: float) -> str:
    """A small number."""
    return f"{value:.1e}" if value else "0"


def reference(figures: Figures) -> str:
    """A second model."""
    errors = [
        [f"`{row['variable']}`", power(row["largest_error"]), power(row["largest_bound"]),
         f"{row['largest_part_of_its_bound']:.2f}"] for row in figures["errors"]
    ]  # fmt: skip
    kinds = {name.split(",")[0] for name in figures["events"]}
    return f"""A second model was written from [docs/model](model/index.md) alone, by a reader who had not seen the code: one path at
a time, plain floats, no SimPy, no NumPy ([`tests/verification/reference/`](../tests/verification/reference/)). It shares with the product only the
16-bit draws and the tables of quantiles. Hypothesis makes scenarios: any combination of targets, overrides and events
(here all {len(kinds)} kinds, dated, random and at the start). Every number of every ally, year and path must agree, then
every count of every table. Conditional probabilities, which these counts must agree with, have tests of their own.

**{figures["scenarios"]:,} scenarios, {figures["paths"]:,} paths, {figures["cells"]:,} numbers and {figures["counts"]:,}
counts agree.** The tolerance is derived, not chosen: the reference model carries beside each number a bound of what float32 can have
changed, operation by operation. The bound is a worst case and grows along a path; what is seen is far smaller:

{table(errors, ["variable", "largest difference", "largest bound", "largest part of its own bound"])}

(Relative to the number, at least 1.) Counts are allowed what float32 leaves open: {figures["usd_million_in_doubt"]:,} of the
USD million, and {figures["in_force_in_doubt"]:,} of the paths, years and allies that are held against a target which a
review has moved, where that prints a hundredth higher or lower. A comparison whose sides are nearer than their bounds is a near-tie, and either
outcome is right in float32: {figures["paths_with_near_ties"]:,} paths had one, {figures["paths_that_turned_one"]} needed one
turned to agree. In {figures["tied_scenarios"]} scenarios all paths had the same exact ties, behind which no draw stands, as
when a base year's share lies as far from the target as can be closed on paper. Besides, {figures["turned_by_chance"]} ties by chance had to be
turned (the same numbers on several paths of a scenario are one); 1 in 10,000 is allowed, here {figures["turned_allowed"]} with 99 % confidence. Negative controls: the reference model with
any one of some twenty things changed no longer agrees (`tests/verification/reference/test_controls.py`)."""


def closed_forms(figures: Figures) -> str:
    """What can be worked out."""
    chance = [
        [row["form"], *(("", "") if row["declared"] is None else (f"{row['declared']:.6g}", f"{row['seen']:.6g}")),
         "" if row["declared"] is None else power(row["standard_error"]),
         f"chi-square {row['chi_square']:.1f}, {row['cells']} cells" if row["chi_square"] is not None else "",
         f"{row['p']:.3f}"] for row in figures["chance"]
    ]  # fmt: skip
    exact = [[row["form"], power(row["apart"]), power(row["roundings"])] for row in figures["exact"]]
    return f"""The seven closed forms of [the model](model/equations.md#closed-forms-it-must-reproduce), each a scenario with all other
mechanisms switched off ([`tests/verification/closed_forms/`](../tests/verification/closed_forms/)). {figures["comparisons"]} comparisons with
chance, {figures["paths"]:,} paths each, fixed seed; a right engine fails any of them with a chance of one in a million
together, which allows each {figures["standard_errors_allowed"]:.2f} standard errors. Wrong models (money that rises by
6.4 instead of 6.5 %, jumps that fade a hundredth a year faster) are told apart by the same bounds.

{table(chance, ["form", "declared", "seen", "standard error", "distribution", "p"])}

Without chance, against the bound that roundings explain:

{table(exact, ["form", "apart", "explained by rounding"])}"""


def properties(figures: Figures) -> str:
    """What must hold for every scenario."""
    tried = [[row["property"], row["holds"], row["examples"], row["runs"]] for row in figures["properties"]]

    def falls(name: str) -> list[list[object]]:
        return [
            [row["direction"], f"{row['ally_path_years']:,}", row["share_falls_per_million"], row["compliance_wrong_way"],
             f"{row['compliance_right_way']:,}", f"{row['years_expected_number_wrong_way']} of {row['years']}"]
            for row in figures[name]
        ]  # fmt: skip

    head = ["more of", "ally-path-years", "share falls, per million", "compliance lost", "compliance won",
            "years in which the expected number falls"]  # fmt: skip
    calm = [
        [row["direction"], f"{row['ally_path_years']:,}", row["share_falls"], row["compliance_wrong_way"]]
        for row in figures["reasons"] if row["put_aside"] == "and one target only: calm"
    ]  # fmt: skip
    return f"""Hypothesis makes scenarios and a state machine makes histories of runs saved, opened, extended, broken off, damaged and
replayed ([`tests/verification/properties/`](../tests/verification/properties/)).

{table(tried, ["property", "holds", "examples", "runs"])}

### Does more will ever mean less?

With common draws, more will, urgency or commitment, a higher target or an earlier date should never leave less on a
path. In a *calm* world (one target, no own pledges, no peers, no noise of outlays, norms that learn nothing, nothing
closed on paper) this holds path by path:

{table(calm, ["more of", "ally-path-years", "share falls", "compliance lost"])}

In the shipped scenarios with nothing closed on paper it does not hold on every path, for reasons that were taken away one by
one: a share that noise has put above the target is drawn back to it, peers' averages enter with their own chance, a norm
that has learned less pulls less, of two targets another may be followed. It holds in expectation, in every year:

{table(falls("shipped_late_push_off"), head)}

With closing on paper, paths lose more: whoever comes nearer by honest means may step out of its reach, or close on paper
one year and fall back from it the next. The expected number still rises in every year:

{table(falls("shipped_as_they_are"), head)}

(For *target*, the share relative to it: a higher one is kept by fewer.) {figures["paths"]:,} paths a run, seed
{figures["seed"]}."""


def draws(figures: Figures) -> str:
    """Samplers and processes."""
    tables, correlations = figures["tables"], figures["correlations"]
    head = ["table", "mean off", "variance off", "distance to the law", "bound", "tail at 1e-8 off", "bound"]
    shown = [
        [f"`{row['table']}`", power(row["mean_off"]), power(row["variance_off"]), power(row["distance"]),
         power(row["distance_bound"]), power(row["tail_off"]["1e-08"]), power(row["tail_bound"])]
        for row in tables["packaged"]
    ]  # fmt: skip
    families = [
        [f"`{row['family']}`", f"{row['draws']:,}", f"{row['chi_square']:.1f} / {row['cells']}",
         f"{row['low_end_standard_errors']:+.1f}, {row['high_end_standard_errors']:+.1f}", f"{row['smallest_p']:.3f}"]
        for row in figures["families"]
    ]  # fmt: skip
    events = [
        [row["event"], row["rate"], f"{row['events']:,}", f"{row['probability']:.5f}", f"{row['seen']:.5f}",
         power(row["standard_error"]), f"{row['dispersion_declared']:.3f}, {row['dispersion']:.3f}",
         f"{row['waiting_declared']:.3f}, {row['waiting']:.3f}",
         f"{row['months_chi_square']:.1f} / {row['months_cells']}" if row.get("months_chi_square") is not None else "–"]
        for row in figures["events"]
    ]  # fmt: skip
    together = [
        [name.replace("_", " "), f"{row['correlations']:,}", f"{row['largest']:.4f}", f"{row['bound']:.4f}",
         f"{row['p']:.2f}"] for name, row in correlations.items() if isinstance(row, dict)
    ]  # fmt: skip
    serial = figures["serial"]
    caught = [[group, row["made"], "; ".join(row["for_example"])] for group, row in figures["controls"].items()]
    return f"""One judge for every sampler and every process of the engine ([`tests/verification/judge/`](../tests/verification/judge/)):
**{figures["checks"]} checks, a right engine fails any of them with a chance of one in a million together, each with
{power(figures["share"])}; the smallest p is {figures["smallest_p"]:.4f}** ({figures["smallest_p_of"]}).
{figures["p_is"]["exact"]} p values are exact, {figures["p_is"]["bound"]} are bounds, {figures["p_is"]["approximation"]}
approximations. **{figures["controls_caught"]} of {figures["controls_made"]} deliberately wrong samplers, streams and
engines are caught**, each by the check that is about it.

**Tables**, without a draw: exact mean and variance of all {len(tables["packaged"]) + tables["built"]} tables ({
        tables["built"]
    } of them built by SciPy; over
these the mean is off by at most {power(tables["built_mean_off"])} and the variance by
{power(tables["built_variance_off"])} of its size); distance of the packaged ones from the declared
distribution function, half a step of 1/65,536 included, and how far in standard deviations the refined end cells lie
from the law's own quantile at 1e-8:

{table(shown, head)}

**Draws**, through the streams: 64 cells of equal probability, and standard errors of the number in the two end cells.

{table(families, ["law", "draws", "chi-square / cells", "low end, high end", "smallest p"])}

**Independence** of {correlations["streams"]} streams of other names, allies, years and words:

{table(together, ["correlations of", "pairs", "largest", "bound", "p"])}

Serial correlation over periods, allies, paths and seeds: {serial["checks"]} checks, the smallest p is {
        serial["smallest_p"]:.3f}
({serial["of"]}).

**Event processes** over {figures["paths"]:,} paths and the years {figures["years"][0]} to {
        figures["years"][1]
    }: number of
events a path, their dispersion, years of waiting for the first, months (one expects a chi-square of about the number of
cells):

{
        table(
            events,
            [
                "event",
                "rate",
                "events",
                "probability a year",
                "seen",
                "standard error",
                "dispersion declared, seen",
                "waiting declared, seen",
                "months",
            ],
        )
    }

Besides: {figures["dated_events"]} dated events hit their part of the paths; elections, falls of governments and the
calendar of all {figures["allies"]} allies; recessions, closing on paper, base errors, norms
({figures["other_processes"]} checks).

{table(caught, ["negative controls", "all caught", "such as"])}"""


def bits(figures: Figures) -> str:
    """The same bits."""
    rows: dict[str, list[Any]] = {}
    for axis, value, *_, verdict, _seconds in figures["rows"]:
        rows.setdefault(axis, [0, [], verdict])
        rows[axis][0] += 1
        rows[axis][1].append(value)
    shown = [
        [axis, number, "; ".join(values) if len(values) <= 4 else f"{values[0]}; … ; {values[-1]}", verdict]
        for axis, (number, values, verdict) in rows.items()
    ]
    versions = [
        [name, found["python"], *(found[package] for package in ("numpy", "scipy", "simpy", "pydantic", "pandas"))]
        for name, found in figures["versions"].items()
    ]
    return f"""One digest over every count, histogram and kept path of all {len(figures["digest_by_scenario"])} shipped scenarios
([`tests/verification/bits/`](../tests/verification/bits/)): `{figures["digest"]}`.

**{figures["same"]} of {figures["cells"] - figures["controls_that_differ"]} environments give it,
{figures["not_run"]} could not be run, {figures["wrong"]} differ;** the {figures["controls_that_differ"]} controls (another
seed, another stream version, one entry of one table changed) must differ, and do. Elementary functions rounded in
{figures["ways_numpy_rounds"]} ways in NumPy and {figures["ways_libm_rounds"]} ways in the C library over these
environments: the digest is indifferent to them because nothing on its way uses them. What the command line prints as JSON
was compared in {figures["printed_compared"]} environments.

{table(shown, ["axis", "cells", "values", "verdict"])}

{table(versions, ["environment", "Python", "NumPy", "SciPy", "SimPy", "pydantic", "pandas"])}"""


def fuzz(figures: Figures) -> str:
    """Broken files."""
    kinds = [[name, f"{accepted:,}", f"{refused:,}"] for name, accepted, refused in figures["kinds"]]
    ran = figures["runs_of_16_paths"]
    return f"""Scenario files and data tables made from a grammar, damaged byte by byte, line by line and word by word, and faults
planted whose line is known ([`tests/verification/fuzz/`](../tests/verification/fuzz/)). Each must be accepted, dumped and reread as itself, or
refused in less than 2 s with faults that have a code, a place, a rule and a remedy, each planted fault on its line and
none on lines that are right.

**{figures["cases"]:,} cases: {figures["accepted"]:,} accepted, {figures["refused"]:,} refused, {
        figures["broken"]
    } broken;**
the slowest took {figures["slowest_s"]:.2f} s of processor time. Of those accepted, {
        sum(ran.values())
    } were also simulated.
{len(figures["codes"])} codes of faults were seen{
        ""
        if not figures["codes_never_seen"]
        else ", never: " + ", ".join(f"`{code}`" for code in figures["codes_never_seen"])
    }.

{table(kinds, ["made how", "accepted", "refused"])}"""


def guided(figures: Figures) -> str:
    """Guided by coverage."""
    causes = "; ".join(figures["causes"])
    return f"""The same contract under atheris, which steers by the branches a case reaches:
{figures["executions"]:,} cases in {figures["seconds"] / 60:.0f} minutes from {figures["seeds"]} seeds, coverage
{figures["coverage_of_the_seeds"]:,} to {figures["coverage"]:,} edges, {figures["crashes"]} crashes,
{figures["broken"]} cases that broke the contract{f" (cause: {causes}; repaired since)" if causes else ""}, the slowest
{figures["slowest_ms"]} ms. What was found is in `tests/verification/fuzz/corpus` and is tried in every test run."""


def mutation() -> str:
    """Planted faults in the code, each module with the code it was run on."""
    kept = [json.loads(file.read_text("utf-8")) for file in sorted((DOCS / "verification").glob("mutation_*.json"))]
    modules = [found["figures"] for found in kept]
    rows = [
        [row["module"], f"{row['mutants']:,}", f"{row['untried']:,}", f"{row['killed']:,}", row["timed_out"],
         row["equivalent"], row["lived"], share(row["score"]), found["on"], f"`{found['code'][:12]}`"]
        for row, found in zip(modules, kept, strict=True)
    ]  # fmt: skip
    not_done = [f"**The module {row['module']} has not been tried to the end.**" for row in modules if row["untried"]]
    left = [f"- `{line}`" for row in modules for line in row["left"]]
    survivors = ["<details><summary>The survivors, each before and after</summary>", "\n".join(left), "</details>"]
    rest = "".join(f"{paragraph}\n\n" for paragraph in (" ".join(not_done), *(survivors if left else ())) if paragraph)
    return f"""## Faults planted in the code

mutmut plants one fault at a time in the code, and the tests that are about the module
must notice ([`tests/verification/mutation/`](../tests/verification/mutation/)); golden numbers do not count, so that a mutant dies of what the code
means and not of having changed. At least {share(min(row["least"] for row in modules))} must die. An equivalent mutant is the original in
other words, with its reason in `tests/verification/mutation/equivalent.toml`.

{table(rows, ["module", "mutants", "not tried", "killed", "ran for ever", "equivalent", "lived", "died of those tried that could", "on", "code"])}

{rest}*`python tests/verification/mutation/campaign.py MODULE`.*
"""


SECTIONS: dict[str, tuple[str, Callable[[Figures], str]]] = {
    "reference": ("A second model, path by path", reference),
    "closed_forms": ("What can be worked out without the engine", closed_forms),
    "draws": ("Every sampler and event process against its law", draws),
    "properties": ("What must hold for every scenario", properties),
    "bits": ("The same bits everywhere", bits),
    "fuzz": ("Broken scenario files and tables", fuzz),
    "guided": ("The same, guided by coverage", guided),
}


def section(name: str) -> str:
    """A verification, with the command that prints its figures and what it was run on."""
    title, section = SECTIONS[name]
    file = DOCS / "verification" / f"{name}.json"
    if not file.exists():
        return f"## {title}\n\nNot run yet: `make verify PARTS={name}`.\n"
    found = json.loads(file.read_text("utf-8"))
    printed = (
        f"*`{found['command']}`, {found['on']}, Python {found['python']}, NumPy {found['numpy']}, {found['machine']}; "
        f"code `{found['code'][:12]}`.*"
    )
    return f"## {title}\n\n{section(found['figures'])}\n\n{printed}\n"


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *map(section, SECTIONS), mutation()])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
