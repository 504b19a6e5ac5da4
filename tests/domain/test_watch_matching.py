"""Matching: the same answer whatever the order, the need that is meant, and nothing where nothing fits."""

import random
from dataclasses import replace

import pytest

from funding_watch.domain import matching
from funding_watch.domain.call import FundingCall
from funding_watch.domain.matching import MOST, Proposal, propose
from funding_watch.domain.quotes import quotes
from funding_watch.domain.reasons import headline
from funding_watch.domain.stock import Index
from funding_watch.domain.words import folded, stem, words_of
from kernel.contracts.intake import Project
from tests.watch_story import PLACE, START, call, english_call, far_calls, need, project

BIKES = {
    "title": "Réparer les vélos des écoles",
    "description": "Ateliers de réparation de vélos avec les élèves.",
    "expenses": ("fonctionnement",),
}


def proposed(calls: list[FundingCall], facts: Project | None = None) -> list[Proposal]:
    return propose(facts or project(), Index.of(calls), PLACE, START)


def test_the_call_that_speaks_of_a_need_is_proposed_for_that_need() -> None:
    found = proposed([*far_calls(), call("heat"), call("bikes", **BIKES)])

    assert {(one.call_key.partition(":")[2], one.need_number) for one in found} == {("heat", 1), ("bikes", 2)}
    assert {one.verdict for one in found} == {"eligible"}


def test_the_order_of_the_calls_changes_nothing() -> None:
    calls = [*far_calls(), call("heat"), call("bikes", **BIKES), english_call()]
    expected = proposed(calls)

    for seed in range(5):
        random.Random(seed).shuffle(calls)
        assert proposed(calls) == expected


def test_where_nothing_fits_nothing_is_proposed() -> None:
    assert proposed(far_calls()) == []
    assert proposed([]) == []


@pytest.mark.parametrize(
    "refusal",
    [
        {"perimeter_codes": ("11",), "perimeter_name": "Île-de-France"},
        {"audiences": ("particulier",)},
        {"closes_at": START},
    ],
)
def test_a_refusal_removes_the_call_however_well_it_fits(refusal: dict[str, object]) -> None:
    late = {"closes_at": START.replace(day=1)} if "closes_at" in refusal else refusal

    assert proposed([*far_calls(), call("heat", **late)]) == []


def test_a_call_is_proposed_only_for_a_kind_of_need_that_it_pays_for() -> None:
    both = [need(1), need(2, "Exploiter le réseau de chaleur au bois", "fonctionnement")]
    calls = [*far_calls(), call("right"), call("other", expenses=("fonctionnement",))]

    found = {one.call_key.partition(":")[2]: one for one in proposed(calls, project(needs=both))}

    assert {name: one.need_number for name, one in found.items()} == {"right": 1, "other": 2}
    assert [one.call_key for one in proposed(calls)] == [call("right").key]


def test_an_english_call_is_found_from_a_french_need() -> None:
    [found] = proposed([*far_calls(), english_call()])

    assert found.verdict == "a_verifier"
    assert "district heating (" in found.reason
    assert "qui peut candidater" in found.reason


def test_the_reason_is_one_sentence_with_its_evidence() -> None:
    [found] = proposed([*far_calls(), call("heat")])

    assert found.reason.replace("\u202f", " ").replace("\u00a0", " ") == (
        "Répond à votre besoin « Construire un réseau de chaleur au bois » : l’appel cite chaleur au bois ; "
        "financeur : ADEME ; ouvert aux communes ; jusqu’à 40 % ; à déposer jusqu’au 10 juin 2026."
    )
    assert headline(found.reason).endswith("l’appel cite chaleur au bois.")


def test_hostile_words_never_become_markup_in_a_reason() -> None:
    hostile = call("heat", title="<script>alert('bois')</script> chaleur <b>bois</b>", funders=("<i>ADEME</i>",))
    [found] = proposed([*far_calls(), hostile])

    quoted = quotes(hostile, {stem("bois"): 1.0, stem("chaleur"): 1.0})
    assert quoted
    assert not any("<" in words for words in quoted)
    assert "<i>" in found.reason  # a funder's name is a fact: it is the page that escapes it


@pytest.mark.parametrize("form", ["d’énergie", "Énergies", "ENERGIE", "l'énergie"])
def test_the_same_subject_has_the_same_stem(form: str) -> None:
    assert [word.stem for word in words_of(form)] == [stem("énergie")]


