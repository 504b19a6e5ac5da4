"""Where people are reached: an address is learnt from one kind of event, used, and erased on order."""

from kernel.contracts.intake import ContactDeclared, SignInAsked
from kernel.contracts.intake_life import ErasureOrdered
from kernel.contracts.notifier import ErasureDone
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import delivery as deliveries
from notifier.handlers.telling import advance, announce, cause
from notifier.store import following, listeners


async def learn_contact(work: Work, event: ContactDeclared) -> None:
    """Know where to write; what waited for it may leave."""
    await store.take_turn(work)
    await store.save_contact(work.session, event.candidacy_id, event.role, event.email)
    await advance(work, event.candidacy_id)


async def forget(work: Work, event: ErasureOrdered) -> None:
    """Erase addresses, and say so; messages that had not left do not leave, those that did keep their words."""
    await store.take_turn(work)
    count = await store.forget(work.session, event.candidacy_ids, event.person_ids, work.at)
    count += await listeners.forget_people(work.session, event.person_ids)
    await following.forget_forwarded(work.session, event.candidacy_ids)
    kept = {"texte des messages envoyés, sans leur adresse": "preuve de la notification des décisions"}
    work.record(ErasureDone(erasure_id=event.erasure_id, erased={"adresses": count}, kept=kept, at=work.at))


async def send_link(work: Work, event: SignInAsked) -> None:
    """Mail somebody the link that lets them in; one that is too late already is not worth a message."""
    await store.take_turn(work)
    if work.at < event.expires_at:
        await announce(work, deliveries.to_person(cause(work), event, work.at))
