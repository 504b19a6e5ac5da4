"""What people teach lowers, corrects and is forgotten exactly; and the page that says why never says another thing."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding_watch.domain.absence import explain
from funding_watch.domain.lessons import CORRECTS, Lessons, Profile, corrected, profile_of
from funding_watch.domain.matching import MOST, THRESHOLD, propose, ranked
from funding_watch.domain.stock import Index
from funding_watch.domain.triage import REASONS, Reason, Triage
from tests.watch_story import PLACE, START, call, far_calls, moment, project

WOOD = [
    call("sawmill", title="Séchage du bois dans les scieries", description="Scieries, séchoirs et bois d’œuvre."),
    call("sawmill-2", title="Bois d’œuvre et séchoirs des scieries", description="Moderniser scieries et séchoirs."),
]
CALLS = [
    call("heat"),
    call("heat-2", title="Chaufferie au bois", description="Construire une chaufferie au bois et son réseau."),
    call("bikes", title="Réparer les vélos", description="Ateliers de réparation de vélos dans les écoles."),
    call("far-away", perimeter_codes=("84",), perimeter_name="Auvergne"),
    call("closed", closes_at=moment(-3)),
    *WOOD,
    *far_calls(),
]
INDEX = Index.of(CALLS)
BY_KEY = {one.key: one for one in CALLS}


def aside(key: str, reason: Reason) -> tuple[Triage, Profile | None]:
    triage = Triage(UUID(int=1), UUID(int=2), key, "ecarte", reason, by="Équipe du Label", at=START, turn=1)
    off = reason == "mauvais_theme"
    return triage, profile_of(BY_KEY[key], project(), INDEX.statistics) if off else None


def keys(lessons: Lessons) -> list[str]:
    return [one.call_key for one in propose(project(), INDEX, PLACE, START, lessons)]


def scores(lessons: Lessons) -> dict[str, float]:
    return {one.entry.call.key: one.score for one in ranked(project(), INDEX, PLACE, START, lessons=lessons)}


TAUGHT = st.dictionaries(st.sampled_from(sorted(BY_KEY)), st.sampled_from(REASONS), max_size=6)


@settings(max_examples=40, deadline=None)
@given(TAUGHT)
def test_what_was_set_aside_is_gone_nothing_rises_and_order_does_not_count(taught: dict[str, Reason]) -> None:
    lines = [aside(key, reason) for key, reason in taught.items()]
    lessons, plain = Lessons.of(lines), scores(Lessons())
    found = scores(lessons)
    assert found.keys() == plain.keys() - taught.keys()
    assert all(0 < score <= plain[key] for key, score in found.items())
    assert lessons == Lessons.of(reversed(lines))
    assert propose(project(), INDEX, PLACE, START, lessons) == propose(
        project(), INDEX, PLACE, START, Lessons.of(reversed(lines))
    )


@settings(max_examples=40, deadline=None)
@given(TAUGHT, st.sampled_from(sorted(BY_KEY)), st.sampled_from(REASONS))
def test_taking_one_lesson_back_restores_the_very_ranking(taught: dict[str, Reason], key: str, reason: Reason) -> None:
    before = {known: why for known, why in taught.items() if known != key}
    lines = [aside(known, why) for known, why in before.items()]
    with_one = Lessons.of([*lines, aside(key, reason)])
    without = Lessons.of([line for line in [*lines, aside(key, reason)] if line[0].call_key != key])
    assert key not in keys(with_one)
    assert ranked(project(), INDEX, PLACE, START, lessons=without) == ranked(
        project(), INDEX, PLACE, START, lessons=Lessons.of(lines)
    )


def test_off_the_subject_lowers_what_speaks_of_the_same_other_things_alone() -> None:
    plain, taught = scores(Lessons()), scores(Lessons.of([aside("aides_territoires:sawmill", "mauvais_theme")]))
    assert taught["aides_territoires:sawmill-2"] < 0.8 * plain["aides_territoires:sawmill-2"]
    assert taught["aides_territoires:heat"] == plain["aides_territoires:heat"]
    profile = profile_of(BY_KEY["aides_territoires:sawmill"], project(), INDEX.statistics)
    assert "bois" not in profile and any(stem.startswith("scier") for stem in profile)


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_corrects_the_rule_that_was_wrong(reason: Reason) -> None:
    triage, profile = aside("aides_territoires:heat", reason)
    correction = corrected(triage)
    assert (correction is not None) == (reason in CORRECTS)
    assert (profile is not None) == (reason == "mauvais_theme")
    if correction:
        assert (correction.check, correction.verdict) == (CORRECTS[reason], "no")
        assert "Équipe du Label, le 12/03/2026" in correction.evidence


@settings(max_examples=40, deadline=None)
@given(TAUGHT, st.sampled_from(sorted(BY_KEY)))
def test_why_a_call_is_not_seen_says_what_was_done(taught: dict[str, Reason], key: str) -> None:
    lessons = Lessons.of([aside(known, why) for known, why in taught.items()])
    found = explain(BY_KEY[key], project(), INDEX, PLACE, START, lessons=lessons)
    assert found.sentence
    assert (found.why == "propose") == (key in keys(lessons))
    assert (found.why == "ecarte") == (key in taught)
    if found.why == "regle":
        assert all(check.verdict == "no" for check in found.checks) and found.checks
    if found.why in {"peu_proche", "abaisse"}:
        assert found.score is not None and found.score < THRESHOLD
    if found.why == "devance":
        assert len(found.others) == MOST


@pytest.mark.parametrize(
    ("key", "why"),
    [("far-away", "regle"), ("closed", "regle"), ("heat", "propose"), ("far-0", "sans_mot")],
)
def test_the_first_reason_that_holds_is_said(key: str, why: str) -> None:
    found = explain(BY_KEY[f"aides_territoires:{key}"], project(), INDEX, PLACE, START, lessons=Lessons())
    assert found.why == why


def test_a_call_in_quarantine_or_gone_is_said() -> None:
    doubtful = CALLS[0].model_copy(update={"quarantined": True})
    assert explain(doubtful, project(), INDEX, PLACE, START, lessons=Lessons()).why == "quarantaine"
    unknown = explain(call("new"), project(), INDEX, PLACE, START, lessons=Lessons())
    assert unknown.why == "inconnu"
