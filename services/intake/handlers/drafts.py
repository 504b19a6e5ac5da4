"""A draft is kept field by field as it is typed; two devices lose no word of each other's."""

import hashlib
import secrets
from collections.abc import Mapping
from uuid import UUID, uuid4

from intake.domain import people as rules
from intake.domain.draft import AlreadySent, Answer, Merged, Save, merge, section_of
from intake.domain.people import Member
from intake.domain.refusals import Refused, UnknownDossier
from intake.handlers.people import check_link_pace, sign_in_link
from intake.store import candidacies, drafts, people
from kernel.runtime.auth import Door, Person
from kernel.runtime.database import Work


async def begin_draft(work: Work, answers: Mapping[str, str], person_id: UUID | None = None) -> tuple[UUID, str]:
    """Somebody starts a dossier; gives its identifier and the only copy of its key.

    `person_id` is who starts it signed in, and will find it again signed in.
    """
    draft_id, key = uuid4(), secrets.token_urlsafe(32)
    token = secrets.token_urlsafe(24)
    await drafts.add_draft(work.session, drafts.Draft(draft_id, key_hash(key), token, work.at, work.at, person_id))
    first = {name: Answer(value, 1, work.at) for name, value in answers.items() if value}
    await drafts.save_answers(work.session, draft_id, first, work.at)
    return draft_id, key


async def check_pace(work: Work, door: Door, network: str) -> None:
    """Somebody of this network is about to begin a draft. Raises `TooMany`; only a keyed hash is counted."""
    mark = door.fingerprint(f"brouillons {network}")
    _, begun = await people.requests(work.session, mark, mark, work.at)
    rules.check_drafts_pace(begun)
    await people.add_request(work.session, mark, mark, work.at)


async def claim(work: Work, draft: drafts.Draft, person: Person) -> None:
    """Who holds the key and is signed in keeps the draft among their dossiers. Raises `Refused`."""
    known = await people.member(work.session, person.id)
    if known is None or known.role != "applicant":
        raise Refused("Cet accès n’est pas celui d’un porteur de projet : donnez une autre adresse.")
    await _attach(work, draft, known)


async def claim_by_mail(work: Work, door: Door, draft: drafts.Draft, email: str, network: str) -> None:
    """Who holds the key gives an address: its link leads to the draft. Raises `Refused`, `TooMany`.

    The address becomes known where it was not; what the caller sees depends on nothing of it.
    """
    await check_link_pace(work, door, email, network)
    await people.know_applicant(work.session, email, "Porteur de projet", work.at)
    known = await people.of_email(work.session, email)
    if known is None or not known.may_enter:
        return
    if known.role == "applicant":
        await _attach(work, draft, known)
    work.record(sign_in_link(work, door, known))


async def _attach(work: Work, draft: drafts.Draft, who: Member) -> None:
    if not await drafts.hold(work.session, draft.id):
        raise UnknownDossier(f"no draft {draft.id}: it was erased")
    if await drafts.person_of(work.session, draft.id) not in {None, who.id}:
        raise Refused("Ce brouillon est déjà dans les dossiers d’une autre personne : demandez-lui de le partager.")
    await drafts.attach(work.session, draft.id, who.id)


async def save_draft(work: Work, draft: drafts.Draft, saves: Mapping[str, Save]) -> dict[str, Merged]:
    """Keep what was typed, field by field. Raises `AlreadySent`, `Refused`, `UnknownDossier` for one just erased."""
    if not await drafts.hold(work.session, draft.id):
        raise UnknownDossier(f"no draft {draft.id}: it was erased")
    if await candidacies.receipt_of_form(work.session, draft.form_token):
        raise AlreadySent("Ce dossier a été envoyé : il ne peut plus être modifié ici.")
    if draft.sections and any(section_of(name) not in draft.sections for name in saves):
        raise Refused("Cette partie du dossier ne peut pas être modifiée.")
    stored = await drafts.answers_of(work.session, draft.id)
    merged = {name: merge(stored.get(name, Answer()), save, work.at) for name, save in saves.items()}
    changed = {name: m.answer for name, m in merged.items() if m.answer != stored.get(name, Answer())}
    await drafts.save_answers(work.session, draft.id, changed, work.at)
    return merged


async def erase_draft(work: Work, draft: drafts.Draft) -> None:
    """The person no longer wants it: nothing of the draft stays."""
    await drafts.drop(work.session, draft.id)


def key_hash(key: str) -> str:
    """What is kept of a draft's key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
