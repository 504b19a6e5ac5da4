"""A service that is told to stop ends, whatever hangs in it, and what hung is done by its next life."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from intake import app
from kernel.contracts.envelope import Cause, Envelope
from kernel.contracts.registry import CONTRACTS, Contract
from kernel.runtime import streams
from kernel.runtime.database import Work
from kernel.runtime.nats_server import NatsServer
from kernel.runtime.service import Service
from kernel.runtime.settings import Settings
from kernel.runtime.subscriptions import Pending
from tests.patience import PATIENCE

CONTAINER_GRACE = 15
"""`stop_grace_period` of docker-compose.yml, after which a container is killed."""


def one_event_of_each_producer() -> list[Contract]:
    """What intake hears from each of the four services."""
    return list({one.producer: one for one in CONTRACTS if "intake" in one.consumers}.values())


def a_life(folder: Path, broker: NatsServer) -> Service:
    return app.build(Settings.load(data=folder, secret="x" * 32), broker.url)


async def tell(service: Service, contracts: list[Contract]) -> None:
    """Publish one event on each of the streams."""
    for contract in contracts:
        await streams.declare(service.broker.jetstream, contract.producer)
        example = contract.event.model_validate_json(contract.example.read_text(encoding="utf-8"))
        told = Envelope.seal(example, datetime.now(UTC), Cause.new())
        await service.broker.jetstream.publish(told.event.subject(), told.body().encode(), headers=told.headers())


async def heard_by_another_life(service: Service, how_many: int) -> set[str]:
    heard: set[str] = set()

    async def hears(events: list[Pending], work: Work) -> None:
        heard.update(event.subject() for event, _ in events)

    service.subscriptions.apply = hears  # type: ignore[method-assign]  # what intake does of it is not the question
    await service.start()
    async with asyncio.timeout(PATIENCE):
        while len(heard) < how_many:  # noqa: ASYNC110 - a transport rings no bell here
            await asyncio.sleep(0.05)
    await service.stop()
    return heard


async def test_hanging_effects_and_loops_are_left_together(tmp_path: Path, broker: NatsServer) -> None:
    contracts = one_event_of_each_producer()
    service, begun = a_life(tmp_path, broker), asyncio.Event()

    async def hangs(events: list[Pending], work: Work) -> None:
        begun.set()
        await asyncio.Event().wait()

    service.subscriptions.apply = hangs  # type: ignore[method-assign]  # as above
    service.loops.append(lambda stopping: asyncio.Event().wait())  # type: ignore[arg-type,return-value]  # ends never
    await service.start()
    await tell(service, contracts)
    await asyncio.wait_for(begun.wait(), PATIENCE)

    async with asyncio.timeout(CONTAINER_GRACE):
        await service.stop()

    told = {contract.event.subject() for contract in contracts}
    assert await heard_by_another_life(a_life(tmp_path, broker), len(told)) == told
