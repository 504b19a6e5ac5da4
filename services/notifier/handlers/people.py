"""Where people are reached: an address is learnt from one kind of event, used, and erased on order."""

from kernel.contracts.intake import ContactDeclared, SignInAsked
from kernel.contracts.intake_life import ErasureOrdered
from kernel.contracts.intake_people import ErasureAnnounced, ErasureReported, ExportOrdered, RetentionReached
from kernel.contracts.notifier import ErasureDone, ExportDone
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import personal
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
        await announce(work, personal.to_person(cause(work), event, work.at))


async def warn(work: Work, event: ErasureAnnounced) -> None:
    """Mail somebody that their account or draft goes on a day; a warning that is too late misleads."""
    await store.take_turn(work)
    if work.at < event.erased_at:
        await announce(work, personal.to_warn(cause(work), event, work.at))


async def report_erasure(work: Work, event: ErasureReported) -> None:
    """Mail somebody where the report of their erasure stands: the last use of the address."""
    await store.take_turn(work)
    if work.at < event.readable_until:
        await announce(work, personal.to_report(cause(work), event, work.at))


async def forget_old(work: Work, event: RetentionReached) -> None:
    """Erase the addresses of messages older than they are kept; what was said to a dossier stays without them."""
    await store.take_turn(work)
    await store.forget_before(work.session, event.mails_before)


async def answer_export(work: Work, event: ExportOrdered) -> None:
    """Say which messages went to somebody and about their dossiers, and what they chose to receive."""
    messages = await store.messages_of(work.session, event.person_id, event.candidacy_ids)
    chosen = await listeners.subscriptions_of(work.session, event.person_id)
    choices = [{"sujet": str(one.subject), "rythme": str(one.rhythm)} for one in chosen]
    held: dict[str, list[dict[str, str]]] = {"messages": messages, "abonnements": choices}
    told = {what: rows for what, rows in held.items() if rows}
    work.record(ExportDone(export_id=event.export_id, held=told, at=work.at))
