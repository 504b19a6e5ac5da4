"""The staff's list of dossiers: a view is what its address says, the newest first, a page at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.listing import NOBODY, View
from intake.domain.states import State
from intake.store.candidacies import without_accents
from intake.tables import AssignmentRow, CandidacyRow, CandidacyThemeRow, TagRow

PAGE = 25


@dataclass(frozen=True, slots=True)
class DossierLine:
    """A dossier in a list or in a file for a spreadsheet, as codes; no address."""

    id: UUID
    number: str
    title: str
    porteur: str
    porteur_form: str
    commune_code: str
    epci_code: str
    themes: tuple[str, ...]
    stage: str
    budget: int | None
    state: State
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a view, with how many dossiers the whole view has."""

    lines: Sequence[DossierLine]
    total: int
    pages: int


async def dossiers(session: AsyncSession, view: View) -> Listing:
    """The dossiers of a view."""
    conditions = _conditions(view)
    total = (await session.exec(select(func.count()).select_from(CandidacyRow).where(*conditions))).one()
    query = select(CandidacyRow).where(*conditions)
    query = query.order_by(col(CandidacyRow.submitted_at).desc(), col(CandidacyRow.number).desc())
    rows = await session.exec(query.limit(PAGE).offset((view.page - 1) * PAGE))
    return Listing([_line(row) for row in rows], total, max(1, -(-total // PAGE)))


async def whole(session: AsyncSession, view: View) -> list[DossierLine]:
    """Every dossier of a view, whatever its page."""
    query = select(CandidacyRow).where(*_conditions(view))
    query = query.order_by(col(CandidacyRow.submitted_at).desc(), col(CandidacyRow.number).desc())
    return [_line(row) for row in await session.exec(query)]


async def lines_of(session: AsyncSession, ids: Collection[UUID]) -> list[DossierLine]:
    """The dossiers that have these identifiers, by number."""
    query = select(CandidacyRow).where(col(CandidacyRow.id).in_(ids)).order_by(col(CandidacyRow.number))
    return [_line(row) for row in await session.exec(query)]


async def tag_words(session: AsyncSession) -> list[str]:
    """Every tag that some dossier has, in alphabetical order."""
    return sorted(await session.exec(select(TagRow.word).distinct()))


async def count_in_wave(session: AsyncSession, wave_id: UUID) -> int:
    """How many dossiers a wave received."""
    query = select(func.count()).select_from(CandidacyRow).where(CandidacyRow.wave_id == wave_id)
    return (await session.exec(query)).one()


def _conditions(view: View) -> list[Any]:
    found: list[Any] = [
        col(CandidacyRow.searched).contains(word, autoescape=True) for word in without_accents(view.words).split()
    ]
    codes = {
        CandidacyRow.state: view.state,
        CandidacyRow.epci_code: view.epci,
        CandidacyRow.porteur_form: view.form,
        CandidacyRow.stage: view.stage,
    }
    found += [column == asked for column, asked in codes.items() if asked]
    if view.wave:
        found.append(col(CandidacyRow.wave_id).in_(_ids(view.wave)))
    if view.budget_from is not None:
        found.append(col(CandidacyRow.budget) >= view.budget_from)
    if view.budget_to is not None:
        found.append(col(CandidacyRow.budget) <= view.budget_to)
    return found + _related(view)


def _related(view: View) -> list[Any]:
    """Conditions on what stands in other tables: themes, tags, who follows."""
    dossier, found = col(CandidacyRow.id), []
    if view.theme:
        having = select(CandidacyThemeRow.candidacy_id).where(CandidacyThemeRow.theme == view.theme)
        found.append(dossier.in_(having))
    if view.tag:
        found.append(dossier.in_(select(TagRow.candidacy_id).where(TagRow.word == view.tag.casefold())))
    if view.follower == NOBODY:
        found.append(dossier.not_in(select(AssignmentRow.candidacy_id)))
    elif view.follower:
        theirs = col(AssignmentRow.person_id).in_(_ids(view.follower))
        found.append(dossier.in_(select(AssignmentRow.candidacy_id).where(theirs)))
    return found


def _ids(text: str) -> list[UUID]:
    """The identifier that an address names; none where it is none, so that nothing is found."""
    try:
        return [UUID(text)]
    except ValueError:
        return []


def _line(row: CandidacyRow) -> DossierLine:
    return DossierLine(
        id=row.id,
        number=row.number,
        title=row.title,
        porteur=row.porteur,
        porteur_form=row.porteur_form,
        commune_code=row.commune_code,
        epci_code=row.epci_code,
        themes=tuple(row.project["themes"]),
        stage=row.stage,
        budget=row.budget,
        state=cast("State", row.state),  # the table's CHECK has no other
        submitted_at=row.submitted_at,
    )
