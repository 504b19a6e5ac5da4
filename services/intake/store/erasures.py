"""Blanks what names or reaches a person, and keeps the record of it. The journal stays: it names functions only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.people import Member
from intake.store import drafts
from intake.tables import (
    CandidacyRow,
    DossierVersionRow,
    DraftRow,
    ErasureAnswerRow,
    ErasureRow,
    MessageRow,
    NewsRow,
    ParticipantRow,
    PersonRow,
)

GONE_ROLE, GONE_TEXT = "Contact effacé", "(message effacé à la demande de son auteur)"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service erased, and what it keeps and why."""

    at: datetime
    erased: Mapping[str, int]
    kept: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Erasure:
    """An order of erasure; done once every service has answered."""

    id: UUID
    at: datetime
    by: str
    reason: str
    dossiers: tuple[str, ...]
    answers: Mapping[str, Answer] = field(default_factory=dict)
    key_hash: str | None = None


async def dossiers_of_contact(session: AsyncSession, email: str) -> list[tuple[UUID, str, str]]:
    """Identifier, number and state of the dossiers whose contact has this address."""
    query = select(CandidacyRow.id, CandidacyRow.number, CandidacyRow.state)
    rows = await session.exec(
        query.where(func.lower(CandidacyRow.contact_email) == email).order_by(CandidacyRow.number)
    )
    return [(id_, number, state) for id_, number, state in rows]


async def blank(session: AsyncSession, who: Member, dossiers: Collection[UUID], at: datetime) -> dict[str, int]:
    """Erase the person and what they are in these dossiers; says how many of what."""
    for table, key in ((CandidacyRow, CandidacyRow.id), (DossierVersionRow, DossierVersionRow.candidacy_id)):
        theirs = (col(key).in_(dossiers), func.lower(table.contact_email) == who.email)
        await session.exec(update(table).where(*theirs).values(contact_email="", contact_role=GONE_ROLE))
    written = (col(MessageRow.candidacy_id).in_(dossiers), col(MessageRow.side) == "porteur")
    messages = await session.exec(update(MessageRow).where(*written).values(text=GONE_TEXT))
    told = (col(NewsRow.candidacy_id).in_(dossiers), col(NewsRow.answered_at).is_not(None))
    news = await session.exec(update(NewsRow).where(*told).values(text=GONE_TEXT))
    shared = await session.exec(delete(ParticipantRow).where(col(ParticipantRow.person_id) == who.id))
    begun = or_(col(DraftRow.person_id) == who.id, col(DraftRow.candidacy_id).in_(dossiers))
    found = list(await session.exec(select(DraftRow.id).where(begun)))
    for draft_id in found:
        await drafts.drop(session, draft_id)
    row = await session.get_one(PersonRow, who.id)
    row.email, row.name = f"efface-{who.id}@efface.invalid", "Personne effacée"
    row.disabled_at = row.disabled_at or at
    session.add(row)
    await session.flush()
    counted = {
        "adresse et fonction de contact": len(dossiers),
        "messages écrits": messages.rowcount,
        "nouvelles du projet": news.rowcount,
        "accès partagés": shared.rowcount,
        "brouillons": len(found),
        "compte": 1,
    }
    return {what: count for what, count in counted.items() if count}


async def add(session: AsyncSession, erasure: Erasure, person_id: UUID) -> None:
    """Record an order."""
    session.add(
        ErasureRow(
            id=erasure.id,
            at=erasure.at,
            by=erasure.by,
            reason=erasure.reason,
            person_id=person_id,
            dossiers=list(erasure.dossiers),
            key_hash=erasure.key_hash,
        )
    )
    await session.flush()


async def answer(session: AsyncSession, erasure_id: UUID, service: str, said: Answer) -> None:
    """Keep what a service answered; an answer to an order that is not known (a restored database) is left."""
    if await session.get(ErasureRow, erasure_id) is None:
        return
    await session.merge(
        ErasureAnswerRow(
            erasure_id=erasure_id, service=service, at=said.at, erased=dict(said.erased), kept=dict(said.kept)
        )
    )


async def every(session: AsyncSession) -> list[Erasure]:
    """All orders with their answers, the latest first."""
    answers: dict[UUID, dict[str, Answer]] = {}
    for row in await session.exec(select(ErasureAnswerRow)):
        answers.setdefault(row.erasure_id, {})[row.service] = _answer(row)
    rows = await session.exec(select(ErasureRow).order_by(col(ErasureRow.at).desc()))
    return [_erasure(row, answers.get(row.id, {})) for row in rows]


async def one(session: AsyncSession, erasure_id: UUID) -> Erasure | None:
    """An order with its answers; whoever shows it must have compared its key."""
    row = await session.get(ErasureRow, erasure_id)
    if row is None:
        return None
    said = await session.exec(select(ErasureAnswerRow).where(ErasureAnswerRow.erasure_id == erasure_id))
    return _erasure(row, {answer.service: _answer(answer) for answer in said})


def _erasure(row: Any, answers: Mapping[str, Answer]) -> Erasure:
    return Erasure(row.id, row.at, row.by, row.reason, tuple(row.dossiers), answers, row.key_hash)


def _answer(row: Any) -> Answer:
    return Answer(row.at, row.erased, row.kept)
