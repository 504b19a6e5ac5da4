"""A draft as its porteur holds it: an address with a key, sections sent by hand, answers sent alone."""

import json
import re
from dataclasses import dataclass

import httpx2

from intake.domain.draft import SECTIONS
from intake.forms.draft import Value, fields_of
from tests.intake_story import Pairs, label
from tests.pages.intake_desk import Desk, value_of

JSON = {"content-type": "application/json"}


@dataclass
class Notebook:
    """One device that holds the address."""

    desk: Desk
    address: str

    def at(self, room: str = "") -> str:
        path, _, key = self.address.partition("?")
        return f"{path}{room and '/' + room}?{key}"

    async def get(self, room: str = "") -> httpx2.Response:
        return await self.desk.get(self.at(room))

    async def post(self, room: str, pairs: Pairs) -> httpx2.Response:
        return await self.desk.post(self.at(room), pairs)

    async def mark(self, name: str, section: str) -> str:
        """What the page now shows as the revision of an answer."""
        return value_of(await self.get(section), f"revision-{name}")

    async def keep(
        self, name: str, value: Value, base: str = "0.", settles: list[Value] | None = None
    ) -> httpx2.Response:
        body = {"field": name, "value": value, "base": base, "settles": settles or []}
        return await self.send(json.dumps(body))

    async def send(self, body: str, **headers: str) -> httpx2.Response:
        transport = httpx2.ASGITransport(app=self.desk.service.app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            return await client.put(
                self.at("champs"), content=body.encode("utf-8", "surrogatepass"), headers=JSON | headers
            )


async def begun(desk: Desk, pairs: Pairs | None = None) -> Notebook:
    answer = await desk.post("/brouillons", pairs or [])
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert re.fullmatch(r"/brouillons/[0-9a-f-]{36}\?cle=[\w-]{40,}", address)
    return Notebook(desk, address)


async def filled(notebook: Notebook, pairs: Pairs) -> None:
    """Every section sent, as a browser without scripts would."""
    for section in SECTIONS:
        names = set(fields_of(section, label()))
        mine = [(name, value) for name, value in pairs if name in names or name.partition("-")[0] in names]
        answer = await notebook.post(section, mine)
        assert answer.status_code == 303, (section, answer.status_code)
