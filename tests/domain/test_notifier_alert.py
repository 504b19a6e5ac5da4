"""An alert is never empty, tells the best first, and a degraded source is told once an episode, in any order."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.domain.alert import (
    OVERDUE,
    Item,
    Reading,
    alert_snapshot,
    appointment,
    item,
    newer,
    source_snapshot,
    to_tell,
)
from notifier.domain.dossier import Dossier
from tests.notifier_story import START, moment, proposed

A, B = UUID(int=1), UUID(int=2)
MINUTE = timedelta(minutes=1)


def found(candidacy: UUID, number: int, score: float, **changes: object) -> Item:
    return item(proposed(candidacy, number, score, **changes), START)


def test_an_empty_alert_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one match"):
        alert_snapshot([], {}, [])


def test_projects_and_matches_stand_best_first() -> None:
    items = [found(A, 1, 2.0), found(B, 2, 5.0), found(A, 3, 9.0)]
    told = alert_snapshot(items, {A: Dossier("LE-1", "t", "Commune")}, [])

    assert [len(project["matches"]) for project in told["projects"]] == [2, 1]
    assert [match["title"][-1] for match in told["projects"][0]["matches"]] == ["3", "1"]
    assert (told["count"], told["projects"][0]["porteur"], told["projects"][1]["porteur"]) == (3, "Commune", "")


def test_what_was_typed_is_one_line_and_only_web_addresses_are_links() -> None:
    one = found(A, 1, 1.0, title="Titre\r\nTo: x", url="javascript:alert(1)")

    assert (one.title, one.url) == ("Titre To: x", "")


def test_a_second_word_counts_only_before_it_is_told() -> None:
    known = found(A, 1, 1.0, at=moment(1))
    better = proposed(A, 1, 8.0, at=moment(2))
    changed = newer(known, better)

    assert changed is not None
    assert (changed.score, changed.received_at) == (8.0, known.received_at)
    assert newer(changed, proposed(A, 1, 1.0, at=moment(1))) is None


def test_one_appointment_at_a_time_and_a_lost_one_is_made_again() -> None:
    assert appointment(None, START, MINUTE) == START + MINUTE
    assert appointment(START, START + MINUTE, MINUTE) is None
    late = START + MINUTE + OVERDUE + timedelta(seconds=1)
    assert appointment(START, late, MINUTE) == late + MINUTE


def reading(hours: int, bad: bool) -> Reading:
    return Reading(uuid4(), "portail", "Portail", moment(hours), None if bad else 40, "vide" if bad else None, False)


def episodes(readings: list[Reading]) -> int:
    """Runs of degraded readings, counted in another way."""
    states = [one.degraded for one in sorted(readings, key=lambda one: one.at)]
    return sum(now and not before for before, now in zip([False, *states], states, strict=False))


@given(st.lists(st.booleans(), max_size=12).flatmap(lambda s: st.permutations(list(enumerate(s)))))
def test_each_episode_is_told_once_whatever_the_order(story: list[tuple[int, bool]]) -> None:
    known: list[Reading] = []
    mails = 0
    for hours, bad in story:
        known.append(reading(hours, bad))
        wanted = {one.id for one in to_tell(known)}
        mails += len(wanted)
        known = [Reading(r.id, r.source, r.title, r.at, r.calls, r.reason, r.told or r.id in wanted) for r in known]

    assert mails == episodes(known)
    assert to_tell(known) == []


def test_the_mail_about_a_source_tells_since_when() -> None:
    told = source_snapshot(reading(5, True), reading(2, False))

    assert (told["at"], told["last_good_at"]) == (moment(5).isoformat(), moment(2).isoformat())
    assert source_snapshot(reading(5, True), None)["last_good_at"] is None


def test_days_are_kept_as_json() -> None:
    told = alert_snapshot([found(A, 1, 1.0)], {}, [reading(1, True), reading(2, False)])

    assert told["projects"][0]["matches"][0]["closes_on"] == date(2026, 4, 30).isoformat()
    assert [source["degraded"] for source in told["sources"]] == [True, False]
