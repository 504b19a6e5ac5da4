"""A juror is reminded by mail: whoever came, or whoever is invited under the name that a seat awaits."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from kernel.contracts.intake import PersonDeclared
from kernel.contracts.scoring import JurorReminded
from tests.journey.smtp_script import serving
from tests.notifier_story import World, a_world, moment

REGION, TOWN, GONE = UUID(int=201), UUID(int=202), UUID(int=203)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path, database_url) as made:
        for person, name, role, may_enter in (
            (REGION, "Région", "partner", True),
            (TOWN, "Ville de Lens", "expert", True),
            (GONE, "Ville de Lens", "partner", False),
            (UUID(int=204), "Ville de Lens", "staff", True),
        ):
            await made.hear(declared(person, name, role, may_enter=may_enter))
        yield made


def declared(person: UUID, name: str, role: str, *, may_enter: bool) -> PersonDeclared:
    email = f"personne-{person.int}@partenaire.example"
    return PersonDeclared(
        person_id=person,
        email=email,
        name=name,
        role=role,  # type: ignore[arg-type] # a role
        may_enter=may_enter,
        at=moment(-1),
    )


def reminded(juror: str, person: UUID | None, left: int = 2) -> JurorReminded:
    return JurorReminded(
        sitting_id=UUID(int=1),
        committee="technique",
        juror=juror,
        person_id=person,
        left=left,
        marks_until=date(2026, 4, 15),
        at=moment(),
    )


async def test_a_reminder_reaches_its_juror_once(world: World) -> None:
    event, identity = reminded("Région", REGION), uuid4()
    for _ in range(2):
        await world.hear(event, identity, inbox_works=False)

    async with serving() as server:
        await world.sender(server.port).pump()
        (mail,) = server.kept
    said = mail.get_body(("plain",)).get_content()

    assert mail["To"] == f"personne-{REGION.int}@partenaire.example"
    assert mail["Subject"] == "2 dossiers à noter avant le mercredi 15 avril 2026"
    assert "Comité technique des partenaires" in said and "/instruction/mes-notes" in said


async def test_a_seat_that_nobody_took_is_told_to_who_bears_its_name(world: World) -> None:
    await world.hear(reminded("Ville de Lens", None, left=1))

    async with serving() as server:
        await world.sender(server.port).pump()
        (mail,) = server.kept

    assert mail["To"] == f"personne-{TOWN.int}@partenaire.example"
    assert mail["Subject"].startswith("1 dossier à noter")


@pytest.mark.parametrize(("juror", "person"), [("Personne", None), ("Ville de Lens", GONE), ("Inconnu", uuid4())])
async def test_nobody_else_is_written_to(world: World, juror: str, person: UUID | None) -> None:
    await world.hear(reminded(juror, person))

    assert await world.deliveries() == []
