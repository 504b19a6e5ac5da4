"""Order is never assumed: a history shuffled, doubled and cut into batches leaves the four services as in order."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding_watch.domain import catalogue
from kernel.contracts.envelope import Event
from kernel.contracts.funding_watch import CallDiscovered
from kernel.contracts.intake import WaveClosed, WaveOpened
from kernel.contracts.notifier import AlertDue, MessageFailed, MessageSent
from kernel.contracts.scoring import Committee, Outcome
from tests import notifier_story as notifier
from tests import watch_story as watch
from tests.faults import child
from tests.faults.histories import Start, Told, World
from tests.intake_story import DAY, NOW, decision, opinion

EXAMPLES = 1000 if child.LARGE else 25
WAVE = UUID("00000000-0000-4000-8000-000000000026")
pytestmark = pytest.mark.timeout(3600 if child.LARGE else 600)


@dataclass(frozen=True)
class History:
    """What happened, in order, and the same as it may arrive: `batches`, with the staff's acts between them."""

    ordered: list[Event]
    acts: list[str]
    withdrawn: bool


class Theatre:
    """A loop of its own, and new databases for each telling."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runner = asyncio.Runner()
        folder.mkdir()
        self.start = self.runner.run(Start.prepare(folder))

    def tell(self, batches: Sequence[Sequence[Told] | str]) -> World:
        """The world after `batches` of events and acts of the staff (by name)."""
        return self.runner.run(self._tell(batches))

    async def _tell(self, batches: Sequence[Sequence[Told] | str]) -> World:
        world = World.of(self.start, self.folder.with_name(uuid4().hex))
        for batch in batches:
            await (world.act(batch) if isinstance(batch, str) else world.hear(batch))
        await world.close()
        return world


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    made = Theatre(tmp_path_factory.mktemp("histories") / "start")
    yield made
    made.runner.close()


@st.composite
def histories(draw: st.DrawFn, candidacy: UUID) -> History:
    """A candidacy from its dossier to what is proposed to it; any chapter may be missing."""
    fate = draw(st.sampled_from(["kept", "declined", "waiting"]))
    events: list[Event] = [*wave(), notifier.submitted(candidacy)]
    if draw(st.integers(0, 4)):
        events.append(notifier.contact(candidacy))
    if fate == "kept":
        events += [notifier.preselected(candidacy), *draw(instruction(candidacy))]
    if fate == "declined":
        events.append(notifier.not_retained(candidacy))
    events += draw(st.lists(st.sampled_from(messages(candidacy)), unique_by=id, max_size=3))
    events += draw(st.lists(st.sampled_from(readings()), unique_by=id, max_size=4))
    withdrawn = draw(st.booleans())
    if withdrawn:
        events.append(notifier.withdrawn(candidacy))
    return History(events, {"kept": ["preselect"], "declined": ["decline"], "waiting": []}[fate], withdrawn)


@st.composite
def instruction(draw: st.DrawFn, candidacy: UUID) -> list[Event]:
    """Opinions and their corrections, the decision and its correction, matches where it is favourable."""
    values = st.lists(st.sampled_from(["favorable", "favorable_avec_reserves", "reserve"]), max_size=2)
    events: list[Event] = []
    for committee in get_args(Committee):
        events += [opinion(candidacy, committee, value, days) for days, value in enumerate(draw(values))]
    outcomes = draw(st.lists(st.sampled_from(get_args(Outcome)), max_size=2))
    events += [decision(candidacy, outcome, 10 + day) for day, outcome in enumerate(outcomes)]
    if outcomes:
        events += [notifier.proposed(candidacy, number) for number in range(draw(st.integers(0, 3)))]
    return events


def wave() -> list[Event]:
    opened = WaveOpened(wave_id=WAVE, title="Vague", opens_at=NOW - DAY, closes_at=NOW + DAY, quota=10)
    return [opened, WaveClosed(wave_id=WAVE, closed_at=NOW + DAY)]


def messages(candidacy: UUID) -> list[Event]:
    number = uuid5(candidacy, "delivery")
    sent = MessageSent(delivery_id=number, candidacy_id=candidacy, kind="decision", message_id="<1@x.test>", at=NOW)
    failed = MessageFailed(delivery_id=number, candidacy_id=candidacy, kind="decision", reason="refusée", at=NOW)
    return [failed, sent]


def readings() -> list[Event]:
    """What the watch tells of a source and of a call."""
    call = watch.call()
    found = CallDiscovered(call_key=call.key, call=catalogue.summary(call), at=NOW)
    return [notifier.degraded("eu", 1), notifier.crawled("eu", 2), notifier.degraded("eu", 3), found]


def in_order(history: History, told: list[Told]) -> list[Sequence[Told] | str]:
    """One event a transaction, the staff's acts first, as they were."""
    return [*history.acts, *([one] for one in told)]


@st.composite
def arrivals(draw: st.DrawFn, history: History, told: list[Told]) -> list[Sequence[Told] | str]:
    """Every event at least once, in any order, in batches of any size; the staff's acts anywhere among them."""
    again = draw(st.lists(st.sampled_from(told), max_size=6))
    order = draw(st.permutations([*told, *again]))
    batches: list[Sequence[Told] | str] = []
    while order:
        size = draw(st.integers(1, 5))
        batches.append(order[:size])
        order = order[size:]
    for act in history.acts:
        batches.insert(draw(st.integers(0, len(batches))), act)
    return batches


@given(data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_any_history_leaves_the_same_services(theatre: Theatre, data: st.DataObject) -> None:
    history = data.draw(histories(theatre.start.candidacy))
    told = [(uuid5(WAVE, str(number)), event) for number, event in enumerate(history.ordered)]
    last: list[Sequence[Told] | str] = [[(uuid5(WAVE, "alert"), AlertDue(recipient="staff"))]]

    calm = theatre.tell([*in_order(history, told), *last])
    found = theatre.tell([*data.draw(arrivals(history, told)), *last])

    for service in child.SERVICES:
        expected = calm.kept(service, withdrawn=history.withdrawn)
        assert found.kept(service, withdrawn=history.withdrawn) == expected, service
        assert found.inbox(service) == calm.inbox(service), service
        check_told(service, found, calm, history)


def check_told(service: str, found: World, calm: World, history: History) -> None:
    """The same events leave, once each; of a withdrawn candidacy fewer or more had left before."""
    events: dict[Any, int] = dict(found.told(service))
    assert all(number == 1 for number in events.values()), events
    if not history.withdrawn:
        kinds = {subject for subject, _ in events}
        assert kinds == {subject for subject, _ in calm.told(service)}
        assert len(events) == len(calm.told(service))
