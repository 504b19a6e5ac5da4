"""What recipients decide by the links and pages of their mails: each word is kept once, the last one counts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast
from uuid import UUID

from kernel.contracts.triage import AlertAnswered
from kernel.runtime.auth import Role
from kernel.runtime.database import Work
from notifier import store
from notifier.domain.subscription import Answer, Optional, Subscription
from notifier.handlers import digests
from notifier.store import following, listeners


class UnknownMatch(LookupError):
    """The match of a link is not known here, or its person may enter no more."""


async def choose(work: Work, chosen: Sequence[Subscription]) -> None:
    """A person chose what to be told of, and when."""
    await store.take_turn(work)
    await digests.change(work, chosen)


async def unsubscribe(work: Work, person_id: UUID) -> None:
    """A person is told of nothing more, at once; done twice it is done once. What the law requires still comes."""
    await store.take_turn(work)
    known = await listeners.subscriptions_of(work.session, person_id)
    await digests.change(work, [replace(one, rhythm="jamais") for one in known])
    await digests.stop_digests(work, person_id)


async def mute(work: Work, recipient: str, subject: Optional, *, wanted: bool) -> None:
    """A recipient does not want to be written about this, or wants it again; what is due still comes."""
    await store.take_turn(work)
    if wanted:
        await following.unmute(work.session, recipient, subject)
    else:
        await following.mute(work.session, recipient, subject, work.at)


async def answer(work: Work, person_id: UUID, match_id: UUID, said: Answer) -> None:
    """A person said what becomes of a match. Raises `UnknownMatch`."""
    await store.take_turn(work)
    person = await listeners.listener(work.session, person_id)
    if person is None or not person.may_enter or await store.item(work.session, match_id) is None:
        raise UnknownMatch(f"no match {match_id} for {person_id}: it was erased, or access was closed")
    await listeners.save_answer(work.session, (person_id, match_id), said, person.name, work.at)
    role = cast("Role", person.role)
    work.record(
        AlertAnswered(match_id=match_id, person_id=person_id, name=person.name, role=role, said=said, at=work.at)
    )
