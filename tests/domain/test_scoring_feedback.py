"""A porteur learns what was seen in their project, and from nothing that they read can a juror be told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from uuid import UUID, uuid4

import pytest

from scoring.domain.books import Book
from scoring.domain.feedback import DOSSIERS_MIN, feedback, named, read
from scoring.domain.marks import Given, Mark
from scoring.domain.sittings import Declared, Frozen, Phase, Seat, Sitting
from tests.sitting_story import small_grid

AT = datetime(2026, 4, 1, tzinfo=UTC)
NAMES = ("Région Hauts-de-France", "Ville de Lens", "Département du Pas-de-Calais")
SAID = (
    "La Région Hauts-de-France a déjà versé sa part.",
    "Le calendrier est tenu depuis un an.",
    "Les recettes couvrent les charges.",
)


def book(dossiers: int, jurors: Sequence[tuple[str, str]], level: int = 3) -> Book:
    """Every juror gives `level` everywhere, and says their words on each question."""
    frozen = tuple(
        Frozen(UUID(int=n), f"LE-2026-{n:03}", f"Projet {n}", "Porteur", "Lens", "r") for n in range(1, dossiers + 1)
    )
    day = date(2026, 4, 1)
    sitting = Sitting(uuid4(), uuid4(), "technique", small_grid(), Phase.DISCUSSION, 1, AT, "Équipe", day, day, frozen)
    seats = tuple(Seat(uuid4(), sitting.id, f"p{n}", name, n, AT) for n, (name, _) in enumerate(jurors))
    given = {
        (seat.id, one.candidacy_id, 1): Given({code: Mark(level, True, words) for code in sitting.grid.codes}, AT)
        for seat, (_, words) in zip(seats, jurors, strict=True)
        for one in frozen
    }
    return Book(sitting, seats, {}, given)


JURORS = tuple(zip(NAMES, SAID, strict=True))
FIRST = str(UUID(int=1))


def test_no_juror_can_be_told() -> None:
    wanted = feedback([book(DOSSIERS_MIN, JURORS)], FIRST)
    shown = str(wanted.as_data())

    assert wanted.strengths
    assert wanted.quotes
    assert not [name for name in NAMES if name.casefold() in shown.casefold()]
    for order in permutations(JURORS):  # whoever sits where, and whoever wrote what
        assert feedback([book(DOSSIERS_MIN, order)], FIRST) == wanted
    for names in permutations(NAMES):
        assert feedback([book(DOSSIERS_MIN, list(zip(names, SAID, strict=True)))], FIRST) == wanted


def test_two_jurors_are_too_few_to_hide_behind() -> None:
    told = feedback([book(DOSSIERS_MIN, JURORS[:2])], FIRST)

    assert {line.mine for line in told.lines} == {None}
    assert (told.strengths, told.gaps) == ((), ())


@pytest.mark.parametrize("dossiers", [1, DOSSIERS_MIN - 1, DOSSIERS_MIN])
def test_a_median_is_told_from_five_dossiers_on(dossiers: int) -> None:
    told = feedback([book(dossiers, JURORS)], FIRST)

    assert told.is_compared is (dossiers >= DOSSIERS_MIN)
    assert {line.mine for line in told.lines} == {3.0}


def test_a_recused_juror_says_nothing() -> None:
    whole = book(DOSSIERS_MIN, [*JURORS, ("Agence de l'eau", "Nous portons ce projet nous-mêmes.")])
    tied = {(whole.seats[3].id, UUID(int=1)): Declared("membre", "", AT)}

    assert "Nous portons" in str(feedback([whole], FIRST).as_data())
    assert "Nous portons" not in str(feedback([replace(whole, ties=tied)], FIRST).as_data())


def test_weak_marks_are_gaps_and_staff_may_keep_words_back() -> None:
    told = feedback([book(DOSSIERS_MIN, JURORS, level=1)], FIRST)
    less = told.without([named(told.quotes[0])])

    assert told.strengths == ()
    assert len(told.gaps) == 3
    assert set(less.quotes) == set(told.quotes[1:])
    assert read(less.as_data()) == less
