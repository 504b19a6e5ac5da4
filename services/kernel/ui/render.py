"""A page is complete or it fails: unknown names raise, values are escaped, nothing is inline."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kernel.ui import bars, french
from kernel.ui.site import Site, Visitor
from kernel.ui.static import STATIC, static_url, theme

TEMPLATES = Path(__file__).parent / "templates"

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Sent with every page: the browser holds the kit to its rule of no inline script and no inline style."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message at the head of a page; `done` turns the wheel of the logo once."""

    kind: Literal["information", "succes", "attention", "danger"]
    title: str
    text: str = ""
    done: bool = False


_PLANES = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
_NO_TEXT = re.compile(f"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_PLANES}]")
"""What a page may not hold, https://html.spec.whatwg.org/#preprocessing-the-input-stream, though a visitor sent it."""


def _printable(value: object) -> object:
    """What is printed: a visitor's control characters and halves of characters show as `\N{REPLACEMENT CHARACTER}`."""
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", value) if type(value) is str else value


class _CompiledOnce(BytecodeCache):
    """Services of one process share what is compiled: the key is the file's place, the checksum its text."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _CompiledOnce()


def templates(*folders: Path) -> Environment:
    """The service's own folders first, then the kernel's. `ui` holds every component, in blocks too."""
    environment = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_COMPILED,
        finalize=_printable,
    )
    environment.filters.update(french.FILTERS)
    environment.globals.update(
        bars.GLOBALS,
        static_url=static_url,
        logo_svg=Markup((STATIC / "logo.svg").read_text(encoding="utf-8")),  # noqa: S704 - our own file
    )
    environment.globals["ui"] = environment.get_template("components.html").module
    return environment


def nobody(_: Request) -> Visitor | None:
    return None


class Page:
    """Renders the templates of one service under one site.

    `signed_in` gives the visitor, whose role chooses the navigation, or None for a stranger.
    """

    def __init__(
        self, environment: Environment, site: Site, *, signed_in: Callable[[Request], Visitor | None] = nobody
    ) -> None:
        self._environment = environment
        self._site = site
        self._signed_in = signed_in
        own = theme(site.colours)
        self._theme_url = own.url if own else None

    def _context(self, request: Request, context: dict[str, object]) -> dict[str, object]:
        path = request.url.path
        visitor = self._signed_in(request)
        site = self._site.seen_by(visitor)
        return {
            "site": site,
            "path": path,
            "current_nav": site.current(path),
            "signed_in": visitor.name if visitor else None,
            "theme_url": self._theme_url,
            "notices": (),
            **context,
        }

    def render(self, name: str, request: Request, *, status_code: int = 200, **context: object) -> HTMLResponse:
        """The whole page; `notices` in the context are shown above its content."""
        text = self._environment.get_template(name).render(self._context(request, context))
        return HTMLResponse(text, status_code=status_code, headers=HEADERS)

    def render_block(
        self, name: str, block: str, request: Request, *, status_code: int = 200, **context: object
    ) -> HTMLResponse:
        """One block of the page, as the fragment that replaces it; ValueError when there is no such block.

        What the template sets or imports outside its blocks does not exist here; `ui` does.
        """
        template = self._environment.get_template(name)
        if block not in template.blocks:
            raise ValueError(f"{name} has no block {block!r}: it has {', '.join(sorted(template.blocks))}")
        values = template.new_context(self._context(request, context))
        text = "".join(template.blocks[block](values))
        return HTMLResponse(text, status_code=status_code, headers=HEADERS)
