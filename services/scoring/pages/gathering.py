"""Answers that come together are kept together: one transaction for all, and nobody is told before it commits.

A phone that goes away takes nothing with it: the transaction is nobody's in particular.
"""

import asyncio
from collections.abc import Sequence

from kernel.runtime.database import Database
from scoring.domain.grids import Grid
from scoring.domain.live import Answer
from scoring.handlers import UnknownSitting
from scoring.handlers.live import Objection, answer_all
from scoring.store import live as kept

AT_ONCE = 100
"""Answers of one transaction."""


class Gathering:
    """The answers that wait for the transaction under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Answer, asyncio.Future[Objection | None]]] = []
        self._work: asyncio.Task[None] | None = None
        self._grids: dict[str, Grid] = {}

    async def grid(self, code: str) -> Grid:
        """The questions that a code asks, which never change. Raises `UnknownSitting`."""
        if code not in self._grids:
            async with self._database.reading() as session:
                live = await kept.by_code(session, code)
                if live is None:
                    raise UnknownSitting(f"no live session {code!r}: check the code on the screen")
                self._grids[code] = await kept.asked(session, live.sitting_id)
        return self._grids[code]

    async def answer(self, said: Answer) -> None:
        """Returns once the answer is committed. Raises `Refused`, `UnknownSitting`, or what broke the transaction."""
        heard: asyncio.Future[Objection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((said, heard))
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run())
        objection = await heard
        if objection:
            raise objection

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            try:
                async with self._database.work() as work:
                    objections = await answer_all(work, [said for said, _ in batch])
            except Exception as error:  # noqa: BLE001 - each of those who wait is told, and raises it
                _tell(batch, error)
            else:
                for (_, heard), objection in zip(batch, objections, strict=True):
                    if not heard.done():
                        heard.set_result(objection)


def _tell(batch: Sequence[tuple[Answer, "asyncio.Future[Objection | None]"]], error: Exception) -> None:
    for _, heard in batch:
        if not heard.done():
            heard.set_exception(error)
