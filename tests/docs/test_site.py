"""The documentation site builds without a warning, fetches nothing from elsewhere, and hangs together."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import sim

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FETCHED = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src", "object": "data"}


class Page(HTMLParser):
    """What a page fetches, where it links to, and the places in it that can be linked to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag in FETCHED and FETCHED[tag] in facts and facts.get("rel") not in ("index", "search", "next", "prev"):
            self.fetched.append(facts[FETCHED[tag]])
        self.fetched += re.findall(r"url\(([^)]*)\)", facts.get("style", ""))
        self.fetched += [part.split()[0] for part in facts.get("srcset", "").split(",") if part]
        if tag == "a" and "href" in facts:
            self.links.append(facts["href"])
        self.places |= {facts[name] for name in ("id", "name") if name in facts}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; every warning is an error, and there is no network to lean on."""
    out = tmp_path_factory.mktemp("site")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-b", "html", "-d", str(out / "trees"),
               str(DOCS), str(out / "html")]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ, **nowhere})
    assert (done.returncode, done.stderr) == (0, "")
    return out / "html"


@pytest.fixture(scope="module")
def built(site: Path) -> dict[Path, Page]:
    return {file: Page(file.read_text(encoding="utf-8")) for file in site.rglob("*.html")}


def sources() -> Iterator[str]:
    """Names of the pages of docs/, without their ending."""
    for file in sorted(DOCS.rglob("*.md")):
        yield file.relative_to(DOCS).with_suffix("").as_posix()


def test_every_page_is_built_and_reachable_from_the_index(site: Path, built: dict[Path, Page]) -> None:
    seen, waiting = set(), [site / "index.html"]
    while waiting:
        file = waiting.pop()
        if file not in seen and file in built:
            seen.add(file)
            here = (urlsplit(link).path for link in built[file].links if not urlsplit(link).scheme)
            waiting += [Path(os.path.normpath(file.parent / unquote(path))) for path in here if path]
    assert {site / f"{name}.html" for name in sources()} <= seen


def test_the_index_itself_lists_every_page() -> None:
    """Those who read the folder have no menu."""
    listed = set(re.findall(r"\]\(([\w/-]+)\.md", (DOCS / "index.md").read_text(encoding="utf-8")))
    assert listed == set(sources()) - {"index"}


def test_no_link_is_broken(built: dict[Path, Page]) -> None:
    broken = []
    for file, page in built.items():
        for link in [*page.links, *page.fetched]:
            parts = urlsplit(link)
            if parts.scheme or link.startswith("//"):
                continue
            target = Path(os.path.normpath(file.parent / unquote(parts.path))) if parts.path else file
            whole = target.is_file() and (
                not parts.fragment or target not in built or unquote(parts.fragment) in built[target].places
            )
            if not whole:
                broken.append(f"{file.name}: {link}")
    assert broken == []


def test_nothing_is_fetched_from_elsewhere(site: Path, built: dict[Path, Page]) -> None:
    fetched = [(file.name, link) for file, page in built.items() for link in page.fetched]
    assert fetched
    assert [each for each in fetched if urlsplit(each[1]).scheme not in ("", "data") or each[1].startswith("//")] == []
    for file in site.rglob("*.css"):
        text = file.read_text(encoding="utf-8")
        found = re.findall(r"url\(\s*['\"]?([^'\")]+)", text) + re.findall(r"@import\s+['\"]([^'\"]+)", text)
        assert [link for link in found if urlsplit(link).scheme not in ("", "data")] == [], file.name


def test_no_place_on_this_machine_is_named(site: Path) -> None:
    for file in site.rglob("*.html"):
        assert str(ROOT) not in file.read_text(encoding="utf-8"), file.name


def test_what_scrolls_takes_the_keyboard(site: Path) -> None:
    for file in site.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert "<pre>" not in text, file.name
        assert '<div class="table-wrapper' not in text, file.name


def test_the_python_page_has_every_public_name() -> None:
    text = (DOCS / "reference" / "python.md").read_text(encoding="utf-8")
    assert [name for name in sim.__all__ if not re.search(rf":: sim\.([\w.]+\.)?{name}\b", text)] == []


def test_links_to_files_lead_to_their_text(site: Path) -> None:
    assert "def willingness" in text_of(site / "source" / "sim" / "model" / "equations" / "budget.py.html")
    page = (site / "model" / "equations.html").read_text(encoding="utf-8")
    assert 'href="../source/sim/model/equations/budget.py.html"' in page


def text_of(file: Path) -> str:
    return re.sub(r"<[^>]+>", "", file.read_text(encoding="utf-8"))


def test_the_reader_sees_what_a_page_fetches() -> None:
    """The control."""
    page = Page('<script src="https://x.org/a.js"></script><img src="a.png"><a href="b.html#c">b</a><p id="d">')
    assert (page.fetched, page.links, page.places) == (["https://x.org/a.js", "a.png"], ["b.html#c"], {"d"})
