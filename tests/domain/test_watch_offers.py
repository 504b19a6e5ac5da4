"""The terms of a montage: only money that a call says it gives counts, bad figures are named, days are counted back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place
from funding_watch.domain.exclusions import exclusions
from funding_watch.domain.lessons import Lessons
from funding_watch.domain.money import Offer, funding_of
from funding_watch.domain.montage import plans
from funding_watch.domain.offers import Table, is_private, table
from funding_watch.domain.retroplanning import USUAL, retroplanning
from funding_watch.domain.shelf import Shelf
from funding_watch.domain.stock import Index
from kernel.contracts.intake import Need, Project
from tests.watch_story import PLACE, START, call, far_calls, moment, need, project

HEAT = need().model_copy(update={"amount": 400_000})


def offered(*calls: FundingCall, facts: Project | None = None, settled: tuple[str, ...] = ()) -> Table:
    index = Index.of([*calls, *far_calls()])
    known = facts or project(needs=(HEAT,))
    return table(known, index, PLACE, START, lessons=Lessons(), settled=settled)


def test_a_call_becomes_an_offer_with_its_own_figures() -> None:
    (track,) = offered(call(amount_max=90_000)).tracks
    assert (track.offer.rate, track.offer.most, track.offer.public) == (40, 90_000, True)
    assert track.answer_by == moment(90).date() + timedelta(days=120)
    assert track.offer.needs == frozenset({1})


def test_what_was_answered_already_is_not_planned_again() -> None:
    assert offered(call(), settled=(call().key,)).tracks == ()


def test_loans_are_not_counted_as_money_given() -> None:
    found = offered(call(kinds=("pret",)), call("2", kinds=("subvention", "pret")))
    assert {track.call.reference: track.is_money for track in found.tracks} == {"1": False, "2": True}
    assert [offer.key for offer in found.offers] == ["aides_territoires:2"]


def test_calls_of_one_funder_that_do_not_add_up_exclude_each_other() -> None:
    said = "Un seul fonds régional peut être demandé par an."
    one, two = call("a", eligibility_text=said), call("b", eligibility_text=said)
    (found,) = exclusions([one, two, call("c")], (), (), START.date())
    assert (found.keys, found.most) == (frozenset({one.key, two.key}), 1) and "ADEME" in found.why
    assert exclusions([one, call("d", eligibility_text=said, funders=("Autre",))], (), (), START.date()) == []


def test_a_need_that_begins_before_an_answer_is_not_sure() -> None:
    soon = HEAT.model_copy(update={"begins": "2026-05"})
    later = HEAT.model_copy(update={"begins": "2027-05"})
    sure = {n: offered(call(), facts=project(needs=(one,))).tracks[0].offer.sure for n, one in enumerate((soon, later))}
    assert sure == {0: False, 1: True}


@pytest.mark.parametrize(
    ("amount", "says"), [(None, "sans montant"), (0, "sans montant"), (-5, "négatif"), (10**12, "démesuré")]
)
def test_a_bad_amount_is_named_and_counts_for_nothing(amount: int | None, says: str) -> None:
    facts = project(needs=(HEAT, need(2).model_copy(update={"amount": amount})))
    found = offered(call(), facts=facts)
    assert [why for one, why in found.uncounted if one.number == 2 and says in why]
    assert funding_of(facts).cost == 400_000


def test_two_hundred_needs_are_planned_within_their_time() -> None:
    needs: list[Need] = [
        HEAT.model_copy(update={"number": number, "amount": 1_000 * number}) for number in range(1, 201)
    ]
    facts = project(needs=needs)
    found = offered(call(amount_max=900_000), call("2", rate_max=30), facts=facts)
    made = plans(funding_of(facts), found.offers, seconds=0.5)
    assert made and all(plan.total <= plan.missing for plan in made)


def test_a_project_without_theme_or_a_call_without_text_breaks_nothing() -> None:
    facts = project(needs=(HEAT,)).model_copy(update={"themes": (), "summary": ""})
    assert offered(call(description="", eligibility_text=""), facts=facts).tracks


def test_private_money_is_told_by_all_of_the_funders() -> None:
    assert is_private(("Fondation de France",))
    assert not is_private(("Fondation de France", "Région")) and not is_private(())


def test_a_retroplanning_counts_back_and_late_steps_are_due_now() -> None:
    steps = retroplanning(call(), project(), PLACE, START)
    days = [one.day for one in steps]
    assert days == sorted(days)
    assert {one.step for one in steps} == {"deliberer", "limite", "reponse", *(name for name, _, _ in USUAL)}
    assert not any(one.late for one in steps)
    short = retroplanning(call(closes_at=moment(5)), project(), PLACE, START)
    assert {one.step for one in short if one.late} == {"appeler", "deliberer", "pieces", "ecrire", "relire"}
    assert all(one.day >= START.date() for one in short)
    assert retroplanning(call(closes_at=None), project(), PLACE, START) == []


def test_the_last_useful_council_is_the_day_to_deliberate() -> None:
    place = Place("62", "32", councils={"62498": (date(2026, 4, 2), date(2026, 5, 20), date(2026, 9, 1))})
    (council,) = [one for one in retroplanning(call(), project(), place, START) if one.step == "deliberer"]
    assert council.day == date(2026, 5, 20) and "20 mai 2026" in council.words
    assert not [one for one in retroplanning(call(), project("association"), place, START) if one.step == "deliberer"]


FUNDED = (
    HEAT,
    need(2, "Planter des arbres sur la place").model_copy(update={"amount": 80_000}),
    need(3, "Réparer la toiture de l’école").model_copy(update={"amount": 120_000}),
)
STOCK = (
    call("a", amount_max=150_000),
    call("b", title="Chaufferies et réseaux de chaleur", rate_max=30, funders=("Région",)),
    call("c", title="Planter des arbres en ville", description="Planter des arbres sur les places.", rate_max=50),
    call("d", title="Arbres sur la place", description="Planter des arbres sur la place.", rate_max=50),
    call("e", title="Toiture des écoles", description="Réparer la toiture de l’école.", rate_max=60),
)


def planned(calls: Sequence[FundingCall], again: Sequence[FundingCall] = (), now: datetime = START) -> object:
    """The plans for one project by a process that heard of the calls in that order, and of some of them again."""
    shelf = Shelf()
    for one in [*calls, *again]:
        shelf.learn_calls([one], {one.key: one.content_hash()})
        shelf.weigh(shelf.index.measured())
    facts = project(needs=FUNDED)
    found = table(facts, shelf.index, PLACE, now, lessons=Lessons())
    return plans(funding_of(facts), found.offers, found.exclusive)


@settings(max_examples=40, deadline=None)
@given(st.permutations([*STOCK, *far_calls()]), st.lists(st.sampled_from(STOCK), max_size=3))
def test_the_same_calls_give_the_same_plan_whatever_order_they_are_heard_in(
    calls: list[FundingCall], again: list[FundingCall]
) -> None:
    assert planned([*STOCK, *far_calls()]) == planned(calls, again) != []


def test_a_plan_is_the_same_on_two_days_while_no_date_passes_between_them() -> None:
    calls = [*STOCK, *far_calls()]
    assert planned(calls) == planned(calls, now=moment(40)) != planned(calls, now=moment(91))


def test_of_equal_plans_the_same_is_proposed_whatever_order_the_calls_come_in() -> None:
    funding = funding_of(project(needs=FUNDED))
    offers = [Offer(name, name, frozenset({1, 2, 3}), sure=True, rate=50) for name in "abcdef"]
    assert plans(funding, offers) == plans(funding, offers[::-1]) != []
