"""The files of a saved run, read as a stranger's.

Only regular files are opened, and nothing of their size is made before size, kind and shape are those expected.
"""

from __future__ import annotations

import json
import math
import os
import stat
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, Any, BinaryIO, TypeVar
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
from numpy.typing import NDArray

from sim.errors import RunError
from sim.text.escaping import plain

AGAIN = "take an undamaged copy of the run, or run the scenario again"
HEADER = 16 * 1024
"""Bytes that the head of an array may take at most, in its file and in the archive."""
CHUNK = 1024 * 1024

Number = TypeVar("Number", np.int64, np.float32, np.float64)
Shape = tuple[int, ...]


def refused(path: Path, why: str, remedy: str = AGAIN) -> RunError:
    """The error for a run that cannot be used."""
    reason = " ".join(plain(why).split())[:300]
    return RunError(f"{plain(str(path))} {reason}\n  remedy: {remedy}")


@contextmanager
def part(file: Path, most: int) -> Iterator[BinaryIO]:
    """A file of a saved run, open; raises RunError with its name for whatever is found wrong with it inside."""
    try:
        with opened(file, most) as stream:
            yield stream
    except RunError:
        raise
    except (FileNotFoundError, NotADirectoryError) as error:
        why = f"is not a saved run: {file.name} is missing"
        raise refused(file.parent, why, "name the folder that `sim run --out` or `Results.save` wrote") from error
    except PermissionError as error:
        raise refused(file, "must be readable (Permission denied)", "check who may read it") from error
    except MemoryError as error:
        raise refused(file, "takes more memory than there is", "open it on a machine that has more") from error
    except Exception as error:  # zip, zlib, struct, JSON and NumPy each complain in their own way
        said = str(error) if type(error) in (ValueError, TypeError) else f"{type(error).__name__}: {error}"
        raise refused(file, f"is damaged, or of no saved run ({said})") from error


def opened(file: Path, most: int) -> BinaryIO:
    """A regular file alone: opening alone may wait for ever, or do something, where it is a pipe or a device."""
    if not stat.S_ISREG(file.lstat().st_mode):
        raise ValueError("it must be a file of its own, no link, folder, pipe or device")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    stream = os.fdopen(os.open(file, flags), "rb")
    size = os.fstat(stream.fileno()).st_size
    if size > most:
        stream.close()
        raise ValueError(f"it has {size:,} bytes, and at most {most:,} were expected")
    return stream


def text_of(stream: BinaryIO) -> str:
    """The text of a file in UTF-8."""
    return stream.read().decode()


def digest(stream: BinaryIO) -> str:
    """sha256 of a file's bytes; reading goes on at its beginning."""
    found = file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a BufferedReader is what it wants
    stream.seek(0)
    return found


def sealed(facts: Mapping[str, Any]) -> str:
    """Facts as JSON that ends with the sha256 of the text without it."""
    head = json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False).removesuffix("\n}") + ',\n "sha256": "'
    tail = '"\n}\n'
    return head + sha256((head + tail).encode()).hexdigest() + tail


def is_sealed(text: str, stated: object) -> bool:
    """Whether `stated`, which stands in the text, is the sha256 of the text without it."""
    if not isinstance(stated, str) or not stated:
        return False
    before, _, after = text.rpartition(stated)
    return sha256((before + after).encode()).hexdigest() == stated


def most_bytes(shapes: Mapping[str, Shape]) -> int:
    """Bytes that an archive of arrays of these shapes may have: deflated, what cannot be squeezed grows a little."""
    return sum(8 * math.prod(shape) * 1001 // 1000 + 2 * HEADER for shape in shapes.values())


def read_archive(stream: IO[bytes], shapes: Mapping[str, Shape]) -> dict[str, NDArray[np.int64]]:
    """The arrays of an .npz file, by name; all and only those of `shapes`.

    Raises:
        ValueError, TypeError: it holds something else; and what zipfile and zlib raise.
    """
    arrays = {}
    with ZipFile(stream) as archive:
        members = archive.infolist()
        names = sorted(member.filename for member in members)
        if names != sorted(f"{name}.npy" for name in shapes):
            found = ", ".join(sorted(set(names) ^ {f"{name}.npy" for name in shapes})[:3]) or "one twice"
            raise ValueError(f"it must hold the arrays of a run, each once, and no others: {found}")
        for member in members:
            if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or member.flag_bits & 1:
                raise ValueError(f"{member.filename} is packed in a way that no run is")
            name = member.filename.removesuffix(".npy")
            with archive.open(member) as file:
                arrays[name] = read_array(file, member.file_size, np.int64, shapes[name], name)
    return {name: arrays[name] for name in shapes}


def read_array(
    stream: IO[bytes], size: int, kind: type[Number], shape: Shape | None, name: str
) -> NDArray[Number]:  # fmt: skip
    """The array of an .npy file of `size` bytes, in the byte order of this machine; of any shape where that is None.

    Raises:
        ValueError, TypeError: it has other numbers, another shape or another length.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy warns of heads that Python 2 wrote
        order, dtype, found = _head(stream, name)
    if found != (shape := found if shape is None else shape) or min(shape, default=0) < 0:
        raise ValueError(f"{name} must have the shape {shape}, not {found}")
    if dtype.newbyteorder("=") != np.dtype(kind):
        raise TypeError(f"{name} must be of {np.dtype(kind).name}, not {dtype.name}")
    if size != stream.tell() + dtype.itemsize * math.prod(shape):
        raise ValueError(f"{name} has too few or too many bytes for its shape {shape}")
    array: NDArray[Any] = np.empty(shape, dtype, order=order)
    rest = memoryview(array.T if order == "F" else array).cast("B")  # type: ignore[arg-type]  # an array is a buffer
    while rest:
        read = stream.read(min(len(rest), CHUNK))
        if not read:
            raise ValueError(f"{name} ends too early")
        rest[: len(read)] = read
        rest = rest[len(read) :]
    if stream.read(1):  # at its end, an archive compares its sum as well
        raise ValueError(f"{name} goes on after its end")
    return array.astype(kind, copy=False)


def _head(stream: IO[bytes], name: str) -> tuple[Any, np.dtype[Any], Shape]:
    """Order, kind and shape of an array."""
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    try:
        version = np.lib.format.read_magic(stream)
        found, fortran, dtype = readers[version](stream)
    except (MemoryError, RecursionError, KeyError) as error:  # Python reads the head: brackets without end, for one
        raise ValueError(f"{name} has a head that cannot be read") from error
    return "F" if fortran else "C", dtype, found
