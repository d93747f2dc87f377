"""An Excel workbook read as a stranger's file: bounded before it is opened, nothing followed, nothing computed.

Fonts are read as well as values: in SIPRI's workbook the colour alone says what is an estimate.
"""

from __future__ import annotations

import io
import lzma
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from sim.data.importing.grids import MAX_COLUMNS, CellGrid, GridCell
from sim.errors import Fault, MissingExtra, ScenarioError

MAX_BYTES: Final = 16 * 1024 * 1024
"""Of the file; the publishers' have some hundred kB."""
MAX_UNPACKED: Final = 128 * 1024 * 1024
MAX_PARTS: Final = 2_000
MAX_ROWS: Final = 5_000
MAX_SHEETS: Final = 200

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DECLARED = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_THEME_ORDER = ("lt1", "dk1", "lt2", "dk2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6")


def is_workbook(content: bytes) -> bool:
    """Whether a file is a workbook, by how it begins; old and encrypted ones too."""
    return content.startswith((ZIP, OLE))


class Workbook:
    """The sheets of an .xlsx file, each read when it is asked for."""

    def __init__(self, content: bytes, file: str) -> None:
        """Raises ScenarioError for what is no workbook or no harmless one, MissingExtra without openpyxl."""
        self.file = file
        self._check(content)
        try:
            import openpyxl
        except ImportError as error:
            raise MissingExtra(
                f"a workbook needs the extra excel: pip install 'burdenshare[excel]' ({error})\n"
                "  remedy: or save the sheet as CSV"
            ) from error
        from openpyxl.styles.colors import COLOR_INDEX

        self._indexed = COLOR_INDEX
        self._books = [
            self._tried(
                lambda data_only=data_only: openpyxl.load_workbook(
                    io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False, keep_vba=False
                )
            )
            for data_only in (True, False)
        ]
        self.sheets: tuple[str, ...] = tuple(sheet.title for sheet in self._books[0].worksheets)
        if not 0 < len(self.sheets) <= MAX_SHEETS:
            raise self._refused(f"must have 1 to {MAX_SHEETS} sheets with cells", "keep the sheet of interest")
        self._theme = self._tried(lambda: _theme_colours(self._books[0].loaded_theme))

    def grid(self, sheet: str) -> CellGrid:
        """One sheet; raises ScenarioError where it cannot be read or is too large."""
        return CellGrid(sheet, self._tried(lambda: list(self._rows(sheet))))

    def _rows(self, sheet: str) -> Iterator[Sequence[GridCell]]:
        """Values and formulas of the same sheet, read side by side."""
        streams = []
        for book in self._books:
            found = next(each for each in book.worksheets if each.title == sheet)
            # bounds of our own: what a file says of its size is not to be believed
            streams.append(found.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS))
        for number, (values, formulas) in enumerate(zip(*streams, strict=True), 1):
            if number > MAX_ROWS:
                raise self._refused(
                    f"a sheet must have at most {MAX_ROWS:,} rows; {sheet!r} has more", "keep those of interest"
                )
            last = max((start for start, cell in enumerate(formulas, 1) if cell.value is not None), default=0)
            yield [self._cell(value, formula) for value, formula in zip(values[:last], formulas[:last], strict=True)]

    def _cell(self, cell: Any, source: Any) -> GridCell:
        value = cell.value
        formula = str(source.value) if getattr(source, "data_type", "") == "f" else ""
        if isinstance(value, date):  # a heading 2014-01-01
            value = str(value.year)
        if isinstance(value, bool) or not isinstance(value, str | int | float | None):
            value = str(value)
        if isinstance(value, int):
            value = float(value)
        percent = "%" in (getattr(cell, "number_format", "") or "")
        colour = self._colour(cell) if isinstance(value, float) else ""
        return GridCell(value, percent, colour, formula)

    def _colour(self, cell: Any) -> str:
        """Blue or red, by the colour of the font; any other is plain."""
        color = getattr(getattr(cell, "font", None), "color", None)
        if color is None:
            return ""
        if color.type == "rgb":
            hexed = str(color.rgb)
        elif color.type == "indexed":
            hexed = self._indexed[color.indexed] if color.indexed < len(self._indexed) else ""
        else:
            hexed = self._theme[color.theme] if color.theme < len(self._theme) else ""
        if not re.fullmatch("[0-9A-Fa-f]{6,8}", hexed):
            return ""
        red, green, blue = (int(hexed[-6:][start : start + 2], 16) for start in (0, 2, 4))
        if blue > 2 * red - 60 and blue >= 100 and blue > green + 40 and blue > red + 40:
            return "blue"
        return "red" if red >= 120 and red > green + 80 and red > blue + 80 else ""

    def _check(self, content: bytes) -> None:
        """Refuse what is too large packed or unpacked, encrypted, old, has macros, or has XML that defines entities."""
        if content.startswith(OLE):
            rule = "must be an .xlsx workbook without a password; this one is encrypted or of the old .xls kind"
            raise self._refused(rule, "open it and save it as .xlsx without a password")
        if len(content) > MAX_BYTES:
            raise self._refused(f"must be at most {MAX_BYTES // 2**20} MiB", "keep the sheet of interest")
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                parts = archive.infolist()
                if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                    rule = f"must unpack to at most {MAX_PARTS:,} parts and {MAX_UNPACKED // 2**20} MiB"
                    raise self._refused(rule, "this is no workbook that a publisher would make; save the sheet anew")
                for part in parts:
                    if (
                        part.filename.casefold().endswith("vbaproject.bin")
                        or "macrosheets/" in part.filename.casefold()
                    ):
                        raise self._refused("must have no macros", "save it as .xlsx, which has none")
                    if part.filename.endswith((".xml", ".rels", ".vml")):
                        with archive.open(part) as stream:
                            self._check_xml(stream)
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            EOFError,
            OSError,
            zlib.error,
            lzma.LZMAError,
        ) as error:
            rule = f"must be an .xlsx workbook that can be read ({type(error).__name__})"
            raise self._refused(rule, "download it again, or open it and save it as .xlsx") from None

    def _check_xml(self, stream: Any) -> None:
        """Excel writes UTF-8 without definitions; whoever needs another encoding or a DOCTYPE has other plans."""
        kept = b""
        first = True
        while chunk := stream.read(1 << 20):
            if first:
                declared = _DECLARED.match(chunk[:300])
                plain = chunk.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
                if not plain or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
                    raise self._refused("must be XML in UTF-8 inside", "open it and save it as .xlsx")
                first = False
            if b"<!DOCTYPE" in kept + chunk or b"<!ENTITY" in kept + chunk:
                raise self._refused("must define no entities inside", "open it and save it as .xlsx")
            kept = chunk[-16:]

    def _tried(self, act: Any) -> Any:
        """The result of what openpyxl does; it raises whatever a damaged file makes of it."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and extensions it does not know
                return act()
        except (ScenarioError, MemoryError):
            raise
        except Exception as error:
            rule = f"must be an .xlsx workbook that can be read ({type(error).__name__})"
            raise self._refused(rule, "open it and save it as .xlsx, or save the sheet as CSV") from None

    def _refused(self, rule: str, remedy: str) -> ScenarioError:
        return ScenarioError((Fault(self.file, 0, "", "", rule, remedy, "bad-workbook"),))


def _theme_colours(theme: Any) -> tuple[str, ...]:
    """The colours that cells name by number, as RRGGBB; empty where the workbook has no theme."""
    text = theme.decode("utf-8", "replace") if isinstance(theme, bytes) else str(theme or "")
    found = []
    for name in _THEME_ORDER:
        part = re.search(rf"<a:{name}>(.*?)</a:{name}>", text, re.DOTALL)
        color = re.search(r'(?:lastClr|srgbClr val)="([0-9A-Fa-f]{6})"', part[1]) if part else None
        found.append(color[1] if color else "")
    return tuple(found)
