"""A montage adds up: no ceiling is broken, nothing better exists, and every figure says what it rests on."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding_watch.domain.exclusions import Exclusion
from funding_watch.domain.money import Funding, Offer, Post, funding_of
from funding_watch.domain.montage import Grant, Montage, breaks, plans, unquantified
from kernel.contracts.intake import PlanLine
from tests.watch_story import need, project

HEAT, BIKES = Post(1, "Construire la chaufferie", 440_000), Post(2, "Réparer les vélos", 20_000, investment=False)


def funding(**changes: object) -> Funding:
    facts: dict[str, object] = {"cost": 640_000, "own": 0, "public": 200_000, "private": 0, "form": "commune"}
    return Funding(**{**facts, "posts": (HEAT, BIKES), **changes})  # type: ignore[arg-type]  # by name


def offer(key: str = "a", **changes: object) -> Offer:
    facts: dict[str, object] = {"title": f"Appel {key}", "needs": frozenset({1}), "sure": True}
    return Offer(key, **{**facts, **changes})  # type: ignore[arg-type]  # by name


def test_public_money_stops_at_four_fifths_of_what_a_commune_invests() -> None:
    (plan,) = plans(funding(), [offer(rate=100)])

    assert plan.total == 312_000 == 640_000 * 80 // 100 - 200_000
    assert (plan.to_find, plan.proved) == (128_000, True)


def test_an_association_has_no_such_ceiling() -> None:
    (plan,) = plans(funding(form="association"), [offer(rate=100)])

    assert plan.total == 440_000


def test_private_money_is_outside_the_ceiling_and_lowers_it() -> None:
    given_, bank = funding(private=140_000), offer("bank", rate=50, public=False)

    assert given_.public_room == 200_000
    (plan,) = plans(given_, [offer(rate=100), bank])
    assert sum(grant.amount for grant in plan.grants if grant.key == "a") <= 200_000
    assert plan.total == given_.missing == 300_000


def test_rate_floor_and_ceiling_of_a_call_are_kept_and_told() -> None:
    (by_rate,) = plans(funding(), [offer(rate=30, most=150_000)])
    assert [(grant.amount, grant.rests_on) for grant in by_rate.grants] == [(132_000, "30 % de 440\u202f000\u202f€")]

    (capped,) = plans(funding(), [offer(rate=80, most=100_000)])
    assert [(grant.amount, grant.rests_on) for grant in capped.grants] == [
        (100_000, "le plafond de l’appel, 100\u202f000\u202f€")
    ]
    assert plans(funding(posts=(BIKES,)), [offer(needs=frozenset({2}), rate=50, least=15_000)]) == []


def test_calls_that_exclude_each_other_are_not_taken_together() -> None:
    both = [offer("a", rate=20), offer("b", rate=15)]

    assert [plan.files for plan in plans(funding(), both)] == [("a", "b")]
    (plan,) = plans(funding(), both, [Exclusion(frozenset({"a", "b"}))])
    assert plan.files == ("a",)


def test_the_surest_plan_prefers_what_is_eligible_and_the_shortest_what_costs_fewer_files() -> None:
    sure, big = offer("sure", rate=20), offer("big", rate=30, sure=False)
    small = [offer(f"small-{n}", most=5_000) for n in range(4)]
    found = {plan.aim: plan for plan in plans(funding(public=300_000), [sure, big, *small])}

    assert found["largest"].total == 212_000 == found["surest"].total
    assert dict(sums(found["surest"]))["sure"] == 88_000
    assert dict(sums(found["surest"]))["big"] == 212_000 - 88_000 - 4 * 5_000


def test_the_plan_with_the_fewest_files_leaves_out_what_brings_little() -> None:
    calls = [offer("a", rate=20), offer("b", rate=30), *(offer(f"small-{n}", most=5_000) for n in range(4))]
    found = {plan.aim: plan for plan in plans(funding(public=272_000), calls)}

    assert (found["largest"].total, len(found["largest"].files)) == (240_000, 6)
    assert (found["fewest"].total, found["fewest"].files) == (220_000, ("a", "b"))


def test_a_plan_with_as_many_files_as_another_is_not_the_one_with_the_fewest() -> None:
    rivals = [offer("a", rate=20), offer("b", rate=20)]
    found = plans(funding(), [*rivals, offer("c", rate=30)], [Exclusion(frozenset({"a", "b"}))])

    assert {(plan.aim, len(plan.files)) for plan in found} == {("largest", 2)}


def sums(plan: Montage) -> list[tuple[str, int]]:
    return [(key, sum(grant.amount for grant in plan.grants if grant.key == key)) for key in plan.files]


def test_what_a_call_does_not_say_is_asked_and_never_counted() -> None:
    silent = offer("silent")

    assert plans(funding(), [silent]) == []
    assert unquantified(funding(), [silent, offer(rate=10)]) == [silent]


def test_nothing_is_planned_where_nothing_is_missing_or_no_need_has_a_cost() -> None:
    assert plans(funding(public=640_000), [offer(rate=50)]) == []
    assert plans(funding(posts=()), [offer(rate=50)]) == []


def test_the_plan_of_the_dossier_counts_what_is_granted_or_asked_for() -> None:
    lines = [
        PlanLine(funder="ADEME", amount=200_000, state="demande"),
        PlanLine(funder="Fondation de quartier", amount=10_000, state="acquis"),
        PlanLine(funder="Autofinancement", amount=64_000, state="acquis"),
        PlanLine(funder="Région", amount=90_000, state="refuse"),
        PlanLine(funder="Département", amount=50_000, state="envisage"),
        PlanLine(funder="État", amount=None, state="acquis"),
    ]
    facts = project(needs=[need(1)]).model_copy(update={"plan": tuple(lines), "budget": 640_000})

    known = funding_of(facts)

    assert (known.own, known.public, known.private, known.missing) == (64_000, 200_000, 10_000, 366_000)
    assert funding_of(facts.model_copy(update={"budget": None})).cost == sum(post.cost for post in known.posts)


def test_a_plan_written_by_hand_is_told_what_it_breaks() -> None:
    offers = [offer("a", rate=30, most=100_000, least=10_000), offer("b", rate=90)]
    by_hand = [Grant("a", 1, 140_000, ""), Grant("b", 1, 396_000, ""), Grant("b", 2, 1, "")]

    said = " ".join(breaks(funding(), offers, by_hand, [Exclusion(frozenset({"a", "b"}))]))

    for word in (
        "30 % au plus",
        "au plus.",
        "n’a pas été retenu",
        "dépasserait 80 %",
        "Ne se cumulent pas",
        "Il manque",
    ):
        assert word in said
    assert "ne donne pas moins" in " ".join(breaks(funding(), offers, [Grant("a", 1, 9_000, "")]))
    assert breaks(funding(), offers, [Grant("a", 1, 100_000, "")]) == []


AMOUNTS = st.one_of(st.none(), st.integers(1, 12))


@st.composite
def small_offers(draw: st.DrawFn) -> list[Offer]:
    """Calls whose amounts are a few euros, so that every plan can be tried."""
    found = []
    for name in range(draw(st.integers(1, 3))):
        least, most = draw(AMOUNTS), draw(AMOUNTS)
        if least and most and least > most:
            least, most = most, least
        rate = draw(st.one_of(st.none(), st.sampled_from([25, 50, 100])))
        needs = frozenset(draw(st.sets(st.sampled_from([1, 2]), min_size=1)))
        found.append(offer(str(name), needs=needs, rate=rate, least=least, most=most, public=draw(st.booleans())))
    return found


@settings(max_examples=60, deadline=None)
@given(small_offers(), st.integers(0, 4), st.sampled_from(["commune", "association"]), st.booleans())
def test_no_plan_of_whole_euros_is_better_and_none_breaks_a_rule(
    offers: list[Offer], public: int, form: str, alone: bool
) -> None:
    known = funding(cost=12, public=public, form=form, posts=(Post(1, "un", 6), Post(2, "deux", 4)))
    exclusive = [Exclusion(frozenset(one.key for one in offers))] if alone else []
    found = plans(known, offers, exclusive)

    for plan in found:
        assert breaks(known, offers, plan.grants, exclusive) == []
    best = max((plan.total for plan in found), default=0)
    assert best == tried(known, offers, exclusive)


def tried(known: Funding, offers: list[Offer], exclusive: list[Exclusion]) -> int:
    """The best sum of all the plans in whole euros, found by trying them."""
    places = [(one.key, post) for one in offers if one.is_quantified for post in (1, 2) if post in one.needs]
    best = 0
    for amounts in product(*(range(7 if post == 1 else 5) for _, post in places)):
        total = sum(amounts)
        if total <= best:
            continue
        grants = [Grant(key, post, amount, "") for (key, post), amount in zip(places, amounts, strict=True) if amount]
        if not breaks(known, offers, grants, exclusive):
            best = total
    return best


def test_two_hundred_needs_and_forty_calls_are_planned_in_time() -> None:
    posts = tuple(Post(n, f"Besoin {n}", 1_000 + n) for n in range(200))
    calls = [offer(str(n), needs=frozenset(range(n, 200, 7)), rate=20 + n, most=4_000) for n in range(40)]
    many = funding(cost=500_000, public=0, posts=posts)

    found = plans(many, calls)

    assert found
    assert all(breaks(many, calls, plan.grants) == [] for plan in found)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_need_that_costs_nothing_is_left_out(amount: int) -> None:
    facts = project(needs=[need(1).model_copy(update={"amount": amount or None})])

    assert funding_of(facts).posts == ()
