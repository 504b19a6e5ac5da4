"""When a call is believed to be open, doubtful or closed, by what was seen of it and by what was not.

The rule kept here: absence from a listing is no proof. A call closes when its last deadline has passed, when its
source says so, when its own page is gone on two different days, or when a person decides it. After four complete
crawls without it, it is only unconfirmed: of the calls that had left the European portal's listing for four daily
readings, 4.7 % came back.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from funding_watch.domain.call import FundingCall, Presence, Status

ABSENCES = 4
"""Complete crawls in a row without a call, after which it is unconfirmed."""
CLOSING_WITHIN = timedelta(days=30)
"""From when a call is told as closing; Aides-territoires calls a deadline near at the same distance."""

Kind = Literal["opened", "reopened", "closing", "absent", "confirmed", "closed"]
Answer = Literal["there", "page", "closed", "gone", "unclear"]
"""What a source said when asked for one call: it lists it, only its page answers, it is closed, gone, or nothing."""
Why = Literal["echeance", "source", "disparu", "decision"]


@dataclass(frozen=True, slots=True)
class Life:
    """What the crawls and the days made of a call so far."""

    presence: Presence = "confirme"
    listed: bool = True
    """Whether the last complete crawl of its source showed it."""
    absences: int = 0
    gone_on: date | None = None
    """The first day on which its own page was gone."""
    phase: Status | None = None
    """The last status that was told."""
    closing_told: date | None = None
    """The deadline whose approach was told."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something to tell of a call, beyond what its source wrote."""

    kind: Kind
    why: Why | None = None


Step = tuple[Life, tuple[Turn, ...]]


def begun(call: FundingCall, at: datetime) -> Life:
    """The life of a call that is seen for the first time: its discovery tells all there is to tell."""
    status = call.status_at(at)
    told = call.closes_on if status == "ouvert" and _is_near(call, at) else None
    return Life(presence="ferme" if status == "clos" else "confirme", phase=status, closing_told=told)


def seen(call: FundingCall, life: Life, at: datetime) -> Step:
    """A crawl showed the call as `call`; what was closed and is listed with days ahead is open again."""
    status = _as_listed(call, at)
    back = replace(life, listed=True, absences=0, gone_on=None)
    if life.presence == "ferme":
        if status == "clos":
            return back, ()
        return replace(back, presence="confirme", phase=status), (Turn("reopened"),)
    turns = (Turn("confirmed"),) if life.presence == "non_confirme" else ()
    return replace(back, presence="confirme"), turns


def missed(life: Life) -> Step:
    """A complete crawl did not show the call."""
    if life.presence == "ferme":
        return replace(life, listed=False), ()
    absent = replace(life, listed=False, absences=life.absences + 1)
    if absent.absences < ABSENCES or life.presence == "non_confirme":
        return absent, ()
    return replace(absent, presence="non_confirme"), (Turn("absent"),)


def unlisted(life: Life) -> Life:
    """A call that was read by its identifier: that does not put it back on its source's listing."""
    return replace(life, listed=False)


def answered(life: Life, answer: Answer, day: date) -> Step:
    """The source was asked for an unconfirmed call on `day`, by identifier or by its own page."""
    if life.presence != "non_confirme" or answer == "unclear":
        return life, ()
    if answer == "closed":
        return _closed(life, "source")
    if answer == "gone":
        if life.gone_on is None:
            return replace(life, gone_on=day), ()
        return _closed(life, "disparu") if day != life.gone_on else (life, ())
    if answer == "page":
        return replace(life, gone_on=None), ()
    return replace(life, presence="confirme", absences=0, gone_on=None), (Turn("confirmed"),)


def settled(call: FundingCall, life: Life, at: datetime) -> Step:
    """What the passing of time alone does to a call: it opens, it is about to close, it closes."""
    if life.presence == "ferme":
        return life, ()
    status = _as_listed(call, at)
    if status == "clos":
        return _closed(life, "echeance")
    turns: list[Turn] = []
    if life.phase == "a_venir" and status != "a_venir":
        turns.append(Turn("opened"))
    life = replace(life, phase=status)
    if status == "ouvert" and _is_near(call, at) and life.closing_told != call.closes_on:
        turns.append(Turn("closing"))
        life = replace(life, closing_told=call.closes_on)
    return life, tuple(turns)


def decided(call: FundingCall, life: Life, still_open: bool, at: datetime) -> Step:
    """A person looked at an unconfirmed call, where no source could say."""
    if life.presence != "non_confirme":
        raise ValueError(f"{call.key} is {life.presence}: only an unconfirmed call is to be decided")
    if not still_open:
        return _closed(life, "decision")
    again = replace(life, presence="confirme", absences=0, gone_on=None, phase=_as_listed(call, at))
    return again, (Turn("confirmed", "decision"),)


def withdrawn(life: Life) -> Step:
    """Whoever entered the call, or a colleague, takes it back."""
    if life.presence == "ferme":
        raise ValueError("the call is closed already: nothing is to be taken back")
    return _closed(life, "decision")


def restored(call: FundingCall, life: Life, at: datetime) -> Step:
    """A person undoes what a person closed, while its dates leave it open."""
    if not can_restore(call, life, at):
        raise ValueError(f"{call.key} is {life.presence}, or over by its dates: it cannot be opened again")
    return replace(life, presence="confirme", phase=_as_listed(call, at)), (Turn("reopened", "decision"),)


def can_restore(call: FundingCall, life: Life, at: datetime) -> bool:
    """Whether a person closed the call, and not its dates."""
    return life.presence == "ferme" and _as_listed(call, at) != "clos"


def needs_a_person(call: FundingCall, life: Life) -> bool:
    """Whether no deadline will ever close this unconfirmed call."""
    return life.presence == "non_confirme" and call.closes_at is None


def next_step_at(call: FundingCall, life: Life, at: datetime) -> datetime | None:
    """When `settled` is to be asked again; None when time changes nothing any more."""
    if life.presence == "ferme":
        return None
    return min((moment for moment in _moments(call) if moment > at), default=None)


def _moments(call: FundingCall) -> Iterator[datetime]:
    if call.opens_on:
        yield datetime.combine(call.opens_on, time(), ZoneInfo(call.timezone))
    if call.closes_at:
        yield call.closes_at - CLOSING_WITHIN
        yield call.closes_at + timedelta(seconds=1)


def _closed(life: Life, why: Why) -> Step:
    return replace(life, presence="ferme", phase="clos"), (Turn("closed", why),)


def _as_listed(call: FundingCall, at: datetime) -> Status:
    """The status that the call's own dates give, whatever was believed of it before."""
    return call.model_copy(update={"presence": "confirme"}).status_at(at)


def _is_near(call: FundingCall, at: datetime) -> bool:
    return call.closes_at is not None and timedelta() <= call.closes_at - at <= CLOSING_WITHIN
