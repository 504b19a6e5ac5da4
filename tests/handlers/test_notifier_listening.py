"""Alerts per person: what was asked, when it was asked, once, and again only where something changed."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from kernel.contracts.envelope import Cause
from kernel.contracts.intake import Project
from kernel.contracts.intake_life import CandidacyEntrusted, CandidacyRevised
from kernel.contracts.notifier import DigestDue
from notifier import app
from notifier.domain.delivery import Accepted, Delivery, Outcome, Postponed, Refused
from notifier.domain.states import State
from notifier.handlers import choices
from notifier.store import listeners
from tests.listener_story import ANNE, BILAL, declared, due, listen, moved, subscribed
from tests.notifier_story import ALERT_DELAY, START, World, a_world, moment, proposed, submitted, withdrawn

DAILY = subscribed(ANNE, "quotidien")
TOMORROW = datetime(2026, 3, 13, 8, 0, tzinfo=UTC)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path, database_url) as made:
        yield made


async def send(world: World, outcome: Outcome) -> list[Delivery]:
    """Try all that is due, with this outcome for each."""
    ledger = app.ledger(world.database, world.settings)
    taken = [one for one in await ledger.claim(uuid4()) if one.kind == "digest"]
    for one in taken:
        await ledger.settle([(one, outcome)])
    return taken


async def digests(world: World) -> list[Delivery]:
    return [one for one in await world.deliveries() if one.kind == "digest"]


def titles(delivery: Delivery) -> list[str]:
    return [match["title"] for project in delivery.snapshot["projects"] for match in project["matches"]]


async def test_a_daily_digest_tells_everything_at_its_hour_and_once(world: World) -> None:
    await listen(world, DAILY)
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), proposed(candidacy, 1), proposed(candidacy, 2)])
    assert await world.appointments(f"due.{DAILY.id.hex}") == [(DAILY.id.hex, "@at 2026-03-13T08:00:00Z")]
    await due(world, DAILY)
    assert await digests(world) == [], "an appointment that comes early is made again"

    world.clock.set(TOMORROW)
    await due(world, DAILY)
    await due(world, DAILY)
    (sent,) = await send(world, Accepted("Objet"))

    assert (sent.address, len(titles(sent))) == (f"agent-{ANNE.int}@pole-artois.example", 2)
    world.clock.set(TOMORROW + timedelta(days=3))
    await due(world, DAILY)
    assert len(await digests(world)) == 1, "nothing new: no mail"


async def test_a_mail_that_failed_has_told_nothing(world: World) -> None:
    """Seen: matches marked while collecting, the send failed, the alert was lost for ever."""
    await listen(world, DAILY)
    candidacy = uuid4()
    await world.hear(proposed(candidacy, 1))
    world.clock.set(TOMORROW)
    await due(world, DAILY)
    await send(world, Refused("552 boîte pleine"))
    await world.hear(proposed(candidacy, 2))
    world.clock.set(TOMORROW + timedelta(days=3))
    await due(world, DAILY)

    (again,) = await send(world, Accepted("Objet"))
    assert titles(again) == ["Chaleur renouvelable 1", "Chaleur renouvelable 2"]


async def test_an_outage_ends_with_one_digest_that_says_it_all(world: World) -> None:
    await listen(world, DAILY)
    candidacy = uuid4()
    await world.hear(proposed(candidacy, 1))
    world.clock.set(TOMORROW)
    await due(world, DAILY)
    await send(world, Postponed("serveur de courriel injoignable"))
    await world.hear(proposed(candidacy, 2))
    world.clock.set(TOMORROW + timedelta(days=3))
    await due(world, DAILY)

    (sent,) = await send(world, Accepted("Objet"))
    assert len(titles(sent)) == 2
    assert len(await digests(world)) == 1


async def test_a_mail_that_may_have_been_taken_does_not_change(world: World) -> None:
    """The mailbox drops the second copy with the same Message-ID: what was added to it would be lost."""
    await listen(world, DAILY)
    candidacy = uuid4()
    await world.hear(proposed(candidacy, 1))
    world.clock.set(TOMORROW)
    await due(world, DAILY)
    await send(world, Postponed("ligne coupée", doubt=True))
    await world.hear(proposed(candidacy, 2))
    world.clock.set(TOMORROW + timedelta(days=3))
    await due(world, DAILY)

    sent = await send(world, Accepted("Objet"))
    assert sorted(titles(one)[0] for one in sent) == ["Chaleur renouvelable 1", "Chaleur renouvelable 2"]


async def test_what_changed_is_told_field_by_field_to_each_as_last_told(world: World) -> None:
    anne, bilal = subscribed(ANNE), subscribed(BILAL, "hebdomadaire")
    await listen(world, anne, bilal)
    match = proposed(uuid4(), 1)
    await world.hear(match)
    world.clock.set(START + ALERT_DELAY)
    await due(world, anne)
    await send(world, Accepted("Objet"))
    world.clock.set(START + timedelta(hours=5))
    await world.hear(moved(match, date(2026, 5, 29), moment(5)))
    world.clock.set(START + timedelta(hours=5) + ALERT_DELAY)
    await due(world, anne)
    world.clock.set(datetime(2026, 3, 19, 8, 0, tzinfo=UTC))
    await due(world, bilal)

    *_, again, first = await digests(world)
    (told,) = again.snapshot["projects"][0]["matches"]
    assert told["changes"] == [{"field": "closes_on", "old": "2026-04-30", "new": "2026-05-29"}]
    (new,) = first.snapshot["projects"][0]["matches"]
    assert (first.recipient, new["changes"], new["closes_on"]) == (BILAL.hex, [], "2026-05-29")


async def test_a_change_while_the_mail_is_on_its_way_is_told_next(world: World) -> None:
    anne = subscribed(ANNE)
    await listen(world, anne)
    match = proposed(uuid4(), 1)
    await world.hear(match)
    world.clock.set(START + ALERT_DELAY)
    await due(world, anne)
    ledger = app.ledger(world.database, world.settings)
    (taken,) = await ledger.claim(uuid4())
    await world.hear(moved(match, date(2026, 5, 29), moment(5)))
    world.clock.set(START + 2 * ALERT_DELAY)
    await due(world, anne)
    await ledger.settle([(taken, Accepted("Objet"))])
    world.clock.set(START + 4 * ALERT_DELAY)
    await due(world, anne)

    assert [len(one.snapshot["projects"][0]["matches"][0]["changes"]) for one in await digests(world)] == [0, 1]


async def test_subjects_choose_projects(world: World) -> None:
    mine, far = uuid4(), uuid4()
    themes = subscribed(ANNE, subject="themes", values=("energie",))
    agglomerations = subscribed(BILAL, subject="agglomerations", values=("200072460",))
    followed = subscribed(ANNE, subject="mes_projets")
    await listen(world, themes, agglomerations, followed)
    await world.hear_all([submitted(mine), submitted(far)])
    await world.hear(CandidacyEntrusted(candidacy_id=far, person_id=ANNE, by="Équipe", at=moment(0)))
    facts: Project = submitted(far).project
    elsewhere = facts.model_copy(update={"themes": ("culture",), "epci_code": "200072460"})
    await world.hear(CandidacyRevised(candidacy_id=far, revision=1, at=moment(1), by="Porteur", project=elsewhere))
    await world.hear_all([proposed(mine, 1), proposed(far, 2)])
    world.clock.set(START + ALERT_DELAY)
    told = {}
    for one in (themes, agglomerations, followed):
        await due(world, one)
        (sent,) = await send(world, Accepted("Objet"))
        told[one.subject, sent.recipient] = titles(sent)

    assert told == {
        ("themes", ANNE.hex): ["Chaleur renouvelable 1"],
        ("agglomerations", BILAL.hex): ["Chaleur renouvelable 2"],
        ("mes_projets", ANNE.hex): ["Chaleur renouvelable 2"],
    }


async def test_two_subjects_of_one_person_tell_a_match_once(world: World) -> None:
    everything, energy = subscribed(ANNE), subscribed(ANNE, subject="themes", values=("energie",))
    await listen(world, everything, energy)
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), proposed(candidacy, 1)])
    world.clock.set(START + ALERT_DELAY)
    await due(world, everything)
    await due(world, energy)

    assert len(await digests(world)) == 1


async def test_whoever_may_enter_no_more_is_told_no_more(world: World) -> None:
    anne = subscribed(ANNE)
    await listen(world, anne)
    await world.hear(proposed(uuid4(), 1))
    world.clock.set(START + ALERT_DELAY)
    await due(world, anne)
    await world.hear(declared(ANNE, 1, may_enter=False))
    assert await send(world, Accepted("Objet")) == []
    await world.hear(declared(ANNE, 0.5))

    assert [one.state for one in await digests(world)] == [State.ANNULE]


async def test_a_withdrawn_dossier_is_not_told(world: World) -> None:
    anne = subscribed(ANNE)
    await listen(world, anne)
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), proposed(candidacy, 1), withdrawn(candidacy)])
    world.clock.set(START + ALERT_DELAY)
    await due(world, anne)

    assert await digests(world) == []


async def test_at_night_an_appointment_waits_for_the_morning(world: World) -> None:
    anne = subscribed(ANNE)
    await listen(world, anne)
    await world.hear(proposed(uuid4(), 1))
    world.clock.set(datetime(2026, 3, 13, 22, 0, tzinfo=UTC))
    await due(world, anne)
    assert await digests(world) == []
    assert (await world.appointments(f"due.{anne.id.hex}"))[-1] == (anne.id.hex, "@at 2026-03-16T07:00:00Z")


async def test_partners_get_the_watch_of_the_week_and_may_stop_it(world: World) -> None:
    partner = declared(ANNE).model_copy(update={"role": "partner"})
    await world.hear(partner)
    await world.hear(proposed(uuid4(), 1))
    async with world.database.reading() as session:
        (one,) = await listeners.subscriptions_of(session, ANNE)
    assert (one.rhythm, one.subject) == ("hebdomadaire", "tout")
    assert one.next_at is not None
    world.clock.set(one.next_at)
    await world.hear(DigestDue(subscription_id=one.id))
    await world.hear(DigestDue(subscription_id=one.id))

    (mail,) = [sent for sent in await world.deliveries() if sent.recipient == ANNE.hex]
    assert (mail.kind, mail.state) == ("veille_partenaires", State.A_ENVOYER)
    async with world.database.work(Cause.new()) as work:
        await choices.unsubscribe(work, ANNE)
    assert (await world.one("veille_partenaires")).state is State.ANNULE
