"""The documentation site: `make site`. Pages read on their own in a file browser; what only the site needs is here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.highlighting import PygmentsBridge

DOCS = Path(__file__).parent
ROOT = DOCS.parent

project, author, copyright = "burdenshare", "The burdenshare authors", "The burdenshare authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["verification", "pictures"]
myst_heading_anchors = 4  # links to headings as a file browser makes them
default_role = "literal"  # docstrings are plain text with `names` in it
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_custom_sections: list[str] = []
nitpicky = True
PACKAGES = "altair|collections|os|pathlib|pd|pandas|np|xarray"
OURS = r"sim\.(results\.record|analysis\.(sensitivity|stories)|output\.report|model\.parameters)"
NOT_HERE = rf"({PACKAGES}|{OURS})\..*|NDArray|Path|Record|Narrative|Sensitivity|Differences"
nitpick_ignore_regex = [("py:class", NOT_HERE)]  # types of other packages, and of modules that users do not see
maximum_signature_line_length = 80

html_theme = "furo"
html_title = "burdenshare"
html_static_path = ["site"]
html_css_files = ["site.css"]
html_copy_source = html_show_sphinx = False
pygments_style, pygments_dark_style = "a11y-high-contrast-light", "a11y-high-contrast-dark"
LANGUAGES = {".py": "python", ".toml": "toml", ".md": "markdown", ".ts": "typescript"}


def add_contents(_: Sphinx, docname: str, text: list[str]) -> None:
    """Make the lists of links on the index the site's contents: a part for each heading."""
    if docname != "index":
        return
    parts = text[0].split("\n## ")
    for place, part in enumerate(parts[1:], 1):
        links = "\n".join(dict.fromkeys(re.findall(r"\]\(([\w/-]+)\.md\)", part)))
        parts[place] = (
            f"{part.rstrip()}\n\n```{{toctree}}\n:hidden:\n:caption: {part.splitlines()[0]}\n\n{links}\n```\n"
        )
    text[0] = "\n## ".join(parts)


def point_at_sources(app: Sphinx, doctree: nodes.document) -> None:
    """Links that leave docs/: to a file, a page with its text; to a folder, its name alone."""
    folder = DOCS / Path(app.env.docname).parent
    for link in [*doctree.findall(addnodes.download_reference), *doctree.findall(addnodes.pending_xref)]:
        if link.get("reftype") != "myst" or link["reftarget"] in app.env.found_docs:
            continue
        ending = ".md" if link["refdomain"] == "doc" else ""
        target = Path(os.path.normpath(folder / f"{link['reftarget'].split('#')[0]}{ending}"))
        if target.is_dir():
            link.replace_self(link.children)
        elif target.is_file() and not target.is_relative_to(DOCS):
            name = target.relative_to(ROOT).as_posix()
            app.env.metadata[app.env.docname].setdefault("sources", []).append(name)
            link.replace_self(nodes.reference("", "", *link.children, refuri=f"source:{name}"))


def resolve_sources(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Addresses of those pages, as seen from the page that links to them."""
    for link in doctree.findall(nodes.reference):
        if (name := link.get("refuri", "")).startswith("source:"):
            link["refuri"] = app.builder.get_relative_uri(docname, f"source/{name.removeprefix('source:')}")


def source_pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A page for each file that is linked to."""
    bridge = PygmentsBridge("html", app.config.pygments_style)
    for name in sorted({name for facts in app.env.metadata.values() for name in facts.get("sources", ())}):
        text = (ROOT / name).read_text(encoding="utf-8")
        code = bridge.highlight_block(text, LANGUAGES.get(Path(name).suffix, "text"))
        yield f"source/{name}", {"title": name, "body": f"<h1>{name}</h1>\n{code}"}, "page.html"


def make_accessible(_: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object) -> None:
    """What scrolls can be reached from the keyboard; the menu's headings have a level."""
    for part, plain, better in (
        ("body", "<pre>", '<pre tabindex="0">'),
        ("body", '<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
        ("furo_navigation_tree", 'role="heading"', 'role="heading" aria-level="2"'),
    ):
        context[part] = context.get(part, "").replace(plain, better)


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the above."""
    app.connect("source-read", add_contents)
    app.connect("doctree-read", point_at_sources, priority=400)  # before Sphinx collects what is to be downloaded
    app.connect("doctree-resolved", resolve_sources)
    app.connect("html-collect-pages", source_pages)
    app.connect("html-page-context", make_accessible, priority=900)  # after the theme has made its menu
    return {"parallel_read_safe": True}
