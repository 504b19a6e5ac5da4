"""Projects are learnt and calls are proposed to them; again whenever calls come, change, open or close."""

import asyncio
from collections.abc import Sequence

from funding_watch.domain import catalogue
from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place
from funding_watch.domain.matching import Index, Proposal, propose
from funding_watch.domain.projects import Candidacy, Told, learn
from funding_watch.store import calls, matches, projects
from kernel.contracts.funding_watch import ErasureDone, MatchProposed
from kernel.contracts.intake_life import ErasureOrdered
from kernel.runtime.database import Work


async def hear(work: Work, event: Told, place: Place) -> None:
    """Learn something of a project, and look for calls once enough is known of it."""
    candidacy = learn(await projects.claim(work.session, event.candidacy_id), event)
    await projects.save(work.session, candidacy)
    if candidacy.is_watched:
        await _match(work, [candidacy], place)


async def answer_erasure(work: Work, event: ErasureOrdered) -> None:
    """Say that nothing personal is kept here: a project is known by its organisation and its needs."""
    kept = {"projet, besoins et appels proposés": "suivi des financements ; aucune adresse ni nom de personne"}
    work.record(ErasureDone(erasure_id=event.erasure_id, erased={}, kept=kept, at=work.at))


async def match_all(work: Work, place: Place) -> None:
    """Calls came or changed: every watched project is matched again, against all of them.

    All, since a word's weight comes from the whole stock: what is proposed then depends on the calls, not on
    the order in which they came.
    """
    await _match(work, await projects.claim_watched(work.session), place)


async def _match(work: Work, watched: Sequence[Candidacy], place: Place) -> None:
    if not watched:
        return
    stock = [call for call in await calls.every(work.session) if not call.quarantined]
    index, by_key = Index.of(stock), {call.key: call for call in stock}
    for candidacy in watched:
        if candidacy.facts is None:
            continue
        await asyncio.sleep(0)  # a project takes some hundredths of a second: pages are served in between
        proposals = propose(candidacy.facts, index, place, work.at)
        for proposal in await matches.keep(work.session, candidacy.candidacy_id, proposals, work.at):
            work.record(_proposed(work, candidacy, proposal, by_key[proposal.call_key]))


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
