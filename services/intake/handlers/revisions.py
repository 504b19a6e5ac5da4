"""A dossier that was sent is changed, corrected, and sent again; each version is kept and told."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from intake.domain import dossier as rules
from intake.domain import revision
from intake.domain.dossier import PORTEUR, Candidacy, Dossier
from intake.domain.draft import TITLES, Answer
from intake.domain.journal import Act, Entry
from intake.domain.refusals import Refused
from intake.domain.revision import Correction, Wish
from intake.forms.answers import answers_of
from intake.handlers.drafts import key_hash
from intake.store import attachments, candidacies, drafts, hearsay, people, revisions
from intake.store.drafts import Draft
from kernel.contracts.intake_life import CorrectionAsked
from kernel.runtime.database import Work

PARIS = ZoneInfo("Europe/Paris")


async def begin_revision(work: Work, candidacy_id: UUID) -> UUID:
    """The porteur opens the dossier to change it: one draft a dossier, whoever of them opens it.

    Raises `Refused` where nothing of it may be changed.
    """
    candidacy = await candidacies.held(work.session, candidacy_id)
    opened = await _open_sections(work, candidacy)
    if not opened:
        raise Refused("Ce dossier ne peut pas être modifié dans son état actuel.")
    known = await drafts.changing(work.session, candidacy_id)
    if known is not None:
        await drafts.open_sections(work.session, known.id, opened)
        return known.id
    return await _copy(work, candidacy, Purpose(candidacy_id=candidacy_id, sections=opened))


async def take_up(work: Work, candidacy_id: UUID, person_id: UUID) -> UUID:
    """The porteur takes a dossier that was put on hold up again, with everything in it. Raises `Refused`."""
    candidacy = await candidacies.held(work.session, candidacy_id)
    if candidacy.state != "en_attente":
        raise Refused("Seul un dossier mis en attente peut être repris dans une nouvelle vague.")
    known = await drafts.taking_up(work.session, candidacy_id)
    if known is not None:
        return known.id
    return await _copy(work, candidacy, Purpose(taken_from=candidacy_id, person_id=person_id))


async def revise(work: Work, draft: Draft, dossier: Dossier, by: str = PORTEUR) -> Candidacy:
    """The changed dossier is sent: the next version, the corrections that it answers, and the draft goes.

    Raises `Refused` where nothing changed, or where a part is not open any more; the draft then stays as it is.
    """
    if draft.candidacy_id is None:
        raise ValueError(f"draft {draft.id} changes no dossier that was sent: submit it instead")
    candidacy = await candidacies.held(work.session, draft.candidacy_id)
    if not await drafts.hold(work.session, draft.id):
        raise Refused("Ces modifications ont déjà été envoyées.")
    names = revision.changed(answers_of(candidacy.dossier), answers_of(dossier))
    sections = revision.check_changes(names, await _open_sections(work, candidacy))
    change = rules.revise(candidacy, dossier, by, ", ".join(TITLES[section] for section in sections), work.at)
    await revisions.keep_version(work.session, change.candidacy, work.at, by)
    await candidacies.save_themes(work.session, change.candidacy)
    if dossier.contact.email != candidacy.dossier.contact.email:
        await people.know_applicant(work.session, dossier.contact.email, dossier.project.porteur, work.at)
    await hearsay.write(work.session, change.entries)
    work.record(*change.events)
    for asked in await revisions.asked(work.session, candidacy.id):
        if asked.section in sections:
            await close_correction(work, asked, "rendue", by)
    await drafts.drop(work.session, draft.id)
    return change.candidacy


async def ask_correction(work: Work, candidacy_id: UUID, wish: Wish, by: str) -> Correction:
    """Staff ask the porteur to correct a section by a day. Raises `Refused`, `UnknownDossier`."""
    candidacy = await candidacies.held(work.session, candidacy_id)
    already = [one.section for one in await revisions.asked(work.session, candidacy_id)]
    revision.check_asked(candidacy.state, wish, work.at.astimezone(PARIS).date(), already)
    asked = Correction(uuid4(), candidacy_id, wish.section, wish.reason, wish.due_on, by, work.at)
    await revisions.save_corrections(work.session, [asked])
    said = f"{TITLES[asked.section]}, avant le {asked.due_on:%d/%m/%Y} : {asked.reason}"
    await _journal(work, asked, "correction_demandee", said, by)
    work.record(
        CorrectionAsked(
            candidacy_id=candidacy_id,
            correction_id=asked.id,
            section=asked.section,
            reason=asked.reason,
            due_on=asked.due_on,
            by=by,
            at=work.at,
        )
    )
    return asked


async def drop_correction(work: Work, candidacy_id: UUID, correction_id: UUID, by: str) -> None:
    """Staff no longer ask; nothing happens where it was answered or taken back meanwhile."""
    await candidacies.held(work.session, candidacy_id)
    for asked in await revisions.asked(work.session, candidacy_id):
        if asked.id == correction_id:
            await close_correction(work, asked, "retiree", by)


async def close_correction(work: Work, asked: Correction, outcome: revision.Outcome, by: str) -> None:
    """A request of the team is answered, or taken back."""
    closed = replace(asked, outcome=outcome, closed_at=work.at)
    await revisions.save_corrections(work.session, [closed])
    await _journal(work, asked, "correction_rendue" if outcome == "rendue" else "correction_retiree", "", by)


async def _journal(work: Work, asked: Correction, act: Act, said: str, by: str) -> None:
    entry = Entry(asked.candidacy_id, work.at, by, act, said or TITLES[asked.section], f"{act}:{asked.id}")
    await hearsay.write(work.session, [entry])


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a draft filled with a dossier is for."""

    candidacy_id: UUID | None = None
    taken_from: UUID | None = None
    person_id: UUID | None = None
    sections: tuple[str, ...] = ()


async def _copy(work: Work, candidacy: Candidacy, purpose: Purpose) -> UUID:
    """A draft that holds what the dossier says; its key is known to nobody, people enter it signed in."""
    draft = Draft(
        uuid4(),
        key_hash(secrets.token_urlsafe(32)),
        secrets.token_urlsafe(24),
        work.at,
        work.at,
        purpose.person_id,
        purpose.candidacy_id,
        purpose.taken_from,
        purpose.sections,
    )
    await drafts.add_draft(work.session, draft)
    answers: Mapping[str, str] = answers_of(candidacy.dossier)
    first = {name: Answer(value, 1, work.at) for name, value in answers.items()}
    await drafts.save_answers(work.session, draft.id, first, work.at)
    if purpose.taken_from is not None:
        await attachments.copy(work.session, purpose.taken_from, draft.id, work.at)
    return draft.id


async def _open_sections(work: Work, candidacy: Candidacy) -> tuple[str, ...]:
    asked = await revisions.asked(work.session, candidacy.id)
    return revision.sections_open(candidacy.state, [one.section for one in asked])
