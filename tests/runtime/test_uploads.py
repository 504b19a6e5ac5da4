"""A form with files comes in as a stream: words and files apart, long ones cut and told, broken ones gone."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from kernel.runtime.uploads import received
from kernel.runtime.web import web_app

LONGEST = 1_000_000


def application(folder: Path) -> FastAPI:
    def page(request: Request, status: int, detail: str) -> Response:
        return Response(detail, status)

    app = web_app("test", secure=False, error_page=page, limit=lambda path: 5_000_000 if path == "/in" else 1_000)

    @app.post("/in")
    async def take(request: Request) -> Response:
        async with received(request, folder, LONGEST) as form:
            there = [len(upload.path.read_bytes()) for upload in form.uploads]
            told = [(one.field, one.name, one.size, one.digest, one.too_long) for one in form.uploads]
        return JSONResponse({"pairs": form.pairs, "files": told, "there": there})

    return app


def left_in(folder: Path) -> list[str]:
    return os.listdir(folder)


async def send(folder: Path, **request: object) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=application(folder))
    async with httpx2.AsyncClient(transport=transport, base_url="http://in.test") as client:
        return await client.post("/in", **request)  # type: ignore[arg-type]  # whatever a test sends


async def test_words_and_files_come_apart_and_nothing_stays(tmp_path: Path) -> None:
    content = b"x" * 700_000
    files = [("plans", ("é.pdf", content)), ("plans", ("long", b"y" * (LONGEST + 5)))]
    answer = await send(tmp_path, data={"titre": "Une école", "jeton": "a"}, files=files)
    found = answer.json()
    assert found["pairs"] == [["titre", "Une école"], ["jeton", "a"]]
    assert found["files"][0] == ["plans", "é.pdf", 700_000, hashlib.sha256(content).hexdigest(), False]
    assert found["files"][1][1:3] == ["long", LONGEST + 5] and found["files"][1][4] is True
    assert found["there"] == [700_000, LONGEST]
    assert left_in(tmp_path) == []


async def test_a_form_without_files_is_read_as_well(tmp_path: Path) -> None:
    answer = await send(
        tmp_path, content="titre=%C3%A9&jeton=a", headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.json()["pairs"] == [["titre", "é"], ["jeton", "a"]]


async def test_a_file_field_left_empty_is_no_file(tmp_path: Path) -> None:
    body = b'--b\r\ncontent-disposition: form-data; name="f"; filename=""\r\n\r\n\r\n--b--\r\n'
    answer = await send(tmp_path, content=body, headers={"content-type": "multipart/form-data; boundary=b"})
    assert answer.json() == {"pairs": [], "files": [], "there": []}


HEAD = b'--b\r\ncontent-disposition: form-data; name="f"; filename="a.pdf"\r\n\r\n'


@pytest.mark.parametrize(
    "body",
    [HEAD + b"cut in the middle", b"no boundary at all", b'--b\r\ncontent-disposition: form-data; name="f'],
)
async def test_a_form_that_breaks_off_leaves_nothing(tmp_path: Path, body: bytes) -> None:
    answer = await send(tmp_path, content=body, headers={"content-type": "multipart/form-data; boundary=b"})
    assert answer.status_code == 400
    assert left_in(tmp_path) == []


async def test_a_connection_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    seen: list[list[str]] = []

    async def broken() -> AsyncIterator[bytes]:
        yield HEAD + b"z" * 200_000
        seen.append(left_in(tmp_path))
        raise ConnectionError("the train went into a tunnel")

    with pytest.raises(ConnectionError):
        await send(tmp_path, content=broken(), headers={"content-type": "multipart/form-data; boundary=b"})
    assert len(seen[0]) == 1 and left_in(tmp_path) == []


async def test_no_more_comes_in_than_an_address_may_have(tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield HEAD
        for _ in range(60):
            yield b"z" * 100_000

    answer = await send(tmp_path, content=endless(), headers={"content-type": "multipart/form-data; boundary=b"})
    assert answer.status_code == 413
    assert left_in(tmp_path) == []
