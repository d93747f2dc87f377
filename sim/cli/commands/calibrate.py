"""`sim calibrate`: the parameters estimated from the shares of the past."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli import options
from sim.data.edition import FIRST_YEAR, LAST_YEAR, key_of
from sim.errors import RunError

if TYPE_CHECKING:
    from sim.evaluation.calibration.calibrate import Calibration
    from sim.output.terminal.console import Page


@click.command(short_help="Estimate parameters from past shares.")
@options.year(f"Last year whose shares are seen.  [{LAST_YEAR}]", "--cutoff", "cutoff", metavar="YEAR")
@click.option("--vintage", default=key_of(), show_default=True, metavar="EDITION", help="NATO's edition.")
@click.option(
    "--every", is_flag=True, help=f"Estimate quickly for each cutoff from {FIRST_YEAR}, as `sim backtest` needs it."
)
@click.option("--quick", is_flag=True, help="Leave out the second opinion and the profiles.")
@options.paths(default=512, show_default=True, help="Simulated runs of each forecast.")
@options.seed(default=2032, show_default=True, help="Seed of every draw.")
@options.workers()
@click.option(
    "--work", default="runs/calibration", show_default=True, metavar="FOLDER", help="What was computed is kept here."
)
@click.option("--out", metavar="FILE.toml", help="Write the estimate as a file that scenarios can extend.")
@click.option(
    "--draws", metavar="FILE.csv", help="Write the estimate and draws as unsure as it is, as the table parameter_draws."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    cutoff: int | None, vintage: str, every: bool, quick: bool, paths: int, seed: int, workers: int | None, work: str,
    out: str | None, draws: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Estimate the model's parameters: those whose forecasts from every December since 2014 came closest to the shares.

    It takes from minutes to hours. Interrupted, it goes on where it stood when the same command is given again.

    \b
    sim calibrate --out scenarios/estimated.toml
    sim calibrate --draws draws.csv
    sim calibrate --cutoff 2021 --quick
    sim calibrate --every --out estimates.toml
    """
    if every and cutoff is not None:
        raise click.UsageError("--cutoff and --every exclude each other.")
    if every and draws is not None:
        raise click.UsageError("--draws and --every exclude each other: the draws are of one cutoff.")
    from sim.evaluation.calibration import calibrate as calibration
    from sim.evaluation.calibration import fragment, parameter_draws

    last = calibration.last_cutoff(vintage) if cutoff is None else cutoff
    calibration.asked(last, vintage, paths, seed, workers)
    folder = _folder(work)
    if out is not None:
        fragment.check_destination(out)
    if draws is not None:
        parameter_draws.check_destination(draws)

    def estimated(year: int, quick: bool) -> Calibration:
        file = folder / f"{vintage}-{year}-{seed}-{paths}.npz"
        with _kept(file, f"Estimating on the shares to {year}") as progress:
            return calibration.calibrate(
                year, edition=vintage, paths=paths, seed=seed, quick=quick, workers=workers, work=file,
                progress=progress,
            )  # fmt: skip

    from sim.output.terminal import calibration_page
    from sim.output.terminal.console import note
    from sim.text.escaping import plain

    if every:
        founds = [estimated(year, quick=True) for year in calibration.cutoffs(vintage)]
        text = fragment.every(fragment.draws_by_cutoff(founds, seed), vintage, paths, seed)
        document = calibration_page.document_of_every(founds)
    else:
        found = estimated(last, quick)
        text = fragment.fragment(found)
        document = calibration_page.document(found)

    def show(page: Page) -> None:
        if every:
            calibration_page.show_every(page, founds)
        else:
            calibration_page.show(page, found)

    try:
        if out is not None:
            fragment.write(text, out)
            note(f"Saved in {plain(out)}")
        if draws is not None:
            parameter_draws.write(found, draws)
            note(f"Saved in {plain(draws)}")
    finally:  # what was computed is shown even where it cannot be written
        _print(document, show, as_json)


def _print(document: object, show: Callable[[Page], None], as_json: bool) -> None:
    from sim.output.terminal import console

    if as_json:
        console.write_json(document)
    else:
        show(console.page())


def _folder(work: str) -> Path:
    """The folder of what is computed, made and tried before the work.

    Raises:
        RunError: it cannot be written.
    """
    folder = Path(work)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(prefix=".sim-", dir=folder):
            pass
    except OSError as error:
        raise RunError(f"cannot write to {work}: {error.strerror or error}") from error
    return folder


@contextmanager
def _kept(file: Path, label: str) -> Iterator[Callable[[int], None]]:
    """Progress; whatever ends the work too early, it is said where it stands and how it goes on."""
    from sim.output.terminal.console import counting, note
    from sim.text.escaping import plain

    computed = 0
    try:
        with counting(label, "batches") as advance:

            def progress(done: int) -> None:
                nonlocal computed
                computed += done
                advance(done)

            yield progress
    except BaseException:
        if computed and file.exists():
            note(f"Incomplete. What was computed is kept in {plain(str(file))}; the same command goes on from there.")
        raise
