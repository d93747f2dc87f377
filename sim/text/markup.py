"""HTML of ours for notebooks: every text escaped, no style that reaches beyond its element, nothing fetched."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from sim.text.escaping import plain

LINE = "1px solid rgba(128, 128, 128, 0.5)"
"""A grey that shows on white and on black; everything else has the notebook's own colours."""


def element(tag: str, *content: str, style: str = "") -> str:
    """An element around HTML that is ours already."""
    given = f' style="{escape(style)}"' if style else ""
    return f"<{tag}{given}>{''.join(content)}</{tag}>"


def text(raw: str) -> str:
    """A user's words: escaped, on one line, and nothing that does not print."""
    return escape(plain(raw))


def card(title: str, lines: Iterable[str], *parts: str) -> str:
    """A title and lines of plain words, which are escaped here, above parts that are HTML already."""
    head = element("strong", text(title))
    body = (element("div", text(line)) for line in lines)
    return element("div", element("div", head), *body, *parts, style=f"border-left: {LINE}; padding-left: 0.8em")


def yardstick(pillar: str, share_pct: float, by: int, remarks: str) -> str:
    """A target in words, with its remarks in brackets: "core 3.5 % of GDP by 2032 (not agreed)"."""
    return f"{pillar} {share_pct:g} % of GDP by {by}{remarks}"
