"""People of the team who listen, and what changes in calls, for the tests of alerts per person."""

from datetime import date, datetime
from uuid import UUID, uuid5

from kernel.contracts.funding_watch import CallDeadlineMoved, MatchProposed
from kernel.contracts.intake import PersonDeclared
from kernel.contracts.notifier import DigestDue
from notifier.domain.hours import Rhythm
from notifier.domain.subscription import Subject, Subscription
from notifier.store import listeners
from tests.notifier_story import START, World, moment

ANNE, BILAL = UUID(int=101), UUID(int=102)


def declared(person: UUID, hours: float = 0, *, may_enter: bool = True, email: str = "") -> PersonDeclared:
    return PersonDeclared(
        person_id=person,
        email=email or f"agent-{person.int}@pole-artois.example",
        name="Chargée de mission",
        role="staff",
        may_enter=may_enter,
        at=moment(hours),
    )


def subscribed(
    person: UUID,
    rhythm: Rhythm = "immediat",
    subject: Subject = "tout",
    values: tuple[str, ...] = (),
    since: datetime = START,
) -> Subscription:
    """Told on Thursdays, at nine where the rhythm has an hour."""
    identity = uuid5(person, subject)
    return Subscription(identity, person, subject, values, rhythm, 9, 3, at_once=False, since=since)


async def listen(world: World, *subscriptions: Subscription) -> None:
    """These people are known and have these subscriptions."""
    for one in subscriptions:
        await world.hear(declared(one.person_id, -24))
        async with world.database.work() as work:
            await listeners.save_subscription(work.session, one)


async def due(world: World, one: Subscription) -> None:
    """The appointment of a subscription comes."""
    await world.hear(DigestDue(subscription_id=one.id))


def moved(match: MatchProposed, to: date, at: datetime) -> CallDeadlineMoved:
    call = match.call.model_copy(update={"closes_on": to})
    return CallDeadlineMoved(call_key=call.key, call=call, old=match.call.closes_on, new=to, days=None, at=at)
