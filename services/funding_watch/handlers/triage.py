"""People look at matches: they move them, take a step back, write notes, give them to each other, set a day.

Each function is one transaction or a part of one. The chain of a match is held first, so that two people take
turns; what the porteur reads is told with the step that changed it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from funding_watch.domain import catalogue
from funding_watch.domain import triage as rules
from funding_watch.domain.triage import ANSWERS, Line, Step, Triage, Who
from funding_watch.store import calls, matches, projects
from funding_watch.store import triage as store
from kernel.contracts.envelope import Event
from kernel.contracts.triage import (
    AlertAnswered,
    FundingAnswered,
    MatchAnswered,
    MatchForwarded,
    MatchRecalled,
    MatchReminded,
    MatchReminderDue,
    MatchTriaged,
    Track,
)
from kernel.runtime.database import Work

PARIS = ZoneInfo("Europe/Paris")
MORNING = time(8, 30)
"""When an internal day begins for those who are reminded of it."""
MAIL: dict[str, Step] = {"transmettre": Step("transmis"), "a_etudier": Step("a_etudier")}
"""What the buttons of a mail mean; « pas pour moi » moves nothing."""
MAIL_WORDS = {"transmettre": "À transmettre", "a_etudier": "À étudier", "pas_pour_moi": "Pas pour moi"}
Change = Callable[[Triage], tuple[Triage, Line]]


class UnknownMatch(Exception):
    """The watch has no such match."""


async def take_step(work: Work, match_id: UUID, step: Step, who: Who) -> Triage:
    """Somebody moves a match. Raises `UnknownMatch`, `Refused`."""
    return await _change(work, match_id, lambda before: rules.moved(before, step, who, work.at))


async def take_back(work: Work, match_id: UUID, who: Who) -> Triage:
    """Somebody takes the last step of a match back. Raises `UnknownMatch`, `Refused`."""
    history = await store.history(work.session, match_id)
    return await _change(work, match_id, lambda before: rules.undone(before, history, who, work.at))


async def write_note(work: Work, match_id: UUID, words: str, who: Who) -> Triage:
    """Somebody writes a note for the team. Raises `UnknownMatch`, `Refused`."""
    return await _change(work, match_id, lambda before: rules.noted(before, words, who, work.at))


async def give_to(work: Work, match_id: UUID, to: tuple[str, str], who: Who) -> Triage:
    """Somebody gives a match to a person (id, name), or to nobody. Raises `UnknownMatch`."""
    return await _change(work, match_id, lambda before: rules.assigned(before, to, who, work.at))


async def set_day(work: Work, match_id: UUID, due_on: date | None, who: Who) -> Triage:
    """Somebody says by when a match is to be looked at, and will be reminded. Raises `UnknownMatch`, `Refused`."""
    known = await store.one(work.session, match_id)
    after = await _change(work, match_id, lambda before: rules.dated(before, due_on, who, work.at))
    if known is not None and rules.was_reminded(known, work.at):
        work.record(await _reminder(work, after, None))
    if due_on is not None:
        at = max(datetime.combine(due_on, MORNING, PARIS), work.at)
        work.later(MatchReminderDue(match_id=match_id, due_on=due_on), at, f"triage.{match_id}")
    return after


async def follow(work: Work, match_id: UUID, to: tuple[str, str], due_on: date | None, who: Who) -> None:
    """Somebody says who follows a match and until when; what is already so is not written again.

    Raises `UnknownMatch`, `Refused`.
    """
    known = await store.one(work.session, match_id)
    if known is None:
        raise UnknownMatch(str(match_id))
    if to[0] != known.assigned_to:
        await give_to(work, match_id, to, who)
    if due_on != known.due_on:
        await set_day(work, match_id, due_on, who)


async def come_due(work: Work, event: MatchReminderDue) -> None:
    """The day of a match has come: said in its history, where it still waits for somebody; else nothing."""
    key = f"rappel:{event.due_on.isoformat()}"
    known = await store.one(work.session, event.match_id)
    if known is None or not rules.reminds(known, event.due_on):
        return
    if await store.is_written(work.session, event.match_id, key):
        return
    who = Who(known.assigned_name or "Veille", "staff")
    after = await _change(work, event.match_id, lambda before: rules.reminded(before, event.due_on, who, work.at), key)
    work.record(await _reminder(work, after, event.due_on))


async def _reminder(work: Work, known: Triage, due_on: date | None) -> MatchReminded:
    track = await track_of(work, known)
    return MatchReminded(
        match_id=known.match_id,
        candidacy_id=known.candidacy_id,
        turn=known.turn,
        due_on=due_on,
        project_title=track.project_title,
        call_title=track.call.title,
        assigned_name=known.assigned_name,
        at=work.at,
    )


async def hear_porteur(work: Work, event: FundingAnswered) -> None:
    """The porteur answered; where the match has gone on since, or never was theirs, it stays in the history alone."""
    to, reason = ANSWERS[event.answer]
    amount = event.amount if to == "obtenu" and event.amount and event.amount > 0 else None
    step = Step(to, reason, event.words[: rules.LONGEST_NOTE], amount)
    key = f"porteur:{event.at.isoformat()}:{event.answer}"
    await _hear(work, event.match_id, _Said(step, Who(event.by, "applicant"), event.at, key, event.words))


async def hear_mail(work: Work, event: AlertAnswered) -> None:
    """Somebody of the team answered from a mail: it counts as a step where the table has it, else as a note."""
    role: rules.Actor = "partner" if event.role == "partner" else "staff"
    key = f"mail:{event.person_id}:{event.at.isoformat()}"
    said = f"Répondu par mail : {MAIL_WORDS[event.said]}"
    step = MAIL.get(event.said) if event.role in {"staff", "partner"} else None
    await _hear(work, event.match_id, _Said(step, Who(event.name, role), event.at, key, said))


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody said elsewhere at `at`; None is no step. `key` names it, so that it counts once."""

    step: Step | None
    who: Who
    at: datetime
    key: str
    words: str

    def change(self, before: Triage) -> tuple[Triage, Line]:
        """A step where the table has it and nobody did more since, else a note."""
        is_late = before.at is not None and before.at > self.at
        if self.step is None or is_late or not rules.can_step(before, self.step, self.who.role):
            said = self.words or (rules.STATE_WORDS[self.step.to] if self.step else "Répondu")
            return rules.noted(before, said[: rules.LONGEST_NOTE], self.who, self.at)
        return rules.moved(before, self.step, self.who, self.at)


