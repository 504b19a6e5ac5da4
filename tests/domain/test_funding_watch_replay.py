"""Four months of the European portal's real listings, run day by day through the change detection.

The listings flap: topics leave for days and come back, deadlines are told at another hour, texts are rewritten. What
the detection makes of it is measured: closings that were wrong or ahead of the deadline, changes told of nothing.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from funding_watch.domain import catalogue, presence
from funding_watch.domain.call import FundingCall
from funding_watch.domain.presence import Life
from funding_watch.spiders.dates import day_of, deadline_of
from kernel.contracts.funding_watch import CallAmended, CallDeadlineMoved

BRUSSELS = "Europe/Brussels"
READ = ("deadlineDate", "startDate", "title", "callTitle", "budget")
Topic = dict[str, Any]


def history() -> Path:
    """The folder of the real listings beside the repository; the test is skipped where there is none."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "data"
    if not (folder / "eu-events.jsonl").exists():
        pytest.skip(f"no real listings in {folder}: this measure needs eu-topics.jsonl and eu-events.jsonl there")
    return folder


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def call_of(topic: Topic) -> FundingCall:
    """The record that the portal's reader makes of a topic, by the same rules for days and amounts."""
    budget = topic.get("budget") or {}
    closes_at = deadline_of(topic["deadlineDate"], BRUSSELS)
    return FundingCall(
        source="eu_portal",
        reference=topic["id"],
        title=topic["title"],
        description=str(topic["rewritten"]),
        opens_on=day_of(topic["startDate"], BRUSSELS),
        closes_at=closes_at,
        cut_offs=(closes_at,) if closes_at else (),
        envelope=int(budget.get("totalBudgetEur") or 0) or None,
        language="en",
        timezone=BRUSSELS,
        url=topic["url"],
    )


@dataclass
class Replay:
    """The watch of one source, crawled at the moments of the real snapshots."""

    topics: dict[str, Topic]
    listed: set[str]
    known: dict[str, tuple[FundingCall, Life]] = field(default_factory=dict)
    closed: dict[str, datetime] = field(default_factory=dict)
    closings: int = 0
    early: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    spurious: list[str] = field(default_factory=list)
    told: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    pending: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Fields that really changed since the topic was last read."""

    def learn(self, event: dict[str, Any]) -> None:
        """One line of the real history."""
        topic = self.topics[event["id"]]
        match event["type"], event.get("field"):
            case "appeared", _:
                self.listed.add(event["id"])
            case "disappeared", _:
                self.listed.discard(event["id"])
            case "changed", "abstract":
                topic["rewritten"] += 1
            case "changed", name if name in READ:
                if _really(name, topic.get(name), event["new"]):
                    self.pending[event["id"]].add(name)
                topic[name] = event["new"]

    def crawl(self, at: datetime) -> None:
        for reference in sorted(self.listed):
            self._see(reference, call_of(self.topics[reference]), at)
        for reference in sorted(set(self.known) - self.listed):
            call, life = self.known[reference]
            life, doubts = presence.missed(life)
            self.told["absent"] += len(doubts)
            self._live(reference, call, presence.settled(call, life, at), at)

    def _see(self, reference: str, call: FundingCall, at: datetime) -> None:
        if reference not in self.known:
            self.known[reference] = (call, presence.begun(call, at))
            self.pending.pop(reference, None)
            return
        before, life = self.known[reference]
        for event in catalogue.told(catalogue.compare(before, call), at):
            self.told[type(event).__name__] += 1
            if not self._is_real(event, self.pending[reference]):
                self.spurious.append(f"{reference} {event}")
        self.pending.pop(reference, None)
        life, turns = presence.seen(call, life, at)
        if any(turn.kind == "reopened" for turn in turns):
            self.false.append(f"{reference} closed {self.closed.get(reference)}, listed again {at}")
        self._live(reference, call, presence.settled(call, life, at), at)

    def _is_real(self, event: object, changed: set[str]) -> bool:
        if isinstance(event, CallDeadlineMoved):
            return "deadlineDate" in changed
        return isinstance(event, CallAmended) and bool(changed - {"deadlineDate"})

    def _live(self, reference: str, call: FundingCall, step: presence.Step, at: datetime) -> None:
        life, turns = step
        for turn in turns:
            self.told[turn.kind] += 1
            if turn.kind == "closed":
                self.closings += 1
                self.closed[reference] = at
                if call.closes_at is None or at <= call.closes_at:
                    self.early.append(f"{reference} at {at}, deadline {call.closes_at}")
        self.known[reference] = (call, life)


def _really(name: str, old: Any, new: Any) -> bool:
    """Whether a field says something else to an applicant, told by other means than the code under test."""
    if name in {"deadlineDate", "startDate"}:
        return bool(_day(old) != _day(new))
    if name == "budget":
        return bool((old or {}).get("totalBudgetEur") != (new or {}).get("totalBudgetEur"))
    return bool(old != new)


def _day(written: str | None) -> str | None:
    if not written:
        return None
    at = datetime.fromisoformat(written)
    return written[:10] if written[11:19] == "00:00:00" else at.astimezone(ZoneInfo(BRUSSELS)).date().isoformat()


def opening(folder: Path) -> tuple[Replay, dict[str, list[dict[str, Any]]]]:
    """What was listed and known on the first day, and the events by the moment of their snapshot."""
    events = rows(folder / "eu-events.jsonl")
    topics = {topic["id"]: topic | {"rewritten": 0} for topic in rows(folder / "eu-topics.jsonl")}
    first: dict[str, str] = {}
    by_moment: dict[str, list[dict[str, Any]]] = defaultdict(list)
    begun: set[tuple[str, str]] = set()
    for event in events:
        by_moment[event["at"]].append(event)
        if event["type"] != "changed":
            first.setdefault(event["id"], event["type"])
        elif event["field"] in READ and (event["id"], event["field"]) not in begun:
            begun.add((event["id"], event["field"]))
            topics[event["id"]][event["field"]] = event["old"]
    listed = {reference for reference in topics if first.get(reference) != "appeared"}
    return Replay(topics, listed), by_moment


def test_real_listings_close_nothing_wrongly_and_tell_no_change_that_was_none() -> None:
    replay, by_moment = opening(history())
    replay.crawl(datetime.fromisoformat(min(by_moment)))
    for moment in sorted(by_moment):
        for event in by_moment[moment]:
            replay.learn(event)
        replay.crawl(datetime.fromisoformat(moment))

    share = len(replay.false) / replay.closings
    print(f"{replay.closings} closings, {share:.2%} false, {len(replay.early)} early; told {dict(replay.told)}")
    assert replay.closings > 300 and replay.told["CallDeadlineMoved"] > 20 and replay.told["absent"] > 30
    assert replay.early == []
    assert share < 0.01, replay.false
    assert replay.spurious == []
