"""The only room that knows the tables: loads and saves what the domain thinks in, and reads lists for pages.

A dossier that is going to change is claimed first: its row exists and is locked, whichever event comes first
and however many replicas read it, so two writers take turns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kernel.contracts.intake import Project
from kernel.contracts.scoring import Committee
from kernel.runtime import journal as chains
from scoring.domain.dossier import Act, Decision, Dossier, Opinion, Revised, Submission
from scoring.domain.rulings import Entry
from scoring.domain.states import State
from scoring.domain.waves import Wave
from scoring.tables import ActRow, Base, DecisionRow, DossierRow, JournalRow, OpinionRow, WaveRow

JOURNAL = chains.Journal(Base.metadata.tables["journal"], Base.metadata.tables["journal_head"], "candidacy_id")
PAGE = 50
"""Dossiers on one page of the list: five waves of ten."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a list shows; None means no condition. `waiting_for`: in instruction, without that opinion."""

    states: frozenset[State]
    outcome: str | None = None
    wave_id: UUID | None = None
    waiting_for: Committee | None = None


async def claim(session: AsyncSession, candidacy_id: UUID) -> Dossier:
    """The dossier, made where nothing was known of it, locked until the end of the transaction."""
    await insert_once(session, DossierRow, candidacy_id=candidacy_id, state=State.INCONNU.value)
    dossier = await locked(session, candidacy_id)
    if dossier is None:
        raise RuntimeError(f"dossier {candidacy_id} vanished after it was inserted: who deletes dossiers?")
    return dossier


async def locked(session: AsyncSession, candidacy_id: UUID) -> Dossier | None:
    """A dossier locked until the end of the transaction (SQLite has one writer anyway)."""
    statement = select(DossierRow).where(col(DossierRow.candidacy_id) == candidacy_id).with_for_update()
    row = (await session.exec(statement)).one_or_none()
    return (await _dossiers(session, [row]))[0] if row else None


async def load(session: AsyncSession, candidacy_id: UUID) -> Dossier | None:
    """A dossier to read."""
    row = await session.get(DossierRow, candidacy_id)
    return (await _dossiers(session, [row]))[0] if row else None


async def save_facts(session: AsyncSession, dossier: Dossier) -> None:
    """Write what intake told, and the state that follows, on a claimed dossier."""
    row = await session.get_one(DossierRow, dossier.candidacy_id)
    row.state = dossier.state.value
    if dossier.submission:
        row.number, row.wave_id = dossier.submission.number, dossier.submission.wave_id
        row.submitted_at = dossier.submission.at
        row.project = dossier.submission.project.model_dump(mode="json")
    if dossier.revised:
        row.revision, row.revised = dossier.revised.revision, dossier.revised.project.model_dump(mode="json")
    for kind, act in dossier.acts.items():
        await session.merge(
            ActRow(candidacy_id=dossier.candidacy_id, kind=kind, at=act.at, by=act.by, reason=act.reason)
        )


async def add_last_opinion(session: AsyncSession, dossier: Dossier) -> None:
    """Write the newest opinion of a claimed dossier beside the earlier ones."""
    opinion = dossier.opinions[-1]
    session.add(
        OpinionRow(
            candidacy_id=dossier.candidacy_id,
            rank=len(dossier.opinions) - 1,
            committee=opinion.committee,
            value=opinion.value,
            reason=opinion.reason,
            by=opinion.by,
            at=opinion.at,
        )
    )
    await session.flush()


async def add_decision(session: AsyncSession, dossier: Dossier) -> None:
    """Write the decision of a claimed dossier and the state that follows. The database takes one only."""
    decision = dossier.decision
    if decision is None:
        raise ValueError(f"dossier {dossier.candidacy_id} holds no decision to write")
    row = await session.get_one(DossierRow, dossier.candidacy_id)
    row.state = dossier.state.value
    session.add(
        DecisionRow(
            candidacy_id=dossier.candidacy_id,
            outcome=decision.outcome,
            reason=decision.reason,
            by=decision.by,
            at=decision.at,
        )
    )
    await session.flush()


async def note(session: AsyncSession, candidacy_id: UUID, entries: Iterable[Entry]) -> None:
    """Add lines to the journal of a claimed dossier."""
    connection = await session.connection()
    head = await chains.hold(connection, JOURNAL, candidacy_id)
    for entry in entries:
        facts = asdict(entry) | {"at": entry.at.astimezone(UTC), "candidacy_id": candidacy_id}
        head = await chains.append(connection, JOURNAL, head, facts)


async def numbers(session: AsyncSession) -> Mapping[UUID, str]:
    """The number of each dossier whose content arrived."""
    query = select(DossierRow.candidacy_id, DossierRow.number).where(col(DossierRow.number).is_not(None))
    return {candidacy_id: str(number) for candidacy_id, number in (await session.exec(query)).all()}


async def chained(session: AsyncSession) -> set[UUID]:
    """The dossiers that must have a journal: people gave an opinion on them, or decided."""
    opinions = await session.exec(select(OpinionRow.candidacy_id).distinct())
    return {*opinions.all(), *(await session.exec(select(DecisionRow.candidacy_id))).all()}


async def journal(session: AsyncSession, candidacy_id: UUID) -> list[Entry]:
    """The journal of a dossier, oldest first."""
    statement = (
        select(JournalRow).where(col(JournalRow.candidacy_id) == candidacy_id).order_by(col(JournalRow.sequence))
    )
    rows = (await session.exec(statement)).all()
    return [_entry(row) for row in rows]


