"""Alive means the loop turns; ready means that a request or an event could be served now, and if not, why."""

from dataclasses import dataclass

from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from kernel.contracts.registry import producers_for
from kernel.runtime import deadletter, outbox
from kernel.runtime.broker import ServiceBroker
from kernel.runtime.database import Database
from kernel.runtime.failures import sentence
from kernel.runtime.streams import stream_name


@dataclass
class Health:
    """The checks of one service. Each answers None when well, else one sentence."""

    service: str
    database: Database
    broker: ServiceBroker
    lag_limit: float
    started: bool = False

    async def problems(self) -> dict[str, str]:
        """What keeps the service from being ready; empty when nothing does."""
        found = {
            "start": None if self.started else "not started yet",
            "database": await self._database(),
            "broker": self._broker(),
            "streams": await self._streams(),
            "consumers": self._paused(),
        }
        return {name: problem for name, problem in found.items() if problem}

    async def _database(self) -> str | None:
        try:
            async with self.database.engine.connect() as connection:
                count, seconds = await outbox.lag(connection, self.database.clock.now())
        except (SQLAlchemyError, OSError) as error:
            return sentence(error)
        if seconds > self.lag_limit:
            return f"{count} events wait, the oldest for {seconds:.0f} s (limit {self.lag_limit:.0f} s)"
        return None

    def _connected(self) -> bool:
        connection = self.broker._connection
        return connection is not None and connection.is_connected

    def _broker(self) -> str | None:
        return None if self._connected() else "not connected to the broker"

    async def _streams(self) -> str | None:
        """The stream of the service and its consumers on the others' streams."""
        if not self._connected():
            return "unknown: not connected to the broker"
        try:
            await self.broker.jetstream.stream_info(stream_name(self.service))
            for producer in producers_for(self.service):
                await self.broker.jetstream.consumer_info(stream_name(producer), self.service, timeout=2)
        except NotFoundError:
            return f"a stream or consumer of {self.service} does not exist yet: is every service started?"
        except (NatsError, OSError, TimeoutError) as error:
            return sentence(error)
        return None

    async def backlog(self) -> dict[str, int]:
        """What is still on its way: rows of the outbox, messages each consumer has not settled, dead letters."""
        async with self.database.engine.connect() as connection:
            found = {"outbox": (await outbox.lag(connection, self.database.clock.now()))[0]}
        for producer in producers_for(self.service):
            info = await self.broker.jetstream.consumer_info(stream_name(producer), self.service, timeout=2)
            found[stream_name(producer)] = (info.num_pending or 0) + (info.num_ack_pending or 0)
        return found | {"dead_letters": await deadletter.count(self.broker.jetstream)}

    def _paused(self) -> str | None:
        paused = [stream for stream, consumer in self.broker.consumers.items() if consumer.is_paused]
        return f"paused by too many dead letters: {', '.join(paused)}" if paused else None

    def routes(self) -> list[Route]:
        """`/health/live` (200 always) and `/health/ready` (200 with the backlog, or 503 with the problems)."""

        async def live(_: Request) -> JSONResponse:
            return JSONResponse({"service": self.service, "live": True})

        async def ready(_: Request) -> JSONResponse:
            problems, backlog = await self.problems(), {}
            if not problems:
                try:
                    backlog = await self.backlog()
                except (NatsError, OSError, TimeoutError, SQLAlchemyError) as error:  # it went away since
                    problems = {"backlog": sentence(error)}
            body = {"service": self.service, "ready": not problems, "problems": problems, "backlog": backlog}
            return JSONResponse(body, 503 if problems else 200)

        return [Route("/health/live", live), Route("/health/ready", ready)]
