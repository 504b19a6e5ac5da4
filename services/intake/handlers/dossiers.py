"""A dossier is sent, kept, not kept or taken back: one command each, with who asks and why."""

import secrets
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from intake.domain import dossier as rules
from intake.domain import wave as waves
from intake.domain.dossier import Candidacy, Change, Dossier
from intake.domain.refusals import AlreadySubmitted, UnknownDossier
from intake.store import candidacies, hearsay, people
from intake.store import waves as wave_store
from intake.store.candidacies import Receipt
from kernel.runtime.database import Work

PARIS = ZoneInfo("Europe/Paris")


async def submit_candidacy(work: Work, dossier: Dossier, prefix: str, form_token: str) -> Receipt:
    """A porteur sends a dossier to the open wave. Raises `NoOpenWave`, or `AlreadySubmitted` for a used token."""
    session = work.session
    if await candidacies.receipt_of_form(session, form_token):
        raise AlreadySubmitted("Ce formulaire a déjà été envoyé.")
    wave = waves.check_takes_dossiers(await wave_store.open_wave(session), work.at)
    year = work.at.astimezone(PARIS).year
    number = rules.number_of(prefix, year, await wave_store.next_rank(session, year))
    change = rules.submit(Candidacy(uuid4(), number, wave.id, work.at, dossier))
    key = secrets.token_urlsafe(32)
    await candidacies.add_candidacy(session, change.candidacy, form_token, key)
    await people.know_applicant(session, dossier.contact.email, dossier.project.porteur, work.at)
    await hearsay.write(session, change.entries)
    work.record(*change.events)
    return Receipt(change.candidacy.id, number, key, work.at)


async def preselect(work: Work, candidacy_id: UUID, by: str, reason: str) -> None:
    """Staff keep a candidacy: it becomes an official candidate. Raises `Refused`, `UnknownDossier`."""
    await _save(work, rules.preselect(await _held(work, candidacy_id), by, reason, work.at))


async def decline(work: Work, candidacy_id: UUID, by: str, reason: str) -> None:
    """Staff do not keep a candidacy in this wave. Raises `Refused`, `UnknownDossier`."""
    await _save(work, rules.decline(await _held(work, candidacy_id), by, reason, work.at))


async def withdraw(work: Work, candidacy_id: UUID, reason: str) -> None:
    """The porteur takes the dossier back. Raises `Refused`, `UnknownDossier`."""
    await _save(work, rules.withdraw(await _held(work, candidacy_id), reason, work.at))


async def _held(work: Work, candidacy_id: UUID) -> Candidacy:
    candidacy = await candidacies.candidacy_to_change(work.session, candidacy_id)
    if candidacy is None:
        raise UnknownDossier(f"no dossier {candidacy_id}: follow a link of the list")
    return candidacy


async def _save(work: Work, change: Change) -> None:
    await candidacies.save_state(work.session, change.candidacy)
    await hearsay.write(work.session, change.entries)
    work.record(*change.events)
