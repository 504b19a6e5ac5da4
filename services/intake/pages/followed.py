"""What follows a decision, as pages show it; nothing where nothing does."""

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from intake.domain.dossier import Candidacy
from intake.domain.follow_up import KIND_WORDS, OPEN, Accord, Line, News, is_followed
from intake.handlers.follow_up import THE_PORTEUR, THE_TEAM, Who
from intake.store import follow_up


@dataclass(frozen=True, slots=True)
class Followed:
    """The lines, the accord and the news of a dossier; `options` are the kinds of line that staff may add."""

    lines: list[Line]
    accord: Accord
    news: list[News]
    options: list[tuple[str, str]]
    staff: Who = THE_TEAM
    porteur: Who = THE_PORTEUR


async def followed(session: AsyncSession, candidacy: Candidacy) -> Followed | None:
    """What follows the decision on a dossier."""
    if not is_followed(candidacy.state):
        return None
    return Followed(
        await follow_up.lines(session, candidacy.id),
        await follow_up.accord(session, candidacy.id),
        await follow_up.news(session, candidacy.id),
        [(kind, KIND_WORDS[kind]) for kind in OPEN[candidacy.state]],
    )
