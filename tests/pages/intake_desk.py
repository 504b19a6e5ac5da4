"""The pages of intake without a broker: a browser for whoever asks, every answer parsed strictly."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import html5lib
import httpx2
from sqlalchemy import text

from intake import app
from kernel.runtime import migrate
from kernel.runtime.auth import Role
from kernel.runtime.clock import FixedClock
from kernel.runtime.service import Service
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from tests.intake_story import NOW, Pairs
from tests.sign_in import cookie_of

FORM = {"content-type": "application/x-www-form-urlencoded"}
HTML = "{http://www.w3.org/1999/xhtml}"


class Desk:
    """The service without its broker."""

    def __init__(self, service: Service, clock: FixedClock) -> None:
        self.service = service
        self.clock = clock

    async def ask(
        self, method: str, path: str, pairs: Pairs | None = None, role: Role | None = None, **headers: str
    ) -> httpx2.Response:
        """The answer to `role` (None: a stranger)."""
        cookies = {COOKIE: await self._session(role)} if role else {}
        transport = httpx2.ASGITransport(app=self.service.app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=cookies) as client:
            body = None if pairs is None else urlencode(pairs)
            answer = await client.request(
                method, path, content=body, headers=(FORM if pairs is not None else {}) | headers
            )
        if answer.headers.get("content-type", "").startswith("text/html"):
            page(answer)
        return answer

    async def get(self, path: str, role: Role | None = None) -> httpx2.Response:
        return await self.ask("GET", path, role=role)

    async def post(self, path: str, pairs: Pairs, role: Role | None = None) -> httpx2.Response:
        return await self.ask("POST", path, pairs, role=role)

    async def count(self, table: str) -> int:
        async with self.service.database.reading() as session:
            connection = await session.connection()
            return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # noqa: S608 - a name of ours

    async def _session(self, role: Role) -> str:
        return await cookie_of(self.service, "Équipe du Label", role)


def page(answer: httpx2.Response) -> Element:
    """The page, parsed strictly: any error in the markup raises."""
    found: Element = html5lib.HTMLParser(strict=True).parse(answer.text)
    return found


def value_of(answer: httpx2.Response, name: str) -> str:
    """What a text field of the page shows."""
    for element in page(answer).iter():
        if element.get("name") == name and element.tag in {f"{HTML}input", f"{HTML}textarea"}:
            return (element.text or "") if element.tag == f"{HTML}textarea" else element.get("value", "")
    raise LookupError(f"no field {name} on the page")


def wave_form(**changes: str) -> Pairs:
    """The form that opens a wave around the moment of the tests."""
    fields = {
        "title": "Vague de printemps",
        "opens_at": "2026-03-01T09:00",
        "closes_at": "2026-04-30T12:00",
        "quota": "10",
    }
    return list((fields | changes).items())


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Desk]:
    """A desk on a fresh database."""
    clock = FixedClock(NOW)
    service = app.build(Settings.load(data=folder, secret="x" * 32), "nats://127.0.0.1:1", clock)
    await migrate.upgrade(service.database.engine, "intake")
    yield Desk(service, clock)
    await service.database.close()
