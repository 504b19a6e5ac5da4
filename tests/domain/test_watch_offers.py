"""The terms of a montage: only money that a call says it gives counts, bad figures are named, days are counted back."""

from datetime import date, timedelta

import pytest

from funding_watch.domain.call import FundingCall
from funding_watch.domain.eligibility import Place
from funding_watch.domain.lessons import Lessons
from funding_watch.domain.money import funding_of
from funding_watch.domain.montage import plans
from funding_watch.domain.offers import Table, exclusive, is_private, table
from funding_watch.domain.retroplanning import USUAL, retroplanning
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
    assert exclusive([one, two, call("c")]) == [frozenset({one.key, two.key})]
    assert exclusive([one, call("d", eligibility_text=said, funders=("Autre",))]) == []


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
