"""Projects are learnt and calls are proposed to them; again whenever calls come, change, open or close."""

import asyncio
from collections.abc import Collection, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from funding_watch.domain import catalogue
from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place
from funding_watch.domain.lessons import Lessons, profile_of
from funding_watch.domain.matching import Proposal
from funding_watch.domain.projects import Candidacy, Told, learn
from funding_watch.domain.shelf import Shelf
from funding_watch.store import calls, duplicates, matches, measures, projects, triage, views
from kernel.contracts.funding_watch import ErasureDone, ExportDone, MatchLeft, MatchProposed
from kernel.contracts.intake import CandidacySubmitted
from kernel.contracts.intake_life import CandidacyRevised, ErasureOrdered
from kernel.contracts.intake_people import ExportOrdered
from kernel.contracts.triage import MatchTriaged
from kernel.runtime.database import Work

PARIS = ZoneInfo("Europe/Paris")
READ_AT_ONCE = 500
"""Calls read in one statement."""
SUGGESTED = 8
"""Calls named to a candidacy, more than an answer shows: some close before it is written."""


async def hear(work: Work, event: Told, place: Place, shelf: Shelf | None = None) -> None:
    """Learn something of a project, and look for calls once enough is known of it.

    `shelf`: what this process remembers of the calls; without one they are read for this once.
    """
    candidacy = learn(await projects.claim(work.session, event.candidacy_id), event)
    await projects.save(work.session, candidacy)
    if candidacy.is_watched:
        shelf = shelf or Shelf()
        await refresh(work.session, shelf)
        await _propose(work, [candidacy], place, shelf)
    elif candidacy.is_candidate and isinstance(event, CandidacySubmitted | CandidacyRevised):
        await _suggest(work, candidacy, place, shelf or Shelf())


async def _suggest(work: Work, candidacy: Candidacy, place: Place, shelf: Shelf) -> None:
    """Name the best calls of today to whoever answers this candidacy; nothing is followed for it yet."""
    await refresh(work.session, shelf)
    for proposal in shelf.proposals(candidacy, place, work.at)[:SUGGESTED]:
        told = _proposed(work, candidacy, proposal, shelf.index.entries[proposal.call_key].call)
        work.record(told.model_copy(update={"candidate": True}))


async def answer_erasure(work: Work, event: ErasureOrdered) -> None:
    """Forget the views that these people named; a project is known by its organisation and its needs."""
    forgotten = await views.forget(work.session, event.person_ids)
    erased = {"vues de la veille": forgotten} if forgotten else {}
    kept = {"projet, besoins et appels proposés": "suivi des financements ; aucune adresse ni nom de personne"}
    work.record(ErasureDone(erasure_id=event.erasure_id, erased=erased, kept=kept, at=work.at))


async def learn_from(work: Work, event: MatchTriaged, place: Place, shelf: Shelf) -> None:
    """People set a match aside, or took it up again: what is proposed to its project is looked for again.

    What is true now is read from the match, not from the event, which may come late or twice.
    """
    if "ecarte" not in {event.before, event.state}:
        return
    candidacy = await projects.claim(work.session, event.candidacy_id)
    await refresh(work.session, shelf)
    await _keep_profile(work, event.match_id, candidacy, shelf)
    if candidacy.is_watched:
        await _propose(work, [candidacy], place, shelf)


async def answer_export(work: Work, event: ExportOrdered) -> None:
    """Say which views somebody named; what the watch knows of a project is in its dossier."""
    names = await views.of_person(work.session, event.person_id)
    held = {"vues de la veille": [{"nom": name} for name in names]} if names else {}
    work.record(ExportDone(export_id=event.export_id, held=held, at=work.at))


async def _keep_profile(work: Work, match_id: UUID, candidacy: Candidacy, shelf: Shelf) -> None:
    """What a call off the subject spoke of is kept as it was, so that the call may go and the lesson stays."""
    known = await triage.one(work.session, match_id)
    if known is None or known.turn == 0:
        return
    call = (await calls.known(work.session, [known.call_key]))[known.call_key].call
    is_off = known.reason == "mauvais_theme" and candidacy.facts is not None
    statistics = shelf.index.statistics
    profile = profile_of(call, candidacy.facts, statistics) if is_off and candidacy.facts else None
    await triage.keep_profile(work.session, match_id, profile)


