"""Calls passed on to porteurs: told once, reminded of at four moments, silent once there is an answer."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.contracts.notifier import ReminderDue
from kernel.contracts.triage import (
    CallDecoded,
    Decoding,
    FundingAnswer,
    MatchAnswered,
    MatchForwarded,
    MatchRecalled,
    Track,
)
from kernel.runtime.clock import FixedClock
from notifier import handlers
from notifier.domain import hours, reminders
from notifier.domain.states import State
from notifier.store import following
from tests.journey.smtp_script import serving
from tests.listener_story import moved
from tests.notifier_story import ALERT_DELAY, START, TITLE, World, a_world, contact, proposed, submitted, withdrawn

CANDIDACY = UUID(int=77)
MATCH = uuid5(CANDIDACY, "1")
CLOSES = date(2026, 4, 30)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path, database_url) as made:
        await made.hear_all([submitted(CANDIDACY), contact(CANDIDACY)])
        yield made


def about(turn: int, at: datetime = START, words: str = "Pour votre chaufferie.") -> dict[str, Any]:
    match = proposed(CANDIDACY, 1)
    track = Track(
        project_title=TITLE,
        need=match.need,
        call=match.call,
        verdict="eligible",
        reason=match.reason,
        words=words,
    )
    return {"match_id": MATCH, "candidacy_id": CANDIDACY, "turn": turn, "track": track, "by": "Équipe", "at": at}


def forwarded(turn: int = 1, **changes: Any) -> MatchForwarded:
    return MatchForwarded(**about(turn, **changes))


def answered(turn: int, answer: FundingAnswer = "depose") -> MatchAnswered:
    return MatchAnswered(**about(turn), answer=answer, amount=None, by_porteur=True)


def recalled(turn: int) -> MatchRecalled:
    return MatchRecalled(**{name: value for name, value in about(turn).items() if name != "track"})


async def kinds(world: World) -> list[str]:
    return [one.kind for one in await world.deliveries() if one.kind != "accuse_reception"]


async def live(world: World, until: date) -> list[tuple[date, str]]:
    """Let every appointment of a reminder come in its turn; what was told on which day."""
    seen = {one.id for one in await world.deliveries()}
    told = []
    while True:
        async with world.database.reading() as session:
            one = await following.forwarded(session, MATCH)
        if one is None or one.next_at is None or one.next_at.date() > until:
            return told
        world.clock.set(one.next_at)
        await world.hear(ReminderDue(match_id=MATCH))
        fresh = [found for found in await world.deliveries() if found.id not in seen]
        seen |= {found.id for found in fresh}
        told += [(world.clock.now().date(), found.kind) for found in fresh]


async def test_a_call_passed_on_is_told_with_what_people_wrote_of_it(world: World) -> None:
    parts = dict.fromkeys(("who", "how_much", "prepare", "traps", "contact"), "")
    decoding = Decoding(in_short="Payée à la livraison.", **parts)
    await world.hear(CallDecoded(call_key="aides_territoires:1", edition=2, decoding=decoding, by="Équipe", at=START))
    old = decoding.model_copy(update={"in_short": "Ancien."})
    await world.hear(CallDecoded(call_key="aides_territoires:1", edition=1, decoding=old, by="Équipe", at=START))
    await world.hear(forwarded())

    told = await world.one("appel_transmis")
    assert (told.state, told.candidacy_id) == (State.A_ENVOYER, CANDIDACY)
    assert told.snapshot["decoding"]["in_short"] == "Payée à la livraison."
    assert (told.snapshot["call"]["words"], told.snapshot["title"]) == ("Pour votre chaufferie.", TITLE)


async def test_a_deadline_is_told_at_thirty_fourteen_seven_and_two_days(world: World) -> None:
    await world.hear(forwarded())
    told = await live(world, date(2026, 6, 1))
    assert told == [
        (date(2026, 3, 31), "rappel_echeance"),
        (date(2026, 4, 16), "rappel_echeance"),
        (date(2026, 4, 23), "rappel_echeance"),
        (date(2026, 4, 28), "rappel_echeance"),
    ]


@pytest.mark.parametrize("answer", ["depose", "pas_interesse", "obtenu", "refuse"])
async def test_reminders_stop_with_an_answer(world: World, answer: FundingAnswer) -> None:
    await world.hear(forwarded())
    await live(world, date(2026, 4, 10))
    waiting = await world.one("rappel_echeance")
    await world.hear(answered(2, answer))
    assert (await world.one("rappel_echeance")).id == waiting.id
    assert (await world.one("rappel_echeance")).state is State.ANNULE, "what waits does not leave"
    world.clock.set(datetime(2026, 4, 23, 8, tzinfo=UTC))
    await world.hear(ReminderDue(match_id=MATCH))
    assert await kinds(world) == ["appel_transmis", "rappel_echeance"]
    assert (await world.one("appel_transmis")).state is State.A_ENVOYER


async def test_an_answer_that_is_heard_before_its_call_counts(world: World) -> None:
    await world.hear_all([recalled(2), forwarded(1)])
    assert await kinds(world) == []
    await world.hear(forwarded(3))
    assert await kinds(world) == ["appel_transmis"]


async def test_the_same_words_are_not_told_again(world: World) -> None:
    await world.hear_all([forwarded(1), answered(2), forwarded(3), forwarded(3)])
    assert await kinds(world) == ["appel_transmis"]
    assert await live(world, CLOSES), "but its deadline is followed again"
    await world.hear(forwarded(5, words="Le taux a changé."))
    assert (await kinds(world)).count("appel_transmis") == 2


async def test_a_call_back_before_the_mail_left_and_again(world: World) -> None:
    await world.hear_all([forwarded(1), recalled(2)])
    assert (await world.one("appel_transmis")).state is State.ANNULE
    await world.hear(forwarded(3))
    assert sorted(one.state for one in await world.deliveries() if one.kind == "appel_transmis") == [
        State.A_ENVOYER,
        State.ANNULE,
    ]


async def test_a_reminder_is_told_once_for_each_deadline_whatever_comes_again(world: World) -> None:
    await world.hear(forwarded())
    world.clock.set(datetime(2026, 4, 16, 8, tzinfo=UTC))
    for _ in range(3):
        await world.hear(ReminderDue(match_id=MATCH))
    assert (await kinds(world)).count("rappel_echeance") == 1
    later = datetime(2026, 4, 17, 8, tzinfo=UTC)
    world.clock.set(later)
    await world.hear(moved(proposed(CANDIDACY, 1), date(2026, 6, 15), later))
    assert (await world.one("rappel_echeance")).state is State.ANNULE, "it told the old deadline"
    assert [day for day, _ in await live(world, date(2026, 7, 1))] == [
        date(2026, 5, 15),
        date(2026, 6, 1),
        date(2026, 6, 8),
        date(2026, 6, 12),
    ]


async def test_a_broker_that_was_away_gives_one_reminder_and_no_night_mail(world: World) -> None:
    await world.hear(forwarded())
    world.clock.set(datetime(2026, 4, 23, 21, tzinfo=UTC))
    async with world.database.work() as work:
        await handlers.renew_appointments(work, ALERT_DELAY)
    await world.hear(ReminderDue(match_id=MATCH))
    assert await kinds(world) == ["appel_transmis"], "nobody is written to at night"
    assert (await live(world, date(2026, 4, 24)))[0] == (date(2026, 4, 24), "rappel_echeance")


async def test_a_dossier_taken_back_is_reminded_of_nothing(world: World) -> None:
    await world.hear_all([forwarded(), withdrawn(CANDIDACY)])
    await live(world, CLOSES)
    assert {one.state for one in await world.deliveries()} == {State.ANNULE}


async def test_who_does_not_want_reminders_gets_none(world: World) -> None:
    await world.hear(forwarded())
    async with world.database.work() as work:
        await following.mute(work.session, CANDIDACY.hex, "rappels", work.at)
    assert await live(world, CLOSES) == []
    assert await kinds(world) == ["appel_transmis"], "what staff pass on still comes"


@pytest.mark.parametrize(
    "title",
    [
        "x" * 10_000,
        "\u202eelpmexe\u202c",
        "Titre\r\nBcc: tous@exemple.example",
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}",
    ],
)
async def test_a_hostile_call_is_harmless_and_visible(world: World, title: str) -> None:
    told = forwarded(words="<b>Lisez</b> [ceci](https://mal.example)")
    call = told.track.call.model_copy(update={"title": title, "url": "javascript:alert(1)"})
    await world.hear(told.model_copy(update={"track": told.track.model_copy(update={"call": call})}))
    async with serving() as server:
        await world.sender(server.port).pump()

    (mail,) = [one for one in server.kept if "un appel" in one["Subject"]]
    text, html = (part.get_content() for part in mail.iter_parts())
    assert (mail["Bcc"], mail.defects, len(mail["Subject"]) <= 120) == (None, [], True)
    assert "<script" not in html and "javascript:" not in html and 'href="https://mal' not in html and "<b>" not in html
    assert "\u202e" not in text + html + mail["Subject"]
    assert title.strip("\u202e\u202c")[:20].split("\r")[0] in text


@settings(deadline=None)  # a busy machine is no fault
@given(
    closes=st.dates(date(2026, 1, 5), date(2027, 12, 31)),
    before=st.integers(0, 90),
    steps=st.lists(st.integers(0, 400), max_size=20),
)
def test_reminders_come_on_working_mornings_in_time_and_in_order(closes: date, before: int, steps: list[int]) -> None:
    since = datetime(closes.year, closes.month, closes.day, 12, tzinfo=UTC) - timedelta(days=before)
    clock = FixedClock(since)
    told: list[int] = []
    while (moment := reminders.upcoming(closes, clock.now())) is not None:
        local = moment.astimezone(hours.PARIS)
        assert hours.is_working_day(local.date()) and local.hour == reminders.HOUR
        clock.set(moment + timedelta(hours=steps.pop() if steps else 0))
        days = reminders.due(closes, since, clock.now())
        if days is not None and days not in told:
            told.append(days)
            assert clock.now().astimezone(hours.PARIS).date() <= closes
    assert told == sorted(told, reverse=True)
