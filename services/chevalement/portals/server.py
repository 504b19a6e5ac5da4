"""The local portals as one HTTP server: real sockets, real answers, no network beyond this machine.

The rule kept here: what the sample shows is relative to the day that the given clock shows, so that the
demonstration of any day has calls that open, run and close.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date
from importlib.resources import files
from typing import Any

from aiohttp import web

from chevalement.portals.aides_territoires import AidesTerritoiresPortal
from chevalement.portals.eu_portal import EuPortal
from chevalement.portals.faults import Fault
from chevalement.portals.sites import Sites

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

TOKEN = "local-portal-token"  # noqa: S105 - opens nothing but the bundled portal


def sample(name: str) -> dict[str, Any]:
    """The content of one file of `chevalement/sample/portals`."""
    text = (files("chevalement") / "sample" / "portals" / name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


class LocalPortals:
    """Aides-territoires under /at/api, the European portal under /eu/search-api/prod/rest, sites under their names.

    `hits` counts the requests by what they asked: robots, login, aids, search, sites. `flaky` refuses one valid
    JWT once, as the real portal does now and then. `aids` and `topics` replace the bundled ones.
    """

    _runner: web.AppRunner | None = None

    def __init__(
        self,
        *,
        today: Callable[[], date],
        token: str = TOKEN,
        flaky: bool = False,
        faults: Iterable[Fault] = (),
        aids: Sequence[dict[str, Any]] | None = None,
        topics: Sequence[dict[str, Any]] | None = None,
    ) -> None:
        self.token = token
        self.hits: Counter[str] = Counter()
        self.faults = frozenset(faults)
        self._fresh = set(self.faults & {Fault.BUSY_ONCE, Fault.ELSEWHERE})
        bundled, listed = sample("aides_territoires.json"), sample("eu_portal.json")["topics"]
        empty = Fault.EMPTY in self.faults
        self._aides = AidesTerritoiresPortal(
            [] if empty else bundled["aids"] if aids is None else aids,
            perimeters=bundled["perimeters"],
            today=today,
            token=token,
            flaky=flaky,
            faults=self.faults,
        )
        self._eu = EuPortal([] if empty else listed if topics is None else topics, today=today, faults=self.faults)
        self.sites = Sites(today)
        self._address = ("127.0.0.1", 0)
        self._stopping = asyncio.Event()
        self.silent = asyncio.Event()
        """Set once a request waits for an answer that will not come (Fault.SILENT)."""

    @property
    def base_url(self) -> str:
        """Where the server listens, without a slash at the end."""
        host, port = self._address
        return f"http://{host}:{port}"

    @property
    def aides_territoires_url(self) -> str:
        """The `base_url` of the spider of the same name."""
        return f"{self.base_url}/at/api"

    @property
    def eu_portal_url(self) -> str:
        """The `base_url` of the spider of the same name."""
        return f"{self.base_url}/eu/search-api/prod/rest"

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; with port 0 the system chooses one, which base_url then tells."""
        self._runner = web.AppRunner(self._app(), access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self._address = (host, self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close every connection; a second call does nothing."""
        self._stopping.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_post("/at/api/connexion/", self._counted("login", self._aides.login))
        app.router.add_get("/at/api/aids/", self._counted("aids", self._aides.aids))
        app.router.add_post("/eu/search-api/prod/rest/search", self._counted("search", self._eu.search))
        # the same two under the names of their sources, beside those that are read by declaration
        app.router.add_post("/aides_territoires/connexion/", self._counted("login", self._aides.login))
        app.router.add_get("/aides_territoires/aids/", self._counted("aids", self._aides.aids))
        app.router.add_post("/eu_portal/search", self._counted("search", self._eu.search))
        app.router.add_get("/{site}/{path:.*}", self._counted("sites", self.sites.answer))
        return app

    async def _robots(self, _request: web.Request) -> web.Response:
        self.hits["robots"] += 1
        rule = "Disallow: /" if Fault.NO_ROBOTS in self.faults else "Disallow: /admin/"
        return web.Response(text=f"User-agent: *\n{rule}\n")

    def _counted(self, name: str, handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            self.hits[name] += 1
            if Fault.BUSY_ONCE in self._fresh:
                self._fresh.discard(Fault.BUSY_ONCE)
                return web.json_response({"title": "busy"}, status=503, headers={"Retry-After": "1"})
            if Fault.ELSEWHERE in self._fresh and name != "login":
                self._fresh.discard(Fault.ELSEWHERE)
                raise web.HTTPTemporaryRedirect(f"http://127.0.0.2:{self._address[1]}{request.rel_url}")
            if Fault.SILENT in self.faults:
                self.silent.set()
                await self._stopping.wait()
                return web.Response(status=503)
            return await handler(request)

        return answer
