"""A static address carries the hash of its content, so a browser keeps it for a year, never stale."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

from bootstrap_wrapper import get_bootstrap_css_dir
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kernel.ui.colours import theme_css

PREFIX = "/static"
STATIC = Path(__file__).parent / "static"
THEME = "theme.css"

_FOREVER = "public, max-age=31536000, immutable"
_CHECK = "no-cache"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_SOURCE_MAP = re.compile(rb"/\*# sourceMappingURL=.*?\*/\s*")  # the maps are not served

_OUR_CSS = ("tokens", "page", "words", "blocks", "steps", "forms", "data", "charts", "screen", "print")
# Reboot and grid (with its spacing and flex classes) are 62 kB; the whole of Bootstrap would be 232 kB.
_BOOTSTRAP_CSS = ("bootstrap-reboot.min.css", "bootstrap-grid.min.css")


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    name: str
    body: bytes

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:8]

    @cached_property
    def zipped(self) -> bytes:
        return gzip.compress(self.body, compresslevel=9, mtime=0)

    @property
    def hashed_name(self) -> str:
        path = PurePosixPath(self.name)
        return f"{path.stem}.{self.digest}{path.suffix}"

    @property
    def url(self) -> str:
        return f"{PREFIX}/{self.hashed_name}"

    @property
    def media_type(self) -> str:
        return _TYPES[PurePosixPath(self.name).suffix]


def _joined(paths: list[Path]) -> bytes:
    return b"\n".join(_SOURCE_MAP.sub(b"", path.read_bytes()) for path in paths)


@cache
def assets() -> Mapping[str, Asset]:
    """Every file that the kit ships, by its plain name; the stylesheet's parts are served as one file."""
    bootstrap = Path(get_bootstrap_css_dir())
    bodies = {
        "bootstrap.css": _joined([bootstrap / name for name in _BOOTSTRAP_CSS]),
        "chevalement.css": _joined([STATIC / "css" / f"{part}.css" for part in _OUR_CSS]),
        **{path.name: path.read_bytes() for path in sorted(STATIC.iterdir()) if path.is_file()},
    }
    return {name: Asset(name, body) for name, body in bodies.items()}


def static_url(name: str) -> str:
    """`chevalement.css` → `/static/chevalement.<hash>.css`."""
    try:
        return assets()[name].url
    except KeyError:
        known = ", ".join(sorted(assets()))
        raise ValueError(f"no static file {name!r}: there are {known}") from None


def theme(colours: Mapping[str, str]) -> Asset | None:
    """The stylesheet of a territory's colours, or None when it keeps the kit's."""
    return Asset(THEME, theme_css(colours).encode()) if colours else None


def _answer(asset: Asset, request: Request, caching: str) -> Response:
    etag = f'"{asset.digest}"'
    headers = {
        "Cache-Control": caching,
        "ETag": etag,
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.zipped, media_type=asset.media_type, headers=headers)
    return Response(asset.body, media_type=asset.media_type, headers=headers)


def static_app(colours: Mapping[str, str] | None = None) -> Starlette:
    """The files under `/static`: `app.mount("/static", static_app(site.colours))`.

    The hashed address is kept for a year; the plain one works too and is checked at each use.
    """
    served = dict(assets())
    if own := theme(colours or {}):
        served[own.name] = own
    hashed = {asset.hashed_name: asset for asset in served.values()}

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        if name in hashed:
            return _answer(hashed[name], request, _FOREVER)
        if name in served:
            return _answer(served[name], request, _CHECK)
        return PlainTextResponse("Fichier introuvable.", status_code=404)

    return Starlette(routes=[Route("/{name}", serve)])