async def _hear(work: Work, match_id: UUID, said: _Said) -> None:
    if await store.is_written(work.session, match_id, said.key):
        return
    try:
        await _change(work, match_id, said.change, said.key)
    except UnknownMatch:
        return  # its project or call was erased since


async def _change(work: Work, match_id: UUID, change: Change, key: str = "") -> Triage:
    head = await store.hold(work.session, match_id)
    before = await store.one(work.session, match_id)
    if before is None:
        raise UnknownMatch(str(match_id))
    after, line = change(replace(before, turn=head.sequence))
    await store.write(work.session, head, after, line, key)
    if line.act in {"etat", "annulation"}:
        work.record(*await _told(work, before, after, line))
        if rules.was_reminded(before, work.at):
            work.record(await _reminder(work, after, None))
    return after


async def _told(work: Work, before: Triage, after: Triage, line: Line) -> list[Event]:
    """A step is told to ourselves, who match the project again, and to the porteur where it changes what they read."""
    about: dict[str, Any] = {"match_id": after.match_id, "candidacy_id": after.candidacy_id, "turn": after.turn}
    said = about | {"by": line.by, "at": line.at}
    told: list[Event] = [MatchTriaged(before=before.state, state=after.state, reason=after.reason, **said)]
    if after.state == "transmis":
        told.append(MatchForwarded(track=await track_of(work, after), **said))
    elif after.answer and after.is_shown_to_porteur:
        track, by_porteur = await track_of(work, after), line.role == "applicant"
        told.append(MatchAnswered(track=track, answer=after.answer, amount=after.amount, by_porteur=by_porteur, **said))
    elif before.is_shown_to_porteur:
        told.append(MatchRecalled(**said))
    return told


async def track_of(work: Work, triage: Triage) -> Track:
    """A match as its porteur reads it. Raises `UnknownMatch` where its project or call is gone."""
    candidacy = await projects.one(work.session, triage.candidacy_id)
    known = await calls.one(work.session, triage.call_key)
    if candidacy is None or candidacy.facts is None or known is None:
        raise UnknownMatch(f"{triage.match_id} has no project or no call left")
    match = await matches.one(work.session, triage.match_id)
    numbers = {need.number: need.purpose for need in candidacy.facts.needs}
    return Track(
        project_title=candidacy.facts.title,
        need=numbers.get(match.proposal.need_number, "") if match else "",
        call=catalogue.summary(known.call),
        verdict=match.proposal.verdict if match else "a_verifier",
        reason=match.proposal.reason if match else "Choisi par une personne de l’équipe.",
        words=triage.words if triage.state == "transmis" else "",
    )
