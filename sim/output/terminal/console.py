"""Where text goes: stdout for results, stderr for the rest; how wide it is, and the progress bar."""

from __future__ import annotations

import csv
import io
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, Final, cast

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from sim.text.escaping import defused, json_text, plain_lines

PIPE_WIDTH = 118
"""Columns where nobody looks: the whole table of a run fits."""

LEAST_WIDTH, MOST_WIDTH = 40, 200

MOST_TEXT = 118
"""Columns of running text at most."""

NARROW = 70
"""Below so many columns what is said of a name stands below it, and a bar has no label."""

_BLANKS: Final = re.compile(r" +\n")


class _Trimmed:
    """A stream that drops the blanks with which tables are filled up to the right."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        self._stream.write(_BLANKS.sub("\n", text))

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


class Page(Console):
    """A console that leaves a closed pipe to the caller, and never reads markup or emoji out of a user's text."""

    def __init__(self, stream: IO[str]) -> None:
        self.watched = stream.isatty()
        """Whether somebody looks: a terminal, not a pipe or a file."""
        file = stream if self.watched else _Trimmed(stream)
        super().__init__(file=cast("IO[str]", file), width=width(stream), markup=False, highlight=False, emoji=False)

    @property
    def text_width(self) -> int:
        """Columns of running text: those of the page, as far as an eye finds its way back to the next line."""
        return min(self.width, MOST_TEXT)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """As rich does it, and nothing that does not print leaves: a text that nobody made plain is shown so here."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else plain_lines(text), style, control)

    def on_broken_pipe(self) -> None:
        """The reader has gone."""
        raise BrokenPipeError


def width(stream: IO[str]) -> int:
    """Columns of the terminal behind `stream`; a fixed number where there is none."""
    if not stream.isatty():
        return PIPE_WIDTH
    return min(max(shutil.get_terminal_size((80, 24)).columns, LEAST_WIDTH), MOST_WIDTH)


def page() -> Page:
    """Results go here."""
    return Page(sys.stdout)


def say(text: str) -> None:
    """Say a result in words."""
    print(plain_lines(text), flush=True)


def note(text: str) -> None:
    """Say something that is not a result."""
    print(plain_lines(text), file=sys.stderr)


def write_json(document: object) -> None:
    """Print one JSON document."""
    ascii_only = not (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    sys.stdout.write(json_text(document, 2, ascii_only=ascii_only))


def write_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table as CSV; None is an empty cell, and no text is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([defused(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    sys.stdout.write(text.getvalue())


@contextmanager
def progress(label: str, total: int, detail: Callable[[], str] | None = None) -> Iterator[Callable[[int, int], None]]:
    """A bar with paths a second and the time left, on a terminal; silence elsewhere.

    `detail` says anew what else is to be seen: "within 0.31 points".
    """
    if not sys.stderr.isatty():
        yield lambda done, wanted: None
        return
    from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Paths a second since the start."""

        def render(self, task: Task) -> Text:
            elapsed = task.finished_time or task.elapsed
            return Text(f"{task.completed / elapsed:,.0f} paths/s" if elapsed and task.completed else "")

    class Detail(ProgressColumn):
        """What the caller has to say."""

        def render(self, task: Task) -> Text:
            return Text(detail() if detail else "")

    console = Page(sys.stderr)
    columns: list[tuple[int, Any]] = [  # behind the width of the terminal from which each is shown
        (NARROW, TextColumn("{task.description}")),
        (60 if detail else 0, BarColumn(20)),
        (0, TextColumn("{task.percentage:>3.0f} %")),
        *([(0, Detail())] if detail else []),
        (90 if detail else 0, Rate()),
        (0, TimeRemainingColumn(compact=True)),
    ]
    shown = [column for least, column in columns if console.width >= least]
    with Progress(*shown, console=console, transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done, wanted: bar.update(task, completed=done, total=wanted)


@contextmanager
def counting(label: str, what: str) -> Iterator[Callable[[int], None]]:
    """What has been done, how much a second and since when, on a terminal: for work whose end nobody knows.

    What is yielded is called with the number of `what` ("batches") done since the last call.
    """
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn, TimeElapsedColumn
    from rich.text import Text

    class Count(ProgressColumn):
        """How many, and how many a second since the start."""

        def render(self, task: Task) -> Text:
            rate = f", {task.completed / task.elapsed:,.1f}/s" if task.elapsed and task.completed else ""
            return Text(f"{task.completed:,.0f} {what}{rate}")

    console = Page(sys.stderr)
    columns: list[Any] = [SpinnerColumn("line"), TextColumn("{task.description}"), Count(), TimeElapsedColumn()]
    with Progress(*columns if console.width >= NARROW else columns[2:], console=console, transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done: bar.advance(task, done)


@contextmanager
def waiting(label: str) -> Iterator[None]:
    """A sign of life on a terminal while something short is computed."""
    if not sys.stderr.isatty():
        yield
        return
    with Page(sys.stderr).status(label):
        yield
