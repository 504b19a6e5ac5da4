"""Marks, ties, grids and books: what may be given, what counts, and what a recusal changes."""

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from kernel.contracts.label import WrongLabel
from scoring.domain import grids, marks, sittings
from scoring.domain.books import Book
from scoring.domain.marks import Given, Mark
from scoring.domain.rulings import Officer, Refused
from scoring.domain.scores import committee_score
from scoring.domain.sittings import Declared, Frozen, Phase, Seat, Sitting
from tests.scoring_story import START, WAVE
from tests.sitting_story import WHY, label, small_grid, wish

A, B = UUID(int=1), UUID(int=2)
FREE, TIED = Declared("aucun", "", START), Declared("membre", "", START)


def frozen(candidacy_id: UUID, porteur: str = "Ville de Lens", funders: tuple[str, ...] = ()) -> Frozen:
    return Frozen(candidacy_id, f"LE-{candidacy_id.int}", "Projet", porteur, "Lens", "r1", funders)


def book(levels: dict[tuple[int, UUID], tuple[int | None, ...]], ties: dict[tuple[int, UUID], Declared]) -> Book:
    """Seats 1, 2, 3 (as far as named) with given marks on two dossiers."""
    grid = small_grid(quorum=3)
    sitting = Sitting(
        uuid4(), WAVE, "technique", grid, Phase.NOTATION, 1, START, "x", date(2026, 4, 1), date(2026, 4, 2),
        (frozen(A), frozen(B)),
    )  # fmt: skip
    seats = {n: Seat(UUID(int=100 + n), sitting.id, f"p{n}", f"Juré {n}", n, START) for n in (1, 2, 3)}
    given = {
        (seats[n].id, dossier, 1): Given(
            {code: Mark(v, v is not None, WHY) for code, v in zip(grid.codes, row, strict=True)}, START
        )
        for (n, dossier), row in levels.items()
    }
    return Book(sitting, tuple(seats.values()), {(seats[n].id, d): t for (n, d), t in ties.items()}, given)


ALL = {(n, d): (n, 2, 3) for n in (1, 2, 3) for d in (A, B)}


def test_a_recusal_changes_nothing_but_the_quorum() -> None:
    without = {key: row for key, row in ALL.items() if key != (3, A)}
    never, recused = book(without, {}), book(ALL, {(3, A): TIED})

    assert recused.sheet().marks == never.sheet().marks
    assert (recused.quorum(A), never.quorum(A)) == (2, 3)
    assert recused.quorum(B) == 3
    assert committee_score(recused.sheet(), str(B)) == committee_score(book(ALL, {}).sheet(), str(B))


def test_a_lifted_recusal_counts_again() -> None:
    lifted = replace(TIED, lifted=True)

    assert book(ALL, {(3, A): lifted}).sheet() == book(ALL, {}).sheet()


def test_the_quorum_never_falls_under_two() -> None:
    assert book(ALL, {(n, A): TIED for n in (1, 2, 3)}).quorum(A) == 2


def test_marks_count_once_given_and_second_ones_replace_them() -> None:
    found = book(ALL, {})
    seat = found.seats[0].id
    draft = {**found.given, (seat, A, 1): Given(found.first(seat, A).marks, None)}
    second = {**found.given, (seat, A, 2): Given({"argent": Mark(0, True, WHY)}, START)}

    assert replace(found, given=draft).heard(A) == 2
    assert replace(found, given=second).sheet().of(str(A))[str(seat)] == {"argent": 0, "temps": 2, "voix": 3}
    assert replace(found, given=second).first(seat, A) == found.first(seat, A)


def test_what_left_the_instruction_is_not_there() -> None:
    assert set(replace(book(ALL, {}), gone=frozenset({A})).sheet().marks) == {str(B)}


def test_nothing_is_read_before_the_say_on_ties_nor_anybody_before_own_marks() -> None:
    found = book({(1, A): (1, 2, 3)}, {(1, A): FREE, (2, A): FREE, (3, A): TIED})
    one, two, three = found.seats

    assert [found.seal(seat, A) for seat in (one, two, three, None)] == ["ouvert", "scelle", "recuse", "a_declarer"]
    assert found.seal(two, B) == "a_declarer"
    closed = replace(found, sitting=replace(found.sitting, phase=Phase.CLOSE))
    assert [closed.seal(seat, A) for seat in (two, three)] == ["ouvert", "recuse"]


@pytest.mark.parametrize(
    ("choice", "reason", "complaint"),
    [("0", "", "Justifiez"), ("4", "court", "Justifiez"), ("4", WHY, None), ("2", "", None), ("na", "", None)],
)
def test_the_ends_of_the_scale_are_justified(choice: str, reason: str, complaint: str | None) -> None:
    mark = marks.mark_of(choice, reason)

    assert mark is not None
    found = marks.objection(mark)
    assert (complaint is None) == (found is None)
    assert complaint is None or (found or "").startswith(complaint)


