"""Writes benchmarks/README.md and its picture from benchmarks/figures.json: `python benchmarks/page.py`.

Every figure on the page is one that `benchmarks/table.py` has measured, or is worked out from such figures here.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))  # so that it runs as a program

from benchmarks import report  # noqa: E402
from benchmarks.measure import figure  # noqa: E402

PAGE = HERE / "README.md"
Rows = dict[str, Any]

HEAD = """# Benchmarks

How fast the product is, beside what it could be and beside what else one might have written. Ratios inside one run, so
that they mean the same on another machine. Two ways of doing the same work take turns, A B A B; said is the median of
the turns' ratios, and in brackets the smallest and the largest of them. One core unless said, processor time of the
thread; about workers and start-up, time on the wall. Each benchmark asserts that the work was done (paths in every
histogram, draws, events), so that a faster run cannot be a smaller one.

```console
$ make bench                                      # all of it, then this page, then pytest-benchmark on the parts
$ python benchmarks/table.py --only whole core    # some rows; the others keep their figures
$ python benchmarks/table.py --long               # also the row that takes minutes
$ python benchmarks/page.py                       # this page and its picture, from figures.json
```

`pip install -e ".[bench]"` gets numba, which one of the peers needs; the C kernel needs a C compiler.
"""

PEERS = """## The peers

Programs of the same model in [`peers/`](peers/). `python benchmarks/peers/check.py` compares each with the product: the
mean share of every ally and year, and how many allies comply, within what chance allows. The yardstick of the first
rows, [NumPy drawing](product.py), is no model at all: it draws into one array and keeps nothing.

- [`c_kernel`](peers/c_kernel.py): written by hand in C, allies side by side in the vector unit, a generator that cannot
  be addressed. What one core can do when everything is bent to this one model.
- [`straight_numpy`](peers/straight_numpy.py), [`numba_kernel`](peers/numba_kernel.py): as an able analyst might write.
- [`scalar_simpy`](peers/scalar_simpy.py): SimPy as its own pages teach it, an environment a path.
"""


def table(rows: Iterable[Sequence[str]], head: Sequence[str]) -> str:
    """A table in Markdown; a bar in a cell would end it."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)])


def measured(rows: Rows) -> str:
    """The table, and what of it is missed."""
    cells = [
        [f"`{name}`" if not number else "", line["what"], line["measured"], line["reach"], line["reached"]]
        for name, row in rows.items()
        for number, line in enumerate(row["lines"])
    ]
    aims = [line for row in rows.values() for line in row["lines"] if line["reach"]]
    missed = [line for line in aims if not line["reached"].startswith("yes")]
    says = f"Of {len(aims)} aims {len(aims) - len(missed)} are reached."
    if missed:
        says += " Missed:\n\n" + "\n".join(
            f"- {line['what']}: {line['measured']}; aimed at {line['reach']}" for line in missed
        )
    head = ("row", "what", "measured", "to be reached", "reached")
    return f"## Figures\n\n{table(cells, head)}\n\n{says}\n"


def growth(rows: Rows) -> str:
    """The picture, and what the axes are."""
    if "scaling" not in rows:
        return ""
    figures = rows["scaling"]["figures"]
    allies, years, events = (figures[name]["sizes"] for name in ("allies", "years", "events"))
    text = f"""
    Paths: runs in processes of their own; the offset is the time of a run of {figures["least_paths"]} paths, which a
    block of {figures["block"]:,} takes once. Allies: {allies[0]} to {allies[-1]}, by a table of allies under `[data]`
    in which the others have no armed forces; {allies[0]} are the United States
    and two others, since each looks to its peers in Europe and Canada. Years: {years[-1]} are the
    most that a scenario takes; once the target is due, closing on paper is tried every year, so that later years take a
    little longer. Events: random ones, on {allies[0]} allies, since on {allies[-1]} the noise of their own time drowns
    what the events add: there {events[-1]} events make a block {figure(figures["events_beside_allies"][0])} times as
    long as one without any. Memory of blocks is what Python and NumPy have allocated at most; that of paths is the most
    that a process of its own has held."""
    picture = "![Seconds against paths, allies, years and random events, on logarithmic axes](pictures/scaling.svg)"
    return f"## How it grows\n\n{picture}\n\n{filled(text)}\n"


