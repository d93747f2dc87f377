"""A run in the formats of other tools. This catalogue is the whole list; a format is imported when it is used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

from sim.errors import MissingExtra, RunError, UsageError

if TYPE_CHECKING:
    from sim.output.exports.content import Content
    from sim.results.facade import Results
    from sim.results.record import Record


@dataclass(frozen=True)
class Form:
    """A format: a line of help, whether it is a folder or how its files end, and the extra it needs, with packages."""

    about: str
    folder: bool = False
    ending: str = ""
    extra: str = ""
    packages: tuple[str, ...] = ()


FORMS: Final[dict[str, Form]] = {
    "csv": Form("a folder: one file a table, readme.txt, manifest.json", folder=True),
    "parquet": Form(
        "a folder: one typed file a table, manifest.json", folder=True, extra="parquet", packages=("pyarrow",)
    ),
    "excel": Form(
        "a workbook: a sheet to read, then one a table", ending=".xlsx", extra="excel", packages=("xlsxwriter",)
    ),
    "json": Form("one document", ending=".json"),
    "netcdf": Form(
        "one dataset, kept paths included", ending=".nc", extra="xarray", packages=("xarray", "h5netcdf", "h5py")
    ),
}
"""By name; `sim.output.exports.as_<name>` holds what `Writer` says."""

OTHERS: Final = frozenset({".csv", ".parquet", ".xls", *(form.ending for form in FORMS.values() if form.ending)})
"""Endings by which programs tell formats."""


class Writer(Protocol):
    """What the file of a format holds."""

    def write(self, content: Content, destination: Path) -> None:
        """Write into `destination`, an empty folder or file."""

    def is_ours(self, destination: Path) -> bool:
        """Whether what stands in `destination` is such an export, which another one may replace. Raises nothing."""


def export(results: Results | Record, form: str, destination: str | os.PathLike[str]) -> Path:
    """Write the tables and facts of a run in the format `form`, one of `FORMS`: the place.

    A former export of that format in `destination` is replaced when the new one is complete, and by nothing less.

    Raises:
        UsageError: no such format, or a file that ends as those of another.
        MissingExtra: a package that the format needs is not installed.
        RunError: the place holds something else, or cannot be written.

    >>> import sim, sim.exports
    >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
    >>> folder = sim.exports.export(results, "csv", "tables")
    >>> (folder / "compliance.csv").is_file()
    True
    """
    from sim.files.writing import write_file, write_folder
    from sim.output.exports.content import content_of
    from sim.results.record import Record

    writer = check(form, destination)
    content = content_of(results if isinstance(results, Record) else results.record, form)
    put = write_folder if FORMS[form].folder else write_file
    put(lambda temporary: writer.write(content, temporary), destination, lambda there: _why_not(writer, form, there))
    return Path(destination)


def check(form: str, destination: str | os.PathLike[str]) -> Writer:
    """Refuse, before any work, what cannot become such an export: the format's writer. Raises as `export` does."""
    from sim.files.writing import try_write

    writer = _writer(form)
    where = Path(destination)
    if where.exists() and (reason := _why_not(writer, form, where)):
        kind = "folder" if FORMS[form].folder else "file"
        raise RunError(
            f"{destination} exists and {reason}; nothing was changed\n"
            f"  remedy: choose another place for the {kind}, or move away what stands there"
        )
    if where.suffix.lower() in OTHERS - {FORMS[form].ending} and not FORMS[form].folder:
        raise UsageError(f"{destination} would be taken for another format: let it end in {FORMS[form].ending}")
    try_write(where)
    return writer


def _why_not(writer: Writer, form: str, destination: Path) -> str:
    """Why what stands in a place must not be replaced; "" where it may be."""
    folder = FORMS[form].folder
    empty = folder and destination.is_dir() and not any(destination.iterdir())
    ours = (destination.is_dir() if folder else destination.is_file()) and writer.is_ours(destination)
    return "" if empty or ours else f"is not an export of the format {form}"


def _writer(form: str) -> Writer:
    if form not in FORMS:
        from sim.text.suggestions import did_you_mean

        hint = did_you_mean(str(form), FORMS) or f"There are {', '.join(FORMS)}."
        raise UsageError(f"no format {form!r}. {hint}")
    entry = FORMS[form]
    for package in entry.packages:
        try:
            import_module(package)
        except ImportError as error:
            raise MissingExtra(
                f"the format {form} needs the extra {entry.extra}: pip install 'burdenshare[{entry.extra}]' ({error})"
            ) from error
    return cast("Writer", import_module(f"sim.output.exports.as_{form}"))
