"""A bare machine: Python, make, a shell and coreutils, an empty home, and nothing else in reach, without a container.

What is left of the machine it stands on: the C library and what Python itself links, and the way to the package
registry (variables of pip and of proxies, certificates).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

COREUTILS = (
    "basename", "cat", "chmod", "cp", "cut", "date", "dirname", "echo", "env", "expr", "false", "head", "id", "ln",
    "ls", "mkdir", "mktemp", "mv", "nproc", "printf", "pwd", "readlink", "rm", "rmdir", "sleep", "sort", "tail", "test",
    "touch", "tr", "true", "uname", "wc",
)  # fmt: skip
TOOLS = ("sh", "make", *COREUTILS)
REGISTRY = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT", "REQUESTS_CA")
"""Beginnings of the variables that say how packages are reached."""

LIBRARIES = ("pango", "cairo", "harfbuzz", "gdk", "gtk", "glib", "gobject", "fontconfig", "freetype", "nss3", "xml2")
"""Libraries of the system that packages load where they are; hidden."""

FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")
PLACES = ("/lib", "/usr/lib", "/usr/local/lib", "/usr/lib64")


def bare(folder: Path) -> dict[str, str]:
    """The environment of such a machine, its programs and its home in `folder`."""
    programs, home, temporary = folder / "bin", folder / "home", folder / "tmp"
    for place in (programs, home, temporary):
        place.mkdir(parents=True)
    for tool in TOOLS:
        if found := shutil.which(tool):
            (programs / tool).symlink_to(found)
    python = programs / "python3"
    python.write_text(f'#!/bin/sh\nexec "{Path(_python()).resolve()}" "$@"\n')
    python.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name.upper().startswith(REGISTRY)}
    return {**kept, "PATH": str(programs), "HOME": str(home), "TMPDIR": str(temporary), "LANG": "C.UTF-8"}


def _python() -> str:
    """The Python under this environment."""
    return str(getattr(sys, "_base_executable", sys.executable))


def hidden(folder: Path) -> tuple[list[str], str]:
    """What to put before a command so that it sees neither libraries nor fonts of the system; or why it sees them."""
    if (unshare := shutil.which("unshare")) is None or (mount := shutil.which("mount")) is None:
        return [], "libraries and fonts of the system are in reach: there is no unshare or mount to hide them"
    empty = folder / "empty"
    empty.mkdir()
    patterns = [f"{below}lib{name}*.so*" for below in ("", "*/") for name in LIBRARIES]
    found = {file.resolve() for place in map(Path, PLACES) for pattern in patterns for file in place.glob(pattern)}
    mounts = [f"{mount} --bind /dev/null '{file}'" for file in sorted(found) if file.is_file()]
    mounts += [f"{mount} --bind '{empty}' {place}" for place in FONTS if Path(place).is_dir()]
    for call in ([unshare, "--mount"], [unshare, "--mount", "--map-root-user"]):
        prefix = [*call, "/bin/sh", "-c", "\n".join(["set -e", *mounts, 'exec "$@"']), "sh"]
        if subprocess.run([*prefix, "/bin/true"], capture_output=True, check=False).returncode == 0:
            return prefix, ""
    return [], "libraries and fonts of the system are in reach: this user may mount nothing over them"


def megabytes(folder: Path) -> int:
    """What a folder takes on disk, in millions of bytes."""
    files = (file.lstat() for file in folder.rglob("*"))
    return round(sum(each.st_blocks * 512 for each in files) / 1e6)
