"""What the watch knows: sources that are believed or not, readings compared, projects learnt in any order."""

from itertools import permutations

import pytest

from funding_watch.domain.call import Status
from funding_watch.domain.catalogue import compare, told
from funding_watch.domain.listing import Filters, Line, named, select
from funding_watch.domain.projects import Candidacy, learn
from funding_watch.domain.sources import SourceHealth, after_success, after_trouble, trouble
from funding_watch.domain.wording import amount_words, change_words, day_words, listed, money_words
from kernel.contracts.funding_watch import CallAmended, CallDeadlineMoved, CallDiscovered
from tests.watch_story import START, call, decided, english_call, moment, someone, submitted, withdrawn


@pytest.mark.parametrize(
    ("last", "count", "errors", "believed"),
    [
        (None, 1, (), True),
        (100, 80, (), True),
        (100, 79, (), False),
        (100, 500, (), True),
        (None, 0, (), False),
        (100, 100, ("page 2 answered 500",), False),
    ],
)
def test_a_reading_is_believed_or_not(last: int | None, count: int, errors: tuple[str, ...], believed: bool) -> None:
    assert (trouble(last, count, errors) is None) == believed


def test_a_trouble_keeps_the_last_good_reading() -> None:
    good = after_success(SourceHealth("at", "Aides-territoires"), 40, START)
    bad = after_trouble(good, "Rien n’est venu.", moment(1))

    assert (bad.state, bad.last_success_at, bad.last_count, bad.last_tried_at) == ("degrade", START, 40, moment(1))
    assert after_success(bad, 41, moment(2)).reason is None


def test_a_new_call_is_discovered_a_changed_one_amended_the_same_one_untold() -> None:
    moved = call(closes_at=moment(120))

    [discovered] = told(compare(None, call()), START)
    assert isinstance(discovered, CallDiscovered)
    [deadline] = told(compare(call(), moved), START)
    assert isinstance(deadline, CallDeadlineMoved) and deadline.days == 30
    [_, amended] = told(compare(call(), call(closes_at=moment(120), rate_max=60)), START)
    assert isinstance(amended, CallAmended)
    assert [change.field for change in amended.changes] == ["rate_max"]
    assert told(compare(call(), call()), START) == []


def test_a_rewritten_description_is_kept_and_told_to_nobody() -> None:
    reading = compare(call(), call(description="Les mêmes chaufferies, mieux décrites."))

    assert reading.novelty == "reworded"
    assert told(reading, START) == []


def test_any_order_teaches_the_same_thing() -> None:
    candidacy_id = someone()
    events = [
        submitted(candidacy_id),
        decided(candidacy_id, "en_attente", -30),
        decided(candidacy_id, "labellise", -1),
        decided(candidacy_id, "nomine", -1),
        withdrawn(candidacy_id),
    ]
    learnt = set()
    for order in permutations(events):
        known = Candidacy(candidacy_id)
        for event in [*order, order[0]]:
            known = learn(known, event)
        learnt.add(known)

    assert len(learnt) == 1


@pytest.mark.parametrize(("outcome", "watched"), [("labellise", True), ("nomine", True), ("en_attente", False)])
def test_a_project_is_watched_once_both_are_known(outcome: str, watched: bool) -> None:
    candidacy_id = someone()
    known = learn(Candidacy(candidacy_id), decided(candidacy_id, outcome))  # type: ignore[arg-type] # one of Outcome

    assert not known.is_watched
    known = learn(known, submitted(candidacy_id))
    assert known.is_watched is watched
    assert not learn(known, withdrawn(candidacy_id)).is_watched


def lines() -> list[Line]:
    return [
        Line(call("late", closes_at=moment(200)), "ouvert"),
        Line(call("to-check"), "ouvert", "a_verifier", "Parce que.", ("La cité refaite",)),
        Line(call("soon"), "ouvert"),
        Line(call("always", closes_at=None, recurrence="permanente"), "permanent"),
        Line(call("eligible", title="Vélos"), "ouvert", "eligible", "Parce que.", ("La cité refaite",)),
        Line(english_call(), "clos"),
    ]


def keys(found: list[Line]) -> list[str]:
    return [line.call.reference for line in found]


def test_what_can_pay_comes_first_then_what_closes_first() -> None:
    assert keys(select(lines(), Filters())) == ["eligible", "to-check", "soon", "late", "always", "EN-1"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(source="eu_portal"), ["EN-1"]),
        (Filters(status="permanent"), ["always"]),
        (Filters(audience="agriculteur"), []),
        (Filters(kind="subvention", status="clos"), ["EN-1"]),
        (Filters(order="titre", kind="subvention", source="eu_portal"), ["EN-1"]),
    ],
)
def test_filters_let_through_what_they_say(filters: Filters, expected: list[str]) -> None:
    assert keys(select(lines(), filters)) == expected


def test_what_was_typed_is_answered_by_the_best_first() -> None:
    known = {line.call.reference: line.call.key for line in lines()}
    found = {known["late"]: 0, known["eligible"]: 1, known["always"]: 1}

    assert keys(select(lines(), Filters(text="chaleur"), found)) == ["late", "eligible", "always"]
    assert keys(select(lines(), Filters(text="dinosaure"), {})) == []


def test_another_order_leaves_the_unknown_for_the_end() -> None:
    found = keys(select(lines(), Filters(order="echeance")))

    assert found.index("soon") < found.index("late") < found.index("always")
    assert set(found[-2:]) == {"always", "EN-1"}
    assert len(found) == len(keys(select(lines(), Filters(order="montant"))))


def test_an_unknown_status_is_no_filter() -> None:
    assert named("perdu", Status) is None
    assert named("clos", Status) == "clos"


def test_words_are_those_that_people_read() -> None:
    assert day_words(moment(20).date()) == "1er avril 2026"
    assert amount_words(12_500) == "12\u202f500\u202f€"
    assert listed(["a", "b", "b", "c"]) == "a, b et c"
    assert money_words(None, 20_000, 40) == "jusqu’à 40\u202f%, jusqu’à 20\u202f000\u202f€"
    assert money_words(9_000, 9_000, None) == "9\u202f000\u202f€"
    assert money_words(None, None, None) is None
    assert change_words("audiences", "commune | epci") == "communes · intercommunalités"
    assert change_words("closes_at", "2026-06-10") == "10 juin 2026"
    assert change_words("rate_max", None) == "non précisé"
