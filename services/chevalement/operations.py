"""What an operator does beside running: migrations, sign-in links, dead letters."""

import contextlib
from collections.abc import AsyncIterator, Sequence

import nats
from nats.js import JetStreamContext

from kernel.runtime import deadletter, migrate
from kernel.runtime.auth import ROLES, Door, Person
from kernel.runtime.clock import SystemClock
from kernel.runtime.database import Database
from kernel.runtime.nats_server import NatsServer
from kernel.runtime.settings import Settings


async def migrate_all(settings: Settings, services: Sequence[str]) -> None:
    """Upgrade the databases of `services`."""
    for service in services:
        database = Database(settings.database_of(service), SystemClock())
        try:
            await migrate.upgrade(database.engine, service)
        finally:
            await database.close()


def sign_in_link(settings: Settings, name: str, role: str) -> str:
    """A link good once and for fifteen minutes. Raises `SystemExit` when the role is unknown."""
    if role not in ROLES:
        raise SystemExit(f"{role!r} is not a role: use one of {', '.join(ROLES)}")
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base}/entrer?jeton={Door(settings.signing_key()).link_token(Person(name, role))}"


async def invite(settings: Settings, email: str, name: str, role: str) -> str:
    """Record an invitation as staff do; its mail leaves as soon as the platform runs. One sentence says so.

    Raises `SystemExit` with a line where the address, the name or the role is wrong, or the address is taken.
    """
    from intake import handlers
    from intake.domain.people import Invitation
    from intake.domain.refusals import Refused
    from intake.forms.candidacy import ToCorrect
    from intake.forms.people import read_guest
    from intake.forms.words import Words

    guest = read_guest(Words({"courriel": email, "fonction": name, "role": role}))
    if isinstance(guest, ToCorrect):
        raise SystemExit("\n".join(f"{field}: {what}" for field, what in guest.errors.items()))
    await migrate_all(settings, ["intake"])
    database = Database(settings.database_of("intake"), SystemClock())
    try:
        async with database.work() as work:
            asked = Invitation(guest.email, guest.name, guest.role, "Exploitation")
            await handlers.invite(work, Door(settings.signing_key()), asked)
    except Refused as refused:
        raise SystemExit(str(refused)) from None
    finally:
        await database.close()
    return f"invited {guest.email} as {guest.role}: the mail leaves as soon as the platform runs"


@contextlib.asynccontextmanager
async def jetstream(settings: Settings) -> AsyncIterator[JetStreamContext]:
    """JetStream of the installation: the named broker, the embedded one that runs, or one started for this."""
    server = None
    url = settings.nats_url or running_broker(settings)
    if not url:
        server = NatsServer(settings.data / "nats", settings.nats_port)
        await server.start()
        url = server.url
    connection = await nats.connect(url, connect_timeout=2, max_reconnect_attempts=2)
    try:
        yield connection.jetstream()
    finally:
        await connection.close()
        if server is not None:
            await server.stop()


def running_broker(settings: Settings) -> str:
    """The address of the embedded broker that another process runs on the same data; empty when none does."""
    return NatsServer(settings.data / "nats").running_url()


async def dead_letter_lines(settings: Settings) -> list[str]:
    """`number  consumer  subject  deliveries  at  reason`, oldest first; one sentence when there are none."""
    async with jetstream(settings) as js:
        found = await deadletter.letters(js)
    if not found:
        return ["no dead letters"]
    return [f"{x.sequence}  {x.consumer}  {x.subject}  {x.deliveries}×  {x.at}  {x.reason}" for x in found]


async def dead_letter(settings: Settings, number: int) -> dict[str, object]:
    """One dead letter as a JSON object; the body as text."""
    async with jetstream(settings) as js:
        letter = await _letter(js, number)
    return {
        "number": letter.sequence,
        "consumer": letter.consumer,
        "subject": letter.subject,
        "reason": letter.reason,
        "deliveries": letter.deliveries,
        "at": letter.at,
        "headers": letter.headers,
        "body": letter.body.decode(errors="replace"),
    }


async def replay(settings: Settings, numbers: Sequence[int]) -> list[str]:
    """Send back `numbers`, one line each."""
    lines = []
    async with jetstream(settings) as js:
        for number in numbers:
            letter = await _letter(js, number)
            await deadletter.replay(js, letter)
            lines.append(f"{number} replayed on {letter.subject}")
    return lines


async def drop(settings: Settings, numbers: Sequence[int]) -> list[str]:
    """Forget `numbers`, one line each."""
    lines = []
    async with jetstream(settings) as js:
        for number in numbers:
            await deadletter.drop(js, await _letter(js, number))
            lines.append(f"{number} dropped")
    return lines


async def _letter(js: JetStreamContext, number: int) -> deadletter.DeadLetter:
    letter = await deadletter.read(js, number)
    if letter is None:
        raise SystemExit(f"no dead letter number {number}: see `chevalement dlq list`")
    return letter
