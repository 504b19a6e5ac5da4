"""A dossier is sent, kept, not kept or taken back: one command each, with who asks and why."""

import secrets
from datetime import timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from intake.domain import dossier as rules
from intake.domain import wave as waves
from intake.domain.dossier import PORTEUR, Candidacy, Change, Dossier
from intake.domain.journal import Entry
from intake.domain.refusals import AlreadySubmitted
from intake.handlers import reminding
from intake.store import attachments, candidacies, drafts, hearsay, people, revisions
from intake.store import waves as wave_store
from intake.store.candidacies import Receipt
from kernel.runtime.database import Work

PARIS = ZoneInfo("Europe/Paris")


async def submit_candidacy(
    work: Work, dossier: Dossier, prefix: str, form_token: str, late: timedelta = timedelta(0)
) -> Receipt:
    """A porteur sends a dossier to the open wave, or late to the one that closed less than `late` ago.

    Raises `NoOpenWave`, `AlreadySubmitted` for a used token, `Refused` for a dossier that was taken up already.
    """
    session = work.session
    if await candidacies.receipt_of_form(session, form_token):
        raise AlreadySubmitted("Ce formulaire a déjà été envoyé.")
    wave, is_late = waves.check_receives(await wave_store.last_wave(session), work.at, late)
    year = work.at.astimezone(PARIS).year
    number = rules.number_of(prefix, year, await wave_store.next_rank(session, year))
    before = await drafts.taken_from(session, form_token)
    sent = Candidacy(uuid4(), number, wave.id, work.at, dossier, taken_from=before)
    change = rules.submit_late(sent) if is_late else rules.submit(sent)
    key = secrets.token_urlsafe(32)
    await candidacies.add_candidacy(session, change.candidacy, form_token, key)
    await revisions.keep_version(session, change.candidacy, work.at, PORTEUR)
    await people.know_applicant(session, dossier.contact.email, dossier.project.porteur, work.at)
    await attachments.hand_over(session, form_token, change.candidacy.id)
    await drafts.forget_answers(session, form_token)
    await hearsay.write(session, [*change.entries, *await _taken_up(work, change.candidacy)])
    work.record(*change.events)
    return Receipt(change.candidacy.id, number, key, work.at)


async def _taken_up(work: Work, candidacy: Candidacy) -> list[Entry]:
    """What both journals say of a dossier that takes an earlier one up again."""
    if candidacy.taken_from is None:
        return []
    before = await candidacies.held(work.session, candidacy.taken_from)
    return [
        Entry(before.id, work.at, PORTEUR, "reprise", f"Repris sous le numéro {candidacy.number}", "reprise"),
        Entry(candidacy.id, work.at, PORTEUR, "reprise", f"Reprend le dossier {before.number}", "reprise"),
    ]


async def accept_late(work: Work, candidacy_id: UUID, by: str, reason: str) -> None:
    """Staff take a dossier that came late: it is submitted from now on. Raises `Refused`, `UnknownDossier`."""
    await _save(work, rules.accept_late(await candidacies.held(work.session, candidacy_id), by, reason, work.at))


async def refuse_late(work: Work, candidacy_id: UUID, by: str, reason: str) -> None:
    """Staff do not take a dossier that came late. Raises `Refused`, `UnknownDossier`."""
    await _save(work, rules.refuse_late(await candidacies.held(work.session, candidacy_id), by, reason, work.at))


async def preselect(work: Work, candidacy_id: UUID, by: str, reason: str) -> None:
    """Staff keep a candidacy: it becomes an official candidate. Raises `Refused`, `UnknownDossier`."""
    await _save(work, rules.preselect(await candidacies.held(work.session, candidacy_id), by, reason, work.at))


async def decline(work: Work, candidacy_id: UUID, by: str, reason: str) -> None:
    """Staff do not keep a candidacy in this wave. Raises `Refused`, `UnknownDossier`."""
    await _save(work, rules.decline(await candidacies.held(work.session, candidacy_id), by, reason, work.at))


async def withdraw(work: Work, candidacy_id: UUID, reason: str) -> None:
    """The porteur takes the dossier back. Raises `Refused`, `UnknownDossier`."""
    await _save(work, rules.withdraw(await candidacies.held(work.session, candidacy_id), reason, work.at))


async def _save(work: Work, change: Change) -> None:
    await candidacies.save_state(work.session, change.candidacy)
    await hearsay.write(work.session, change.entries)
    await reminding.follow(work, change.candidacy)
    work.record(*change.events)
