"""How fast mails leave: a match to fifty people, many mails against the bare client, one digest of a whole territory.

The mail server is local, in a process of its own, and keeps nothing; the notifier stands on SQLite with its own
sender. The bare client sends one message again and again on one line, to the same server.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4, uuid5

from aiosmtplib import SMTP

from chevalement.bench.taker import Taker
from kernel.contracts.envelope import Cause, Event
from kernel.contracts.funding_watch import CallSummary, MatchProposed
from kernel.contracts.intake import ContactDeclared, PersonDeclared
from kernel.contracts.intake_life import CandidacyReceivedLate
from kernel.contracts.label import load_label
from kernel.contracts.notifier import DigestDue
from kernel.runtime import migrate
from kernel.runtime.clock import FixedClock
from kernel.runtime.database import Database
from kernel.runtime.settings import Settings
from notifier import app, subscribers
from notifier.domain.hours import Rhythm
from notifier.domain.subscription import Subscription
from notifier.handlers import choices
from notifier.mail.links import Links
from notifier.mail.posting import MailServer, Postman
from notifier.mail.samples import sample
from notifier.mail.sending import Sender
from notifier.mail.writing import Writer

NOON = datetime(2026, 3, 12, 11, 0, tzinfo=UTC)
PEOPLE, PROJECTS, MATCHES = 50, 500, 2_000
BASE = "https://label.example"


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds and mails a second."""

    p50: float
    p99: float
    rate: float
    bare_rate: float
    digest: float


class Bench:
    """A notifier on an empty database in `folder`, and the server that it sends to."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.settings = Settings.load(data=folder, secret="a secret of the benchmark")  # noqa: S106 - no secret
        self.clock = FixedClock(NOON)
        self.database = Database(f"sqlite+aiosqlite:///{folder}/notifier.db", self.clock)
        self.subscriptions = subscribers.declare(lambda: None, timedelta(0))
        self.server = Taker()

    async def open(self) -> None:
        await migrate.upgrade(self.database.engine, "notifier")
        await asyncio.to_thread(self.server.start)
        self.port = self.server.port
        label = load_label(self.settings.label_file, self.settings.territory_file)
        self.writer = Writer(label, BASE, "a@pole.example", Links("bench", BASE))
        postman = Postman(MailServer("127.0.0.1", self.port))
        self.sender = Sender(app.ledger(self.database, self.settings), self.writer, postman, self.clock)

    async def close(self) -> None:
        await self.sender.postman.rest()
        await asyncio.to_thread(self.server.stop)
        await self.database.close()

    async def hear(self, events: Sequence[Event]) -> None:
        """Apply events as the consumer does: many in one transaction, each with its own cause."""
        async with self.database.work(Cause.new()) as work:
            for event in events:
                work.cause = Cause.new().followed_by(uuid4().hex)
                await self.subscriptions.apply([(event, lambda: None)], work)

    async def listen(self, people: int, rhythm: Rhythm = "immediat") -> None:
        for number in range(people):
            person = UUID(int=number + 1)
            mail, name = f"agent-{number}@pole.example", "Agent"
            declared = PersonDeclared(person_id=person, email=mail, name=name, role="staff", may_enter=True, at=NOON)
            await self.hear([declared])
            one = Subscription(uuid5(person, "tout"), person, "tout", (), rhythm, 9, 3, at_once=False, since=NOON)
            async with self.database.work() as work:
                await choices.choose(work, [one])

    async def drain(self) -> None:
        while await self.sender.pump():
            pass


def proposed(project: int, number: int) -> MatchProposed:
    """A match of a project with a call of its own."""
    call = CallSummary(
        key=f"source:{number}",
        title=f"Chaleur renouvelable {number}",
        funders=["ADEME"],
        url=f"{BASE}/{number}",
        closes_on=date(2026, 6, 30),
        rate_max=45,
        amount_max=250_000,
    )
    candidacy = UUID(int=project + 1)
    return MatchProposed(
        match_id=uuid5(candidacy, str(number)),
        candidacy_id=candidacy,
        project_title=f"Projet {project}",
        need="Chaufferie",
        call=call,
        verdict="eligible",
        score=5.0,
        reason="L'appel parle de chaleur et de bâtiments publics.",
        at=NOON,
    )


async def measure(folder: Path, rounds: int, mails: int) -> Measured:
    """Everything, on fresh databases."""
    spans = await _fifty(folder / "fifty", rounds)
    rate, bare = await _many(folder / "many", mails)
    digest = await _digest(folder / "digest")
    return Measured(statistics.median(spans), spans[int(len(spans) * 0.99)], rate, bare, digest)


async def _fifty(folder: Path, rounds: int) -> list[float]:
    """Seconds from a match heard to the 250 of the last of PEOPLE, sorted."""
    bench = Bench(folder)
    await bench.open()
    await bench.listen(PEOPLE)
    spans = []
    for number in range(rounds):
        before, began = bench.server.count, time.perf_counter()
        await bench.hear([proposed(1, number)])
        await bench.drain()
        spans.append(time.perf_counter() - began)
        if bench.server.count != before + PEOPLE:
            raise RuntimeError(f"{bench.server.count - before} mails left, {PEOPLE} were expected")
    await bench.close()
    return sorted(spans)


async def _many(folder: Path, mails: int) -> tuple[float, float]:
    """Mails a second by the sender, and by the bare client with one connection and the same message."""
    bench = Bench(folder)
    await bench.open()
    for first in range(0, mails, 100):
        ids = [UUID(int=first + number + 1) for number in range(100)]
        await bench.hear([event for one in ids for event in _candidacy(one)])
    began = time.perf_counter()
    await bench.drain()
    rate = bench.server.count / (time.perf_counter() - began)
    one = sample("recu_hors_delai", NOON)
    raw, began = bench.writer.compose(one, bench.writer.write(one, NOON), NOON).raw(), time.perf_counter()
    async with SMTP(hostname="127.0.0.1", port=bench.port) as line:
        for _ in range(mails):
            await line.sendmail("a@pole.example", ["a@porteur.example"], raw)
    bare = mails / (time.perf_counter() - began)
    await bench.close()
    return rate, bare


def _candidacy(one: UUID) -> tuple[Event, Event]:
    late = CandidacyReceivedLate(candidacy_id=one, number="LE-1", title="Projet", wave_id=one, submitted_at=NOON)
    return late, ContactDeclared(candidacy_id=one, role="Contact", email="a@porteur.example")


async def _digest(folder: Path) -> float:
    """Seconds to write and hand over one digest of MATCHES over PROJECTS."""
    bench = Bench(folder)
    await bench.open()
    await bench.listen(1, "quotidien")
    for first in range(0, MATCHES, 200):
        await bench.hear([proposed(number % PROJECTS, number) for number in range(first, first + 200)])
    bench.clock.set(NOON + timedelta(days=1))
    began = time.perf_counter()
    await bench.hear([DigestDue(subscription_id=uuid5(UUID(int=1), "tout"))])
    await bench.drain()
    span = time.perf_counter() - began
    if bench.server.count != 1:
        raise RuntimeError(f"{bench.server.count} mails left, one digest was expected")
    await bench.close()
    return span
