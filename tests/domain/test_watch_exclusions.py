"""What may not be taken together: told by each call or by the label's file, by year, with what was obtained counted."""

from datetime import UTC, date, datetime

from funding_watch.domain.call import FundingCall
from funding_watch.domain.exclusions import exclusions, is_under
from funding_watch.domain.money import Offer, funding_of
from funding_watch.domain.montage import Grant, breaks, plans
from kernel.contracts.cumulation import Cumulation
from tests.watch_story import call, need, project

TODAY = date(2026, 3, 12)
RULE = Cumulation("Un seul fonds par an", "Règlement de la Région", phrases=("ACTes", "fonds rural"))


def fund(name: str, closes: str | None = "2026-09-01", **changes: object) -> FundingCall:
    closes_at = datetime.fromisoformat(closes).replace(hour=12, tzinfo=UTC) if closes else None
    return call(name, **{"title": f"ACTes, fonds {name}", "closes_at": closes_at, **changes})


def test_calls_are_told_by_whole_words_of_their_title_or_programme_or_by_their_source() -> None:
    assert is_under(fund("rural"), RULE)
    assert is_under(call(title="Le Fonds Rural de la Région"), RULE)
    assert is_under(call(programme="ACTES"), RULE)
    assert not is_under(call(title="Factes et pactes"), RULE)
    assert is_under(call(), Cumulation("n", "s", sources=("aides_territoires",)))
    narrow = Cumulation("n", "s", phrases=("ACTes",), funders=("Région",))
    assert not is_under(fund("a"), narrow) and is_under(fund("a", funders=("Région Hauts-de-France",)), narrow)


def test_a_rule_of_the_year_holds_among_the_calls_that_close_in_it() -> None:
    calls = [fund("a"), fund("b"), fund("c", "2027-02-01"), fund("d", None), call("other")]
    (found,) = exclusions(calls, [RULE], (), TODAY)
    assert found.keys == {fund("a").key, fund("b").key, fund("d").key}
    assert (found.most, found.source) == (1, "Règlement de la Région")
    (whole,) = exclusions(calls, [Cumulation("n", "s", phrases=("ACTes",), every="projet", most=2)], (), TODAY)
    assert (len(whole.keys), whole.most) == (4, 2)
    assert exclusions([fund("a"), fund("c", "2027-02-01")], [RULE], (), TODAY) == []


def test_what_was_obtained_already_leaves_nothing_for_the_year() -> None:
    (found,) = exclusions([fund("b"), fund("c", "2027-02-01")], [RULE], [fund("a", "2026-01-10")], TODAY)
    assert (found.keys, found.most) == ({fund("b").key}, 0)
    assert "1 déjà obtenu en 2026" in found.why


def test_the_plan_keeps_the_rule_and_says_whose_it_is_where_a_hand_breaks_it() -> None:
    posts = need().model_copy(update={"amount": 100_000}), need(2).model_copy(update={"amount": 100_000})
    funding = funding_of(project("association", needs=posts))
    offers = [Offer(fund(n).key, n, frozenset({at}), sure=True, rate=50) for at, n in enumerate("ab", 1)]
    rules = exclusions([fund("a"), fund("b")], [RULE], (), TODAY)

    assert plans(funding, offers)[0].total == 100_000
    assert {len(plan.files) for plan in plans(funding, offers, rules)} == {1}
    (said,) = breaks(funding, offers, [Grant(one.key, at, 1_000, "") for at, one in enumerate(offers, 1)], rules)
    assert said == "Ne se cumulent pas : « a », « b » (Un seul fonds par an)."

    spent = exclusions([fund("a"), fund("b")], [RULE], [fund("c")], TODAY)
    assert plans(funding, offers, spent) == []
    (gone,) = breaks(funding, offers, [Grant(fund("a").key, 1, 1_000, "")], spent)
    assert gone.startswith("Ne peut plus être demandé : « a » (Un seul fonds par an (1 déjà obtenu en 2026))")


def test_a_call_that_is_no_offer_is_named_by_its_key_and_breaks_nothing_else() -> None:
    rules = exclusions([fund("a"), fund("b")], [RULE], (), TODAY)
    grants = [Grant(fund(n).key, 1, 1, "") for n in "ab"]
    assert any(fund("a").key in one for one in breaks(funding_of(project()), [], grants, rules))
