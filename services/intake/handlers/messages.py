"""Porteur and team write to each other on the dossier; what is written stays, and each sees what the other has read."""

from uuid import UUID, uuid4

from intake.domain.dossier import CALENDAR
from intake.domain.journal import Entry
from intake.forms.messages import Said
from intake.store import candidacies, hearsay, messages
from intake.store.messages import Message
from kernel.contracts.intake_life import MessagePosted, Side
from kernel.runtime.database import Work

SAID = {"porteur": "Message du porteur", "equipe": "Message de l’équipe"}


async def post(work: Work, candidacy_id: UUID, said: Said, side: Side, by: str) -> None:
    """Write in the thread; the same form sent twice writes once. Raises `UnknownDossier`."""
    await candidacies.held(work.session, candidacy_id)
    if await messages.is_posted(work.session, said.token):
        return
    message = Message(uuid4(), work.at, side, by, said.text)
    await messages.add(work.session, candidacy_id, message, said.token)
    if by != CALENDAR:  # nobody read what the other side wrote, and what waits for an answer waits on
        await messages.mark(work.session, candidacy_id, f"{side}_read", work.at)
    entry = Entry(candidacy_id, work.at, by, "echange", SAID[side], f"echange:{message.id}")
    await hearsay.write(work.session, [entry])
    work.record(MessagePosted(candidacy_id=candidacy_id, message_id=message.id, side=side, by=by, at=work.at))


async def mark_read(work: Work, candidacy_id: UUID, side: Side) -> None:
    """A side has the thread before its eyes."""
    await candidacies.held(work.session, candidacy_id)
    await messages.mark(work.session, candidacy_id, f"{side}_read", work.at)


async def settle(work: Work, candidacy_id: UUID) -> None:
    """Staff say that the porteur's last words ask for no answer."""
    await candidacies.held(work.session, candidacy_id)
    await messages.mark(work.session, candidacy_id, "settled", work.at)
