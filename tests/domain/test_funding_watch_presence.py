"""A call closes on proof: its deadline, its source, its page gone on two days, a person. Never on absence."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding_watch.domain import presence
from funding_watch.domain.catalogue import compare, told
from funding_watch.domain.presence import ABSENCES, Answer, Life, Turn
from tests.watch_story import START, call, moment

DAY = date(2026, 3, 20)


def missed(life: Life, times: int) -> tuple[Life, list[Turn]]:
    told_: list[Turn] = []
    for _ in range(times):
        life, turns = presence.missed(life)
        told_ += turns
    return life, told_


def doubtful() -> Life:
    return missed(presence.begun(call(), START), ABSENCES)[0]


def kinds(turns: Iterable[Turn]) -> list[str]:
    return [turn.kind for turn in turns]


def test_three_absences_say_nothing_and_the_fourth_makes_a_doubt_told_once() -> None:
    life, turns = missed(presence.begun(call(), START), ABSENCES - 1)
    assert (life.presence, turns) == ("confirme", [])

    life, turns = missed(life, 5)

    assert (life.presence, kinds(turns)) == ("non_confirme", ["absent"])


@given(st.integers(min_value=0, max_value=400))
def test_no_number_of_absences_closes_a_call(times: int) -> None:
    life, turns = missed(presence.begun(call(closes_at=None), START), times)

    assert life.presence != "ferme" and "closed" not in kinds(turns)


def test_being_seen_again_lifts_the_doubt_and_counts_from_zero() -> None:
    life, turns = presence.seen(call(), doubtful(), moment(5))

    assert (life.presence, life.absences, kinds(turns)) == ("confirme", 0, ["confirmed"])


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([("gone", 0), ("gone", 0)], "non_confirme"),
        ([("gone", 0), ("gone", 1)], "ferme"),
        ([("gone", 0), ("unclear", 1)], "non_confirme"),
        ([("gone", 0), ("page", 1), ("gone", 2)], "non_confirme"),
        ([("closed", 0)], "ferme"),
        ([("there", 0)], "confirme"),
        ([("page", 0)], "non_confirme"),
    ],
)
def test_what_the_source_answers_when_asked(answers: list[tuple[Answer, int]], expected: str) -> None:
    life = doubtful()
    for answer, day in answers:
        life, _ = presence.answered(life, answer, DAY + timedelta(days=day))

    assert life.presence == expected


def test_an_answer_about_a_call_that_is_not_in_doubt_changes_nothing() -> None:
    life = presence.begun(call(), START)

    assert presence.answered(life, "closed", DAY) == (life, ())


def test_the_passing_of_time_opens_warns_and_closes_each_told_once() -> None:
    one = call(opens_on=date(2026, 3, 20), closes_at=moment(60))
    life, history = presence.begun(one, START), []
    for day in range(70):
        life, turns = presence.settled(one, life, moment(day))
        history += [(day, turn.kind, turn.why) for turn in turns]

    assert history == [(8, "opened", None), (30, "closing", None), (61, "closed", "echeance")]


def test_a_later_deadline_on_the_listing_reopens_what_had_closed_and_warns_anew() -> None:
    one = call(closes_at=moment(5))
    life, turns = presence.settled(one, presence.begun(one, START), moment(6))
    assert kinds(turns) == ["closed"]
    assert presence.seen(one, life, moment(6))[1] == ()

    later = call(closes_at=moment(20))
    life, turns = presence.seen(later, life, moment(7))
    assert kinds(turns) == ["reopened"]
    assert kinds(presence.settled(later, life, moment(7))[1]) == ["closing"]


def test_a_permanent_call_outlives_its_date_and_goes_to_a_person_when_in_doubt() -> None:
    permanent = call(recurrence="permanente", closes_at=None)
    life, turns = presence.settled(permanent, doubtful(), moment(400))
    assert (life.presence, turns) == ("non_confirme", ())
    assert presence.needs_a_person(permanent, life) and not presence.needs_a_person(call(), life)

    assert presence.decided(permanent, life, False, moment(401))[1] == (Turn("closed", "decision"),)
    assert presence.decided(permanent, life, True, moment(401))[0].presence == "confirme"
    with pytest.raises(ValueError, match="only an unconfirmed call"):
        presence.decided(permanent, presence.begun(permanent, START), False, START)


def test_a_closed_call_is_closed_whatever_its_dates() -> None:
    assert call(presence="ferme").status_at(START) == "clos"
    assert call(presence="non_confirme").status_at(START) == "ouvert"


@pytest.mark.parametrize(("hour", "moved"), [(8, False), (15, False), (25, True)])
def test_another_hour_of_the_same_day_is_no_change(hour: int, moved: bool) -> None:
    base = datetime(2026, 6, 9, 22, tzinfo=UTC)  # midnight in Paris
    before, after = call(closes_at=base), call(closes_at=base + timedelta(hours=hour))

    assert bool(told(compare(before, after), START)) == moved


@given(st.lists(st.sampled_from(["seen", "missed", "settled", "gone", "closed", "there", "page", "unclear"])))
def test_whatever_happens_before_its_deadline_only_a_proof_closes_a_call(steps: list[str]) -> None:
    one, life = call(), presence.begun(call(), START)
    for number, step in enumerate(steps):
        day = DAY + timedelta(days=number)
        before = life
        if step == "seen":
            life, _ = presence.seen(one, life, moment(1))
        elif step == "missed":
            life, _ = presence.missed(life)
        elif step == "settled":
            life, _ = presence.settled(one, life, moment(2))
        else:
            life, _ = presence.answered(life, step, day)  # type: ignore[arg-type]  # one of Answer
        if before.presence != "ferme" and life.presence == "ferme":
            assert step == "closed" or (step == "gone" and before.gone_on not in {None, day})