async def match_all(work: Work, place: Place, shelf: Shelf | None = None) -> None:
    """Every watched project is matched again, against all calls."""
    await _match(work, None, place, shelf or Shelf())


async def match_changed(work: Work, keys: Collection[str], place: Place, shelf: Shelf) -> None:
    """Calls came or changed: the projects to which they are something, or were, are matched again.

    All of them where what words tell was measured again, which changes every score.
    """
    await _match(work, keys, place, shelf)


async def start_day(work: Work, place: Place, shelf: Shelf) -> None:
    """Once a day, measure what words tell again and match everything: dates have come nearer, calls have left."""
    known = await measures.day(work.session)
    if known is not None and known.astimezone(PARIS).date() >= work.at.astimezone(PARIS).date():
        return
    watched = await projects.claim_watched(work.session)
    await refresh(work.session, shelf)
    await _measure(work, shelf)
    await _propose(work, watched, place, shelf)


async def _match(work: Work, keys: Collection[str] | None, place: Place, shelf: Shelf) -> None:
    watched = await projects.claim_watched(work.session)
    if not watched:
        return
    before = shelf.index.statistics.version
    await refresh(work.session, shelf)
    if keys is not None and not await _measured(work, shelf, before):
        shelf.learn_projects(watched)
        touched = shelf.touched(keys, await matches.shown(work.session), place)
        watched = [one for one in watched if one.candidacy_id in touched]
    await _propose(work, watched, place, shelf)


async def refresh(session: AsyncSession, shelf: Shelf) -> None:
    """Bring the shelf to the calls that are shown, and to the measure of words that is kept in the database."""
    hidden = await duplicates.hidden(session)
    versions = {key: one for key, one in (await calls.versions(session)).items() if key not in hidden}
    stale = shelf.stale_calls(versions)
    for start in range(0, len(stale), READ_AT_ONCE):
        read = await calls.known(session, stale[start : start + READ_AT_ONCE])
        shelf.learn_calls((one.call for one in read.values()), versions)
    at = None if shelf.is_small else await measures.day(session)
    if at is None:
        shelf.weigh(shelf.index.measured())
    elif at != shelf.weighed_at:
        shelf.weigh(await measures.last(session), at)


async def _measured(work: Work, shelf: Shelf, before: int) -> bool:
    """Measure words again where the stock has outgrown its measure; True when they tell other than `before`."""
    if not shelf.is_small and (shelf.weighed_at is None or shelf.has_grown()):
        await _measure(work, shelf)
    return shelf.index.statistics.version != before


async def _measure(work: Work, shelf: Shelf) -> None:
    shelf.weigh(shelf.index.measured(), work.at)
    await measures.keep(work.session, shelf.index.statistics, work.at)


async def _propose(work: Work, watched: Sequence[Candidacy], place: Place, shelf: Shelf) -> None:
    taught = await triage.set_aside(work.session, [one.candidacy_id for one in watched])
    for candidacy in watched:
        if candidacy.facts is None:
            continue
        await asyncio.sleep(0)  # pages are served in between
        lessons = Lessons.of(taught.get(candidacy.candidacy_id, ()))
        proposals = shelf.proposals(candidacy, place, work.at, lessons)
        turns = await matches.keep(work.session, candidacy.candidacy_id, proposals, work.at)
        for match, turn in turns.left:
            work.record(MatchLeft(match_id=match, candidacy_id=candidacy.candidacy_id, turn=turn, at=work.at))
        for proposal, turn in turns.came:
            told = _proposed(work, candidacy, proposal, shelf.index.entries[proposal.call_key].call)
            work.record(told.model_copy(update={"turn": turn}))


def _proposed(work: Work, candidacy: Candidacy, proposal: Proposal, call: FundingCall) -> MatchProposed:
    if candidacy.facts is None:
        raise ValueError(f"candidacy {candidacy.candidacy_id} has no facts: nothing can be proposed to it")
    need = next(need for need in candidacy.facts.needs if need.number == proposal.need_number)
    return MatchProposed(
        match_id=matches.match_id(candidacy.candidacy_id, call.key),
        candidacy_id=candidacy.candidacy_id,
        project_title=candidacy.facts.title,
        need=need.purpose,
        call=catalogue.summary(call),
        verdict=proposal.verdict,
        score=proposal.score,
        reason=proposal.reason,
        at=work.at,
    )
