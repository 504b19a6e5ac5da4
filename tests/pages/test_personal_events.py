"""What the four services record and log while people apply, mark, ask for links and are erased: nobody is named."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from intake.handlers import erasures
from kernel.contracts.registry import SERVICES
from tests.intake_story import STAFF
from tests.pages.whole_house import CONTACT, GUEST, OTHER, House, furnished

PLANTED = (CONTACT, OTHER, GUEST, "chef@pole.example")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with capture_logs() as lines:
        async with furnished(tmp_path) as made:
            made.logged = lines
            yield made


async def lived(house: House) -> None:
    """A link is asked for, data are taken away, somebody is erased; everybody hears of it."""
    await house.ask("intake", "POST", "/connexion", pairs=[("courriel", OTHER)])
    await house.ask("intake", "POST", "/mes-donnees/archive", "applicant")
    await house.carry()
    async with house.intake.work() as work:
        await erasures.order(work, CONTACT, "Demande du 3 mars", STAFF)
    await house.carry()


async def recorded(house: House) -> list[tuple[str, str, str]]:
    """Subject, headers and body of every event of every service."""
    found: list[tuple[str, str, str]] = []
    for name in SERVICES:
        async with house.services[name].database.engine.connect() as connection:
            rows = await connection.execute(text("SELECT subject, headers, body FROM outbox"))
            found += [(row.subject, row.headers, row.body) for row in rows]
    return found


async def test_addresses_stand_in_contact_events_alone_and_never_in_headers_or_logs(house: House) -> None:
    await lived(house)
    events = await recorded(house)
    contact = [body for subject, _, body in events if subject.startswith("intake.contact.")]
    others = [(subject, body) for subject, _, body in events if not subject.startswith("intake.contact.")]
    assert len({subject for subject, _ in others}) > 10
    assert all(any(one in body for body in contact) for one in PLANTED)  # or this test looks for nothing
    for one in PLANTED:
        assert not [subject for subject, body in others if one in body], one
        assert not [subject for subject, headers, _ in events if one in headers], one
        assert one not in json.dumps(house.logged, default=str), one


async def test_tokens_and_keys_stand_in_contact_events_alone(house: House) -> None:
    await lived(house)
    secrets = {house.token, house.mine.key, house.other.key, *house.cookies.values()}
    for subject, _, body in await recorded(house):
        told = [one for one in secrets if one in body]
        assert not told or (subject.startswith("intake.contact.") and told == [house.token]), subject
    assert not [one for one in secrets if one in json.dumps(house.logged, default=str)]
