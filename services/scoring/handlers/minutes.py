"""Staff write down what is said on a point of the agenda, while the meeting goes."""

from dataclasses import dataclass
from uuid import UUID

from kernel.runtime.database import Work
from scoring.domain.minutes import Minute, Point, check_minute
from scoring.domain.rulings import Officer
from scoring.handlers.sittings import locked
from scoring.store import minutes as kept


@dataclass(frozen=True, slots=True)
class TakeMinute:
    """The wish to write what was said on a point; `seen` is the wording that the page showed, empty for none."""

    sitting_id: UUID
    point: Point
    said: str
    seen: str
    by: Officer


async def take_minute(work: Work, wish: TakeMinute) -> None:
    """Keep a wording beside the earlier ones, unless it is the same. Raises `Refused`, `UnknownSitting`."""
    sitting = await locked(work, wish.sitting_id)
    last = (await kept.last(work.session, wish.sitting_id)).get(wish.point)
    said = wish.said.strip()
    if last is not None and last.said == said:
        return
    check_minute(sitting, wish.point, said, last, wish.seen)
    await kept.add(work.session, wish.sitting_id, wish.point, Minute(said, wish.by.name, work.at))
