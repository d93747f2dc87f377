"""A page in Debian's Chromium: what it asks for, says and shows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)")


@dataclass
class Seen:
    """An open page and what happened on it."""

    page: Any
    asked: list[str] = field(default_factory=list)  # addresses other than the page's own and data inside it
    said: list[str] = field(default_factory=list)  # errors and warnings of the console, and uncaught exceptions
    dialogs: list[str] = field(default_factory=list)


@contextmanager
def opened(
    file: Path, *, width: int = 1100, scheme: str = "light", scripts: bool = True, drawn: bool = True, **context: Any
) -> Iterator[Seen]:
    """The page of a file; with scripts, once its pictures are drawn."""
    from playwright.sync_api import sync_playwright

    assert CHROMIUM is not None, "chromium must be installed"
    with sync_playwright() as play:
        # Everything runs as root in a container, where the sandbox cannot; the pages are our own.
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        world = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts, **context
        )
        page = world.new_page()
        seen, own = Seen(page), file.resolve().as_uri()
        page.on("request", lambda r: None if r.url.startswith(("data:", "blob:", own)) else seen.asked.append(r.url))
        page.on("console", lambda m: seen.said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: seen.said.append(str(error)))
        page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(own)
        if scripts and drawn:
            page.wait_for_function("document.documentElement.dataset.drawn === 'yes'", timeout=30_000)
        yield seen
        browser.close()