async def claim_wave(session: AsyncSession, wave_id: UUID) -> Wave:
    """The wave, made where nothing was known of it, locked until the end of the transaction."""
    await insert_once(session, WaveRow, wave_id=wave_id)
    statement = select(WaveRow).where(col(WaveRow.wave_id) == wave_id).with_for_update()
    return _wave((await session.exec(statement)).one())


async def save_wave(session: AsyncSession, wave: Wave) -> None:
    """Write what is known of a claimed wave."""
    row = await session.get_one(WaveRow, wave.wave_id)
    row.title, row.quota = wave.title, wave.quota
    row.opens_at, row.closes_at, row.closed_at = wave.opens_at, wave.closes_at, wave.closed_at
    await session.flush()


async def waves(session: AsyncSession) -> list[Wave]:
    """Every wave that is known, the newest first, those of unknown dates last."""
    statement = select(WaveRow).order_by(col(WaveRow.opens_at).desc().nulls_last(), col(WaveRow.wave_id))
    return [_wave(row) for row in (await session.exec(statement)).all()]


async def board(session: AsyncSession, selection: Selection, page: int = 1) -> tuple[list[Dossier], int]:
    """One page of the dossiers of `selection`, by number, and how many there are in all."""
    conditions = list(_conditions(selection))
    statement = (
        select(DossierRow)
        .where(*conditions)
        .order_by(col(DossierRow.number).nulls_last(), col(DossierRow.candidacy_id))
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    )
    total = (await session.exec(select(func.count()).select_from(DossierRow).where(*conditions))).one()
    return await _dossiers(session, (await session.exec(statement)).all()), total


async def in_instruction(session: AsyncSession, wave_id: UUID) -> list[Dossier]:
    """The dossiers of a wave that are in instruction and whose content is known, by number."""
    here = col(DossierRow.wave_id) == wave_id, col(DossierRow.state) == State.EN_INSTRUCTION.value
    statement = select(DossierRow).where(*here, col(DossierRow.number).is_not(None)).order_by(col(DossierRow.number))
    return await _dossiers(session, (await session.exec(statement)).all())


def _conditions(selection: Selection) -> Iterable[ColumnElement[bool]]:
    yield col(DossierRow.state).in_(sorted(selection.states))
    if selection.wave_id:
        yield col(DossierRow.wave_id) == selection.wave_id
    if selection.outcome:
        same = col(DecisionRow.candidacy_id) == col(DossierRow.candidacy_id)
        yield exists().where(same, col(DecisionRow.outcome) == selection.outcome)
    if selection.waiting_for:
        same = col(OpinionRow.candidacy_id) == col(DossierRow.candidacy_id)
        yield col(DossierRow.state) == State.EN_INSTRUCTION.value
        yield ~exists().where(same, col(OpinionRow.committee) == selection.waiting_for)


async def insert_once(session: AsyncSession, table: type[Any], **values: object) -> None:
    """Insert the row unless another transaction did: that one is waited for."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    await session.exec(insert(table).values(**values).on_conflict_do_nothing())


async def _dossiers(session: AsyncSession, rows: Sequence[DossierRow]) -> list[Dossier]:
    """The dossiers of `rows`, in their order, with three queries however many there are."""
    ids = [row.candidacy_id for row in rows]
    acts = await _of(session, ActRow, ids)
    opinions = await _of(session, OpinionRow, ids, OpinionRow.rank)
    decisions = await _of(session, DecisionRow, ids)
    return [
        Dossier(
            candidacy_id=row.candidacy_id,
            submission=_submission(row),
            revised=_revised(row),
            acts={a.kind: Act(a.at, a.by, a.reason) for a in acts.get(row.candidacy_id, ())},
            opinions=tuple(
                Opinion(o.committee, o.value, o.reason, o.by, o.at) for o in opinions.get(row.candidacy_id, ())
            ),
            decision=next(
                (Decision(d.outcome, d.reason, d.by, d.at) for d in decisions.get(row.candidacy_id, ())), None
            ),
        )
        for row in rows
    ]


async def _of(session: AsyncSession, table: type[Any], ids: list[UUID], *order: Any) -> dict[UUID, list[Any]]:
    """The rows of `table` about the candidacies `ids`, by candidacy."""
    found: dict[UUID, list[Any]] = {}
    statement = select(table).where(col(table.candidacy_id).in_(ids)).order_by(*order)
    for row in (await session.exec(statement)).all():
        found.setdefault(row.candidacy_id, []).append(row)
    return found


def _entry(row: Any) -> Entry:
    """The line of a row, whose codes the database keeps to the domain's lists."""
    return Entry(row.at, row.by, row.act, row.about, row.value, row.reason)


def _submission(row: DossierRow) -> Submission | None:
    if row.number is None or row.submitted_at is None or row.wave_id is None:
        return None
    return Submission(row.submitted_at, row.number, row.wave_id, Project.model_validate(row.project))


def _revised(row: DossierRow) -> Revised | None:
    if row.revision is None or row.revised is None:
        return None
    return Revised(row.revision, Project.model_validate(row.revised))


def _wave(row: WaveRow) -> Wave:
    return Wave(row.wave_id, row.title, row.opens_at, row.closes_at, row.quota, row.closed_at)
