"""A warning before an erasure and the report after it: one mail each, forgotten once it left; old addresses go."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from chevalement.catcher import Catcher
from kernel.contracts.intake_life import ErasureOrdered
from kernel.contracts.intake_people import ErasureAnnounced, ErasureReported, RetentionReached
from notifier.domain.states import State
from tests.handlers.test_notifier_links import everything_kept, sender
from tests.notifier_story import ADDRESS, START, World, a_world, contact, preselected, submitted

EMAIL = "dgs@porteur.example"
DAY = timedelta(days=1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


@pytest.fixture
async def catcher(tmp_path: Path) -> AsyncIterator[Catcher]:
    made = Catcher(tmp_path / "mails")
    await made.start()
    yield made
    await made.stop()


async def mailed(world: World, catcher: Catcher) -> tuple[str, str]:
    """Subject and words of the only mail."""
    one = sender(world, catcher)
    await one.pump()
    await one.postman.rest()
    (mail,) = catcher.parsed()
    assert mail["To"] == EMAIL
    plain = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has one
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr] # it has one
    assert "11 avril 2026" in html.replace("\u202f", " ").replace("\xa0", " ")
    return str(mail["Subject"]), " ".join(plain.replace("\u202f", " ").split())


@pytest.mark.parametrize(
    ("kept", "title", "said"),
    [
        ("brouillon", "Un verger\nde quartier", "« Un verger de quartier »"),
        ("brouillon", "", "au Label Euralens. Personne"),
        ("compte", "Ville", "connectez-vous une fois avant cette date"),
    ],
)
async def test_people_are_warned_once_and_their_address_is_forgotten(
    world: World, catcher: Catcher, kept: str, title: str, said: str
) -> None:
    facts = {"kept_id": uuid4(), "kept": kept, "email": EMAIL, "title": title, "erased_at": START + 30 * DAY}
    event = ErasureAnnounced.model_validate(facts)
    identity = await world.hear(event)
    await world.hear(event, identity, inbox_works=False)
    subject, words = await mailed(world, catcher)
    assert "sera effacé le samedi 11 avril 2026" in subject.replace("\u202f", " ").replace("\xa0", " ")
    assert said in words and "https://label.example/connexion" in words
    assert EMAIL not in await everything_kept(world)


async def test_the_report_still_leaves_after_all_is_forgotten_whatever_comes_first(
    world: World, catcher: Catcher
) -> None:
    person, erasure = uuid4(), uuid4()
    ordered = ErasureOrdered(erasure_id=erasure, person_ids=[person], candidacy_ids=[], at=START)
    until = START + 30 * DAY
    await world.hear(ErasureReported(erasure_id=erasure, email=EMAIL, key="cle-du-rapport", readable_until=until))
    await world.hear(ordered)
    _, words = await mailed(world, catcher)
    assert f"https://label.example/effacements/{erasure}?cle=cle-du-rapport" in words
    kept = await everything_kept(world)
    assert EMAIL not in kept and "cle-du-rapport" not in kept


async def test_what_is_too_late_is_not_sent(world: World) -> None:
    late = {"email": EMAIL, "key": "x", "readable_until": START - DAY}
    await world.hear(ErasureReported(erasure_id=uuid4(), **late))
    warned = {"kept_id": uuid4(), "kept": "compte", "email": EMAIL, "title": "", "erased_at": START}
    await world.hear(ErasureAnnounced.model_validate(warned))
    assert await world.deliveries() == []


async def test_addresses_of_old_messages_go_and_their_words_stay(world: World, catcher: Catcher) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), contact(candidacy), preselected(candidacy)])
    one = sender(world, catcher)
    await one.pump()
    await one.postman.rest()
    before = {"day": START.date(), "marks_before": START, "at": START}
    await world.hear(RetentionReached(mails_before=START, **before))
    assert {found.address for found in await world.deliveries()} == {ADDRESS}
    for _ in range(2):
        await world.hear(RetentionReached(mails_before=START + DAY, **before))
    found = await world.deliveries()
    assert [(kept.address, kept.state) for kept in found] == [(None, State.ENVOYE)] * 2
    assert all(kept.snapshot and kept.subject for kept in found)
