"""One origin, bounded bodies, strict headers; whatever is refused is refused with a page."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import PlainTextResponse, Response

from kernel.runtime.web import MAX_BODY, cause_of, web_app


def page(request: Request, status: int, detail: str) -> Response:
    return PlainTextResponse(f"page {status} {detail}", status)


@pytest.fixture
def application() -> FastAPI:
    app = web_app("test", secure=True, error_page=page)

    @app.post("/take")
    async def take(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @app.get("/cause")
    async def cause(request: Request) -> dict[str, str]:
        return {"trace": cause_of(request).traceparent}

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a bug")

    return app


@pytest.fixture
async def client(application: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=application, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="https://label.example") as made:
        yield made


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://label.example"}, 200),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
async def test_writes_come_from_our_own_pages(client: httpx2.AsyncClient, headers: dict[str, str], status: int) -> None:
    answer = await client.post("/take", content=b"x", headers=headers)
    assert answer.status_code == status
    assert status == 200 or answer.text.startswith("page 403 Cette demande vient d'un autre site")


async def test_a_body_is_bounded_with_and_without_its_length(client: httpx2.AsyncClient) -> None:
    assert (await client.post("/take", content=b"x" * MAX_BODY)).json() == {"bytes": MAX_BODY}
    assert (await client.post("/take", content=b"x" * (MAX_BODY + 1))).text == "page 413 "

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    answer = await client.post("/take", content=chunks())
    assert answer.status_code == 413 and answer.text.startswith("page 413")


async def test_a_bug_is_a_page_and_not_a_trace(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/broken")
    assert answer.status_code == 500 and answer.text == "page 500 "


async def test_headers_are_strict(client: httpx2.AsyncClient) -> None:
    headers = (await client.get("/cause")).headers
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"].startswith("max-age=")


async def test_the_trace_of_a_caller_is_carried_on(client: httpx2.AsyncClient) -> None:
    trace = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    assert (await client.get("/cause", headers={"traceparent": trace})).json()["trace"] == trace
    assert len((await client.get("/cause")).json()["trace"]) == 55
