"""A case that breaks the contract, made smaller while it breaks it in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fuzz.contract import MAIN, Broken, Case, Planted, judge

TRIES = 400


def broken_by(case: Case, folder: Path, run: bool) -> str | None:
    """How a case breaks the contract, or None."""
    try:
        judge(case, folder, run=run)
    except Broken as error:
        return error.what
    return None


def smaller(case: Case, what: str, folder: Path, *, run: bool = False) -> Case:
    """Files, lines and then bytes are left out as long as the contract is broken in the way called `what`."""
    tries = TRIES
    while tries > 0:
        for less in _less(case):
            tries -= 1
            if broken_by(less, folder, run) == what:
                case = less
                break
            if tries <= 0:
                break
        else:
            break
    return case


def _less(case: Case) -> Iterator[Case]:
    """Smaller cases, the smallest first."""
    for name in case.files:
        if name != MAIN and all(one.file != name for one in case.planted):
            yield replace(case, files={other: content for other, content in case.files.items() if other != name})
    for name, content in case.files.items():
        lines = content.split(b"\n")
        size = len(lines)
        while size >= 1:
            for at in range(0, len(lines), size):
                if len(lines) > size and (less := _without(case, name, lines, at, size)):
                    yield less
            size //= 2
    if case.planted:
        return  # lines are what it is about
    for name, content in case.files.items():
        size = len(content) // 2
        while size >= 1 and len(content) < 400:
            for at in range(0, len(content), size):
                yield replace(case, files=case.files | {name: content[:at] + content[at + size :]})
            size //= 2


def _without(case: Case, name: str, lines: list[bytes], at: int, size: int) -> Case | None:
    """The case without lines [at, at + size) of a file; the planted faults move up with their lines.

    None where a line of a case with planted faults would come under another header, and so mean something else.
    """
    gone = range(at + 1, min(at + size, len(lines)) + 1)
    headed = any(line.lstrip().startswith(b"[") for line in lines[at : at + size])
    after = lines[at + size].lstrip() if at + size < len(lines) else b"["
    if case.planted and headed and not after.startswith(b"["):
        return None

    def moved(line: int) -> int:
        return line if line < gone.start else line - len(gone)

    planted: list[Planted] = []
    for one in case.planted:
        if one.file != name:
            planted.append(one)
        elif one.line in gone:
            return None
        else:
            also = frozenset(moved(line) for line in one.also if line not in gone)
            planted.append(replace(one, line=moved(one.line), also=also))
    content = b"\n".join(lines[:at] + lines[at + size :])
    return replace(case, files=case.files | {name: content}, planted=tuple(planted))
