"""A desk for the tests of scoring's pages: the service without its broker, and a browser for whoever asks."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import html5lib
import httpx2

from kernel.runtime import migrate
from kernel.runtime.auth import Role
from kernel.runtime.clock import FixedClock
from kernel.runtime.service import Service
from kernel.runtime.sessions import COOKIE
from kernel.runtime.settings import Settings
from scoring import app, handlers
from tests.scoring_story import START, opinion, preselected, someone, submitted
from tests.sign_in import cookie_of

PEOPLE: dict[Role, str] = {
    "staff": "Équipe du Label",
    "partner": "Région Hauts-de-France",
    "expert": "Cercle de qualité",
    "applicant": "Ville de Lens",
    "ops": "Exploitation",
}


class Desk:
    """The service without its broker, and a browser for whoever asks."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def do(self, handler: object, *commands: object) -> None:
        for command in commands:
            async with self.service.database.work() as work:
                await handler(work, command)  # type: ignore[operator] # one of the handlers

    async def ask(
        self, method: str, path: str, role: Role | None = "staff", form: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        """The answer to `role` (None: a stranger); every page is parsed strictly."""
        cookies = {COOKIE: await self._session(role)} if role else {}
        transport = httpx2.ASGITransport(app=self.service.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=cookies) as client:
            answer = await client.request(method, path, data=dict(form) if form is not None else None)
        if answer.headers.get("content-type", "").startswith("text/html"):
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer

    async def _session(self, role: Role) -> str:
        return await cookie_of(self.service, PEOPLE[role], role)

    async def instructed(self, *given: str, title: str = "Une forêt urbaine") -> UUID:
        """A dossier in instruction with the opinions of the committees `given`."""
        candidacy_id = someone()
        await self.do(handlers.receive_dossier, submitted(candidacy_id, title))
        await self.do(handlers.open_instruction, preselected(candidacy_id))
        for committee in given:
            said = opinion(candidacy_id, committee, reason=f"Voici ce que dit le comité {committee}.")  # type: ignore[arg-type] # a known code
            await self.do(handlers.record_opinion, said)
        return candidacy_id


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Desk]:
    """A desk on a fresh database in `folder`."""
    service = app.build(Settings.load(data=folder), "nats://127.0.0.1:1", FixedClock(START))
    await migrate.upgrade(service.database.engine, "scoring")
    yield Desk(service)
    await service.database.close()


def words(answer: httpx2.Response) -> str:
    """The text of a page, typographic spaces and apostrophes made plain."""
    tree = html5lib.parse(answer.text, namespaceHTMLElements=False)
    text = " ".join(" ".join(tree.itertext()).split())
    return text.replace("\u202f", " ").replace("’", "'")
