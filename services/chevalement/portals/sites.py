"""The sites and feeds that are read by declaration, each in its own shape: SPIP, MGDIS, open data, plain pages.

The rule kept here: a site is a folder of pages, and nothing of it is known here. Days are counted from the one that the
clock shows; an answer carries its ETag, and is not sent twice to who has it.
"""

import hashlib
from collections.abc import Callable
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable

import jinja2
from aiohttp import web
from babel.dates import format_date

KINDS = {"html": "text/html", "json": "application/json", "xml": "application/xml", "csv": "text/csv"}


class Sites:
    """One folder of `sample/portals/sites` a site, under /NAME/ of the server."""

    def __init__(self, today: Callable[[], date]) -> None:
        self._today = today
        self._folder = files("chevalement") / "sample" / "portals" / "sites"
        self.names = tuple(sorted(one.name for one in self._folder.iterdir() if one.is_dir()))

    async def answer(self, request: web.Request) -> web.Response:
        """The page of a site; 404 for one that it does not have, which sites have links to all the same."""
        name, path = request.match_info["site"], request.match_info["path"]
        found = self._page(name, path, request.query.get("id_dispositif")) if name in self.names else None
        if found is None:
            return web.Response(status=404, text="Page introuvable")
        page, kind = found
        offset = request.query.get("offset", "")
        here = f"{request.url.origin()}/{name}/"
        body = self._rendered(page, int(offset) if offset.isdigit() else 0, here).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(body=body, content_type=kind, charset="utf-8", headers={"ETag": tag})

    def _page(self, name: str, path: str, dispositif: str | None) -> tuple[Traversable, str] | None:
        """The file behind an address, and its kind; SPIP has two addresses for one."""
        path = f"dispositif-{dispositif}" if dispositif else path.replace("dispositif1", "dispositif-1")
        parts = [part for part in path.split("/") if part not in {"", ".", ".."}] or ["index"]
        for extension, kind in KINDS.items():
            page = self._folder.joinpath(name, *parts[:-1], f"{parts[-1]}.{extension}")
            if page.is_file():
                return page, kind
        return None

    def _rendered(self, page: Traversable, offset: int, here: str) -> str:
        today = self._today()

        def day(days: int) -> date:
            return today + timedelta(days=days)

        words = {
            "iso": lambda days: day(days).isoformat(),
            "barres": lambda days: f"{day(days):%d/%m/%Y}",
            "jour": lambda days: format_date(day(days), "d MMMM y", "fr"),
            "jour_court": lambda days: format_date(day(days), "d MMMM", "fr"),
            "mois": lambda days: format_date(day(days), "MMMM y", "fr"),
            "annee": lambda days: day(days).year,
        }
        template = jinja2.Environment(autoescape=False).from_string(page.read_text(encoding="utf-8"))  # noqa: S701 - our own files, written as they must go out
        return template.render(**words, offset=offset, here=here)
