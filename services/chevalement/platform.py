"""The whole platform on one machine: an embedded broker, four services, one origin, one process.

Rule guarded here: the embedded platform runs the very services of production; only the wiring differs.
"""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from importlib import import_module

import psutil
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Mount, Route

from kernel.contracts.registry import SERVICES
from kernel.runtime.clock import Clock
from kernel.runtime.nats_server import BrokerDidNotStart, NatsServer
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings

PREFIXES = {"scoring": "/instruction", "funding_watch": "/veille", "notifier": "/alertes", "intake": ""}
"""Where each service's pages are; intake has the root, so it comes last."""
PRIVATE_NETWORKS = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,::1/128,fc00::/7"
"""Whence a proxy is believed about the visitor's address; limits on what a network may ask depend on it."""
READY_TIMEOUT = 30.0
PAGES_GRACE = 3
"""Seconds that the pages being answered have to end when the platform stops."""
BROKER_WATCH = 0.2

log = structlog.get_logger()


class QuietServer(uvicorn.Server):
    """uvicorn without its own signal handling: stopping is the platform's affair, and in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Platform:
    """Start, serve, stop. `broker` is None when the settings name one elsewhere."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.broker = None if settings.nats_url else NatsServer(settings.data / "nats", settings.nats_port)
        self.services: dict[str, Service] = {}
        self.port = settings.port
        self._server: QuietServer | None = None
        self._serving: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where the pages are, without a final slash."""
        return f"http://{self.settings.host}:{self.port}"

    async def start(self) -> None:
        """Bring up broker, services and pages; returns when all four are ready. Raises what kept them."""
        listener = _listener(self.settings.host, self.settings.port)
        self.port = listener.getsockname()[1]
        settings = self.settings
        if not settings.public_url:
            settings = settings.model_copy(update={"public_url": self.url})
        if self.broker is not None:
            await self.broker.start()
            self._watching = asyncio.create_task(keep_up(self.broker))
        nats_url = self.broker.url if self.broker else settings.nats_url
        self.services = {name: build(name, settings, nats_url) for name in SERVICES}
        await asyncio.gather(*(service.start() for service in self.services.values()))
        await self._serve(listener)
        await self._ready()

    async def _serve(self, listener: socket.socket) -> None:
        config = uvicorn.Config(
            self._root(), lifespan="off", log_level="error", access_log=False, timeout_graceful_shutdown=PAGES_GRACE
        )
        self._server = QuietServer(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))

    def _root(self) -> Starlette:
        async def ready(_: Request) -> JSONResponse:
            problems = await self.problems()
            return JSONResponse({"ready": not problems, "problems": problems}, 503 if problems else 200)

        async def with_slash(request: Request) -> RedirectResponse:
            return RedirectResponse(f"{request.url.path}/", 308)

        bare = [Route(prefix, with_slash) for prefix in PREFIXES.values() if prefix]
        mounts = [Mount(prefix, self.services[name].app) for name, prefix in PREFIXES.items()]
        return Starlette(routes=[Route("/health/all", ready), *bare, *mounts])

    async def problems(self) -> dict[str, dict[str, str]]:
        """What keeps each service from being ready; empty when all are."""
        found = {name: await service.health.problems() for name, service in self.services.items()}
        return {name: problems for name, problems in found.items() if problems}

    async def _ready(self) -> None:
        deadline = asyncio.get_running_loop().time() + READY_TIMEOUT
        while problems := await self.problems():
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError(f"not ready after {READY_TIMEOUT:.0f} s: {problems}")
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Pages first, then the services together, the broker last."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await asyncio.wait([self._serving], timeout=PAGES_GRACE + 1)
        await asyncio.gather(*(service.stop() for service in self.services.values()), return_exceptions=True)
        if self._watching is not None:
            self._watching.cancel()
        if self.broker is not None:
            await self.broker.stop()


async def keep_up(broker: NatsServer) -> None:
    """Start the broker again, on its port and its files, whenever it has died; the services reconnect."""
    while True:
        await asyncio.sleep(BROKER_WATCH)
        if broker.has_died():
            log.error("broker.died", action="starting it again")
            try:
                await broker.start()
            except BrokerDidNotStart as error:
                log.error("broker.not_started", reason=str(error))


def build(name: str, settings: Settings, nats_url: str, clock: Clock | None = None) -> Service:
    """Put one service together; its code is imported only here, so that a process has what it runs."""
    service: Service = import_module(f"{name}.app").build(settings, nats_url, clock)
    return service


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Platform]:
    """A platform for the length of the block."""
    platform = Platform(settings)
    try:
        await platform.start()
        yield platform
    finally:
        await platform.stop()


async def serve_one(name: str, settings: Settings) -> None:
    """One service alone, as a container runs it, until it is told to stop."""
    if not settings.nats_url:
        raise SystemExit("CHEVALEMENT_NATS_URL='': a service that runs alone needs a broker, e.g. nats://nats:4222")
    service = build(name, settings, settings.nats_url)
    listener = _listener(settings.host, settings.port)
    config = uvicorn.Config(
        service.app,
        lifespan="off",
        log_level="error",
        access_log=False,
        root_path=PREFIXES[name],  # the proxy strips the prefix, pages show where people are
        forwarded_allow_ips=PRIVATE_NETWORKS,
    )
    server = QuietServer(config)
    stop = stop_signal()
    await service.start()
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await stop.wait()
    server.should_exit = True
    await asyncio.wait([serving], timeout=PAGES_GRACE + 1)
    await service.stop()


def stop_signal() -> asyncio.Event:
    """An event that SIGINT or SIGTERM sets; a second signal ends the process at once, as a kill would."""
    event = asyncio.Event()
    loop = asyncio.get_running_loop()

    def told() -> None:
        if event.is_set():
            for broker in psutil.Process().children():
                broker.terminate()
            os._exit(130)  # an exception here would only begin another orderly end, which may wait for what is gone
        event.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told)
    return event


def _listener(host: str, port: int) -> socket.socket:
    """The listening socket, taken before anything else so that a busy port is said at once."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SystemExit(f"CHEVALEMENT_PORT={port}: cannot listen on {host}: {error.strerror}") from None
    listener.listen(128)
    listener.setblocking(False)
    return listener