@pytest.mark.parametrize("choice", ["5", "-1", "12", "²", "oui", "٣"])
def test_what_is_no_level_is_no_mark(choice: str) -> None:
    assert marks.mark_of(choice, "") is None


def test_marks_are_given_whole() -> None:
    grid = small_grid()
    whole = {code: Mark(2) for code in grid.codes}

    assert marks.missing(grid, whole) == []
    assert marks.missing(grid, {**whole, "temps": Mark(4)}) == ["temps"]
    with pytest.raises(Refused, match="1 réponse"):
        marks.check_giving(grid, Given({"argent": Mark(1), "temps": Mark(None, False)}))


CHANGES = [
    (Mark(2), Mark(3), True),
    (Mark(2), Mark(4, True, ""), False),
    (Mark(1), Mark(3), False),
    (Mark(1), Mark(3, True, WHY), True),
    (Mark(4, True, WHY), Mark(2, True, WHY), False),
    (Mark(2), Mark(None, False), False),
    (Mark(2), Mark(None, False, WHY), True),
    (Mark(2), Mark(), False),
]


@pytest.mark.parametrize(("first", "second", "passes"), CHANGES)
def test_a_change_of_more_than_a_level_says_why(first: Mark, second: Mark, passes: bool) -> None:
    assert (marks.objection_to_change(first, second) is None) is passes


def test_an_order_of_ones_own_and_always_the_same() -> None:
    dossiers = [frozen(UUID(int=n)) for n in range(1, 9)]
    seats = [Seat(uuid4(), uuid4(), None, "x", seed) for seed in range(5)]

    orders = [tuple(f.candidacy_id for f in sittings.in_order(seat, dossiers)) for seat in seats]

    assert len(set(orders)) == 5
    assert [f.candidacy_id for f in sittings.in_order(seats[0], reversed(dossiers))] == list(orders[0])


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("Ville de Lens", 2),
        ("VILLE DE LENS", 2),
        ("Agglomération de Lens", 1),
        ("Région Hauts-de-France", 1),
        ("DDT", 0),
    ],
)
def test_names_suggest_ties(name: str, count: int) -> None:
    assert len(sittings.likely_ties(name, frozen(A, funders=("Région Hauts-de-France",)))) == count


def test_a_sitting_goes_forward_once_for_who_saw_where_it_was() -> None:
    assert sittings.next_phase(Phase.NOTATION, "notation") is Phase.DISCUSSION
    for phase, seen in ((Phase.DISCUSSION, "notation"), (Phase.CLOSE, "close"), (Phase.NOTATION, "")):
        with pytest.raises(Refused):
            sittings.next_phase(phase, seen)


def test_a_sitting_opens_on_something_by_staff() -> None:
    with pytest.raises(Refused, match="Aucun dossier"):
        sittings.check_opening(wish(), [])
    with pytest.raises(Refused, match="équipe"):
        sittings.check_opening(replace(wish(), by=Officer("Région", "partner")), [frozen(A)])
    with pytest.raises(Refused, match="date"):
        sittings.check_opening(replace(wish(), meets_on=date(2026, 4, 1)), [frozen(A)])


def test_the_grids_of_the_label() -> None:
    found = {committee: grids.of_label(label(), committee) for committee in grids.marked_by(label())}

    assert found["technique"].parts[0].code == "faisabilite"
    assert len(found["expertise"].codes) == len(found["technique"].codes) == 13
    assert len(found["lyceen"].codes) == 3
    assert sum(grid.weight for grid in found.values()) == 100
    assert all(asked.anchors for asked in found["expertise"].questions)


def test_a_grid_is_kept_whole_and_named_by_what_it_says() -> None:
    grid = grids.of_label(label(), "expertise")
    other = replace(grid, parts=(replace(grid.parts[0], weight=51), *grid.parts[1:]))

    assert grids.read(grid.as_data()) == grid
    assert grids.read(grid.as_data()).version == grid.version != other.version


def test_a_grid_that_cannot_be_used_stops() -> None:
    found = label()
    without = replace(found, committees=tuple(replace(c, grid=None) for c in found.committees))
    with pytest.raises(WrongLabel, match=r"no \[committees\.grid\]"):
        grids.of_label(without, "technique")
    broken = tuple(replace(c, grid=replace(c.grid, axes={"faisabilite": 90})) for c in found.committees if c.grid)
    with pytest.raises(WrongLabel, match="not 100"):
        grids.check_label(replace(found, committees=broken))
    grids.check_label(found)


def test_a_juror_who_uses_little_of_the_scale_is_told_to_staff() -> None:
    assert marks.flags([Mark(2)] * 8) == "toutes ses notes sont à 2"
    assert marks.flags([Mark(2), Mark(3)] * 4) == "n'utilise que deux niveaux"
    assert marks.flags([Mark(1), Mark(2), Mark(3)] * 4) is None
    assert marks.flags([Mark(2)] * 3) is None
