"""What a service does about each event: one function per event, in one transaction with the inbox.

`subscribers.py` of each service fills a `Subscriptions`; the registry of contracts must agree with it, so a
service can neither miss an event that it promised to consume nor consume one that nobody knows of.
"""

from collections.abc import Awaitable, Callable
from itertools import groupby
from typing import Any, TypeVar

from kernel.contracts.envelope import Event
from kernel.contracts.registry import CONTRACTS
from kernel.runtime.database import Work

E = TypeVar("E", bound=Event)
One = Callable[[E, Work], Awaitable[None]]
Many = Callable[[list[E], Work], Awaitable[None]]
Pending = tuple[Event, Callable[[], None]]
"""An event to apply, with the function that makes its cause the work's cause."""


class Subscriptions:
    """The effects of one service, by event type."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.models: dict[str, type[Event]] = {}
        self._one: dict[type[Event], One[Any]] = {}
        self._many: dict[type[Event], Many[Any]] = {}

    def on(self, event: type[E]) -> Callable[[One[E]], One[E]]:
        """Register the effect of one `event`: `async def effect(event, work)`."""

        def register(effect: One[E]) -> One[E]:
            self._claim(event)
            self._one[event] = effect
            return effect

        return register

    def on_many(self, event: type[E]) -> Callable[[Many[E]], Many[E]]:
        """Register an effect that takes many events of a kind at once: `async def effect(events, work)`.

        For projections that flow in bulk (a first crawl, a replay): one statement writes them all.
        """

        def register(effect: Many[E]) -> Many[E]:
            self._claim(event)
            self._many[event] = effect
            return effect

        return register

    def _claim(self, event: type[Event]) -> None:
        if event.subject() in self.models:
            raise ValueError(f"{self.service} already has an effect for {event.subject()}")
        self.models[event.subject()] = event

    def missing(self) -> set[str]:
        """Subjects that the registry promises and no effect covers, or the reverse; empty when all is well."""
        promised = {c.event.subject() for c in CONTRACTS if self.service in c.consumers}
        return promised ^ set(self.models)

    async def apply(self, events: list[Pending], work: Work) -> None:
        """Apply every effect in order; neighbours of one kind go together where their effect takes many."""
        for kind, run in groupby(events, key=lambda pending: type(pending[0])):
            group = list(run)
            if kind in self._many:
                group[0][1]()
                await self._many[kind]([event for event, _ in group], work)
                continue
            for event, enter in group:
                enter()
                await self._one[kind](event, work)