def test_ligatures_and_accents_are_folded() -> None:
    assert folded("Œuvre d’été") == "oeuvre d'ete"


def test_no_more_than_a_week_s_reading_is_proposed() -> None:
    found = proposed([*far_calls(40), *[call(f"heat-{number}") for number in range(15)]])

    assert len(found) == MOST
    assert found == sorted(found, key=lambda one: (-one.score, one.call_key))


def test_a_need_of_a_later_priority_counts_less() -> None:
    index = Index.of([*far_calls(), call("heat"), call("bikes", **BIKES)])

    [first, *_] = matching.ranked(project(), index, PLACE, START, {1: 3, 2: 1})
    plain = {fit.entry.call.key: fit.score for fit in matching.ranked(project(), index, PLACE, START)}
    later = {fit.entry.call.key: fit.score for fit in matching.ranked(project(), index, PLACE, START, {1: 3})}

    assert first.query.need.number == 2
    assert later[call("heat").key] < plain[call("heat").key]
    assert later[call("bikes").key] == plain[call("bikes").key]


def test_a_call_that_answers_two_needs_is_worth_more_than_for_either() -> None:
    both = call("both", title="Chaleur au bois et réparation de vélos", expenses=())
    index = Index.of([*far_calls(), both])

    alone = [matching.ranked(project(needs=[one]), index, PLACE, START)[0].score for one in project().needs]
    together = matching.ranked(project(), index, PLACE, START)[0].score

    assert max(alone) < together <= sum(alone)


def test_odd_projects_and_calls_have_a_defined_answer() -> None:
    calls = [*far_calls(), call("heat"), call("mute", title="???", description="", funders=())]
    two_hundred = [need(number, "Construire un réseau de chaleur au bois") for number in range(1, 201)]

    assert proposed(calls, project(needs=())) == []
    assert proposed(calls, project(needs=[need(purpose="…")])) == []
    assert [one.need_number for one in proposed(calls, project(needs=two_hundred))] == [1]


def test_a_score_is_a_share() -> None:
    index = Index.of([*far_calls(), call("heat"), english_call()])

    for fit in matching.ranked(project(), index, PLACE, START):
        assert 0 < fit.score <= 1
        assert set(fit.query.gains) & set(fit.entry.counts)


def test_a_need_repeated_in_the_title_is_not_counted_twice() -> None:
    facts = replace_title(project(), "Construire un réseau de chaleur au bois")

    [found] = proposed([*far_calls(), call("heat")], facts)

    assert found.score <= 1


def replace_title(facts: Project, title: str) -> Project:
    return facts.model_copy(update={"title": title})


def test_proposals_are_values() -> None:
    [found] = proposed([*far_calls(), call("heat")])

    assert replace(found) == found


def test_a_call_made_for_a_zone_of_the_project_comes_before_its_twin() -> None:
    home = replace(PLACE, zones=frozenset({"bassin-minier"}))
    zone = {"perimeter_scale": "autre", "perimeter_codes": ("bassin-minier",), "perimeter_name": "Bassin minier"}
    index = Index.of([*far_calls(), call("a-plain"), call("made-for", **zone)])

    first, second = propose(project(), index, home, START)

    assert (first.call_key, second.call_key) == (call("made-for").key, call("a-plain").key)
    assert first.score == pytest.approx(min(1.0, second.score + matching.MADE_FOR), abs=1e-3)


def test_a_call_that_needs_partners_abroad_asks_for_them_and_counts_less() -> None:
    index = Index.of([*far_calls(), english_call(audiences=())])

    (alone,) = matching.ranked(project(), index, PLACE, START)
    (among,) = matching.ranked(replace_form(project(), "universite"), index, PLACE, START)

    assert alone.score == pytest.approx(matching.PARTNERS * among.score, abs=1e-3)
    assert [one.question for one in alone.checks if one.check == "beneficiaire"] == [
        "Voir si l’appel demande des partenaires de plusieurs pays d’Europe, et lesquels."
    ]


def replace_form(facts: Project, form: str) -> Project:
    return facts.model_copy(update={"porteur_form": form})


def test_a_need_that_comes_later_weighs_less() -> None:
    facts, calls = project(), [*far_calls(), call("heat")]
    later = facts.model_copy(update={"needs": tuple(n.model_copy(update={"priority": 2}) for n in facts.needs)})

    assert proposed(calls, later)[0].score < proposed(calls, facts)[0].score
