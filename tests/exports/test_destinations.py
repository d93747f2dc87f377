"""Where exports go: nothing of a user's is replaced, and whatever happens a whole export stands there."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sim.errors import MissingExtra, RunError, SimError, UsageError
from sim.files import writing
from sim.output import exports
from sim.output.exports import FORMS, export
from sim.results.record import Record

FOLDERS = sorted(name for name, form in FORMS.items() if form.folder)
FORM = pytest.mark.parametrize("form", sorted(FORMS))


def tree(place: Path) -> dict[str, bytes]:
    """Every file below a place, and the place itself, with what is in it."""
    files = [place, *place.rglob("*")] if place.is_dir() else [place]
    return {str(file.relative_to(place.parent)): file.read_bytes() if file.is_file() else b"" for file in files}


def retitled(record: Record, title: str) -> Record:
    return replace(record, description=replace(record.description, title=title))


def test_the_catalogue_is_complete() -> None:
    files = {file.stem for file in Path(exports.__file__).parent.glob("as_*.py")}
    assert files == {f"as_{name}" for name in FORMS}
    for form in FORMS.values():
        assert bool(form.extra) == bool(form.packages)


def test_each_extra_of_the_catalogue_is_one_of_the_distribution() -> None:
    from importlib.metadata import metadata, requires

    wanted = {(form.extra, package) for form in FORMS.values() for package in form.packages}
    assert {extra for extra, _ in wanted} <= set(metadata("burdenshare").get_all("Provides-Extra") or [])
    lines = [line.lower().replace('"', "'") for line in requires("burdenshare") or []]
    for extra, package in wanted - {("xarray", "h5py")}:
        assert any(line.startswith(package) and f"extra == '{extra}'" in line for line in lines), package


@FORM
def test_a_former_export_is_replaced(form: str, record: Record, tmp_path: Path) -> None:
    place = tmp_path / "new" / "out"
    assert export(record, form, place) == place
    first = tree(place)
    export(retitled(record, "another title"), form, place)
    assert tree(place) != first
    assert export(record, form, str(place)) == place
    assert tree(place) == first
    assert os.listdir(place.parent) == ["out"]
    assert place.stat().st_mode & 0o777 == (0o755 if FORMS[form].folder else 0o644)


def _file(place: Path) -> None:
    place.write_text("mine")


def _empty_file(place: Path) -> None:
    place.touch()


def _folder(place: Path) -> None:
    place.mkdir()
    (place / "mine.txt").write_text("mine")


def _folder_with_a_manifest(place: Path) -> None:
    place.mkdir()
    (place / "manifest.json").write_text('{"burdenshare_export": 1}')


def _json(place: Path) -> None:
    place.write_text('{"burdenshare_export": ["mine"]}')


def _deep_json(place: Path) -> None:
    place.write_text("[" * 100_000)


def _zip(place: Path) -> None:
    folder = place.with_name("z")
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    shutil.move(shutil.make_archive(str(place), "zip", folder), place)
    shutil.rmtree(folder)


MINE = [_file, _empty_file, _folder, _folder_with_a_manifest, _json, _deep_json, _zip]


@FORM
@pytest.mark.parametrize("make", MINE)
def test_what_is_no_such_export_is_left_alone(
    form: str, make: Callable[[Path], None], record: Record, tmp_path: Path
) -> None:
    place = tmp_path / "out"
    make(place)
    before = tree(place)
    with pytest.raises(RunError, match=rf"not an export of the format {form}(.|\n)*remedy: choose another place"):
        export(record, form, place)
    assert tree(place) == before
    assert os.listdir(tmp_path) == ["out"]


def test_no_file_ends_as_those_of_another_format(record: Record, tmp_path: Path) -> None:
    """A workbook called .csv opens as rubbish."""
    for form, ending in (("excel", ".xlsx"), ("json", ".json"), ("netcdf", ".nc")):
        for other in (".csv", ".CSV", ".xls", ".parquet", ".xlsx", ".json", ".nc"):
            if other != ending:
                with pytest.raises(UsageError, match=rf"let it end in \{ending}$"):
                    export(record, form, tmp_path / f"run{other}")
        assert export(record, form, tmp_path / f"v1.0{ending.upper()}").exists()
        assert export(record, form, tmp_path / f"{form}_v1.0").exists()


@FORM
def test_another_formats_export_and_a_saved_run_are_left_alone(form: str, record: Record, tmp_path: Path) -> None:
    record.save(tmp_path / "run")
    inside = export(record, "csv", tmp_path / "folder") / "manifest.json"
    others = [tmp_path / "run", inside, *(export(record, other, tmp_path / other) for other in FORMS if other != form)]
    for place in others:
        before = tree(place)
        with pytest.raises(RunError, match="choose another place"):
            export(record, form, place)
        assert tree(place) == before


@pytest.mark.parametrize("form", FOLDERS)
def test_a_file_put_into_an_export_is_not_lost(form: str, record: Record, tmp_path: Path) -> None:
    place = export(record, form, tmp_path / "out")
    (place / "notes.txt").write_text("mine")
    with pytest.raises(RunError, match="choose another place"):
        export(record, form, place)
    assert (place / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("form", FOLDERS)
def test_an_empty_folder_is_filled(form: str, record: Record, tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    assert "manifest.json" in os.listdir(export(record, form, place))


@FORM
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "stop"])
@pytest.mark.parametrize("when", ["before", "half-way", "at the exchange"])
@pytest.mark.parametrize("former", [True, False])
def test_a_failed_export_leaves_the_former_one_whole(
    form: str, error: BaseException, when: str, former: bool, record: Record, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    place = tmp_path / "out"
    if former:
        export(record, form, place)
    before = tree(tmp_path)
    _fail(monkeypatch, form, when, error)
    with pytest.raises(RunError if isinstance(error, OSError) else KeyboardInterrupt):
        export(retitled(record, "another"), form, place)
    monkeypatch.undo()
    assert tree(tmp_path) == before
    export(retitled(record, "another"), form, place)


def _fail(monkeypatch: pytest.MonkeyPatch, form: str, when: str, error: BaseException) -> None:
    writer = exports._writer(form)
    write = writer.write

    def failing(content: object, beside: Path) -> None:
        if when == "half-way":
            write(content, beside)  # type: ignore[arg-type]
            files = sorted(beside.iterdir()) if beside.is_dir() else [beside]
            files[0].write_bytes(files[0].read_bytes()[:100])
        raise error

    def exchange(*_: object) -> None:
        raise error

    if when != "at the exchange":
        monkeypatch.setattr(writer, "write", failing)
    elif FORMS[form].folder:
        rename = Path.rename

        def renaming(self: Path, target: Path) -> Path:
            if Path(target).name == "out":
                raise error
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", renaming)
        monkeypatch.setattr(writing, "exchange", exchange)
    else:
        monkeypatch.setattr(os, "replace", exchange)


@FORM
def test_a_place_that_cannot_be_written_is_said_before_the_work(
    form: str, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine")
    monkeypatch.setattr("sim.output.exports.content.content_of", lambda *_: pytest.fail("the work was begun"))
    with pytest.raises(RunError, match="cannot write to"):
        export(record, form, tmp_path / "file" / "out")


@pytest.mark.parametrize("form", sorted(name for name, form in FORMS.items() if form.extra))
def test_a_missing_extra_is_named_with_its_remedy(
    form: str, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in FORMS[form].packages:
        with monkeypatch.context() as without:
            without.setitem(sys.modules, package, None)
            words = rf"needs the extra {FORMS[form].extra}: pip install 'burdenshare\[{FORMS[form].extra}\]'"
            with pytest.raises(MissingExtra, match=words) as raised:
                export(record, form, tmp_path / "out")
            assert raised.value.exit_code == 5
    assert os.listdir(tmp_path) == []


def test_an_unknown_format_is_a_usage_error(record: Record, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Did you mean 'excel'"):
        export(record, "exel", tmp_path / "out")
    with pytest.raises(SimError, match="There are csv"):
        export(record, "", tmp_path / "out")


def test_write_text_still_leaves_a_whole_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writing.write_text("first", tmp_path / "file")
    with pytest.raises(UnicodeEncodeError):
        writing.write_text("\ud800", tmp_path / "file")
    assert tree(tmp_path / "file") == {"file": b"first"}
    assert os.listdir(tmp_path) == ["file"]


def test_the_page_of_the_exports_has_every_format() -> None:
    page = (Path(__file__).parents[2] / "docs" / "exports.md").read_text(encoding="utf-8")
    for name, form in FORMS.items():
        (row,) = [line for line in page.split("\n") if line.startswith(f"| `{name}` |")]
        assert (f"| `{form.extra}` |" in row) == bool(form.extra)
        assert ("| a folder:" in row) == form.folder
