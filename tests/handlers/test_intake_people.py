"""Who may enter: a link is good once for all processes, the pace is kept, a closed access is closed everywhere."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from intake import handlers
from intake.domain.people import HOUR, PER_ADDRESS, PER_NETWORK, Invitation, Member, TooMany
from intake.domain.refusals import Refused, SpentLink
from intake.store import people
from kernel.runtime import sessions
from kernel.runtime.auth import Door, Link
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from tests.databases import database_of
from tests.intake_story import CALENDAR, NOW, STAFF, dossier

DOOR = Door("x" * 32)
NETWORK = "192.0.2.7"
EMAIL = "climat@region.example"


database = database_of("intake", NOW)


async def invited(database: Database, email: str = EMAIL, role: str = "partner") -> Member:
    async with database.work() as work:
        return await handlers.invite(work, DOOR, Invitation(email, "Région", role, STAFF))  # type: ignore[arg-type]  # one of the roles


async def ask(database: Database, email: str = EMAIL, network: str = NETWORK) -> None:
    async with database.work() as work:
        await handlers.ask_for_link(work, DOOR, email, network)


async def told(database: Database, subject: str = "intake.contact.sign_in_asked") -> list[dict[str, object]]:
    async with database.engine.connect() as connection:
        rows = (await connection.execute(text("SELECT subject, body FROM outbox ORDER BY id"))).all()
    return [json.loads(body) for name, body in rows if name == f"{subject}.v1"]


async def enter(database: Database, token: object) -> str:
    link = DOOR.read(str(token))
    assert isinstance(link, Link)
    async with database.work() as work:
        cookie, _ = await handlers.sign_in(work, link, None)
    return cookie


async def test_an_invitation_is_told_with_a_link_for_seven_days(database: Database) -> None:
    member = await invited(database, "Climat@Region.Example")
    (asked,) = await told(database)
    assert (asked["email"], asked["invitation"], asked["person_id"]) == (EMAIL, True, str(member.id))
    cookie = await enter(database, asked["token"])
    person = await sessions.who(database, cookie)
    assert person is not None and (person.role, person.name, person.id) == ("partner", "Région", str(member.id))


async def test_a_link_lets_in_once_whoever_comes_at_the_same_time(database: Database) -> None:
    await invited(database)
    (asked,) = await told(database)
    second = Database(str(database.url.render_as_string(hide_password=False)), database.clock)
    places = [database, second, database, second]
    found = await asyncio.gather(*(enter(place, asked["token"]) for place in places), return_exceptions=True)
    await second.close()
    assert sum(isinstance(one, str) for one in found) == 1
    assert sum(isinstance(one, SpentLink) for one in found) == 3


async def test_nobody_is_told_of_an_unknown_address(database: Database) -> None:
    await invited(database)
    for email in (EMAIL.upper(), "personne@ailleurs.example"):
        await ask(database, email)
    asked = [one for one in await told(database) if not one["invitation"]]
    assert [one["email"] for one in asked] == [EMAIL]


async def test_the_pace_is_the_same_for_known_and_unknown_addresses(database: Database) -> None:
    await invited(database)
    for number, email in enumerate((EMAIL, "personne@ailleurs.example")):
        for _ in range(PER_ADDRESS):
            await ask(database, email, f"192.0.2.{number}")
        with pytest.raises(TooMany, match="cette adresse"):
            await ask(database, email, "198.51.100.1")
    database.clock = FixedClock(NOW + HOUR + timedelta(seconds=1))
    await ask(database)


async def test_a_network_that_asks_for_everybody_is_slowed_down(database: Database) -> None:
    for number in range(PER_NETWORK):
        await ask(database, f"personne-{number}@ailleurs.example")
    with pytest.raises(TooMany, match="réseau"):
        await ask(database, "une-autre@ailleurs.example")
    await ask(database, "une-autre@ailleurs.example", "192.0.2.8")


async def test_what_was_asked_is_kept_as_keyed_hashes_and_for_a_day(database: Database) -> None:
    await ask(database)
    async with database.engine.connect() as connection:
        kept = str((await connection.execute(text("SELECT * FROM link_request"))).all())
    assert EMAIL not in kept and NETWORK not in kept and DOOR.fingerprint(EMAIL) in kept
    assert Door("y" * 32).fingerprint(EMAIL) not in kept
    database.clock = FixedClock(NOW + timedelta(days=2))
    await ask(database, "une-autre@ailleurs.example")
    async with database.engine.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM link_request"))).scalar() == 1


async def test_a_closed_access_ends_every_session_and_every_link(database: Database) -> None:
    member = await invited(database)
    await ask(database)
    await ask(database)
    first, second, third = [one["token"] for one in await told(database)]
    cookies = [await enter(database, first), await enter(database, second)]
    async with database.work() as work:
        await handlers.disable(work, member.id, "somebody else")
    assert [await sessions.who(database, cookie) for cookie in cookies] == [None, None]
    closed = {one["session"] for one in await told(database, "intake.session.closed")}
    assert closed == {sessions.key_of(cookie) for cookie in cookies}
    with pytest.raises(SpentLink, match="Demandez-en un nouveau"):
        await enter(database, third)
    await ask(database)
    assert len(await told(database)) == 3


async def test_nobody_closes_their_own_access_or_that_of_nobody(database: Database) -> None:
    member = await invited(database, role="staff")
    async with database.work() as work:
        with pytest.raises(Refused, match="votre propre accès"):
            await handlers.disable(work, member.id, str(member.id))
        with pytest.raises(handlers.UnknownPerson):
            await handlers.disable(work, uuid4(), str(member.id))


async def test_a_second_invitation_sends_a_new_link_or_reopens_and_another_role_waits(database: Database) -> None:
    member = await invited(database)
    assert (await invited(database)).id == member.id
    with pytest.raises(Refused, match="désactivez d’abord"):
        await invited(database, role="staff")
    async with database.work() as work:
        await handlers.disable(work, member.id, "")
    back = await invited(database, role="staff")
    assert (back.id, back.role, back.may_enter) == (member.id, "staff", True)
    assert len(await told(database)) == 3


async def test_the_contact_of_a_dossier_may_enter_as_an_applicant_and_stays_who_they_are(database: Database) -> None:
    partner = await invited(database)
    async with database.work() as work:
        await handlers.open_wave(work, CALENDAR, STAFF)
        for number, email in enumerate((EMAIL, "Foret@Porteur.example", "foret@porteur.example")):
            await handlers.submit_candidacy(work, dossier(contact_courriel=email), "LE", str(number) * 24)
    async with database.reading() as session:
        same = await people.of_email(session, EMAIL)
        applicant = await people.of_email(session, "foret@porteur.example")
        mine = await people.dossiers_of(session, applicant) if applicant else []
    assert same is not None and (same.id, same.role) == (partner.id, "partner")
    assert applicant is not None and (applicant.role, applicant.name) == ("applicant", "Ville de Lens")
    assert [one.number for one in mine] == ["LE-2026-0003", "LE-2026-0002"]


async def test_a_promotion_ends_the_sessions_of_the_former_role(database: Database) -> None:
    async with database.work() as work:
        await people.know_applicant(work.session, EMAIL, "Association", work.at)
    await ask(database)
    cookie = await enter(database, (await told(database))[0]["token"])
    await invited(database)
    assert await sessions.who(database, cookie) is None


async def test_a_juror_who_enters_is_told_near_their_own_organisation_without_an_address(database: Database) -> None:
    async with database.work() as work:
        await handlers.open_wave(work, CALENDAR, STAFF)
        near = await handlers.submit_candidacy(work, dossier(contact_courriel="foret@region.example"), "LE", "a" * 24)
        far = await handlers.submit_candidacy(work, dossier(contact_courriel="foret@ville.example"), "LE", "b" * 24)
        early = await handlers.submit_candidacy(work, dossier(contact_courriel="parc@region.example"), "LE", "c" * 24)
        for one in (near, far):
            await handlers.preselect(work, one.candidacy_id, STAFF, "Un projet solide.")
    assert early
    member = await invited(database)
    await ask(database)
    await enter(database, (await told(database))[-1]["token"])
    (event,) = await told(database, "intake.juror.neared")
    assert (event["person_id"], event["candidacy_ids"]) == (str(member.id), [str(near.candidacy_id)])
    assert "region.example" not in json.dumps(event)
