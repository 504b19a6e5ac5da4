"""Rooms of the team over real HTTP: posted once, tried again, refused for good, and signed."""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from kernel.contracts.notifier import AlertDue
from notifier.domain.delivery import Delivery
from notifier.domain.states import State
from notifier.handlers import wording
from notifier.mail.rooms import SIGNED, Rooms, kind_of, secret_of
from notifier.mail.sending import Sender
from notifier.store import rooms
from tests.journey.smtp_script import serving
from tests.notifier_story import World, a_world, degraded, proposed, submitted

KEY = "for tests"


class Room:
    """An HTTP server that answers by its script, then 200, and keeps what it was told."""

    def __init__(self, answers: Sequence[int]) -> None:
        self._answers = list(answers)
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        status = self._answers.pop(0) if self._answers else 200
        if status:
            self.told += [(headers, body)] if status == 200 else []
            writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
        writer.close()


@asynccontextmanager
async def a_room(*answers: int) -> AsyncIterator[Room]:
    room = Room(answers)
    server = await asyncio.start_server(room.talk, "127.0.0.1", 0)
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        server.close()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as made:
        yield made


async def opened(world: World, url: str) -> UUID:
    async with world.database.work() as work:
        return await wording.open_room(work, "Équipe", url, "Équipe du Label")


def sender(world: World, port: int) -> Sender:
    async def url_of(room_id: UUID) -> str:
        async with world.database.reading() as session:
            room = await rooms.room(session, room_id)
            return room.url if room else ""

    return replace(world.sender(port), rooms=Rooms(url_of, KEY))


async def alerted(world: World) -> None:
    candidacy = uuid4()
    await world.hear_all([submitted(candidacy), proposed(candidacy, 1), AlertDue(recipient="staff")])


async def of_rooms(world: World) -> list[Delivery]:
    return [one for one in await world.deliveries() if one.recipient_kind == "room"]


async def test_an_alert_is_posted_once_in_a_room_and_signed(world: World) -> None:
    async with a_room() as room, serving() as server:
        identity = await opened(world, f"{SIGNED}http://127.0.0.1:{room.port}/alertes")
        await alerted(world)
        await world.hear(AlertDue(recipient="staff"))
        for _ in range(2):
            await sender(world, server.port).pump()

    ((headers, body),) = room.told
    (delivery,) = await of_rooms(world)
    assert (delivery.state, delivery.recipient) == (State.ENVOYE, identity.hex)
    expected = hmac.new(secret_of(KEY, identity).encode(), body, sha256).hexdigest()
    assert (headers["x-signature"], headers["idempotency-key"]) == (expected, delivery.id.hex)
    assert "Chaleur renouvelable 1" in json.loads(body)["text"]
    assert len(server.kept) == 1, "the mail to the team leaves besides"


async def test_apprise_posts_the_same_once(world: World) -> None:
    async with a_room() as room, serving() as server:
        await opened(world, f"json://127.0.0.1:{room.port}/")
        await alerted(world)
        for _ in range(2):
            await sender(world, server.port).pump()

    ((_, body),) = room.told
    assert json.loads(body)["title"].startswith("Veille")
    assert [one.state for one in await of_rooms(world)] == [State.ENVOYE]


@pytest.mark.parametrize(
    ("answer", "state", "times"), [(503, State.ENVOYE, 1), (429, State.ENVOYE, 1), (410, State.ECHEC, 0)]
)
async def test_a_busy_room_is_tried_again_and_one_that_is_gone_is_not(
    world: World, answer: int, state: State, times: int
) -> None:
    async with a_room(answer) as room, serving() as server:
        await opened(world, f"{SIGNED}http://127.0.0.1:{room.port}/")
        await world.hear(degraded("portail", 1))
        for _ in range(3):
            await sender(world, server.port).pump()
            world.clock.set(world.clock.now() + timedelta(minutes=2))

    assert ([one.state for one in await of_rooms(world)], len(room.told)) == ([state], times)


async def test_a_line_that_breaks_after_the_words_is_in_doubt_and_comes_with_one_identity(world: World) -> None:
    async with a_room(0) as room, serving() as server:
        await opened(world, f"{SIGNED}http://127.0.0.1:{room.port}/")
        await world.hear(degraded("portail", 1))
        await sender(world, server.port).pump()
        (waiting,) = await of_rooms(world)
        assert (waiting.state, waiting.doubt) == (State.A_ENVOYER, True)
        world.clock.set(world.clock.now() + timedelta(minutes=2))
        await sender(world, server.port).pump()

    ((headers, _),) = room.told
    assert headers["idempotency-key"] == waiting.id.hex


async def test_a_closed_room_hears_nothing_more_and_its_address_is_forgotten(world: World) -> None:
    async with a_room() as room, serving() as server:
        identity = await opened(world, f"{SIGNED}http://127.0.0.1:{room.port}/")
        await world.hear(degraded("portail", 1))
        async with world.database.work() as work:
            await wording.close_room(work, identity)
        await sender(world, server.port).pump()
        await world.hear(degraded("autre", 2))

    assert (room.told, [one.state for one in await of_rooms(world)]) == ([], [State.ECHEC])
    async with world.database.reading() as session:
        assert [one.url for one in await rooms.rooms(session)] == [""]


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("signe+https://a.example/x", True),
        ("ntfy://sujet", True),
        ("matrix://user:pass@matrix.example/%23salon", True),
        ("signe+ftp://a.example", False),
        ("javascript:alert(1)", False),
        ("n'importe quoi", False),
    ],
)
def test_an_address_is_understood_or_refused(url: str, meant: bool) -> None:
    assert (kind_of(url) is not None) == meant
