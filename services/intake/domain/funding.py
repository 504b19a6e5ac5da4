"""Calls that the team passed on to a porteur: what the porteur reads, and what they may answer.

The rule kept here: what the highest turn of a match says is true, in whatever order the turns were heard; a call
that was called back is shown no more.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from intake.domain.refusals import Refused
from kernel.contracts.funding_watch import CallAmended, CallClosed, CallDeadlineMoved, CallReopened
from kernel.contracts.triage import Decoding, FundingAnswer, MatchAnswered, MatchForwarded, MatchRecalled, Track

State = Literal["transmis", "depose", "obtenu", "refuse", "pas_interesse", "rappele"]
Heard = MatchForwarded | MatchAnswered | MatchRecalled
Changed = CallAmended | CallDeadlineMoved | CallReopened | CallClosed

STATE_WORDS: dict[State, tuple[str, str]] = {
    "transmis": ("À vous de voir", "amber"),
    "depose": ("Demande déposée", "blue"),
    "obtenu": ("Obtenu", "green"),
    "refuse": ("Refusé", "brick"),
    "pas_interesse": ("Laissé de côté", "neutral"),
}
"""The words and the tone of each state that is shown."""
ANSWER_WORDS: dict[FundingAnswer, str] = {
    "depose": "Nous avons déposé une demande",
    "obtenu": "Nous avons obtenu cette aide",
    "refuse": "Notre demande a été refusée",
    "pas_interesse": "Cette aide ne nous intéresse pas",
}
MAY_ANSWER: dict[State, tuple[FundingAnswer, ...]] = {
    "transmis": ("depose", "obtenu", "refuse", "pas_interesse"),
    "depose": ("obtenu", "refuse", "pas_interesse"),
}
"""Answers that a porteur may give; after the last ones only the team changes anything."""


@dataclass(frozen=True, slots=True)
class Funding:
    """A call as it stands for a dossier. `said` is the porteur's own last answer, told to the watch."""

    match_id: UUID
    candidacy_id: UUID
    turn: int = 0
    state: State = "rappele"
    track_turn: int = 0
    track: Track | None = None
    amount: int | None = None
    by: str = ""
    at: datetime | None = None
    said: FundingAnswer | None = None
    said_at: datetime | None = None
    call_at: datetime | None = None
    """When the call was last told to have changed."""
    closed: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether its porteur reads it."""
        return self.track is not None and self.state != "rappele"

    @property
    def stands(self) -> State:
        """The state to show: the porteur's own answer, until the team has said more."""
        if self.said and self.said_at and (self.at is None or self.said_at >= self.at) and self.state in MAY_ANSWER:
            return self.said
        return self.state


def hear(known: Funding, event: Heard) -> Funding:
    """What is known with what was heard."""
    if not isinstance(event, MatchRecalled) and event.turn > known.track_turn:
        track = event.track
        if known.track is not None and known.call_at is not None and known.call_at > event.at:
            track = track.model_copy(update={"call": known.track.call})
        known = replace(known, track_turn=event.turn, track=track)
    if event.turn <= known.turn:
        return known
    amount = event.amount if isinstance(event, MatchAnswered) else None
    return replace(known, turn=event.turn, state=_state(event), amount=amount, by=event.by, at=event.at)


def call_changed(known: Funding, event: Changed) -> Funding:
    """What is known after its call changed; an older word about the call changes nothing."""
    if known.track is None or (known.call_at is not None and event.at <= known.call_at):
        return known
    track = known.track.model_copy(update={"call": event.call})
    return replace(known, track=track, call_at=event.at, closed=isinstance(event, CallClosed))


def _state(event: Heard) -> State:
    match event:
        case MatchForwarded():
            return "transmis"
        case MatchAnswered():
            return event.answer
        case MatchRecalled():
            return "rappele"


def check_answer(known: Funding, answer: FundingAnswer) -> None:
    """Raises `Refused` where the porteur has nothing more to answer."""
    if not known.is_shown or answer not in MAY_ANSWER.get(known.stands, ()):
        raise Refused("Cette réponse n’est plus possible : l’aide a avancé depuis. Écrivez à l’équipe pour corriger.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A call with its décryptage, as the page shows it."""

    funding: Funding
    decoding: Decoding | None
    answers: tuple[FundingAnswer, ...]


def shown(found: list[Funding], decodings: dict[str, Decoding]) -> list[Shown]:
    """Those that a porteur reads: what waits for them first, then the nearest deadline."""
    lines = [
        Shown(one, decodings.get(one.track.call.key), MAY_ANSWER.get(one.stands, ()))
        for one in found
        if one.is_shown and one.track
    ]
    return sorted(lines, key=_pressing)


def _pressing(line: Shown) -> tuple[int, bool, str, str]:
    order = ("transmis", "depose", "obtenu", "refuse", "pas_interesse")
    closes_on = line.funding.track.call.closes_on if line.funding.track else None
    return (
        order.index(line.funding.stands),
        closes_on is None,
        closes_on.isoformat() if closes_on else "",
        str(line.funding.match_id),
    )
