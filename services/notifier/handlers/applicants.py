"""Porteurs are told what happened to their dossier, in whatever order it is heard, until they take it back."""

from dataclasses import replace

from kernel.contracts.intake import (
    CandidacyNotRetained,
    CandidacyPreselected,
    CandidacySubmitted,
    CandidacyWithdrawn,
)
from kernel.contracts.intake_life import CandidacyReceivedLate, CorrectionAsked, MessagePosted
from kernel.contracts.scoring import DecisionTaken
from kernel.runtime.database import Work
from notifier import store
from notifier.domain import delivery as deliveries
from notifier.domain.dossier import Dossier
from notifier.domain.words import one_line
from notifier.handlers.telling import advance, announce, cause, tell_applicant
from notifier.store import projects


async def acknowledge_candidacy(work: Work, event: CandidacySubmitted) -> None:
    """Tell the porteur that the dossier is here, and keep its facts for every later message."""
    await store.take_turn(work)
    known = await store.dossier(work.session, event.candidacy_id)
    project = event.project
    facts = Dossier(event.number, project.title, project.porteur, known.withdrawn)
    await store.save_dossier(work.session, event.candidacy_id, facts)
    await projects.know_project(work.session, event.candidacy_id, 0, project)
    await tell_applicant(work, event.candidacy_id, "accuse_reception", {"at": event.submitted_at.isoformat()})


async def acknowledge_late(work: Work, event: CandidacyReceivedLate) -> None:
    """Tell the porteur that the dossier is here, after the closing, and that the team decides on it."""
    await store.take_turn(work)
    known = await store.dossier(work.session, event.candidacy_id)
    facts = Dossier(event.number, known.title or event.title, known.porteur or event.title, known.withdrawn)
    await store.save_dossier(work.session, event.candidacy_id, facts)
    await tell_applicant(work, event.candidacy_id, "recu_hors_delai", {"at": event.submitted_at.isoformat()})


async def announce_correction(work: Work, event: CorrectionAsked) -> None:
    """Tell the porteur what the team asks to correct, and by when."""
    await store.take_turn(work)
    snapshot = {**_because(event), "section": event.section, "due_on": event.due_on.isoformat()}
    snapshot["dossier"] = str(event.candidacy_id)
    await tell_applicant(work, event.candidacy_id, "correction_demandee", snapshot)


async def announce_message(work: Work, event: MessagePosted) -> None:
    """Tell the other side that there is something to read; what was written stays where it was written."""
    await store.take_turn(work)
    snapshot = {"at": event.at.isoformat(), "dossier": str(event.candidacy_id)}
    if event.side == "equipe":
        await tell_applicant(work, event.candidacy_id, "message_recu", snapshot)
        return
    known = await store.dossier(work.session, event.candidacy_id)
    named = {"number": one_line(known.number or ""), "title": one_line(known.title or "")}
    await announce(work, deliveries.to_staff(cause(work), "message_du_porteur", {**snapshot, **named}, work.at))


async def announce_preselection(work: Work, event: CandidacyPreselected) -> None:
    """Tell the porteur that the candidacy is kept."""
    await store.take_turn(work)
    await tell_applicant(work, event.candidacy_id, "preselection", _because(event))


async def announce_refusal(work: Work, event: CandidacyNotRetained) -> None:
    """Tell the porteur that the candidacy is not kept in this wave, and why."""
    await store.take_turn(work)
    await tell_applicant(work, event.candidacy_id, "non_retenue", _because(event))


async def announce_decision(work: Work, event: DecisionTaken) -> None:
    """Tell the porteur what was decided."""
    await store.take_turn(work)
    snapshot = {**_because(event), "outcome": event.outcome, "key": event.key}
    await tell_applicant(work, event.candidacy_id, "decision", snapshot)


async def stop_messages(work: Work, event: CandidacyWithdrawn) -> None:
    """Send nothing more about a candidacy that its porteur took back."""
    await store.take_turn(work)
    known = await store.dossier(work.session, event.candidacy_id)
    await store.save_dossier(work.session, event.candidacy_id, replace(known, withdrawn=True))
    await advance(work, event.candidacy_id)


def _because(event: CandidacyPreselected | CandidacyNotRetained | DecisionTaken | CorrectionAsked) -> dict[str, str]:
    """Reasons keep their paragraphs; each is one line."""
    paragraphs = (one_line(line) for line in event.reason.splitlines())
    return {"at": event.at.isoformat(), "reason": "\n".join(line for line in paragraphs if line)}
