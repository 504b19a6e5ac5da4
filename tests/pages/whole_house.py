"""The four services without a broker: events are carried by hand, people are signed in everywhere, two dossiers exist.

What must not leak is planted: an address, a receipt's key, a link's token, words written among jurors.
"""

import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4

import html5lib
import httpx2
from fastapi.routing import APIRoute
from sqlalchemy import text
from starlette.routing import Mount, Route

from chevalement.platform import build
from intake import handlers
from intake.domain.acts import Step
from intake.domain.attachments import Given
from intake.domain.people import Invitation
from intake.handlers import acts, attachments, board, views
from intake.store import people, waves
from intake.store.attachments import Owner
from intake.store.candidacies import Receipt
from intake.store.files import Files
from kernel.contracts.envelope import Cause
from kernel.contracts.intake import SessionOpened
from kernel.contracts.registry import BY_SUBJECT, SERVICES
from kernel.runtime import migrate, sessions
from kernel.runtime.auth import Person, Role
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from scoring import handlers as juries
from tests.intake_story import CALENDAR, NOW, STAFF, Pairs, decision, dossier
from tests.scoring_story import opinion

ROLES: tuple[Role | None, ...] = (None, *get_args(Role))
CONTACT = "secret-contact@porteur.example"
OTHER = "autre-porteur@voisine.example"
GUEST = "invite-secret@region.example"
PLAN = "Des mots écrits dans le plan du projet"
PLOT = "Ce que l’équipe se dit du choix"
PRIVATE = "Des mots entre jurés que le porteur ne lit pas."