def limit(rows: Rows) -> str:
    """What the time goes into, and where this way of computing ends."""
    if not {"whole", "python", "limit", "c_kernel"} <= rows.keys():
        return ""
    whole, python = rows["whole"]["figures"], rows["python"]["figures"]
    found, kernel = rows["limit"]["figures"], rows["c_kernel"]["figures"]["ratio"][0]
    drawing, looking, passing, counting = (
        found[name][0] for name in ("drawing", "looking_up", "passing", "histograms")
    )
    text = f"""
    A path takes {figure(whole["path_us"])} µs on this machine, in a block of {whole["block"]:,}. Drawing its
    {found["words"] / found["block"]:,.0f} words takes {_percent(drawing)} of that, looking them up in tables and
    comparing them {_percent(looking)}, Python's calls {_percent(python["calls"][0])}, SimPy's {python["events"]:,}
    events {_percent(python["simpy"][0])}. The rest is arithmetic and counting. NumPy passes over its arrays once for
    each operation, {found["passes"]:.0f} times an ally-year: were each the cheapest there is, they would take
    {_percent(passing)}, and {found["counts"]:.1f} counts into histograms {_percent(counting)}. Words, look-ups, passes
    and counts at that price come to {_percent(drawing + looking + passing + counting)}: about as far as NumPy goes.
    Below it lie loops compiled from the same equations (`--engine fast`) and the C kernel, written by hand for this one
    model, which records the core and the total only: the product takes {figure(kernel)} times as long."""
    return f"## The limit\n\n{filled(text)}\n"


def machine(rows: Rows) -> str:
    """Where, when and with what; rows measured under other conditions are named."""
    groups: dict[str, tuple[list[str], dict[str, Any], list[float]]] = {}
    for name, row in rows.items():
        given = row["conditions"]
        same = {key: value for key, value in given.items() if key != "load"}
        names, _, loads = groups.setdefault(str(same), ([], given, []))
        names.append(name)
        loads += [] if given["load"] is None else [given["load"]]
    lines = []
    for names, given, loads in groups.values():
        which = "" if len(groups) == 1 else f" Rows: {', '.join(f'`{name}`' for name in names)}."
        versions = ", ".join(f"{name} {version}" for name, version in given["versions"].items())
        load = f" Load when rows began: {min(loads)} to {max(loads)}." if loads else ""
        compiler = f" {given['compiler']}." if given["compiler"] else ""
        lines.append(
            filled(
                f"- {given['on']}: {given['machine']}, {given['cores']} cores. Python {given['python']}, {versions}."
                f"{compiler} Code `{given['code']}`.{load}{which}"
            )
        )
    commands = "`python benchmarks/table.py --only NAME` measures one row again."
    took = sum(row["took_s"] for row in rows.values())
    return f"## Measured on\n\n{chr(10).join(lines)}\n\nAll rows took {figure(took)} s. {commands}\n"


def filled(text: str) -> str:
    """A paragraph or an entry of a list in lines of 120 characters, wherever its figures have moved the ends."""
    words = " ".join(text.split())
    return textwrap.fill(words, 120, subsequent_indent="  " if words.startswith("- ") else "",
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip


def page(rows: Rows) -> str:
    """The whole page."""
    parts = (HEAD, measured(rows), growth(rows), limit(rows), PEERS, machine(rows))
    return "\n".join(part for part in parts if part)


def _percent(part: float) -> str:
    return f"{figure(100 * part)} %"


def main() -> None:
    """Write the page, and the picture where its figures are there."""
    rows = report.kept()
    PAGE.write_text(page(rows), encoding="utf-8", newline="\n")
    if "scaling" in rows:
        from benchmarks import chart

        chart.save(rows["scaling"]["figures"])


if __name__ == "__main__":
    main()
