"""What a portal publishes as HTML becomes plain text here, before anything is kept.

The rule kept here: no markup of a source enters a record, so no page can ever show it; scripts and styles
go with their content. A text may still hold "<" as a character: templates escape it as any other text.
"""

import html
import re
from urllib.parse import urljoin, urlsplit

import nh3

MAX_TEXT = 20_000
"""Characters kept of one text: our choice, so that one page cannot fill the base."""

LONGEST_ADDRESS = 2_000
"""Characters; what is longer opens in no browser and no mail."""

NUL = "\0"
"""Some feeds carry it; PostgreSQL refuses a text that holds it."""

BLOCKS = {"p", "br", "div", "ul", "ol", "li", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}

_ITEM = re.compile(r"<li>")
_TAG = re.compile(r"<[^>]*>")
_SPACES = re.compile(r"[ \t\r\f\v]+")
_GARBLED = re.compile("\u00c3[\u0080-\u00bf]|\u00c2[\u00a0-\u00bf]|\u00e2\u20ac|\ufffd")
"""What UTF-8 looks like when it is read as Windows-1252, and what stands for a byte that could not be read."""
_LINES = re.compile(r" ?\n ?(?:\n ?)*")


def plain_text(markup: str | None, limit: int = MAX_TEXT) -> str:
    """The text of an HTML fragment, a line a paragraph, list items after a dash, cut at `limit`."""
    if not markup:
        return ""
    # One line first: in HTML a line end is a space, only the blocks part the text.
    kept = nh3.clean(" ".join(markup.replace(NUL, "").split("\n")), tags=BLOCKS, attributes={})
    lined = _TAG.sub("\n", _ITEM.sub("\n- ", kept))
    text = _LINES.sub("\n", _SPACES.sub(" ", html.unescape(lined))).strip()
    text = text.replace("- \n", "- ")
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def is_garbled(text: str) -> bool:
    """Whether a text was read in another encoding than it was written in, somewhere before us."""
    return bool(_GARBLED.search(text))


def one_line(text: str | None) -> str:
    """A title without entities, line ends or doubled spaces."""
    return _SPACES.sub(" ", html.unescape(text or "").replace(NUL, "").replace("\n", " ")).strip()


def web_address(*candidates: str | None, base: str = "") -> str:
    """The first of the candidates that is an http(s) address; the others, `javascript:` included, are passed over.

    Raises ValueError when none is.
    """
    for candidate in candidates:
        address = urljoin(base, (candidate or "").strip()) if candidate else ""
        parts = urlsplit(address)
        if parts.scheme in {"http", "https"} and parts.netloc and len(address) <= LONGEST_ADDRESS:
            return address
    raise ValueError(f"no web address among {str(candidates)[:300]}: the source gave a call without a page")