class House:
    """Four applications on four databases; `mine` is the dossier whose contact is CONTACT, `other` the applicant's."""

    mine: Receipt
    other: Receipt
    token: str
    delivery: UUID
    staff: UUID
    act: UUID
    selection: UUID
    logged: list[Any]
    plan: UUID
    """A file of `mine`, whose content has PLAN in it."""

    def __init__(self, folder: Path) -> None:
        settings = Settings.load(data=folder, secret="x" * 32)
        self.services: dict[str, Service] = {name: build(name, settings, "nats://127.0.0.1:1") for name in SERVICES}
        self.cookies: dict[Role | None, str] = {}
        self.people: dict[Role, str] = {}
        self._carried: dict[str, int] = dict.fromkeys(SERVICES, 0)
        for service in self.services.values():
            service.clock = service.database.clock = FixedClock(NOW)

    @property
    def intake(self) -> Database:
        return self.services["intake"].database

    async def ask(
        self,
        service: str,
        method: str,
        path: str,
        role: Role | None = None,
        *,
        pairs: Pairs | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """The answer of a service to `role` (None: a stranger), as if by its own address."""
        jar = {sessions.COOKIE: self.cookies[role]} if role else {}
        transport = httpx2.ASGITransport(app=self.services[service].app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies=jar) as client:
            data = dict(pairs or []) if method != "GET" else None
            answer = await client.request(method, path, data=data, headers=dict(headers or {}))
        if answer.headers.get("content-type", "").startswith("text/html"):
            html5lib.HTMLParser(strict=True).parse(answer.text)
        return answer

    async def carry(self) -> None:
        """Have every service hear what the others recorded, until nobody has anything new to tell."""
        while [await self._carry_from(name) for name in SERVICES].count(0) < len(SERVICES):
            pass

    async def _carry_from(self, producer: str) -> int:
        database = self.services[producer].database
        async with database.engine.connect() as connection:
            query = text("SELECT id, event_id, subject, body FROM outbox WHERE id > :after ORDER BY id")
            rows = (await connection.execute(query, {"after": self._carried[producer]})).all()
        for number, event_id, subject, body in rows:
            self._carried[producer] = number
            contract = BY_SUBJECT.get(subject)
            for consumer in contract.consumers if contract else ():
                await self._tell(consumer, contract.event.model_validate_json(body), str(event_id))
        return len(rows)

    async def _tell(self, consumer: str, event: Any, event_id: str) -> None:
        service = self.services[consumer]
        async with service.database.work(Cause.new().followed_by(UUID(event_id).hex)) as work:
            await service.subscriptions.apply([(event, lambda: None)], work)

    async def sign_in(self, role: Role, person: str = "") -> None:
        """Have a session of `role` known to all four services."""
        cookie = self.cookies[role] = secrets.token_urlsafe(32)
        self.people[role] = person
        opened = SessionOpened(
            session=sessions.key_of(cookie),
            person=person,
            name=f"Organisation {role}",
            role=role,
            expires_at=NOW + sessions.DURATION,
        )
        for service in self.services.values():
            async with service.database.work() as work:
                await sessions.learn(opened, work)

    async def furnish(self) -> None:
        """A wave, two dossiers, people, a juror's opinion, an invitation under way."""
        async with self.intake.work() as work:
            await handlers.open_wave(work, CALENDAR, STAFF)
            self.mine = await handlers.submit_candidacy(work, dossier(contact_courriel=CONTACT), "LE", "a" * 24)
            self.other = await handlers.submit_candidacy(work, dossier(contact_courriel=OTHER), "LE", "b" * 24)
            await handlers.preselect(work, self.mine.candidacy_id, STAFF, "Un projet solide.")
            door = self.services["intake"].app.state.door
            await handlers.invite(work, door, Invitation(GUEST, "Région", "partner", STAFF))
            staff = await handlers.invite(work, door, Invitation("chef@pole.example", STAFF, "staff", STAFF))
            applicant = await people.of_email(work.session, OTHER)
        assert applicant is not None
        self.staff = staff.id
        await self._weigh()
        self.plan = await self.join(self.mine.candidacy_id, PLAN)
        await self.carry()
        await self._opine()
        self.token = await self._last_token()
        self.delivery = await self._first_delivery("invitation")
        for role in get_args(Role):
            person = {"staff": str(staff.id), "applicant": str(applicant.id)}.get(role, str(uuid4()))
            await self.sign_in(role, person)

    async def join(self, candidacy_id: UUID, content: str) -> UUID:
        """A file joined to a dossier."""
        files = Files(self.services["intake"].settings.documents_folder)
        arrived, digest = files.incoming / "plan", hashlib.sha256(content.encode()).hexdigest()
        arrived.write_text(content)
        async with files.held(), self.intake.work() as work:
            await files.put(arrived, digest)
            given = Given("plan.odt", "odt", len(content.encode()), digest)
            return (await attachments.join(work, Owner(candidacy_id=candidacy_id), given)).id

    async def _weigh(self) -> None:
        """A what-if selection, a view of the team, and an act that waits, each about the second dossier."""
        async with self.intake.work() as work:
            person = Person(STAFF, "staff", str(self.staff))
            wave = await waves.open_wave(work.session)
            assert wave is not None
            made = await board.imagine(work, wave.id, PLOT, [self.other.candidacy_id], STAFF)
            step = Step(self.other.candidacy_id, {"etiquette": PLOT})
            act = await acts.plan(work, uuid4(), "etiqueter", [step], person)
            await views.save_view(work, person, PLOT, "theme=energie", shared=True)
        self.selection, self.act = made.id, act.id

    async def _opine(self) -> None:
        async with self.services["scoring"].database.work() as work:
            await juries.record_opinion(work, opinion(self.mine.candidacy_id, "technique", reason=PRIVATE))
        for consumer in ("intake", "funding_watch"):  # as if the jurors had gone on to the end
            await self._tell(consumer, decision(self.mine.candidacy_id, "labellise", days=0), str(uuid4()))
        await self.carry()

    async def _last_token(self) -> str:
        query = "SELECT body FROM outbox WHERE subject LIKE 'intake.contact.sign_in_asked%' ORDER BY id LIMIT 1"
        async with self.intake.engine.connect() as connection:
            body = (await connection.execute(text(query))).scalar_one()
        return str(json.loads(body)["token"])

    async def _first_delivery(self, kind: str) -> UUID:
        async with self.services["notifier"].database.engine.connect() as connection:
            found = await connection.execute(text("SELECT id FROM delivery WHERE kind = :kind"), {"kind": kind})
            return UUID(str(found.scalars().first()))


def routes_of(service: Service) -> set[tuple[str, str]]:
    """Every (method, path template) that an application answers; HEAD goes with GET."""
    return {
        (method, route.path)
        for route in _flat(service.app.routes)
        for method in (getattr(route, "methods", None) or {"GET"}) - {"HEAD"}
    }


def _flat(routes: list[Any]) -> Iterator[APIRoute | Route | Mount]:
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is None:
            yield route
        else:
            yield from _flat(inner.routes)


@asynccontextmanager
async def furnished(folder: Path) -> AsyncIterator[House]:
    """The house with everything in it."""
    house = House(folder)
    for name, service in house.services.items():
        await migrate.upgrade(service.database.engine, name)
    await house.furnish()
    try:
        yield house
    finally:
        for service in house.services.values():
            await service.database.close()
