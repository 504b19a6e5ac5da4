"""A dossier is written by several: its contact shares it with others by invitation, and takes that back."""

from uuid import UUID

from intake.domain.dossier import PORTEUR
from intake.domain.journal import Entry
from intake.domain.people import Member
from intake.domain.refusals import Refused
from intake.handlers.people import invitation
from intake.store import candidacies, hearsay, people
from kernel.runtime.auth import Door
from kernel.runtime.database import Work

MOST = 10
"""People with whom a dossier is shared; above, an address was given to too many."""


async def share(work: Work, door: Door, candidacy_id: UUID, email: str, function: str) -> Member:
    """Invite somebody to a dossier, or send them their link again. Raises `Refused`."""
    candidacy = await candidacies.held(work.session, candidacy_id)
    with_whom = await people.participants(work.session, candidacy_id)
    await people.know_applicant(work.session, email, function, work.at)
    invited = await people.of_email(work.session, email)
    if invited is None or invited.role != "applicant" or not invited.may_enter:
        raise Refused("Cette adresse ne peut pas être invitée : demandez à l’équipe du label.")
    if invited.email == candidacy.dossier.contact.email.lower():
        raise Refused("Cette adresse est celle du contact du dossier : elle y entre déjà.")
    known = {one.id for one in with_whom}
    if invited.id not in known and len(known) >= MOST:
        raise Refused(f"Ce dossier est déjà partagé avec {MOST} personnes : retirez-en une d’abord.")
    await people.share(work.session, candidacy_id, invited.id, work.at)
    work.record(invitation(work, door, invited))
    if invited.id not in known:
        key = f"coporteur_invite:{invited.id}:{work.at.isoformat()}"
        await hearsay.write(
            work.session, [Entry(candidacy_id, work.at, PORTEUR, "coporteur_invite", invited.name, key)]
        )
    return invited


async def unshare(work: Work, candidacy_id: UUID, person_id: UUID) -> None:
    """Take the invitation back: the dossier is shut to them at once. Nothing happens where it was not shared."""
    await candidacies.held(work.session, candidacy_id)
    known = await people.member(work.session, str(person_id))
    if known is None or not await people.unshare(work.session, candidacy_id, person_id, work.at):
        return
    key = f"coporteur_retire:{person_id}:{work.at.isoformat()}"
    await hearsay.write(work.session, [Entry(candidacy_id, work.at, PORTEUR, "coporteur_retire", known.name, key)])
