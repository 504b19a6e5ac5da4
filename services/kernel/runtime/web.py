"""What every page shares: one origin, bounded bodies, strict headers, errors in French, a cause for each request.

Unsafe requests from another site are refused by the browser's own word (Fetch Metadata), else by Origin.
"""

from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kernel.contracts.envelope import Cause
from kernel.runtime import sessions
from kernel.runtime.database import Database
from kernel.runtime.pace import Limit, Pace, path_in, sentence, subject_of

MAX_BODY = 1024 * 1024
"""Bytes of a request without files; a form of the longest dossier is under 100 kB."""
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'",  # noqa: E501 - one header
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
SAFE = {"GET", "HEAD", "OPTIONS"}
OPEN_TO_ALL = ("/static/", "/health/")

log = structlog.get_logger()
ErrorPage = Callable[[Request, int, str], Response]
BodyLimit = Callable[[str], int]
"""Path → bytes that a request to it may have."""


def strict_headers(secure: bool) -> dict[str, str]:
    """The headers of every answer; behind TLS a browser is told to come by nothing else."""
    return SECURITY_HEADERS | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})


class Gate:
    """ASGI: refuses foreign writes and oversize bodies, adds headers, gives the request its cause."""

    def __init__(
        self, app: ASGIApp, error_page: ErrorPage, pace: Pace, secure: bool = False, limit: BodyLimit | None = None
    ) -> None:
        self.app = app
        self.error_page = error_page
        self.pace = pace
        self.headers = strict_headers(secure)
        self.limit = limit or (lambda path: MAX_BODY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    answer.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        scope.setdefault("state", {})["cause"] = Cause.new(headers.get("traceparent"))
        if (refusal := self._refusal(scope, headers)) is not None:
            await refusal(scope, receive, with_headers)
            return
        await _recognise(scope)
        if (later := self._too_fast(scope)) is not None:
            await later(scope, receive, with_headers)
            return
        await self.app(scope, _bounded(receive, self.limit(scope["path"])), with_headers)

    def _too_fast(self, scope: Scope) -> Response | None:
        """The page that says when to come back, where somebody writes too fast and the page does not say so itself."""
        limit = self.pace.limit_of(scope["method"], path_in(scope))
        request = Request(scope)
        wait = self.pace.wait(limit, subject_of(request)) if limit else 0
        scope["state"]["wait"] = wait
        if not wait or limit is None or limit.spoken:
            return None
        answer = self.error_page(request, 429, sentence(wait))
        answer.headers["Retry-After"] = str(wait)
        return answer

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """The page that says no before the application is asked, if it must."""
        if scope["method"] not in SAFE and not same_origin(headers):
            return self.error_page(Request(scope), 403, "Cette demande vient d'un autre site : elle est refusée.")
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > self.limit(scope["path"]):
            return self.error_page(Request(scope), 413, "")
        return None


def _bounded(receive: Receive, most: int) -> Receive:
    """`receive`, which says 413 once more than `most` bytes came."""
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413)
        return message

    return counted


async def _recognise(scope: Scope) -> None:
    """Find out who asks, once for the whole request; files and health checks are for everybody."""
    request = Request(scope)
    cookie = request.cookies.get(sessions.COOKIE)
    if cookie and not request.url.path.startswith(OPEN_TO_ALL):
        database: Database = scope["app"].state.database
        scope["state"]["person"] = await sessions.who(database, cookie)


def same_origin(headers: Headers) -> bool:
    """Whether an unsafe request comes from our own pages, or from no page at all (a command, a test)."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site:
        return site in {"same-origin", "none"}
    return not origin or urlsplit(origin).netloc == headers.get("host")


def cause_of(request: Request) -> Cause:
    """The cause of whatever this request makes happen."""
    cause: Cause = request.state.cause
    return cause


def web_app(
    title: str,
    *,
    secure: bool,
    error_page: ErrorPage,
    limit: BodyLimit | None = None,
    limits: Sequence[Limit] = (),
    generosity: float = 1.0,
) -> FastAPI:
    """A FastAPI application with the gate, body limits and error pages; documentation pages are off.

    `limit` is for an application that takes files; elsewhere a body has MAX_BODY bytes at most. `limits` are those
    of its doors, which `generosity` multiplies.
    """
    app = FastAPI(title=title, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.pace = Pace(limits, generosity)
    app.add_middleware(Gate, error_page=error_page, pace=app.state.pace, secure=secure, limit=limit)
    _speak_of_errors(app, error_page, secure=secure)
    return app


def _speak_of_errors(app: FastAPI, error_page: ErrorPage, *, secure: bool) -> None:
    @app.exception_handler(HTTPException)
    async def known(request: Request, error: HTTPException) -> Response:
        answer = error_page(request, error.status_code, str(error.detail or ""))
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> Response:
        route = getattr(request.scope.get("route"), "path", "")  # a path may hold a key; what it is about is enough
        log.error("page.failed", method=request.method, route=route, exc_info=error)
        answer = error_page(request, 500, "")
        answer.headers.update(strict_headers(secure))  # a bug is answered outside the gate
        return answer

    @app.exception_handler(ClientDisconnect)
    async def hung_up(request: Request, _: ClientDisconnect) -> Response:
        return error_page(request, 400, "")  # a line that is cut is no bug, and nobody hears this
