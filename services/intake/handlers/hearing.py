"""What other services tell of a dossier: it is kept whenever it comes, and applies when the table of states lets it."""

from dataclasses import replace
from datetime import UTC, datetime

from intake.domain import dossier as rules
from intake.domain.dossier import Decision, Opinion
from intake.domain.journal import Entry
from intake.domain.readings import Reading
from intake.domain.states import WORDS
from intake.domain.tasks import Quorum
from intake.domain.vocabulary import MESSAGES, OPINIONS
from intake.handlers import reminding
from intake.store import candidacies, hearsay, readings
from kernel.contracts.notifier import MessageBounced, MessageDelivered, MessageFailed, MessageSent
from kernel.contracts.scoring import DecisionTaken, OpinionRecorded, QuorumCounted, ReadingAllowed
from kernel.runtime.database import Work

MAILER = "Service des messages"


async def hear_opinion(work: Work, event: OpinionRecorded) -> None:
    """A committee gave its opinion: the latest of each counts, all stay in the journal."""
    heard = Opinion(event.at, event.opinion, event.reason, event.by, event.committee)
    await candidacies.candidacy_to_change(work.session, event.candidacy_id)
    known = await hearsay.opinions_on(work.session, event.candidacy_id)
    counted = rules.latest_opinion(known.get(event.committee), heard)
    await hearsay.save_opinion(work.session, event.candidacy_id, counted)
    key = f"avis:{event.committee}:{_instant(event.at)}:{event.opinion}"
    said = f"{OPINIONS[event.opinion]} : {event.reason}"
    await hearsay.write(work.session, [Entry(event.candidacy_id, event.at, event.by, "avis", said, key)])


async def hear_decision(work: Work, event: DecisionTaken) -> None:
    """People decided: it applies now, or as soon as the candidacy's state lets it."""
    session, decision = work.session, Decision(event.at, event.outcome, event.reason, event.by)
    candidacy = await candidacies.candidacy_to_change(session, event.candidacy_id)
    known = await hearsay.decision_on(session, event.candidacy_id)
    await hearsay.save_decision(session, event.candidacy_id, rules.latest(known, decision))
    if candidacy is not None:
        heard = rules.hear_decision(candidacy, decision)
        await candidacies.save_state(session, heard)
        await reminding.follow(work, heard)
    key = f"decision:{_instant(event.at)}:{event.outcome}"
    said = f"{WORDS[event.outcome].label} : {event.reason}"
    await hearsay.write(session, [Entry(event.candidacy_id, event.at, event.by, "decision", said, key)])


async def hear_of_quorum(work: Work, event: QuorumCounted) -> None:
    """A committee's sitting lacks marks, or lacks none any more: the desk's tasks follow from it."""
    heard = Quorum(event.sitting_id, event.marks_until, event.missing, event.revision)
    await hearsay.keep_quorum(work.session, heard)


async def hear_of_reading(work: Work, event: ReadingAllowed) -> None:
    """A juror may fetch the files of these dossiers, and of no other, from where they sit."""
    heard = Reading(event.seat_id, event.juror, tuple(event.dossiers), event.frozen_at, event.revision)
    await readings.keep(work.session, heard)


MessageFate = MessageSent | MessageDelivered | MessageFailed | MessageBounced


async def hear_of_message(work: Work, event: MessageFate) -> None:
    """A message about a dossier left, arrived, will not, or came back; those about no dossier are the notifier's."""
    if event.candidacy_id is None:
        return
    words, key = MESSAGES[event.kind], f"message:{event.delivery_id}"
    entry = Entry(event.candidacy_id, event.at, MAILER, "message_envoye", words, f"{key}:parti:{_instant(event.at)}")
    if isinstance(event, MessageDelivered):
        arrived = f"{words} : remis à son destinataire"
        entry = replace(entry, reason=arrived, key=f"{key}:remis:{_instant(event.at)}")
    elif not isinstance(event, MessageSent):
        said = f"{words} : {event.reason}"
        if isinstance(event, MessageBounced):
            said += ". Adresse à corriger, téléphoner."
        entry = replace(entry, act="message_en_echec", reason=said, key=f"{key}:{_instant(event.at)}")
    await hearsay.write(work.session, [entry])


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
