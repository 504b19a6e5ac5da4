"""One change is compared with the other side alone, and the answer is the one that comparing everything gives."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding_watch.domain import offers, postings, shelf
from funding_watch.domain.call import FundingCall
from funding_watch.domain.matching import UNTAUGHT, Proposal, best, ranked, worth_sending
from funding_watch.domain.offers import table
from funding_watch.domain.postings import Postings
from funding_watch.domain.projects import Candidacy
from funding_watch.domain.relevance import relevant_calls
from funding_watch.domain.shelf import Shelf
from funding_watch.domain.stock import Index
from tests.watch_story import PLACE, START, call, english_call, far_calls, need, project

AT_HOME = replace(PLACE, zones=frozenset({"bassin-minier"}))
WORDS = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.5, 9), min_size=1)
SUBJECTS = (
    "Réseau de chaleur au bois",
    "Chaufferie au bois des écoles",
    "Ateliers de réparation de vélos",
    "Vélos des écoles et chaleur au bois",
    "Restauration de tableaux",
    "Berges et zones humides",
)
PROJECTS = [
    Candidacy(UUID(int=1), facts=project(), outcome="labellise"),
    Candidacy(UUID(int=2), facts=project("association", [need(1, "Restaurer les berges humides")]), outcome="nomine"),
    Candidacy(UUID(int=3), facts=project(needs=[need(1, "Réparer des vélos", "fonctionnement")]), outcome="nomine"),
]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 6), st.none() | WORDS), max_size=25), WORDS, st.integers(0, 3))
def test_rows_written_one_by_one_score_as_rows_written_at_once(
    acts: list[tuple[int, dict[str, float] | None]], asked: dict[str, float], fewest: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "FEWEST", fewest)  # so that small examples are ordered too
        grown: Postings[int] = Postings(1.5)
        there: dict[int, Mapping[str, float]] = {}
        for key, weights in acts:
            if weights is None:
                grown.drop(key)
                there.pop(key, None)
            else:
                grown.put(key, weights)
                there[key] = weights
            grown.scores(asked)
        anew: Postings[int] = Postings(1.5)
        for key, row in there.items():
            anew.put(key, row)

    assert len(grown) == len(there)
    assert scored(grown, asked) == scored(anew, asked)
    assert grown.frequency() == anew.frequency()


def scored(rows: Postings[int], asked: dict[str, float]) -> dict[int, float]:
    found = rows.scores(asked)[:, 0]
    return {key: float(found[place]) for key, place in rows.named(found > 0)}


def variant(number: int, subject: int, changes: int) -> FundingCall:
    """One of a few calls, in one of its states."""
    closed = {"closes_at": START.replace(day=1)} if changes == 1 else {}
    doubtful = {"quarantined": True} if changes == 2 else {}
    expenses = {"expenses": ()} if changes == 3 else {}
    kept = {"perimeter_codes": ("32", "bassin-minier")} if changes == 4 else {}
    title, changed = SUBJECTS[subject], {**closed, **doubtful, **expenses, **kept}
    return call(f"c{number}", title=title, description=f"{title}, édition {number}.", **changed)


CHANGES = st.lists(
    st.lists(st.builds(variant, st.integers(0, 11), st.integers(0, 5), st.integers(0, 4)), min_size=1, max_size=4),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=40)
@given(CHANGES)
def test_the_projects_left_alone_would_have_had_the_same_calls(batches: list[list[FundingCall]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "SMALL", 0)
        kept = Shelf()
        first = [*far_calls(), *(variant(number, number % 6, 0) for number in range(12))]
        kept.learn_calls(first, {one.key: "0" for one in first})
        kept.weigh(kept.index.measured())
        kept.learn_projects(PROJECTS)
        current = {one.candidacy_id: kept.proposals(one, AT_HOME, START) for one in PROJECTS}

        for number, batch in enumerate(batches, 1):
            kept.learn_calls(batch, {one.key: str(number) for one in batch})
            shown = {key: {one.call_key: one.score for one in found} for key, found in current.items()}
            touched = kept.touched({one.key for one in batch}, shown, AT_HOME)
            for one in PROJECTS:
                if one.candidacy_id in touched:
                    current[one.candidacy_id] = kept.proposals(one, AT_HOME, START)

        assert current == compared_with_everything(kept)


def compared_with_everything(kept: Shelf) -> dict[UUID, list[Proposal]]:
    anew = Index(kept.index.statistics)
    for entry in kept.index.entries.values():
        anew.put(entry.call)
    found = Shelf()
    found.index = anew
    return {one.candidacy_id: found.proposals(one, AT_HOME, START) for one in PROJECTS}


@settings(deadline=None, max_examples=40)
@given(st.lists(st.builds(variant, st.integers(0, 30), st.integers(0, 5), st.sampled_from((0, 1, 3, 4))), max_size=30))
def test_stopping_early_misses_nothing(calls: list[FundingCall]) -> None:
    index = Index.of([*far_calls(), english_call(), *{one.key: one for one in calls}.values()])

    for one in PROJECTS:
        assert one.facts is not None
        assert best(one.facts, index, AT_HOME, START) == worth_sending(ranked(one.facts, index, AT_HOME, START))
        with pytest.MonkeyPatch.context() as patch:
            planned = table(one.facts, index, AT_HOME, START, lessons=UNTAUGHT)
            patch.setattr(offers, "relevant_calls", lambda *asked: relevant_calls(*asked[:3]))
            assert planned == table(one.facts, index, AT_HOME, START, lessons=UNTAUGHT)


def test_a_call_kept_for_the_place_is_found_that_would_not_be_elsewhere() -> None:
    weak = call("weak", title="Éclairage des stades au bois", description="", perimeter_codes=("32", "bassin-minier"))
    index = Index.of([*far_calls(), weak, call("heat")])
    last = project(needs=[need().model_copy(update={"priority": 3})])

    assert [one.entry.call.reference for one in best(last, index, PLACE, START)] == ["heat"]
    assert [one.entry.call.reference for one in best(last, index, AT_HOME, START)] == ["heat", "weak"]


def test_a_project_that_left_and_one_that_changed_are_known() -> None:
    kept = Shelf()
    stock = [*far_calls(), call("heat")]
    kept.learn_calls(stock, {one.key: "0" for one in stock})
    kept.weigh(kept.index.measured())
    kept.learn_projects(PROJECTS)
    assert UUID(int=1) in kept.promises(call("heat").key, PLACE)

    kept.learn_projects(PROJECTS[1:])
    assert UUID(int=1) not in kept.promises(call("heat").key, PLACE)
    assert kept.promises("aides_territoires:unknown", PLACE) == {}


def test_calls_that_left_and_changed_are_asked_for_again() -> None:
    kept = Shelf()
    kept.learn_calls([call("a"), call("b")], {call("a").key: "1", call("b").key: "1"})

    assert kept.stale_calls({call("a").key: "2", call("c").key: "1"}) == [call("a").key, call("c").key]
    assert set(kept.index.entries) == {call("a").key}


def test_a_call_is_known_by_the_places_it_is_kept_for_as_long_as_it_is() -> None:
    index = Index()
    index.put(call("a", perimeter_codes=("62", "bassin-minier")))
    index.put(call("b", perimeter_codes=("62",)))
    assert index.kept_for({"bassin-minier", "qpv"}) == {call("a").key}
    assert index.kept_for({"62"}) == {call("a").key, call("b").key}

    index.put(call("a", perimeter_codes=("59",)))
    index.drop(call("b").key)
    assert index.kept_for({"bassin-minier", "62"}) == set()
    assert index.kept_for({"59"}) == {call("a").key}
