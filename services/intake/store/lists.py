"""The staff's list of dossiers: a view is what its address says, the newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.states import State
from intake.store.candidacies import without_accents
from intake.tables import CandidacyRow, CandidacyThemeRow

PAGE = 25
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class View:
    """What a list shows; an empty filter lets everything through. `page` counts from 1."""

    words: str = ""
    state: str = ""
    theme: str = ""
    epci: str = ""
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        """Whether something may be hidden by a filter."""
        return bool(self.words or self.state or self.theme or self.epci)


@dataclass(frozen=True, slots=True)
class DossierLine:
    """A dossier in a list."""

    id: UUID
    number: str
    title: str
    porteur: str
    commune_code: str
    state: State
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class ExportLine:
    """A dossier in a file for a spreadsheet, as codes; no address."""

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


async def whole(session: AsyncSession, view: View) -> list[ExportLine]:
    """Every dossier of a view, whatever its page."""
    query = select(CandidacyRow).where(*_conditions(view))
    query = query.order_by(col(CandidacyRow.submitted_at).desc(), col(CandidacyRow.number).desc())
    return [_export_line(row) for row in await session.exec(query)]


async def count_in_wave(session: AsyncSession, wave_id: UUID) -> int:
    """How many dossiers a wave received."""
    query = select(func.count()).select_from(CandidacyRow).where(CandidacyRow.wave_id == wave_id)
    return (await session.exec(query)).one()


def _conditions(view: View) -> list[Any]:
    found: list[Any] = [
        col(CandidacyRow.searched).contains(word, autoescape=True)
        for word in without_accents(view.words[:LONGEST_SEARCH]).split()
    ]
    if view.state:
        found.append(CandidacyRow.state == view.state)
    if view.epci:
        found.append(CandidacyRow.epci_code == view.epci)
    if view.theme:
        having = select(CandidacyThemeRow.candidacy_id).where(CandidacyThemeRow.theme == view.theme)
        found.append(col(CandidacyRow.id).in_(having))
    return found


def _line(row: CandidacyRow) -> DossierLine:
    state = cast("State", row.state)  # the table's CHECK has no other
    return DossierLine(row.id, row.number, row.title, row.porteur, row.commune_code, state, row.submitted_at)


def _export_line(row: CandidacyRow) -> ExportLine:
    return ExportLine(
        number=row.number,
        title=row.title,
        porteur=row.porteur,
        porteur_form=row.porteur_form,
        commune_code=row.commune_code,
        epci_code=row.epci_code,
        themes=tuple(row.project["themes"]),
        stage=row.stage,
        budget=row.budget,
        state=cast("State", row.state),
        submitted_at=row.submitted_at,
    )
