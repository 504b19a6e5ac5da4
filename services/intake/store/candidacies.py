"""Candidacies as rows: written with their themes and their journal lines, read back as the domain's values."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.dossier import Candidacy, Contact, Decision, Dossier
from intake.domain.refusals import UnknownDossier
from intake.domain.states import State
from intake.store.constraints import spoken
from intake.store.hearsay import decision_on
from intake.tables import CandidacyRow, CandidacyThemeRow
from kernel.contracts.intake import Project


@dataclass(frozen=True, slots=True)
class Receipt:
    """What leads back to a dossier that was sent: its number, and the key of its receipt page."""

    candidacy_id: UUID
    number: str
    key: str
    submitted_at: datetime


async def add_candidacy(session: AsyncSession, candidacy: Candidacy, form_token: str, receipt_key: str) -> None:
    """Raises `AlreadySubmitted` where the form's token was used."""
    async with spoken():
        session.add(_row(candidacy, form_token, receipt_key))
        await session.flush()
    await save_themes(session, candidacy)


async def save_themes(session: AsyncSession, candidacy: Candidacy) -> None:
    """Make the dossier's themes those that lists filter by."""
    await session.exec(delete(CandidacyThemeRow).where(col(CandidacyThemeRow.candidacy_id) == candidacy.id))
    session.add_all(
        CandidacyThemeRow(candidacy_id=candidacy.id, theme=theme)
        for theme in sorted(set(candidacy.dossier.project.themes))
    )


async def save_state(session: AsyncSession, candidacy: Candidacy) -> None:
    """Write the state of a candidacy that was loaded; nothing else of it changes here."""
    row = await session.get_one(CandidacyRow, candidacy.id)
    row.state = candidacy.state
    session.add(row)


async def candidacy_to_change(session: AsyncSession, candidacy_id: UUID) -> Candidacy | None:
    """The candidacy, held until the end of the transaction; None where it is not known."""
    query = select(CandidacyRow).where(CandidacyRow.id == candidacy_id).with_for_update()
    return await _first(session, query)


async def held(session: AsyncSession, candidacy_id: UUID) -> Candidacy:
    """The same, where it must be there. Raises `UnknownDossier`."""
    found = await candidacy_to_change(session, candidacy_id)
    if found is None:
        raise UnknownDossier(f"no dossier {candidacy_id}: follow a link of the list")
    return found


async def candidacy(session: AsyncSession, candidacy_id: UUID) -> Candidacy | None:
    """The candidacy, to be shown."""
    return await _first(session, select(CandidacyRow).where(CandidacyRow.id == candidacy_id))


async def receipt_of_form(session: AsyncSession, form_token: str) -> tuple[Receipt, Dossier] | None:
    """What was made of the form that carried this token, None where it was never received."""
    row = (await session.exec(select(CandidacyRow).where(CandidacyRow.form_token == form_token))).first()
    return (_receipt(row), dossier_of(row)) if row else None


async def receipt(session: AsyncSession, candidacy_id: UUID) -> Receipt | None:
    """The receipt of a candidacy; whoever shows it must have compared its key."""
    row = await session.get(CandidacyRow, candidacy_id)
    return _receipt(row) if row else None


async def _first(session: AsyncSession, query: Any) -> Candidacy | None:
    row = (await session.exec(query)).first()
    return None if row is None else loaded(row, await decision_on(session, row.id))


def loaded(row: CandidacyRow, decision: Decision | None = None) -> Candidacy:
    """The candidacy of a row, with the decision where the caller needs it."""
    state = cast("State", row.state)  # the table's CHECK has no other
    return Candidacy(
        row.id,
        row.number,
        row.wave_id,
        row.submitted_at,
        dossier_of(row),
        state,
        decision,
        row.revision,
        row.taken_from,
    )


def without_accents(text: str) -> str:
    """Text to search in and to search for: no case, no accent, one space between words."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def _receipt(row: CandidacyRow) -> Receipt:
    return Receipt(row.id, row.number, row.receipt_key, row.submitted_at)


class Written(Protocol):
    """A row that holds a whole dossier."""

    contact_role: str
    contact_email: str
    project: dict[str, Any]
    answers: dict[str, Any]


def dossier_of(row: Written) -> Dossier:
    """What the porteur wrote."""
    answers = row.answers
    return Dossier(
        project=Project.model_validate(row.project),
        contact=Contact(row.contact_role, row.contact_email),
        identifier=answers["identifier"],
        partners=tuple(answers["partners"]),
        contractor=answers["contractor"],
        perimeter=answers["perimeter"],
        key_figures=tuple(answers["key_figures"]),
        calendar=tuple(answers["calendar"]),
        grid=tuple((code, level) for code, level in answers["grid"]),
        documents=tuple(answers["documents"]),
    )


def _answers(dossier: Dossier) -> dict[str, Any]:
    """What the form asks beyond the project's facts; no address."""
    return {
        "identifier": dossier.identifier,
        "partners": list(dossier.partners),
        "contractor": dossier.contractor,
        "perimeter": dossier.perimeter,
        "key_figures": list(dossier.key_figures),
        "calendar": list(dossier.calendar),
        "grid": [[code, level] for code, level in dossier.grid],
        "documents": list(dossier.documents),
    }


def _row(candidacy: Candidacy, form_token: str, receipt_key: str) -> CandidacyRow:
    row = CandidacyRow(
        id=candidacy.id,
        number=candidacy.number,
        wave_id=candidacy.wave_id,
        state=candidacy.state,
        submitted_at=candidacy.submitted_at,
        taken_from=candidacy.taken_from,
        form_token=form_token,
        receipt_key=receipt_key,
    )
    fill(row, candidacy)
    return row


def fill(row: CandidacyRow, candidacy: Candidacy) -> None:
    """Write what the porteur wrote, in the columns of lists and whole."""
    dossier, project = candidacy.dossier, candidacy.dossier.project
    searched = (candidacy.number, project.title, project.porteur, project.commune_name, project.summary)
    row.revision = candidacy.revision
    row.title, row.porteur, row.porteur_form = project.title, project.porteur, project.porteur_form
    row.commune_code, row.epci_code = project.commune_code, project.epci_code
    row.stage, row.budget = project.stage, project.budget
    row.contact_role, row.contact_email = dossier.contact.role, dossier.contact.email
    row.searched = without_accents(" ".join(searched))
    row.project, row.answers = project.model_dump(mode="json"), _answers(dossier)
